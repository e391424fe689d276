"""Single days, terms and the way over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import USUAL
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.calendars.test_routes import NOON, firm_and_worker

HERE, FAR = cell(118.2755, 33.9631), cell(118.4755, 33.9631)  # 85 minutes from each other
TERMS = {"works_holidays": False, "buffer_before": 0, "buffer_after": 60, "notice_minutes": 120, "horizon_days": 30}


@pytest.fixture(autouse=True)
def time_stands() -> Any:
    with clock.frozen(NOON):
        yield


def test_a_firm_gives_a_day_hours_of_its_own_and_takes_them_back(client: FlaskClient) -> None:
    staff, headers, _ = firm_and_worker()
    sunday = {"day": "2026-12-06", "hours": [
        {"starts": "09:00", "ends": "12:00"}, {"starts": "12:00", "ends": "13:00"}]}
    made = client.post(f"{staff}/special-days", json=sunday, headers=headers)
    assert made.status_code == 201 and made.json["hours"] == [{"starts": "09:00", "ends": "13:00"}], made.json
    client.post(f"{staff}/special-days", json={"day": "2026-12-02", "hours": []}, headers=headers)
    listed = client.get(f"{staff}/special-days", query_string={"limit": 1}, headers=headers).json
    assert [each["day"] for each in listed["items"]] == ["2026-12-02"]
    more = client.get(f"{staff}/special-days", query_string={"cursor": listed["next_cursor"]}, headers=headers).json
    assert more == {"items": [made.json], "next_cursor": None}
    assert client.delete(f"{staff}/special-days/{made.json['id']}", headers=headers).status_code == 204
    again = client.delete(f"{staff}/special-days/{made.json['id']}", headers=headers)
    assert (again.status_code, again.json["code"]) == (404, "SpecialDayNotFound")


@pytest.mark.parametrize("day", ["2026-11-29", "2027-12-02"])
def test_a_day_that_is_past_or_beyond_a_year_is_refused(client: FlaskClient, day: str) -> None:
    staff, headers, _ = firm_and_worker()
    answer = client.post(f"{staff}/special-days", json={"day": day, "hours": []}, headers=headers)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/day")


def test_a_worker_sets_her_terms_which_are_the_usual_ones_before(client: FlaskClient) -> None:
    worker = factories.worker_with_account()
    headers = factories.headers(db.session.get_one(Account, worker.account_id), Role.WORKER)
    assert client.get("/api/v1/me/worker/terms", headers=headers).json == vars(USUAL)
    assert client.put("/api/v1/me/worker/terms", json=TERMS, headers=headers).json == TERMS
    assert client.get("/api/v1/me/worker/terms", headers=headers).json == TERMS


@pytest.mark.parametrize(("name", "value"), [("buffer_before", 45), ("buffer_after", 150), ("notice_minutes", -1),
                                             ("notice_minutes", 10_081), ("horizon_days", 0), ("horizon_days", 61)])
def test_terms_beyond_their_bounds_are_refused_by_field(client: FlaskClient, name: str, value: int) -> None:
    staff, headers, _ = firm_and_worker()
    answer = client.put(f"{staff}/terms", json={**TERMS, name: value}, headers=headers)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{name}")


def test_only_who_is_signed_in_sees_times_for_an_address_and_only_for_her_own(client: FlaskClient) -> None:
    worker, family, other = factories.working(factories.worker()), factories.household(), factories.household()
    noon = datetime(2026, 12, 1, 12, tzinfo=NOON.tzinfo)
    calendars.engage(worker_no=worker.no, during=Range(noon, noon + timedelta(hours=1)), ref="booking:1", cell=FAR)
    asked = {"from": "2026-12-01T00:00:00+08:00", "until": "2026-12-02T00:00:00+08:00", "minutes": 60}
    address = f"/api/v1/workers/{worker.id}/availability"
    anybody = client.get(address, query_string=asked).json["starts"]
    asked["address_id"] = str(factories.address(family, cell=HERE).id)
    assert client.get(address, query_string=asked).status_code == 401
    mine, hers = (factories.headers(db.session.get_one(Account, each.account_id)) for each in (family, other))
    strange = client.get(address, query_string=asked, headers=hers)
    assert (strange.status_code, strange.json["code"]) == (404, "AddressNotFound")
    shown = client.get(address, query_string=asked, headers=mine).json["starts"]
    gone = [moment[11:16] for moment in anybody if moment not in shown]
    assert gone == ["10:00", "14:00"]
