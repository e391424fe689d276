"""A booking over HTTP: made, shown, cancelled, served, closed; who may do what, and when."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.lifecycle import BOOKING, LIVE
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import Shown
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.factories import tomorrow

RunJobs = Callable[[], int]
Sweep = Callable[[str], None]


def headers_of(booking: Booking | Shown, party: str) -> dict[str, str]:
    """Someone of a party to the booking, signed in."""
    if party == "household":
        return factories.headers(db.session.get_one(Account, booking.household.account_id))
    if party == "worker":
        return factories.headers(db.session.get_one(Account, booking.worker.account_id))
    manager = factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id))
    return factories.headers(manager, Role.FIRM_MANAGER, booking.firm_id)


@pytest.fixture()
def take(client: FlaskClient, world: sa.Connection) -> Callable[..., Any]:
    """Takes a step of a booking as one of its parties."""

    def send(booking: Booking, party: str, step: str, /, **body: Any) -> Any:
        return client.post(f"/api/v1/bookings/{booking.id}/{step}", headers=headers_of(booking, party),
                           json=body or None)

    return send


def facts_of(booking: Booking, fact: str) -> list[dict[str, Any]]:
    """What a booking's entries of a fact say."""
    return [entry.data for entry in ledger.about(f"booking:{booking.id}", fact)]


def engaged(booking: Booking) -> bool:
    """True while the worker's time is engaged for it."""
    return calendars.interval_of(f"booking:{booking.id}") is not None


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json["code"]


def test_booking_a_quote_holds_her_time_with_the_way_for_ten_minutes(client: FlaskClient,
                                                                     world: sa.Connection) -> None:
    family = factories.household()
    quote = factories.quote(family)
    me = factories.headers(db.session.get_one(Account, family.account_id))
    with clock.frozen(clock.now()) as now:
        answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id), "note": "家里有猫"})
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert (made["state"], made["total"]["amount"], made["note"]) == ("held", 13800, "家里有猫")
    assert made["expires_at"] == clock.local(now + timedelta(minutes=10)).isoformat(timespec="seconds")
    assert len(made["door_code"]) == 4 and made["door_code"].isdecimal()
    assert made["steps"] == ["cancel"]
    interval = calendars.interval_of(f"booking:{made['id']}")
    assert interval is not None
    assert interval.during.lower == quote.start - timedelta(minutes=30)
    assert interval.during.upper == quote.end + timedelta(minutes=30)


def test_a_quote_makes_one_live_booking_and_another_once_that_has_lapsed(client: FlaskClient, sweep: Sweep) -> None:
    family = factories.household()
    quote = factories.quote(family)
    me = factories.headers(db.session.get_one(Account, family.account_id))
    body = {"quote_id": str(quote.id)}
    assert client.post("/api/v1/bookings", headers=me, json=body).status_code == 201
    assert refused(client.post("/api/v1/bookings", headers=me, json=body)) == (409, "QuoteUsed")
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        sweep("expire_holds")
        assert client.post("/api/v1/bookings", headers=me, json=body).status_code == 201


def test_an_old_quote_books_nothing(client: FlaskClient, world: sa.Connection) -> None:
    family = factories.household()
    quote = factories.quote(family, expires_at=clock.now())
    me = factories.headers(db.session.get_one(Account, family.account_id))
    answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id)})
    assert refused(answer) == (409, "QuoteExpired")


def test_time_that_was_just_taken_is_taken(client: FlaskClient, world: sa.Connection) -> None:
    she = factories.worker_with_account()
    family, other = factories.household(), factories.household()
    quote = factories.quote(family, she)
    factories.booking("held", other, she, tomorrow(13), 60)  # ends touch but for the way between
    me = factories.headers(db.session.get_one(Account, family.account_id))
    answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id)})
    assert refused(answer) == (409, "SlotTaken")
    assert db.session.scalar(sa.select(sa.func.count()).where(Booking.quote_id == quote.id)) == 0


