"""The app on a database of its own, where transactions really commit, at the stand-in for Stripe."""

import contextlib
import logging
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.core import clock, jobs, worker
from qiaojiejie.core.db import db, engine_url
from qiaojiejie.payments.gateway import Gateway
from tests import races
from tests.conftest import config_for
from tests.soak.service import Postgres
from tests.soak.trial import Untrue
from tests.stripe_sandbox import SECRET, StripeSandbox, serve

T = TypeVar("T")
#: a job is taken by one of those who work at once; one that fails is put back
_TAKE = sa.text("""
    DELETE FROM procrastinate_jobs WHERE id = (
        SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING task_name, args""")
#: what locks a row in a statement
_LOCKS = re.compile(r"\s+FOR (NO KEY )?UPDATE\b( OF \w+(, \w+)*)?( SKIP LOCKED)?")
#: how often jobs may fail before they count as never done
MOST_FAILURES = 25
#: past the time after which what is open is asked after
LATER = timedelta(seconds=40)


@dataclass(frozen=True)
class Ground:
    """The app and the stand-in."""

    city: Flask
    stripe: StripeSandbox

    def work(self, hands: int = 1) -> None:
        """Every deferred job and those they defer, by so many at once. Raises Untrue when one fails for good."""
        failures: list[str] = []

        def take() -> None:
            while len(failures) < MOST_FAILURES:
                with self.city.app_context():
                    row = db.session.execute(_TAKE).one_or_none()
                    db.session.commit()
                if row is None:
                    return
                try:
                    worker.run_framed(self.city, jobs.TASKS[row.task_name], **row.args)
                except Exception as failed:  # tried again, as the job worker would
                    failures.append(f"{row.task_name}: {type(failed).__name__}: {failed}")
                    with self.city.app_context():
                        jobs.defer(row.task_name, **row.args)
                        db.session.commit()
                    time.sleep(0.01)

        if hands > 1:
            with ThreadPoolExecutor(hands) as pool:
                list(pool.map(lambda _: take(), range(hands)))
        take()
        if len(failures) >= MOST_FAILURES:
            self.execute("DELETE FROM procrastinate_jobs")
            raise Untrue(f"a job fails for good: {failures[-1]}")

    def later(self, *sweeps: str) -> None:
        """Time passes: these sweeps come round, and all they defer is done."""
        with clock.frozen(clock.now() + LATER):
            for name in sweeps:
                worker.run_framed(self.city, jobs.SWEEPS[f"qiaojiejie.{name}"][1])
            self.work()

    def at_once(self, steps: Sequence[Callable[[], T]]) -> list[T]:
        """Each step in a thread of its own, begun together: what each gave."""
        ready = Barrier(len(steps), timeout=30)

        def run(step: Callable[[], T]) -> T:
            ready.wait()
            return step()

        with ThreadPoolExecutor(len(steps)) as pool:
            return list(pool.map(run, steps))

    def execute(self, sql: str, **given: Any) -> None:
        """Change something by hand."""
        with self.city.app_context():
            db.session.execute(sa.text(sql), given)
            db.session.commit()

    def rows(self, sql: str, **given: Any) -> list[dict[str, Any]]:
        """What a question answers."""
        with self.city.app_context():
            return [dict(row) for row in db.session.execute(sa.text(sql), given).mappings()]

    def check(self, **expected: tuple[Any, Any]) -> None:
        """Each pair is equal, and nothing is wrong in the books. Raises Untrue."""
        wrong = [f"{name}: {found}, should be {due}" for name, (found, due) in expected.items() if found != due]
        wrong += [str(row) for row in self.rows('SELECT "check", subject, detail FROM ledger_health')]
        if wrong:
            raise Untrue("; ".join(wrong))


@contextlib.contextmanager
def opened(city: Flask, stripe: StripeSandbox, connections: int = 60) -> Iterator[Ground]:
    """An app pointed at a stand-in that behaves, with a connection for every thread."""
    before = city.extensions["stripe_gateway"]
    wide = sa.create_engine(engine_url(city.config["SQLALCHEMY_DATABASE_URI"]), pool_size=connections, max_overflow=2,
                            pool_timeout=30)
    city.extensions["stripe_gateway"] = gateway = Gateway(
        api_key="sk_test_demo", api_base=stripe.url, webhook_secrets=(SECRET,), public_url="http://localhost")
    city.extensions["db_override"] = wide
    stripe.control()
    try:
        yield Ground(city, stripe)
    finally:
        stripe.control()
        city.extensions.update(stripe_gateway=before)
        city.extensions.pop("db_override")
        gateway.close()
        wide.dispose()


@contextlib.contextmanager
def alone(connections: int = 120) -> Iterator[Ground]:
    """The same with a PostgreSQL and a stand-in of its own."""
    with tempfile.TemporaryDirectory(prefix="qjj-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder / "pg", folder / "postgres.log")
        postgres.start()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        try:
            with (contextlib.contextmanager(serve)(folder) as stripe, races.opened(
                    config_for(postgres.url, LOG_LEVEL="CRITICAL")) as city):
                with city.app_context():
                    upgrade()
                with opened(city, stripe, connections) as ground:
                    yield ground
        finally:
            postgres.kill()


@contextlib.contextmanager
def without_locks() -> Iterator[None]:
    """The control: no row is locked while it is changed, but a job while it is taken."""
    def unlocked(_: Any, __: Any, statement: str, values: Any, *___: Any) -> tuple[str, Any]:
        return (statement if "procrastinate_jobs" in statement else _LOCKS.sub("", statement)), values

    sa.event.listen(sa.Engine, "before_cursor_execute", unlocked, retval=True)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", unlocked)
