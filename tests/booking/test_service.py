"""What the rooms above tell a booking: that money came or did not, that a complaint is open; and what time does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.errors import BookingNotFound, HoldExpired
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.ledger import queries as ledger
from tests import factories

Sweep = Callable[[str], None]


def household_of(booking: Booking) -> Actor:
    """The family of a booking, acting."""
    return Actor(booking.household.account_id, ids.new(), Role.HOUSEHOLD, None)


def facts_of(booking: Booking) -> list[str]:
    """What happened to a booking."""
    return [entry.fact for entry in ledger.about(booking.ref)]


def test_money_confirms_a_hold_and_told_twice_changes_nothing(world: sa.Connection) -> None:
    booking = factories.booking("held")
    assert booking_service.confirm_payment(booking_id=booking.id) is True
    confirmed_at = booking.confirmed_at
    assert booking.state == "confirmed" and confirmed_at is not None
    assert booking_service.confirm_payment(booking_id=booking.id) is True
    assert booking.confirmed_at == confirmed_at
    (entry,) = ledger.about(booking.ref)
    assert (entry.fact, entry.data["paid"], entry.actor) == ("booking.confirmed", 13800, "system")
    assert entry.data.keys() >= {"household", "worker", "firm", "service", "category", "start"}


def test_money_that_comes_after_the_ten_minutes_still_finds_her_time_held(world: sa.Connection) -> None:
    booking = factories.booking("held", payment_begun_at=clock.now())
    with clock.frozen(booking.expires_at + timedelta(minutes=3)):
        assert booking_service.confirm_payment(booking_id=booking.id) is True


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_money_that_comes_when_the_hold_is_gone_is_not_taken(world: sa.Connection, state: str) -> None:
    booking = factories.booking(state, confirmed_at=None)
    assert booking_service.confirm_payment(booking_id=booking.id) is False
    assert (booking.state, facts_of(booking)) == (state, [])


def test_a_hold_expires_once_and_gives_her_time_back(world: sa.Connection) -> None:
    booking = factories.booking("held")
    booking_service.expire(booking_id=booking.id)
    booking_service.expire(booking_id=booking.id)
    assert (booking.state, booking.closed_by, facts_of(booking)) == ("expired", "system", ["booking.expired"])
    assert calendars.interval_of(booking.ref) is None
    paid = factories.booking("confirmed")
    booking_service.expire(booking_id=paid.id)
    assert paid.state == "confirmed"


def test_holds_nobody_began_to_pay_are_swept_at_ten_minutes_and_not_before(world: sa.Connection,
                                                                           sweep: Sweep) -> None:
    unpaid, paying = factories.booking("held"), factories.booking("held", payment_begun_at=clock.now())
    until = unpaid.expires_at
    with clock.frozen(until - timedelta(seconds=1)):
        sweep("expire_holds")
    assert unpaid.state == "held"
    with clock.frozen(max(until, paying.expires_at)):
        sweep("expire_holds")
    assert (unpaid.state, paying.state) == ("expired", "held")
    assert calendars.interval_of(unpaid.ref) is None
    assert calendars.interval_of(paying.ref) is not None


def test_paying_is_begun_by_the_family_while_the_hold_lasts(world: sa.Connection) -> None:
    booking = factories.booking("held")
    family = household_of(booking)
    with clock.frozen(booking.expires_at), pytest.raises(HoldExpired):
        booking_service.begin_payment(booking_id=booking.id, actor=family)
    begun = booking_service.begin_payment(booking_id=booking.id, actor=family)
    first = begun.payment_begun_at
    with clock.frozen(booking.expires_at + timedelta(hours=1)):  # begun in time: it may be taken up again
        assert booking_service.begin_payment(booking_id=booking.id, actor=family).payment_begun_at == first


def test_paying_is_refused_to_others_and_for_what_is_no_hold(world: sa.Connection) -> None:
    booking, other = factories.booking("held"), factories.booking("confirmed")
    with pytest.raises(BookingNotFound):
        booking_service.begin_payment(booking_id=booking.id, actor=household_of(other))
    manager = factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id))
    with pytest.raises(NotYourStep):
        booking_service.begin_payment(booking_id=booking.id, actor=Actor(
            manager.id, ids.new(), Role.FIRM_MANAGER, booking.firm_id))
    with pytest.raises(StepNotPossible):
        booking_service.begin_payment(booking_id=other.id, actor=household_of(other))


def served_until(moment: datetime, **fields: object) -> UUID:
    """A booking that was served until a moment."""
    return factories.booking("served", start=factories.tomorrow(days=-3), ended_at=moment, **fields).id


def state_of(booking_id: UUID) -> str:
    """The state a booking is in now."""
    return db.session.get_one(Booking, booking_id, populate_existing=True).state


def test_a_served_booking_completes_by_itself_after_48_hours(world: sa.Connection, sweep: Sweep) -> None:
    ended = clock.now()
    booking_id = served_until(ended)
    with clock.frozen(ended + timedelta(hours=48, seconds=-1)):
        sweep("complete_served")
    assert state_of(booking_id) == "served"
    with clock.frozen(ended + timedelta(hours=48)):
        sweep("complete_served")
        sweep("complete_served")
    booking = db.session.get_one(Booking, booking_id, populate_existing=True)
    assert (booking.state, booking.closed_by) == ("completed", "system")
    (entry,) = ledger.about(booking.ref)
    assert (entry.fact, entry.data["by"]) == ("booking.completed", "system")
    assert booking.worker.completed_count == 1


def test_a_visit_nobody_checked_out_of_ends_when_agreed_and_completes_48_hours_later(world: sa.Connection,
                                                                                     sweep: Sweep) -> None:
    booking = factories.booking("under_way")
    booking_id, end = booking.id, booking.end
    with clock.frozen(end + timedelta(hours=12, seconds=-1)):
        sweep("end_forgotten")
    assert state_of(booking_id) == "under_way"
    with clock.frozen(end + timedelta(hours=12)):
        sweep("end_forgotten")
        sweep("end_forgotten")
    booking = db.session.get_one(Booking, booking_id, populate_existing=True)
    (entry,) = ledger.about(booking.ref, "booking.checked_out")
    assert (booking.state, booking.ended_at, entry.data["by"], entry.data["minutes"]) == ("served", end, "system", 180)
    with clock.frozen(end + timedelta(hours=48)):
        sweep("complete_served")
    assert state_of(booking_id) == "completed"


def test_an_open_complaint_holds_completion_back_until_it_is_freed(world: sa.Connection, sweep: Sweep) -> None:
    ended = clock.now()
    booking_id = served_until(ended)
    booking_service.hold_completion(booking_id=booking_id)
    with clock.frozen(ended + timedelta(days=9)):
        sweep("complete_served")
        assert state_of(booking_id) == "served"
        booking_service.free_completion(booking_id=booking_id)
        sweep("complete_served")
    assert state_of(booking_id) == "completed"


def test_the_database_refuses_a_second_live_booking_of_a_quote(world: sa.Connection) -> None:
    booking = factories.booking("held")
    copied = {column.key: getattr(booking, column.key) for column in Booking.__table__.columns if column.key != "id"}
    with pytest.raises(sa.exc.IntegrityError, match="uq_booking_quote_live"), db.session.begin_nested():
        db.session.add(Booking(**copied))


def test_the_database_refuses_a_refund_above_the_total(world: sa.Connection) -> None:
    booking = factories.booking("held")
    with pytest.raises(sa.exc.IntegrityError, match="ck_booking_refund"), db.session.begin_nested():
        booking.refund_fen = booking.total_fen + 1
