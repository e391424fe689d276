"""A city archives its own bookings into a folder of its own."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.archive import queries
from qiaojiejie.archive import service as archive
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import cities
from qiaojiejie.core.db import db
from tests.archive.conftest import MONTH, past
from tests.cities.conftest import Town


def old(town: Town) -> sa.ScalarResult[Booking]:
    """A city's bookings of long ago."""
    return db.session.scalars(sa.select(Booking).where(sa.func.upper(Booking.during) < sa.func.now()))


def test_what_one_city_archives_the_other_keeps(land: Flask, suqian: Town, xuzhou: Town, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(land.extensions, "archive_dir", tmp_path)
    for town in (suqian, xuzhou):
        with town.inside():
            past()
    with xuzhou.inside():
        written = archive.archive(month=MONTH, by="tester")
        assert written is not None and written.bookings == 1
        name, mark = written.file, cities.mark()
    assert mark and [path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet")] == [Path(mark) / name]
    with suqian.inside():
        assert [each.archived_in for each in old(suqian)] == [None] and queries.written() == []
        assert archive.archive(month=MONTH, by="tester") is not None
    with xuzhou.inside():
        assert [each.archived_in for each in old(xuzhou)] == [MONTH]
    assert {path.parent for path in tmp_path.rglob("*.parquet")} == {tmp_path, tmp_path / mark}
