"""Activities from the plan to the report, over HTTP."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.core import clock
from tests.stations.scene import PHONE, Station


class Square(Station):
    """The station's activities."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__(client)
        self.at = clock.midnight(clock.today() + timedelta(days=2)) + timedelta(hours=9)

    def plan(self, status: int = 201, **changed: Any) -> Any:
        """An activity of two hours in two days."""
        return self.ask(self.clerk, "/activities", status, **{
            "kind": "service", "title": "公益日", "description": "免费清洗", "place": "广场", "seats": 2,
            "starts": self.at.isoformat(), "ends": (self.at + timedelta(hours=2)).isoformat(), **changed})

    def sign_up(self, activity: Any, who: dict[str, str] | None = None, status: int = 201, **given: Any) -> Any:
        """A place."""
        return self.ask(who or self.woman, f"/activities/{activity['id']}/places", status, name="王秀英", **given)

    def states(self, activity: Any) -> list[str]:
        """Of everybody who signed up, in order."""
        shown = self.ask(self.clerk, f"/activities/{activity['id']}/places")["items"]
        return [each["state"] for each in reversed(shown)]

    def photo(self, who: dict[str, str]) -> str:
        """An uploaded photo: its id."""
        picture = BytesIO()
        Image.new("RGB", (64, 48), "#c33").save(picture, "JPEG")
        picture.seek(0)
        answer = self.client.post("/api/v1/media", headers=who, data={"kind": "photo", "file": (picture, "a.jpg")})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])


@pytest.fixture()
def square(client: FlaskClient) -> Square:
    """A station that holds activities."""
    return Square(client)


def test_who_signs_up_comes_and_is_counted_and_who_does_not_was_absent(square: Square) -> None:
    made = square.plan()
    mine = square.sign_up(made)
    walked_in = square.sign_up(made, square.clerk, phone=PHONE, consent="到场口头同意")
    waiting = square.sign_up(made, square.somebody())
    assert [mine["state"], walked_in["state"], waiting["state"]] == ["signed", "signed", "waiting"]
    attend, report = f"/activities/{made['id']}/attendances", f"/activities/{made['id']}/reports"
    square.ask(square.clerk, attend, 409, activity_place_ids=[mine["id"]])
    with clock.frozen(square.at):
        clerk = square.a_clerk()
        for _ in range(2):
            square.ask(clerk, attend, activity_place_ids=[mine["id"], waiting["id"], mine["id"]])
        held = square.ask(clerk, report, report="清洗 18 户")
        assert (held["state"], held["came"]) == ("held", 2)
        square.ask(clerk, report, 409, report="再来一次")
    assert square.states(made) == ["attended", "absent", "attended"]
    with clock.frozen(square.at + timedelta(days=1)):
        counted = square.ask(None, "/activities/statistics")
    assert (counted["activities"], counted["came"], counted["people"]) == (1, 2, 2)
    assert counted["kinds"] == [{"kind": "service", "activities": 1, "came": 2}]


def test_a_place_given_up_is_who_waits_longests_at_once(square: Square, run_jobs: Any) -> None:
    made = square.plan(seats=1)
    people = [square.somebody() for _ in range(3)]
    places = [square.sign_up(made, who) for who in people]
    square.ask(people[0], f"/activity-places/{places[0]['id']}/departures", method="POST")
    assert square.states(made) == ["left", "signed", "waiting"]
    run_jobs()
    assert square.kinds(people[1]) == ["activity_admitted"] and square.kinds(people[2]) == []
    square.ask(people[2], f"/activity-places/{places[2]['id']}/departures", method="POST")
    assert square.states(made) == ["left", "signed", "left"], "who waited and left frees no seat"
    assert square.ask(None, f"/activities/{made['id']}")["free"] == 0
    square.ask(people[0], f"/activity-places/{places[1]['id']}/departures", 404, method="POST")


def test_an_activity_called_off_tells_who_signed_up_and_frees_its_room(square: Square, run_jobs: Any) -> None:
    room = square.ask(square.clerk, f"{square.path}/rooms", 201, name="大厅", floor=1, seats=80)["id"]
    made = square.plan(room_id=room)
    assert square.plan(409, room_id=room)["code"] == "RoomTaken"
    square.sign_up(made)
    called_off = square.ask(square.clerk, f"/activities/{made['id']}/cancellations", reason="暴雨预警")
    assert (called_off["state"], called_off["reason"], square.states(made)) == ("cancelled", "暴雨预警", ["called_off"])
    run_jobs()
    assert square.kinds(square.woman) == ["activity_called_off"]
    assert square.sign_up(made, square.somebody(), 409)["code"] == "SignUpOver"
    square.plan(room_id=room)


def test_nobody_signs_up_twice_or_after_the_end(square: Square) -> None:
    made = square.plan()
    square.sign_up(made)
    assert square.sign_up(made, status=409)["code"] == "AlreadySigned"
    with clock.frozen(square.at + timedelta(hours=2)):
        assert square.sign_up(made, square.somebody(), 409)["code"] == "SignUpOver"


def test_a_photo_stands_while_people_agree_and_then_is_nowhere(square: Square) -> None:
    made = square.plan()
    path = f"/activities/{made['id']}/photos"
    theirs = square.photo(square.stranger)
    assert square.ask(square.clerk, path, 422, media_id=theirs, consent="同意")["code"] == "PhotoNotOurs"
    mine = square.photo(square.clerk)
    square.ask(square.stranger, path, 404, media_id=theirs, consent="同意")
    added = square.ask(square.clerk, path, 201, media_id=mine, consent="到场人员签字同意")
    assert square.ask(square.clerk, path, 422, media_id=mine, consent="同意")["code"] == "PhotoNotOurs"
    [shown] = square.ask(None, f"/activities/{made['id']}")["photos"]
    assert square.client.get(shown["url"]).status_code == 200
    gone = f"/activity-photos/{added['id']}/withdrawals"
    square.ask(square.stranger, gone, 404, reason="不同意")
    square.ask(square.clerk, gone, 204, reason="照片中的老人要求撤下")
    square.ask(square.clerk, gone, 404, reason="再一次")
    assert square.ask(None, f"/activities/{made['id']}")["photos"] == []
    assert square.client.get(shown["url"]).status_code == 404


@pytest.mark.parametrize("starts, ends", [(-72, -70), (0, 0), (0, 25), (181 * 24, 181 * 24 + 1)])
def test_times_an_activity_cannot_be_at(square: Square, starts: float, ends: float) -> None:
    refused = square.plan(422, starts=(square.at + timedelta(hours=starts)).isoformat(),
                          ends=(square.at + timedelta(hours=ends)).isoformat())
    assert refused["code"] == "ActivityTimesDoNotFit"


def test_another_stations_clerk_has_no_say(square: Square) -> None:
    made = square.plan()
    square.ask(square.stranger, f"/activities/{made['id']}/cancellations", 404, reason="不要")
    square.ask(square.stranger, f"/activities/{made['id']}/places", 404)
    assert square.ask(None, f"/activities?station_id={square.station.id}&kind=service")["items"][0]["id"] == made["id"]
    assert square.ask(None, "/activities?kind=ideas")["items"] == []
