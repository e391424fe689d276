"""From facts in the ledger to a published standing."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, queries, rules, service as credit
from qiaojiejie.credit.models import Calibration, CreditEvent, Rater
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.standings import service as standings
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers import facts as worker_facts
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings.scene import (
    NOON, complete, everything, parties, published, replayed, review, standing, tell, verify)

Run = Callable[[], int]
pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is noon in Suqian."""
    with clock.frozen(NOON):
        yield


def test_verified_papers_make_a_new_worker_b_and_her_card_says_so(run_jobs: Run) -> None:
    worker = factories.worker(score=1, grade="D")
    verify(worker)
    run_jobs()
    assert (standing(worker).score, standing(worker).grade) == (712, "B")
    assert (worker.score, worker.grade, worker.card["grade"]) == (712, "B", "B")


def test_joining_a_firm_alone_gives_a_standing_without_identity(run_jobs: Run) -> None:
    worker = factories.worker()
    tell(worker_facts.JOINED, f"worker:{worker.id}", firm=str(worker.firm_id))
    run_jobs()
    assert (standing(worker).score, standing(worker).grade) == (712, "C")


def test_a_review_moves_the_score_and_is_published_with_how_far_the_ledger_was_read(run_jobs: Run) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    run_jobs()
    order = complete(worker, family.id)
    run_jobs()
    assert standing(worker).score == 712
    entry_id = review(worker, family.id, order, mark=5)
    run_jobs()
    assert standing(worker).score > 712
    last = published(worker)[-1]
    assert last == {"score": standing(worker).score, "grade": "B", "rule": "v1", "through": entry_id, "as_of": 20777,
                    "neff": 500, "households": 1,
                    "reasons": [{"code": "F22", "points": -66}, {"code": "F10", "points": 24}]}
    assert [seq for seq, code, _ in standing(worker).explanation["events"] if code == "F10"] == [entry_id]


@pytest.mark.parametrize(("told", "code"), [
    (lambda worker, family, order: tell(booking.WORKER_ABSENT, f"booking:{order}", start="", fee=0, refund=1,
                                        **parties(worker, family)), "F15"),
    (lambda worker, family, order: tell(booking.CANCELLED, f"booking:{order}", by="worker", notice_minutes=90, fee=0,
                                        refund=1, **parties(worker, family)), "F16"),
    (lambda worker, family, order: tell(casework.SUBSTANTIATED, f"booking:{order}", complaint="c", severity=2,
                                        **parties(worker, family)), "F17"),
])
def test_what_she_is_blamed_for_lowers_the_score(run_jobs: Run, told: Callable[..., int], code: str) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    run_jobs()
    told(worker, family.id, uuid4())
    run_jobs()
    found = standing(worker)
    now = found.pending or found.explanation
    assert now["score"] < 712 and now["factors"][code] < 0


def test_what_others_do_is_not_charged_to_her(run_jobs: Run) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    order = str(uuid4())
    about = parties(worker, family.id)
    tell(booking.CANCELLED, f"booking:{order}", by="household", notice_minutes=5, fee=1, refund=1, **about)
    tell(booking.DECLINED, f"booking:{order}", by="firm", notice_minutes=5, fee=0, refund=1, reason="other", **about)
    tell(casework.OPENED, f"booking:{order}", complaint="c", **about)
    tell(casework.DISMISSED, f"booking:{order}", complaint="c", **about)
    review(worker, family.id, order, mark=1, side="worker")
    run_jobs()
    assert standing(worker).score == 712


def test_a_job_run_twice_changes_nothing(run_jobs: Run) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    order = complete(worker, family.id)
    entry_id = review(worker, family.id, order)
    run_jobs()
    before, told, events = standing(worker).explanation, len(published(worker)), count(CreditEvent)
    for _ in range(2):
        standings.learn(entry_id=entry_id)
    assert (standing(worker).explanation, len(published(worker)), count(CreditEvent)) == (before, told, events)


