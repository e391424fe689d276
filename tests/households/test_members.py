"""People of a family who are cared for."""

from itertools import pairwise, product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.households import rules, service
from qiaojiejie.households.models import Member
from qiaojiejie.identity.models import Look
from tests import factories, races

HERE = "/api/v1/me/members"
MOTHER = {"name": "诸葛桂兰", "birth_year": 1948, "relation": "parent", "needs": ["chronic", "semi_dependent"]}


@pytest.fixture()
def family(world: sa.Connection) -> dict[str, str]:
    """A family that has no household yet, signed in."""
    return factories.headers(factories.member(Role.HOUSEHOLD))


def added(client: FlaskClient, who: dict[str, str], **changes: Any) -> Any:
    """Add a member; the answer."""
    return client.post(HERE, json={**MOTHER, **changes}, headers=who)


def test_a_member_is_shown_in_full_to_the_family_and_masked_in_lists(client: FlaskClient,
                                                                     family: dict[str, str]) -> None:
    made = added(client, family)
    assert made.status_code == 201, made.json
    assert made.json["name"] == MOTHER["name"]
    assert made.json["needs"] == ["semi_dependent", "chronic"], "in the dictionary's order"
    [listed] = client.get(HERE, headers=family).json["items"]
    assert listed == {**made.json, "name": "诸***"}
    assert client.get(f"{HERE}/{made.json['id']}", headers=family).json == made.json
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Look)) == 0, "it is the family's own data"


def test_name_and_needs_are_sealed_in_every_table(client: FlaskClient, world: sa.Connection) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD), key="member-1")
    made = added(client, who)
    row = world.execute(sa.text("SELECT * FROM household_member")).mappings().one()
    for name, plain in (("name", "诸葛"), ("needs", "chronic")):
        assert plain.encode() not in bytes(row[name])
    body = world.execute(sa.text("SELECT body FROM idempotency_record")).scalar_one()
    assert MOTHER["name"].encode() not in bytes(body) and b"chronic" not in bytes(body)
    entries = world.execute(sa.text("SELECT subject, data::text FROM ledger_entry")).all()
    assert not any(made.json["id"] in str(entry) for entry in entries), "the ledger forgets nothing: it is told nothing"


@pytest.mark.parametrize("given", [
    {"relation": "neighbour"}, {"needs": ["diabetes"]}, {"needs": ["semi_dependent", "dependent"]}, {"name": ""},
    {"birth_year": 1899}, {"birth_year": 2101}, {"birth_year": "x"}, {"needs": None}, {"household_id": str(ids.new())},
    {"removed_at": "2026-12-01T09:00:00+08:00"}])
def test_what_is_no_member_is_refused(client: FlaskClient, family: dict[str, str], given: dict[str, Any]) -> None:
    answer = added(client, family, **given)
    assert (answer.status_code, answer.json["code"]) == (422, "Invalid")
    assert client.get(HERE, headers=family).json["items"] == []


def test_nobody_is_born_next_year(client: FlaskClient, family: dict[str, str]) -> None:
    year = clock.today().year
    assert added(client, family, birth_year=year).status_code == 201
    assert added(client, family, birth_year=year + 1).status_code == 422


def test_what_changes_is_changed_and_the_rest_stays(client: FlaskClient, family: dict[str, str]) -> None:
    made = added(client, family).json
    path = f"{HERE}/{made['id']}"
    changed = client.patch(path, json={"needs": ["dependent"]}, headers=family)
    assert changed.json == {**made, "needs": ["dependent"]}
    both = client.patch(path, json={"needs": ["dependent", "semi_dependent"]}, headers=family)
    assert both.status_code == 422
    assert client.patch(path, json={"needs": []}, headers=family).json["needs"] == []
    assert client.delete(path, headers=family).status_code == 204
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert client.open(path, method=method, json=body, headers=family).json["code"] == "MemberNotFound"
    assert client.get(HERE, headers=family).json["items"] == []


