"""A city that was dumped comes back whole, in another database, and what is missing is named."""

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from PIL import Image

from qiaojiejie.cli import verify
from qiaojiejie.core import embedded
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf
from tests import factories, races
from tests.conftest import ROOT, config_for


@pytest.fixture(scope="module")
def programs() -> Path:
    """Where PostgreSQL's programs lie: the embedded server's, or those on the path beside a server of one's own."""
    if not os.environ.get("TEST_DATABASE_URL"):
        return Path(embedded.start(ROOT / "instance" / "test-postgres").bin_path)
    found = shutil.which("pg_dump")
    if found is None:
        pytest.skip("no pg_dump for the server of TEST_DATABASE_URL")
    return Path(found).parent


@pytest.fixture(autouse=True)
def public_weather(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of fact that is public and simple."""

    def read(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
        return {entry.id: Leaf("weather", {"sky": entry.data["sky"]}) for entry in entries}

    monkeypatch.setitem(transparency.READERS, "weather.said", read)


def live(url: str, folder: Path) -> None:
    """A small city: people, a booking, leaves in the public log, a picture."""
    with races.opened(config_for(url, MEDIA_DIR=str(folder))) as app, app.app_context():
        hers = factories.headers(factories.member(Role.HOUSEHOLD))
        factories.booking("held")
        ledger.append("weather.said", subject="weather:1", actor=ledger.SYSTEM, data={"sky": "sun"})
        db.session.commit()
        while transparency.sequence():
            db.session.commit()
        picture = io.BytesIO()
        Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
        picture.seek(0)
        answer = app.test_client().post("/api/v1/media", headers=hers, data={
            "kind": "photo", "file": (picture, "a.jpg")})
        assert answer.status_code == 201


def verified(app: Flask) -> tuple[int, str]:
    """What ``flask verify`` says, and its exit status."""
    with app.app_context():
        found = app.test_cli_runner().invoke(verify, catch_exceptions=False)
    return found.exit_code, found.output


def test_a_dumped_city_comes_back_whole(new_database: Callable[[], str], server: str, programs: Path,
                                        tmp_path: Path) -> None:
    before, here, there = new_database(), tmp_path / "media", tmp_path / "restored"
    live(before, here)
    dump = tmp_path / "city.dump"
    subprocess.run([programs / "pg_dump", "--format=custom", "--no-owner", f"--file={dump}", before], check=True)
    shutil.copytree(here, there)
    after = new_database()
    with psycopg.connect(server, autocommit=True) as connection:
        name = psycopg.conninfo.conninfo_to_dict(after)["dbname"]
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name}")
    subprocess.run([programs / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={after}", dump], check=True)

    with races.opened(config_for(after, MEDIA_DIR=str(there))) as app:
        assert app.test_client().get("/readyz").status_code == 200
        assert verified(app) == (0, "一切完好 · all is here and whole\n")
        [upload] = [path for path in there.rglob("*") if path.is_file()]
        upload.unlink()
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE log_leaf DISABLE TRIGGER ALL")
            connection.exec_driver_sql("DELETE FROM log_leaf WHERE index = 0")
        status, said = verified(app)
        assert status == 1 and "log_opening 0 opens no leaf" in said
        assert f"media {upload.name}: nothing lies there" in said
    with races.opened(config_for(after, MEDIA_DIR=str(there), QJJ_DATA_KEYS="other:" + "A" * 43 + "=")) as app:
        status, said = verified(app)
        assert status == 1 and "QJJ_DATA_KEYS do not open what is in account" in said
