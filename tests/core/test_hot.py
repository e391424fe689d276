"""What is asked all the time is answered the short way just as the long way answers it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)
#: sends a request the long way, and is met by nothing
LONG_WAY = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}
Listed = Callable[..., Worker]

FILTERS = st.fixed_dictionaries({}, optional={
    "service": st.sampled_from(["cleaning", "moving", "nothing", ""]), "region": st.sampled_from(["321302", "99", "保"]),
    "lng": st.sampled_from(["118.27", "200", "x"]), "lat": st.sampled_from(["33.96", ""]),
    "price_min": st.sampled_from(["0", "-1", "4000", "1e3"]), "grade_min": st.sampled_from(["B", "Z"]),
    "live_in": st.sampled_from(["true", "maybe"]), "words": st.sampled_from(["王阿姨", "\x00", " ", "wy"]),
    "sort": st.sampled_from(["credit", "price", "distance", "size"]),
    "limit": st.sampled_from(["1", "0", "101", "２"]),
    "cursor": st.sampled_from(["", "abc"]), "else": st.just("1"),
    "free_from": st.sampled_from(["2026-12-01T09:00:00+08:00", "2026-12-01T09:00:00 08:00", "2026-11-01T09:00:00Z"]),
    "free_until": st.sampled_from(["2026-12-01T11:00:00+08:00", "2026-12-09T11:00:00+08:00", "9"])})


@pytest.fixture()
def listed(world: sa.Connection) -> list[Worker]:
    """Some who can be found."""
    with clock.frozen(NOON):
        made = [factories.worker(factories.firm(), score=score) for score in (800, 750, 700)]
        for each in made:
            workers.refresh(worker=each)
            calendars.set_hours(worker_no=each.no, hours=[(day, 480, 1200) for day in range(1, 8)])
    return made


def asks(client: FlaskClient, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """The answer, but for what differs from one to the next."""
    answer = client.get(path, headers=headers)
    kept = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "X-Demo-Now", "Date")}
    body = answer.data.replace(answer.headers["X-Request-Id"].encode(), b"")
    if answer.status_code >= 400:
        kept.pop("Content-Length")
    return answer.status_code, kept, body


def short(client: FlaskClient, path: str) -> bool:
    """Whether the short way is there for it."""
    reads: Any = client.application.reads  # type: ignore[attr-defined]
    return reads.asked(EnvironBuilder(path).get_environ()) is not None


def both_ways(client: FlaskClient, path: str) -> int:
    """What both ways answer, which is the same."""
    answer = asks(client, path)
    assert answer == asks(client, path, **LONG_WAY)
    if answer[0] == 200:
        bare = {name: value for name, value in answer[1].items() if name not in ("Content-Type", "Content-Length")}
        for held in ({"If-None-Match": f'"other", W/{answer[1]["ETag"]}'}, {"If-None-Match": "*"}):
            assert asks(client, path, **held) == asks(client, path, **held, **LONG_WAY) == (304, bare, b"")
    return answer[0]


def test_a_page_and_a_worker_are_the_same_both_ways(client: FlaskClient, listed: list[Worker]) -> None:
    with clock.frozen(NOON):
        for query in ("", "?service=cleaning&limit=2", "?service=cleaning&region=321302&sort=price",
                      "?free_from=2026-12-01T09:00:00%2B08:00&free_until=2026-12-01T11:00:00%2B08:00"):
            assert short(client, f"/api/v1/workers{query}") and both_ways(client, f"/api/v1/workers{query}") == 200
        path = f"/api/v1/workers/{listed[0].id}"
        assert short(client, path) and both_ways(client, path) == 200
        assert both_ways(client, f"{path}?limit=1") == both_ways(client, path)
        assert both_ways(client, f"/api/v1/workers/{factories.account().id}") == 404
        assert both_ways(client, "/api/v1/workers/%00") == both_ways(client, "/api/v1/workers/") == 404


@given(filters=FILTERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_both_ways_say_the_same(client: FlaskClient, listed: list[Worker],
                                                  filters: dict[str, str]) -> None:
    with clock.frozen(NOON):
        assert both_ways(client, f"/api/v1/workers?{urlencode(filters)}") in (200, 400, 422)


def test_what_was_right_when_it_was_asked_first_is_refused_once_it_is_past(client: FlaskClient,
                                                                           listed: list[Worker]) -> None:
    start = NOON + timedelta(hours=3)
    path = "/api/v1/workers?" + urlencode({"free_from": start.isoformat(),
                                           "free_until": (start + timedelta(hours=2)).isoformat()})
    with clock.frozen(NOON):
        assert both_ways(client, path) == 200
    with clock.frozen(start + timedelta(seconds=1)):
        assert both_ways(client, path) == 422


def test_an_unusual_request_goes_the_long_way(client: FlaskClient, listed: list[Worker]) -> None:
    path = "/api/v1/workers?service=cleaning"
    with clock.frozen(NOON):
        first = client.get(path, headers={"X-Request-Id": "asked-by-me-1"})
        assert first.headers["X-Request-Id"] == "asked-by-me-1"
        held = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (held.status_code, held.data) == (304, b"")
        assert client.head(path).headers["ETag"] == first.headers["ETag"]
        assert client.post(path).status_code == 405


def test_who_holds_an_answer_is_believed_for_two_seconds_unless_she_may_have_written(
        client: FlaskClient, listed: list[Worker]) -> None:
    path, family = f"/api/v1/workers/{listed[0].id}", factories.headers(factories.account())
    firm = Actor(listed[0].id, listed[0].id, Role.FIRM_MANAGER, listed[0].firm_id)
    with clock.frozen(NOON):
        held = {"If-None-Match": client.get(path).headers["ETag"]}
        workers.change(worker=listed[0], actor=firm, bio="会做淮扬菜")
        assert client.get(path, headers=held).status_code == 304
        for more in ({}, LONG_WAY, held | family, held | {"X-Read-After": "0/1"}, {"If-None-Match": '"other"'}):
            answer = client.get(path, headers=more)
            assert (answer.status_code, answer.json and answer.json["bio"]) == (200, "会做淮扬菜")
        assert client.get(path, headers=held).status_code == 200  # what was answered last is believed
        held = {"If-None-Match": answer.headers["ETag"]}
        workers.change(worker=listed[0], actor=firm, bio="会做素菜")
    with clock.frozen(NOON + timedelta(seconds=2)):
        answer = client.get(path, headers=held)
        assert (answer.status_code, answer.json and answer.json["bio"]) == (200, "会做素菜")


def test_what_fails_the_short_way_is_answered_for_by_the_long_way(client: FlaskClient, world: sa.Connection) -> None:
    world.execute(sa.text("ALTER TABLE worker RENAME COLUMN card TO kept"))
    answer = client.get("/api/v1/workers?limit=3")
    assert (answer.status_code, answer.json and answer.json["code"]) == (500, "Unexpected")
