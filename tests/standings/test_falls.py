"""A fall to C or D is announced to the worker and shown 15 days later, unless it is for families' safety."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, rules, service as credit
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.standings import queries, service as standings
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings.scene import (
    NOON, assert_all_replays, complete, event_of, parties, published, review, standing, tell, verify)

pytestmark = pytest.mark.usefixtures("world")
Run = Callable[[], int]
Sweep = Callable[[str], None]
SUQIAN = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is noon in Suqian."""
    with clock.frozen(NOON):
        yield


@pytest.fixture()
def worker(run_jobs: Run) -> Worker:
    """A worker with papers and an account, B."""
    made = factories.worker(account_id=factories.account().id)
    verify(made)
    run_jobs()
    assert standing(made).grade == "B"
    return made


def blame(worker: Worker, times: int = 2) -> list[int]:
    """So many times she did not come; the entries."""
    return [tell(booking.WORKER_ABSENT, f"booking:{uuid4()}", clock.now(), **parties(worker, factories.household().id))
            for _ in range(times)]


def inbox(worker: Worker, kind: str) -> list[dict[str, Any]]:
    """What she was told."""
    return list(db.session.scalars(sa.select(Notification.data).where(
        Notification.account_id == worker.account_id, Notification.kind == kind)))


def notices(worker: Worker) -> list[dict[str, Any]]:
    """Every fall that was announced."""
    return list(db.session.scalars(sa.select(LedgerEntry.data).where(
        LedgerEntry.fact == facts.FALL_NOTICED, LedgerEntry.subject == f"worker:{worker.id}")))


def test_a_fall_waits_until_the_midnight_in_shanghai_fifteen_days_later(
        worker: Worker, run_jobs: Run, sweep: Sweep) -> None:
    before, told = queries.line(standing(worker).explanation, None, rules.V1), len(published(worker))
    blame(worker)
    run_jobs()
    found = standing(worker)
    assert (found.score, found.grade, worker.grade) == (712, "B", "B")
    assert found.pending is not None and found.pending["grade"] in ("C", "D")
    assert (found.held_until, found.due_on) == (date(2026, 12, 5), date(2026, 12, 5))
    assert found.notice == before and len(published(worker)) == told
    assert_all_replays()
    for moment, shown in ((datetime(2026, 12, 4, 23, 59, 59, tzinfo=SUQIAN), "B"),
                          (datetime(2026, 12, 5, 0, 0, tzinfo=SUQIAN), found.pending["grade"])):
        with clock.frozen(moment):
            sweep("turn_the_day")
            run_jobs()
            assert (standing(worker).grade, worker.grade) == (shown, shown)
            assert_all_replays()
    assert standing(worker).held_until is standing(worker).pending is standing(worker).notice is None
    assert published(worker)[-1]["grade"] == worker.card["grade"] != "B"


def test_she_is_told_of_it_once_with_its_reasons(worker: Worker, run_jobs: Run) -> None:
    family = factories.household()
    for _ in range(3):
        review(worker, family.id, complete(worker, family.id, late=30), mark=2)
    tell(booking.CANCELLED, f"booking:{uuid4()}", by="worker", notice_minutes=60, **parties(worker, family.id))
    blame(worker)
    for entry_id in db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.fact.in_(facts.READINGS))):
        credit.take_in(entry_id=entry_id)  # it was all known when she was scored
    standings.rescore(worker_id=worker.id)
    run_jobs()
    blame(worker)
    run_jobs()
    assert len(notices(worker)) == len(inbox(worker, "credit_fall")) == 1
    said = inbox(worker, "credit_fall")[0]
    assert (said["before"], said["grade"] in "CD", said["until"]) == ("B", True, "2026-12-05")
    assert len(said["reasons"].split("、")) == len(said["reasons_en"].split(", ")) == 4
    assert inbox(worker, "credit_changed") == []


def test_what_endangers_families_is_shown_at_once(worker: Worker, run_jobs: Run) -> None:
    tell(casework.SUBSTANTIATED, f"booking:{uuid4()}", complaint="c", severity=4,
         **parties(worker, factories.household().id))
    run_jobs()
    assert (standing(worker).grade, standing(worker).pending, notices(worker)) == ("D", None, [])
    other = factories.worker()
    verify(other)
    run_jobs()
    event_of("blacklist_on", other)
    run_jobs()
    assert (standing(other).score, standing(other).grade, notices(other)) == (299, "D", [])


def test_an_appeal_upheld_meanwhile_ends_it_and_she_never_fell(worker: Worker, run_jobs: Run, sweep: Sweep) -> None:
    grades = len(published(worker))
    absent = blame(worker)
    run_jobs()
    assert standing(worker).pending is not None
    for entry_id in absent:
        event_of("appeal_upheld", worker, ref=entry_id)
    run_jobs()
    found = standing(worker)
    assert (found.score, found.grade, found.pending, found.notice, found.held_until) == (712, "B", None, None, None)
    with clock.frozen(NOON + timedelta(days=16)):
        sweep("turn_the_day")
        assert standing(worker).grade == "B"
    assert len(published(worker)) == grades
    assert_all_replays()


def test_a_petition_that_asks_for_more_time_holds_it_longer(worker: Worker, run_jobs: Run, sweep: Sweep) -> None:
    blame(worker)
    run_jobs()
    notice = {name: notices(worker)[0][name] for name in queries.LINE}
    event_of("fall_noticed", worker, until=facts.day_number(date(2026, 12, 20)), **notice)
    run_jobs()
    assert standing(worker).held_until == date(2026, 12, 20)
    with clock.frozen(NOON + timedelta(days=16)):
        sweep("turn_the_day")
        assert (standing(worker).grade, standing(worker).held_until) == ("B", date(2026, 12, 20))
        event_of("fall_noticed", worker, until=facts.day_number(clock.today()), **notice)
        run_jobs()
        assert standing(worker).grade in ("C", "D")
        assert_all_replays()


def test_who_recovers_and_falls_again_is_given_notice_again(worker: Worker, run_jobs: Run) -> None:
    absent = blame(worker)
    run_jobs()
    for entry_id in absent:
        event_of("appeal_upheld", worker, ref=entry_id)
    run_jobs()
    with clock.frozen(NOON + timedelta(days=5)):
        blame(worker)
        run_jobs()
        assert standing(worker).held_until == date(2026, 12, 10)
        assert len(notices(worker)) == 2
        assert_all_replays()


def test_a_danger_shown_at_once_and_found_untrue_leaves_what_stood_before(worker: Worker, run_jobs: Run) -> None:
    before = standing(worker).explanation
    blame(worker)
    run_jobs()
    grave = tell(casework.SUBSTANTIATED, f"booking:{uuid4()}", complaint="c", severity=4,
                 **parties(worker, factories.household().id))
    run_jobs()
    assert (standing(worker).grade, standing(worker).pending) == ("D", None)
    event_of("appeal_upheld", worker, ref=grave)
    run_jobs()
    found = standing(worker)
    assert (found.grade, found.held_until) == ("B", date(2026, 12, 5))
    assert found.explanation["factors"] == before["factors"]
    assert_all_replays()
