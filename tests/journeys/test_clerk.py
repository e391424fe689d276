"""A clerk books for a woman of eighty; her daughter pays from home; another booking is undone within the hour."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import wall
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity import gateway, rules
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from tests import factories
from tests.family import books_balance  # noqa: F401
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")

DAUGHTER = "13700001234"
MANDATE = {"phone": DAUGHTER, "name": "王桂兰", "how": "in_person", "consenter": "self", "note": "本人到站口头同意"}
HOME = {"label": "家", "region_code": "321302", "detail": "幸福路 3 号 101", "contact_name": "王桂兰",
        "contact_phone": "13700001234"}
MOTHER = {"name": "王桂兰", "birth_year": clock.today().year - 80, "relation": "parent", "needs": ["semi_dependent"]}
NINE = factories.tomorrow(9)


class Outbox:
    """Keeps the text messages."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, str]]] = []

    def send(self, phone: str, kind: str, params: Any, message_id: str) -> None:
        """One message."""
        self.sent.append((phone, kind, dict(params)))


class Counter:
    """A station's counter, a worker who is free, and the phones of the people."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int], box: Outbox) -> None:
        self.client, self.stripe, self.run_jobs, self.box = client, stripe, run_jobs, box
        self.station = factories.station()
        self.clerk = self.a_clerk()
        self.worker = factories.working(factories.worker_with_account())
        self.start = factories.tomorrow(10, days=2)

    def a_clerk(self) -> dict[str, str]:
        """A clerk of the station, signed in now."""
        return factories.headers(factories.member(Role.STATION_CLERK, self.station.id))

    def ask(self, who: dict[str, str] | None, path: str, status: int = 200, /, **body: Any) -> Any:
        """A POST, or a GET when the answer is 200 and there is no body."""
        answer = self.client.open(f"/api/v1{path}", method="POST" if body or status != 200 else "GET", headers=who,
                                  json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def post(self, who: dict[str, str] | None, path: str, status: int = 200) -> Any:
        """A POST without a body."""
        answer = self.client.post(f"/api/v1{path}", headers=who)
        assert answer.status_code == status, answer.json
        return answer.json

    def book(self, mandate: Any, hour: int = 10) -> Any:
        """The clerk books three hours for the household."""
        path = f"/mandates/{mandate['id']}"
        home = self.ask(self.clerk, f"{path}/addresses", 201, **HOME)
        mother = self.ask(self.clerk, f"{path}/members", 201, **MOTHER)
        quote = self.ask(self.clerk, f"{path}/quotes", 201, worker_id=str(self.worker.id), service_code="cleaning",
                         address_id=home["id"], member_id=mother["id"], minutes=180,
                         start=(self.start + timedelta(hours=hour - 10)).isoformat())
        return self.ask(self.clerk, f"{path}/bookings", 201, quote_id=quote["id"], note="耳背，请大声敲门")

    def pay(self, booking: Any) -> None:
        """The code on the clerk's screen is scanned."""
        shown = self.ask(self.clerk, f"/bookings/{booking['id']}/counter-payments", 201, method="wechat_pay")
        assert shown["next_action"]["type"] == "qr_code"
        self.intent = shown["next_action"]["url"].rpartition("/")[2]
        assert self.stripe.act(self.intent).ok
        self.hear()

    def hear(self) -> None:
        """The service works, and hears what Stripe says of the payment."""
        self.run_jobs()
        for event in self.stripe.events(self.intent):
            assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def family(self) -> dict[str, str]:
        """The daughter, signed in with her phone."""
        row = db.session.get_one(Booking, db.session.scalar(sa.select(sa.func.max(Booking.id.cast(sa.Text)))))
        return factories.headers(db.session.get_one(Account, row.household.account_id))