def test_a_household_holds_five_unpaid_bookings_and_no_sixth(client: FlaskClient, world: sa.Connection) -> None:
    family = factories.household()
    me = factories.headers(db.session.get_one(Account, family.account_id))
    for _ in range(4):
        factories.booking("held", family)
    fifth, sixth = factories.quote(family), factories.quote(family)
    assert client.post("/api/v1/bookings", headers=me, json={"quote_id": str(fifth.id)}).status_code == 201
    answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(sixth.id)})
    assert refused(answer) == (429, "TooManyHolds")


def test_papers_that_lapsed_since_the_quote_are_noticed(client: FlaskClient, world: sa.Connection) -> None:
    family, she = factories.household(), factories.worker_with_account()
    quote = factories.quote(family, she)
    she.identity_verified_on = None
    db.session.flush()
    me = factories.headers(db.session.get_one(Account, family.account_id))
    answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id)})
    assert refused(answer) == (409, "WorkerNotEligible")


def test_another_familys_quote_is_not_found(client: FlaskClient, world: sa.Connection) -> None:
    quote = factories.quote()
    me = factories.headers(db.session.get_one(Account, factories.household().account_id))
    answer = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id)})
    assert refused(answer) == (404, "QuoteNotFound")


def test_the_same_request_sent_twice_is_one_booking(client: FlaskClient, world: sa.Connection) -> None:
    family = factories.household()
    quote = factories.quote(family)
    me = factories.headers(db.session.get_one(Account, family.account_id), key="book-once-1")
    first, second = (client.post("/api/v1/bookings", headers=me, json={"quote_id": str(quote.id)}) for _ in "12")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    other = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(factories.quote(family).id)})
    assert refused(other) == (422, "KeyReused")


def test_each_party_sees_its_own_bookings_and_strangers_none(client: FlaskClient, world: sa.Connection) -> None:
    booking, other = factories.booking(), factories.booking()
    for party in ("household", "worker", "firm"):
        me = headers_of(booking, party)
        assert [row["id"] for row in client.get("/api/v1/bookings", headers=me).json["items"]] == [str(booking.id)]
        assert client.get(f"/api/v1/bookings/{booking.id}", headers=me).status_code == 200
        for path in ("", "/history", "/contact"):
            answer = client.get(f"/api/v1/bookings/{other.id}{path}", headers=me)
            if not (party == "firm" and path == "/contact"):
                assert refused(answer) == (404, "BookingNotFound")
        assert client.get("/api/v1/bookings?state=held", headers=me).json["items"] == []


def test_the_list_is_walked_page_by_page_newest_first(client: FlaskClient, world: sa.Connection) -> None:
    family = factories.household()
    made = [str(factories.booking("completed", family).id) for _ in range(5)]
    me, found, cursor = factories.headers(db.session.get_one(Account, family.account_id)), [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/bookings?limit=2&cursor={cursor}" if cursor else "/api/v1/bookings?limit=2",
                          headers=me).json
        found, cursor = found + [row["id"] for row in page["items"]], page["next_cursor"]
    assert found == made[::-1]


def test_the_door_code_and_the_note_are_the_households_alone(client: FlaskClient, world: sa.Connection) -> None:
    booking = factories.booking(note="钥匙在邻居家")
    for party, code, note in (("household", "4821", "钥匙在邻居家"), ("worker", None, None), ("firm", None, None)):
        shown = client.get(f"/api/v1/bookings/{booking.id}", headers=headers_of(booking, party)).json
        assert (shown["door_code"], shown["note"]) == (code, note), party


BODIES = {"cancellations": {"expected_refund": 0}, "withdrawals": {"reason": "ill"},
          "declines": {"reason": "overbooked"}, "check-ins": {"door_code": "4821"}}
