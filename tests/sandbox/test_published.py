"""Of whoever lives in the sample city nothing that is published says a name, a phone, an ID number or an address."""

import io
import re
from collections.abc import Callable, Iterator

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from qiaojiejie.households.models import Address
from qiaojiejie.identity.models import Account
from qiaojiejie.publications import service as publications
from qiaojiejie.transparency import service as transparency
from qiaojiejie.workers.models import Worker
from tests.sandbox.test_city import open_city

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
    sealed = [*db.session.execute(sa.select(Worker.name, Worker.phone, Worker.id_number)),
              *db.session.execute(sa.select(Account.name, Account.phone)),
              *db.session.execute(sa.select(Address.detail, Address.contact_name, Address.contact_phone))]
    return {each.reveal() for row in sealed for each in row if each is not None}


def tell_tale(text: str, secrets: set[str]) -> set[str]:
    """Which of the secrets stand in a text: names and addresses among its Chinese, numbers among its digits."""
    words = {run[start:start + length] for run in set(re.findall(r"[\u3400-\u9fff·]{2,}", text))
             for length in range(2, 7) for start in range(len(run) - length + 1)}
    numbers = {run[start:start + length] for run in set(re.findall(r"\d{11,}[\dX]?", text))
               for length in (11, 18) for start in range(len(run) - length + 1)}
    long = {secret for secret in secrets if len(secret) > 6 and not secret[:-1].isdigit()}
    return secrets & words | secrets & numbers | {secret for secret in long if secret in text}


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
