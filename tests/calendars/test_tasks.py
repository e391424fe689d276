"""The nightly round."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.models import WorkerDay
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories

pytestmark = pytest.mark.usefixtures("world")

EVENING = datetime(2026, 11, 30, 20, tzinfo=LOCAL)
WEEK = [(weekday, 480, 1200) for weekday in range(1, 8)]


def working() -> int:
    no = factories.worker().no
    calendars.set_hours(worker_no=no, hours=WEEK)
    return no


def true(no: int) -> bool:
    days = rules.bookable(clock.today())
    return queries.bits([no], days) == queries.drawn([no], days)


def test_each_night_a_day_is_added_and_the_past_one_dropped(sweep: Callable[[str], None]) -> None:
    with clock.frozen(EVENING):
        no = working()
    with clock.frozen(EVENING + timedelta(hours=5)):
        assert not true(no)
        sweep("check_days")
        assert true(no)
        kept = db.session.scalars(sa.select(WorkerDay.day).where(WorkerDay.worker_no == no)).all()
        assert min(kept) == clock.today()


def test_a_wrong_day_is_found_counted_and_mended_once_a_day() -> None:
    with clock.frozen(EVENING):
        no = working()
        db.session.execute(sa.update(WorkerDay).where(WorkerDay.worker_no == no, WorkerDay.day == clock.today())
                           .values(bits=0))
        assert calendars.check_some() == 1
        assert true(no)
        db.session.execute(sa.update(WorkerDay).where(WorkerDay.worker_no == no).values(bits=0))
        assert calendars.check_some() == 0, "this day's round is complete"
    with clock.frozen(EVENING + timedelta(days=1)):
        assert calendars.check_some() == rules.HORIZON - 1, "the new day was not wrong, only missing"
        assert true(no)


def test_a_round_goes_on_where_it_stopped() -> None:
    with clock.frozen(EVENING):
        first, second, third = working(), working(), working()
    with clock.frozen(EVENING + timedelta(days=1)):
        calendars.check_some(most=2)
        assert true(first) and true(second) and not true(third)
        calendars.check_some(most=2)
        assert true(third)


def test_a_true_calendar_is_left_untouched() -> None:
    with clock.frozen(EVENING):
        no = working()
        versions = sa.text("SELECT array_agg(ctid::text ORDER BY day) FROM worker_day WHERE worker_no = :no")
        before = db.session.scalar(versions, {"no": no})
        assert calendars.check_some() == 0
        assert db.session.scalar(versions, {"no": no}) == before
