"""Many at once, on connections of their own: one wins, none deadlocks, no bit is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.app import create_app
from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories
from tests.conftest import config_for

WEEK = [(weekday, 0, 1440) for weekday in range(1, 8)]
#: 85 minutes from each other
HERE, FAR = cell(118.2755, 33.9631), cell(118.4755, 33.9631)


@pytest.fixture(scope="module")
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """An app on a database of its own, where transactions really commit."""
    made = create_app(config_for(new_database()))
    with made.app_context():
        upgrade()
        yield made
        db.session.remove()
        db.engine.dispose()
    made.extensions["db_reader"].dispose()


@pytest.fixture()
def no(city: Flask) -> int:
    """A worker who works day and night."""
    made = factories.worker().no
    calendars.set_hours(worker_no=made, hours=WEEK)
    db.session.commit()
    return made


def at_once(city: Flask, jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run each job in a transaction and thread of its own, begun together; their results or refusals."""
    barrier = threading.Barrier(len(jobs), timeout=20)

    def run(job: Callable[[], Any]) -> Any:
        with city.app_context():
            db.session.execute(sa.text("SELECT 1"))
            barrier.wait()
            try:
                result = job()
                db.session.commit()
                return result
            except SlotTaken as refused:
                db.session.rollback()
                return refused

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def visit(hours_ahead: float, length: float = 1) -> Range[datetime]:
    start = clock.midnight(clock.today() + timedelta(days=2)) + timedelta(hours=hours_ahead)
    return Range(start, start + timedelta(hours=length), bounds="[)")


def engaging(worker_no: int, during: Range[datetime], ref: str, place: int | None = None) -> Callable[[], Any]:
    return lambda: calendars.engage(worker_no=worker_no, during=during, ref=ref, cell=place)


def right(no: int) -> bool:
    days = rules.bookable(clock.today())
    return queries.bits([no], days) == queries.drawn([no], days)


def test_of_many_who_want_one_time_exactly_one_gets_it(city: Flask, no: int) -> None:
    for turn in range(5):
        wanted = [engaging(no, visit(3 * turn + 0.5 * (number % 2)), f"one:{turn}:{number}") for number in range(7)]
        results = at_once(city, wanted)
        assert sum(isinstance(result, SlotTaken) for result in results) == 6
    assert right(no)


def test_engagements_of_one_day_that_commit_together_keep_each_others_bits(city: Flask, no: int) -> None:
    results = at_once(city, [engaging(no, visit(3 * number), f"day:{number}") for number in range(7)])
    assert not any(isinstance(result, SlotTaken) for result in results)
    assert right(no)


def test_an_engagement_waits_for_a_redraw_and_a_redraw_sees_it(city: Flask, no: int) -> None:
    calendars.engage(worker_no=no, during=visit(1), ref="wait:1")
    db.session.commit()
    calendars.release(ref="wait:1")  # holds the day's row until the commit below
    done = threading.Event()

    def engage() -> None:
        with city.app_context():
            calendars.engage(worker_no=no, during=visit(10), ref="wait:2")
            db.session.commit()
            done.set()

    thread = threading.Thread(target=engage)
    thread.start()
    assert not done.wait(0.3)
    db.session.commit()
    thread.join()
    assert right(no)


def test_engaging_releasing_and_changing_hours_together_ends_with_true_bits(city: Flask, no: int) -> None:
    for number in range(4):
        calendars.engage(worker_no=no, during=visit(6 * number), ref=f"mixed:{number}")
    db.session.commit()
    for turn in range(4):
        jobs = [engaging(no, visit(6 * number + 3, 2 if number < 2 else 20), f"mixed:{turn}:{number}")
                for number in range(3)]
        jobs += [lambda turn=turn: calendars.release(ref=f"mixed:{turn}"),
                 lambda: calendars.redraw(worker_no=no),
                 lambda turn=turn: calendars.set_hours(worker_no=no, hours=WEEK[turn:]),
                 lambda turn=turn: calendars.set_hours(worker_no=no, hours=WEEK[:turn + 1])]
        at_once(city, jobs)
        db.session.rollback()
        assert right(no), turn


def test_days_drawn_for_the_first_time_while_they_are_engaged_lose_nothing(city: Flask) -> None:
    for turn in range(4):
        made = factories.worker().no
        db.session.commit()
        jobs = [engaging(made, visit(4 * number), f"first:{turn}:{number}") for number in range(5)]
        at_once(city, [*jobs, lambda made=made: calendars.set_hours(worker_no=made, hours=WEEK),
                       lambda made=made: calendars.redraw(worker_no=made)])
        db.session.rollback()
        assert right(made)


def many(no: int, first_hour: float, ref: str, days: int = 20, length: float = 9) -> Callable[[], Any]:
    """Engages some hours of many days."""
    start = clock.midnight(clock.today() + timedelta(days=2)) + timedelta(hours=first_hour)
    spans = [(start + timedelta(days=day), start + timedelta(days=day, hours=length)) for day in range(days)]
    return lambda: calendars.engage_all(worker_no=no, spans=spans, ref=ref)


def test_of_those_who_want_hours_of_many_days_one_gets_them_all_and_none_gets_a_part(city: Flask, no: int) -> None:
    wanted = [many(no, 9, "all:0"), many(no, 12 + 24 * 10, "all:1"), many(no, 8 + 24 * 19, "all:2"),
              many(no, 9 - 24, "all:3"), many(no, 17, "all:4")]
    results = at_once(city, wanted)
    assert 1 <= sum(not isinstance(result, SlotTaken) for result in results) <= 3
    for number, result in enumerate(results):
        assert len(queries.intervals_of(f"all:{number}")) == (0 if isinstance(result, SlotTaken) else 20)
    assert right(no)


