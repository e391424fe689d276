"""A firm imports its staff list as it is kept: exactly the right rows come in, the others come back to be mended."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers.models import Worker
from tests import factories

DATA = Path(__file__).parents[1] / "data"
LIST = (DATA / "staff_list.xlsx").read_bytes()
EXPECTED = json.loads((DATA / "staff_list.expected.json").read_text())
CODES = {"float_id": "id_as_number", "gender": "sex_mismatch", "bad_check": "id_check_digit", "minor": "under_age",
         "unknown_job": "service_unknown", "short_phone": "phone_short", "blank_id": "id_missing", "dup": "id_twice"}


class Desk:
    """A firm's clerk at her desk."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], int]) -> None:
        self.client, self.run_jobs, self.firm = client, run_jobs, factories.firm()
        self.clerk = factories.manager_of(self.firm)
        self.headers = factories.headers(self.clerk)
        self.path = f"/api/v1/firms/{self.firm.id}/staff-imports"

    def get(self, path: str) -> Any:
        """What is at an address under the imports."""
        return self.client.get(self.path + path, headers=self.headers)

    def send(self, content: bytes, name: str = "花名册.xlsx") -> Any:
        """Send a list, let it be read, see what came of it."""
        sent: Any = self.client.post(self.path, headers=self.headers, data={"file": (io.BytesIO(content), name)})
        if sent.status_code != 202:
            return sent
        assert sent.json["state"] == "queued"
        self.run_jobs()
        return self.get(f"/{sent.json['id']}")

    def rejected(self, import_id: str) -> dict[int, list[str]]:
        """Row → codes, over all pages."""
        found: dict[int, list[str]] = {}
        cursor = ""
        while True:
            page = self.get(f"/{import_id}/rows?limit=7{cursor}").json
            found |= {row["row"]: [each["code"] for each in row["reasons"]] for row in page["items"]}
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture()
def desk(client: FlaskClient, run_jobs: Callable[[], int]) -> Any:
    """A clerk, in the month the sample list is of."""
    with clock.frozen(datetime(2026, 11, 23, 2, tzinfo=UTC)):
        yield Desk(client, run_jobs)


def counts(answer: Any) -> dict[str, int]:
    """What an import came to."""
    return {name: answer.json[name] for name in ("total", "added", "updated", "unchanged", "rejected")}


def test_exactly_the_expected_rows_come_in_and_the_others_say_why(desk: Desk) -> None:
    done = desk.send(LIST)
    assert done.json["state"] == "done", done.json
    assert counts(done) == {"total": 120, "added": 100, "updated": 0, "unchanged": 0, "rejected": 20}
    assert desk.rejected(done.json["id"]) == {row["row"]: [CODES[row["kind"]]] for row in EXPECTED["bad"]}
    staff = {worker.id_index: worker for worker in db.session.scalars(
        sa.select(Worker).where(Worker.firm_id == desk.firm.id))}
    assert len(staff) == 100
    for row in EXPECTED["good"]:
        worker = staff[blind("id_number", row["id"])]
        assert worker.name.reveal() == row["name"].replace("\u3000", ""), row
        assert worker.phone.reveal() == row["phone"], row
    told = db.session.scalars(sa.select(Notification).where(Notification.account_id == desk.clerk.id)).all()
    assert [(note.kind, note.data["added"]) for note in told] == [("staff_import_finished", 100)]


def test_what_the_list_says_of_papers_is_recorded_and_nothing_is_verified(desk: Desk) -> None:
    desk.send(LIST)
    papers = db.session.scalars(sa.select(WorkerDocument)).all()
    assert {paper.state for paper in papers} == {"recorded"}
    lapsed = next(row["id"] for row in EXPECTED["good"] if row["kind"] == "expired_health")
    worker = db.session.scalars(sa.select(Worker).where(Worker.id_index == blind("id_number", lapsed))).one()
    health = [paper.valid_until.isoformat() for paper in papers
              if paper.worker_id == worker.id and paper.kind == "health" and paper.valid_until]
    assert health == ["2024-05-01"]
    assert (worker.health_until, worker.identity_verified_on, worker.listed) == (None, None, False)


def test_the_same_file_a_second_time_changes_nothing(desk: Desk) -> None:
    desk.send(LIST)
    facts = db.session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry))
    again = desk.send(LIST)
    assert counts(again) == {"total": 120, "added": 0, "updated": 0, "unchanged": 100, "rejected": 20}
    added = db.session.scalars(sa.select(LedgerEntry.fact).order_by(LedgerEntry.id).offset(facts)).all()
    assert added == ["staff_import.finished"]


def test_the_rejected_rows_come_back_and_once_mended_they_alone_are_added(desk: Desk) -> None:
    first = desk.send(LIST).json["id"]
    answer = desk.get(f"/{first}/rejected.xlsx")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][-1] == "未导入原因"
    assert sheet.max_row == 21
    as_it_is = desk.send(answer.data)
    assert counts(as_it_is) == {"total": 20, "added": 0, "updated": 0, "unchanged": 0, "rejected": 20}
    twice = next(place for place, row in enumerate(EXPECTED["bad"], start=2) if row["kind"] == "dup")
    assert desk.rejected(as_it_is.json["id"])[twice] == ["other_name"]
    mistyped = ("float_id", "bad_check", "blank_id")
    numbers = {row["phone"]: row["id"] for row in EXPECTED["bad"] if row["kind"] in mistyped}
    for line in sheet.iter_rows(min_row=2):
        line[3].value = numbers.get(str(line[4].value), str(line[3].value or ""))
        line[5].value = str(line[5].value).replace("开挖掘机", "保洁")
    out = io.BytesIO()
    book.save(out)
    still = [row for row in EXPECTED["bad"] if row["kind"] in ("gender", "minor", "short_phone", "dup")]
    done = desk.send(out.getvalue())
    assert counts(done) == {"total": 20, "added": 20 - len(still), "updated": 0, "unchanged": 0,
                            "rejected": len(still)}


def test_a_row_is_updated_by_its_id_number(desk: Desk) -> None:
    def listed(phone: str, job: str) -> bytes:
        return f"姓名,身份证号,手机号,工种\n王秀英,321302200302110004,{phone},{job}\n".encode("gb18030")

    assert counts(desk.send(listed("13900010001", "保洁"), "员工.csv"))["added"] == 1
    done = desk.send(listed("139 0001-0002", "月嫂"), "员工.csv")
    assert counts(done) == {"total": 1, "added": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    worker = db.session.scalars(sa.select(Worker).where(Worker.firm_id == desk.firm.id)).one()
    assert worker.phone.reveal() == "13900010002"
    assert [each["code"] for each in worker.card["services"]] == ["maternity_nurse"]


def test_someone_still_with_another_firm_is_rejected(desk: Desk) -> None:
    factories.worker(id_number="321302200302110004")
    done = desk.send("姓名,身份证号,手机号\n王秀英,321302200302110004,13900010001\n".encode(), "a.csv")
    assert counts(done)["rejected"] == 1
    assert desk.rejected(done.json["id"]) == {2: ["elsewhere"]}
