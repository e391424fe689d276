"""Stations as a family looks for one."""

from datetime import date
from uuid import uuid4

from flask.testing import FlaskClient

from tests.factories import station


def names(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/api/v1/stations?{query}")
    assert answer.status_code == 200, answer.json
    return [row["name"] for row in answer.json["items"]]


def test_the_nearest_station_comes_first_with_its_distance(client: FlaskClient) -> None:
    station("far", lat=34.2)
    station("near", lat=33.9401)
    station("nearer", lat=33.9392)
    answer = client.get("/api/v1/stations?lng=118.2735&lat=33.9391").json
    assert [(row["name"], row["distance_m"]) for row in answer["items"]] == [
        ("nearer", 11), ("near", 111), ("far", 29011)]


def test_walking_the_pages_of_near_stations_meets_each_once(client: FlaskClient) -> None:
    for number in range(7):
        station(f"s{number}", lat=33.94 + number // 3 * 0.01)  # some equally far
    seen, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/api/v1/stations?lng=118.2735&lat=33.9391&limit=2&cursor={cursor}" if cursor
                            else "/api/v1/stations?lng=118.2735&lat=33.9391&limit=2").json
        seen += answer["items"]
        cursor = answer["next_cursor"]
    assert sorted(row["name"] for row in seen) == [f"s{number}" for number in range(7)]
    distances = [row["distance_m"] for row in seen]
    assert distances == sorted(distances)


def test_stations_of_one_district_in_the_order_they_opened(client: FlaskClient) -> None:
    station("second", opened_on=date(2022, 1, 1))
    station("first", opened_on=date(2020, 1, 1))
    station("elsewhere", region_code="321322")
    assert names(client, "region=321302") == ["first", "second"]
    assert names(client, "region=110101") == []


def test_half_a_place_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stations?lng=118.2", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["errors"]) == (
        422, [{"in": "query", "pointer": "/lat", "message": "Give lng and lat together"}])
    assert client.get("/api/v1/stations?lng=nan&lat=33").status_code == 422
    assert client.get("/api/v1/stations?lng=181&lat=33").status_code == 422


def test_a_cursor_from_another_place_is_refused(client: FlaskClient) -> None:
    station("one")
    station("two")
    cursor = client.get("/api/v1/stations?limit=1").json["next_cursor"]
    assert client.get(f"/api/v1/stations?limit=1&region=321302&cursor={cursor}").json["code"] == "BadCursor"


def test_a_station_says_where_it_is_and_what_happens_on_each_floor(client: FlaskClient) -> None:
    made = station("幸福站")
    answer = client.get(f"/api/v1/stations/{made.id}").json
    assert answer["floors"] == [{"floor": 1, "functions": ["咨询接待", "妇女微家"]}]
    assert (answer["hours"], answer["opened_on"], answer["distance_m"]) == (
        "周一至周六 8:30–17:30", "2021-03-08", None)
    assert client.get(f"/api/v1/stations/{uuid4()}").json["code"] == "StationNotFound"
    assert client.get("/api/v1/stations/7").status_code == 404