def test_by_day_and_by_night_both_have_her_at_once(city: Flask, no: int) -> None:
    results = at_once(city, [many(no, 9, "both:day"), many(no, 20, "both:night", length=12)])
    assert not any(isinstance(result, SlotTaken) for result in results) and right(no)


def test_hours_of_many_days_moved_and_taken_over_and_over_meet_no_deadlock(city: Flask, no: int) -> None:
    def hammer(seed: int) -> Callable[[], None]:
        def run() -> None:
            for turn in range(8):
                try:
                    many(no, (seed * 5 + turn) % 20, f"turns:{seed}:{turn}", days=12)()
                    db.session.commit()
                    spans = [(row.during.lower + rules.BUFFER, row.during.upper - rules.BUFFER)
                             for row in queries.intervals_of(f"turns:{seed}:{turn}") if row.during.lower]
                    calendars.move_all(ref=f"turns:{seed}:{turn}", worker_no=no, spans=spans[6:])
                    db.session.commit()
                    calendars.release(ref=f"turns:{seed}:{turn}")
                except SlotTaken:
                    db.session.rollback()
                db.session.commit()
        return run

    at_once(city, [hammer(seed) for seed in range(4)])
    db.session.rollback()
    assert right(no) and not queries.intervals([no], clock.now(), clock.now() + timedelta(days=60))


def test_hot_workers_engaged_and_released_over_and_over_meet_no_deadlock(city: Flask) -> None:
    nos = [factories.worker().no for _ in range(3)]
    for made in nos:
        calendars.set_hours(worker_no=made, hours=WEEK)
    db.session.commit()

    def hammer(seed: int) -> Callable[[], None]:
        def run() -> None:
            for turn in range(15):
                ref = f"hot:{seed}:{turn}"
                try:
                    calendars.engage(worker_no=nos[(seed + turn) % 3], during=visit(turn % 5, 23), ref=ref)
                    db.session.commit()
                    calendars.release(ref=ref)
                except SlotTaken:
                    db.session.rollback()
                db.session.commit()
        return run

    at_once(city, [hammer(seed) for seed in range(6)])
    db.session.rollback()
    assert all(right(made) for made in nos)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkerInterval).where(
        WorkerInterval.ref.startswith("hot:"))) == 0


def refused(results: list[Any]) -> list[bool]:
    return [isinstance(result, TooFarBetween) for result in results]


@pytest.mark.parametrize("drawn", [True, False])
def test_of_two_visits_too_far_apart_that_are_engaged_at_once_one_is_refused(city: Flask, drawn: bool) -> None:
    for turn, (first, second) in enumerate([(10, 13), (13, 10), (23, 26), (26, 23)]):
        made = factories.worker().no
        if drawn:
            calendars.set_hours(worker_no=made, hours=WEEK)
        db.session.commit()
        results = at_once(city, [engaging(made, visit(first, 0.5), f"far:{drawn}:{turn}:1", HERE),
                                 engaging(made, visit(second, 0.5), f"far:{drawn}:{turn}:2", HERE),
                                 engaging(made, visit((first + second) / 2, 0.5), f"far:{drawn}:{turn}:3", FAR)])
        db.session.rollback()
        assert refused(results) in ([False, False, True], [True, True, False]), turn
        assert right(made) or not drawn


def test_a_visit_waits_for_one_too_far_away_that_is_not_yet_committed_and_sees_it(city: Flask, no: int) -> None:
    calendars.engage(worker_no=no, during=visit(23, 0.5), ref="way:1", cell=HERE)  # not committed yet
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.extend(
        at_once(city, [engaging(no, visit(24.5, 1), "way:2", FAR)])))
    thread.start()
    thread.join(0.5)
    assert thread.is_alive() and not answers
    db.session.commit()
    thread.join()
    assert refused(answers) == [True]
    assert queries.interval_of("way:2") is None and right(no)


def test_moved_at_once_two_visits_do_not_end_up_too_far_apart(city: Flask, no: int) -> None:
    for turn in range(4):
        for name, start, place in (("a", 2, HERE), ("b", 20, FAR)):
            calendars.engage(worker_no=no, during=visit(start), ref=f"moved:{turn}:{name}", cell=place)
        db.session.commit()
        results = at_once(city, [
            lambda turn=turn: calendars.move(ref=f"moved:{turn}:a", worker_no=no, during=visit(10)),
            lambda turn=turn: calendars.move(ref=f"moved:{turn}:b", worker_no=no, during=visit(12))])
        db.session.rollback()
        assert sorted(refused(results)) == [False, True] and right(no)
        for name in "ab":
            calendars.release(ref=f"moved:{turn}:{name}")
        db.session.commit()


def test_terms_and_hours_changed_while_visits_are_engaged_end_with_true_bits(city: Flask, no: int) -> None:
    for turn in range(5):
        terms = Terms(buffer_before=30 * turn, buffer_after=120 - 30 * turn, horizon_days=3 + turn)
        day = clock.today() + timedelta(days=2)
        at_once(city, [*(engaging(no, visit(6 * number), f"terms:{turn}:{number}", HERE) for number in range(4)),
                       lambda terms=terms: calendars.set_terms(worker_no=no, terms=terms),
                       lambda day=day, turn=turn: calendars.set_day(
                           worker_no=no, day=day, hours=[(0, 240 * (turn + 1))])])
        db.session.rollback()
        assert right(no), turn
        for number in range(4):
            calendars.release(ref=f"terms:{turn}:{number}")
        db.session.commit()
        assert right(no), turn
