"""An audit over HTTP, from the plan to the report everybody reads."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.transparency import rules as log
from tests import factories
from tests.audit.conftest import DRAW, NONCE, NOON, Office, completed, sequence

PLAN = {"population": "order_completed", "from_day": "2026-11-23", "to_day": "2026-11-24", "rate": 500,
        "commitment": sha256(NONCE).hexdigest(), "source": "双色球 2026-12-01 晚", "draw_on": "2026-12-01"}
ANSWERS = {"happened": "yes", "same_worker": "yes", "amount_right": "no", "nothing_beside": "unsure"}
Ask = Callable[..., Any]


@pytest.fixture()
def ask(client: FlaskClient) -> Ask:
    """Sends a request that must be answered with a status."""

    def send(method: str, path: str, who: dict[str, str], status: int, body: Any = None) -> Any:
        answer: Any = client.open("/api/v1" + path, method=method, headers=who, json=body)
        assert answer.status_code == status, answer.json
        return answer.json

    return send


def test_an_auditor_draws_what_nobody_could_choose_works_it_and_publishes_the_report(ask: Ask, office: Office) -> None:
    auditor, second = factories.headers(office.auditor), factories.headers(office.administrator)
    with clock.frozen(NOON):
        completed(3)
        audit = ask("POST", "/audits", auditor, 201, PLAN)
        assert (audit["state"], audit["nonce"], audit["frame"]) == ("planned", None, None)
        assert ask("POST", f"/audits/{audit['id']}/draw", auditor, 409, {"nonce": NONCE.hex(), "public_draw": DRAW}
                   )["code"] == "TooEarlyToDraw"
    with clock.frozen(NOON + timedelta(days=7)):
        completed(1)
        drawn = ask("POST", f"/audits/{audit['id']}/draw", auditor, 200, {"nonce": NONCE.hex(), "public_draw": DRAW})
        assert (drawn["state"], drawn["frame"]) == ("drawn", 3)
        ask("POST", f"/audits/{audit['id']}/assignments", second, 200, {"account_ids": [str(office.auditor.id)]})
        tasks = ask("GET", "/audits/tasks", auditor, 200)["items"]
        assert [task["leaf_index"] for task in tasks] == ask("GET", f"/audits/{audit['id']}", {}, 200)["sample"]
        for number, task in enumerate(tasks):
            path = f"/audits/tasks/{task['id']}"
            shown = ask("GET", path, auditor, 200)
            assert shown["leaf"]["index"] == task["leaf_index"] and shown["records"]["worker"]["name"] == "王**"
            assert ask("POST", path + "/looks", auditor, 200, {"reason": "电话回访"})["people"][0]["phone"]
            ask("POST", path + "/calls", auditor, 201, {"whom": "household", "answers": ANSWERS})
            ask("POST", path + "/findings", auditor, 201, {"verdict": "sound", "words": "一致"})
            assert ask("POST", path + "/reviews", auditor, 403, {"accepted": True})["code"] == "FourEyes"
            if number == 0:
                returned = ask("POST", path + "/reviews", second, 200, {"accepted": False, "reason": "金额请再核"})
                assert returned["returned_because"] == "金额请再核"
                ask("POST", path + "/findings", auditor, 201, {
                    "verdict": "defect", "defect": "amount_differs", "words": "家庭实付少二十元"})
            ask("POST", path + "/reviews", second, 200, {"accepted": True})
        assert ask("GET", f"/audits/{audit['id']}/report", {}, 404)["code"] == "ReportNotFound"
        ask("POST", f"/audits/{audit['id']}/report", auditor, 201)
        sequence()
    published = ask("GET", f"/audits/{audit['id']}/report", {}, 200)
    assert published["report"]["counts"] == {"sound": 2, "defect": 1, "unverifiable": 0}
    assert sha256(log.canonical(published["report"])).hexdigest() == published["sha256"]
    assert "少二十元" not in str(published) and str(office.auditor.id) not in str(published)
    assert ask("GET", "/audits", {}, 200)["items"][0]["state"] == "reported"


@pytest.mark.parametrize(("change", "pointer"), [
    ({"commitment": "AB" * 32}, "/commitment"), ({"commitment": "ab" * 31}, "/commitment"), ({"rate": 300}, "/rate"),
    ({"from_day": "0001-01-01"}, "/from_day"),
    ({"population": "calibration"}, "/population"), ({"draw_on": "soon"}, "/draw_on"), ({"nonce": "00"}, "/nonce")])
def test_a_plan_says_what_is_wrong_with_it(ask: Ask, office: Office, change: dict[str, Any], pointer: str) -> None:
    refused = ask("POST", "/audits", factories.headers(office.auditor), 422, {**PLAN, **change})
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


@pytest.mark.parametrize("written", ["03,07,12", "03  07", " 03", "03\n", "红 03", "03 07 ", ""])
def test_a_public_draw_is_written_in_one_way_only(ask: Ask, office: Office, written: str) -> None:
    with clock.frozen(NOON):
        audit = office.plan()
    refused = ask("POST", f"/audits/{audit.id}/draw", factories.headers(office.auditor), 422, {
        "nonce": NONCE.hex(), "public_draw": written})
    assert [each["pointer"] for each in refused["errors"]] == ["/public_draw"]


def test_the_same_draw_sent_twice_is_one_draw(client: FlaskClient, office: Office) -> None:
    with clock.frozen(NOON):
        completed(3)
        audit = office.plan()
    who = factories.headers(office.auditor, key="draw-once")
    with clock.frozen(NOON + timedelta(days=7)):
        completed(1)
        answers = [client.post(f"/api/v1/audits/{audit.id}/draw", headers=who, json={
            "nonce": NONCE.hex(), "public_draw": DRAW}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].data == answers[1].data
    assert len(office.tasks(audit)) == 3


def test_only_the_federation_sees_tasks_flags_and_completeness(client: FlaskClient, office: Office) -> None:
    audit = office.drawn(1)
    (task,) = office.tasks(audit)
    for role in (Role.HOUSEHOLD, Role.WORKER, Role.MEDIATOR, Role.TRAINER):
        who = factories.headers(factories.member(role))
        for path in (f"/audits/{audit.id}/tasks", f"/audits/tasks/{task.id}", "/audits/tasks", "/audits/flags",
                     "/federation/completeness", "/federation/completeness/log_gaps"):
            assert client.get("/api/v1" + path, headers=who).status_code == 403
    for path in ("/audits", f"/audits/{audit.id}"):
        assert client.get("/api/v1" + path).status_code == 200


def test_a_list_of_tasks_is_paged_in_the_order_of_the_log(ask: Ask, office: Office) -> None:
    audit = office.drawn(5)
    who, places, cursor = factories.headers(office.auditor), [], ""
    while cursor is not None:
        page = ask("GET", f"/audits/{audit.id}/tasks?limit=2{cursor and '&cursor=' + cursor}", who, 200)
        places += [each["leaf_index"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert places == [task.leaf_index for task in office.tasks(audit)]
