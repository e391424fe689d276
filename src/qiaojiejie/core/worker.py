"""The job worker: a process that runs deferred jobs and sweeps. It owns the procrastinate side of ``jobs``.

Where there are several cities each has a queue beside its tables: a job is of the city in whose queue it lies.
"""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Collection, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import procrastinate
import psycopg
import sqlalchemy as sa
import structlog
from flask import Flask
from psycopg.conninfo import make_conninfo

from qiaojiejie.core import cities, clock, demo, idempotency, jobs, limits
from qiaojiejie.core.cities import City
from qiaojiejie.core.db import db, lock_key
from qiaojiejie.core.errors import Refusal

log = structlog.get_logger()

#: a worker says so often that it lives; the jobs of one that was silent for so long are put back
HEARTBEAT_SECONDS, STALLED_SECONDS = 4, 15
#: how long after the database went away it is tried again
AWAY_SECONDS = 1
#: how often the cities are looked at for new ones
LOOK_SECONDS = 5

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


def served(app: Flask, only: Collection[str] = ()) -> tuple[City | None, ...]:
    """The cities whose jobs and sweeps are run here, ``only`` these codes where some are named; None is the one city
    that has the database to itself. Raises Unavailable."""
    tenants = app.extensions["tenants"]
    if tenants is None:
        return (None,)
    return tuple(city for city in tenants.all() if not only or city.code in only)


def sweep_once(app: Flask, name: str, func: Callable[[], None], city: City | None = None) -> None:
    """Run a sweep in a city unless somebody is at it there; what fails is logged."""
    def locked() -> None:
        if db.session.execute(sa.select(sa.func.pg_try_advisory_xact_lock(lock_key(name)))).scalar_one():
            func()

    try:
        with cities.within(city):
            run_framed(app, locked)
    except Exception:  # one failing sweep must not stop the others; it is logged and tried again on its next turn
        log.exception("sweep failed", sweep=name, city=city and city.code)


def _sweep(app: Flask, stop: threading.Event, only: Collection[str]) -> None:
    sweeps = {**jobs.SWEEPS, "core.revive_stalled": (5, revive_stalled), "core.forget_old": (3600, forget_old)}
    due = dict.fromkeys(sweeps, 0.0)
    while not stop.wait(0.5):
        for name, (seconds, func) in sweeps.items():
            if time.monotonic() >= due[name]:
                _sweep_everywhere(app, stop, only, name, func)
                due[name] = time.monotonic() + seconds


def _sweep_everywhere(app: Flask, stop: threading.Event, only: Collection[str], name: str,
                      func: Callable[[], None]) -> None:
    try:
        for city in served(app, only):
            if not stop.is_set():
                sweep_once(app, name, func, city)
    except Refusal:  # which cities there are can't be read just now
        log.exception("sweep failed", sweep=name)


def _in_city(app: Flask, city: City | None, func: Callable[..., None], **arguments: Any) -> None:
    with cities.within(city):
        run_framed(app, func, **arguments)


def build(app: Flask, conninfo: str, city: City | None = None) -> procrastinate.App:
    """The procrastinate application of a city's queue with every registered task, each run in a frame there."""
    if city is not None:
        conninfo = make_conninfo(conninfo, options=city.options)
    runner = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    for name, func in jobs.TASKS.items():
        runner.task(name=name, retry=jobs.RETRY)(partial(_in_city, app, city, func))
    return runner


async def _work(app: Flask, conninfo: str, city: City | None, concurrency: int) -> None:
    """Run a city's jobs until cancelled, also after the database went away and came back."""
    while True:
        try:
            async with build(app, conninfo, city).open_async() as runner:
                await runner.run_worker_async(
                    concurrency=concurrency, fetch_job_polling_interval=2, shutdown_graceful_timeout=10,
                    delete_jobs="successful", update_heartbeat_interval=HEARTBEAT_SECONDS,
                    install_signal_handlers=False)
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError):
            log.exception("the database went away; trying again", city=city and city.code)
        await asyncio.sleep(AWAY_SECONDS)


async def _work_everywhere(app: Flask, conninfo: str, concurrency: int, only: Collection[str]) -> None:
    """Run the jobs of every city, of one that is opened meanwhile and no longer of one that is closed, until told to
    stop. What breaks one of them breaks the process."""
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, asyncio.current_task().cancel)  # type: ignore[union-attr]
    at_work = dict[str, asyncio.Task[None]]()
    try:
        while True:
            await _look(app, at_work, lambda city: _work(app, conninfo, city, concurrency), only)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await _end(at_work.values())


async def _look(app: Flask, at_work: dict[str, asyncio.Task[None]],
                work: Callable[[City | None], Coroutine[Any, Any, None]], only: Collection[str]) -> None:
    try:
        wanted = {city.code if city else "": city for city in await asyncio.to_thread(served, app, only)}
    except Refusal:  # those at work go on
        log.exception("which cities there are can't be read")
        return
    await _end([at_work.pop(code) for code in at_work.keys() - wanted])
    for code in wanted.keys() - at_work:
        at_work[code] = asyncio.create_task(work(wanted[code]))
    for task in at_work.values():
        if task.done():
            task.result()


async def _end(tasks: Collection["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def run(app: Flask, conninfo: str, concurrency: int = 4, only: Collection[str] = ()) -> None:
    """Run jobs and sweeps until SIGTERM or Ctrl-C, then finish what is under way."""
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(app, stop, only), name="sweeper", daemon=True)
    sweeper.start()
    log.info("job worker ready", tasks=len(jobs.TASKS), sweeps=len(jobs.SWEEPS))
    try:
        asyncio.run(_work_everywhere(app, conninfo, concurrency, only))
    except asyncio.CancelledError:  # told to stop
        log.info("job worker stopped")
    finally:
        stop.set()
        sweeper.join(timeout=5)
