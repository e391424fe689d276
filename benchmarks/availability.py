"""When visits of three hours can begin with 3,000 workers on 14 days, in one call; and with how many, by day.

The whole app in one process, called as a server calls it, on data of its own: everybody at work from 8 to 20, a day
with none to three visits at any half hours. So it is the server's time, PostgreSQL's and the app's, no client's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import psycopg
from flask import Flask
from werkzeug.test import EnvironBuilder

from benchmarks import town
from benchmarks.ground import Maker, Measured, app_on
from qiaojiejie.calendars import rules
from qiaojiejie.core import clock

DAYS, CALLS = 14, 10

ENGAGE = """
INSERT INTO worker_day (worker_no, day, bits)
SELECT no, %(today)s + ahead, %(open)s FROM worker, generate_series(0, 59) AS ahead ORDER BY no, ahead
ON CONFLICT (worker_no, day) DO UPDATE SET bits = excluded.bits;
INSERT INTO worker_skill (worker_no, service_code, district, cell, score, grade_rank, price_fen, working_since, firm_id,
                          live_in, papers_until)
SELECT no, 'cleaning', district, cell, score, 2, 4000, 2018, firm_id, false, insured_until FROM worker
ON CONFLICT DO NOTHING;
UPDATE worker_day SET bits = bits | (255::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.5;
UPDATE worker_day SET bits = bits | (1023::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.4;
UPDATE worker_day SET bits = bits | (255::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.3;
"""


def measure(new_database: Maker, *, workers: int, rounds: int) -> Measured:
    """Milliseconds of the server, the median of a round's calls; and statements a call."""
    url, first = town.made(new_database, workers), clock.today() + timedelta(days=1)
    town.execute(url, ENGAGE, today=clock.today(), open=rules.hours_bits([(480, 1200)]))
    town.execute(url, "VACUUM FULL ANALYZE worker_day")
    found: Measured = {"availability": [], "availability, days": [], "availability, queries": []}
    with app_on(url) as app:
        for number in range(-1, rounds):
            asked = {"service": "cleaning", "minutes": 180, "from": first + timedelta(days=max(0, number)),
                     "until": first + timedelta(days=max(0, number) + DAYS - 1)}
            city = f"availability?{urlencode({**asked, 'limit': workers})}"
            days = f"availability/days?{urlencode(asked)}"
            took = _median(app, city), _median(app, days)
            with counted() as queries:
                call(app, city)
            if number >= 0:
                for name, value in zip(found, (*took, float(len(queries))), strict=True):
                    found[name].append(value)
    return found


def _median(app: Flask, path: str) -> float:
    took = sorted(call(app, path) for _ in range(CALLS))
    return took[CALLS // 2]


def call(app: Flask, path: str) -> float:
    """Milliseconds until the whole answer is there."""
    where, _, query = path.partition("?")
    environ = EnvironBuilder(path=f"/api/v1/{where}", query_string=query, headers={"Host": "localhost"}).get_environ()
    told = list[str]()
    begun = time.perf_counter()
    body = b"".join(app.wsgi_app(environ, lambda status, headers, *_: told.append(status)))
    took = (time.perf_counter() - begun) * 1000
    if told != ["200 OK"] or len(body) < 100:
        raise ValueError(f"{told}: {body[:500]!r}")
    return took


@contextmanager
def counted() -> Iterator[list[Any]]:
    """Every statement psycopg is given meanwhile."""
    given, execute = list[Any](), psycopg.Cursor.execute

    def count(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        given.append(query)
        return execute(self, query, *args, **kwargs)

    with mock.patch.object(psycopg.Cursor, "execute", count):
        yield given
