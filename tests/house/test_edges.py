"""The edge of the service: headers on every answer, no other origin let in, uploads and addresses within bounds."""

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from qiaojiejie.core.access import Role
from tests import factories

EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
PATHS = ["/", "/docs", "/healthz", "/openapi.json", "/static/none.js", "/api/v1/services", "/api/v1/me", "/api/v1/none"]


def form(**values: str | bytes) -> dict[str, Any]:
    """A form as it goes over the wire; bytes are files."""
    files = {name: FileStorage(io.BytesIO(each), "a.jpg") if isinstance(each, bytes) else each
             for name, each in values.items()}
    return {"data": encode_multipart(files, "edge")[1], "content_type": "multipart/form-data; boundary=edge"}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_how_a_browser_is_to_treat_it(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    answer.close()
    assert EVERYWHERE.items() <= dict(answer.headers).items()
    if path.startswith("/api/"):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    if path == "/":
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]


def test_only_production_binds_browsers_to_tls(app: Flask, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    app.config["DEMO"] = False
    try:
        assert "max-age=31536000" in client.get("/healthz").headers["Strict-Transport-Security"]
    finally:
        app.config["DEMO"] = True


def test_no_other_origin_is_let_in(client: FlaskClient) -> None:
    for method in ("GET", "OPTIONS"):
        answer = client.open("/api/v1/services", method=method, headers={
            "Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")]


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "POST"])
def test_a_method_nobody_takes_is_refused_in_words(client: FlaskClient, method: str) -> None:
    answer: Any = client.open("/api/v1/services", method=method)
    assert (answer.status_code, answer.json["code"]) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("path", [
    "/static/../app.py", "/static/%2e%2e/pages.py", "/docs/..%2f..%2fsetup.cfg", "/static/a%00b",
    "/docs/%00", "/api/v1/services/%00", "/api/v1/credit/rules/%00", "/api/v1/credit/calibrations/%00",
    "/api/v1/firms/%00", "/api/v1/bookings/" + "9" * 20, "/api/v1/services/" + "x" * 9000, "/api/v1/services/%ff"])
def test_an_address_that_leads_out_or_nowhere_is_not_found(client: FlaskClient, path: str) -> None:
    answer: Any = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(client: FlaskClient) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD))
    for size, code in ((11 * 2**20, "FileTooLarge"), (13 * 2**20, "TooLarge")):
        answer: Any = client.post("/api/v1/media", headers=who, **form(kind="photo", file=b"x" * size))
        assert (answer.status_code, answer.json["code"]) == (413, code)


def test_a_form_of_endless_parts_or_words_is_refused(client: FlaskClient) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD))
    for sent in ({f"f{number}": "x" for number in range(1001)}, {"kind": "x" * (2**20 + 1)}):
        answer: Any = client.post("/api/v1/media", headers=who, **form(**sent))
        assert (answer.status_code, answer.json["code"]) == (413, "TooLarge")


@pytest.mark.parametrize("name", ["a\x00b.csv", "../../etc/passwd", "花" * 300 + ".csv", "\u202egpj.csv", "😀.csv"])
def test_a_staff_list_may_be_called_anything(client: FlaskClient, name: str) -> None:
    firm = factories.firm()
    who = factories.headers(factories.manager_of(firm))
    content = "姓名,身份证号,手机号\n王秀英,321302200302110004,13900010001\n".encode()
    answer = client.post(f"/api/v1/firms/{firm.id}/staff-imports", headers=who, data={
        "file": (io.BytesIO(content), name)})
    assert answer.status_code == 202, answer.json


def test_a_workbook_that_unpacks_without_end_is_refused(client: FlaskClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<x/>")
        for number in range(8):
            bomb.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 40_000_000)
    firm = factories.firm()
    answer: Any = client.post(
        f"/api/v1/firms/{firm.id}/staff-imports", headers=factories.headers(factories.manager_of(firm)),
        data={"file": (io.BytesIO(packed.getvalue()), "a.xlsx")})
    assert answer.status_code in (413, 415), answer.json


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31", "9000-01-01", "9999-12-31"])
def test_a_day_no_calendar_answers_for_is_refused_in_words(client: FlaskClient, day: str) -> None:
    station = factories.station()
    answer = client.get(f"/api/v1/stations/{station.id}/rooms", query_string={"day": day})
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == "/day"  # type: ignore[index]
