"""Giving and taking roles over HTTP, and seeing who looked."""

import uuid
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie import cli
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.identity import facts, queries
from qiaojiejie.identity import service as identity
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger_queries
from tests import factories

FIRM, OTHER = uuid.uuid4(), uuid.uuid4()
NEW = "13800300001"


def appoint(client: FlaskClient, who: Account, role: str, org_id: UUID | None = None, **more: Any) -> Any:
    body = {"phone": NEW, "role": role, **({"org_id": str(org_id)} if org_id else {}), **more}
    return client.post("/api/v1/accounts/roles", json=body, headers=factories.headers(who))


@pytest.fixture()
def admin(world: sa.Connection) -> Account:
    return factories.member(Role.FEDERATION_ADMIN)


@pytest.fixture()
def manager(world: sa.Connection) -> Account:
    return factories.member(Role.FIRM_MANAGER, FIRM)


def test_the_federation_appoints_a_firms_manager(client: FlaskClient, admin: Account) -> None:
    made = appoint(client, admin, "firm_manager", FIRM)
    assert made.status_code == 201
    assert (made.json["role"], made.json["acting_as"]) == ("firm_manager", f"firm_manager:{FIRM}")
    assert queries.accounts_in(FIRM, Role.FIRM_MANAGER) == [UUID(made.json["account_id"])]
    granted = ledger_queries.about(f"account:{made.json['account_id']}", facts.ROLE_GRANTED)
    assert [(e.actor, e.data) for e in granted] == [
        (f"account:{admin.id}", {"role": "firm_manager", "org": str(FIRM)})]
    assert appoint(client, admin, "firm_manager", FIRM).json["id"] == made.json["id"]


@pytest.mark.parametrize("role", ["mediator", "federation_auditor", "federation_admin", "trainer"])
def test_the_federation_appoints_its_own_staff(client: FlaskClient, admin: Account, role: str) -> None:
    assert appoint(client, admin, role).status_code == 201
    assert appoint(client, admin, role, FIRM).json["code"] == "OrganisationRequired"


@pytest.mark.parametrize("role", ["firm_manager", "broker", "station_clerk"])
def test_a_role_in_an_organisation_names_it(client: FlaskClient, admin: Account, role: str) -> None:
    answer = appoint(client, admin, role)
    assert (answer.status_code, answer.json["code"]) == (422, "OrganisationRequired")


def test_a_manager_appoints_brokers_of_her_own_firm(client: FlaskClient, manager: Account) -> None:
    for org in (None, FIRM):
        made = appoint(client, manager, "broker", org)
        assert (made.status_code, made.json["org_id"]) == (201, str(FIRM))


@pytest.mark.parametrize(("role", "org"), [("broker", OTHER), ("firm_manager", FIRM), ("firm_manager", None),
                                           ("federation_admin", None), ("mediator", None), ("household", None)])
def test_a_manager_gives_nothing_else(client: FlaskClient, manager: Account, role: str, org: UUID | None) -> None:
    answer = appoint(client, manager, role, org)
    assert (answer.status_code, answer.json["code"]) == (403, "NotYoursToAppoint")
    assert queries.find_by_phone(NEW) is None


@pytest.mark.parametrize("role", ["household", "worker"])
def test_nobody_is_appointed_household_or_worker(client: FlaskClient, admin: Account, role: str) -> None:
    assert appoint(client, admin, role).json["code"] == "NotYoursToAppoint"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FEDERATION_ADMIN, Role.FIRM_MANAGER}))
def test_others_appoint_nobody(client: FlaskClient, world: sa.Connection, role: Role) -> None:
    answer = appoint(client, factories.member(role, FIRM), "broker", FIRM)
    assert (answer.status_code, answer.json["code"]) == (403, "RoleRequired")
    assert "妇联管理员" in answer.json["title"] and "federation_admin" not in answer.json["title"]


@pytest.mark.parametrize("body", [
    {}, {"phone": NEW}, {"phone": NEW, "role": "queen"}, {"phone": "12", "role": "trainer"},
    {"phone": NEW, "role": "trainer", "org_id": "7"},
    {"phone": NEW, "role": "trainer", "since": "2020-01-01T00:00:00Z"}])
def test_an_appointment_has_its_shape(client: FlaskClient, admin: Account, body: dict[str, Any]) -> None:
    answer = client.post("/api/v1/accounts/roles", json=body, headers=factories.headers(admin))
    assert answer.status_code == 422


def dismiss(client: FlaskClient, who: Account, role: Role, org_id: UUID | None, of: Account) -> Any:
    held = queries.membership_of(of.id, role, org_id)
    assert held is not None
    return client.delete(f"/api/v1/memberships/{held.id}", headers=factories.headers(who))


