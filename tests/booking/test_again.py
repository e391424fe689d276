"""The same again at another time, and whom a booking is for."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking import rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household, Member
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.workers.models import Worker, WorkerService
from tests import factories
from tests.booking.test_routes import headers_of
from tests.factories import tomorrow

NEXT = 3


@pytest.fixture()
def done(world: sa.Connection) -> Booking:
    """A completed cleaning of three hours, at an address that is still in the book."""
    return factories.booking("completed")


def again(client: FlaskClient, of: Booking, party: str = "household", **changes: Any) -> Any:
    """Ask for the same in three days at ten."""
    body = {"start": tomorrow(days=NEXT).isoformat(), **changes}
    return client.post(f"/api/v1/bookings/{of.id}/rebookings", json=body, headers=headers_of(of, party))


def plainly(client: FlaskClient, of: Booking) -> Any:
    """Ask for the same as anybody would who asks for the first time."""
    return client.post("/api/v1/quotes", headers=headers_of(of, "household"), json={
        "worker_id": str(of.worker_id), "service_code": "cleaning", "address_id": str(of.address_id),
        "start": tomorrow(days=NEXT).isoformat(), "minutes": 180})


def test_the_same_again_is_a_quote_for_the_same_at_another_time(client: FlaskClient, done: Booking) -> None:
    answer = again(client, done)
    assert answer.status_code == 201, answer.json
    for name in ("worker_id", "service_code", "address_id"):
        assert answer.json[name] == str(getattr(done, name))
    assert (answer.json["minutes"], answer.json["days"], answer.json["member_id"]) == (180, None, None)
    assert answer.json["start"] == clock.local(tomorrow(days=NEXT)).isoformat(timespec="seconds")
    asked = plainly(client, done)
    assert {**asked.json, "id": ""} == {**answer.json, "id": "", "expires_at": asked.json["expires_at"]}
    booked = client.post("/api/v1/bookings", json={"quote_id": answer.json["id"]},
                         headers=headers_of(done, "household"))
    assert booked.status_code == 201, booked.json


def test_a_price_that_changed_since_is_todays(client: FlaskClient, done: Booking) -> None:
    db.session.get_one(WorkerService, (done.worker_id, "cleaning")).price_fen = 5000
    db.session.flush()
    lines = {each["line"]: each["amount"]["amount"] for each in again(client, done).json["lines"]}
    assert lines["wage"] == 15_000
    assert done.lines[0]["amount"] == 12_000, "what was booked stays what it was"


def test_a_coupon_is_not_taken_off_again(client: FlaskClient, world: sa.Connection) -> None:
    used = factories.booking("completed", lines=[
        {"line": "wage", "name": "服务人员劳务费", "amount": 15_000},
        {"line": "discount", "name": "立减", "amount": -1200, "by": "platform",
         "coupon": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}])
    assert "discount" not in [each["line"] for each in again(client, used).json["lines"]]


def test_an_engagement_by_days_is_asked_for_by_its_days(client: FlaskClient, world: sa.Connection) -> None:
    house = factories.household()
    she = factories.worker_with_account(services={"live_in_help": 500_000})
    place = factories.address(house)
    asked = client.post("/api/v1/quotes", headers=factories.headers(db.session.get_one(Account, house.account_id)),
                        json={"worker_id": str(she.id), "service_code": "live_in_help", "address_id": str(place.id),
                              "start": tomorrow(0, days=2).isoformat(), "days": 3})
    assert asked.status_code == 201, asked.json
    quoted = db.session.get_one(Quote, UUID(asked.json["id"]))
    of = factories.booking("cancelled", house, she, days=3, plan=quoted.plan, service_code="live_in_help",
                           address_id=place.id, during=quoted.during)
    answer = again(client, of, start=tomorrow(0, days=9).isoformat())
    assert (answer.status_code, answer.json["days"], len(answer.json["schedule"])) == (201, 3, 3)


def _gone(booking: Booking) -> None:
    booking.worker.firm_id, booking.worker.listed = None, False


def _barred(booking: Booking) -> None:
    booking.worker.barred = True


def _address(booking: Booking) -> None:
    booking.address.removed_at = clock.now()


def _taken(booking: Booking) -> None:
    start = tomorrow(days=NEXT)
    calendars.add_leave(worker_no=booking.worker.no, start=start, end=start + timedelta(hours=1), note="")


def _offers_it_no_more(booking: Booking) -> None:
    db.session.delete(db.session.get_one(WorkerService, (booking.worker_id, "cleaning")))


@pytest.mark.parametrize(("change", "status", "code"), [
    (_gone, 409, "WorkerNotBookable"), (_barred, 409, "OnBlockList"), (_address, 404, "AddressNotFound"),
    (_taken, 409, "SlotTaken"), (_offers_it_no_more, 409, "ServiceNotOffered")])
def test_what_has_changed_is_said_as_a_quote_says_it(client: FlaskClient, done: Booking, change: Any, status: int,
                                                     code: str) -> None:
    change(done)
    db.session.flush()
    answer = again(client, done)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    asked = plainly(client, done)
    assert asked.json["title"] == answer.json["title"] and asked.json["code"] == code


@pytest.mark.parametrize(("start", "code"), [
    (tomorrow(10, 10, days=NEXT), "StartNotOnHalfHour"), (tomorrow(6, days=NEXT), "OutsideHours"),
    (tomorrow(days=400), "BeyondHorizon")])
def test_a_time_is_refused_for_its_own_reason(client: FlaskClient, done: Booking, start: Any, code: str) -> None:
    assert again(client, done, start=start.isoformat()).json["code"] == code
    assert again(client, done, start=(clock.now() - timedelta(days=1)).isoformat()).status_code == 409


@pytest.mark.parametrize("state", list(BOOKING.states))
def test_a_booking_may_be_had_again_from_every_state(client: FlaskClient, world: sa.Connection, state: str) -> None:
    assert again(client, factories.booking(state)).status_code == 201


def test_only_the_familys_own_bookings_are_had_again(client: FlaskClient, done: Booking) -> None:
    for party in ("worker", "firm"):
        assert again(client, done, party).json["code"] == "RoleRequired"
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    answer = client.post(f"/api/v1/bookings/{done.id}/rebookings", headers=stranger,
                         json={"start": tomorrow(days=NEXT).isoformat()})
    assert (answer.status_code, answer.json["code"]) == (404, "BookingNotFound")
    assert again(client, done, minutes=600).json["code"] == "Invalid", "the length is the booking's"


def test_the_same_key_twice_is_one_quote(client: FlaskClient, done: Booking) -> None:
    headers = {**headers_of(done, "household"), "Idempotency-Key": "again-1"}
    first, second = (client.post(f"/api/v1/bookings/{done.id}/rebookings", headers=headers,
                                 json={"start": tomorrow(days=NEXT).isoformat()}) for _ in range(2))
    assert first.json == second.json
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Quote)) == 2, "the booking's, and one"


def cared_for(state: str, **fields: Any) -> Booking:
    """A booking for a family's mother."""
    house = factories.household()
    return factories.booking(state, house, member_id=factories.member_of(house).id, **fields)


