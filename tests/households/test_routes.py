"""A family and its address book."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.catalog import rules as catalog_rules
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.households import queries, service
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from tests import factories

HOME = {"label": "家", "region_code": "321302", "detail": "幸福路 1 号 2 单元 301", "contact_name": "王小明",
        "contact_phone": "13700000001", "lng": 118.2755, "lat": 33.9401}
BOOK = "/api/v1/me/addresses"


@pytest.fixture()
def family(world: sa.Connection) -> dict[str, str]:
    """Headers of an account that may act as household and has never done so."""
    return factories.headers(factories.member(Role.HOUSEHOLD))


def added(client: FlaskClient, family: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = client.post(BOOK, json={**HOME, **fields}, headers=family)
    assert answer.status_code == 201, answer.json
    return answer.json


def refused(client: FlaskClient, family: dict[str, str], **fields: Any) -> tuple[int, str]:
    answer = client.post(BOOK, json={**HOME, **fields}, headers=family)
    return answer.status_code, answer.json["code"]


def book(client: FlaskClient, family: dict[str, str]) -> list[dict[str, Any]]:
    return client.get(BOOK, headers=family).json["items"]


def test_a_family_keeps_an_address_and_reads_it_back_in_full(client: FlaskClient, family: dict[str, str]) -> None:
    assert book(client, family) == []
    made = added(client, family)
    assert {name: made[name] for name in HOME} == HOME
    assert client.get(f"{BOOK}/{made['id']}", headers=family).json == made
    assert book(client, family) == [made]
    assert db.session.scalars(sa.select(Look)).all() == [], "nobody looked but herself"


def test_the_first_address_opens_the_household_once(client: FlaskClient, family: dict[str, str]) -> None:
    added(client, family)
    added(client, family, label="父母家")
    opened = db.session.scalars(sa.select(Household)).one()
    assert [entry.fact for entry in ledger.about(f"household:{opened.id}")] == ["household.opened"]
    assert service.open_for(account_id=opened.account_id).id == opened.id


def test_the_street_the_place_and_the_contact_are_sealed_in_the_table(
        client: FlaskClient, family: dict[str, str], world: sa.Connection) -> None:
    added(client, family)
    row = world.execute(sa.text("SELECT * FROM address")).mappings().one()
    for name, plain in (("detail", "幸福路"), ("place", "118.27"), ("contact_name", "王小明"),
                        ("contact_phone", "13700000001")):
        assert plain.encode() not in bytes(row[name])
    assert row["cell"] == catalog_rules.cell(118.2755, 33.9401)


def test_without_a_place_the_region_centre_stands_for_it(client: FlaskClient, family: dict[str, str]) -> None:
    made = added(client, family, region_code="321322", lng=None, lat=None)
    assert (made["lng"], made["lat"]) == (118.7705, 34.1304)


def test_a_place_from_a_chinese_map_is_kept_as_wgs84(client: FlaskClient, family: dict[str, str]) -> None:
    shifted = catalog_rules.gcj02(118.2755, 33.9401)
    made = added(client, family, lng=shifted[0], lat=shifted[1], coordinates="gcj02")
    assert (made["lng"], made["lat"]) == (118.2755, 33.9401)


def test_longitude_and_latitude_the_wrong_way_round_are_noticed(client: FlaskClient, family: dict[str, str]) -> None:
    assert refused(client, family, lng=33.94, lat=80.0) == (422, "PlaceElsewhere")
    assert refused(client, family, lng=33.94, lat=118.27) == (422, "Invalid"), "no latitude is that high"
    assert refused(client, family, lat=None) == (422, "Invalid"), "half a place"
    assert refused(client, family, region_code="110101") == (422, "UnknownRegion")
    assert book(client, family) == []


@pytest.mark.parametrize("number", ["0527-84350000", "1370000000", "+1 650 253 0000", ""])
def test_the_contact_must_have_a_mobile_number(client: FlaskClient, family: dict[str, str], number: str) -> None:
    answer = client.post(BOOK, json={**HOME, "contact_phone": number}, headers=family)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/contact_phone")


def test_a_mobile_number_is_kept_as_its_eleven_digits(client: FlaskClient, family: dict[str, str]) -> None:
    assert added(client, family, contact_phone="+86 137-0000-0001")["contact_phone"] == "13700000001"


def test_changing_an_address_leaves_the_old_one_as_bookings_know_it(client: FlaskClient,
                                                                    family: dict[str, str]) -> None:
    old = added(client, family)
    changed = client.patch(f"{BOOK}/{old['id']}", json={"detail": "建设路 9 号"}, headers=family)
    assert (changed.status_code, changed.json["detail"]) == (200, "建设路 9 号")
    assert changed.json["id"] != old["id"]
    assert (changed.json["lng"], changed.json["contact_phone"]) == (old["lng"], old["contact_phone"])
    assert book(client, family) == [changed.json]
    assert client.get(f"{BOOK}/{old['id']}", headers=family).json["code"] == "AddressNotFound"
    assert queries.kept_address(UUID(old["id"])).detail.reveal() == HOME["detail"], "history stays what it was"
    again = client.patch(f"{BOOK}/{old['id']}", json={"detail": "x 路"}, headers=family)
    assert again.status_code == 404


def test_moving_to_another_county_moves_the_place(client: FlaskClient, family: dict[str, str]) -> None:
    old = added(client, family)
    moved = client.patch(f"{BOOK}/{old['id']}", json={"region_code": "321324"}, headers=family).json
    assert (moved["lng"], moved["lat"]) == (118.2063, 33.458)
    exact = client.patch(f"{BOOK}/{moved['id']}", json={"lng": 118.21, "lat": 33.46}, headers=family).json
    assert (exact["lng"], exact["region_code"]) == (118.21, "321324")
    centred = client.patch(f"{BOOK}/{exact['id']}", json={"lng": None, "lat": None}, headers=family).json
    assert centred["lng"] == 118.2063


def test_a_removed_address_is_gone_from_the_book_only(client: FlaskClient, family: dict[str, str]) -> None:
    made = added(client, family)
    assert client.delete(f"{BOOK}/{made['id']}", headers=family).status_code == 204
    assert client.delete(f"{BOOK}/{made['id']}", headers=family).status_code == 404
    assert book(client, family) == []
    assert queries.kept_address(UUID(made["id"])).label == "家"


def test_the_twenty_first_address_is_refused_until_one_is_removed(client: FlaskClient,
                                                                  family: dict[str, str]) -> None:
    made = [added(client, family, label=f"第{number}处") for number in range(20)]
    assert refused(client, family) == (409, "AddressBookFull")
    client.delete(f"{BOOK}/{made[0]['id']}", headers=family)
    added(client, family, label="第21处")
    changed = client.patch(f"{BOOK}/{made[1]['id']}", json={"label": "改名"}, headers=family)
    assert changed.status_code == 200, "changing one does not need room for another"


def test_the_book_is_read_page_by_page(client: FlaskClient, family: dict[str, str]) -> None:
    made = [added(client, family, label=str(number))["label"] for number in range(5)]
    first = client.get(f"{BOOK}?limit=3", headers=family).json
    second = client.get(f"{BOOK}?limit=3&cursor={first['next_cursor']}", headers=family).json
    assert [row["label"] for row in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_another_family_can_neither_see_change_nor_remove_it(client: FlaskClient, family: dict[str, str]) -> None:
    made = added(client, family)
    neighbour = factories.headers(db.session.get_one(Account, factories.household().account_id))
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    for who in (neighbour, stranger):
        where = f"{BOOK}/{made['id']}"
        for answer in (client.get(where, headers=who), client.patch(where, json={"label": "x"}, headers=who),
                       client.delete(where, headers=who)):
            assert (answer.status_code, answer.json["code"]) == (404, "AddressNotFound")
        assert book(client, who) == []
    assert book(client, family) == [made]


def test_who_is_no_household_has_no_address_book(client: FlaskClient, world: sa.Connection) -> None:
    worker = factories.headers(factories.member(Role.WORKER))
    assert client.get(BOOK, headers=worker).json["code"] == "RoleRequired"
    assert client.post(BOOK, json=HOME).status_code == 401


def test_the_same_address_sent_twice_with_one_key_is_kept_once(client: FlaskClient, world: sa.Connection) -> None:
    family = factories.headers(factories.member(Role.HOUSEHOLD), key="address-1")
    first, second = added(client, family), added(client, family)
    assert first == second
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Address)) == 1
    assert refused(client, family, label="别处") == (422, "KeyReused")


def test_what_the_server_decides_can_not_be_sent_in(client: FlaskClient, family: dict[str, str]) -> None:
    assert refused(client, family, household_id="0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e") == (422, "Invalid")
    assert refused(client, family, detail="\x00\x00") == (422, "Invalid")
