"""Statements that take long are told in the log, with their route and never with their values."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from structlog.testing import capture_logs

from qiaojiejie.core import hot, slow
from qiaojiejie.core.access import public
from qiaojiejie.core.db import db, read
from tests import races
from tests.conftest import config_for

SLEEP = "SELECT pg_sleep(:long)::text AS done, :name ::text AS name"


@pytest.fixture(scope="module")
def watched(new_database: Callable[[], str]) -> Iterator[Flask]:
    """An app that tells of what takes 300 ms, with routes and a hot read that take longer."""
    with races.opened(config_for(new_database(), SLOW_QUERY_MS="300")) as app:

        @app.get("/api/v1/slow/<kind>")
        @public
        def slowly(kind: str) -> dict[str, str]:
            if kind == "read":
                return {"name": read(SLEEP, {"long": 0.35, "name": "王秀英"})[0].name}
            long = 0.35 if kind == "session" else 0.0
            return {"name": db.session.execute(sa.text(SLEEP), {"long": long, "name": "王秀英"}).one().name}

        app.reads.add([hot.Read("/api/v1/hot/<uuid:id>", None,  # type: ignore[attr-defined]
                                lambda _: str(read(SLEEP, {"long": 0.35, "name": "王秀英"})[0].name))])
        yield app


@pytest.fixture()
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is logged."""
    with capture_logs() as lines:
        monkeypatch.setattr(slow, "log", structlog.get_logger())
        yield lines


@pytest.mark.parametrize(("path", "route"), [
    ("/api/v1/slow/read", "/api/v1/slow/<kind>"), ("/api/v1/slow/session", "/api/v1/slow/<kind>"),
    ("/api/v1/hot/0198c0de-0000-7000-8000-000000000000", "/api/v1/hot/<uuid:id>")])
def test_a_slow_statement_is_told_without_its_values(watched: Flask, told: list[Any], path: str, route: str) -> None:
    assert watched.test_client().get(path).status_code == 200
    [line] = [line for line in told if line["event"] == "slow query"]
    assert line["route"] == route and 350 <= line["ms"] < 5000
    assert "pg_sleep" in line["statement"] and "王秀英" not in str(line)


def test_a_quick_one_is_not_told(watched: Flask, told: list[Any]) -> None:
    assert watched.test_client().get("/api/v1/slow/not").status_code == 200
    assert not [line for line in told if line["event"] == "slow query"]


def test_nothing_is_watched_unless_it_is_asked_for(city: Flask, told: list[Any]) -> None:
    with city.app_context():
        db.session.execute(sa.text(SLEEP), {"long": 0.35, "name": ""})
    assert not told
