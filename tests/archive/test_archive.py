"""A month of settled bookings becomes a file, and nothing a person needs is gone with it."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as parquet
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.range import Range

from qiaojiejie.archive import queries, rules
from qiaojiejie.archive import service as archive
from qiaojiejie.archive.errors import HoldNotFound, NotAsWritten, TooYoung
from qiaojiejie.archive.models import ArchivedMonth
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.cli import archive_bookings, archive_hold, archive_verify
from qiaojiejie.core import clock
from qiaojiejie.core.db import Model, db
from qiaojiejie.core.secrets import Encrypted
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger.models import LedgerEntry
from tests import factories
from tests.archive.conftest import MONTH, on, past


def rows(folder: Path, part: int = 1) -> list[tuple[str, str, dict[str, Any]]]:
    """What a file of that month says."""
    table = parquet.read_table(folder / rules.file_name(MONTH, part))
    return [(row["of"], row["key"], json.loads(row["row"])) for row in table.to_pylist()]


def run() -> ArchivedMonth | None:
    """The month archived, as the command does it."""
    return archive.archive(month=MONTH, by="tester")


def is_whole(booking: Booking) -> bool:
    """Whether all of a booking is still in the database."""
    db.session.expire_all()
    quote, interval = db.session.get(Quote, booking.quote_id), db.session.scalar(
        sa.select(WorkerInterval).where(WorkerInterval.ref == booking.ref))
    assert (quote is None) == (interval is None) == (booking.archived_in is not None)
    return booking.archived_in is None


def test_a_settled_booking_is_in_the_file_and_its_family_finds_it_as_before(
        world: sa.Connection, client: FlaskClient, folder: Path) -> None:
    booking = past()
    headers = factories.headers(db.session.get_one(Account, booking.household.account_id))
    paths = (f"/api/v1/bookings/{booking.id}", "/api/v1/bookings?limit=5")
    before = [client.get(path, headers=headers).json for path in paths]
    counts = "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM posting), (SELECT count(*) FROM review)"
    entries, *others = world.execute(sa.text(counts)).one()

    written = run()
    assert written is not None and (written.bookings, written.rows, written.part) == (1, 3, 1)
    assert not is_whole(booking)
    assert [client.get(path, headers=headers).json for path in paths] == before
    assert world.execute(sa.text(counts)).one() == (entries + 1, *others)
    fact = db.session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert fact is not None and fact.fact == "archive.month_written" and fact.data["sha256"] == written.sha256

    found = {of: (key, row) for of, key, row in rows(folder)}
    assert found["booking"][0] == found["booking"][1]["id"] == str(booking.id)
    assert found["quote"][0] == found["booking"][1]["quote_id"] == str(booking.quote_id)
    assert found["worker_interval"][1]["ref"] == booking.ref
    assert found["booking"][1]["total_fen"] == 13800 and found["booking"][1]["lines"] == booking.lines
    assert world.execute(sa.text("SELECT to_regclass(:name)"), {"name": rules.partition(MONTH)}).scalar() is None


def test_nothing_that_is_sealed_is_in_the_file(world: sa.Connection, folder: Path) -> None:
    past(note="王秀英家，密码 9988")
    run()
    kept = {column for of, _, row in rows(folder) for column in row if isinstance(
        Model.metadata.tables[of].columns[column].type, Encrypted)}
    assert kept == set()
    text = json.dumps([row for _, _, row in rows(folder)], ensure_ascii=False)
    assert "王秀英" not in text and "9988" not in text and "\\\\x05" not in text
    assert {"door_code", "note"} <= set(Booking.__table__.columns.keys())


def test_another_month_and_what_is_not_over_stay(world: sa.Connection, folder: Path) -> None:
    over = past(day=1)
    before, after = past(day=12, state="cancelled"), past(day=20)
    before.during = Range(on(1) - timedelta(hours=30), on(1, 0))  # ends as the month begins
    after.during = Range(on(20), clock.midnight(rules.next_month(MONTH)))
    live = past(day=14, state="served")
    db.session.flush()
    written = run()
    assert written is not None and written.bookings == 2 and not is_whole(over)
    assert before.archived_in == MONTH and after.archived_in is None and is_whole(live)


def test_a_quote_nobody_took_goes_and_one_that_two_bookings_came_of_goes_with_the_last(
        world: sa.Connection, folder: Path) -> None:
    lapsed = past(day=3, state="expired")
    again = past(day=4)
    again.quote_id, again.household_id = lapsed.quote_id, lapsed.household_id
    again.complaint_open = True
    lone = factories.quote(start=on(8), created_at=on(5), expires_at=on(5, 11)).id
    young = factories.quote(start=on(8))
    db.session.flush()
    run()
    assert db.session.get(Quote, lapsed.quote_id) and db.session.get(Quote, young.id)
    assert {key for of, key, _ in rows(folder) if of == "quote"} >= {str(lone)}
    again.complaint_open = False
    db.session.flush()
    run()
    assert str(lapsed.quote_id) in {key for of, key, _ in rows(folder, 2) if of == "quote"}


def test_what_is_two_years_old_only_is_not_taken(world: sa.Connection, folder: Path) -> None:
    this = clock.today().replace(day=1)
    assert rules.last_month(date(2026, 11, 29), 24) == date(2024, 10, 1)
    assert rules.last_month(date(2026, 1, 1), 6) == date(2025, 6, 1)
    for month in (this, rules.next_month(this, -rules.YOUNGEST)):
        with pytest.raises(TooYoung):
            archive.archive(month=month, by="tester")
    assert archive.archive(month=rules.next_month(this, -1 - rules.YOUNGEST), by="tester") is None


def test_a_month_twice_is_nothing_and_what_was_settled_since_is_another_file(
        world: sa.Connection, folder: Path) -> None:
    settled, disputed = past(), past(complaint_open=True)
    first = run()
    assert first is not None and is_whole(disputed) and not is_whole(settled)
    before = (folder / first.file).read_bytes()
    assert run() is None and run() is None
    assert queries.parts(MONTH) == 1
    disputed.complaint_open = False
    db.session.flush()
    second = run()
    assert second is not None and (second.part, second.bookings) == (2, 1) and not is_whole(disputed)
    assert (folder / first.file).read_bytes() == before
    assert run() is None


def test_a_file_that_is_read_back_otherwise_stops_all_before_anything_is_dropped(
        world: sa.Connection, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    booking, put_in_place = past(), os.replace

    def bad_disk(part: Path, target: Path) -> None:
        table = parquet.read_table(part)
        row = table.column("row").to_pylist()
        row[0] = row[0].replace("13800", "13801")
        parquet.write_table(table.set_column(2, "row", [row]), part)
        put_in_place(part, target)

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", bad_disk)
        with pytest.raises(NotAsWritten, match="Nothing was deleted"):
            run()
    db.session.expire_all()
    month = queries.open_month(MONTH)
    assert month is not None and month.finished_at is None and queries.counts(MONTH) == (3, 1)
    again = run()
    assert again is not None and again.rows == 3 and not is_whole(booking)


def test_two_at_once_take_a_booking_once(world: sa.Connection, folder: Path) -> None:
    ids = [past(day).id for day in (3, 4)]
    archive._begin(MONTH, "one")
    archive._take_bookings(MONTH, ids[:1])
    other = run()  # another command goes on with what the first began
    assert other is not None and (other.bookings, other.begun_by) == (2, "one")
    archive._take_bookings(MONTH, ids)  # and the first finds that it is over
    assert archive._finish(MONTH) is None


def test_who_must_stay_stays_until_let_go(world: sa.Connection, app: Flask, folder: Path) -> None:
    booking = past()
    db.session.flush()
    month, runner = f"{MONTH:%Y-%m}", app.test_cli_runner()
    assert runner.invoke(archive_hold, [str(booking.id), "--because", "法院通知"]).exit_code == 0
    told = runner.invoke(archive_bookings, [month])
    assert told.exit_code == 0 and "nothing to archive" in told.output and "1 stay: hold" in told.output
    assert is_whole(booking)
    assert runner.invoke(archive_hold, [str(booking.id)]).exit_code == 0
    told = runner.invoke(archive_bookings, ["--months-old", "7", "--by", "王"])
    assert told.exit_code == 0 and "1 bookings, 3 rows, sha256 " in told.output and not is_whole(booking)
    assert runner.invoke(archive_verify).exit_code == 0
    (folder / rules.file_name(MONTH, 1)).write_bytes(b"PAR1")
    assert "other bytes than were written" in runner.invoke(archive_verify).output
    with pytest.raises(HoldNotFound):
        archive.let_go(booking_id=booking.id)
    with pytest.raises(HoldNotFound):
        archive.hold(booking_id=uuid4(), because="x", by="y")


def test_no_web_process_loads_the_library() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, qiaojiejie.cli; print([m for m in sys.modules if 'pyarrow' in m])"],
        capture_output=True, text=True, check=True, env={**os.environ})
    assert said.stdout.strip() == "[]"
