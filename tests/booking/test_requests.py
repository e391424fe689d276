"""A firm that is asked first: it accepts, declines or lets it pass; what is booked at once and what waits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import answering, words
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from tests import factories
from tests.booking.test_routes import engaged, headers_of, refused
from tests.factories import tomorrow

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Asked:
    """A family, a worker of a firm that answers within two hours, and their hands on the API."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], int]) -> None:
        self.client, self.run_jobs = client, run_jobs
        self.household, self.worker = factories.household(), factories.worker_with_account()
        self.family = factories.headers(db.session.get_one(Account, self.household.account_id))
        self.firm = db.session.get_one(Firm, self.worker.firm_id)
        self.manager = factories.headers(factories.manager_of(self.firm), Role.FIRM_MANAGER, self.firm.id)
        assert self.window(120).status_code == 200

    def window(self, minutes: int | None, service: str = "cleaning") -> Any:
        """The firm says how long it has to answer."""
        return self.client.put(f"/api/v1/firms/{self.firm.id}/answer-windows/{service}", headers=self.manager,
                               json={"minutes": minutes})

    def quote(self, start: Any = None) -> Any:
        """Three hours of cleaning."""
        return self.client.post("/api/v1/quotes", headers=self.family, json={
            "worker_id": str(self.worker.id), "service_code": "cleaning", "minutes": 180,
            "address_id": str(factories.address(self.household).id),
            "start": clock.local(start or tomorrow()).isoformat()})

    def paid(self, start: Any = None) -> Booking:
        """It is booked, and its money came."""
        made = self.client.post("/api/v1/bookings", headers=self.family, json={
            "quote_id": self.quote(start).json["id"]})
        assert made.status_code == 201, made.json
        booking = db.session.get_one(Booking, made.json["id"])
        assert bookings.confirm_payment(booking_id=booking.id)
        return booking

    def take(self, booking: Booking, path: str, party: str = "firm", **body: Any) -> Any:
        """A step of one of its parties."""
        answer = self.client.post(f"/api/v1/bookings/{booking.id}/{path}", headers=headers_of(booking, party),
                                  json=body or None)
        db.session.expire_all()
        return answer

    def told(self, account: Any) -> list[str]:
        """What somebody found in the inbox."""
        self.run_jobs()
        return list(db.session.scalars(sa.select(Notification.kind).where(
            Notification.account_id == account).order_by(Notification.id)))


@pytest.fixture()
def asked(client: FlaskClient, world: sa.Connection, run_jobs: Callable[[], int]) -> Asked:
    """A firm that is asked first."""
    return Asked(client, run_jobs)


def test_a_paid_booking_waits_for_the_firm_and_then_stands(asked: Asked) -> None:
    quoted = asked.quote().json
    assert quoted["answer"]["minutes"] == 120
    assert quoted["answer"]["words"] == "企业须在 2 小时内答复，婉拒或逾期全额退款"
    booking = asked.paid()
    shown = asked.client.get(f"/api/v1/bookings/{booking.id}", headers=asked.family).json
    assert (shown["state"], shown["state_name"], shown["paid"]["amount"]) == ("asked", "待企业答复", booking.total_fen)
    assert shown["due"] is None and shown["confirmed_at"] is None and shown["steps"] == ["cancel"]
    assert shown["answer_by"] == clock.local(booking.answer_by).isoformat(timespec="seconds")
    assert abs(booking.answer_by - clock.now() - 2 * HOUR) < 60 * SECOND
    assert engaged(booking)
    done = asked.take(booking, "acceptances")
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    assert booking.confirmed_at is not None and engaged(booking)
    assert [entry.fact for entry in ledger.about(booking.ref)] == [
        "booking.held", "booking.asked", "booking.accepted"]
    assert asked.told(asked.household.account_id) == ["booking_held", "booking_asked", "booking_accepted"]
    assert asked.told(asked.worker.account_id) == ["booking_accepted"]


def test_nobody_sees_the_others_contact_before_the_firm_accepted(asked: Asked) -> None:
    booking = asked.paid()
    answer = asked.client.get(f"/api/v1/bookings/{booking.id}/contact", headers=headers_of(booking, "household"))
    assert refused(answer) == (403, "ContactClosed")
    asked.take(booking, "acceptances")
    answer = asked.client.get(f"/api/v1/bookings/{booking.id}/contact", headers=headers_of(booking, "household"))
    assert answer.status_code == 200


def test_a_decline_gives_all_back_and_costs_the_firm_no_credit(asked: Asked) -> None:
    booking = asked.paid()
    done = asked.take(booking, "declines", reason="overbooked").json
    assert (done["state"], done["refund"]["amount"]) == ("declined", booking.total_fen)
    assert not engaged(booking)
    (said,) = ledger.about(booking.ref, "booking.declined")
    assert said.data["asked"] and credit.READINGS[said.fact](said.data) is None
    other = asked.paid()
    asked.take(other, "acceptances")
    asked.take(other, "declines", reason="overbooked")
    (said,) = ledger.about(other.ref, "booking.declined")
    assert "asked" not in said.data and credit.READINGS[said.fact](said.data) == ("cancel_firm", {})


