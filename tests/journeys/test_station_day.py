"""A station on its busiest day: many at once, on a database that really commits."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.activities import service as activities
from qiaojiejie.activities.models import Activity, ActivityPlace
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.desk import service as desk
from qiaojiejie.desk.models import DeskTicket
from qiaojiejie.handwork import service as handwork
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake
from qiaojiejie.openings import service as openings
from qiaojiejie.openings.models import JobApplication, JobOpening
from qiaojiejie.stations import service as stations
from qiaojiejie.stations.models import RoomReservation
from tests import factories
from tests.races import at_once

AT_ONCE = 12


@pytest.fixture()
def clerk(city: Flask) -> Iterator[Actor]:
    """A clerk of a new station."""
    with city.app_context():
        station = factories.station()
        made = Actor(factories.member(Role.STATION_CLERK, station.id).id, uuid4(), Role.STATION_CLERK, station.id)
        db.session.commit()
        yield made


def people(count: int) -> list[Actor]:
    """Families."""
    made = [Actor(factories.member(Role.HOUSEHOLD).id, uuid4(), Role.HOUSEHOLD, None) for _ in range(count)]
    db.session.commit()
    return made


def by_code(city: Flask, steps: list[Callable[[], Any]]) -> Counter[str]:
    """How many of these begun at once ended how."""
    return Counter(each if isinstance(each, str) else "done" for each in at_once(city, steps))


def column(what: Any, where: Any) -> list[Any]:
    """A column as it stands now."""
    return list(db.session.scalars(sa.select(what).where(where)))


def test_numbers_have_no_hole_and_no_double_and_two_windows_call_two(city: Flask, clerk: Actor) -> None:
    station: UUID = clerk.org_id  # type: ignore[assignment]
    who = people(AT_ONCE // 2)
    ended = by_code(city, [lambda each=each: desk.draw(actor=each, station_id=station, subject="health", phone=None)
                           for each in who * 2])
    assert ended == {"done": len(who), "TicketHeld": len(who)}
    assert sorted(column(DeskTicket.number, DeskTicket.station_id == station)) == list(range(1, len(who) + 1))
    called = by_code(city, [lambda window=window: desk.call(actor=clerk, station_id=station, window=window,
                                                            subjects=None) for window in range(1, 5)])
    assert called == {"done": 4}
    windows = column(DeskTicket.window, sa.and_(DeskTicket.station_id == station, DeskTicket.state == "called"))
    assert sorted(windows) == [1, 2, 3, 4], "four windows, four numbers"


def test_a_room_asked_for_by_many_is_one_partys(city: Flask, clerk: Actor) -> None:
    station: UUID = clerk.org_id  # type: ignore[assignment]
    room = stations.add_room(actor=clerk, station_id=station, name="教室", floor=2, seats=40)
    room_id, no = room.id, room.no
    db.session.commit()
    at = clock.now() + timedelta(days=1)
    ended = by_code(city, [lambda off=off: stations.reserve(
        actor=clerk, room_id=room_id, starts=at + timedelta(minutes=off), ends=at + timedelta(minutes=off + 60),
        purpose="class", title="课") for off in range(0, 55, 55 // (AT_ONCE - 1))])
    assert ended["done"] == 1 and set(ended) == {"done", "RoomTaken"}
    assert len(column(RoomReservation.id, RoomReservation.room_no == no)) == 1


def test_pieces_are_never_taken_that_are_not_there(city: Flask, clerk: Actor) -> None:
    order = handwork.post(actor=clerk, pieces=100, due_on=clock.today(), customer="厂", title="花", description="",
                          unit_fen=80).id
    db.session.commit()
    ended = by_code(city, [lambda each=each: handwork.take(actor=each, order_id=order, pieces=15, name="王秀英",
                                                           phone=None, consent=None) for each in people(AT_ONCE)])
    assert ended == {"done": 6, "PiecesTooMany": AT_ONCE - 6}
    assert sum(column(HandworkTake.pieces, HandworkTake.order_id == order)) == 90
    assert column(HandworkOrder.free, HandworkOrder.id == order) == [10]


def test_the_last_places_at_work_are_given_once(city: Flask, clerk: Actor) -> None:
    opening = openings.post(actor=clerk, employer="基地", region_code="321302", wage_low_fen=1, wage_high_fen=2,
                            until=clock.today(), title="岗", description="", places=3, wage_unit="hour").id
    asked = [openings.apply(actor=each, opening_id=opening, words="", name="王秀英", phone=None, consent=None).id
             for each in people(AT_ONCE)]
    db.session.commit()
    ended = by_code(city, [lambda each=each: openings.answer(actor=clerk, application_id=each, answer="place",
                                                             reason=None, on=None) for each in asked])
    assert ended == {"done": 3, "OpeningFull": AT_ONCE - 3}
    assert column(JobOpening.filled, JobOpening.id == opening) == [3]
    placed = sa.and_(JobApplication.opening_id == opening, JobApplication.state == "placed")
    assert len(column(JobApplication.id, placed)) == 3


def test_seats_are_never_given_twice_and_who_waits_longest_is_let_in(city: Flask, clerk: Actor) -> None:
    at = clock.now() + timedelta(days=1)
    activity = activities.plan(actor=clerk, kind="ideas", starts=at, ends=at + timedelta(hours=1), room_id=None,
                               title="宣讲", description="", place="站", seats=4).id
    db.session.commit()
    who = people(AT_ONCE)
    assert by_code(city, [lambda each=each: activities.sign_up(actor=each, activity_id=activity, name="王秀英",
                                                               phone=None, consent=None) for each in who]) == {
        "done": AT_ONCE}

    def of(state: str) -> list[UUID]:
        db.session.expire_all()
        return sorted(column(ActivityPlace.id, sa.and_(ActivityPlace.activity_id == activity,
                                                       ActivityPlace.state == state)))

    signed, waiting = of("signed"), of("waiting")
    assert (len(signed), len(waiting)) == (4, AT_ONCE - 4)
    assert by_code(city, [lambda each=each: activities.leave(actor=clerk, place_id=each) for each in signed[:3]]) == {
        "done": 3}
    assert of("signed") == sorted([signed[3], *waiting[:3]]), "exactly the first three who waited"
    assert column(Activity.taken, Activity.id == activity) == [4]