@pytest.fixture()
def counter(app: Flask, client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
            monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter."""
    box = Outbox()
    monkeypatch.setitem(app.extensions, "sign_in", gateway.Terms(sms=box, limits=rules.LIMITS, fixed_code=None))
    return Counter(client, stripe_sandbox, run_jobs, box)


def test_a_clerk_books_for_a_woman_of_eighty_and_her_daughter_hears_of_it(counter: Counter) -> None:
    it = counter
    mandate = it.ask(it.clerk, "/mandates", 201, **MANDATE)
    assert (mandate["name"], mandate["phone"], mandate["state_name"]) == ("王**", "137****1234", "有效")
    assert [mandate[each] for each in ("consenter", "how", "note")] == ["self", "in_person", "本人到站口头同意"]
    assert mandate["given_at"] < mandate["until"], "who agreed, how, when and for how long"
    booking = it.book(mandate)
    assert (booking["state"], booking["cared_for"]["relation"]) == ("held", "parent")
    row = db.session.get_one(Booking, booking["id"])
    assert row.expires_at - row.created_at == timedelta(minutes=60)
    it.pay(booking)
    [(phone, kind, words)] = it.box.sent
    assert (phone, kind) == (DAUGHTER, "booked_for_you") and words["token"] and words["service"] == "日常保洁"
    family = it.family()
    found = it.ask(family, f"/bookings/{booking['id']}")
    assert (found["state"], found["note"]) == ("confirmed", "耳背，请大声敲门"), "it is the household's own booking"
    [held] = [each for each in it.ask(family, "/me/notifications?limit=10")["items"] if each["kind"] == "booking_held"]
    assert f"保留至 {wall(clock.local(row.expires_at))}" in held["body"]
    clerk = db.session.scalar(sa.select(Account).where(Account.id == db.session.scalar(
        sa.text("SELECT registered_by FROM mandate"))))
    assert clerk is not None
    held, = ledger.about(f"booking:{booking['id']}", "booking.held")
    assert held.actor == f"account:{clerk.id}", "and the ledger names whose hand it was"
    worker = db.session.get_one(Account, it.worker.account_id)
    with clock.frozen(it.start):
        it.ask(factories.headers(worker), f"/bookings/{booking['id']}/check-ins", door_code=booking["door_code"])
    with clock.frozen(it.start + timedelta(hours=3)):
        it.post(factories.headers(worker), f"/bookings/{booking['id']}/check-outs")
        assert it.post(it.family(), f"/bookings/{booking['id']}/confirmations")["state"] == "completed"
    it.run_jobs()
    assert [each["state"] for each in it.ask(it.a_clerk(), f"/mandates/{mandate['id']}/bookings")["items"]] == [
        "completed"]
    assert db.session.scalars(sa.select(Look)).all() == [], "no look was needed: nothing of theirs was shown"


def test_within_the_hour_it_is_undone_with_the_text_message_alone_and_all_comes_back(counter: Counter) -> None:
    it = counter
    with clock.frozen(NINE):
        it.start, it.clerk = NINE + timedelta(hours=2), it.a_clerk()
        booking = it.book(it.ask(it.clerk, "/mandates", 201, **MANDATE))
        it.pay(booking)
        token = it.box.sent[0][2]["token"]
    with clock.frozen(NINE + timedelta(minutes=60) - timedelta(seconds=1)):
        quoted = it.post(it.family(), f"/bookings/{booking['id']}/cancellation-quotes")
        assert quoted["fee"]["amount"] > 0, quoted
        undone = it.ask(None, "/mandate-undos", 200, token=token)
        assert (undone["state"], undone["refund"]) == ("cancelled", undone["total"])
        it.hear()
        refunds = it.ask(it.family(), f"/bookings/{booking['id']}/refunds")["items"]
        assert [each["amount"] for each in refunds] == [undone["total"]]
        assert it.ask(None, "/mandate-undos", 409, token=token)["code"] == "StepNotPossible"


def test_after_the_hour_it_is_cancelled_by_its_policy_like_any_other(counter: Counter) -> None:
    it = counter
    with clock.frozen(NINE):
        it.start, it.clerk = NINE + timedelta(hours=2), it.a_clerk()
        booking = it.book(it.ask(it.clerk, "/mandates", 201, **MANDATE))
        it.pay(booking)
        token = it.box.sent[0][2]["token"]
    with clock.frozen(NINE + timedelta(minutes=60)):
        assert it.ask(None, "/mandate-undos", 409, token=token)["code"] == "UndoOver"
        assert it.post(it.family(), f"/bookings/{booking['id']}/undos", 409)["code"] == "UndoOver"
        family = it.family()
        quoted = it.post(family, f"/bookings/{booking['id']}/cancellation-quotes")
        gone = it.ask(family, f"/bookings/{booking['id']}/cancellations", 200,
                      expected_refund=quoted["refund"]["amount"])
        assert gone["refund"] == quoted["refund"] and quoted["fee"]["amount"] > 0
        it.hear()
