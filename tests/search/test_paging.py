"""Walking all pages while the list changes: nobody twice, nobody left out who stood throughout."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker, WorkerService

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)
HERE = {"lng": 118.2755, "lat": 33.9631, "radius": 8000}
FREE = {"free_from": "2026-12-01T09:00:00+08:00", "free_until": "2026-12-01T11:00:00+08:00"}
Listed = Callable[..., Worker]


@pytest.fixture(autouse=True)
def time_stands() -> Any:
    with clock.frozen(NOON):
        yield


def walk(client: FlaskClient, asked: dict[str, Any], between: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Ids page by page; ``between`` happens before each further page."""
    cursor, pages = None, count()
    while next(pages) < 200:
        answer = client.get("/api/v1/workers", query_string={**asked, **({"cursor": cursor} if cursor else {})}).json
        yield from (item["id"] for item in answer["items"])
        cursor = answer["next_cursor"]
        if cursor is None:
            return
        between()
    raise AssertionError("the walk does not end")


def someone(listed: Listed, chance: Random) -> Worker:
    """A worker with few different scores, prices, years and places, so that most of them tie."""
    made = listed(score=chance.choice([600, 700, 800]), services={"cleaning": chance.choice([3000, 4000])},
                  working_since=chance.choice([None, 2010, 2020]),
                  cell=cell(118.2755 + chance.choice([0, 0.02]), 33.9631))
    calendars.set_hours(worker_no=made.no, hours=[(2, 480, 1200)])
    return made


def unsettle(listed: Listed, chance: Random, standing: set[str], everyone: list[Worker]) -> None:
    """Insert two; change the key of two by every sort order; take one off the list. None of those stood."""
    everyone += [someone(listed, chance), someone(listed, chance)]
    moved, left = chance.sample(everyone, 2), chance.choice(everyone)
    for worker in moved:
        worker.score, worker.working_since = chance.randint(500, 900), chance.randint(1990, 2026)
        worker.cell = cell(118.2755 + chance.random() / 50, 33.9631)
        db.session.get_one(WorkerService, (worker.id, "cleaning")).price_fen = chance.randint(2000, 6000)
        db.session.flush()
        workers.refresh(worker=worker)
    left.firm_id = None
    workers.refresh(worker=left)
    standing -= {str(worker.id) for worker in (*moved, left)}


@pytest.mark.parametrize("filters", [{}, {"service": "cleaning"}, {"service": "cleaning", "region": "321302", **FREE}],
                         ids=["all", "service", "free"])
@pytest.mark.parametrize("sort", ["credit", "price", "experience", "distance"])
def test_a_walk_repeats_none_and_skips_none_that_stood(client: FlaskClient, listed: Listed, sort: str,
                                                       filters: dict[str, Any]) -> None:
    chance = Random(f"{sort} {filters}")
    everyone = [someone(listed, chance) for _ in range(25)]
    standing = {str(worker.id) for worker in everyone}
    asked = {**filters, "sort": sort, "limit": 4, **(HERE if sort == "distance" else {})}
    seen = list(walk(client, asked, lambda: unsettle(listed, chance, standing, everyone)))
    steady = [worker_id for worker_id in seen if worker_id in standing]
    assert len(standing) > 5
    assert sorted(steady) == sorted(standing)
    newcomers = {str(worker.id) for worker in everyone[25:]}
    assert all(seen.count(worker_id) == 1 for worker_id in set(seen) & newcomers & standing)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("sort", ["credit", "price", "experience", "distance"])
def test_pages_of_any_size_add_up_to_the_same_list(client: FlaskClient, listed: Listed, sort: str, limit: int) -> None:
    chance = Random(limit)
    made = {str(someone(listed, chance).id) for _ in range(14)}
    whole = list(walk(client, {"sort": sort, "limit": 100, **HERE}))
    assert set(whole) == made and len(whole) == len(made)
    assert list(walk(client, {"sort": sort, "limit": limit, **HERE})) == whole


def test_a_full_last_page_has_no_cursor(client: FlaskClient, listed: Listed) -> None:
    for _ in range(4):
        listed()
    assert client.get("/api/v1/workers?limit=4").json["next_cursor"] is None
    assert client.get("/api/v1/workers?limit=3").json["next_cursor"] is not None


def forged(cursor: str) -> str:
    """The cursor with another first letter in its signature (the last one holds bits that say nothing)."""
    body, _, seal = cursor.rpartition(".")
    return f"{body}.{'A' if seal[0] != 'A' else 'B'}{seal[1:]}"


def test_a_cursor_belongs_to_its_own_question_and_can_not_be_made_up(client: FlaskClient, listed: Listed) -> None:
    listed(), listed()
    cursor = client.get("/api/v1/workers?limit=1").json["next_cursor"]
    assert client.get("/api/v1/workers", query_string={"cursor": cursor, "limit": 50}).status_code == 200
    for question in ({"cursor": cursor, "sort": "price"}, {"cursor": cursor, "service": "cleaning"},
                     {"cursor": forged(cursor)}, {"cursor": "WzEsMl0"}):
        answer = client.get("/api/v1/workers", query_string=question)
        assert (answer.status_code, answer.json["code"]) == (400, "BadCursor")
