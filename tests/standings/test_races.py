"""Standings written by several at once, on a database that really commits."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit
from qiaojiejie.standings import queries, service as standings, tasks
from tests import factories
from tests.standings.scene import NOON, complete, firm_standing, parties, review, tell, verify

WAITING = sa.text("SELECT count(*) FROM pg_locks JOIN pg_database base ON base.oid = database AND NOT granted"
                  " AND locktype = 'advisory' AND datname = current_database()")


def last_entry() -> int:
    """The newest entry of the ledger."""
    return db.session.execute(sa.text("SELECT max(id) FROM ledger_entry")).scalar_one()


def test_a_month_that_begins_while_a_worker_is_scored_stops_neither(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOON):
        worker, family = factories.worker(), factories.household()
        verify(worker, kinds=("identity",))
        standings.learn(entry_id=last_entry())
        complete(worker, family.id, NOON + timedelta(days=12))
        worker_id, entry_id = worker.id, last_entry()
        db.session.commit()

    def learn() -> None:
        with city.app_context(), clock.frozen(NOON + timedelta(days=12)):
            tasks.learn(entry_id)
            db.session.commit()

    def score_meanwhile(known: UUID) -> None:
        with city.app_context(), clock.frozen(NOON + timedelta(days=12)):
            credit.hold(f"worker:{known}")
            learning = pool.submit(learn)
            deadline = time.monotonic() + 20
            while not db.session.execute(WAITING).scalar_one():
                assert not learning.done() and time.monotonic() < deadline
                time.sleep(0.02)
            standings.rescore(worker_id=known)
            db.session.commit()
            learning.result(timeout=20)

    with ThreadPoolExecutor(1) as pool:
        score_meanwhile(worker_id)
    with city.app_context():
        standing = queries.find(worker_id)
        assert standing is not None and standing.through_entry == entry_id


def test_a_worker_and_her_firm_scored_at_once_end_right_whoever_is_first(city: Flask) -> None:
    """What a firm's computation did not see of her makes it due again."""
    with city.app_context(), clock.frozen(NOON):
        worker, family = factories.worker(), factories.household()
        verify(worker)
        for entry_id in db.session.scalars(sa.text("SELECT id FROM ledger_entry WHERE fact LIKE 'document%'")).all():
            standings.learn(entry_id=entry_id)
        standings.rescore_due_firms()
        review(worker, family.id, complete(worker, family.id), 1)
        worker_id, firm_id, newest = worker.id, worker.firm_id, last_entry()
        assert firm_id is not None
        db.session.commit()

    def learn() -> None:
        with city.app_context(), clock.frozen(NOON):
            for entry_id in (newest - 1, newest):
                standings.learn(entry_id=entry_id)
            db.session.commit()

    def firm(known: UUID) -> None:
        with city.app_context(), clock.frozen(NOON):
            standings.rescore_firm(firm_id=known)
            db.session.commit()

    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(learn), pool.submit(firm, firm_id)] + [
                    pool.submit(learn), pool.submit(firm, firm_id)]:
                done.result(timeout=20)
    with city.app_context(), clock.frozen(NOON):
        found = queries.find(worker_id)
        assert found is not None and found.through_entry >= newest
        standings.rescore_due_firms()
        assert queries.staff(firm_id) == [found.own]
        score = firm_standing(firm_id).score
        db.session.commit()
        standings.rescore_firm(firm_id=firm_id)
        assert firm_standing(firm_id).score == score
        assert firm_standing(firm_id).explanation["factors"]["G10"] < 0


def test_a_firm_computed_before_her_job_is_done_is_due_again(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOON):
        worker, family = factories.worker(), factories.household()
        verify(worker, kinds=("identity",))
        standings.learn(entry_id=last_entry())
        standings.rescore_due_firms()
        complete(worker, family.id, late=30)
        review(worker, family.id, str(uuid4()), 1)
        firm_id, newest = worker.firm_id, last_entry()
        assert firm_id is not None
        db.session.commit()

    def firm() -> None:
        with city.app_context(), clock.frozen(NOON):
            standings.rescore_firm(firm_id=firm_id)
            db.session.commit()

    with city.app_context(), clock.frozen(NOON), ThreadPoolExecutor(1) as pool:
        standings.learn(entry_id=newest - 1)
        standings.learn(entry_id=newest)
        meanwhile = pool.submit(firm)
        deadline = time.monotonic() + 20
        while not db.session.execute(WAITING).scalar_one():
            assert not meanwhile.done() and time.monotonic() < deadline
            time.sleep(0.02)
        db.session.commit()
        meanwhile.result(timeout=20)
        assert firm_standing(firm_id).computed_at == clock.now()
        assert queries.due_firms(clock.today(), 10) == []


def test_a_fall_is_announced_once_however_many_jobs_find_it(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOON):
        worker = factories.worker(account_id=factories.account().id)
        verify(worker)
        for entry_id in db.session.scalars(sa.text("SELECT id FROM ledger_entry WHERE fact LIKE 'document%'")).all():
            standings.learn(entry_id=entry_id)
        absent = [tell(booking.WORKER_ABSENT, f"booking:{uuid4()}", **parties(worker, factories.household().id))
                  for _ in range(4)]
        worker_id = worker.id
        db.session.commit()

    def learn(entry_id: int) -> None:
        with city.app_context(), clock.frozen(NOON):
            standings.learn(entry_id=entry_id)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(learn, absent))
    with city.app_context(), clock.frozen(NOON):
        told = db.session.execute(sa.text("SELECT count(*) FROM ledger_entry WHERE fact = 'credit.fall_noticed'"))
        assert told.scalar_one() == 1
        found = queries.find(worker_id)
        assert found is not None and found.grade == "B" and found.pending is not None
        assert len(found.pending["events"]) >= 4
