"""Migrations over many cities, several at a time, each in one transaction.

In processes, for Alembic keeps what it is doing in its modules; they load no room, as migrations know none.
"""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from flask import Flask
from flask_migrate import Migrate, upgrade

from qiaojiejie.core import cities, db as database
from qiaojiejie.core.cities import City
from qiaojiejie.core.config import Config

#: the app of a process that migrates
_app: Flask | None = None


def run(app: Flask, wanted: Sequence[City], at_once: int) -> Iterator[tuple[City, str | None]]:
    """Bring these cities up to date; each with what stopped it, None when nothing did."""
    if len(wanted) == 1:
        yield wanted[0], _migrate(wanted[0], app)
    elif wanted:
        with ProcessPoolExecutor(min(at_once, len(wanted)), multiprocessing.get_context("spawn"), _begin,
                                 (app.config["QJJ"], app.extensions["migrate"].directory)) as pool:
            yield from zip(wanted, pool.map(_migrate, wanted), strict=True)


def _begin(config: Config, directory: str) -> None:
    global _app
    _app = Flask("migrations")
    _app.config["QJJ"] = config
    database.init_app(_app, config)
    Migrate(_app, database.db, directory=directory)


def _migrate(wanted: City, app: Flask | None = None) -> str | None:
    app = app or _app
    assert app is not None  # a process of the pool begins with one
    with cities.within(wanted), app.app_context():
        try:
            upgrade()
        except (Exception, SystemExit) as fault:  # whatever it is, this city stays as it was and the others go on
            return line(fault)
    return None


def line(fault: BaseException) -> str:
    """What went wrong, for a person, in one line."""
    return " ".join(f"{type(fault).__name__}: {getattr(fault, 'orig', fault)}".split())[:300]
