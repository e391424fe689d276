"""Whatever is set, engaged and given back: the bits kept are those drawn, and what is shown free can be engaged."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import HoursOverlap, LeaveOverlaps, SlotTaken
from qiaojiejie.calendars.rules import Terms, ways
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.calendars.test_service import days_of

pytestmark = pytest.mark.usefixtures("world")

#: New Year is among the days, which is a holiday
NOON = datetime(2026, 12, 28, 12, tzinfo=rules.LOCAL)
FIRST = NOON.date()
WEEK = [(weekday, 480, 1260) for weekday in range(1, 7)]
#: up to about 35 km apart
CELLS = [cell(118.2 + 0.1 * east, 33.9 + 0.05 * (east % 2)) for east in range(4)]

halves = st.integers(0, 48).map(lambda half: half * 30)
hours = st.lists(st.tuples(halves, halves).filter(lambda pair: pair[0] < pair[1]), max_size=2)
days = st.integers(0, 9).map(lambda ahead: FIRST + timedelta(days=ahead))
buffers = st.sampled_from([0, 30, 60, 120])
lengths = st.sampled_from([30, 60, 180])
places = st.sampled_from([None, *CELLS])
steps = st.one_of(
    st.tuples(st.just("engage"), st.integers(2, 9 * 48), lengths, places),
    st.tuples(st.just("engage"), st.integers(2, 9 * 48), lengths, places),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(2, 9 * 48), lengths),
    st.tuples(st.just("shorten"), st.integers(0, 9), st.integers(0, 200)),
    st.tuples(st.just("release"), st.integers(0, 9)),
    st.tuples(st.just("leave"), st.integers(2, 9 * 48), st.integers(1, 90)),
    st.tuples(st.just("day"), days, hours),
    st.tuples(st.just("terms"), st.builds(
        Terms, works_holidays=st.booleans(), buffer_before=buffers, buffer_after=buffers,
        notice_minutes=st.sampled_from([0, 60, 2000]), horizon_days=st.sampled_from([3, 8, 60]))))


def at(half_hours: int) -> datetime:
    return NOON + timedelta(minutes=30 * half_hours)


class Diary:
    """A worker, and how each step is taken."""

    def __init__(self) -> None:
        self.who: Worker = factories.worker()
        self.no = self.who.no
        calendars.set_hours(worker_no=self.no, hours=WEEK)
        self.refs: list[str] = []

    def engage(self, start: int, minutes: int, place: int | None) -> None:
        ref = f"visit:{self.no}:{len(self.refs)}"
        calendars.engage(worker_no=self.no, during=Range(at(start), at(start) + timedelta(minutes=minutes)), ref=ref,
                         cell=place)
        self.refs.append(ref)

    def move(self, nth: int, start: int, minutes: int) -> None:
        if self.refs:
            with db.session.begin_nested():
                calendars.move(ref=self.refs[nth % len(self.refs)], worker_no=self.no,
                               during=Range(at(start), at(start) + timedelta(minutes=minutes)))

    def shorten(self, nth: int, minutes: int) -> None:
        found = queries.interval_of(self.refs[nth % len(self.refs)]) if self.refs else None
        if found is not None and found.during.lower is not None:
            calendars.shorten(ref=found.ref, until=found.during.lower + timedelta(minutes=minutes))
            db.session.expire_all()

    def release(self, nth: int) -> None:
        if self.refs:
            calendars.release(ref=self.refs[nth % len(self.refs)])

    def leave(self, start: int, half_hours: int) -> None:
        calendars.add_leave(worker_no=self.no, start=at(start), end=at(start + half_hours))

    def day(self, day: date, own: list[rules.Hours]) -> None:
        calendars.set_day(worker_no=self.no, day=day, hours=own)

    def terms(self, terms: Terms) -> None:
        calendars.set_terms(worker_no=self.no, terms=terms)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps, min_size=3, max_size=14), place=places, minutes=lengths, chosen=st.integers(0, 10_000))
def test_bits_stay_true_and_a_start_shown_can_be_engaged(taken: list[tuple[object, ...]], place: int | None,
                                                         minutes: int, chosen: int) -> None:
    savepoint = db.session.begin_nested()
    try:
        with clock.frozen(NOON):
            hold(taken, place, minutes, chosen)
    finally:
        savepoint.rollback()


def hold(taken: list[tuple[object, ...]], place: int | None, minutes: int, chosen: int) -> None:
    """What the test says."""
    diary = Diary()
    for name, *how in taken:
        try:
            getattr(diary, str(name))(*how)
        except (SlotTaken, LeaveOverlaps, HoursOverlap):
            pass
    all_days = rules.bookable(FIRST)
    kept = {(diary.no, day): bits for day, bits in days_of(diary.no).items() if day in all_days}
    assert kept == queries.drawn([diary.no], all_days)
    check_ways(diary.no)
    until = at(48 * 9)
    shown = queries.availability(diary.who.id, start=NOON, until=until, minutes=minutes, cell=place)
    times, elsewhere = queries.worktimes([diary.no], FIRST, FIRST + timedelta(days=11)), queries.places(
        diary.no, NOON, until)
    for start in shown["starts"]:
        end = start + timedelta(minutes=minutes)
        assert NOON <= start < until and rules.covers(times[diary.no], start, end)
        assert place is None or not ways.too_far(start, end, place, elsewhere)
    if shown["starts"]:
        start = shown["starts"][chosen % len(shown["starts"])]
        calendars.engage(worker_no=diary.no, during=Range(start, start + timedelta(minutes=minutes)),
                         ref=f"shown:{diary.no}", cell=place)
        check_ways(diary.no)
        assert queries.bits([diary.no], all_days) == queries.drawn([diary.no], all_days)


def check_ways(no: int) -> None:
    """Between all visits of known places, not only neighbours, the way fits."""
    found = queries.places(no, NOON - timedelta(days=1), NOON + timedelta(days=30))
    for one in found:
        for other in found:
            if one.until <= other.start:
                assert ways.minutes(one.cell, other.cell) <= (other.start - one.until).total_seconds() / 60
