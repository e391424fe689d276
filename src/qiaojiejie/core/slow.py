"""What is told of a statement that is over: to the log when it took long, to a trace where there is one.

The text without its values, for which route, how long.
"""

from time import perf_counter, time_ns
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app, g, has_request_context, request

from qiaojiejie.core import cities

log = structlog.get_logger()

#: of a statement's text at most so many characters are told
_LONGEST = 2000


def told(statement: str, began: float) -> None:
    """Tell of a statement that began at ``began`` and is over."""
    limit = current_app.config.get("SLOW_QUERY_MS")
    took = (perf_counter() - began) * 1000
    if "tracer" in current_app.extensions:
        _trace(statement, took)
    if limit and took >= limit:
        route = str(request.url_rule or "") if has_request_context() else g.get("route", "")
        log.warning("slow query", ms=round(took, 1), route=route, statement=" ".join(statement.split())[:_LONGEST],
                    **cities.told())


def _trace(statement: str, milliseconds: float) -> None:
    now, verb = time_ns(), statement.split(None, 1)[0].upper()
    current_app.extensions["tracer"].start_span(verb, start_time=now - int(milliseconds * 1e6), attributes={
        "db.system.name": "postgresql", "db.query.text": statement, **cities.told()}).end(now)


def watch(engine: sa.Engine) -> None:
    """Tell of whatever is slow through this engine."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    def begin(connection: sa.Connection, *_: Any) -> None:
        connection.info["began"] = perf_counter()

    @sa.event.listens_for(engine, "after_cursor_execute")
    def end(connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
        told(statement, connection.info["began"])
