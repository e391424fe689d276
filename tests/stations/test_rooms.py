"""A station's page and rooms, over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from tests import factories
from tests.courses.scene import School


class House:
    """A station, its clerk and a room."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.station = client, factories.station()
        self.clerk = factories.headers(factories.member(Role.STATION_CLERK, self.station.id))
        self.stranger = factories.headers(factories.member(Role.STATION_CLERK, factories.station("别站").id))
        self.broker = factories.headers(factories.member(Role.BROKER, factories.firm().id))
        self.room = self.ask(self.clerk, f"/stations/{self.station.id}/rooms", 201, name="教室", floor=2, seats=40)["id"]
        self.at = clock.midnight(clock.today() + timedelta(days=2)) + timedelta(hours=9)

    def ask(self, who: Any, path: str, status: int = 200, method: str | None = None, **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        answer = self.client.open(f"/api/v1{path}", method=method or ("POST" if body else "GET"), headers=who,
                                  json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def reserve(self, who: Any, starts: float, ends: float, status: int = 201, **given: Any) -> Any:
        """The room from one hour to another of the morning."""
        return self.ask(who, f"/station-rooms/{self.room}/reservations", status, **{
            "starts": (self.at + timedelta(hours=starts)).isoformat(),
            "ends": (self.at + timedelta(hours=ends)).isoformat(), "purpose": "interview", "title": "月嫂见面", **given})

    def taken(self) -> list[tuple[datetime, datetime]]:
        """When the room is taken on the day, as anybody sees it."""
        day = clock.local(self.at).date().isoformat()
        [shown] = self.ask(None, f"/stations/{self.station.id}/rooms?day={day}")
        return [tuple(datetime.fromisoformat(each[end]) for end in ("starts", "ends")) for each in shown["taken"]]


@pytest.fixture()
def house(client: FlaskClient) -> House:
    """A station with a room."""
    return House(client)


def test_a_clerk_keeps_her_own_stations_page(house: House) -> None:
    path = f"/stations/{house.station.id}"
    changed = house.ask(house.clerk, path, method="PATCH", hours="每天 8:00–18:00",
                        staff=[{"called": "王老师", "duty": "咨询接待"}])
    assert (changed["hours"], changed["staff"][0]["called"]) == ("每天 8:00–18:00", "王老师")
    assert changed["floors"] == house.station.floors, "what is left out stays"
    assert house.ask(None, path)["staff"] == changed["staff"]
    house.ask(house.stranger, path, 404, method="PATCH", hours="关门")
    house.ask(house.stranger, f"{path}/rooms", 404, name="我的", floor=1, seats=1)


def test_a_room_is_one_partys_at_a_time_and_the_next_may_begin_as_it_ends(house: House) -> None:
    house.reserve(house.broker, 0, 1)
    for starts, ends in ((0, 1), (-0.5, 0.5), (0.5, 2), (0.25, 0.75), (-1, 2)):
        refused = house.reserve(house.clerk, starts, ends, 409)
        assert refused["code"] == "RoomTaken"
    house.reserve(house.clerk, 1, 2)
    house.reserve(house.clerk, -1, 0)
    assert len(house.taken()) == 3


def test_a_room_given_back_can_be_had_again_and_only_its_own_give_it_back(house: House) -> None:
    made = house.reserve(house.broker, 0, 1)
    path = f"/room-reservations/{made['id']}/releases"
    house.ask(house.stranger, path, 404, method="POST")
    assert house.ask(house.clerk, path, method="POST")["state"] == "released", "the clerk may, it is her station"
    assert house.ask(house.broker, path, 409, method="POST")["code"] == "StepNotPossible"
    assert house.taken() == []
    house.reserve(house.broker, 0, 1)
    assert len(house.ask(house.broker, "/me/room-reservations")["items"]) == 2
    assert len(house.ask(house.clerk, f"/stations/{house.station.id}/reservations")["items"]) == 2
    house.ask(house.stranger, f"/stations/{house.station.id}/reservations", 404)


@pytest.mark.parametrize("starts, ends", [(-72, -71), (0, 0.2), (0, 13), (200 * 24, 200 * 24 + 1), (1, 0)])
def test_times_no_room_can_be_had(house: House, starts: float, ends: float) -> None:
    assert house.reserve(house.clerk, starts, ends, 422)["code"] == "RoomTimesDoNotFit"


def test_a_room_over_midnight_is_taken_on_both_days(house: House) -> None:
    house.reserve(house.clerk, 14, 16)
    days = [clock.local(house.at + timedelta(days=off)).date().isoformat() for off in (-1, 0, 1, 2)]
    shown = [house.ask(None, f"/stations/{house.station.id}/rooms?day={day}")[0]["taken"] for day in days]
    assert [len(each) for each in shown] == [0, 1, 1, 0]


def test_another_clerk_does_not_reserve_at_this_station(house: House) -> None:
    assert house.reserve(house.stranger, 0, 1, 404)["code"] == "StationNotFound"
    house.ask(house.clerk, f"/stations/{house.station.id}/rooms", 409, name="教室", floor=1, seats=4)


def test_a_course_has_its_room_for_every_meeting_or_is_not_planned(client: FlaskClient) -> None:
    school, house = School(client), House(client)
    path = f"/courses/{school.course['id']}/sessions"
    body = {"region_code": "321302", "place": "二楼", "seats": 2, "meetings": school.meetings(house.at),
            "room_id": house.room}
    house.reserve(house.broker, 24, 25)
    assert house.ask(school.teaches, path, 409, **body)["code"] == "RoomTaken"
    assert house.taken() == [], "nothing half done: the first morning is free"
    body["meetings"] = school.meetings(house.at + timedelta(days=7))
    made = house.ask(school.teaches, path, 201, **body)
    assert made["station_id"] == str(house.station.id)
    house.at += timedelta(days=7)
    assert len(house.taken()) == 1
    house.ask(school.teaches, f"/course-sessions/{made['id']}/steps", step="cancel", reason="老师生病")
    assert house.taken() == [], "a session that is called off gives its rooms back"
