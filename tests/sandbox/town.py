"""A small sample city of a fixed day, and questions to its database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.db import close, db
from qiaojiejie.households.models import Address
from qiaojiejie.identity.models import Account
from qiaojiejie.sandbox import city
from qiaojiejie.workers.models import Worker
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
        close(app)


def rows(sql: str) -> list[Any]:
    """What a question to the database answers."""
    return list(db.session.execute(sa.text(sql)).all())


def value(sql: str) -> Any:
    """The one value a question answers."""
    return db.session.execute(sa.text(sql)).scalar_one()


def private() -> set[str]:
    """What everybody in the city would not have told to strangers: names, phones, ID numbers, addresses."""
    sealed = [*db.session.execute(sa.select(Worker.name, Worker.phone, Worker.id_number)),
              *db.session.execute(sa.select(Account.name, Account.phone)),
              *db.session.execute(sa.select(Address.detail, Address.contact_name, Address.contact_phone))]
    return {each.reveal() for row in sealed for each in row if each is not None}


def tell_tale(text: str, secrets: set[str]) -> set[str]:
    """Which of the secrets stand in a text: names and addresses among its Chinese, numbers among its digits."""
    words = {run[start:start + length] for run in set(re.findall(r"[\u3400-\u9fff·]{2,}", text))
             for length in range(2, 7) for start in range(len(run) - length + 1)}
    numbers = {run[start:start + length] for run in set(re.findall(r"\d{11,}[\dX]?", text))
               for length in (11, 18) for start in range(len(run) - length + 1)}
    long = {secret for secret in secrets if len(secret) > 6 and not secret[:-1].isdigit()}
    return secrets & words | secrets & numbers | {secret for secret in long if secret in text}
