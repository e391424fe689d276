"""Changing the data key."""

import base64
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import rotation, secrets
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import KeyRing
from qiaojiejie.identity.models import Account
from tests import factories

OLD, NEW = base64.b64decode("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="), b"n" * 32


@pytest.fixture()
def keys(world: sa.Connection, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Gives ``secrets`` other keys for the length of a test."""
    yield monkeypatch


def use(monkeypatch: pytest.MonkeyPatch, app: Flask, **keys: bytes) -> None:
    monkeypatch.setattr(secrets, "_ring", KeyRing(keys, app.config["QJJ"].index_key.encode()))


def stored_under(world: sa.Connection, table: str, column: str) -> set[str]:
    rows = world.execute(sa.text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")).scalars()
    return {secrets.ring().key_id(bytes(value)) for value in rows}


def test_after_rotation_the_old_key_is_not_needed(app: Flask, world: sa.Connection, keys: pytest.MonkeyPatch) -> None:
    people = [factories.account(f"139000100{n:02}", name=None if n % 2 else f"王{n}") for n in range(11)]
    family = factories.household()
    factories.address(family)
    worker = factories.worker()
    db.session.commit()
    use(keys, app, demo1=OLD, next=NEW)
    done = rotation.run(batch=3)
    assert done["account"] >= 11 and done["worker"] == 1 and done["address"] == 1
    use(keys, app, next=NEW)
    db.session.expire_all()
    for n, person in enumerate(people):
        assert person.phone.reveal() == f"139000100{n:02}"
        assert (person.name.reveal() if person.name else None) == (None if n % 2 else f"王{n}")
    assert worker.name.reveal() == "王秀英"
    for table in sa.inspect(world).get_table_names():
        for column in rotation.Model.metadata.tables.get(table, sa.Table("none", sa.MetaData())).columns:
            if isinstance(column.type, secrets.Encrypted):
                assert stored_under(world, table, column.name) <= {"next"}, f"{table}.{column.name}"
    assert set(rotation.run().values()) == {0}


def test_rotation_stopped_half_way_goes_on_where_it_was(
        app: Flask, world: sa.Connection, keys: pytest.MonkeyPatch) -> None:
    for n in range(6):
        factories.account(f"139000200{n:02}")
    db.session.commit()
    use(keys, app, demo1=OLD, next=NEW)
    real, calls = rotation._seal, []

    def stop_after_one(*arguments: object) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        real(*arguments)  # type: ignore[arg-type]

    keys.setattr(rotation, "_seal", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        rotation.run(batch=2)
    db.session.rollback()
    keys.setattr(rotation, "_seal", real)
    assert stored_under(world, "account", "phone") == {"demo1", "next"}
    assert rotation.run(batch=2)["account"] == 4
    assert stored_under(world, "account", "phone") == {"next"}


def test_blind_indexes_still_find_after_rotation(app: Flask, world: sa.Connection, keys: pytest.MonkeyPatch) -> None:
    who = factories.account("13900030001")
    db.session.commit()
    use(keys, app, demo1=OLD, next=NEW)
    rotation.run()
    found = db.session.scalars(sa.select(Account).where(Account.phone_index == secrets.blind("phone", "13900030001")))
    assert found.one().id == who.id