def test_silence_past_the_time_gives_all_back_and_is_a_fact_of_its_own(asked: Asked,
                                                                       sweep: Callable[[str], None]) -> None:
    booking = asked.paid()
    by = booking.answer_by
    with clock.frozen(by):
        sweep("booking.tasks.lapse_unanswered")
        assert booking.state == "asked"
    with clock.frozen(by + SECOND):
        assert refused(asked.take(booking, "acceptances")) == (409, "TooLate")
        sweep("booking.tasks.lapse_unanswered")
        sweep("booking.tasks.lapse_unanswered")
    assert (booking.state, booking.closed_by, booking.closed_because) == ("declined", "system", "no_answer")
    assert booking.refund_fen == booking.total_fen and not engaged(booking)
    (said,) = ledger.about(booking.ref, "booking.lapsed")
    assert (said.data["fee"], said.data["refund"]) == (0, booking.total_fen) and said.fact not in credit.READINGS
    assert asked.told(asked.household.account_id)[-1] == "booking_lapsed"


def test_while_the_firm_is_asked_cancelling_is_free_however_near_the_start(asked: Asked) -> None:
    start = tomorrow()
    with clock.frozen(start - 2 * HOUR):  # with a firm that is not asked it costs 30 %
        booking = asked.paid(start)
        cost = asked.take(booking, "cancellation-quotes", "household").json
        assert (cost["fee"]["amount"], cost["refund"]["amount"]) == (0, booking.total_fen)
        assert cost["words"] == "企业尚未答复，取消免费"
        done = asked.take(booking, "cancellations", "household", expected_refund=booking.total_fen).json
        assert (done["state"], done["refund"]["amount"]) == ("cancelled", booking.total_fen)


def test_the_grace_of_five_minutes_counts_from_acceptance(asked: Asked) -> None:
    start = tomorrow()
    paid_at = start - 3 * HOUR
    with clock.frozen(paid_at):
        booking = asked.paid(start)
    with clock.frozen(paid_at + timedelta(minutes=110)):
        asked.take(booking, "acceptances")
    with clock.frozen(paid_at + timedelta(minutes=115)):
        cost = asked.take(booking, "cancellation-quotes", "household").json
        assert (cost["fee"]["amount"], cost["words"]) == (0, "企业接单后 5 分钟内取消，免费")
    with clock.frozen(paid_at + timedelta(minutes=115) + SECOND):
        assert asked.take(booking, "cancellation-quotes", "household").json["fee"]["amount"] == booking.total_fen // 2


def test_the_time_to_answer_ends_an_hour_before_the_start_at_the_latest(asked: Asked) -> None:
    start = tomorrow()
    with clock.frozen(start - 2 * HOUR):
        booking = asked.paid(start)
    assert booking.answer_by == start - HOUR
    with clock.frozen(start - HOUR - answering.LEAST_TIME + SECOND):
        late = asked.quote(start)
    assert refused(late) == (409, "TooLittleNotice") and late.json["params"]["minutes"] == 90


def test_the_firm_answers_in_the_notice_its_worker_needs(asked: Asked) -> None:
    calendars.set_terms(worker_no=asked.worker.no, terms=Terms(notice_minutes=300))
    start = tomorrow(15)
    with clock.frozen(start - 6 * HOUR):
        booking = asked.paid(start)
    assert booking.answer_by == start - 5 * HOUR
    with clock.frozen(start - 5 * HOUR - answering.LEAST_TIME + SECOND):
        late = asked.quote(start)
    assert refused(late) == (409, "TooLittleNotice") and late.json["params"]["minutes"] == 330
    calendars.set_terms(worker_no=asked.worker.no, terms=Terms(notice_minutes=0))
    start = tomorrow(15, days=2)
    with clock.frozen(start - HOUR):
        booking = asked.paid(start)
    assert booking.answer_by == start


def test_what_was_quoted_before_keeps_its_terms(asked: Asked) -> None:
    before = asked.quote().json
    assert asked.window(None).json["minutes"] is None
    made = asked.client.post("/api/v1/bookings", headers=asked.family, json={"quote_id": before["id"]}).json
    assert made["answer"]["minutes"] == 120
    asked.client.post(f"/api/v1/bookings/{made['id']}/cancellations", headers=asked.family, json={"expected_refund": 0})
    at_once = asked.paid()
    assert (at_once.state, at_once.answer) == ("confirmed", None)


def test_a_firm_sets_its_own_time_alone_and_everybody_may_read_it(asked: Asked, client: FlaskClient) -> None:
    assert asked.window(29).status_code == 422 and asked.window(1441).status_code == 422
    assert refused(asked.window(60, "no_such_service")) == (422, "UnknownService")
    other = factories.firm()
    stranger = factories.headers(factories.manager_of(other), Role.FIRM_MANAGER, other.id)
    path = f"/api/v1/firms/{asked.firm.id}/answer-windows"
    assert refused(client.put(f"{path}/cleaning", headers=stranger, json={"minutes": 60})) == (404, "FirmNotFound")
    assert asked.window(60, "deep_cleaning").status_code == 200
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{path}?limit=1&cursor={cursor}" if cursor else f"{path}?limit=1").json
        found, cursor = found + [(row["service_code"], row["minutes"]) for row in page["items"]], page["next_cursor"]
    assert found == [("cleaning", 120), ("deep_cleaning", 60)]


def test_whom_the_block_list_names_no_firm_accepts(asked: Asked) -> None:
    booking = asked.paid()
    asked.worker.barred = True
    db.session.flush()
    assert refused(asked.take(booking, "acceptances")) == (409, "OnBlockList")


@pytest.mark.parametrize("minutes, said", [(30, "30 分钟"), (90, "90 分钟"), (120, "2 小时"), (1440, "24 小时")])
def test_the_time_is_told_in_words(minutes: int, said: str) -> None:
    assert words.answer_words(minutes)[0] == f"企业须在 {said}内答复，婉拒或逾期全额退款"
