"""The command, a process of its own, is killed at its two worst moments; run again it goes on, and nothing is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.archive import queries, rules
from qiaojiejie.archive.models import ArchivedMonth
from qiaojiejie.booking.models import Booking
from qiaojiejie.core.db import db
from tests.archive.conftest import MONTH, past
from tests.conftest import ROOT

WAITS = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                " AND query ~ :what")

HEALTH = sa.text("SELECT * FROM ledger_health ORDER BY subject")


@contextmanager
def command(city: Flask, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """``flask archive bookings`` of that month, running."""
    env = {**os.environ, "QJJ_MODE": "test", "DATABASE_URL": city.config["QJJ"].database_url, "LOG_LEVEL": "WARNING",
           "ARCHIVE_DIR": str(folder), "PYTHONPATH": str(ROOT / "src")}
    child = subprocess.Popen([sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "archive", "bookings",
                              f"{MONTH:%Y-%m}"], env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def kill_while(city: Flask, folder: Path, holding: str, waiting: str) -> None:
    """Kill the command while it waits in a statement for what is held."""
    with city.app_context():
        with db.engine.begin() as other:
            other.execute(sa.text(holding))
            with command(city, folder) as child:
                for _ in range(600):
                    with db.engine.connect() as watching:
                        if watching.execute(WAITS, {"what": waiting}).scalar_one():
                            break
                    assert child.poll() is None, child.stdout and child.stdout.read().decode()
                    time.sleep(0.05)
                else:
                    pytest.fail("it never came there")


def whole(city: Flask) -> list[bool]:
    """Of each booking whether all of it is in the hot tables, one after the other as they were made."""
    with city.app_context():
        return [each.archived_in is None for each in db.session.scalars(sa.select(Booking).order_by(Booking.id))]


def test_a_kill_in_any_step_loses_nothing(city: Flask, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    with city.app_context():
        made = [past(day) for day in (3, 4, 5)]
        quote_id, ids = made[1].quote_id, sorted(str(each.id) for each in made)
        db.session.commit()
        before = db.session.execute(HEALTH).all()  # no money moved in this test

    # while a batch is taken: its transaction never was
    kill_while(city, tmp_path, f"SELECT FROM quote WHERE id = '{quote_id}' FOR UPDATE", "DELETE FROM quote")
    assert whole(city) == [True] * 3 and list(tmp_path.iterdir()) == []

    # when the file lies there and the partition is about to be dropped: all is in the database still
    kill_while(city, tmp_path, f"LOCK TABLE {rules.partition(MONTH)} IN ACCESS SHARE MODE", "DROP TABLE")
    assert whole(city) == [False] * 3 and [each.name for each in tmp_path.iterdir()] == [rules.file_name(MONTH, 1)]
    with city.app_context():
        assert queries.counts(MONTH) == (9, 3) and queries.written() == []

    (tmp_path / rules.file_name(MONTH, 1)).write_bytes(b"half of a fi")  # and the machine went down with it
    with command(city, tmp_path) as child:
        said, _ = child.communicate(timeout=60)
    assert child.returncode == 0, said.decode()
    with city.app_context():
        [month] = queries.written()
        assert (month.part, month.bookings, month.rows) == (1, 3, 9)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ArchivedMonth)) == 1
        there = db.session.execute(sa.text("SELECT to_regclass(:name)"), {"name": rules.partition(MONTH)})
        assert there.scalar_one() is None
        assert db.session.execute(HEALTH).all() == before
    table = parquet.read_table(tmp_path / month.file).to_pylist()
    assert [row["key"] for row in table if row["of"] == "booking"] == ids
