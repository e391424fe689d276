"""Two at once, on a database that really commits."""

from datetime import date, datetime

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.publications import facts, rules, service as publications
from qiaojiejie.publications.models import Publication
from tests.races import at_once

NOW = datetime.fromisoformat("2026-11-16T08:00:00+08:00")


def test_published_twice_at_once_it_is_published_once(city: Flask) -> None:
    period = rules.Period("monthly", date(2026, 10, 1))

    def publish() -> bool:
        return publications.publish(period=period) is not None

    assert sorted(at_once(city, [publish, publish], NOW)) == [False, True]
    with city.app_context():
        for table, which in ((Publication, sa.true()), (LedgerEntry, LedgerEntry.fact == facts.PUBLISHED)):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table).where(which)) == 1
