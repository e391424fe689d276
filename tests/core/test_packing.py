"""Large answers are packed for whoever takes them, and are the same answers."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from qiaojiejie.core import hot, packing
from qiaojiejie.core.access import public
from tests import races
from tests.conftest import config_for

LARGE = json.dumps([{"name": "王秀英", "number": number} for number in range(2000)], ensure_ascii=False)
PATHS = ("/api/v1/large", "/api/v1/hot/0198c0de-0000-7000-8000-000000000000")
TAKES = {"Accept-Encoding": "br;q=1.0, gzip;q=0.8"}


@pytest.fixture(scope="module")
def roomy(new_database: Callable[[], str]) -> Iterator[FlaskClient]:
    """A client of an app with one large answer, the long way and the short."""
    with races.opened(config_for(new_database())) as app:

        @app.get("/api/v1/large")
        @public
        def large() -> Response:
            return Response(LARGE, mimetype="application/json")

        @app.get("/api/v1/image")
        @public
        def image() -> Response:
            return Response(b"x" * packing.LARGE, mimetype="image/png")

        read = hot.Read("/api/v1/hot/<uuid:id>", None, lambda _: LARGE)
        app.reads.add([read])  # type: ignore[attr-defined]
        app.add_url_rule("/api/v1/hot/<uuid:id>", "hot", public(lambda id: large()))
        yield app.test_client()


@pytest.mark.parametrize("path", PATHS)
def test_a_large_answer_is_packed_for_who_takes_it(roomy: FlaskClient, path: str) -> None:
    plain, packed = roomy.get(path), roomy.get(path, headers=TAKES)
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert plain.text == LARGE == gzip.decompress(packed.data).decode()
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 5
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed))
    for refused in ("gzip;q=0", "br", "identity"):
        assert "Content-Encoding" not in roomy.get(path, headers={"Accept-Encoding": refused}).headers


@pytest.mark.parametrize("path", PATHS)
def test_each_form_has_a_tag_of_its_own_and_who_holds_it_gets_nothing(roomy: FlaskClient, path: str) -> None:
    plain, packed = (roomy.get(path, headers=headers).headers["ETag"] for headers in ({}, TAKES))
    assert plain != packed
    for headers, held, status in (({}, plain, 304), (TAKES, packed, 304), ({}, packed, 200), (TAKES, plain, 200)):
        answer = roomy.get(path, headers={**headers, "If-None-Match": held})
        assert answer.status_code == status
        assert answer.headers["ETag"] == (packed if headers else plain)
        assert status == 200 or (answer.data == b"" and "Content-Encoding" not in answer.headers)


def test_both_ways_pack_alike(roomy: FlaskClient) -> None:
    def asked(**headers: str) -> tuple[bytes, dict[str, str]]:
        answer = roomy.get(PATHS[1], headers={**TAKES, **headers})
        other = ("X-Request-Id", "X-Demo-Now", "Date")
        kept = {name: value for name, value in answer.headers if name not in other}
        return answer.data, kept

    assert asked() == asked(**{"If-None-Match": '"sends it the long way"'})


def test_what_is_small_or_no_text_stays_as_it_is(roomy: FlaskClient) -> None:
    for path in ("/healthz", "/api/v1/services", "/api/v1/image"):
        assert "Content-Encoding" not in roomy.get(path, headers=TAKES).headers


def test_the_description_is_packed(client: FlaskClient) -> None:
    answer = client.get("/openapi.json", headers=TAKES)
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert json.loads(gzip.decompress(answer.data))["openapi"].startswith("3.")


@pytest.mark.parametrize("path", ["services", "occupations", "regions", "policies/cancellation"])
def test_what_is_the_same_for_everybody_may_be_kept_a_minute(client: FlaskClient, path: str) -> None:
    answer: Any = client.get(f"/api/v1/{path}")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=60")


def test_nothing_else_may_be_kept_by_others(client: FlaskClient, app: Flask) -> None:
    for path in ("workers", "services/nothing", "me"):
        assert client.get(f"/api/v1/{path}").headers["Cache-Control"] == "private, no-cache"
