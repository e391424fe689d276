"""Each route's number of statements is listed, and what is counted and planned is all that is asked."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import jobs
from qiaojiejie.core.db import Model, db
from qiaojiejie.ledger.models import LedgerEntry
from tests import planner, statements
from tests.statements import Statements

WAYS = ("SELECT 1 FROM worker WHERE bio = 'x'", "SELECT count(*) FROM ledger_entry",
        f"SELECT id FROM worker WHERE photo_id = '{UUID(int=1)}' ORDER BY id LIMIT 20",
        "UPDATE booking SET note = '' WHERE note = 'x'",
        "WITH w AS (SELECT firm_id FROM worker WHERE bio = 'x') SELECT name FROM firm JOIN w ON firm.id = w.firm_id")
SERVED = ("SELECT id FROM worker ORDER BY id LIMIT 1", "SELECT count(*) FROM service",
          "SELECT data FROM ledger_entry WHERE id > 5 ORDER BY id LIMIT 20",
          f"SELECT 1 FROM worker JOIN firm ON firm.id = worker.firm_id WHERE worker.id = '{UUID(int=1)}'")


@pytest.fixture()
def found(all_asked: Statements) -> Iterator[Statements]:
    """What is found meanwhile, of which the test says what it thinks itself."""
    yield all_asked
    all_asked.clear()


def test_every_route_has_its_line(app: Flask) -> None:
    routes = {f"{method} {rule}" for rule in app.url_map.iter_rules()
              for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert sorted(statements.listed()) == sorted(routes)


def test_small_tables_and_who_may_read_everything_are_there() -> None:
    assert planner.SMALL - Model.metadata.tables.keys() == {"alembic_version"}
    assert statements.MEANT.keys() - jobs.TASKS.keys() - jobs.SWEEPS.keys() - statements.listed().keys() == set()


@pytest.mark.parametrize("text", WAYS)
def test_what_no_index_serves_is_found(world: sa.Connection, found: Statements, text: str) -> None:
    with found.asking("GET /somewhere"):
        db.session.execute(sa.text(text))
    [fault] = found.unserved
    assert fault.startswith("GET /somewhere: no index serves ") and text in fault


@pytest.mark.parametrize("text", SERVED)
def test_what_an_index_serves_is_not(world: sa.Connection, found: Statements, text: str) -> None:
    with found.asking("GET /somewhere"):
        db.session.execute(sa.text(text))
    assert found.unserved == []


def test_a_request_may_not_ask_more_than_is_listed(client: FlaskClient, found: Statements,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    route, most = "GET /api/v1/firms", 2
    monkeypatch.setattr(found, "raising", False)
    monkeypatch.setitem(found.listed, route, most)
    client.get("/api/v1/firms")
    assert found.over == []
    monkeypatch.setitem(found.listed, route, 1)
    client.get("/api/v1/firms")
    monkeypatch.delitem(found.listed, route)
    client.get("/api/v1/firms")
    assert [fault.partition(" (")[0] for fault in found.over] == [
        f"{route} asked 2 statements, the list says 1", f"{route} asked 2 statements, it is not in the list"]


def test_whatever_reaches_the_database_counts_but_not_what_the_test_asks(world: sa.Connection,
                                                                         all_asked: Statements) -> None:
    with all_asked.asking("somebody") as seen:
        db.session.scalars(sa.select(LedgerEntry.id).limit(1)).all()
        world.exec_driver_sql("SELECT 1")
        cursor = world.connection.cursor()
        cursor.execute("SELECT 2")
        with cursor.copy("COPY region TO STDOUT") as copy:
            list(copy)
        with db.session.begin_nested():
            cursor.executemany("SELECT %s", [(3,), (4,)])
    world.exec_driver_sql("SELECT 5")
    assert [text[:8] for text in seen.texts] == ["SELECT l", "SELECT 1", "SELECT 2", "COPY reg", "SELECT %"]
