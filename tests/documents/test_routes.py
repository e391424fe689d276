"""Papers are recorded by firms, reviewed by the federation, and count only then."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.documents import facts
from qiaojiejie.identity.models import Look
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers.models import Worker
from tests import factories

UNTIL = str(clock.today() + timedelta(days=90))
SOURCE = {"verdict": "verify", "source": "市疾控中心查询"}


class Case:
    """A worker of whom nothing is verified, her firm's manager and an auditor."""

    def __init__(self, client: FlaskClient) -> None:
        self.client: Any = client
        self.firm = factories.firm()
        self.worker = factories.worker(self.firm, identity_verified_on=None, health_until=None, insured_until=None,
                                       insured_class=None, background_until=None)
        self.manager = factories.manager_of(self.firm)
        self.office = factories.headers(self.manager)
        self.auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
        self.path = f"/api/v1/firms/{self.firm.id}/staff/{self.worker.id}/documents"

    def record(self, kind: str, **said: Any) -> Any:
        """The firm records a paper."""
        return self.client.post(self.path, headers=self.office,
                                json={"kind": kind, "title": kind, "issuer": "市疾控中心", **said})

    def review(self, document: str, **found: Any) -> Any:
        """The auditor reviews it."""
        return self.client.post(f"/api/v1/documents/{document}/reviews", headers=self.auditor, json={**SOURCE, **found})

    def known(self) -> Worker:
        """The worker as she stands now."""
        db.session.expire_all()
        return db.session.get_one(Worker, self.worker.id)


@pytest.fixture()
def case(client: FlaskClient) -> Case:
    """One case."""
    return Case(client)


@pytest.mark.parametrize(("kind", "said", "column"), [
    ("health", {"valid_until": UNTIL}, "health_until"),
    ("insurance", {"valid_until": UNTIL, "insurance_class": 2}, "insured_until"),
    ("background", {"valid_until": UNTIL, "conclusion": "clear", "look_back_years": 5}, "background_until"),
    ("identity", {}, "identity_verified_on"),
])
def test_a_paper_counts_once_verified_and_no_more_once_withdrawn(case: Case, kind: str, said: dict[str, Any],
                                                                 column: str) -> None:
    made = case.record(kind, **said)
    assert (made.status_code, made.json["state"]) == (201, "recorded"), made.json
    assert getattr(case.known(), column) is None
    done = case.review(made.json["id"])
    assert (done.status_code, done.json["state"], done.json["source"]) == (201, "verified", "市疾控中心查询"), done.json
    assert str(getattr(case.known(), column)) == (str(clock.today()) if kind == "identity" else UNTIL)
    entry = ledger.about(f"worker:{case.worker.id}", facts.VERIFIED)[0]
    assert (entry.data["kind"], entry.data["firm"]) == (kind, str(case.firm.id))
    gone: Any = case.client.post(f"{case.path}/{made.json['id']}/withdrawals", headers=case.office,
                                 json={"reason": "有误"})
    assert (gone.status_code, gone.json["state"]) == (201, "withdrawn")
    assert getattr(case.known(), column) is None


def test_a_worker_is_listed_from_the_moment_her_identity_is_verified(case: Case) -> None:
    case.review(case.record("identity").json["id"])
    assert case.known().listed


def test_a_certificate_is_on_her_card_unverified_until_it_is_verified(case: Case) -> None:
    made = case.record("certificate", title="家政服务员四级", level=4, occupation="domestic_worker").json["id"]
    shown = {"title": "家政服务员四级", "occupation": "domestic_worker", "level": 4, "valid_until": None,
             "serial": None}
    assert case.known().card["certificates"] == [{**shown, "verified": False}]
    case.review(made)
    assert case.known().card["certificates"] == [{**shown, "verified": True}]


@pytest.mark.parametrize(("kind", "said", "code"), [
    ("certificate", {"occupation": "astronaut"}, "UnknownOccupation"),
    ("certificate", {"occupation": "domestic_worker", "level": 1}, "LevelNotOfOccupation"),
    ("identity", {"occupation": "domestic_worker"}, "NoCertificate"),
])
def test_what_a_certificate_certifies_is_one_of_the_catalogue(case: Case, kind: str, said: dict[str, Any],
                                                              code: str) -> None:
    answer = case.record(kind, **said)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert case.record("certificate", occupation="domestic_worker", level=2).json["occupation"] == "domestic_worker"


def test_a_rejection_needs_its_reason_and_the_manager_is_told(case: Case) -> None:
    made = case.record("health", valid_until=UNTIL).json["id"]
    assert case.review(made, verdict="reject").json["code"] == "ReasonRequired"
    done = case.review(made, verdict="reject", reason="照片无法辨认")
    assert (done.status_code, done.json["state"]) == (201, "rejected")
    assert case.known().health_until is None
    told = db.session.query(Notification).filter_by(account_id=case.manager.id).one()
    assert (told.kind, told.data["reason"]) == ("document_rejected", "照片无法辨认")


