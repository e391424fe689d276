"""What a pooler in transaction mode needs: a connection keeps nothing from one transaction to the next."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import TimeoutError as PoolTimeout

import qiaojiejie
from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.db import OVERFLOW, db
from qiaojiejie.identity.models import Account
from tests import factories, races
from tests.conftest import config_for

SOURCE = Path(qiaojiejie.__file__).parent
#: what would outlive its transaction on the connection, and in a pooler's hands meet somebody else's
STAYS = re.compile(r"""pg_(try_)?advisory_(lock|unlock)(_shared|_all)?\b | ^\s*(LISTEN|UNLISTEN|PREPARE|DISCARD)\s
                       | ^\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)\w | WITH\s+HOLD
                       | CREATE\s+TEMP(ORARY)?\s+TABLE(?!.*ON\s+COMMIT\s+DROP)""", re.VERBOSE | re.DOTALL)
#: a file without one of these need not be read further
SUSPECT = re.compile(r"advisory_(?!xact)|LISTEN|PREPARE|DISCARD|[\"']\s*SET\s|HOLD|TEMP(ORARY)?\s")
#: how many a connection keeps of each
KEPT = {"prepared statements": "SELECT count(*) FROM pg_prepared_statements",
        "settings": "SELECT count(*) FROM pg_settings WHERE source = 'session'",
        "advisory locks": "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
        "channels": "SELECT count(*) FROM pg_listening_channels()",
        "temporary tables": "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
                            " AND relnamespace = pg_my_temp_schema() AND relkind = 'r'"}


def texts() -> Iterator[tuple[str, str]]:
    """(where, text) of every text in the source, a formatted one with its gaps."""
    for path in sorted(SOURCE.rglob("*.py")):
        source = path.read_text()
        if not SUSPECT.search(source):
            continue
        tree = ast.parse(source)
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values]
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", "".join(parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.value


def test_no_statement_leaves_anything_on_its_connection() -> None:
    assert [where for where, text in texts() if STAYS.search(text)] == []
    assert all(STAYS.search(text) for text in (
        "SELECT pg_advisory_lock(1)", "LISTEN jobs", "SET search_path = x", "CREATE TEMP TABLE x (n int)"))


def lived(city: Flask) -> dict[str, int]:
    """What the connections keep after a family looked round and booked."""
    with city.app_context():
        family = factories.household()
        quote_id = factories.quote(family).id
        headers = factories.headers(db.session.get_one(Account, family.account_id))
        db.session.commit()
    client = city.test_client()
    for _ in range(8):  # psycopg prepares what it is asked for the sixth time
        assert client.get("/api/v1/workers?service=cleaning&limit=3").status_code == 200
        assert client.get("/api/v1/me", headers=headers).status_code == 200
        assert client.patch("/api/v1/me", headers=headers, json={"name": "欧阳静"}).status_code == 200
    booked = client.post("/api/v1/bookings", headers=headers, json={"quote_id": str(quote_id)})
    assert booked.status_code == 201
    with city.app_context(), db.engine.connect() as writing, city.extensions["db_reader"].connect() as reading:
        return {name: sum(connection.exec_driver_sql(sql).scalar_one() for connection in (writing, reading))
                for name, sql in KEPT.items()}


def test_behind_a_pooler_a_connection_keeps_nothing(new_database: Callable[[], str]) -> None:
    with races.opened(config_for(new_database(), DATABASE_POOLER="transaction", DATABASE_POOL="1")) as city:
        assert lived(city) == dict.fromkeys(KEPT, 0)


def test_without_a_pooler_it_keeps_what_it_prepared(city: Flask) -> None:
    kept = lived(city)
    assert kept.pop("prepared statements") > 0 and not any(kept.values())


def test_migrations_go_to_postgresql_itself(new_database: Callable[[], str]) -> None:
    settings = {"DATABASE_DIRECT_URL": new_database()}
    with races.opened(config_for("postgresql://nobody@127.0.0.1:1/nothing", **settings)) as made, made.app_context():
        upgrade()


def test_a_process_opens_as_many_connections_as_was_said_and_no_more(new_database: Callable[[], str]) -> None:
    with races.opened(config_for(new_database(), DATABASE_POOL="2")) as made, made.app_context():
        for engine in (db.engine, made.extensions["db_reader"]):
            engine.pool._timeout = 0.1
            with ExitStack() as taken:
                held = [taken.enter_context(engine.connect()) for _ in range(2 + OVERFLOW)]
                with pytest.raises(PoolTimeout):
                    engine.connect()
                assert held[0].execute(sa.text("SELECT 1")).scalar_one() == 1
            assert engine.pool.checkedin() == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("setting", [{"DATABASE_POOL": "0"}, {"DATABASE_POOL": "many"}, {"DATABASE_POOLER": "session"}])
def test_a_setting_that_says_nothing_sensible_is_refused(setting: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        Config.read({"QJJ_MODE": "test", "DATABASE_URL": "postgresql://x/y", **setting})
