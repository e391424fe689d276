"""A fact that only these tests publish, and what is done with the log again and again."""

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import queries, rules, service
from qiaojiejie.transparency.gateway import keys

SAID, HUSHED = "weather.said", "weather.hushed"


def read(entries: Sequence[LedgerEntry]) -> dict[int, rules.Leaf]:
    """What the log says of the weather; of rain it says nothing."""
    return {entry.id: rules.Leaf("weather", {"sky": entry.data["sky"]}, subject=entry.data.get("about"))
            for entry in entries if entry.data["sky"] != "rain"}


@pytest.fixture()
def world(world: sa.Connection) -> sa.Connection:
    """As elsewhere; what other tests recorded for good does not wait for the log here."""
    world.execute(sa.text("DELETE FROM log_pending"))
    return world


@pytest.fixture(autouse=True)
def public_weather() -> Iterator[None]:
    """The weather is public for the length of a test, and nothing else is."""
    before = dict(service.READERS)
    service.READERS.clear()
    service.publishes(SAID)(read)
    yield
    service.READERS.clear()
    service.READERS.update(before)


def say(count: int = 1, sky: str = "sun", about: str | None = None) -> list[int]:
    """So many entries of the ledger; their ids."""
    data = {"sky": sky, **({"about": about} if about else {})}
    return [ledger.append(SAID, subject="weather:1", actor="system", data=data) or 0 for _ in range(count)]


def grow(count: int = 1, **what: str) -> int:
    """So many entries more, all taken up; the size of the log."""
    say(count, **what)
    while service.sequence():
        pass
    db.session.commit()
    size: int = queries.head()["size"]
    return size


def found() -> list[str]:
    """What `flask log verify` finds."""
    db.session.commit()
    db.session.expire_all()
    return list(queries.faults(keys().log, service.READERS))


@pytest.fixture()
def city(city: Flask) -> Flask:
    """The whole app on a database of its own, with an empty log."""
    with city.app_context():
        db.session.execute(sa.text("DELETE FROM log_pending"))
        db.session.commit()
    return city
