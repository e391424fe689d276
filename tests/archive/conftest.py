"""Bookings of two years ago, and a folder to archive them into."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg.types.range import Range

from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories

#: two years and some months ago: its first day
MONTH = date(clock.today().year - 2, 3, 1)


def on(day: int, hour: int = 10) -> datetime:
    """A time of a day of that month, in Suqian."""
    return clock.midnight(MONTH) + timedelta(days=day - 1, hours=hour)


def past(day: int = 12, state: str = "completed", **fields: Any) -> Booking:
    """A booking of that month that is over, with its quote and, where she worked, her engaged time."""
    made = factories.booking(state, start=on(day), **{"created_at": on(day - 1), "closed_at": on(day, 20), **fields})
    if state not in LIVE:
        calendars.engage(worker_no=made.worker.no, during=Range(made.start, made.end), ref=made.ref)
    db.session.flush()
    return made


@pytest.fixture()
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files go."""
    monkeypatch.setitem(app.extensions, "archive_dir", tmp_path)
    return tmp_path
