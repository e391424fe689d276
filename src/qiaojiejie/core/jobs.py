"""Jobs: deferred by name on the session's own connection, so state, fact and job commit together or not at all.

Two kinds. ``@task`` functions run once per deferred job, at least once (so each is idempotent), in a transaction of
their own. ``@every`` functions are swept outside the queue by whichever worker process holds the advisory lock: what
must happen although a job was lost (an expiry, a reconciliation) is an ``@every``.
"""

from collections.abc import Callable, Iterable
from typing import Any

import procrastinate
import structlog
from procrastinate import RetryStrategy, SyncPsycopgConnector

from qiaojiejie.core.db import db

log = structlog.get_logger()

#: The application side: its connector is never opened, every deferral brings its connection.
_deferring = procrastinate.App(connector=SyncPsycopgConnector())

TASKS: dict[str, Callable[..., None]] = {}
SWEEPS: dict[str, tuple[int, Callable[[], None]]] = {}

RETRY = RetryStrategy(max_attempts=12, exponential_wait=2)


def task(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a job, named ``room.verb``; its arguments are JSON values."""

    def register(func: Callable[..., None]) -> Callable[..., None]:
        if TASKS.setdefault(name, func) is not func:
            raise ValueError(f"two jobs are named {name}")
        return func

    return register


def every(seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a sweep, run about every ``seconds`` in a transaction of its own."""

    def register(func: Callable[[], None]) -> Callable[[], None]:
        SWEEPS[f"{func.__module__}.{func.__qualname__}"] = (seconds, func)
        return func

    return register


def defer_all(wanted: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Have these jobs run, each by its name and with its arguments, once this transaction commits; in one statement."""
    made = [_deferring.configure_task(name, allow_unknown=True).make_new_job(**arguments) for name, arguments in wanted]
    if made:
        _deferring.job_manager.batch_defer_jobs(made, connection=db.session.connection().connection.driver_connection)


def defer_many(name: str, arguments: Iterable[dict[str, Any]]) -> None:
    """Have a job run once for each of these arguments when this transaction commits."""
    defer_all((name, each) for each in arguments)


def defer(name: str, **arguments: Any) -> None:
    """Have a job run once this transaction commits."""
    defer_all([(name, arguments)])
