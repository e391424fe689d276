"""When visits of three hours can begin with 3,000 workers on 14 days, in one call; and with how many, by day.

Through the whole app, served by granian with one blocking thread, seen from its client (so with what the answer's way
takes), on data of its own: everybody at work from 8 to 20, a day with none to three visits at any half hours.
``python benchmarks/availability.py [workers] [calls]``.
"""

import os
import sys
import time
from datetime import timedelta
from statistics import median, quantiles
from urllib.parse import urlencode

import psycopg
from search import ask, connect, database, environment, fill, served

from qiaojiejie.calendars import rules
from qiaojiejie.core import clock

DAYS = 14
FIRST = clock.today() + timedelta(days=1)
ASKED = {"service": "cleaning", "minutes": 180, "from": FIRST, "until": FIRST + timedelta(days=DAYS - 1)}

ENGAGE = """
INSERT INTO worker_day (worker_no, day, bits)
SELECT no, %(today)s + ahead, %(open)s FROM worker, generate_series(0, 59) AS ahead ORDER BY no, ahead
ON CONFLICT (worker_no, day) DO UPDATE SET bits = excluded.bits;
UPDATE worker_day SET bits = bits | (255::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.5;
UPDATE worker_day SET bits = bits | (1023::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.4;
UPDATE worker_day SET bits = bits | (255::bigint << (8 + floor(random() * 20)::int)) WHERE random() < 0.3;
"""


def measure(path: str, calls: int) -> tuple[int, list[float]]:
    """The size of the answer, and the milliseconds each of so many calls took; ten more before to warm up."""
    line, took = connect("app"), []
    for _ in range(calls + 10):
        begin = time.perf_counter()
        size = len(ask(line, path))
        took.append((time.perf_counter() - begin) * 1000)
    return size, took[10:]


def main(workers: int = 3000, calls: int = 100) -> None:
    """Fill, serve, measure, print."""
    with database() as database_url:
        fill(database_url, workers)
        with psycopg.connect(database_url, autocommit=True) as connection, psycopg.ClientCursor(connection) as cursor:
            cursor.execute(ENGAGE, {"today": clock.today(), "open": rules.hours_bits([(480, 1200)])})
            cursor.execute("VACUUM FULL ANALYZE worker_day")
        with served("app", "wsgi:app", environment(database_url)):
            for path, more in (("availability", {"limit": workers}), ("availability/days", {})):
                size, took = measure(f"/api/v1/{path}?{urlencode({**ASKED, **more})}", calls)
                print(f"GET /{path}, {workers} workers, {DAYS} days: median {median(took):.1f} ms, 90 % within"
                      f" {quantiles(took, n=10)[8]:.1f} ms, least {min(took):.1f} ms, {size / 1000:.0f} kB,"
                      f" load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
