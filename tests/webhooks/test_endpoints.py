"""A firm's manager adds, changes, rotates and removes endpoints; nobody else does."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from tests import factories

PATH = "/api/v1/webhook-endpoints"
BODY = {"url": "https://erp.example.com/hook", "kinds": ["booking.completed", "booking.confirmed"]}


@pytest.fixture()
def manager(world: sa.Connection) -> dict[str, str]:
    """Who runs a firm."""
    return factories.headers(factories.manager_of(factories.firm()))


def test_an_endpoint_tells_its_secret_once_and_keeps_it_sealed(
        client: FlaskClient, manager: dict[str, str], world: sa.Connection) -> None:
    made: Any = client.post(PATH, json=BODY, headers=manager).json
    secret = made["secret"]
    assert secret.startswith("whsec_") and made["kinds"] == ["booking.confirmed", "booking.completed"]
    for path in (PATH, f"{PATH}/{made['id']}"):
        assert secret not in client.get(path, headers=manager).get_data(as_text=True)
    row = world.execute(sa.text("SELECT * FROM webhook_endpoint")).one()
    assert secret.encode() not in bytes(row.secret)
    assert secret not in str(world.execute(sa.text("SELECT data FROM ledger_entry")).all())


@pytest.mark.parametrize("url", ["http://erp.example.com/", "https://10.0.0.1/", "https://localhost/x"])
def test_an_address_that_is_not_public_is_refused_when_added_and_when_changed(
        client: FlaskClient, manager: dict[str, str], url: str) -> None:
    refused: Any = client.post(PATH, json={**BODY, "url": url}, headers=manager)
    assert (refused.status_code, refused.json["code"]) == (422, "WebhookUrlRefused")
    made: Any = client.post(PATH, json=BODY, headers=manager).json
    assert client.patch(f"{PATH}/{made['id']}", json={"url": url}, headers=manager).status_code == 422
    assert client.get(f"{PATH}/{made['id']}", headers=manager).json["url"] == BODY["url"]


@pytest.mark.parametrize("kinds", [[], ["booking.gossip"], ["complaint.opened"], ["ping"]])
def test_only_kinds_that_are_told_may_be_asked_for(
        client: FlaskClient, manager: dict[str, str], kinds: list[str]) -> None:
    assert client.post(PATH, json={**BODY, "kinds": kinds}, headers=manager).status_code == 422


def test_what_was_changed_is_shown_and_what_was_removed_is_not(client: FlaskClient, manager: dict[str, str]) -> None:
    made: Any = client.post(PATH, json=BODY, headers=manager).json
    path = f"{PATH}/{made['id']}"
    changed: Any = client.patch(path, json={"kinds": ["booking.cancelled"]}, headers=manager).json
    assert (changed["kinds"], changed["url"]) == (["booking.cancelled"], BODY["url"])
    assert client.delete(path, headers=manager).status_code == 204
    assert client.get(path, headers=manager).status_code == client.delete(path, headers=manager).status_code == 404
    assert client.get(PATH, headers=manager).json["items"] == []


def test_a_firm_has_five_endpoints_at_most(client: FlaskClient, manager: dict[str, str]) -> None:
    answers = [client.post(PATH, json=BODY, headers=manager) for _ in range(6)]
    assert [each.status_code for each in answers] == [201] * 5 + [409]
    listed: Any = client.get(f"{PATH}?limit=2", headers=manager).json
    assert len(listed["items"]) == 2 and listed["next_cursor"]
    client.delete(f"{PATH}/{listed['items'][0]['id']}", headers=manager)
    assert client.post(PATH, json=BODY, headers=manager).status_code == 201


def test_endpoints_are_the_managers_and_another_firms_are_not_found(
        client: FlaskClient, manager: dict[str, str]) -> None:
    made: Any = client.post(PATH, json=BODY, headers=manager).json
    firm = factories.firm()
    other, broker = factories.manager_of(firm), factories.member(Role.BROKER, firm.id)
    for end in ("", "/deliveries"):
        assert client.get(f"{PATH}/{made['id']}{end}", headers=factories.headers(other)).status_code == 404
        assert client.get(f"{PATH}/{made['id']}{end}", headers=factories.headers(broker)).status_code == 403


def test_what_is_on_is_not_switched_on(client: FlaskClient, manager: dict[str, str]) -> None:
    made: Any = client.post(PATH, json=BODY, headers=manager).json
    refused: Any = client.post(f"{PATH}/{made['id']}/resumptions", headers=manager)
    assert (refused.status_code, refused.json["code"]) == (409, "StepNotPossible")
