"""Nobody gets what is not theirs: every role at every route, another tenant's ids, the server's own fields."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from qiaojiejie.core import openapi
from qiaojiejie.core.access import Role
from qiaojiejie.core.clock import now
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Session
from tests.house import fuzzing, town
from tests.house.tables import IN_BODIES, NOT_YOURS, OPEN_IDS, OPEN_IN_BODIES

#: roles whose work is with everybody's: the federation with firms and papers, a mediator with complaints
OF_EVERYBODY = {Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR, Role.MEDIATOR}
SERVER_OWNED = ("id", "state", "score", "grade", "firm_id", "account_id", "household_id", "created_at", "verified",
                "verified_on", "identity_verified_on", "listed", "total_fen", "refund_fen", "amount", "door_code",
                "org_id", "role", "closed_by", "recorded_by", "published_at", "severity", "rating_sum", "is_admin")


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """(method, rule) of every address of the API."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.rule.startswith("/api/v1/"):
                yield method, rule


def short(rule: Rule) -> str:
    """The rule without its prefix."""
    return rule.rule.removeprefix("/api/v1")


@pytest.fixture()
def here(world: sa.Connection) -> town.Tenant:
    """One tenant."""
    made = town.tenant()
    db.session.commit()
    return made


class Asker:
    """Sends likely requests, each undone afterwards."""

    def __init__(self, app: Flask, world: sa.Connection, client: FlaskClient) -> None:
        self.app, self.world, self.client = app, world, client
        self.document = openapi.describe(app, app.extensions["api"])

    def likely(self, ids: dict[str, Any]) -> dict[tuple[str, str], fuzzing.Operation]:
        """(method, rule as Flask writes it) → a likely request naming ``ids``."""
        return {(each.method, each.path): each for each in fuzzing.operations(self.document, ids)}

    def ask(self, sent: fuzzing.Sent, headers: dict[str, str]) -> TestResponse:
        """One request."""
        undo = self.world.begin_nested()
        try:
            answer: TestResponse = self.client.open(
                sent.path, method=sent.method, query_string=sent.query, headers=headers, data=sent.data,
                content_type=sent.content_type)
            answer.get_data()
            return answer
        finally:
            undo.rollback()


@pytest.fixture()
def asker(app: Flask, world: sa.Connection, client: FlaskClient) -> Asker:
    """Someone who asks."""
    return Asker(app, world, client)


def braces(rule: Rule) -> str:
    """The rule as the description writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def nobody(ids: dict[str, Any]) -> dict[str, Any]:
    """The same names with ids that are nobody's, so that who is let in finds nothing."""
    return {name: UUID(int=1) if isinstance(value, UUID) else value for name, value in ids.items()}


def ended(of: town.Tenant) -> dict[str, str]:
    """The headers of a session that was signed out."""
    db.session.execute(sa.update(Session).where(Session.id == of.ids["session_id"]).values(ended_at=now()))
    db.session.commit()
    return of.headers[Role.HOUSEHOLD]


def test_every_route_lets_in_the_roles_it_names_and_nobody_else(asker: Asker, here: town.Tenant) -> None:
    sent = asker.likely(nobody(here.named))
    over = ended(town.tenant())
    wrong, asked = [], 0
    for method, rule in rules(asker.app):
        request = sent[method, braces(rule)].likely({})
        view = asker.app.view_functions[rule.endpoint]
        for role, headers in [*here.headers.items(), ("nobody", {}), ("signed out", over)]:
            answer = asker.ask(request, headers)
            code = answer.json["code"] if answer.mimetype == "application/problem+json" else ""
            asked += 1
            if not hasattr(view, "_roles"):
                shut_out = code in ("RoleRequired", "Unauthorized") and role not in ("nobody", "signed out")
                fine = not shut_out
            elif role in ("nobody", "signed out"):
                fine = (answer.status_code, code) == (401, "Unauthorized")
            elif role in view._roles:
                fine = answer.status_code != 401 and code not in ("RoleRequired", "ActingAsRequired")
            else:
                fine = (answer.status_code, code) == (403, "RoleRequired")
            if not fine:
                wrong.append(f"{method} {rule} as {role}: {answer.status_code} {code}")
    assert wrong == [] and asked > 900


