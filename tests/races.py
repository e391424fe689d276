"""An app whose transactions really commit, and steps begun together on it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from threading import Barrier
from typing import Any

from flask import Flask

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal


@contextmanager
def opened(config: Config) -> Iterator[Flask]:
    """The whole app on a migrated database; its connections are closed at the end."""
    made = create_app(config)
    try:
        yield made
    finally:
        with made.app_context():
            db.session.remove()
            db.engine.dispose()
        made.extensions["db_reader"].dispose()


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
