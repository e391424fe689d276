"""The service with one thing about it changed, for ``granian`` and ``flask --app``: what the environment asks for.

``SOAK_HURRY``: clocks of sweeps and heartbeats run so many times as fast, so that a short storm sees them at work.
``SOAK_WITHOUT``: a guard taken away, to show that the storm finds its lack (a name of ``GUARDS``).
"""

import os
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from qiaojiejie import cli
from qiaojiejie.core import jobs, worker
from qiaojiejie.core.db import db
from qiaojiejie.inbox import queries as inbox
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import queries as payments
from qiaojiejie.payments.gateway import Gateway
from qiaojiejie.refunds import queries as refunds

#: seconds between a commit and the jobs that are deferred after it, as on a machine that has much to do
LATE = 0.3


def hurry(times: float) -> None:
    """Let sweeps come round, and what they look for count as old, so many times sooner."""
    for name, (seconds, func) in list(jobs.SWEEPS.items()):
        jobs.SWEEPS[name] = (max(1, int(seconds / times)), func)
    payments.STALE = refunds.STALE = payments.STALE / times  # type: ignore[misc]
    inbox.STALE = inbox.STALE / times  # type: ignore[misc]
    worker.STALLED_SECONDS = max(2, int(worker.STALLED_SECONDS / times))  # type: ignore[misc]
    worker.HEARTBEAT_SECONDS = max(1, int(worker.HEARTBEAT_SECONDS / times))  # type: ignore[misc]


def random_keys() -> None:
    """Every call to Stripe has a key of its own, so that what is asked again is done again."""
    for name in ("create", "give_back"):
        asked: Callable[..., Any] = getattr(Gateway, name)

        def ask(self: Gateway, *args: Any, asked: Callable[..., Any] = asked, key: str, **given: Any) -> Any:
            return asked(self, *args, key=f"{key}:{uuid.uuid4()}", **given)

        setattr(Gateway, name, ask)


def no_reconciler() -> None:
    """Nobody asks Stripe after what was not heard of, and no lost job gets another."""
    for name in ("payments.tasks.reconcile", "refunds.tasks.reconcile", "inbox.tasks.remind"):
        jobs.SWEEPS.pop(f"qiaojiejie.{name}")


def jobs_after_commit() -> None:
    """Jobs that follow a fact are deferred in a transaction of their own once the fact's was committed."""
    no_reconciler()
    whole = ledger.append

    def append(fact: str, **given: Any) -> int | None:
        names = ledger.FOLLOWERS.pop(fact, [])
        try:
            entry_id = whole(fact, **given)
        finally:
            ledger.FOLLOWERS[fact] = names
        if entry_id is not None:
            session = db.session()
            session.info.setdefault("late", []).extend((name, entry_id) for name in names)
            if not session.info.get("watched"):
                session.info["watched"] = True
                sa.event.listen(session, "after_commit", partial(_defer_late, session))
        return entry_id

    ledger.append = append  # type: ignore[assignment]


def _defer_late(session: Any, _: Any) -> None:
    late = session.info.pop("late", [])
    if not late:
        return
    time.sleep(LATE)
    with db.engine.connect() as connection:
        for name, entry_id in late:
            driver = connection.connection.driver_connection
            jobs._deferring.configure_task(name, allow_unknown=True, connection=driver).defer(entry_id=entry_id)
        connection.commit()


GUARDS: dict[str, Callable[[], None]] = {
    "stripe keys": random_keys, "reconciler": no_reconciler, "jobs in the transaction": jobs_after_commit}

app = cli.application()
if os.environ.get("SOAK_HURRY"):
    hurry(float(os.environ["SOAK_HURRY"]))
if os.environ.get("SOAK_WITHOUT"):
    GUARDS[os.environ["SOAK_WITHOUT"]]()
