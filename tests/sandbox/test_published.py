"""Of whoever lives in the sample city nothing that is published says a name, a phone, an ID number or an address."""

import io
from collections.abc import Callable, Iterator

import openpyxl
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from qiaojiejie.publications import service as publications
from qiaojiejie.transparency import service as transparency
from tests.sandbox.town import open_city, private, tell_tale

API = "/api/v1"
LISTS = ("/credit/standings", "/credit/rules", "/credit/proposals", "/lists/block", "/lists/honour", "/lists/sanction",
         "/audits", "/publications", "/log/checkpoints", "/log/alarms")


@pytest.fixture(scope="module")
def anybody(new_database: Callable[[], str]) -> Iterator[FlaskClient]:
    """Somebody who is not signed in, in a city with its log taken up and its months published."""
    with open_city(new_database()) as town:
        while transparency.sequence():
            db.session.commit()
        while publications.publish_due():
            db.session.commit()
        while transparency.sequence():
            db.session.commit()
        yield _client(town)


def _client(town: Flask) -> FlaskClient:
    return town.test_client()


@pytest.fixture(scope="module")
def secrets(anybody: FlaskClient) -> set[str]:
    """What everybody in the city would not have published."""
    return private()


def pages(anybody: FlaskClient, path: str) -> Iterator[str]:
    """Every page of a list, as it was answered."""
    cursor = ""
    while cursor is not None:
        answer = anybody.get(f"{API}{path}?limit=100{cursor and '&cursor=' + cursor}")
        assert answer.status_code == 200, answer.json
        yield answer.get_data(as_text=True)
        cursor = (answer.json or {}).get("next_cursor")


def test_the_log_its_tiles_and_its_export_say_nothing_of_anybody(anybody: FlaskClient, secrets: set[str]) -> None:
    assert len(secrets) > 600
    note = anybody.get("/log/checkpoint").get_data(as_text=True)
    size = int(note.splitlines()[1])
    assert size > 1000
    full, rest = divmod(size, 256)
    tiles = [f"{level}/{name}" for level in ("entries", "0") for name in (
        *(f"{tile:03d}" for tile in range(full)), *([f"{full:03d}.p/{rest}"] if rest else []))]
    texts = [note]
    for tile in tiles:
        answer = anybody.get(f"/log/tile/{tile}")
        assert answer.status_code == 200, tile
        texts.append(answer.data.decode("utf-8", "replace"))
    export = list(pages(anybody, "/log/openings"))
    assert sum(text.count('"index"') for text in export) == size
    assert tell_tale("\n".join([*texts, *export]), secrets) == set()


@pytest.mark.parametrize("path", LISTS)
def test_no_public_list_does(anybody: FlaskClient, secrets: set[str], path: str) -> None:
    assert tell_tale("\n".join(pages(anybody, path)), secrets) == set()


def test_no_publication_does_in_any_of_its_forms(anybody: FlaskClient, secrets: set[str]) -> None:
    listed = anybody.get(f"{API}/publications?limit=100").json
    assert listed is not None and len(listed["items"]) >= 3
    for each in listed["items"][:4]:
        path = f"{API}/publications/{each['kind']}/{each['period']}"
        book = openpyxl.load_workbook(io.BytesIO(anybody.get(path + ".xlsx").data))
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        paper = pypdf.PdfReader(io.BytesIO(anybody.get(path + ".pdf").data))
        printed = [page.extract_text() for page in paper.pages]
        assert len(cells) > 50 and len("".join(printed)) > 500
        assert tell_tale("\n".join([anybody.get(path).get_data(as_text=True), *cells, *printed]), secrets) == set()


def test_the_search_finds_what_is_there(secrets: set[str]) -> None:
    for secret in sorted(secrets):
        assert secret in tell_tale(f'{{"words":"经查明{secret}属实","n":1}}', secrets), secret
