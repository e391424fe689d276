"""An app whose transactions really commit, and steps begun together on it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.app import create_app
from qiaojiejie.core import clock, jobs, secrets, worker
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import close, db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.payments.gateway import Gateway
from tests.stripe_sandbox import SECRET, StripeSandbox

#: the job that waits longest, taken
NEXT_JOB = sa.text("DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs"
                   " WHERE status = 'todo') RETURNING task_name, args")


@contextmanager
def opened(config: Config) -> Iterator[Flask]:
    """The whole app on a migrated database; its connections are closed at the end, and the keys that were in use before
    are in use again."""
    keys = secrets._ring
    made = create_app(config)
    try:
        yield made
    finally:
        close(made)
        secrets._ring = keys


def at_once(city: Flask, steps: Sequence[Callable[[], Any]], at: datetime | None = None) -> list[Any]:
    """Each step in a transaction and thread of its own, begun together: in their order, what each gave (``done`` when
    nothing), or the code of its refusal. The clock stands still at ``at`` when it is given."""
    ready = Barrier(len(steps), timeout=20)

    def run(step: Callable[[], Any]) -> Any:
        with city.app_context(), clock.frozen(at) if at else nullcontext():
            ready.wait()
            try:
                given = step()
                db.session.commit()
                return "done" if given is None else given
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


@contextmanager
def at_stripe(city: Flask, sandbox: StripeSandbox) -> Iterator[Flask]:
    """The app at a stand-in for Stripe that behaves; nothing is wrong in its books at the end."""
    city.extensions["stripe_gateway"] = gateway = Gateway(
        api_key="sk_test_demo", api_base=sandbox.url, webhook_secrets=(SECRET,), public_url="http://localhost")
    sandbox.control()
    yield city
    with city.app_context():
        assert db.session.execute(sa.text("SELECT * FROM ledger_health")).all() == []
    gateway.close()


def work(city: Flask) -> None:
    """Every deferred job, again and again until all are done; one that fails is tried again as the worker would."""
    failures = 0
    while True:
        with city.app_context():
            row = db.session.execute(NEXT_JOB).one_or_none()
            db.session.commit()
        if row is None:
            return
        try:
            worker.run_framed(city, jobs.TASKS[row.task_name], **row.args)
        except Exception:
            failures += 1
            assert failures < 20, row
            with city.app_context():
                jobs.defer(row.task_name, **row.args)
                db.session.commit()