STEPS = {"cancellations": {"household": "cancel"}, "withdrawals": {"worker": "withdraw"},
         "declines": {"firm": "decline"}, "check-ins": {"worker": "check_in"}, "check-outs": {"worker": "check_out"},
         "confirmations": {"household": "complete"}, "acceptances": {"firm": "accept"},
         "absences": {"household": "miss_worker", "worker": "miss_household", "firm": "miss_household"}}


#: what is possible of an unpaid visit of a series alone: tests/series/test_endings.py
OF_SERIES = {("held", "withdraw"), ("held", "decline")}


@pytest.mark.parametrize("state", BOOKING.states)
def test_what_the_table_allows_is_done_and_all_else_is_refused(take: Callable[..., Any], state: str) -> None:
    start = tomorrow()
    family, she = factories.household(), factories.worker_with_account()
    with clock.frozen(start + timedelta(minutes=20)):  # late enough for every step, too early for none
        for path, party in product(STEPS, ("household", "worker", "firm")):
            booking = factories.booking(state, family, she, start)
            step = STEPS[path].get(party)
            allowed = step is not None and state in BOOKING.steps[step].sources and (state, step) not in OF_SERIES
            body = {"expected_refund": booking.paid_fen} if (state, path) == ("asked", "cancellations") else {}
            answer = take(booking, party, path, **BODIES.get(path, {}) | body)
            assert (answer.status_code == 200) == allowed, f"{party} {path} in {state}: {answer.json}"
            db.session.refresh(booking)
            if allowed and step is not None:
                assert booking.state == BOOKING.steps[step].target
                assert len(facts_of(booking, BOOKING.steps[step].fact)) == 1
                assert engaged(booking) == (booking.state in (*LIVE, "completed"))
            else:
                assert answer.status_code == (409 if step else 403)
                assert booking.state == state
            db.session.execute(sa.text("DELETE FROM worker_interval WHERE worker_no = :no"), {"no": she.no})


def test_the_refund_quoted_is_the_refund_paid(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow(), confirmed_at=clock.now() - timedelta(days=3))
    with clock.frozen(tomorrow() - timedelta(hours=2)):
        quote = take(booking, "household", "cancellation-quotes").json
        assert (quote["fee"]["amount"], quote["refund"]["amount"]) == (4140, 9660)
        assert quote["good_until"] == clock.local(clock.now()).isoformat(timespec="seconds")
        done = take(booking, "household", "cancellations", expected_refund=quote["refund"]["amount"])
    assert (done.json["state"], done.json["refund"]["amount"]) == ("cancelled", 9660)
    (said,) = facts_of(booking, "booking.cancelled")
    assert (said["by"], said["notice_minutes"], said["fee"], said["refund"]) == ("household", 120, 4140, 9660)
    assert not engaged(booking)


def test_a_day_before_is_free_and_a_second_later_is_not(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow(days=2), confirmed_at=clock.now() - timedelta(days=3))
    day_before = booking.start - timedelta(hours=24)
    with clock.frozen(day_before):
        assert take(booking, "household", "cancellation-quotes").json["fee"]["amount"] == 0
    with clock.frozen(day_before + timedelta(seconds=1)):
        late = take(booking, "household", "cancellations", expected_refund=13800)
        assert refused(late) == (409, "CancellationQuoteChanged")
        assert late.json["params"] == {"fee": 4140, "fee_display": "¥41.40", "refund": 9660,
                                       "refund_display": "¥96.60"}
        assert "¥41.40" in late.json["title"]
        assert engaged(booking)
        assert take(booking, "household", "cancellations", expected_refund=9660).status_code == 200


def test_what_is_too_early_says_when_as_the_clock_on_the_wall_does(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow(10))
    early = take(booking, "worker", "check-ins", door_code="4821")
    there = clock.local(booking.start)
    assert refused(early) == (409, "TooEarly")
    assert f"{there.month}月{there.day}日 09:00" in early.json["title"]
    assert early.json["params"]["at"].endswith("T09:00+08:00")


