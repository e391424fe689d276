"""Publications over HTTP: three formats that say the same, and nobody's name."""

import io
import json
from hashlib import sha256
from typing import Any

import openpyxl
import pypdf
import pytest
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.publications import rules, service as publications
from tests import factories
from tests.publications.conftest import City, at

ADDRESS = "/api/v1/publications/monthly/2026-10"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture()
def october(town: City) -> City:
    """A month with something in every table is published."""
    with at("2026-10-05T12:00:00"):
        people = [town.worker(no, grade) for no, grade in enumerate(["AAA"] * 6 + ["B"] * 7 + [None])]
        for her in people:
            for _ in range(9):
                town.order(her)
        town.complain(town.order(people[0]), 2)
        town.rate(town.order(people[7]), 11, 2)
        town.tell("petition.opened", "petition:1", kind="appeal")
        town.tell("petition.decided", "petition:1", kind="appeal", days=7, outcome="upheld")
        town.tell("audit.reported", "audit:1", sampled=59, defects=0, unverifiable=1)
    with at("2026-11-16T08:00:00"):
        publications.publish_due()
        db.session.commit()
    return town


def test_the_json_is_what_the_digest_in_the_list_is_of(client: FlaskClient, october: City) -> None:
    card = client.get("/api/v1/publications?kind=monthly").json["items"][0]
    answer = client.get(card["files"]["json"])
    assert answer.mimetype == "application/json" and sha256(answer.data).hexdigest() == card["sha256"]
    again = client.get(ADDRESS, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def shown(value: Any, column: rules.Column) -> str:
    """A value as the paper prints it."""
    if value is None:
        return "*" if column.reads == "count" else "—"
    if column.reads == "permyriad":
        return f"{value / 100:.2f}%"
    return f"{value:,}" if column.reads == "count" else str(value)


def test_workbook_and_paper_say_what_the_json_says(client: FlaskClient, october: City) -> None:
    data = json.loads(client.get(ADDRESS).data)
    sheet, paper = client.get(f"{ADDRESS}.xlsx"), client.get(f"{ADDRESS}.pdf")
    assert (sheet.mimetype, paper.mimetype) == (XLSX, "application/pdf")
    book = openpyxl.load_workbook(io.BytesIO(sheet.data))
    printed = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.data)).pages)
    text, compared = "".join(printed.split()), 0
    for table in rules.tables(data):
        rows = list(book[table.zh].iter_rows(min_row=2, max_row=len(table.rows) + 1, max_col=len(table.columns)))
        for row, cells in zip(table.rows, rows, strict=True):
            line = "".join(shown(value, column) for value, column in zip(row, table.columns, strict=True))
            assert "".join(line.split()) in text, (table.name, line)
            for value, column, cell in zip(row, table.columns, cells, strict=True):
                number = isinstance(cell.value, int | float)
                read = round(cell.value * 10_000) if column.reads == "permyriad" and number else cell.value
                assert read == (shown(None, column) if value is None else value), (table.name, row, cell.coordinate)
                compared += 1
    assert compared == 200
    assert "按等级的不合格订单率" in text


def test_the_bad_job_rate_in_the_file_is_the_one_worked_out_by_hand(client: FlaskClient, october: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx").data))
    rows = {row[0]: row[1:6] for row in book["按等级的不合格订单率"].iter_rows(min_row=2, values_only=True)}
    assert rows["AAA"][:3] == (55, 1, 0.0182) and rows["B"][:3] == (64, 1, 0.0156)
    assert rows["合计 all"][:3] == (128, 2, 0.0156) and rows["D"] == (0, 0, "—", "—", "—")


def test_the_workbook_has_native_charts_over_its_own_cells_with_chinese_titles(
        client: FlaskClient, october: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx").data))
    charts = {sheet.title: sheet._charts for sheet in book.worksheets if sheet._charts}
    assert set(charts) == {"订单", "按等级的不合格订单率", "家庭评价", "投诉", "期末等级分布"}
    series = charts["按等级的不合格订单率"][0].series[0]
    assert series.val.numRef.f == "'按等级的不合格订单率'!$D$2:$D$8"
    assert series.cat.strRef.f == "'按等级的不合格订单率'!$A$2:$A$8"


@pytest.mark.parametrize("ending", ["", ".xlsx", ".pdf"])
def test_an_edition_is_always_the_same_bytes(client: FlaskClient, october: City, ending: str) -> None:
    with at("2026-12-01T10:00:00"):
        one = client.get(ADDRESS + ending)
    publications._printed.cache_clear()
    with at("2027-05-01T10:00:00"):
        other = client.get(f"{ADDRESS}{ending}?edition=1")
    assert one.status_code == 200 and one.data == other.data and one.headers["ETag"] == other.headers["ETag"]


@pytest.mark.parametrize("address", ["monthly/2026-09", "monthly/2026-99", "quarterly/2026-Q4", "yearly/2026",
                                     "monthly/2026-09.xlsx", "monthly/2026-10.pdf?edition=2", "monthly/2026-10.doc"])
def test_what_was_not_published_is_not_found(client: FlaskClient, october: City, address: str) -> None:
    answer = client.get(f"/api/v1/publications/{address}")
    assert (answer.status_code, answer.json["code"]) == (404, "PublicationNotFound")


def test_a_firms_name_is_no_formula_and_no_markup(client: FlaskClient, town: City) -> None:
    firm = factories.firm(name="=1+1<b>家政&")
    with at("2026-10-05T12:00:00"):
        for no in range(30, 36):
            town.order(town.worker(no, "A", firm.id))
    with at("2026-11-16T08:00:00"):
        publications.publish_due()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx").data))
    cell = book["各企业的等级分布"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1<b>家政&", "s")
    pages = pypdf.PdfReader(io.BytesIO(client.get(f"{ADDRESS}.pdf").data)).pages
    assert "=1+1<b>家政&" in "".join(page.extract_text() for page in pages)


def test_the_administrator_corrects_and_nobody_else(client: FlaskClient, october: City) -> None:
    auditor, admin = (factories.headers(factories.member(role)) for role in (
        Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN))
    body = {"reason": "补记一单"}
    assert client.post(f"{ADDRESS}/editions", json=body, headers=auditor).status_code == 403
    same = client.post(f"{ADDRESS}/editions", json=body, headers=admin)
    assert (same.status_code, same.json["code"]) == (409, "NothingToCorrect")
    with at("2026-10-06T12:00:00"):
        october.order(october.worker(90, "A"))
    made = client.post(f"{ADDRESS}/editions", json=body, headers=admin)
    assert (made.status_code, made.json["edition"], made.json["reason"]) == (201, 2, "补记一单")
    assert json.loads(client.get(ADDRESS).data)["orders"]["completed"] == 129
    assert json.loads(client.get(f"{ADDRESS}?edition=1").data)["orders"]["completed"] == 128
    assert [each["edition"] for each in client.get("/api/v1/publications").json["items"]] == [2, 1]
