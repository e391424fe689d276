"""Days with hours of their own, holidays, and the terms on which a worker takes visits."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import HoursOverlap, SlotTaken, SpecialDayNotFound
from qiaojiejie.calendars.models import SpecialDay
from qiaojiejie.calendars.rules import NOT_FREE, Terms
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories
from tests.calendars.test_service import NOON, as_drawn, at, days_of, next_free, span, working

pytestmark = pytest.mark.usefixtures("world")

SUNDAY = date(2026, 12, 6)
NEW_YEAR = date(2027, 1, 1)
WEEKDAYS = [(weekday, 480, 1200) for weekday in range(1, 6)]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def on_weekdays() -> int:
    no = factories.worker().no
    calendars.set_hours(worker_no=no, hours=WEEKDAYS)
    return no


def free(no: int, day: date) -> list[rules.Span]:
    return queries.free(no, clock.midnight(day), clock.midnight(day + timedelta(days=1)))


def true(no: int) -> bool:
    kept = days_of(no)
    return {day: kept[day] for day in rules.bookable(clock.today())} == as_drawn(no)


def test_a_sunday_is_worked_once_and_the_next_is_not() -> None:
    no = on_weekdays()
    calendars.set_day(worker_no=no, day=SUNDAY, hours=[(540, 720)])
    assert free(no, SUNDAY) == [(at(9, day=SUNDAY), at(12, day=SUNDAY))]
    assert free(no, SUNDAY + timedelta(days=7)) == []
    assert queries.within_hours(no, at(9, day=SUNDAY), at(12, day=SUNDAY))
    assert not queries.within_hours(no, at(9, day=SUNDAY), at(12, 30, day=SUNDAY))
    assert true(no)


def test_a_day_with_hours_of_its_own_has_none_of_the_weeks_and_none_at_all_when_it_is_empty() -> None:
    no, tuesday = on_weekdays(), date(2026, 12, 1)
    calendars.set_day(worker_no=no, day=tuesday, hours=[(480, 600), (1200, 1320)])
    assert free(no, tuesday) == [(at(8), at(10)), (at(20), at(22))]
    calendars.set_day(worker_no=no, day=tuesday, hours=[])
    assert free(no, tuesday) == [] and not queries.within_hours(no, at(9), at(10))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SpecialDay)) == 1


def test_hours_of_one_day_do_not_overlap() -> None:
    with pytest.raises(HoursOverlap):
        calendars.set_day(worker_no=on_weekdays(), day=SUNDAY, hours=[(480, 600), (570, 660)])


def test_a_day_follows_the_week_again_and_only_her_own() -> None:
    no, other = on_weekdays(), on_weekdays()
    made = calendars.set_day(worker_no=no, day=SUNDAY, hours=[(480, 600)])
    with pytest.raises(SpecialDayNotFound):
        calendars.clear_day(worker_no=other, special_day_id=made.id)
    calendars.clear_day(worker_no=no, special_day_id=made.id)
    assert free(no, SUNDAY) == [] and true(no)


def test_a_day_set_long_ahead_is_drawn_as_it_comes_near_though_she_has_no_week() -> None:
    no, day = factories.worker().no, NOON.date() + timedelta(days=rules.HORIZON + 10)
    calendars.set_day(worker_no=no, day=day, hours=[(480, 600)])
    assert day not in days_of(no)
    with clock.frozen(NOON + timedelta(days=11)):
        calendars.check_some()
        assert free(no, day) == [(at(8, day=day), at(10, day=day))]
    with clock.frozen(clock.midnight(day + timedelta(days=1))):
        calendars.check_some()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SpecialDay)) == 0


def test_who_is_off_on_holidays_is_closed_then_but_not_on_the_days_swapped_around_it() -> None:
    no = working()
    assert free(no, NEW_YEAR)
    calendars.set_terms(worker_no=no, terms=Terms(works_holidays=False))
    assert free(no, NEW_YEAR) == [] and not queries.within_hours(no, at(9, day=NEW_YEAR), at(10, day=NEW_YEAR))
    assert free(no, NEW_YEAR + timedelta(days=1)) and free(no, NEW_YEAR - timedelta(days=1))
    assert true(no)
    calendars.set_day(worker_no=no, day=NEW_YEAR, hours=[(480, 600)])
    assert free(no, NEW_YEAR) == [(at(8, day=NEW_YEAR), at(10, day=NEW_YEAR))]


def test_buffers_are_hers_and_kept_in_the_interval() -> None:
    no = working()
    calendars.set_terms(worker_no=no, terms=Terms(buffer_before=0, buffer_after=90))
    held = calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
    assert (held.during.lower, held.during.upper) == (at(10), at(13, 30))
    assert free(no, date(2026, 12, 1)) == [(at(8), at(8, 30)), (at(13, 30), at(20))] and true(no)
    with pytest.raises(SlotTaken):
        calendars.engage(worker_no=no, during=span(at(13), at(14)), ref="booking:2")
    calendars.engage(worker_no=no, during=span(at(13, 30), at(14)), ref="booking:3")
    calendars.engage(worker_no=no, during=span(at(8), at(8, 30)), ref="booking:4")


def test_without_buffers_visits_follow_each_other_at_once() -> None:
    no = working()
    calendars.set_terms(worker_no=no, terms=Terms(buffer_before=0, buffer_after=0))
    calendars.engage(worker_no=no, during=span(at(8), at(12)), ref="booking:1")
    calendars.engage(worker_no=no, during=span(at(12), at(20)), ref="booking:2")
    assert free(no, date(2026, 12, 1)) == [] and true(no)


def test_wider_buffers_leave_what_is_engaged_alone_and_keep_the_next_visit_further_away() -> None:
    no = working()
    calendars.engage(worker_no=no, during=span(at(10), at(12)), ref="booking:1")
    calendars.engage(worker_no=no, during=span(at(13), at(14)), ref="booking:2")
    calendars.set_terms(worker_no=no, terms=Terms(buffer_before=120, buffer_after=120))
    assert free(no, date(2026, 12, 1)) == [(at(16, 30), at(20))] and true(no)
    calendars.shorten(ref="booking:1", until=at(11, 50))
    kept = queries.interval_of("booking:1")
    assert kept is not None and kept.during.upper == at(12, 20) and true(no)


def test_what_is_left_of_a_visit_that_ends_early_is_free() -> None:
    no = working()
    calendars.engage(worker_no=no, during=span(at(10), at(14)), ref="booking:1")
    calendars.shorten(ref="booking:1", until=at(12))
    assert free(no, date(2026, 12, 1)) == [(at(8), at(9)), (at(13), at(20))] and true(no)
    calendars.shorten(ref="booking:1", until=at(13))
    assert free(no, date(2026, 12, 1)) == [(at(8), at(9)), (at(13), at(20))]
    calendars.shorten(ref="booking:1", until=at(10))
    assert queries.interval_of("booking:1") is None and free(no, date(2026, 12, 1)) == [(at(8), at(20))] and true(no)


def test_beyond_her_horizon_nothing_is_free_and_each_night_opens_a_day_without_alarm() -> None:
    no, last = working(), NOON.date() + timedelta(days=6)
    calendars.set_terms(worker_no=no, terms=Terms(horizon_days=7))
    after = last + timedelta(days=1)
    calendars.engage(worker_no=no, during=span(at(10, day=after), at(12, day=after)), ref="booking:1")
    assert free(no, last) and free(no, after) == [] and true(no)
    with clock.frozen(NOON + timedelta(days=1)):
        assert calendars.check_some() == 0
        assert free(no, after) == [(at(8, day=after), at(9, day=after)), (at(13, day=after), at(20, day=after))]
        assert set(days_of(no).values()) > {NOT_FREE} and true(no)


def test_the_next_free_time_is_not_beyond_her_horizon() -> None:
    no = factories.worker().no
    calendars.set_hours(worker_no=no, hours=[(7, 480, 1200)])
    calendars.set_terms(worker_no=no, terms=Terms(horizon_days=6))
    assert next_free(no, datetime(2026, 11, 30, 13, tzinfo=rules.LOCAL)) is None
    calendars.set_terms(worker_no=no, terms=Terms(horizon_days=7))
    assert next_free(no, NOON) == at(8, day=SUNDAY)
