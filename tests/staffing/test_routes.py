"""Files that are no staff list are refused, and a job cut off goes on where it was."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock, sheets
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.media import gateway, queries as media_queries, service as media
from qiaojiejie.staffing import queries, service as staffing
from qiaojiejie.workers import rules
from qiaojiejie.workers.models import Worker
from tests import factories


def workbook(*rows: Iterable[Any]) -> bytes:
    """An .xlsx of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one more part in its zip."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return out.getvalue()


PLAIN = workbook(["姓名", "身份证号", "手机号"])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(("content", "status", "code"), [
    (b"%PDF-1.7 ...", 415, "NotASpreadsheet"), (b"\x89PNG\r\n\x1a\n\0\0", 415, "NotASpreadsheet"),
    (b"<html><table>", 415, "NotASpreadsheet"), (b"", 415, "NotASpreadsheet"),
    (b"PK\x03\x04broken", 415, "NotASpreadsheet"),
    (OLE, 415, "OldWorkbook"), (OLE + "EncryptedPackage".encode("utf-16-le"), 415, "WorkbookLocked"),
    (with_part(PLAIN, "xl/vbaProject.bin", b"x"), 415, "WorkbookHasMacros"),
    (with_part(PLAIN, "xl/externalLinks/externalLink1.xml", b"<x/>"), 415, "WorkbookHasLinks"),
    (with_part(PLAIN, "xl/worksheets/sheet9.xml", b"\0" * (30 * 2**20)), 413, "SheetUnpacksTooLarge"),
])
def test_what_is_no_list_is_refused_at_once(client: FlaskClient, content: bytes, status: int, code: str) -> None:
    firm = factories.firm()
    headers = factories.headers(factories.manager_of(firm))
    answer = client.post(f"/api/v1/firms/{firm.id}/staff-imports", headers=headers,
                         data={"file": (io.BytesIO(content), "员工.xlsx")})
    assert answer.json and (answer.status_code, answer.json["code"]) == (status, code)


BOMB = '<!DOCTYPE x [<!ENTITY a "啊啊啊啊"><!ENTITY b "&a;&a;&a;&a;">]>'
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("declared", "encoding"), [("UTF-8", "utf-8"), ("UTF-16", "utf-16"), ("UTF-16", "utf-16-be"),
                                                    ("cp1140", "cp1140")])
@pytest.mark.parametrize("called", [SHEET, "xl/printerSettings/printerSettings1.bin"])
def test_no_entity_is_ever_expanded(declared: str, encoding: str, called: str) -> None:
    """Whatever the part is called that has a document type, and however it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as plain, zipfile.ZipFile(out, "w") as hostile:
        for name in plain.namelist():
            text = plain.read(name).decode()
            if name == SHEET:
                text = f'<?xml version="1.0" encoding="{declared}"?>{BOMB}' + text[text.index("<worksheet"):]
                written = "ascii" if encoding == "cp1140" else encoding  # a declaration of it can be read as ASCII
                hostile.writestr(called, text.encode(written, "xmlcharrefreplace"))
            else:
                hostile.writestr(name, text.replace("worksheets/sheet1.xml", called.removeprefix("xl/")))
    with pytest.raises(sheets.NotASpreadsheet):
        list(sheets.read(out.getvalue()))


def test_a_document_type_is_seen_where_two_pieces_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_PIECE", 7)
    assert len(list(sheets.read(PLAIN))) == 1
    with pytest.raises(sheets.NotASpreadsheet):
        list(sheets.read(with_part(PLAIN, "xl/extra.xml", b"<!-- remark --><!DOCTYPE x><x/>")))


def test_ten_megabytes_are_read_and_not_a_byte_more() -> None:
    assert sheets.sniff(b"a" * (10 * 2**20)) == sheets.CSV
    with pytest.raises(sheets.SheetTooLarge):
        sheets.sniff(b"a" * (10 * 2**20 + 1))


@pytest.mark.parametrize(("content", "code"), [
    (workbook(["名单"], ["王秀英", "13900010001"]), "NoHeader"), (PLAIN, "NoRows"),
    (("姓名,身份证号,手机号\n" + "王,1,1\n" * (sheets.MOST_ROWS + 1)).encode(), "TooManyRows"),
])
def test_a_list_without_header_or_people_or_end_is_refused_by_the_job(
        client: FlaskClient, run_jobs: Callable[[], int], content: bytes, code: str) -> None:
    firm = factories.firm()
    headers = factories.headers(factories.manager_of(firm))
    path = f"/api/v1/firms/{firm.id}/staff-imports"
    sent = client.post(path, headers=headers, data={"file": (io.BytesIO(content), "a")})
    run_jobs()
    assert sent.json
    found = client.get(f"{path}/{sent.json['id']}", headers=headers)
    assert found.json and (found.json["state"], found.json["refusal"]) == ("refused", code)
    assert found.json["message"]
    told = client.get("/api/v1/me/notifications", headers=headers).json
    assert told and [note["kind"] for note in told["items"]] == ["staff_import_refused"]
    assert found.json["message"] in told["items"][0]["body"]


def test_a_formula_is_refused_row_by_row(client: FlaskClient, run_jobs: Callable[[], int]) -> None:
    made = received(workbook(["姓名", "身份证号", "手机号"], ["王秀英", "321302200302110004", "=A1"]))
    staffing.run(import_id=made.id)
    assert [row.reasons[0]["code"] for row in queries.all_rows(made.id)] == ["formula"]


def given_back(made: Any) -> list[tuple[Any, ...]]:
    """The rows of an import's rejected.xlsx."""
    book = openpyxl.load_workbook(io.BytesIO(staffing.rejected_sheet(made=queries.get(made.id))))
    return list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]


