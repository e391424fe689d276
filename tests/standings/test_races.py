"""Standings written by several at once, on a database that really commits."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit
from qiaojiejie.standings import queries, service as standings, tasks
from tests import factories
from tests.conftest import config_for
from tests.standings.scene import NOON, complete, verify

WAITING = sa.text("SELECT count(*) FROM pg_locks JOIN pg_database base ON base.oid = database AND NOT granted"
                  " AND locktype = 'advisory' AND datname = current_database()")


@pytest.fixture()
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """The whole app on a database of its own."""
    made = create_app(config_for(new_database()))
    with made.app_context():
        upgrade()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    made.extensions["db_reader"].dispose()


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
