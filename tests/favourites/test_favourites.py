"""Workers a family marks to find again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.favourites import rules, service
from qiaojiejie.favourites.models import Favourite
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories, races

HERE = "/api/v1/me/favourites"


@pytest.fixture()
def family(world: sa.Connection) -> dict[str, str]:
    """A family that has no household yet, signed in."""
    return factories.headers(factories.member(Role.HOUSEHOLD))


def listed(**fields: Any) -> Worker:
    """A worker families can find."""
    made = factories.worker_with_account(**fields)
    workers.refresh(worker=made)
    return made


def kept(client: FlaskClient, who: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    """The first page of somebody's favourites."""
    answer = client.get(f"{HERE}{query}", headers=who)
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def mark(client: FlaskClient, who: dict[str, str], worker: Worker) -> Any:
    """Mark a worker."""
    return client.put(f"{HERE}/{worker.id}", headers=who)


def test_a_favourite_is_shown_as_the_search_shows_her(client: FlaskClient, family: dict[str, str]) -> None:
    she = listed()
    assert kept(client, family) == []
    answer = mark(client, family, she)
    assert answer.status_code == 200, answer.json
    [found] = client.get("/api/v1/workers", headers=family).json["items"]
    assert found["safety_colour"] == "green" and found["next_free_at"] and found["price_from"]
    assert answer.json["worker"] == found
    assert (answer.json["status"], answer.json["status_name"]) == ("available", "可预约")
    assert kept(client, family) == [answer.json]


def test_her_card_is_todays_not_the_days_she_was_marked(client: FlaskClient, family: dict[str, str]) -> None:
    she = listed()
    mark(client, family, she)
    she.health_until = clock.today() - timedelta(days=1)
    she.grade = "AA"
    workers.refresh(worker=she)
    [now] = kept(client, family)
    assert (now["worker"]["safety_colour"], now["worker"]["grade"]) == ("yellow", "AA")


def test_the_newest_comes_first_and_pages_neither_repeat_nor_skip(client: FlaskClient,
                                                                  family: dict[str, str]) -> None:
    made = [str(each.id) for each in (listed() for _ in range(5)) if mark(client, family, each).status_code == 200]
    first = client.get(f"{HERE}?limit=3", headers=family).json
    second = client.get(f"{HERE}?limit=3&cursor={first['next_cursor']}", headers=family).json
    assert [each["worker_id"] for each in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_a_page_takes_as_many_queries_for_many_as_for_one(client: FlaskClient, family: dict[str, str]) -> None:
    def asked() -> int:
        count = 0

        def counted(*_: Any) -> None:
            nonlocal count
            count += 1

        connection = db.session.connection()
        sa.event.listen(connection, "before_cursor_execute", counted)
        kept(client, family)
        sa.event.remove(connection, "before_cursor_execute", counted)
        return count

    mark(client, family, listed())
    one = asked()
    for _ in range(6):
        mark(client, family, listed())
    assert asked() == one > 0


def test_marking_twice_or_unmarking_twice_is_as_once(client: FlaskClient, family: dict[str, str]) -> None:
    first, second = listed(), listed()
    mark(client, family, first)
    mark(client, family, second)
    again = mark(client, family, first)
    assert again.status_code == 200
    assert [each["worker_id"] for each in kept(client, family)] == [str(second.id), str(first.id)]
    for _ in range(2):
        assert client.delete(f"{HERE}/{first.id}", headers=family).status_code == 204
    assert [each["worker_id"] for each in kept(client, family)] == [str(second.id)]
    never = factories.headers(factories.member(Role.HOUSEHOLD))
    assert client.delete(f"{HERE}/{first.id}", headers=never).status_code == 204


def test_it_can_be_asked_of_one_worker_whether_she_is_one(client: FlaskClient, family: dict[str, str]) -> None:
    she, other = listed(), listed()
    mark(client, family, she)
    assert [each["worker_id"] for each in kept(client, family, f"?worker_id={she.id}")] == [str(she.id)]
    assert kept(client, family, f"?worker_id={other.id}") == []


def test_the_same_key_twice_is_one_favourite(client: FlaskClient, world: sa.Connection) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD), key="favourite-1")
    she, other = listed(), listed()
    assert mark(client, who, she).json == mark(client, who, she).json
    assert mark(client, who, other).json["code"] == "KeyReused"
    assert len(kept(client, who)) == 1