def test_a_background_check_that_is_not_clear_counts_for_nothing(case: Case) -> None:
    made = case.record("background", valid_until=UNTIL, conclusion="clear", look_back_years=5).json["id"]
    case.review(made, conclusion="not_clear")
    assert case.known().background_until is None


@pytest.mark.parametrize(("kind", "said", "code"), [
    ("health", {}, "ValidityRequired"), ("insurance", {"valid_until": UNTIL}, "InsuranceClassRequired"),
    ("background", {"valid_until": UNTIL}, "ConclusionRequired"),
    ("health", {"valid_until": UNTIL, "media_id": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e41"}, "ImageNotYours"),
])
def test_a_paper_says_what_its_kind_must(case: Case, kind: str, said: dict[str, Any], code: str) -> None:
    assert case.record(kind, **said).json["code"] == code


def test_a_paper_is_reviewed_once_and_not_by_who_recorded_it(case: Case) -> None:
    made = case.record("identity").json["id"]
    both = factories.headers(factories.member(Role.FEDERATION_AUDITOR, who=case.manager), Role.FEDERATION_AUDITOR)
    own = case.client.post(f"/api/v1/documents/{made}/reviews", headers=both, json=SOURCE)
    assert (own.status_code, own.json["code"] if own.json else "") == (403, "OwnDocument")
    assert case.review(made).status_code == 201
    assert case.review(made).json["code"] == "StepNotPossible"


def test_the_queue_is_the_federations_oldest_first(case: Case) -> None:
    first, second = case.record("identity").json["id"], case.record("health", valid_until=UNTIL).json["id"]
    queue = case.client.get("/api/v1/documents/queue", headers=case.auditor)
    assert queue.json and [row["id"] for row in queue.json["items"]][-2:] == [first, second]
    assert case.client.get("/api/v1/documents/queue", headers=case.office).status_code == 403
    refused = case.client.post(f"/api/v1/documents/{first}/reviews", headers=case.office, json=SOURCE)
    assert refused.status_code == 403


def test_another_firm_finds_no_document(case: Case) -> None:
    other = factories.firm()
    made = case.record("identity").json["id"]
    strange = factories.headers(factories.manager_of(other))
    for path in (case.path, case.path.replace(str(case.firm.id), str(other.id))):
        assert case.client.get(path, headers=strange).status_code == 404
        gone = case.client.post(f"{path}/{made}/withdrawals", headers=strange, json={"reason": "x"})
        assert gone.status_code == 404


def test_a_reviewer_sees_whose_paper_waits_and_in_plain_only_for_a_reason(case: Case) -> None:
    document = case.record("certificate", number="S0001").json["id"]
    waiting = case.client.get("/api/v1/documents/queue", headers=case.auditor).json["items"]
    [mine] = [paper for paper in waiting if paper["id"] == document]
    plain = case.worker.id_number.reveal()
    assert mine["worker"]["firm_name"] == case.firm.name and mine["worker"]["called"] == case.worker.called
    assert plain not in str(mine) and case.worker.name.reveal() not in str(mine) and "S0001" not in str(mine)
    path, asked = f"/api/v1/documents/{document}/reveals", ["name", "id_number", "number"]
    assert case.client.post(path, headers=case.auditor, json={"fields": asked}).status_code == 422
    shown = case.client.post(path, headers=case.auditor, json={"fields": asked, "reason": "核对身份"})
    assert shown.json == {"name": case.worker.name.reveal(), "id_number": plain, "number": "S0001"}
    looks = db.session.execute(sa.select(Look.subject, Look.field).order_by(Look.id)).all()
    assert [tuple(look) for look in looks] == [
        (f"worker:{case.worker.id}", "name"), (f"worker:{case.worker.id}", "id_number"),
        (f"document:{document}", "number")]
    assert case.client.post(path, headers=case.office, json={"fields": asked, "reason": "x"}).status_code == 403


def test_the_federation_takes_back_what_it_verified_and_the_firm_is_told_why(case: Case) -> None:
    document = case.record("identity").json["id"]
    case.review(document)
    assert case.known().listed
    path = f"/api/v1/documents/{document}/withdrawals"
    assert case.client.post(path, headers=case.office, json={"reason": "x"}).status_code == 403
    gone = case.client.post(path, headers=case.auditor, json={"reason": "身份证系冒用"})
    assert (gone.status_code, gone.json["state"]) == (201, "withdrawn")
    worker = case.known()
    assert (worker.identity_verified_on, worker.listed) == (None, False)
    assert ledger.about(f"worker:{worker.id}")[-1].fact == facts.WITHDRAWN
    told = db.session.scalars(sa.select(Notification).where(Notification.account_id == case.manager.id,
                                                            Notification.kind == "document_withdrawn")).one()
    assert told.data["reason"] == "身份证系冒用"
    assert case.client.post(path, headers=case.auditor, json={"reason": "x"}).json["code"] == "StepNotPossible"