def shown(client: FlaskClient, of: Booking, party: str) -> Any:
    """The booking as a party reads it."""
    return client.get(f"/api/v1/bookings/{of.id}", headers=headers_of(of, party)).json


def look(client: FlaskClient, of: Booking, party: str) -> Any:
    """Ask for the name."""
    return client.post(f"/api/v1/bookings/{of.id}/member-looks", headers=headers_of(of, party))


def test_a_quote_and_its_booking_say_whom_they_are_for(client: FlaskClient, world: sa.Connection) -> None:
    house: Household = factories.household()
    who = factories.headers(db.session.get_one(Account, house.account_id))
    she: Worker = factories.worker_with_account()
    mother, place = factories.member_of(house), factories.address(house)
    body = {"worker_id": str(she.id), "service_code": "cleaning", "address_id": str(place.id),
            "start": tomorrow().isoformat(), "minutes": 180, "member_id": str(mother.id)}
    quoted = client.post("/api/v1/quotes", json=body, headers=who)
    assert quoted.json["member_id"] == str(mother.id), quoted.json
    booked = client.post("/api/v1/bookings", json={"quote_id": quoted.json["id"]}, headers=who).json
    assert booked["member_id"] == str(mother.id)
    assert booked["cared_for"]["words"] == "父母 · 70–79 岁 · 半自理、慢病"
    other = factories.member_of(factories.household())
    for wrong in (other.id, house.id):
        answer = client.post("/api/v1/quotes", json={**body, "member_id": str(wrong)}, headers=who)
        assert (answer.status_code, answer.json["code"]) == (404, "MemberNotFound")
    mother.removed_at = clock.now()
    db.session.flush()
    assert client.post("/api/v1/quotes", json=body, headers=who).json["code"] == "MemberNotFound"


