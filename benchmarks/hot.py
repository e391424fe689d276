"""Many clients hold and cancel the hours of the same few workers over HTTP: does anything lock up, or overlap?"""

import json
import random
from collections.abc import Sequence

from benchmarks import town
from benchmarks.ground import Measured, served
from benchmarks.holds import Quote, hold, quoted
from benchmarks.load import Client, post, run

WORKERS, HOURS = 5, (13, 14, 15)
#: several of each, so that transactions meet
PROCESSES, THREADS = 2, 4

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
OVERLAPS = """
SELECT (SELECT count(*) FROM worker_interval a JOIN worker_interval b
               ON a.worker_no = b.worker_no AND a.id < b.id AND a.during && b.during)
     + (SELECT count(*) FROM booking a JOIN booking b
               ON a.worker_id = b.worker_id AND a.id < b.id AND a.during && b.during
        WHERE a.state = 'held' AND b.state = 'held')
"""


def measure(database_url: str, *, clients: int, seconds: float) -> Measured:
    """Deadlocks, overlaps, and milliseconds within which 99 of 100 requests were answered."""
    families, hers = town.families(database_url, clients), town.cleaners(database_url, WORKERS)
    [[before]] = town.rows(database_url, DEADLOCKS)
    with served("wsgi:app", database_url, processes=PROCESSES, threads=THREADS) as app:
        every = quoted(app.port, database_url, [
            (family, worker, town.tomorrow(hour, 13)) for family in families for worker in hers for hour in HOURS])
        each = len(hers) * len(HOURS)
        turn = run(app.port, [wants(every[at:at + each], random.Random(at)) for at in range(0, len(every), each)],
                   seconds=seconds)
    [[after]], [[overlaps]] = town.rows(database_url, DEADLOCKS), town.rows(database_url, OVERLAPS)
    failed = sum(count for status, count in turn.statuses.items() if status not in (200, 201, 409))
    return {"hot deadlocks": [float(after - before)], "hot overlaps": [float(overlaps)], "hot p99": [turn.p99],
            "hot: requests/s": [turn.rate], "hot: held": [float(turn.statuses[201])],
            "hot: taken already": [float(turn.statuses[409])], "hot: failed": [float(failed)]}


def wants(quotes: Sequence[Quote], chance: random.Random) -> Client:
    """A family that holds any of its quotes and cancels what it got."""
    while True:
        family, quote = chance.choice(quotes)
        status, body = yield hold(family, quote)
        if status == 201:
            yield post(f"/api/v1/bookings/{json.loads(body)['id']}/cancellations", {"expected_refund": 0},
                       **family.headers)