@pytest.mark.usefixtures("world")
def test_the_reason_stands_right_beside_the_list_however_wide_the_sheet_is_formatted() -> None:
    book = openpyxl.Workbook()
    for row in (["姓名", "身份证号", "手机号"], ["王秀英", "1", "13900010001"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.active.cell(row=1, column=90).number_format = "@"  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    made = received(out.getvalue())
    staffing.run(import_id=made.id)
    header, mended = given_back(made)
    assert header == ("姓名", "身份证号", "手机号", "未导入原因")
    assert mended[:3] == ("王秀英", "1", "13900010001") and "18 位" in mended[3]


@pytest.mark.usefixtures("world")
def test_a_number_that_lost_its_last_digits_does_not_come_back_as_somebody_elses() -> None:
    sound = next(number for number in map(str, range(321302198001010000, 321302198012319999, 1000000))
                 if rules.id_fault(number, clock.today()) is None)  # 18 digits ending in 0000, its check digit right
    made = received(workbook(["姓名", "身份证号", "手机号"], ["王秀英", int(sound), "13900010001"]))
    staffing.run(import_id=made.id)
    header, row = given_back(made)
    assert row[1] == sound[:15] + "???"
    again = received(workbook(header, row))
    staffing.run(import_id=again.id)
    assert [row.reasons[0]["code"] for row in queries.all_rows(again.id)] == ["id_as_number"]


def received(content: bytes) -> Any:
    """A list just sent by a firm's clerk."""
    firm = factories.firm()
    clerk = factories.manager_of(firm)
    return staffing.receive(firm=firm, actor=Actor(clerk.id, clerk.id, Role.FIRM_MANAGER, firm.id), filename="a.csv",
                            content=content)


@pytest.mark.usefixtures("world")
def test_a_job_cut_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [factories.id_number(factories.date(1970, 1, day)) for day in range(1, 8)] + ["1"]
    lines = [f"王秀英,{number},1390001{place:04d}" for place, number in enumerate([*numbers, numbers[0]])]
    made = received(("姓名,身份证号,手机号\n" + "\n".join(lines)).encode())
    monkeypatch.setattr(staffing, "BATCH", 3)
    taken = staffing._take_batch

    def dies(made: Any, reader: Any, batch: Any) -> None:
        if made.done == 3:
            raise KeyboardInterrupt
        taken(made, reader, batch)

    monkeypatch.setattr(staffing, "_take_batch", dies)
    with pytest.raises(KeyboardInterrupt):
        staffing.run(import_id=made.id)
    db.session.rollback()
    half = queries.get(made.id)
    assert (half.state, half.done, half.added) == ("running", 3, 3)
    monkeypatch.setattr(staffing, "_take_batch", taken)
    staffing.run(import_id=made.id)
    staffing.run(import_id=made.id)
    whole = queries.get(made.id)
    assert (whole.state, whole.total, whole.done, whole.added, whole.rejected) == ("done", 9, 9, 7, 2)
    assert db.session.scalar(sa.select(sa.func.count()).where(Worker.firm_id == made.firm_id)) == 7


@pytest.mark.usefixtures("world")
def test_a_list_lies_encrypted_and_is_read_as_it_was_sent() -> None:
    content = "姓名,身份证号,手机号\n王秀英,321302198005060008,13900010001\n".encode()
    kept = media_queries.get(received(content).media_id)
    lying = gateway.store().get(kept.key)
    assert b"321302198005060008" not in lying and b"13900010001" not in lying
    assert media.read(kept) == content


def test_another_firm_finds_no_import(client: FlaskClient) -> None:
    made, other = received("姓名,身份证号,手机号\n".encode()), factories.firm()
    headers = factories.headers(factories.manager_of(other))
    for firm_id in (made.firm_id, other.id):
        for rest in ("", "/rows", "/rejected.xlsx"):
            path = f"/api/v1/firms/{firm_id}/staff-imports/{made.id}{rest}"
            assert client.get(path, headers=headers).status_code == 404