def test_an_hour_before_costs_half(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow(), confirmed_at=clock.now() - timedelta(days=3))
    with clock.frozen(booking.start - timedelta(hours=1)):
        assert take(booking, "household", "cancellations", expected_refund=6900).status_code == 200
    assert facts_of(booking, "booking.cancelled")[0]["fee"] == 6900


def test_cancelling_twice_is_refused_and_refunds_once(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow(days=3))
    assert take(booking, "household", "cancellations", expected_refund=13800).status_code == 200
    assert refused(take(booking, "household", "cancellations", expected_refund=13800)) == (409, "StepNotPossible")
    assert len(facts_of(booking, "booking.cancelled")) == 1


def test_an_unpaid_hold_is_given_up_for_nothing(take: Callable[..., Any]) -> None:
    booking = factories.booking("held")
    assert take(booking, "household", "cancellation-quotes").json["refund"]["amount"] == 0
    assert take(booking, "household", "cancellations", expected_refund=0).json["state"] == "cancelled"
    assert facts_of(booking, "booking.cancelled")[0]["refund"] == 0
    assert not engaged(booking)


@pytest.mark.parametrize("party, path, fact", [("worker", "withdrawals", "booking.cancelled"),
                                               ("firm", "declines", "booking.declined")])
def test_who_works_and_turns_down_refunds_everything(take: Callable[..., Any], party: str, path: str,
                                                     fact: str) -> None:
    booking = factories.booking(start=tomorrow())
    with clock.frozen(booking.start - timedelta(minutes=5)):
        done = take(booking, party, path, **BODIES[path])
    assert (done.json["refund"]["amount"], done.json["closed_by"]) == (13800, party)
    (said,) = facts_of(booking, fact)
    assert (said["by"], said["notice_minutes"], said["fee"], said["refund"]) == (party, 5, 0, 13800)
    assert said["reason"] == BODIES[path]["reason"] == done.json["closed_because"]


def test_she_checks_in_from_an_hour_before_until_the_end(take: Callable[..., Any]) -> None:
    start = tomorrow()
    for moment, code in ((start - timedelta(minutes=60, seconds=1), "TooEarly"),
                         (start + timedelta(hours=3, seconds=1), "TooLate")):
        with clock.frozen(moment):
            assert refused(take(factories.booking(start=start), "worker", "check-ins", door_code="4821")) == (409, code)
    for moment, late in ((start - timedelta(minutes=60), 0), (start + timedelta(hours=3), 180),
                         (start + timedelta(minutes=11, seconds=59), 11)):
        booking = factories.booking(start=start)
        with clock.frozen(moment):
            assert take(booking, "worker", "check-ins", door_code="4821").json["state"] == "under_way"
        assert facts_of(booking, "booking.checked_in")[0]["late_minutes"] == late


@pytest.mark.parametrize(("lat", "metres", "far"), [(33.9631, 0, False), (33.9670, 430, False), (33.9677, 510, True)])
def test_a_check_in_keeps_how_far_from_the_address_it_was_and_no_place(
        take: Callable[..., Any], sweep: Sweep, lat: float, metres: int, far: bool) -> None:
    start = tomorrow(10)
    with clock.frozen(start - timedelta(minutes=5)):
        booking = factories.booking(start=start)
        made = take(booking, "worker", "check-ins", door_code="4821", place={"lng": 118.2755, "lat": lat}).json
        assert (made["door"]["metres"], made["door"]["far"]) == (metres, far)
        assert f"约 {metres} 米" in made["door"]["words"]
    for after, kept in ((timedelta(days=30) - timedelta(seconds=1), True), (timedelta(days=30), False)):
        with clock.frozen(start - timedelta(minutes=5) + after):
            sweep("qiaojiejie.booking.tasks.forget_doors")
        db.session.refresh(booking)
        assert (booking.door_metres is not None) is kept