@pytest.mark.parametrize(("party", "state"), list(product(["household", "worker", "firm"], BOOKING.states)))
def test_who_works_knows_what_care_is_needed_and_not_the_name(client: FlaskClient, world: sa.Connection, party: str,
                                                              state: str) -> None:
    of = cared_for(state)
    seen = shown(client, of, party)
    told = party == "household" or state in ("held", "asked", "confirmed", "under_way", "served", "completed")
    assert (seen["cared_for"] is not None) == told
    assert (seen["member_id"] is not None) == (party == "household")
    assert "王桂兰" not in str(seen)
    if told:
        assert seen["cared_for"] == {"relation": "parent", "age_band": "70–79", "needs": ["semi_dependent", "chronic"],
                                     "words": "父母 · 70–79 岁 · 半自理、慢病"}


@pytest.mark.parametrize(("party", "state"), list(product(["household", "worker", "firm"], BOOKING.states)))
def test_the_name_shows_once_confirmed_and_each_look_is_recorded(client: FlaskClient, world: sa.Connection,
                                                                 party: str, state: str) -> None:
    of = cared_for(state)
    answer = look(client, of, party)
    looks = db.session.scalars(sa.select(Look)).all()
    if party == "household":
        assert answer.json["code"] == "RoleRequired", "a family reads its own list"
    elif state in rules.CONTACT_STATES:
        assert (answer.status_code, answer.json["name"]) == (200, "王桂兰")
        assert [(each.subject, each.field, each.reason) for each in looks] == [
            (f"household:{of.household_id}", "member", of.ref)]
        return
    else:
        assert (answer.status_code, answer.json["code"]) == (403, "NameClosed")
    assert looks == []


@pytest.mark.parametrize("party", ["worker", "firm"])
def test_a_day_after_the_service_who_worked_sees_no_more_of_it(client: FlaskClient, world: sa.Connection,
                                                               party: str) -> None:
    of = cared_for("completed")
    with clock.frozen(of.end + timedelta(hours=24)):
        assert shown(client, of, party)["cared_for"] and look(client, of, party).status_code == 200
    with clock.frozen(of.end + timedelta(hours=24, seconds=1)):
        assert shown(client, of, party)["cared_for"] is None
        assert look(client, of, party).json["code"] == "NameClosed"
        assert shown(client, of, "household")["cared_for"]


def test_needs_that_changed_are_shown_and_who_was_removed_stays_on_the_booking(client: FlaskClient,
                                                                               world: sa.Connection) -> None:
    of = cared_for("confirmed")
    who = headers_of(of, "household")
    path = f"/api/v1/me/members/{of.member_id}"
    assert client.patch(path, json={"needs": ["dependent"]}, headers=who).status_code == 200
    assert shown(client, of, "worker")["cared_for"]["needs"] == ["dependent"]
    assert client.delete(path, headers=who).status_code == 204
    assert shown(client, of, "worker")["cared_for"]["needs"] == ["dependent"]
    assert look(client, of, "worker").json["name"] == "王桂兰"
    answer = again(client, of)
    assert (answer.status_code, answer.json["member_id"]) == (201, None), "had again, it is for nobody named"


def test_the_same_again_is_for_the_same_member(client: FlaskClient, world: sa.Connection) -> None:
    of = cared_for("completed")
    assert again(client, of).json["member_id"] == str(of.member_id)


def test_strangers_and_bookings_for_nobody_named_show_no_name(client: FlaskClient, done: Booking) -> None:
    assert look(client, done, "worker").json["code"] == "NobodyNamed"
    of = cared_for("confirmed")
    other = factories.booking("confirmed")
    for party in ("worker", "firm"):
        answer = client.post(f"/api/v1/bookings/{of.id}/member-looks", headers=headers_of(other, party))
        assert (answer.status_code, answer.json["code"]) == (404, "BookingNotFound")


def test_the_facts_of_a_booking_do_not_say_whom_it_is_for(client: FlaskClient, world: sa.Connection) -> None:
    house = factories.household()
    mother: Member = factories.member_of(house)
    quoted = factories.quote(house, member_id=mother.id)
    who = factories.headers(db.session.get_one(Account, house.account_id))
    booked = client.post("/api/v1/bookings", json={"quote_id": str(quoted.id)}, headers=who)
    assert booked.json["cared_for"]
    entries = world.execute(sa.text("SELECT subject, data::text FROM ledger_entry")).all()
    assert entries and not any(str(mother.id) in str(each) or "chronic" in str(each) for each in entries)
