"""The way between two visits fits between them."""

from collections.abc import Iterator
from datetime import date, timedelta

import h3
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.calendars import queries
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.calendars.rules import Terms, ways
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker
from tests.calendars.test_service import NOON, as_drawn, at, days_of, span, working

HERE = cell(118.2755, 33.9631)
NEAR = cell(118.2955, 33.9631)  # about 2 km east
FAR = cell(118.4755, 33.9631)  # about 18 km east

lngs, lats = st.floats(117.9, 119.2), st.floats(33.1, 34.4)
cells = st.builds(cell, lngs, lats)


def test_a_way_takes_nothing_within_a_cell_and_five_minutes_for_each_kilometre_or_so() -> None:
    assert ways.minutes(HERE, HERE) == 0
    assert ways.minutes(HERE, NEAR) == ways.minutes(NEAR, HERE) == 15
    assert ways.minutes(HERE, FAR) == 85
    assert ways.minutes(HERE, cell(2.35, 48.85)) == 720


@given(cells, cells, cells)
def test_no_way_is_longer_than_in_two_legs(one: int, other: int, between: int) -> None:
    assert ways.minutes(one, other) <= ways.minutes(one, between) + ways.minutes(between, other)


@given(cells)
def test_a_way_to_the_next_cell_is_short(one: int) -> None:
    assert {ways.minutes(one, h3.str_to_int(each)) for each in h3.grid_ring(h3.int_to_str(one), 1)} <= {5, 10}


@pytest.fixture()
def no(world: object) -> Iterator[int]:
    with clock.frozen(NOON):
        made = working()
        calendars.set_terms(worker_no=made, terms=Terms(buffer_before=0, buffer_after=0))
        yield made


def test_a_visit_too_far_from_the_one_before_or_after_is_refused_with_the_minutes(no: int) -> None:
    calendars.engage(worker_no=no, during=span(at(12), at(13)), ref="booking:1", cell=HERE)
    for start, end in ((at(14), at(15)), (at(10), at(11))):
        with pytest.raises(TooFarBetween) as refused:
            calendars.engage(worker_no=no, during=span(start, end), ref="booking:2", cell=FAR)
        assert refused.value.params == {"minutes": 85, "gap": 60}
        with pytest.raises(TooFarBetween):
            queries.check_ways(no, [(start, end)], FAR)
        assert queries.interval_of("booking:2") is None and days_of(no) == as_drawn(no)
    calendars.engage(worker_no=no, during=span(at(14), at(15)), ref="booking:2", cell=NEAR)
    calendars.engage(worker_no=no, during=span(at(10), at(10, 30)), ref="booking:3", cell=FAR)
    assert days_of(no) == as_drawn(no)


def test_who_takes_every_taken_time_alike_catches_this_one_too(no: int) -> None:
    calendars.engage(worker_no=no, during=span(at(12), at(13)), ref="booking:1", cell=HERE)
    with pytest.raises(SlotTaken):
        calendars.engage(worker_no=no, during=span(at(14), at(15)), ref="booking:2", cell=FAR)


def test_the_way_may_lead_over_midnight_and_past_her_buffers(no: int) -> None:
    night, morning = at(23, day=date(2026, 12, 1)), at(0, day=date(2026, 12, 2))
    calendars.set_terms(worker_no=no, terms=Terms())
    calendars.engage(worker_no=no, during=span(night, night + timedelta(minutes=30)), ref="booking:1", cell=HERE)
    with pytest.raises(TooFarBetween):
        calendars.engage(worker_no=no, during=span(morning + timedelta(minutes=30), morning + timedelta(hours=2)),
                         ref="booking:2", cell=FAR)
    calendars.engage(worker_no=no, during=span(morning + timedelta(hours=1), morning + timedelta(hours=2)),
                     ref="booking:2", cell=FAR)


def test_leave_and_what_has_no_place_have_no_way(no: int) -> None:
    calendars.add_leave(worker_no=no, start=at(11), end=at(12))
    calendars.engage(worker_no=no, during=span(at(12), at(13)), ref="booking:1")
    calendars.engage(worker_no=no, during=span(at(13), at(14)), ref="booking:2", cell=FAR)
    with pytest.raises(TooFarBetween):
        calendars.engage(worker_no=no, during=span(at(9), at(12, 45) - timedelta(hours=2)), ref="booking:3", cell=cell(
            118.9, 33.4))


def test_a_visit_is_not_moved_to_where_the_way_does_not_fit_and_keeps_its_place(no: int) -> None:
    calendars.engage(worker_no=no, during=span(at(8), at(9)), ref="booking:1", cell=FAR)
    calendars.engage(worker_no=no, during=span(at(12), at(13)), ref="booking:2", cell=HERE)
    savepoint = db.session.begin_nested()
    with pytest.raises(TooFarBetween):
        calendars.move(ref="booking:1", worker_no=no, during=span(at(14), at(15)))
    savepoint.rollback()
    calendars.move(ref="booking:1", worker_no=no, during=span(at(14, 30), at(15)))
    moved = queries.interval_of("booking:1")
    assert moved is not None and moved.cell == FAR and days_of(no) == as_drawn(no)


def test_with_a_place_the_times_that_the_way_does_not_allow_are_not_offered(no: int) -> None:
    calendars.engage(worker_no=no, during=span(at(12), at(13)), ref="booking:1", cell=HERE)
    assert free(no, None) == [(at(8), at(12)), (at(13), at(20))]
    assert free(no, HERE) == [(at(8), at(12)), (at(13), at(20))]
    assert free(no, FAR) == [(at(8), at(10, 35)), (at(14, 25), at(20))]


def free(no: int, place: int | None) -> list[tuple[object, object]]:
    who = db.session.scalars(sa.select(Worker).where(Worker.no == no)).one()
    found = queries.availability(who.id, start=at(0), until=at(23), cell=place)
    return [(span["start"], span["end"]) for span in found["free"]]
