"""The job worker: a process that runs deferred jobs and sweeps. It owns the procrastinate side of ``jobs``."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import procrastinate
import psycopg
import sqlalchemy as sa
import structlog
from flask import Flask

from qiaojiejie.core import clock, demo, idempotency, jobs, limits
from qiaojiejie.core.db import db

log = structlog.get_logger()

#: a worker says so often that it lives; the jobs of one that was silent for so long are put back
HEARTBEAT_SECONDS, STALLED_SECONDS = 4, 15
#: how long after the database went away it is tried again
AWAY_SECONDS = 1

_REVIVE = sa.text("""
    SELECT procrastinate_retry_job_v1(job.id, now(), NULL, NULL, NULL) FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :age))
""")


def run_framed(app: Flask, func: Callable[..., None], **arguments: Any) -> None:
    """Run a job or sweep as a request is run: an app context, one transaction, commit or rollback."""
    with app.app_context():
        try:
            if app.config["DEMO"]:
                demo.set_clock()
            func(**arguments)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def revive_stalled() -> None:
    """Put jobs of workers that died back in the queue (every job is idempotent)."""
    revived = db.session.execute(_REVIVE, {"age": STALLED_SECONDS}).all()
    if revived:
        log.warning("revived stalled jobs", count=len(revived))


def forget_old() -> None:
    """Drop idempotency keys and throttle counts that are of no more use."""
    idempotency.sweep()
    limits.sweep(clock.now() - timedelta(days=2))


def _sweep_once(app: Flask, name: str, func: Callable[[], None]) -> None:
    def locked() -> None:
        held = db.session.execute(sa.text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": name})
        if held.scalar_one():
            func()

    try:
        run_framed(app, locked)
    except Exception:  # one failing sweep must not stop the others; it is logged and tried again on its next turn
        log.exception("sweep failed", sweep=name)


def _sweep(app: Flask, stop: threading.Event) -> None:
    sweeps = {**jobs.SWEEPS, "core.revive_stalled": (5, revive_stalled), "core.forget_old": (3600, forget_old)}
    due = dict.fromkeys(sweeps, 0.0)
    while not stop.wait(0.5):
        for name, (seconds, func) in sweeps.items():
            if time.monotonic() >= due[name]:
                _sweep_once(app, name, func)
                due[name] = time.monotonic() + seconds


def build(app: Flask, conninfo: str) -> procrastinate.App:
    """The procrastinate application with every registered task, each run in a frame."""
    runner = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    for name, func in jobs.TASKS.items():
        runner.task(name=name, retry=jobs.RETRY)(partial(run_framed, app, func))
    return runner


def _work(app: Flask, conninfo: str, concurrency: int) -> bool:
    """Run jobs until asked to stop; False when the database went away, and jobs are to be taken up again."""
    runner = build(app, conninfo)
    try:
        with runner.open():
            runner.run_worker(concurrency=concurrency, fetch_job_polling_interval=2, shutdown_graceful_timeout=10,
                              delete_jobs="successful", update_heartbeat_interval=HEARTBEAT_SECONDS)
    except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError):
        log.exception("the database went away; trying again")
        return False
    return True


def run(app: Flask, conninfo: str, concurrency: int = 4) -> None:
    """Run jobs and sweeps until SIGTERM or Ctrl-C, then finish what is under way."""
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(app, stop), name="sweeper", daemon=True)
    sweeper.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log.info("job worker ready", tasks=len(jobs.TASKS), sweeps=len(jobs.SWEEPS))
    try:
        while not _work(app, conninfo, concurrency):
            time.sleep(AWAY_SECONDS)
    finally:
        stop.set()
        sweeper.join(timeout=5)
