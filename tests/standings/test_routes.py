"""A score is explained to everybody; its bookings are named only to those they concern."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import service as credit
from qiaojiejie.households.models import Household
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import facts as worker_facts
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings.scene import complete, review, tell, verify

Run = Callable[[], int]


@pytest.fixture()
def served(client: FlaskClient, run_jobs: Run) -> tuple[Worker, Household, str]:
    """A worker with papers, a family that booked and reviewed her, and the booking's id."""
    worker, family = factories.worker(account_id=factories.member(Role.WORKER).id), factories.household()
    verify(worker)
    order = complete(worker, family.id)
    review(worker, family.id, order, 5)
    run_jobs()
    return worker, family, order


def test_anybody_reads_a_score_whose_points_add_up(client: FlaskClient, served: tuple[Worker, Household, str]) -> None:
    worker, family, order = served
    answer = client.get(f"/api/v1/workers/{worker.id}/credit")
    assert answer.status_code == 200
    found = answer.get_json()
    assert 800 + sum(factor["points"] for factor in found["factors"]) == found["raw"] == found["score"]
    assert (found["grade"], found["new"], found["rule"]) == ("B", True, "v1")
    assert [reason["code"] for reason in found["reasons"]] == ["F22", "F10"]
    assert found["reasons"][1]["words"]["en"].startswith("Marks above")
    assert found["latest"][0]["kind"] == "rating"
    assert found["latest"][0]["order"].startswith("o_")
    for secret in (order, str(family.id), "王秀英"):
        assert secret not in answer.get_data(as_text=True)


def test_a_worker_of_whom_nothing_is_known_is_explained_too(client: FlaskClient) -> None:
    found = client.get(f"/api/v1/workers/{factories.worker().id}/credit").get_json()
    assert (found["score"], found["grade"], found["through"], found["proof_url"]) == (712, "C", 0, None)
    assert client.get(f"/api/v1/workers/{uuid4()}/credit").get_json()["code"] == "WorkerNotFound"


def test_a_person_keeps_her_key_from_firm_to_firm(client: FlaskClient, run_jobs: Run) -> None:
    worker = factories.worker()
    first = client.get(f"/api/v1/workers/{worker.id}/credit").get_json()["person"]
    tell(worker_facts.JOINED, f"worker:{worker.id}", firm=str(factories.firm().id))
    run_jobs()
    assert client.get(f"/api/v1/workers/{worker.id}/credit").get_json()["person"] == first
    other = client.get(f"/api/v1/workers/{factories.worker().id}/credit").get_json()["person"]
    assert first.startswith("p_") and first != other


def orders(client: FlaskClient, worker: Worker, who: Account, **acting: object) -> set[str]:
    """The orders an account sees named in her events."""
    answer = client.get(f"/api/v1/workers/{worker.id}/credit/events",
                        headers=factories.headers(who, **acting))  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "household" not in answer.get_data(as_text=True)
    return {item["order"] for item in answer.get_json()["items"] if item["order"]}


def test_a_booking_is_named_to_its_parties_and_the_federation_alone(
        client: FlaskClient, served: tuple[Worker, Household, str]) -> None:
    worker, family, order = served
    assert worker.account_id is not None and worker.firm_id is not None
    from_db = {role: factories.member(role) for role in (Role.FEDERATION_AUDITOR, Role.TRAINER)}
    manager = factories.member(Role.FIRM_MANAGER, worker.firm_id)
    stranger = factories.member(Role.FIRM_MANAGER, factories.firm().id)
    for who in (account(family.account_id), account(worker.account_id), from_db[Role.FEDERATION_AUDITOR], manager):
        assert orders(client, worker, who) == {order}
    for who in (from_db[Role.TRAINER], stranger, account(factories.household().account_id)):
        seen = orders(client, worker, who)
        assert len(seen) == 1 and seen != {order}
    assert client.get(f"/api/v1/workers/{worker.id}/credit/events").status_code == 401


def account(account_id: object) -> Account:
    """An account by its id."""
    return db.session.get_one(Account, account_id)


def test_events_come_page_by_page_newest_first(client: FlaskClient, served: tuple[Worker, Household, str]) -> None:
    worker, family, _ = served
    who, seen, cursor = factories.headers(account(family.account_id)), [], ""
    while True:
        page = client.get(f"/api/v1/workers/{worker.id}/credit/events?limit=2" + cursor, headers=who).get_json()
        seen += [item["kind"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["rating", "order_completed", "health_cert", "background_check", "identity_verified"]


def test_the_rule_is_public_and_its_hash_can_be_checked(client: FlaskClient) -> None:
    listed = client.get("/api/v1/credit/rules").get_json()["items"]
    assert {"v1"} <= {each["version"] for each in listed}
    assert [each["version"] for each in listed if each["active"]] == ["v1"]
    found = client.get("/api/v1/credit/rules/v1").get_json()
    canonical = json.dumps(found["constants"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sha256(canonical.encode()).hexdigest() == found["hash"]
    assert found["hash"] in {each["hash"] for each in listed}
    assert client.get("/api/v1/credit/rules/v9").get_json()["code"] == "RuleNotFound"


def test_a_months_calibration_is_public_without_naming_families(
        client: FlaskClient, served: tuple[Worker, Household, str]) -> None:
    _, family, _ = served
    with clock.frozen(datetime(2099, 12, 1, tzinfo=UTC)):
        credit.calibrate(month=clock.today())
    answer = client.get("/api/v1/credit/calibrations/2099-12")
    assert list(answer.get_json()["raters"].values()) == [500]
    assert str(family.id) not in answer.get_data(as_text=True)
    for month in ("2099-11", "soon"):
        assert client.get(f"/api/v1/credit/calibrations/{month}").get_json()["code"] == "CalibrationNotFound"
