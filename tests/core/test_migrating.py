"""A migration never makes the service wait: it gives way, comes again, and builds big indexes beside the work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from tests import races
from tests.conftest import ROOT, config_for

COLUMN = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "one", None
def upgrade():
    op.add_column("throttle", sa.Column("note", sa.Text()))
"""
INDEX = """
from alembic import op
revision, down_revision = "two", "one"
def upgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_throttle_note", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_throttle_note", "throttle", ["note"], postgresql_concurrently=True)
"""


@pytest.fixture()
def ahead(new_database: Callable[[], str], tmp_path: Path) -> Iterator[tuple[Flask, str, Path]]:
    """The app, its database, and a folder of migrations of which none has run there."""
    url, folder = new_database(), tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("alembic.ini", "script.py.mako"):
        (folder / name).write_text((ROOT / "migrations" / name).read_text())
    environment = (ROOT / "migrations" / "env.py").read_text()
    (folder / "env.py").write_text(environment.replace("TRIES, PAUSE = 30, 2.0", "TRIES, PAUSE = 3, 0.2"))
    (folder / "versions" / "one.py").write_text(COLUMN)
    (folder / "versions" / "two.py").write_text(INDEX)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM alembic_version")
    with races.opened(config_for(url)) as app, app.app_context():
        yield app, url, folder


@contextmanager
def reading(url: str, seconds: float | None) -> Iterator[psycopg.Connection]:
    """Somebody reads the table in a long transaction, so long or to the end."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM throttle")
        timer = threading.Timer(seconds, connection.rollback) if seconds else None
        if timer:
            timer.start()
        yield connection
        if timer:
            timer.join()


def test_a_migration_gives_way_and_comes_again(ahead: tuple[Flask, str, Path]) -> None:
    _, url, folder = ahead
    with reading(url, 0.4):
        upgrade(str(folder), x_arg="lock_timeout=200ms")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("two",)]
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_throttle_note'::regclass"
        assert connection.execute(valid).fetchall() == [(True,)]


def test_one_that_never_comes_through_leaves_all_as_it_was_and_holds_nobody_up(ahead: tuple[Flask, str, Path]) -> None:
    _, url, folder = ahead
    with reading(url, None), psycopg.connect(url, autocommit=True) as other:
        with pytest.raises(OperationalError, match="lock timeout"):
            upgrade(str(folder), x_arg="lock_timeout=100ms")
        assert other.execute("SELECT FROM throttle").fetchall() == []
        assert other.execute("SELECT FROM alembic_version").fetchall() == []
        assert other.execute("SELECT FROM information_schema.columns WHERE column_name = 'note'"
                             " AND table_name = 'throttle'").fetchall() == []
