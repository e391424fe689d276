"""A small sample city of a fixed day, and questions to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.sandbox import city
from tests.conftest import config_for

DAY = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
WORKERS = 150


@contextmanager
def open_city(address: str) -> Iterator[Flask]:
    """An app on a city of its own, on a fixed day."""
    app = create_app(config_for(address))
    try:
        with app.app_context(), clock.frozen(DAY):
            upgrade()
            city.build(workers=WORKERS)
            yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["db_reader"].dispose()


def rows(sql: str) -> list[Any]:
    """What a question to the database answers."""
    return list(db.session.execute(sa.text(sql)).all())


def value(sql: str) -> Any:
    """The one value a question answers."""
    return db.session.execute(sa.text(sql)).scalar_one()
