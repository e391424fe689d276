"""Pages: the family's, the browsable description, and what a problem's type points to."""

import re
import shutil
import subprocess

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qiaojiejie.media.rules import WIDTHS
from qiaojiejie.web import pages
from tests import factories


def get(client: FlaskClient, address: str) -> TestResponse:
    """A file's answer, read to its end."""
    with client.get(address) as answer:
        assert answer.text
    return answer


def test_the_familys_page_loads_only_what_is_ours(client: FlaskClient) -> None:
    page = get(client, "/")
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert get(client, address).status_code == 200, address
    assert "http" not in re.sub(r"https?://www\.w3\.org\S*", "", page.text)


@pytest.mark.parametrize("address", ["/verify", "/s/a-token-nobody-has"])
def test_a_page_behind_a_code_or_a_link_is_there_and_asks_the_api_itself(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        assert answer.status_code == 200 and "<script" in answer.text


def test_the_description_is_browsable_and_the_browser_of_it_knows_openapi_3_1(client: FlaskClient) -> None:
    assert client.get("/docs").status_code == 200
    assert client.get("/openapi.json").json["openapi"].startswith("3.1")
    bundle = get(client, "/docs/swagger-ui-bundle.js").text
    assert int(re.findall(r'PACKAGE_VERSION:"(\d+)', bundle)[0]) >= 5


def test_a_problems_type_points_to_where_it_is_explained(client: FlaskClient) -> None:
    address, _, anchor = client.get("/api/v1/me").json["type"].partition("#")
    assert f'id="{anchor}"' in client.get(address).text


def test_every_refusal_speaks_chinese_and_english(client: FlaskClient) -> None:
    for kind in pages.refusals():
        chinese, english = kind.messages()
        assert re.search(r"[\u4e00-\u9fff]", chinese), kind
        assert re.search(r"[A-Za-z]{3}", english), kind


def test_the_public_logs_page_loads_only_what_is_ours_and_runs_nothing_inline(client: FlaskClient) -> None:
    page = get(client, "/audit")
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", page.text) == []
    assert "http" not in page.text
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert get(client, address).status_code == 200, address


def test_every_module_of_a_page_is_there_as_a_script(client: FlaskClient) -> None:
    for path in pages.STATIC.glob("*.js"):
        answer = get(client, f"/static/{path.name}")
        assert answer.mimetype == "text/javascript", path
        for other in re.findall(r'(?:from|Worker\()\s*"(?:\./|/static/)([\w-]+\.js)"', answer.text):
            assert (pages.STATIC / other).exists(), (path, other)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\(", answer.text)


def test_every_script_can_be_read_by_a_browser() -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed: .ci/run installs it")
    for path in pages.STATIC.glob("*.js"):
        read = subprocess.run(["node", "--check", "--input-type=module"], capture_output=True, text=True, check=False,
                              input=path.read_text())
        assert read.returncode == 0, (path.name, read.stderr)


def test_what_the_public_logs_page_asks_for_is_answered_to_anybody(client: FlaskClient) -> None:
    text = "".join((pages.STATIC / name).read_text() for name in ("audit.js", "audit-worker.js")).replace("`", '"')
    asked = set(re.findall(r'"(/(?:log|credit|audits|publications)(?:/[a-z]+)*)[?"]', text)) - {"/log/checkpoint"}
    assert {"/log/status", "/log/openings", "/credit/rules", "/credit/standings", "/audits", "/publications"} <= asked
    for path in sorted(asked | {"/lists/honour", "/lists/block", "/lists/sanction"}):
        assert client.get(f"/api/v1{path}?limit=20").status_code == 200, path
    assert client.get("/log/checkpoint").status_code in (200, 404)  # there is none before the first leaf


def test_a_stations_page_loads_only_what_is_ours_and_what_it_asks_for_is_answered(client: FlaskClient) -> None:
    made = factories.station()
    for address in ("/station", f"/station/{made.id}"):
        page = get(client, address)
        assert page.status_code == 200 and "unsafe" not in page.headers["Content-Security-Policy"]
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:|http", page.text) == []
        for inside in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            assert get(client, inside).status_code == 200, inside
    of = f"?station_id={made.id}&limit=6"
    for path in (f"/stations/{made.id}", f"/stations/{made.id}/queue", f"/stations/{made.id}/rooms",
                 f"/activities{of}", f"/openings{of}", f"/handwork-orders{of}", "/stations?limit=100"):
        assert client.get(f"/api/v1{path}").status_code == 200, path


def test_pages_ask_for_pictures_in_widths_that_are_made() -> None:
    ask = re.compile(r"face\((\d+)\)|\?width=(\d+)|sized\([\w.]+, ([\d, ]+)\)|devicePixelRatio > \d+ \? (\d+ : \d+)")
    asked = {path.name: {int(width) for said in ask.findall(path.read_text())
                         for width in re.findall(r"\d+", " ".join(said))} for path in pages.STATIC.glob("*.js")}
    assert {name: widths for name, widths in asked.items() if widths} == {
        "door.js": {160, 320, 640}, "station.js": {160, 320, 640}, "chat.js": {640, 1280}}
    assert set().union(*asked.values()) <= set(WIDTHS)
