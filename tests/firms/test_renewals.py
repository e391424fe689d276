"""A firm on the platform renews its licence; an application left lying is closed and its code given free."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers.models import Employment, Worker
from tests import factories
from tests.firms.test_application import file, uploaded

FIRMS = "/api/v1/firms"


class Renewing:
    """A firm on the platform whose licence runs out soon, its manager and an auditor."""

    def __init__(self, client: FlaskClient, state: str = "on_platform") -> None:
        self.client: Any = client
        self.firm = factories.firm(state, licence_valid_until=date(2026, 12, 31))
        self.manager = factories.manager_of(self.firm)
        self.boss = factories.headers(self.manager)
        self.auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))

    def send(self, until: str | None = "2046-12-31", by: Account | None = None) -> Any:
        """Send a new licence in."""
        return self.client.post(f"{FIRMS}/{self.firm.id}/licence-renewals", headers=self.boss, json={
            "licence_media_id": uploaded(by or self.manager), "licence_valid_until": until})

    def decide(self, renewal: str, step: str, note: str = "", who: dict[str, str] | None = None) -> Any:
        """Decide on it."""
        return self.client.post(f"{FIRMS}/licence-renewals/{renewal}/decisions", headers=who or self.auditor,
                                json={"step": step, "note": note})

    def until(self) -> date | None:
        """Until when the firm's licence counts."""
        db.session.expire_all()
        return db.session.get_one(Firm, self.firm.id).licence_valid_until


@pytest.fixture()
def renewing(client: FlaskClient) -> Renewing:
    """One such firm."""
    return Renewing(client)


def test_a_new_licence_counts_once_the_federation_accepted_it(renewing: Renewing,
                                                              run_jobs: Callable[[], int]) -> None:
    sent = renewing.send()
    assert (sent.status_code, sent.json["state"], renewing.until()) == (201, "submitted", date(2026, 12, 31))
    assert renewing.send().json["code"] == "RenewalWaiting"
    waiting = renewing.client.get(f"{FIRMS}/licence-renewals", headers=renewing.auditor).json["items"]
    assert [each["id"] for each in waiting] == [sent.json["id"]]
    done = renewing.decide(sent.json["id"], "accept")
    assert (done.status_code, done.json["state"], renewing.until()) == (201, "accepted", date(2046, 12, 31))
    assert renewing.decide(sent.json["id"], "accept").json["code"] == "StepNotPossible"
    run_jobs()
    told = db.session.scalars(sa.select(Notification.kind).where(Notification.account_id == renewing.manager.id)).all()
    assert told == ["firm_renewal_accepted"]
    assert renewing.client.get(f"{FIRMS}/{renewing.firm.id}").json["licence_valid_until"] == "2046-12-31"


def test_a_refused_licence_changes_nothing_and_may_be_sent_again(renewing: Renewing) -> None:
    sent = renewing.send().json["id"]
    assert renewing.decide(sent, "refuse").json["code"] == "ReasonsRequired"
    assert renewing.decide(sent, "refuse", "看不清").json["note"] == "看不清"
    assert renewing.until() == date(2026, 12, 31)
    assert renewing.send(until=None).status_code == 201
    states = renewing.client.get(f"{FIRMS}/{renewing.firm.id}/licence-renewals", headers=renewing.boss).json["items"]
    assert [each["state"] for each in states] == ["submitted", "refused"]


def test_a_licence_that_is_lapsed_or_not_hers_or_an_applicants_is_no_renewal(
        client: FlaskClient, renewing: Renewing) -> None:
    assert renewing.send("2020-01-01").json["code"] == "LicenceLapsed"
    assert renewing.send(by=factories.account()).json["code"] == "LicenceNotYours"
    assert Renewing(client, "returned").send().json["code"] == "RenewalNotNow"


def test_neither_the_firm_nor_a_member_who_is_an_auditor_decides_on_it(renewing: Renewing) -> None:
    sent = renewing.send().json["id"]
    assert renewing.decide(sent, "accept", who=renewing.boss).status_code == 403
    factories.member(Role.FEDERATION_AUDITOR, who=renewing.manager)
    both = factories.headers(renewing.manager, Role.FEDERATION_AUDITOR)
    assert renewing.decide(sent, "accept", who=both).json["code"] == "OwnFirm"


def test_a_closed_application_gives_its_code_and_its_people_free(client: FlaskClient,
                                                                 run_jobs: Callable[[], int]) -> None:
    squatter = factories.firm("returned")
    worker = factories.worker(squatter)
    worker_id, owner = worker.id, factories.member(Role.HOUSEHOLD)
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    asked = file(owner, uscc=squatter.uscc)
    taken: Any = client.post(FIRMS, json=asked, headers=factories.headers(owner))
    assert taken.json["code"] == "FirmAlreadyRegistered"
    closed: Any = client.post(f"{FIRMS}/{squatter.id}/decisions", headers=auditor, json={
        "step": "close", "reasons": [{"code": "not_the_firm"}]})
    assert (closed.status_code, closed.json["state"]) == (201, "closed")
    run_jobs()
    made: Any = client.post(FIRMS, json=asked, headers=factories.headers(owner))
    assert made.status_code == 201
    db.session.expire_all()
    found = db.session.get_one(Worker, worker_id)
    left = db.session.scalars(sa.select(Employment.left_on).where(Employment.worker_id == worker_id)).all()
    assert found.firm_id is None and None not in left
    boss = factories.headers(db.session.get_one(Account, owner.id), Role.FIRM_MANAGER, UUID(made.json["id"]))
    back: Any = client.post(f"{FIRMS}/{made.json['id']}/staff", headers=boss, json={
        "id_number": found.id_number.reveal(), "name": found.name.reveal(), "phone": found.phone.reveal()})
    assert back.status_code == 201, back.json