def test_a_check_in_without_a_place_says_nothing_of_it(take: Callable[..., Any]) -> None:
    start = tomorrow(10)
    with clock.frozen(start):
        assert take(factories.booking(start=start), "worker", "check-ins", door_code="4821").json["door"] is None


def test_five_wrong_codes_burn_the_code_until_the_family_makes_a_new_one(take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow())
    with clock.frozen(booking.start):
        for left in (4, 3, 2, 1, 0):
            wrong = take(booking, "worker", "check-ins", door_code="0000")
            assert refused(wrong) == (403, "WrongDoorCode")
            assert wrong.json["params"]["left"] == left
        assert refused(take(booking, "worker", "check-ins", door_code="4821")) == (409, "DoorCodeBurnt")
        fresh = take(booking, "household", "door-codes").json["door_code"]
        assert take(booking, "worker", "check-ins", door_code=fresh).json["state"] == "under_way"


def test_only_the_family_makes_a_new_code_and_only_before_she_came(take: Callable[..., Any]) -> None:
    booking = factories.booking("under_way")
    assert refused(take(booking, "household", "door-codes")) == (409, "StepNotPossible")
    assert take(booking, "worker", "door-codes").status_code == 403


def test_leaving_early_gives_the_rest_of_her_time_back(take: Callable[..., Any]) -> None:
    booking = factories.booking("under_way", start=tomorrow(10), minutes=240)
    start, end = booking.start, booking.end
    with clock.frozen(start + timedelta(hours=1)):
        done = take(booking, "worker", "check-outs")
        interval = calendars.interval_of(booking.ref)
        free = calendars.free(booking.worker.no, start, end)
    assert done.json["state"] == "served"
    assert interval is not None and interval.during.upper == start + timedelta(minutes=90)
    assert free == [(start + timedelta(hours=2), end)]
    assert facts_of(booking, "booking.checked_out")[0]["minutes"] == 60


def test_leaving_before_it_even_began_gives_it_all_back(take: Callable[..., Any]) -> None:
    booking = factories.booking("under_way", start=tomorrow(), started_at=tomorrow() - timedelta(minutes=50))
    with clock.frozen(booking.start - timedelta(minutes=45)):
        assert take(booking, "worker", "check-outs").json["state"] == "served"
    assert not engaged(booking)


def test_staying_to_the_end_keeps_the_way_home(take: Callable[..., Any]) -> None:
    booking = factories.booking("under_way", start=tomorrow())
    with clock.frozen(booking.end + timedelta(minutes=5)):
        take(booking, "worker", "check-outs")
    interval = calendars.interval_of(booking.ref)
    assert interval is not None and interval.during.upper == booking.end + timedelta(minutes=30)


def test_a_confirmed_service_is_completed_and_counted(take: Callable[..., Any]) -> None:
    booking = factories.booking("served", start=tomorrow(), started_at=tomorrow() + timedelta(minutes=4))
    assert take(booking, "household", "confirmations").json["state"] == "completed"
    (said,) = facts_of(booking, "booking.completed")
    assert (said["by"], said["late_minutes"], said["total"]) == ("household", 4, 13800)
    assert said["start"] == booking.start.isoformat()
    assert db.session.get_one(Worker, booking.worker_id, populate_existing=True).completed_count == 1


@pytest.mark.parametrize("party, fact, fee", [("household", "booking.worker_absent", 0),
                                              ("worker", "booking.household_absent", 13800),
                                              ("firm", "booking.household_absent", 13800)])
def test_absence_is_said_from_a_quarter_of_an_hour_on(take: Callable[..., Any], party: str, fact: str,
                                                      fee: int) -> None:
    booking = factories.booking(start=tomorrow())
    with clock.frozen(booking.start + timedelta(minutes=15, seconds=-1)):
        assert refused(take(booking, party, "absences")) == (409, "TooEarly")
    with clock.frozen(booking.start + timedelta(minutes=15)):
        done = take(booking, party, "absences")
    assert done.json["refund"]["amount"] == 13800 - fee
    (said,) = facts_of(booking, fact)
    assert (said["by"], said["fee"], said["refund"]) == (party, fee, 13800 - fee)
    assert not engaged(booking)


