"""Who gives back one time for another, or wants several, never waits for somebody who waits for her."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.calendars import queries
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Seat, Span
from qiaojiejie.core.db import db
from tests import factories, races
from tests.calendars.test_concurrency import WEEK, right, visit

#: hours of one day: at night, an early visit, one in the morning, a late one
NIGHT, EARLY, MORNING, LATE = 0, 3, 8, 14
WAITING = sa.text("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                  " WHERE NOT granted AND datname = current_database()")


def span(hour: float) -> Span:
    """An hour of that day."""
    during = visit(hour)
    assert during.lower is not None and during.upper is not None
    return during.lower, during.upper


def moved(no: int) -> None:
    """The early visit is to be late."""
    calendars.move(ref="early", worker_no=no, during=visit(LATE))


def seated(no: int) -> None:
    """The early visit is to be late, and another in the evening."""
    calendars.seat_all(seats=[Seat("early", no, *span(LATE)), Seat("another", no, *span(20))])


def engaged(no: int) -> None:
    """Early and late are wanted together."""
    calendars.engage_all(worker_no=no, ref="many", spans=[span(EARLY), span(LATE)])


def widened(no: int) -> None:
    """A visit in the morning is to begin earlier and end later."""
    calendars.engage_beside(ref="wide", beside="morning", during=visit(EARLY, LATE - EARLY))


def until_waiting(count: int) -> None:
    """Until so many wait for others."""
    for _ in range(500):
        db.session.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
        if db.session.execute(WAITING).scalar_one() == count:
            return
        time.sleep(0.01)
    raise AssertionError(f"{count} should wait")


@pytest.mark.parametrize(("how", "answers"), [
    (moved, ["SlotTaken", "SlotTaken"]), (seated, ["SlotTaken", "SlotsTaken"]),
    (engaged, ["done", "SlotTaken"]), (widened, ["done", "SlotTaken"])])
def test_of_two_who_want_what_the_other_has_neither_waits_for_ever(
        city: Flask, how: Callable[[int], None], answers: list[str]) -> None:
    with city.app_context():
        no = factories.worker().no
        calendars.set_hours(worker_no=no, hours=WEEK)
        had = {"early": EARLY, "late": LATE} if how in (moved, seated) else {"morning": MORNING, "late": LATE}
        for ref, hour in had.items():
            calendars.engage(worker_no=no, during=visit(hour), ref=ref)
        db.session.commit()
        calendars.engage(worker_no=no, during=visit(NIGHT), ref="night")  # not committed: who wants it, too, waits
        with ThreadPoolExecutor(2) as pool:
            try:
                one = pool.submit(races.at_once, city, [lambda: calendars.move_all(
                    ref="late", worker_no=no, spans=[span(NIGHT), span(EARLY)])])
                until_waiting(1)
                other = pool.submit(races.at_once, city, [lambda: how(no)])
                until_waiting(2)
            finally:
                db.session.rollback()
            assert one.result() + other.result() == answers
        assert right(no) and all(queries.interval_of(ref) for ref in had)
