"""Hours, leave, engagements, and the day bitmaps that follow them."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import HoursOverlap, LeaveNotFound, LeaveOverlaps, SlotTaken
from qiaojiejie.calendars.models import WorkerDay, WorkerInterval
from qiaojiejie.calendars.rules import LOCAL, NOT_FREE
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from tests import factories

pytestmark = pytest.mark.usefixtures("world")

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)  # a Monday
WEEK = [(weekday, 480, 1200) for weekday in range(1, 8)]


def at(hour: int, minute: int = 0, day: date = date(2026, 12, 1)) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def span(start: datetime, end: datetime) -> Range[datetime]:
    return Range(start, end, bounds="[)")


def ends(start: datetime, end: datetime) -> dict[str, datetime]:
    return {"start": start, "end": end}


def working() -> int:
    """The number of a worker who works 08:00–20:00 every day."""
    no = factories.worker().no
    calendars.set_hours(worker_no=no, hours=WEEK)
    return no


def days_of(no: int) -> dict[date, int]:
    found = db.session.execute(sa.select(WorkerDay.day, WorkerDay.bits).where(WorkerDay.worker_no == no))
    return {day: bits for day, bits in found}


def as_drawn(no: int) -> dict[date, int]:
    days = rules.bookable(clock.today())
    return {day: bits for (_, day), bits in queries.drawn([no], days).items()}


def test_setting_hours_draws_every_bookable_day() -> None:
    with clock.frozen(NOON):
        no = working()
        days = days_of(no)
    assert sorted(days) == rules.bookable(NOON.date())
    assert set(days.values()) == {NOT_FREE & ~rules.mask(16, 40)}


def test_hours_of_one_day_may_touch_but_not_overlap() -> None:
    no = factories.worker().no
    calendars.set_hours(worker_no=no, hours=[(1, 480, 720), (1, 720, 1020)])
    with pytest.raises(HoursOverlap):
        calendars.set_hours(worker_no=no, hours=[(1, 480, 721), (1, 720, 1020)])


def test_taking_all_hours_away_leaves_no_free_time() -> None:
    no = working()
    calendars.set_hours(worker_no=no, hours=[])
    assert set(days_of(no).values()) == {NOT_FREE}


def test_an_engagement_takes_its_travel_and_closes_its_half_hours() -> None:
    with clock.frozen(NOON):
        no = working()
        held = calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        assert (held.during.lower, held.during.upper) == (at(9, 30), at(12, 30))
        assert days_of(no)[date(2026, 12, 1)] == NOT_FREE & ~rules.mask(16, 40) | rules.mask(18, 26)
        assert days_of(no) == as_drawn(no)


def test_the_next_visit_needs_an_hour_between() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        with pytest.raises(SlotTaken):
            calendars.engage(worker_no=no, during=span(at(12, 30), at(14)), ref="booking:2")
        calendars.engage(worker_no=no, during=span(at(13), at(14)), ref="booking:3")
        calendars.engage(worker_no=no, during=span(at(8), at(9)), ref="booking:4")


def test_what_is_shown_free_can_be_engaged_and_nothing_more() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        free = queries.free(no, at(0), at(0) + timedelta(days=1))
        assert free == [(at(8), at(9)), (at(13), at(20))]
        for number, (start, end) in enumerate(free):
            calendars.engage(worker_no=no, during=span(start, end), ref=f"booking:free-{number}")
        assert queries.free(no, at(0), at(0) + timedelta(days=1)) == []


def test_a_released_time_is_free_again_and_releasing_twice_is_harmless() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        calendars.engage(worker_no=no, during=span(at(13), at(14)), ref="booking:2")
        assert calendars.release(ref="booking:1") is True
        assert calendars.release(ref="booking:1") is False
        assert queries.free(no, at(0), at(23)) == [(at(8), at(12)), (at(15), at(20))]
        assert days_of(no) == as_drawn(no)


def test_a_time_is_moved_by_an_hour_or_to_another_worker_and_the_old_one_is_free() -> None:
    with clock.frozen(NOON):
        no, other = working(), working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        calendars.move(ref="booking:1", worker_no=no, during=span(at(11), at(13)))
        assert days_of(no) == as_drawn(no)
        assert queries.free(no, at(8), at(20)) == [(at(8), at(10)), (at(14), at(20))]
        calendars.move(ref="booking:1", worker_no=other, during=span(at(15), at(16)))
        assert days_of(no) == as_drawn(no) and days_of(other) == as_drawn(other)
        assert queries.free(no, at(8), at(20)) == [(at(8), at(20))]
        assert queries.free(other, at(8), at(20)) == [(at(8), at(14)), (at(17), at(20))]


def test_a_time_is_not_moved_to_where_another_stands() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        calendars.engage(worker_no=no, during=span(at(15), at(17)), ref="booking:2")
        with pytest.raises(SlotTaken):
            calendars.move(ref="booking:1", worker_no=no, during=span(at(14), at(15)))


def test_an_engagement_over_midnight_at_the_end_of_a_month_closes_both_days() -> None:
    november = date(2026, 11, 30)
    with clock.frozen(NOON):
        no = factories.worker().no
        calendars.set_hours(worker_no=no, hours=[(weekday, 0, 1440) for weekday in range(1, 8)])
        calendars.engage(worker_no=no, during=span(at(23, 0, november), at(1)), ref="booking:1")
        assert days_of(no)[november] == rules.mask(44, 48)
        assert days_of(no)[date(2026, 12, 1)] == rules.mask(0, 4)
        assert days_of(no) == as_drawn(no)


def test_leave_over_an_engagement_is_refused_and_the_other_way_round() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        with pytest.raises(LeaveOverlaps):
            calendars.add_leave(worker_no=no, **ends(at(0), at(23)))
        calendars.add_leave(worker_no=no, **ends(at(12, 30), at(16)), note="看病")
        with pytest.raises(SlotTaken):
            calendars.engage(worker_no=no, during=span(at(15), at(17)), ref="booking:2")
        assert queries.free(no, at(0), at(23)) == [(at(8), at(9)), (at(16, 30), at(20))]


def test_leave_is_taken_back_only_by_its_own_worker() -> None:
    with clock.frozen(NOON):
        no, other = working(), working()
        leave = calendars.add_leave(worker_no=no, **ends(at(8), at(20)))
        with pytest.raises(LeaveNotFound):
            calendars.remove_leave(worker_no=other, leave_id=leave.id)
        calendars.remove_leave(worker_no=no, leave_id=leave.id)
        assert queries.free(no, at(0), at(23)) == [(at(8), at(20))]


def test_leave_longer_than_the_horizon_keeps_days_beyond_it_closed_when_they_come_near() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.add_leave(worker_no=no, **ends(at(0), at(0) + timedelta(days=100)))
    with clock.frozen(NOON + timedelta(days=30)):
        calendars.redraw(worker_no=no)
        assert set(as_drawn(no).values()) == {NOT_FREE}
        assert {days_of(no)[day] for day in rules.bookable(clock.today())} == {NOT_FREE}


def test_a_worker_without_hours_can_be_engaged_by_a_booking_and_is_never_shown_free() -> None:
    with clock.frozen(NOON):
        no = factories.worker().no
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        assert queries.free(no, at(0), at(23)) == []


def test_hours_cover_a_visit_whatever_else_stands_then() -> None:
    with clock.frozen(NOON):
        no = working()
        calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
        assert queries.within_hours(no, at(8), at(20))
        assert not queries.within_hours(no, at(7, 30), at(9))
        assert not queries.within_hours(factories.worker().no, at(8), at(9))


def test_the_constraint_stands_behind_every_path() -> None:
    no = working()
    calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
    with pytest.raises(IntegrityError, match="no_overlap"):
        with db.session.begin_nested():
            db.session.execute(sa.insert(WorkerInterval).values(
                id=ids.new(), worker_no=no, during=span(at(12, 29), at(13)), kind="engaged", ref="x", note=""))


def test_nothing_is_free_beyond_the_horizon() -> None:
    with clock.frozen(NOON):
        no = working()
        last = clock.today() + timedelta(days=rules.HORIZON - 1)
        calendars.engage(worker_no=no, during=span(at(10, day=last + timedelta(days=3)), at(12, day=last + timedelta(
            days=3))), ref="booking:far")
        assert queries.free(no, at(0, day=last), at(0, day=last) + timedelta(days=5)) == [
            (at(8, day=last), at(20, day=last))]


def next_free(no: int, since: datetime, half_hours: int = 4) -> datetime | None:
    return db.session.scalar(sa.text("SELECT next_free(:no, :since, :half_hours)"),
                             {"no": no, "since": since, "half_hours": half_hours})


def test_the_next_free_time_is_the_first_half_hour_from_now_on_that_is_long_enough() -> None:
    with clock.frozen(NOON):
        no = working()
        assert next_free(no, at(3)) == at(8)
        assert next_free(no, at(9)) == at(9)
        assert next_free(no, at(9, 1)) == at(9, 30)
        assert next_free(no, at(18)) == at(18)
        assert next_free(no, at(18, 1)) == at(8, day=date(2026, 12, 2))
        calendars.engage(worker_no=no, during=span(at(10, 30), at(12)), ref="booking:1")
        assert next_free(no, at(3)) == at(13)
        assert next_free(no, at(3), 3) == at(8)


def test_the_next_free_time_may_run_over_midnight() -> None:
    with clock.frozen(NOON):
        no = factories.worker().no
        calendars.set_hours(worker_no=no, hours=[(2, 1380, 1440), (3, 0, 60)])
        assert next_free(no, at(3)) == at(23)
        assert next_free(no, at(23, 30), 3) == at(23, 30)
        assert next_free(no, at(23, 30), 4) == at(23, day=date(2026, 12, 8))
        assert next_free(no, at(3), 5) is None


def test_a_missing_day_joins_nothing() -> None:
    with clock.frozen(NOON):
        no = factories.worker().no
        calendars.set_hours(worker_no=no, hours=[(2, 1380, 1440), (4, 0, 1440)])
        db.session.execute(sa.delete(WorkerDay).where(WorkerDay.day == date(2026, 12, 2)))
        assert next_free(no, at(3)) == at(0, day=date(2026, 12, 3))


def test_who_never_works_is_never_free() -> None:
    assert next_free(factories.worker().no, NOON) is None
