"""What happens to a firm reaches the firm's program: signed, at least once, tried again as long as it makes sense."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import service as ledger
from qiaojiejie.webhooks import rules
from qiaojiejie.webhooks.gateway.wire import Courier
from qiaojiejie.webhooks.models import WebhookAttempt, WebhookDelivery
from tests import factories
from tests.webhooks.listener import Listener

PATH = "/api/v1/webhook-endpoints"


class Firm:
    """A firm whose manager looks after its endpoint; a booking of it."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], int], sweep: Callable[[str], None]) -> None:
        self.client, self.run_all, self.sweep = client, run_jobs, sweep
        self.booking: Booking = factories.booking("confirmed", start=factories.tomorrow(days=5))
        self.manager = factories.manager_of(self.booking.firm)
        self.headers = factories.headers(self.manager)
        db.session.commit()

    def run_jobs(self) -> None:
        """The jobs of webhooks: other followers of a fact look for more than the tests say of it."""
        db.session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE task_name NOT LIKE 'webhooks.%'"))
        db.session.commit()
        self.run_all()

    def ask(self, method: str, path: str, status: int, body: Any = None) -> Any:
        """One request of the manager."""
        answer: Any = self.client.open(path, method=method, json=body, headers=self.headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def listen(self, url: str, kinds: tuple[str, ...] = ("booking.cancelled", "booking.completed")) -> Any:
        """An endpoint, with its secret."""
        return self.ask("POST", PATH, 201, {"url": url, "kinds": list(kinds)})

    def cancel(self) -> None:
        """The family cancels."""
        family = factories.headers(db.session.get_one(Account, self.booking.household.account_id))
        answer: Any = self.client.post(f"/api/v1/bookings/{self.booking.id}/cancellations", headers=family, json={
            "expected_refund": self.booking.total_fen})
        assert answer.status_code == 200, answer.json

    def happen(self, fact: str = "booking.completed") -> int:
        """A fact about the booking."""
        entry_id = ledger.append(fact, subject=self.booking.ref, actor="system", data={
            "firm": str(self.booking.firm_id), "household": str(self.booking.household_id), "total": 13800})
        assert entry_id is not None
        db.session.commit()
        return entry_id

    def deliveries(self, endpoint: Any, query: str = "") -> Any:
        """What the manager sees of an endpoint's deliveries."""
        return self.ask("GET", f"{PATH}/{endpoint['id']}/deliveries{query}", 200)["items"]

    def attempts(self, delivery: Any) -> Any:
        """What the manager sees of a delivery's attempts."""
        return self.ask("GET", f"/api/v1/webhook-deliveries/{delivery['id']}/attempts", 200)["items"]

    def later(self, seconds: float) -> None:
        """What is due then is done."""
        with clock.frozen(clock.now() + timedelta(seconds=seconds)):
            self.sweep("webhooks.tasks.take_up")
            self.run_jobs()


@pytest.fixture()
def firm(client: FlaskClient, run_jobs: Callable[[], int], sweep: Callable[[str], None]) -> Firm:
    """A firm."""
    return Firm(client, run_jobs, sweep)


@pytest.fixture()
def hurried(app: Flask) -> Iterator[None]:
    """An attempt may take half a second in all."""
    app.extensions["webhook_courier"] = Courier(local=True, all_seconds=0.5)
    yield
    del app.extensions["webhook_courier"]


def test_what_a_family_does_reaches_the_firms_program_signed(firm: Firm, listener: Listener) -> None:
    endpoint = firm.listen(listener.url)
    firm.cancel()
    firm.run_jobs()
    [heard] = listener.got
    told = json.loads(heard["body"])
    assert (told["kind"], told["booking"], told["state"]) == ("booking.cancelled", str(firm.booking.id), "cancelled")
    assert told["data"]["refund"] + told["data"]["fee"] == firm.booking.total_fen
    assert listener.verified(endpoint["secret"]) and not listener.verified("whsec_other")
    assert heard["headers"]["Qiaojiejie-Event"] == told["id"] and heard["headers"]["Content-Type"] == "application/json"
    [delivery] = firm.deliveries(endpoint)
    assert (delivery["state"], delivery["event"], delivery["body"]) == ("delivered", told["id"], heard["body"].decode())
    [attempt] = firm.attempts(delivery)
    assert (attempt["status"], attempt["outcome"], attempt["failure"]) == (200, "delivered", None)


def test_nothing_of_a_person_is_told(firm: Firm, listener: Listener) -> None:
    firm.listen(listener.url, tuple(rules.KINDS))
    firm.cancel()
    firm.run_jobs()
    heard = b"".join(each["body"] + str(each["headers"]).encode() for each in listener.got).decode()
    of = firm.booking
    people = [of.worker.name.reveal(), of.worker.called, of.worker.phone.reveal(), of.address.detail.reveal(),
              str(of.household_id), str(of.household.account_id), "reason", "door"]
    assert "booking.cancelled" in heard and [each for each in people if each in heard] == []


def test_only_what_was_asked_for_and_concerns_the_firm_is_sent(
        firm: Firm, listener: Listener, client: FlaskClient) -> None:
    firm.listen(listener.url, ("booking.completed",))
    other = Firm(client, firm.run_all, firm.sweep)
    firm.happen("booking.confirmed")
    other.happen("booking.completed")
    firm.run_jobs()
    assert listener.got == []
    firm.happen("booking.completed")
    firm.run_jobs()
    assert len(listener.got) == 1


@pytest.mark.parametrize("fact,subject", [("payment.released", "booking"), ("refund.succeeded", "booking"),
                                          ("payout.paid", "firm")])
def test_money_that_concerns_a_firm_is_told_too(
        firm: Firm, listener: Listener, fact: str, subject: str) -> None:
    firm.listen(listener.url, (fact,))
    of = firm.booking.ref if subject == "booking" else f"firm:{firm.booking.firm_id}"
    ledger.append(fact, subject=of, actor="system", data={"amount": 13800})
    db.session.commit()
    firm.run_jobs()
    told = json.loads(listener.got[0]["body"])
    assert (told["kind"], told["data"]) == (fact, {"amount": 13800})
    assert told["booking"] == (str(firm.booking.id) if subject == "booking" else None)


def test_an_endpoint_that_breaks_once_hears_it_again_later_with_the_same_id_and_bytes(
        firm: Firm, listener: Listener) -> None:
    listener.answers = [500, 200]
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    assert firm.deliveries(endpoint)[0]["state"] == "pending" and len(listener.got) == 1
    firm.later(5)
    assert len(listener.got) == 1
    firm.later(11)
    assert len(listener.got) == 2 and listener.got[0]["body"] == listener.got[1]["body"]
    assert listener.verified(endpoint["secret"])
    [delivery] = firm.deliveries(endpoint)
    assert (delivery["state"], delivery["attempts"], delivery["next_at"]) == ("delivered", 2, None)
    assert [(each["number"], each["status"], each["outcome"]) for each in firm.attempts(delivery)] == [
        (2, 200, "delivered"), (1, 500, "again")]
    firm.later(3600)
    assert len(listener.got) == 2


@pytest.mark.parametrize("status", [400, 404, 422, 302])
def test_what_is_refused_for_good_is_never_sent_again(firm: Firm, listener: Listener, status: int) -> None:
    listener.answers, listener.more = [status], {"Location": listener.url}
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    firm.later(86_400)
    [delivery] = firm.deliveries(endpoint, "?state=given_up")
    assert len(listener.got) == 1 and firm.attempts(delivery)[0]["outcome"] == "never"


@pytest.mark.parametrize("status", [408, 429])
def test_too_many_and_too_slow_are_sent_again_when_the_endpoint_said(
        firm: Firm, listener: Listener, status: int) -> None:
    listener.answers, listener.more = [status, 200], {"Retry-After": "600"}
    firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    firm.later(590)
    assert len(listener.got) == 1
    firm.later(601)
    assert len(listener.got) == 2


def test_nobody_listening_is_tried_again(firm: Firm) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = firm.listen(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    firm.happen()
    firm.run_jobs()
    [delivery] = firm.deliveries(endpoint)
    [attempt] = firm.attempts(delivery)
    assert (delivery["state"], attempt["failure"], attempt["outcome"]) == ("pending", "unreachable", "failed")


def _drip(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize("how", [lambda _: time.sleep(2), _drip], ids=["silent", "drips"])
def test_an_answer_that_takes_too_long_is_cut_and_tried_again(
        firm: Firm, listener: Listener, hurried: None, how: Callable[[Any], None]) -> None:
    def slowly(handler: Any) -> None:
        try:
            how(handler)
        except OSError:
            handler.close_connection = True

    listener.before = slowly
    endpoint = firm.listen(listener.url)
    firm.happen()
    begun = time.monotonic()
    firm.run_jobs()
    assert time.monotonic() - begun < 2
    [delivery] = firm.deliveries(endpoint)
    assert (delivery["state"], firm.attempts(delivery)[0]["failure"]) == ("pending", "timeout")


def test_a_name_that_leads_to_a_private_address_gets_nothing(
        firm: Firm, listener: Listener, app: Flask) -> None:
    endpoint = firm.listen(listener.url)
    app.extensions["webhook_courier"] = Courier(local=False)  # as in production
    try:
        firm.happen()
        firm.run_jobs()
    finally:
        del app.extensions["webhook_courier"]
    [delivery] = firm.deliveries(endpoint)
    assert listener.got == [] and firm.attempts(delivery)[0]["failure"] == "address_refused"


def waiting() -> list[str]:
    """The ledger's entries that are to be told, by what they are about."""
    return list(db.session.scalars(sa.text(
        "SELECT subject FROM procrastinate_jobs job JOIN ledger_entry entry ON entry.id = (args ->> 'entry_id')::bigint"
        " WHERE task_name = 'webhooks.fan_out' ORDER BY job.id")))


def test_of_a_firm_without_an_endpoint_that_is_on_nothing_is_to_be_told(firm: Firm, listener: Listener) -> None:
    others = factories.booking("confirmed", start=factories.tomorrow(days=6))
    about = [(each.ref, {"firm": str(each.firm_id)}) for each in (firm.booking, others)]

    def happen() -> list[str]:
        db.session.execute(sa.text("DELETE FROM procrastinate_jobs"))
        firm.happen()
        ledger.append_many(booking_facts.COMPLETED, about=about, actor="system")
        ledger.append("payout.paid", subject=f"firm:{others.firm_id}", actor="system")
        return waiting()

    assert happen() == []
    endpoint = firm.listen(listener.url)
    assert happen() == [firm.booking.ref] * 2
    ledger.append("refund.succeeded", subject=others.ref, actor="system")
    assert waiting()[2:] == [others.ref], "it does not say itself whose it is"
    db.session.execute(sa.text("UPDATE webhook_endpoint SET state = 'off'"))
    assert happen() == []
    firm.ask("POST", f"{PATH}/{endpoint['id']}/resumptions", 200)
    assert happen() == [firm.booking.ref] * 2


def test_a_job_that_runs_twice_makes_one_delivery_and_sends_it_once(firm: Firm, listener: Listener) -> None:
    from qiaojiejie.webhooks import service as webhooks

    endpoint = firm.listen(listener.url)
    entry_id = firm.happen()
    firm.run_jobs()
    webhooks.fan_out(entry_id=entry_id)
    firm.run_jobs()
    [delivery] = firm.deliveries(endpoint)
    webhooks.send(delivery_id=delivery["id"])
    assert len(listener.got) == 1


def test_tries_end_after_three_days_and_the_endpoint_is_switched_off_and_its_firm_told(
        firm: Firm, listener: Listener, client: FlaskClient) -> None:
    listener.answers = [503]
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    began = clock.now()
    for hours in range(0, 73, 6):
        with clock.frozen(began + timedelta(hours=hours, minutes=30)):
            firm.sweep("webhooks.tasks.take_up")
            firm.run_jobs()
            if hours == 66:
                firm.happen("booking.cancelled")
                firm.run_jobs()
    with clock.frozen(began + timedelta(hours=73)):
        firm.sweep("webhooks.tasks.take_up")
        firm.run_jobs()
    shown = firm.ask("GET", f"{PATH}/{endpoint['id']}", 200)
    assert (shown["state"], bool(shown["failing_since"])) == ("off", True)
    told = client.get("/api/v1/me/notifications", headers=firm.headers).json["items"]
    assert [each["kind"] for each in told].count("webhook_switched_off") == 1 and "127.0.0.1" in told[0]["body"]
    heard = len(listener.got)
    with clock.frozen(began + timedelta(hours=80)):
        firm.happen()
        firm.sweep("webhooks.tasks.take_up")
        firm.run_jobs()
        assert len(listener.got) == heard
        listener.answers = [200]
        assert firm.ask("POST", f"{PATH}/{endpoint['id']}/resumptions", 200)["state"] == "on"
        firm.sweep("webhooks.tasks.take_up")
        firm.run_jobs()
    states = {each["kind"]: each["state"] for each in firm.deliveries(endpoint)}
    assert states == {"booking.completed": "given_up", "booking.cancelled": "delivered"}


def test_one_success_ends_a_failing_time(firm: Firm, listener: Listener) -> None:
    listener.answers = [500, 200]
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    assert firm.ask("GET", f"{PATH}/{endpoint['id']}", 200)["failing_since"]
    firm.later(11)
    assert firm.ask("GET", f"{PATH}/{endpoint['id']}", 200)["failing_since"] is None


def test_a_ping_is_sent_as_an_event_is(firm: Firm, listener: Listener) -> None:
    endpoint = firm.listen(listener.url)
    made = firm.ask("POST", f"{PATH}/{endpoint['id']}/pings", 202)
    firm.run_jobs()
    told = json.loads(listener.got[0]["body"])
    assert (told["kind"], told["id"], told["data"]) == ("ping", made["event"], {})
    assert listener.verified(endpoint["secret"])


def test_a_delivery_is_replayed_as_it_was(firm: Firm, listener: Listener) -> None:
    listener.answers = [400, 200, 200]
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    [given_up] = firm.deliveries(endpoint)
    path = f"/api/v1/webhook-deliveries/{given_up['id']}/replays"
    again = firm.ask("POST", path, 202)
    assert (again["state"], again["event"]) == ("pending", given_up["event"])
    assert firm.ask("POST", path, 409)["code"] == "StepNotPossible"
    firm.run_jobs()
    firm.ask("POST", path, 202)
    firm.run_jobs()
    assert [each["body"] for each in listener.got] == [given_up["body"].encode()] * 3
    assert [each["number"] for each in firm.attempts(given_up)] == [3, 2, 1]


def test_for_a_day_after_a_rotation_both_secrets_count(firm: Firm, listener: Listener) -> None:
    endpoint = firm.listen(listener.url)
    new = firm.ask("POST", f"{PATH}/{endpoint['id']}/secrets", 201)["secret"]
    assert new != endpoint["secret"]
    firm.happen()
    firm.run_jobs()
    assert listener.verified(new) and listener.verified(endpoint["secret"])
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        firm.happen()
        firm.run_jobs()
    assert listener.verified(new) and not listener.verified(endpoint["secret"])


def test_a_delivery_whose_job_was_lost_is_taken_up(firm: Firm, listener: Listener, world: sa.Connection) -> None:
    endpoint = firm.listen(listener.url)
    from qiaojiejie.webhooks import service as webhooks

    webhooks.fan_out(entry_id=firm.happen())
    world.execute(sa.text("DELETE FROM procrastinate_jobs"))
    firm.later(60)
    assert listener.got == []
    firm.later(121)
    assert len(listener.got) == 1 and firm.deliveries(endpoint)[0]["state"] == "delivered"


def test_deliveries_are_forgotten_after_thirty_days(firm: Firm, listener: Listener) -> None:
    endpoint = firm.listen(listener.url)
    firm.happen()
    firm.run_jobs()
    with clock.frozen(clock.now() + timedelta(days=29)):
        firm.sweep("webhooks.tasks.forget")
        assert len(firm.deliveries(endpoint)) == 1
    with clock.frozen(clock.now() + timedelta(days=31)):
        firm.sweep("webhooks.tasks.forget")
    assert firm.deliveries(endpoint) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WebhookAttempt)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WebhookDelivery)) == 0


def test_every_kind_is_a_fact_its_room_declares_and_every_booking_fact_is_a_kind() -> None:
    declared = {value for name, value in vars(booking_facts).items() if name.isupper()}
    declared = {value for value in declared if isinstance(value, str)}
    assert {kind for kind in rules.KINDS if kind.startswith("booking.")} == declared
