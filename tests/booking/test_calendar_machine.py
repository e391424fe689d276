"""Whatever many do to a few calendars at once, no worker is engaged twice, and no time for nothing."""

import os

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core.db import db
from tests.booking.machine import WRONGS, Town, lived
from tests.soak.slots import unguarded

#: towns, and rounds in each; many more towns by CALENDAR_TOWNS
TOWNS, ROUNDS = int(os.environ.get("CALENDAR_TOWNS", "1")), 14

TAMPERED = {
    "engaged for nothing": "UPDATE booking SET state = 'expired', closed_at = created_at",
    "a live booking without its time": "UPDATE booking SET during = tstzrange(lower(during), upper(during) +"
                                       " interval '1 minute')",
    "bits": "UPDATE worker_day SET bits = bits # 1 WHERE day = (SELECT max(day) FROM worker_day)",
}


@pytest.mark.parametrize("seed", range(TOWNS))
def test_whatever_is_done_at_once_every_calendar_is_true(city: Flask, seed: int) -> None:
    town = Town(city, seed)
    wrong = lived(town, ROUNDS)
    assert not wrong, (town.now, town.last)
    done = {name for name, answer in town.told if answer == "done"}
    assert done >= {"book", "pay", "begin_series"} and len(done) >= 8, town.told
    assert any(answer not in ("done", "StepNotPossible") for _, answer in town.told)


def test_without_the_constraint_those_who_book_at_once_engage_somebody_twice(city: Flask) -> None:
    town = Town(city, 0)
    town.deeds.all = [(1, town.deeds.book)]
    with unguarded(city):
        wrong = lived(town, ROUNDS)
        assert "engaged twice" in {what for what, *_ in wrong}, town.told
        with city.app_context():
            db.session.execute(sa.text("TRUNCATE worker_interval"))
            db.session.commit()


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_wrong_is_seen(city: Flask, what: str) -> None:
    town = Town(city, 0)
    town.deeds.all = [(1, town.deeds.book)]
    town.round()
    assert not town.wrong() and set(TAMPERED) - {"bits"} <= set(WRONGS)
    with city.app_context():
        db.session.execute(sa.text(TAMPERED[what]))
        db.session.commit()
    assert {found for found, *_ in town.wrong()} == {what}