def swapped(mine: dict[str, Any], other: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each id in a path replaced by another tenant's, one at a time, and all of them at once."""
    names = re.findall(r"\{(\w+_id)\}", path)
    for group in [[name] for name in names] + [names] * (len(names) > 1):
        theirs = {each: value for each, value in other.items() if each.endswith(tuple(group))}
        yield "+".join(group), {**mine, **theirs}


def test_every_id_in_a_path_is_one_both_tenants_have(asker: Asker, here: town.Tenant) -> None:
    named = {name for _, rule in rules(asker.app) for name in re.findall(r"<uuid:(\w+)>", rule.rule)}
    assert named - here.ids.keys() == set()


def test_what_is_another_tenants_is_not_found(asker: Asker, here: town.Tenant) -> None:
    there = town.tenant()
    db.session.commit()
    secrets = [str(there.ids[name]) for name in there.ids] + ["王秀英", "厨房台面被划伤"]
    wrong, asked = [], 0
    for method, rule in rules(asker.app):
        if "<uuid:" not in rule.rule or (method, short(rule)) in OPEN_IDS | NOT_YOURS:
            continue
        view = asker.app.view_functions[rule.endpoint]
        for name, ids in swapped(here.named, there.ids, braces(rule)):
            request = asker.likely(ids)[method, braces(rule)].likely({})
            for role in set(getattr(view, "_roles", Role)) - OF_EVERYBODY:
                answer = asker.ask(request, here.headers[Role(role)])
                asked += 1
                named = {str(value) for value in ids.values()}
                told = [each for each in secrets if each in answer.get_data(as_text=True) and each not in named]
                if answer.status_code != 404 or told:
                    wrong.append(f"{method} {rule} {name} as {role}: {answer.status_code} "
                                 f"{answer.get_data(as_text=True)[:200]} {told}")
    assert not wrong, "\n".join(wrong)
    assert asked > 80


def body_ids(asker: Asker) -> set[tuple[str, str]]:
    """(operation, name) of every UUID the description lets a body hold."""
    found, shapes = set(), asker.document["components"]["schemas"]
    for (method, path), operation in asker.likely(dict.fromkeys(fuzzing.INSTEAD, "")).items():
        content = operation.said.get("requestBody", {}).get("content", {}).get("application/json", {})
        shape = shapes.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        for name, field in shape.get("properties", {}).items():
            if "uuid" in (field.get("format"), field.get("items", {}).get("format")):
                found.add((f"{method} {path.removeprefix('/api/v1')}", name))
    return found


def test_every_id_a_body_may_hold_is_in_the_table(asker: Asker) -> None:
    assert body_ids(asker) == {*IN_BODIES, *OPEN_IN_BODIES}


def test_another_tenants_id_in_a_body_is_refused(asker: Asker, here: town.Tenant) -> None:
    there = town.tenant()
    db.session.commit()
    mine, theirs = asker.likely(here.named), there.named
    of = {"ids": "notification_id", "through": "notification_id", "org_id": "firm_id", "report_media_id": "media_id",
          "media_ids": "media_id", "worker_ids": "worker_id", "activity_place_ids": "activity_place_id",
          "place_ids": "place_id", "authority_media_id": "media_id", "document_media_id": "media_id"}
    for (operation, name), (role, more, status, code) in IN_BODIES.items():
        method, _, path = operation.partition(" ")
        sent = mine[method, "/api/v1" + path]
        other = str(theirs[of.get(name, name)])
        body = {**sent.body(), **more, name: [other] if name.endswith("ids") else other}
        body = {key: value for key, value in body.items() if value is not None}
        answer = asker.ask(sent.likely({}, body), here.headers[role])
        assert (answer.status_code, answer.json["code"]) == (status, code), f"{operation} {name}: {answer.json}"


def test_a_firm_one_does_not_belong_to_cannot_be_acted_for(asker: Asker, here: town.Tenant) -> None:
    there = town.tenant()
    db.session.commit()
    sent = asker.likely(there.named)["GET", "/api/v1/firms/{firm_id}/staff"].likely({})
    for role in (Role.FIRM_MANAGER, Role.BROKER):
        headers = {**here.headers[role], "X-Acting-As": f"{role}:{there.ids['firm_id']}"}
        assert asker.ask(sent, headers).json["code"] == "RoleRequired"


def test_no_body_may_hold_what_the_server_owns(asker: Asker, here: town.Tenant) -> None:
    shapes, tried = asker.document["components"]["schemas"], 0
    for operation in asker.likely(here.named).values():
        body = operation.body()
        if body is None or operation.path.endswith("/webhooks/stripe"):
            continue
        schema = operation.said["requestBody"]["content"]["application/json"]["schema"]
        one = schema.get("items", schema)
        for name in set(SERVER_OWNED) - set(shapes[one["$ref"].rpartition("/")[2]]["properties"]):
            spoilt = [{**body[0], name: "1"}] if isinstance(body, list) else {**body, name: "1"}
            headers = here.headers[Role(operation.roles[0])] if operation.roles else {}
            answer = asker.ask(operation.likely({}, spoilt), headers)
            tried += 1
            where = f"{operation.method} {operation.path} {name}: {answer.status_code}"
            assert answer.status_code == 422, where
            assert any(each["pointer"].endswith("/" + name) for each in answer.json["errors"]), where
    assert tried > 500


def test_no_write_shape_owns_a_field_of_the_server_unless_it_is_said_why(app: Flask) -> None:
    shapes = openapi.describe(app, app.extensions["api"])["components"]["schemas"]
    taken = {(name, field) for name, shape in shapes.items() if name.endswith("In")
             for field in set(SERVER_OWNED) & set(shape.get("properties", {}))}
    assert taken == {
        ("AppointmentIn", "role"), ("AppointmentIn", "org_id"),  # what an appointment is; who may is tested in identity
        ("CheckInIn", "door_code"),  # said by the family, compared, never stored
        ("ComplaintDecisionIn", "severity"),  # a mediator's finding
        ("ListEntryIn", "firm_id"),  # whom the federation proposes to list
        ("FeeRuleIn", "firm_id"), ("FeeRuleEndIn", "firm_id"),  # whom the federation charges so
        ("RefundGrantIn", "amount"),  # what a firm gives back of its own
    }
