"""Pages: the family's, the browsable description, and what a problem's type points to."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qiaojiejie.web import pages


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
