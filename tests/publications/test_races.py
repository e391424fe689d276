"""Two at once, on a database that really commits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.publications import facts, rules, service as publications
from qiaojiejie.publications.models import Publication
from tests.conftest import config_for

NOW = datetime.fromisoformat("2026-11-16T08:00:00+08:00")


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


def at_once(city: Flask, *steps: Callable[[], Any]) -> list[Any]:
    """Each step in a transaction of its own, begun together: what each gave, or how it was refused."""
    ready = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        with city.app_context(), clock.frozen(NOW):
            ready.wait(timeout=20)
            try:
                given = step()
                db.session.commit()
                return given
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_published_twice_at_once_it_is_published_once(city: Flask) -> None:
    period = rules.Period("monthly", date(2026, 10, 1))

    def publish() -> bool:
        return publications.publish(period=period) is not None

    assert sorted(at_once(city, publish, publish)) == [False, True]
    with city.app_context():
        for table, which in ((Publication, sa.true()), (LedgerEntry, LedgerEntry.fact == facts.PUBLISHED)):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table).where(which)) == 1
