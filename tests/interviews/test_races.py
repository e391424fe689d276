"""Families who want the same half hour, on a database that really commits."""

from functools import partial
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.interviews import service as interviews
from tests import factories, races
from tests.interviews import scene


def families(number: int) -> list[Actor]:
    """So many families."""
    return [Actor(factories.household().account_id, ids.new(), Role.HOUSEHOLD, None) for _ in range(number)]


def asked(city: Flask, rooms: int, workers: int, who: int = 2, times: int = 1) -> list[str]:
    """What came of families who at once ask for a worker each (or for the same one) at one station and time."""
    at = [factories.tomorrow(10 + 2 * step, days=2) for step in range(times)]
    with city.app_context():
        station_id = factories.station().id
        for number in range(rooms):
            scene.room(station_id, f"室{number}")
        nurses = [scene.nurse().id for _ in range(workers)]
        actors = families(who)
        db.session.commit()

    def book(number: int) -> str:
        worker: UUID = nurses[number % workers]
        interviews.book(actor=actors[number % who], worker_id=worker, service_code=scene.SERVICE,
                        station_id=station_id, starts=at[number % times])
        return "done"

    together = range(max(who, workers, times))
    return sorted(races.at_once(city, [partial(book, number) for number in together]))


def counted(city: Flask, table: str) -> int:
    """How many rows there are."""
    with city.app_context():
        return int(db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_of_two_families_who_want_one_worker_one_meets_her(city: Flask) -> None:
    assert asked(city, rooms=2, workers=1) == ["SlotTaken", "done"]
    assert counted(city, "interview") == counted(city, "room_reservation") == counted(city, "worker_interval") == 1


def test_of_two_families_who_want_the_last_room_one_has_it(city: Flask) -> None:
    assert asked(city, rooms=1, workers=2) == ["NoRoomFree", "done"]
    assert counted(city, "interview") == counted(city, "worker_interval") == 1


def test_two_families_and_two_rooms_have_one_each(city: Flask) -> None:
    assert asked(city, rooms=2, workers=2) == ["done", "done"]


def test_a_family_that_asks_for_two_hours_with_one_worker_at_once_has_one(city: Flask) -> None:
    assert asked(city, rooms=2, workers=1, who=1, times=2) == ["InterviewStands", "done"]


def test_a_family_that_asks_for_five_at_once_has_three(city: Flask) -> None:
    told = asked(city, rooms=5, workers=5, who=1)
    assert told == ["InterviewsFull"] * 2 + ["done"] * 3