@pytest.mark.parametrize(("change", "status"), [
    ({"barred": True}, "barred"), ({"firm_id": None}, "left"), ({"identity_verified_on": None}, "paused")])
def test_who_left_or_is_barred_stays_listed_and_says_so(client: FlaskClient, family: dict[str, str],
                                                        change: dict[str, Any], status: str) -> None:
    she = listed()
    mark(client, family, she)
    for name, value in change.items():
        setattr(she, name, value)
    workers.refresh(worker=she)
    [found] = kept(client, family)
    assert (found["status"], found["worker"], found["called"]) == (status, None, "王阿姨")
    assert mark(client, family, she).json["status"] == status, "she keeps her place"
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    assert mark(client, stranger, she).json["code"] == "WorkerNotFound", "nobody new may mark her"


def test_a_firm_on_the_block_list_is_said_of_its_workers(client: FlaskClient, family: dict[str, str]) -> None:
    she = listed()
    mark(client, family, she)
    db.session.get_one(factories.Firm, she.firm_id).barred = True
    db.session.flush()
    [found] = kept(client, family)
    assert (found["status"], found["worker"]) == ("barred", None)


def test_a_worker_nobody_knows_is_not_found(client: FlaskClient, family: dict[str, str]) -> None:
    answer = client.put(f"{HERE}/{ids.new()}", headers=family)
    assert (answer.status_code, answer.json["code"]) == (404, "WorkerNotFound")


def test_a_family_keeps_two_hundred_and_no_more(client: FlaskClient, world: sa.Connection) -> None:
    house, she = factories.household(), listed()
    who = factories.headers(db.session.get_one(Account, house.account_id))
    firm = factories.firm()
    others = [factories.worker(of=firm) for _ in range(rules.MOST_FAVOURITES)]
    db.session.add_all(Favourite(household_id=house.id, worker_id=each.id, created_at=clock.now()) for each in others)
    db.session.flush()
    full = mark(client, who, she)
    assert (full.status_code, full.json["code"]) == (409, "FavouritesFull")
    assert mark(client, who, others[0]).status_code == 200, "one that is kept already"
    client.delete(f"{HERE}/{others[0].id}", headers=who)
    assert mark(client, who, she).status_code == 200


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("role", [None, *Role])
def test_favourites_are_for_families_and_each_for_its_own(client: FlaskClient, family: dict[str, str],
                                                          role: Role | None, verb: str) -> None:
    she = listed()
    mark(client, family, she)
    org = {Role.FIRM_MANAGER: she.firm_id, Role.BROKER: she.firm_id}.get(role) if role else None
    if role == Role.STATION_CLERK:
        org = factories.station().id
    who = factories.headers(factories.member(role, org)) if role else {}
    answer = client.open(HERE if verb == "GET" else f"{HERE}/{she.id}", method=verb, headers=who)
    if role == Role.HOUSEHOLD:
        assert answer.status_code < 300
        assert verb != "GET" or answer.json["items"] == [], "another family's are not shown"
    else:
        assert answer.status_code == (403 if role else 401)
    assert len(kept(client, family)) == 1, "nobody else changes them"


def place(city: Flask, already: int) -> tuple[Actor, list[Any]]:
    """A family with some favourites, and two workers it has not marked."""
    with city.app_context():
        house, firm = factories.household(), factories.firm()
        old = [factories.worker(of=firm) for _ in range(already)]
        db.session.add_all(Favourite(household_id=house.id, worker_id=each.id, created_at=clock.now())
                           for each in old)
        new = [factories.worker(of=firm).id for _ in range(2)]
        db.session.commit()
        return Actor(house.account_id, ids.new(), Role.HOUSEHOLD, None), new


def test_two_at_once_do_not_pass_the_limit(city: Flask) -> None:
    family, new = place(city, rules.MOST_FAVOURITES - 1)
    told = races.at_once(city, [
        lambda each=each: service.keep(actor=family, worker_id=each) and None for each in new])  # type: ignore[misc]
    assert sorted(told) == ["FavouritesFull", "done"]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Favourite)) == rules.MOST_FAVOURITES


def test_the_same_worker_marked_at_once_is_marked_once(city: Flask) -> None:
    family, new = place(city, 0)
    told = races.at_once(city, [lambda: service.keep(actor=family, worker_id=new[0]) and None] * 6)
    assert told == ["done"] * 6
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Favourite)) == 1
