"""Rule changes over HTTP: everybody sees them, two officers make them."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.governance.conftest import NOW, Office, moment, rule

Jobs = Callable[[], int]


@pytest.fixture()
def heads(office: Office, world: sa.Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Request headers of the administrator and of the auditor."""
    with clock.frozen(NOW):
        return factories.headers(office.administrator), factories.headers(office.auditor)


def test_a_faulty_draft_is_told_field_by_field_in_both_languages(
        client: FlaskClient, heads: tuple[dict[str, str], dict[str, str]]) -> None:
    body = {"note": "试", "rule": rule(slow_k=-5, silent__weight="350", surprise=1)}
    answer = client.post("/api/v1/credit/proposals", json=body, headers=heads[0])
    assert answer.status_code == 422
    assert {each["pointer"]: each["message"] for each in answer.json["errors"]} == {
        "/rule/slow_k": "不合理：已知规则为 1000", "/rule/silent/weight": "须为整数", "/rule/surprise": "不认识的字段"}
    english = client.post("/api/v1/credit/proposals", json=body, headers={**heads[0], "Accept-Language": "en"})
    assert "must be a whole number" in {each["message"] for each in english.json["errors"]}


def test_from_draft_to_notice_everybody_looks_on(
        client: FlaskClient, heads: tuple[dict[str, str], dict[str, str]], town: list[Worker], run_jobs: Jobs) -> None:
    admin, auditor = heads
    with clock.frozen(NOW):
        body: dict[str, Any] = {"note": "更稳健", "rule": rule(slow_k=2000)}
        assert client.post("/api/v1/credit/proposals", json=body, headers=auditor).status_code == 403
        made = client.post("/api/v1/credit/proposals", json=body, headers=admin)
        assert (made.status_code, made.json["state"], made.json["to_score"]) == (201, "drafted", None)
        address = f"/api/v1/credit/proposals/{made.json['id']}"
        early = client.post(f"{address}/notice", json={"from_day": "2026-12-24"}, headers=auditor)
        assert (early.status_code, early.json["code"]) == (409, "StepNotPossible")
        run_jobs()
        seen = client.get(address).json
        assert seen["state"] == "shadowed" and seen["scored"] == seen["to_score"] == len(town) + 2
        assert seen["constants"]["slow_k"] == 2000 and seen["shadow"]["workers"]["scored"] == len(town)
        for who, day, code in ((admin, "2026-12-24", "SameOfficer"), (auditor, "2026-12-23", "NoticeTooShort")):
            answer = client.post(f"{address}/notice", json={"from_day": day}, headers=who)
            assert answer.json["code"] == code
        noticed = client.post(f"{address}/notice", json={"from_day": "2026-12-24"}, headers=auditor)
        assert (noticed.status_code, noticed.json["state"]) == (200, "noticed")
        assert client.get("/api/v1/credit/rules/v9").json["constants"]["slow_k"] == 2000
        listed = client.get("/api/v1/credit/proposals?state=noticed").json["items"]
        assert [each["version"] for each in listed] == ["v9"]
        given_up = client.post(f"{address}/withdrawal", json={"reason": "影响过大"}, headers=admin)
        assert given_up.json["withdrawn_because"] == "影响过大"
        assert client.get(address).json["state"] == "withdrawn"
        told = client.get(address).get_data(as_text=True)
        assert not [worker for worker in town if str(worker.id) in told or worker.called in told]


def test_a_rollback_over_http_takes_two(
        client: FlaskClient, heads: tuple[dict[str, str], dict[str, str]], town: list[Worker], run_jobs: Jobs,
        sweep: Callable[[str], None]) -> None:
    admin, auditor = heads
    with clock.frozen(NOW):
        made = client.post("/api/v1/credit/proposals", headers=admin, json={"note": "试", "rule": rule(slow_k=2000)})
        run_jobs()
        client.post(f"/api/v1/credit/proposals/{made.json['id']}/notice", json={"from_day": "2026-12-24"},
                    headers=auditor)
        db.session.commit()
    with clock.frozen(moment("2026-12-24T00:00:00")):
        sweep("activate_rules")
        asked = client.post("/api/v1/credit/rollbacks", json={"version": "v1", "reason": "误伤新人"}, headers=admin)
        assert (asked.status_code, asked.json["state"], asked.json["replaces"]) == (201, "proposed", "v9")
        address = f"/api/v1/credit/rollbacks/{asked.json['id']}/confirmation"
        assert client.post(address, headers=admin).json["code"] == "SameOfficer"
        assert client.post(address, headers=auditor).json["state"] == "done"
        assert client.get("/api/v1/credit/rollbacks").json["items"][0]["reason"] == "误伤新人"