def count(table: Any) -> int:
    """Rows of a table."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_the_order_in_which_jobs_run_changes_nothing() -> None:
    worker, other, family = factories.worker(), factories.worker(), factories.household()
    verify(worker)
    entries = []
    for who, mark in ((worker, 5), (other, 5), (worker, 3), (worker, 5)):
        order = complete(who, family.id)
        review(who, family.id, order, mark)
    entries = list(db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.fact.in_(facts.READINGS))))
    results = []
    for seed in range(3):
        random.Random(seed).shuffle(entries)
        with db.session.begin_nested() as savepoint:
            for entry_id in entries:
                standings.learn(entry_id=entry_id)
            results.append([standing(each).explanation for each in (worker, other)])
            savepoint.rollback()
    assert results[0] == results[1] == results[2]


def test_she_is_told_when_her_grade_changes_and_only_then(run_jobs: Run) -> None:
    worker, family = factories.worker(account_id=factories.account().id), factories.household()
    verify(worker)
    run_jobs()

    def told() -> list[dict[str, Any]]:
        stmt = sa.select(Notification.data).where(Notification.account_id == worker.account_id,
                                                  Notification.kind == "credit_changed")
        return list(db.session.scalars(stmt.order_by(Notification.created_at, Notification.id)))

    before = len(told())
    review(worker, family.id, complete(worker, family.id), mark=5)
    run_jobs()
    assert len(told()) == before
    tell(casework.SUBSTANTIATED, f"booking:{uuid4()}", complaint="c", severity=4, **parties(worker, family.id))
    run_jobs()
    assert len(told()) == before + 1
    assert told()[-1]["grade"] == standing(worker).grade == "D"


def test_silence_and_the_end_of_a_paper_count_by_themselves(run_jobs: Run, sweep: Callable[[str], None]) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    complete(worker, family.id)
    run_jobs()
    assert standing(worker).due_on == date(2026, 12, 4)
    with clock.frozen(NOON + timedelta(days=13)):
        sweep("turn_the_day")
        assert standing(worker).as_of == date(2026, 11, 20)
    with clock.frozen(NOON + timedelta(days=14)):
        sweep("turn_the_day")
        assert standing(worker).explanation["factors"]["F12"] < 0
    with clock.frozen(NOON + timedelta(days=400)):
        sweep("turn_the_day")
        assert {gate["code"] for gate in standing(worker).explanation["gates"]} >= {"R02", "R03"}


def test_a_months_calibration_is_published_once_from_what_came_before_it(run_jobs: Run,
                                                                         sweep: Callable[[str], None]) -> None:
    worker, family = factories.worker(), factories.household()
    verify(worker)
    for mark in (5, 4):
        review(worker, family.id, complete(worker, family.id), mark)
    run_jobs()
    sweep("turn_the_day")
    before = standing(worker).explanation
    with clock.frozen(NOON + timedelta(days=20)):
        sweep("publish_the_month")
        sweep("publish_the_month")
        found = db.session.get_one(Calibration, date(2026, 12, 1))
        assert sum(found.data["counts"]["cleaning"]) == 2
        assert list(found.data["firms"]) == [str(worker.firm_id)]
        assert db.session.get_one(Rater, family.id).weight == 1000
        run_jobs()
        assert (standing(worker).due_on or date.max) <= date(2026, 12, 10)
        sweep("turn_the_day")
        assert standing(worker).explanation["factors"] != before["factors"]
        assert not credit.calibrate(month=date(2026, 12, 1))


def history(chance: random.Random) -> list[Worker]:
    """Three months of six workers and five families, month by month with its jobs and sweeps left to the caller."""
    firms = [factories.firm(), factories.firm()]
    return [factories.worker(of=chance.choice(firms)) for _ in range(6)]


def test_learning_entry_by_entry_and_in_bulk_come_to_the_same(run_jobs: Run, sweep: Callable[[str], None]) -> None:
    chance = random.Random(7)
    workers, families = history(chance), [factories.household() for _ in range(5)]
    start = NOON - timedelta(days=80)
    with clock.frozen(start):
        for worker in workers:
            verify(worker, start)
        run_jobs()
    for day in range(80):
        with clock.frozen(start + timedelta(days=day)):
            sweep("publish_the_month")
            worker, family = chance.choice(workers), chance.choice(families)
            order = complete(worker, family.id, clock.now(), late=chance.choice((0, 0, 30)))
            if chance.random() < 0.7:
                review(worker, family.id, order, chance.choice((5, 5, 5, 4, 2)), clock.now())
            if chance.random() < 0.1:
                for fact in (casework.OPENED, casework.DISMISSED):
                    tell(fact, f"booking:{order}", clock.now(), complaint=f"no {order}", **parties(worker, family.id))
                    run_jobs()
            if chance.random() < 0.05:
                tell(booking.WORKER_ABSENT, f"booking:{uuid4()}", clock.now(), **parties(worker, family.id))
            if chance.random() < 0.05:
                tell(casework.SUBSTANTIATED, f"booking:{order}", clock.now(), complaint=order, severity=2,
                     **parties(worker, family.id))
            run_jobs()
            sweep("turn_the_day")
    sweep("turn_the_day")
    one_by_one = snapshot()
    assert replayed() == everything()
    for table in (Standing, FirmStanding, CreditEvent, Calibration, Rater):
        db.session.execute(sa.delete(table))
    assert credit.derive_events_all() > 100
    assert standings.rescore_all() == len(workers)
    assert snapshot() == one_by_one
    assert credit.derive_events_all() == 0
    assert standings.rescore_all() == 0


def timeless(explanation: dict[str, Any] | None) -> dict[str, Any]:
    """An explanation without the days on which it was computed and will be again."""
    return {name: value for name, value in (explanation or {}).items() if name not in ("as_of", "due")}


def snapshot() -> dict[str, Any]:
    """All that credit keeps, without when it was written down."""
    db.session.expire_all()
    return {
        "standings": {row.worker_id: (row.score, row.grade, timeless(row.explanation), row.firm_id, row.own, row.notice,
                                      timeless(row.pending), row.held_until, row.alarm, row.through_entry)
                      for row in db.session.scalars(sa.select(Standing))},
        "firms": {row.firm_id: (row.score, row.grade, timeless(row.explanation), row.through_entry)
                  for row in db.session.scalars(sa.select(FirmStanding))},
        "events": {(row.entry_id, row.type): (row.day, row.worker_id, row.data)
                   for row in db.session.scalars(sa.select(CreditEvent))},
        "calibrations": {row.month: (row.data["tables"], row.month == clock.today().replace(day=1) and (
            row.data, row.raters)) for row in db.session.scalars(sa.select(Calibration))},
        "raters": {row.household_id: row.weight for row in db.session.scalars(sa.select(Rater))},
        "cards": {row.id: (row.score, row.grade, row.card["score"]) for row in db.session.scalars(sa.select(Worker))
                  if row.card},
    }


def test_the_weight_of_a_family_new_since_the_last_month_is_half() -> None:
    assert queries.inputs(date(2026, 11, 20), [str(uuid4())])["raters"] == {}
    assert rules.RULE["rater"]["new"] == 500
