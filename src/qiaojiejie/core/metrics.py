"""What happens, counted for Prometheus: by one process, or together by all that share ``PROMETHEUS_MULTIPROC_DIR``.

Counting asks the database nothing. What is so at this moment (``@measure``) is asked when somebody looks.
"""

import hmac
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from qiaojiejie.core import cities
from qiaojiejie.core.access import public
from qiaojiejie.core.db import read
from qiaojiejie.core.errors import NotFound, Unauthorized

_OWN = CollectorRegistry()
_REQUESTS = Counter("qjj_requests", "Requests answered, by route and status", ["method", "route", "status"],
                    registry=_OWN)
_OF_CITIES = Counter("qjj_city_requests", "Requests answered, by city and class of status, where there are several",
                     ["city", "status"], registry=_OWN)
_SECONDS = Histogram("qjj_request_seconds", "Time to answer a request", ["method", "route"], registry=_OWN,
                     buckets=(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
_CONNECTIONS = Gauge("qjj_db_connections_in_use", "Connections of the pools that somebody works on", registry=_OWN,
                     multiprocess_mode="livesum")

#: when a request came, and which route answered it, in its environment
BEGAN, ROUTE = "qiaojiejie.began", "qiaojiejie.route"
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_MEASURES: dict[str, tuple[str, Callable[[], float]]] = {}

_QUEUE = """
    SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo') AS todo,
           coalesce((SELECT extract(epoch FROM now() - greatest(job.scheduled_at, min(event.at)))
                     FROM (SELECT id, scheduled_at FROM procrastinate_jobs
                           WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
                           ORDER BY id LIMIT 1) AS job
                     JOIN procrastinate_events event ON event.job_id = job.id
                     GROUP BY job.scheduled_at), 0) AS oldest"""


def measure(name: str, what: str) -> Callable[[Callable[[], float]], Callable[[], float]]:
    """Register a number that is so now: one cheap query on an index, asked at each look."""

    def register(func: Callable[[], float]) -> Callable[[], float]:
        _MEASURES[f"qjj_{name}"] = what, func
        return func

    return register


def last(name: str, what: str) -> Gauge:
    """A number a job or sweep finds now and then: what it was last, whichever process found it."""
    return Gauge(f"qjj_{name}", what, registry=_OWN, multiprocess_mode="mostrecent")


def answered(environ: dict[str, Any], route: str, status: int) -> None:
    """Count a request that is answered."""
    method, environ[ROUTE] = environ["REQUEST_METHOD"], route
    count, seconds = _of(method if method in _METHODS else "other", route, status)
    count.inc()
    seconds.observe(perf_counter() - environ[BEGAN])
    for city in cities.told().values():
        _OF_CITIES.labels(city, f"{status // 100}xx").inc()


@cache
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(method, route, status), _SECONDS.labels(method, route)


@sa.event.listens_for(sa.pool.Pool, "checkout")
def _taken(_: Any, record: Any, __: Any) -> None:
    record.record_info["counted"] = True
    _CONNECTIONS.inc()


@sa.event.listens_for(sa.pool.Pool, "checkin")
def _given_back(_: Any, record: Any) -> None:
    if record.record_info.pop("counted", False):  # one that failed on its way out never was
        _CONNECTIONS.dec()


class _Now(Collector):
    """What is measured at a look."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each number."""
        [queue] = read(_QUEUE)
        yield GaugeMetricFamily("qjj_jobs_todo", "Jobs that wait", value=queue.todo)
        yield GaugeMetricFamily("qjj_jobs_oldest_seconds", "How long the job has been due that waits longest",
                                value=float(queue.oldest))
        for name, (what, func) in _MEASURES.items():
            yield GaugeMetricFamily(name, what, value=func())


def _counted() -> CollectorRegistry:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return _OWN
    for pid in {int(path.stem.rpartition("_")[2]) for path in Path(folder).glob("gauge_live*.db")}:
        if not _lives(pid):  # what it counted stays, what it held does not
            mark_process_dead(pid, folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, folder)
    return together


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and is somebody else's
        return True
    return True


def _may(token: str) -> None:
    """Refuse whoever does not hold the token. Where none is set nobody may look, but in a demo the machine itself: an
    address says little in production, where a proxy beside the service is the peer of the whole world."""
    if token:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            raise Unauthorized()
    elif request.remote_addr not in ("127.0.0.1", "::1"):
        raise NotFound()


def init_app(app: Flask, token: str, demo: bool) -> None:
    """Answer ``/metrics``: what is counted, and what is so now. Of several cities each says at its own host what is so
    in it; what is counted is of all of them, and said at a host that is no city's."""

    @app.get("/metrics")
    @public
    def metrics() -> Response:
        if not token and not demo:
            raise NotFound()
        _may(token)
        city = None if cities.nowhere() else cities.here()
        told = b"" if city else generate_latest(_counted())
        if not cities.nowhere():
            now = CollectorRegistry(auto_describe=False)
            now.register(_Now())
            told += generate_latest(now)
        return Response(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)