def test_the_twenty_first_member_is_refused_until_one_is_removed(client: FlaskClient, family: dict[str, str]) -> None:
    made = [added(client, family).json["id"] for _ in range(rules.MOST_MEMBERS)]
    full = added(client, family)
    assert (full.status_code, full.json["code"]) == (409, "MembersFull")
    client.delete(f"{HERE}/{made[0]}", headers=family)
    assert added(client, family).status_code == 201
    first = client.get(f"{HERE}?limit=12", headers=family).json
    second = client.get(f"{HERE}?limit=12&cursor={first['next_cursor']}", headers=family).json
    assert [each["id"] for each in second["items"]] == made[1:9][::-1] and second["next_cursor"] is None


def test_the_same_member_sent_twice_with_one_key_is_kept_once(client: FlaskClient, world: sa.Connection) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD), key="member-2")
    assert added(client, who).json == added(client, who).json
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 1
    assert added(client, who, name="王小明").json["code"] == "KeyReused"


@pytest.mark.parametrize(("role", "verb"), list(product([None, *Role], ["GET", "POST", "SHOW", "PATCH", "DELETE"])))
def test_members_are_their_familys_alone(client: FlaskClient, world: sa.Connection, role: Role | None,
                                         verb: str) -> None:
    of = factories.member_of(factories.household())
    org = {Role.FIRM_MANAGER: factories.firm, Role.BROKER: factories.firm,
           Role.STATION_CLERK: factories.station}.get(role)  # type: ignore[arg-type]
    who = factories.headers(factories.member(role, org().id if org else None)) if role else {}
    path = HERE if verb in ("GET", "POST") else f"{HERE}/{of.id}"
    body = {"POST": MOTHER, "PATCH": {"name": "x"}}.get(verb)
    answer = client.open(path, method="GET" if verb == "SHOW" else verb, json=body, headers=who)
    if role != Role.HOUSEHOLD:
        assert answer.status_code == (403 if role else 401)
    elif verb == "GET":
        assert answer.json["items"] == []
    else:
        assert answer.status_code == (201 if verb == "POST" else 404)
    assert "王桂兰" not in answer.get_data(as_text=True)
    db.session.refresh(of)
    assert (of.name.reveal(), of.removed_at) == ("王桂兰", None)


@pytest.mark.parametrize(("age", "band"), [
    (0, "0–2"), (2, "0–2"), (3, "3–6"), (6, "3–6"), (13, "7–13"), (17, "14–17"), (18, "18–39"), (59, "40–59"),
    (78, "70–79"), (89, "80–89"), (90, "90+"), (126, "90+"), (-1, "0–2")])
def test_an_age_is_told_as_a_band(age: int, band: str) -> None:
    assert rules.age_band(2026 - age, 2026) == band


def test_bands_leave_no_age_out_and_none_names_a_year() -> None:
    bands = [rules.age_band(2026 - age, 2026) for age in range(130)]
    assert len({band for band in bands}) == sum(a != b for a, b in pairwise(bands)) + 1
    assert all(bands.count(band) >= 3 for band in bands)


def test_a_member_in_words_has_no_empty_part() -> None:
    assert rules.in_words("parent", "70–79", ["semi_dependent", "chronic"]) == "父母 · 70–79 岁 · 半自理、慢病"
    assert rules.in_words("self", "18–39", []) == "本人 · 18–39 岁"
    assert rules.needs_of(rules.joined([])) == []


def test_two_at_once_do_not_pass_the_limit(city: Flask) -> None:
    with city.app_context():
        house = factories.household()
        for _ in range(rules.MOST_MEMBERS - 1):
            factories.member_of(house)
        db.session.commit()
        family = Actor(house.account_id, ids.new(), Role.HOUSEHOLD, None)
    told = races.at_once(city, [lambda: service.add_member(actor=family, **MOTHER) and None] * 4)
    assert sorted(told) == ["MembersFull"] * 3 + ["done"]


def test_of_a_change_and_a_removal_at_once_the_member_is_gone_in_the_end(city: Flask) -> None:
    with city.app_context():
        house = factories.household()
        member_id = factories.member_of(house).id
        db.session.commit()
        family = Actor(house.account_id, ids.new(), Role.HOUSEHOLD, None)
    told = races.at_once(city, [
        lambda: service.change_member(actor=family, member_id=member_id, name="王小兰") and None,
        lambda: service.remove_member(actor=family, member_id=member_id)])
    assert told in (["done", "done"], ["MemberNotFound", "done"])
    with city.app_context():
        assert db.session.get_one(Member, member_id).removed_at is not None
