"""In whose name a family wants its invoices."""

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.models import InvoiceTitle
from tests import factories
from tests.invoices.scene import COMPANY, PERSON, Scene


def test_a_title_is_kept_in_full_for_its_family_and_masked_in_lists(scene: Scene, world: sa.Connection) -> None:
    person, company = scene.title(**PERSON), scene.title(**COMPANY)
    assert (person["name"], person["uscc"], person["email"]) == (PERSON["name"], None, PERSON["email"])
    first, second = scene.listed(scene.household, "/me/invoice-titles")
    assert [first["id"], second["id"]] == [company["id"], person["id"]]
    assert (second["name"], second["email"], first["name"]) == ("诸***", "****", "宿*********")
    assert first["uscc"] == f"{COMPANY['uscc'][0]}{'*' * 16}{COMPANY['uscc'][-1]}"
    assert scene.call("GET", f"/me/invoice-titles/{company['id']}", scene.household)["uscc"] == COMPANY["uscc"]
    stored = [bytes(value) for row in world.execute(sa.text("SELECT name, uscc, email FROM invoice_title"))
              for value in row if value is not None]
    assert len(stored) == 4
    assert not any(secret.encode() in value for value in stored
                   for secret in (PERSON["name"], PERSON["email"], COMPANY["name"], COMPANY["uscc"]))


@pytest.mark.parametrize(("given", "code"), [
    ({"kind": "company", "name": "某公司"}, "TaxNumberRequired"),
    ({"kind": "personal", "name": "王小明", "uscc": COMPANY["uscc"]}, "TaxNumberNotForPersons"),
    ({"kind": "company", "name": "某公司", "uscc": "91320000000000000X"}, "Invalid"),
    ({"kind": "personal", "name": "王小明", "email": "nowhere"}, "Invalid"),
    ({"kind": "personal", "name": ""}, "Invalid"), ({"kind": "pet", "name": "旺财"}, "Invalid")])
def test_a_title_that_no_invoice_can_carry_is_refused(scene: Scene, given: dict[str, str], code: str) -> None:
    answer = scene.title(422, **given)
    assert answer["code"] == code


def test_a_title_is_changed_and_removed_by_its_family_alone(scene: Scene) -> None:
    title = scene.title(**COMPANY)
    path = f"/me/invoice-titles/{title['id']}"
    assert scene.call("PATCH", path, scene.household, name="宿迁新绿洲有限公司")["uscc"] == COMPANY["uscc"]
    assert scene.call("PATCH", path, scene.household, 422, uscc=None)["code"] == "TaxNumberRequired"
    person = scene.title(**PERSON)
    changed = scene.call("PATCH", f"/me/invoice-titles/{person['id']}", scene.household, email=None)
    assert changed["email"] is None
    for method, body in (("GET", {}), ("PATCH", {"name": "x"}), ("DELETE", {})):
        assert scene.call(method, path, scene.stranger, 404, **body)["code"] == "InvoiceTitleNotFound"
    assert scene.listed(scene.stranger, "/me/invoice-titles") == []
    scene.call("DELETE", path, scene.household, 204)
    scene.call("GET", path, scene.household, 404)


def test_a_family_keeps_no_more_titles_than_the_rule_says(scene: Scene) -> None:
    db.session.add_all(InvoiceTitle(household_id=scene.booking.household_id, kind="personal", name="王小明",
                                    created_at=clock.now()) for _ in range(rules.MOST_TITLES - 1))
    db.session.flush()
    last = scene.title()
    assert scene.title(409)["code"] == "InvoiceTitlesFull"
    scene.call("DELETE", f"/me/invoice-titles/{last['id']}", scene.household, 204)
    scene.title()


def test_an_account_without_a_household_gets_one_with_its_first_title(scene: Scene) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD))
    assert scene.listed(who, "/me/invoice-titles") == []
    scene.call("POST", "/me/invoice-titles", who, 201, **PERSON)
    assert len(scene.listed(who, "/me/invoice-titles")) == 1
