"""Hours, leave and free time over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker
from tests import factories

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)
WEEK = {"hours": [{"weekday": weekday, "starts": "08:00", "ends": "20:00"} for weekday in range(1, 8)]}


@pytest.fixture(autouse=True)
def time_stands() -> Any:
    with clock.frozen(NOON):
        yield


def firm_and_worker() -> tuple[str, dict[str, str], Worker]:
    """The address of a worker on a firm's staff, its manager's headers, and her."""
    firm = factories.firm()
    worker = factories.worker(firm)
    headers = factories.headers(factories.manager_of(firm), Role.FIRM_MANAGER, firm.id)
    return f"/api/v1/firms/{firm.id}/staff/{worker.id}", headers, worker


def test_a_firm_sets_hours_and_reads_them_back(client: FlaskClient) -> None:
    staff, headers, _ = firm_and_worker()
    put = client.put(f"{staff}/hours", json=WEEK, headers=headers)
    assert put.status_code == 200, put.json
    assert client.get(f"{staff}/hours", headers=headers).json == WEEK == put.json


@pytest.mark.parametrize(("row", "pointer"), [
    ({"weekday": 8, "starts": "08:00", "ends": "09:00"}, "/hours/0/weekday"),
    ({"weekday": 1, "starts": "08:15", "ends": "09:00"}, "/hours/0/starts"),
    ({"weekday": 1, "starts": "09:00", "ends": "09:00"}, "/hours/0/ends"),
    ({"weekday": 1, "starts": "09:00", "ends": "24:30"}, "/hours/0/ends"),
])
def test_hours_that_make_no_sense_are_refused_by_field(client: FlaskClient, row: dict[str, Any], pointer: str) -> None:
    staff, headers, _ = firm_and_worker()
    answer = client.put(f"{staff}/hours", json={"hours": [row]}, headers=headers)
    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer])


def test_hours_that_overlap_are_refused(client: FlaskClient) -> None:
    staff, headers, _ = firm_and_worker()
    rows = [{"weekday": 1, "starts": "08:00", "ends": "12:00"}, {"weekday": 1, "starts": "11:30", "ends": "24:00"}]
    answer = client.put(f"{staff}/hours", json={"hours": rows}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "HoursOverlap")


def test_another_firm_finds_neither_her_hours_nor_her_leave(client: FlaskClient) -> None:
    staff, _, worker = firm_and_worker()
    other = factories.firm()
    headers = factories.headers(factories.manager_of(other), Role.FIRM_MANAGER, other.id)
    for path in (staff, f"/api/v1/firms/{other.id}/staff/{worker.id}"):
        assert client.get(f"{path}/hours", headers=headers).status_code == 404
        assert client.put(f"{path}/hours", json=WEEK, headers=headers).status_code == 404
        assert client.get(f"{path}/leave", headers=headers).status_code == 404


def test_a_worker_sets_her_own_hours_and_leave(client: FlaskClient) -> None:
    _, _, worker = firm_and_worker()
    account = factories.member(Role.WORKER)
    worker.account_id = account.id
    headers = factories.headers(account, Role.WORKER)
    assert client.put("/api/v1/me/worker/hours", json=WEEK, headers=headers).json == WEEK
    assert client.get("/api/v1/me/worker/hours", headers=headers).json == WEEK
    leave = {"start": "2026-12-02T00:00:00+08:00", "end": "2026-12-03T00:00:00+08:00", "note": "回老家"}
    made = client.post("/api/v1/me/worker/leave", json=leave, headers=headers)
    assert (made.status_code, {name: made.json[name] for name in leave}) == (201, leave)
    assert client.get("/api/v1/me/worker/leave", headers=headers).json == {"items": [made.json], "next_cursor": None}
    again = client.post("/api/v1/me/worker/leave", json=leave, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "LeaveOverlaps")
    one = f"/api/v1/me/worker/leave/{made.json['id']}"
    assert client.delete(one, headers=headers).status_code == 204
    assert client.delete(one, headers=headers).json["code"] == "LeaveNotFound"


def test_a_household_sets_nobodys_hours(client: FlaskClient) -> None:
    staff, _, _ = firm_and_worker()
    headers = factories.headers(factories.member(Role.HOUSEHOLD), Role.HOUSEHOLD)
    assert client.put(f"{staff}/hours", json=WEEK, headers=headers).status_code == 403
    assert client.put(f"{staff}/hours", json=WEEK).status_code == 401


def test_leave_over_an_engagement_is_refused_by_the_firms_route_too(client: FlaskClient) -> None:
    staff, headers, worker = firm_and_worker()
    start = NOON + timedelta(days=1)
    calendars.engage(worker_no=worker.no, during=Range(start, start + timedelta(hours=2), bounds="[)"), ref="booking:1")
    leave = {"start": start.isoformat(), "end": (start + timedelta(days=1)).isoformat()}
    answer = client.post(f"{staff}/leave", json=leave, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "LeaveOverlaps")


@pytest.mark.parametrize(("start", "end"), [
    ("2026-12-02T00:00:00+08:00", "2026-12-02T00:00:00+08:00"),
    ("2026-11-01T00:00:00+08:00", "2026-11-02T00:00:00+08:00"),
    ("2026-12-02T00:00:00+08:00", "2027-12-04T00:00:00+08:00"),
])
def test_leave_that_is_empty_past_or_endless_is_refused(client: FlaskClient, start: str, end: str) -> None:
    staff, headers, _ = firm_and_worker()
    answer = client.post(f"{staff}/leave", json={"start": start, "end": end}, headers=headers)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/end")


def test_availability_is_open_to_everybody_and_tells_free_stretches_and_starts(client: FlaskClient) -> None:
    staff, headers, worker = firm_and_worker()
    client.put(f"{staff}/hours", json=WEEK, headers=headers)
    ten = NOON + timedelta(hours=22)
    calendars.engage(worker_no=worker.no, during=Range(ten, ten + timedelta(hours=2), bounds="[)"), ref="booking:1")
    asked = {"from": "2026-11-30T00:00:00+08:00", "until": "2026-12-02T00:00:00+08:00", "minutes": 60}
    answer = client.get(f"/api/v1/workers/{worker.id}/availability", query_string=asked)
    assert answer.json["free"] == [
        {"start": "2026-11-30T13:00:00+08:00", "end": "2026-11-30T20:00:00+08:00"},  # an hour's notice from noon
        {"start": "2026-12-01T08:00:00+08:00", "end": "2026-12-01T09:00:00+08:00"},
        {"start": "2026-12-01T13:00:00+08:00", "end": "2026-12-01T20:00:00+08:00"}]
    assert answer.json["starts"][-14] == "2026-12-01T08:00:00+08:00"
    asked.pop("minutes")
    assert client.get(f"/api/v1/workers/{worker.id}/availability", query_string=asked).json["starts"] is None


def test_availability_is_asked_for_a_month_at_most(client: FlaskClient) -> None:
    worker = factories.worker()
    asked = {"from": "2026-12-01T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00"}
    assert client.get(f"/api/v1/workers/{worker.id}/availability", query_string=asked).status_code == 200
    asked["until"] = "2027-01-01T00:00:01+08:00"
    assert client.get(f"/api/v1/workers/{worker.id}/availability", query_string=asked).status_code == 422


def test_who_is_on_no_list_shows_no_availability(client: FlaskClient) -> None:
    worker = factories.worker(listed=False)
    db.session.flush()
    asked = {"from": "2026-12-01T00:00:00+08:00", "until": "2026-12-02T00:00:00+08:00"}
    answer = client.get(f"/api/v1/workers/{worker.id}/availability", query_string=asked)
    assert (answer.status_code, answer.json["code"]) == (404, "WorkerNotFound")
