"""The safety colour on the day before, on and after the last day of each paper, with no job run between."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests import factories

API = "/api/v1"
#: month end, year end, a leap day, and an ordinary day
ENDS = [date(2027, 1, 31), date(2026, 12, 31), date(2028, 2, 29), date(2027, 5, 14)]
FAR = date(2030, 1, 1)
#: paper → (the recorded paper, why it is not green once it is over)
PAPERS: dict[str, tuple[dict[str, Any], str]] = {
    "health": ({"kind": "health", "title": "健康证", "issuer": "市疾控中心"}, "health_lapsed"),
    "insurance": ({"kind": "insurance", "title": "意外险", "issuer": "保险公司", "insurance_class": 4}, "insurance_lapsed"),
}


class Desk:
    """A worker without papers, and who records and verifies them over HTTP."""

    def __init__(self, client: FlaskClient) -> None:
        self.client: Any = client
        self.worker = factories.worker_with_account(identity_verified_on=None, health_until=None, insured_until=None,
                                                    insured_class=None, background_until=None)
        workers.refresh(worker=self.worker)
        self.her = factories.headers(db.session.get_one(Account, self.worker.account_id))
        firm = db.session.get_one(factories.Firm, self.worker.firm_id)
        self.manager = factories.headers(factories.manager_of(firm))
        self.officer = factories.headers(factories.member(Role.FEDERATION_AUDITOR))

    def verified(self, **paper: Any) -> str:
        """A paper recorded by the firm and verified by the federation; its id."""
        path = f"{API}/firms/{self.worker.firm_id}/staff/{self.worker.id}/documents"
        made = self.client.post(path, headers=self.manager, json=paper)
        assert made.status_code == 201, made.json
        done = self.client.post(f"{API}/documents/{made.json['id']}/reviews", headers=self.officer,
                                json={"verdict": "verify", "source": "核对原件"})
        assert done.status_code == 201, done.json
        return str(made.json["id"])

    def safety(self) -> dict[str, Any]:
        """Her colour as her own card shows it, which is what a scan and her page show."""
        card = self.client.get(f"{API}/workers/{self.worker.id}/door-card", headers=self.her).json
        scanned = self.client.post(f"{API}/door-cards/scans", json={"token": card["token"]}).json
        assert scanned["safety"] == card["safety"]
        return dict(card["safety"])


@pytest.fixture()
def desk(world: sa.Connection, client: FlaskClient) -> Desk:
    """The desk."""
    return Desk(client)


def moments(end: date) -> list[tuple[datetime, bool]]:
    """(a moment in Suqian, whether a paper that ends then is still good): the day before, the day, the day after, and
    the last and first second of the midnight between."""
    over = clock.midnight(end + timedelta(days=1))
    return [(clock.midnight(end - timedelta(days=1)), True), (clock.midnight(end), True),
            (over - timedelta(seconds=1), True), (over, False), (over + timedelta(days=1), False)]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_good_to_the_end_of_its_last_day_in_suqian(desk: Desk, name: str, end: date) -> None:
    with clock.frozen(clock.midnight(date(2026, 11, 24)) + timedelta(hours=9)):
        desk.verified(kind="identity", title="身份证", issuer="公安机关")
        for other, (paper, _) in PAPERS.items():
            desk.verified(**paper, valid_until=(end if other == name else FAR).isoformat())
    for moment, good in moments(end):
        with clock.frozen(moment):
            found = desk.safety()
            assert found["colour"] == ("green" if good else "yellow"), (name, moment)
            assert found["reasons"] == ([] if good else [PAPERS[name][1]])
            assert found["changes_on"] == ((end + timedelta(days=1)).isoformat() if good else None)


def test_without_a_verified_identity_she_is_red_and_with_it_what_else_is_missing_is_told(desk: Desk) -> None:
    assert desk.safety() == {"colour": "red", "reasons": [
        "identity_not_verified", "health_missing", "insurance_missing"], "changes_on": None}
    identity = desk.verified(kind="identity", title="身份证", issuer="公安机关")
    assert desk.safety()["colour"] == "yellow"
    for paper, _ in PAPERS.values():
        desk.verified(**paper, valid_until=FAR.isoformat())
    assert desk.safety() == {"colour": "green", "reasons": [], "changes_on": "2030-01-02"}
    path = f"{API}/documents/{identity}/withdrawals"
    assert desk.client.post(path, headers=desk.officer, json={"reason": "系他人证件"}).status_code == 201
    assert desk.safety()["colour"] == "red"


def test_what_nobody_verified_colours_nothing(desk: Desk) -> None:
    desk.verified(kind="identity", title="身份证", issuer="公安机关")
    for paper, _ in PAPERS.values():
        desk.client.post(f"{API}/firms/{desk.worker.firm_id}/staff/{desk.worker.id}/documents", headers=desk.manager,
                         json={**paper, "valid_until": FAR.isoformat()})
    assert desk.safety()["reasons"] == ["health_missing", "insurance_missing"]


@pytest.mark.parametrize("end", ENDS)
def test_a_certificate_counts_to_its_last_day_and_a_background_check_too_on_the_day_of_service(
        desk: Desk, end: date) -> None:
    family = factories.household()
    home = factories.headers(db.session.get_one(Account, family.account_id))
    address = factories.address(family)
    with clock.frozen(clock.midnight(date(2026, 11, 24)) + timedelta(hours=9)):
        desk.verified(kind="identity", title="身份证", issuer="公安机关")
        for paper, _ in PAPERS.values():
            desk.verified(**paper, valid_until=FAR.isoformat())
        desk.verified(kind="background", title="背景核查", issuer="公安机关", conclusion="clear", look_back_years=5,
                      valid_until=end.isoformat())
        desk.verified(kind="certificate", title="育婴员四级", issuer="鉴定中心", occupation="infant_carer", level=4,
                      valid_until=(end + timedelta(days=1)).isoformat())
    visit = db.session.get_one(Service, "cleaning")  # a visit can be quoted; let it ask for what a nurse's work does
    visit.care, visit.certificates = True, ["infant_carer"]
    db.session.flush()
    workers.refresh(worker=desk.worker)
    for day, lacking in ((end, None), (end + timedelta(days=1), "background_lapsed"),
                         (end + timedelta(days=2), "certificate_lapsed")):
        with clock.frozen(clock.midnight(end - timedelta(days=3))):
            factories.working(desk.worker)
            answer = desk.client.post(f"{API}/quotes", headers=home, json={
                "worker_id": str(desk.worker.id), "service_code": "cleaning", "address_id": str(address.id),
                "start": (clock.midnight(day) + timedelta(hours=10)).isoformat(), "minutes": 180})
        assert (answer.status_code == 201) == (lacking is None), (day, answer.json)
        assert lacking is None or lacking in str(answer.json), answer.json