def test_a_role_taken_away_counts_from_the_next_request(client: FlaskClient, admin: Account, manager: Account) -> None:
    signed_in = factories.headers(manager)
    body = {"phone": NEW, "role": "broker"}
    assert client.post("/api/v1/accounts/roles", json=body, headers=signed_in).status_code == 201
    assert dismiss(client, admin, Role.FIRM_MANAGER, FIRM, manager).status_code == 204
    assert client.post("/api/v1/accounts/roles", json=body, headers=signed_in).status_code == 403


def test_a_manager_dismisses_her_own_brokers_only(client: FlaskClient, manager: Account) -> None:
    mine, theirs = factories.member(Role.BROKER, FIRM), factories.member(Role.BROKER, OTHER)
    assert dismiss(client, manager, Role.BROKER, FIRM, mine).status_code == 204
    refused = dismiss(client, manager, Role.BROKER, OTHER, theirs)
    assert (refused.status_code, refused.json["code"]) == (404, "MembershipNotFound")
    assert dismiss(client, manager, Role.FIRM_MANAGER, FIRM, manager).status_code == 404


def test_an_ended_or_unknown_membership_is_not_found(client: FlaskClient, admin: Account) -> None:
    broker = factories.member(Role.BROKER, FIRM)
    held = queries.membership_of(broker.id, Role.BROKER, FIRM)
    assert held is not None
    for status in (204, 404):
        answer = client.delete(f"/api/v1/memberships/{held.id}", headers=factories.headers(admin))
        assert answer.status_code == status
    assert client.delete(f"/api/v1/memberships/{uuid.uuid4()}", headers=factories.headers(admin)).status_code == 404


def test_the_last_administrator_stays(client: FlaskClient, admin: Account) -> None:
    refused = dismiss(client, admin, Role.FEDERATION_ADMIN, None, admin)
    assert (refused.status_code, refused.json["code"]) == (409, "LastAdministrator")
    factories.member(Role.FEDERATION_ADMIN)
    assert dismiss(client, admin, Role.FEDERATION_ADMIN, None, admin).status_code == 204


def test_one_sees_who_looked_at_ones_data_and_nobody_elses(client: FlaskClient, world: sa.Connection) -> None:
    watched, other = factories.member(Role.HOUSEHOLD), factories.member(Role.HOUSEHOLD)
    auditor = Actor(factories.account().id, uuid.uuid4(), Role.FEDERATION_AUDITOR, None)
    for field in ("phone", "name"):
        identity.look(actor=auditor, subject=f"account:{watched.id}", field=field, reason="complaint")
    identity.look(actor=auditor, subject="worker:1", field="phone", reason="audit")
    first = client.get("/api/v1/me/looks?limit=1", headers=factories.headers(watched)).json
    rest = client.get(f"/api/v1/me/looks?limit=1&cursor={first['next_cursor']}", headers=factories.headers(watched))
    seen = first["items"] + rest.json["items"]
    assert [(look["field"], look["role"], look["reason"]) for look in seen] == [
        ("name", "federation_auditor", "complaint"), ("phone", "federation_auditor", "complaint")]
    assert rest.json["next_cursor"] is None
    assert client.get("/api/v1/me/looks", headers=factories.headers(other)).json["items"] == []
    assert len(queries.looks("worker:1", cursor=None, limit=10).items) == 1


def test_a_cursor_of_another_list_is_refused(client: FlaskClient, world: sa.Connection) -> None:
    who = factories.member(Role.HOUSEHOLD)
    for _ in range(3):
        factories.headers(who)
    cursor = client.get("/api/v1/me/sessions?limit=1", headers=factories.headers(who)).json["next_cursor"]
    for path in (f"/api/v1/me/looks?cursor={cursor}", "/api/v1/me/sessions?cursor=abc"):
        answer = client.get(path, headers=factories.headers(who))
        assert (answer.status_code, answer.json["code"]) == (400, "BadCursor")


def test_the_first_administrator_is_made_by_a_command(app: Flask, world: sa.Connection) -> None:
    with app.app_context():
        made = CliRunner().invoke(cli.grant, [NEW, "federation_admin"])
        assert made.exit_code == 0, made.output
    who = queries.find_by_phone(NEW)
    assert who is not None and who.id in queries.accounts_with(Role.FEDERATION_ADMIN)


@pytest.mark.parametrize("words", [["12", "trainer"], [NEW, "broker"], [NEW, "trainer", "--org", str(FIRM)],
                                   [NEW, "queen"], [NEW, "broker", "--org", "7"]])
def test_the_command_refuses_in_a_line_what_makes_no_sense(app: Flask, world: sa.Connection, words: list[str]) -> None:
    refused = CliRunner().invoke(cli.grant, words)
    assert refused.exit_code in (1, 2) and "Error" in refused.output and "Traceback" not in refused.output
    assert queries.find_by_phone(NEW) is None