def test_a_visit_nobody_spoke_of_stays_open_and_says_so(client: FlaskClient, take: Callable[..., Any],
                                                        sweep: Sweep) -> None:
    booking = factories.booking(start=tomorrow())
    with clock.frozen(booking.end + timedelta(days=20)):
        sweep("complete_served")
        sweep("expire_holds")
        shown = client.get(f"/api/v1/bookings/{booking.id}", headers=headers_of(booking, "household")).json
        assert (shown["state"], shown["unattended"]) == ("confirmed", True)
        assert take(booking, "household", "absences").json["refund"]["amount"] == 13800


def test_contacts_show_from_confirmation_to_a_day_after_and_each_look_is_recorded(client: FlaskClient,
                                                                                  world: sa.Connection) -> None:
    booking = factories.booking(start=tomorrow(), note="三楼")
    family, she = headers_of(booking, "household"), headers_of(booking, "worker")
    address = f"/api/v1/bookings/{booking.id}/contact"
    seen = client.get(address, headers=family).json
    assert seen["phone"] == booking.worker.phone.reveal() and seen["address"] is None
    seen = client.get(address, headers=she).json
    assert (seen["phone"], seen["address"]) == ("13700009999", "幸福路 1 号 2 单元 301")
    assert (seen["name"], seen["note"]) == ("王**", "三楼")
    looks = db.session.execute(sa.select(Look.subject, Look.field).order_by(Look.id)).all()
    assert [tuple(look) for look in looks] == [(f"worker:{booking.worker_id}", "phone"),
                                               (f"household:{booking.household_id}", "address")]
    with clock.frozen(booking.end + timedelta(hours=24)):
        assert client.get(address, headers=family).status_code == 200
    with clock.frozen(booking.end + timedelta(hours=24, seconds=1)):
        assert refused(client.get(address, headers=family)) == (403, "ContactClosed")


@pytest.mark.parametrize("state", ["held", "expired", "cancelled", "declined", "worker_absent", "household_absent"])
def test_contacts_do_not_show_when_there_is_no_visit(client: FlaskClient, world: sa.Connection, state: str) -> None:
    booking = factories.booking(state)
    answer = client.get(f"/api/v1/bookings/{booking.id}/contact", headers=headers_of(booking, "household"))
    assert refused(answer) == (403, "ContactClosed")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Look)) == 0


def test_the_history_tells_its_parties_what_happened_in_order(client: FlaskClient, take: Callable[..., Any]) -> None:
    booking = factories.booking(start=tomorrow())
    with clock.frozen(booking.start):
        take(booking, "worker", "check-ins", door_code="4821")
        take(booking, "worker", "check-outs")
    take(booking, "household", "confirmations")
    for party in ("household", "worker", "firm"):
        told = client.get(f"/api/v1/bookings/{booking.id}/history", headers=headers_of(booking, party)).json
        assert [entry["fact"] for entry in told["items"]] == [
            "booking.checked_in", "booking.checked_out", "booking.completed"]


def test_everybody_a_step_concerns_is_told_once(take: Callable[..., Any], run_jobs: RunJobs) -> None:
    booking = factories.booking(start=tomorrow(days=3))
    manager = factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id))
    take(booking, "household", "cancellations", expected_refund=13800)
    run_jobs()
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "booking_cancelled")).all()
    assert {note.account_id for note in told} == {booking.household.account_id, booking.worker.account_id, manager.id}
    assert told[0].data["amount"] == "¥138.00" and told[0].data["worker_called"] == "王阿姨"
    assert len(told) == 3
