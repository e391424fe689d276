"""What the database itself keeps: nothing is rewritten, nothing is missed, and two at once make one log."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core.db import db
from qiaojiejie.transparency import queries, service, tasks
from tests.conftest import config_for
from tests.transparency.conftest import found, grow, say

KEPT = ("ledger_entry", "log_leaf", "log_node", "log_checkpoint", "log_cosignature", "log_alarm")
DEEDS = {"UPDATE": "UPDATE {0} SET {1} = {1}", "DELETE": "DELETE FROM {0}", "TRUNCATE": "TRUNCATE {0} CASCADE"}
COLUMN = {"ledger_entry": "subject", "log_alarm": "reason", "log_cosignature": "line"}
REFUSED = "append-only|permission denied"


def fill() -> None:
    """A row in every table of the log."""
    grow(4, about="p_1")
    service.cosign()
    service._alarm("tried", queries.latest_note(), queries.latest_note(), ())
    db.session.commit()


def refuse_all() -> None:
    """Every way to rewrite a table of the log is tried and refused."""
    for table in KEPT:
        assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")), table
        for deed in DEEDS.values():
            text = deed.format(table, COLUMN.get(table, "size" if table == "log_checkpoint" else "hash"))
            with pytest.raises(sa.exc.ProgrammingError, match=REFUSED), db.session.begin_nested():
                db.session.execute(sa.text(text))


def refer_to_them() -> None:
    """Rows that point into append-only tables: their foreign keys are checked with the rights of the table's owner."""
    db.session.execute(sa.text("INSERT INTO credit_event (entry_id, type, day, data) SELECT min(id), 'tried',"
                               " CURRENT_DATE, '{}' FROM ledger_entry"))
    db.session.commit()


def test_ledger_and_log_refuse_to_be_rewritten(world: sa.Connection) -> None:
    fill()
    refuse_all()


def test_the_application_s_own_role_can_neither_rewrite_the_log_nor_be_hindered_to_write_it(server: str) -> None:
    """A role that owns its database and is no superuser, as the application's is."""
    name, url = "qjj_log_owner", sa.make_url(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"DROP ROLE IF EXISTS {name}")
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    own = url.set(username=name, password=name, database=name).render_as_string(hide_password=False)
    app = create_app(config_for(own))
    try:
        with app.app_context():
            upgrade()
            fill()
            refuse_all()
            refer_to_them()
            assert found()[0].endswith("UTC)"), "nothing but the alarm that was tried"
            db.session.remove()
            db.engine.dispose()
    finally:
        app.extensions["db_reader"].dispose()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE IF EXISTS {name}")


def test_openings_and_what_waits_can_be_deleted(world: sa.Connection) -> None:
    grow(3)
    say()
    for table in ("log_opening", "log_pending"):
        assert db.session.execute(sa.text(f"DELETE FROM {table}")).rowcount  # type: ignore[attr-defined]


def test_two_sequencers_and_many_writers_at_once_put_each_entry_in_once(city: Flask) -> None:
    start = threading.Barrier(6)

    def write() -> None:
        start.wait(20)
        for _ in range(30):
            with city.app_context():
                say(2, about="p_1")
                db.session.commit()

    def take_up() -> None:
        start.wait(20)
        for _ in range(60):
            with city.app_context():
                service.sequence(batch=5)
                db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        for running in [pool.submit(write) for _ in range(3)] + [pool.submit(take_up) for _ in range(3)]:
            running.result(60)
    with city.app_context():
        grow(0)
        assert queries.head()["size"] == 180
        assert [line["n"] for line in queries.leaves_of("p_1")] == list(range(1, 181))
        assert found() == []


def test_a_writer_never_waits_for_a_sequencer_and_is_not_missed_when_it_commits_late(city: Flask) -> None:
    with city.app_context():
        say()  # an earlier id, not committed yet
        early = db.session.connection()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_write_and_take_up, city).result(20) == 1
        assert early.in_transaction()
        db.session.commit()
        assert grow(0) == 2
        seqs = [line["seq"] for line in queries.openings(None, 10).items]
        assert seqs == sorted(seqs, reverse=True), "the order of the tree is that of commits"
        assert found() == []


def _write_and_take_up(city: Flask) -> int:
    """Another writer, and a sequencer, while the first has not committed."""
    with city.app_context():
        return grow(1)


def test_a_writer_goes_on_while_a_sequencer_holds_the_log(city: Flask) -> None:
    with city.app_context():
        say()
        db.session.commit()
        assert service.sequence() == 1  # not committed
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_write, city).result(20)
        db.session.commit()
        assert grow(0) == 2


def _write(city: Flask) -> None:
    with city.app_context():
        say()
        db.session.commit()


def test_a_sweep_that_fails_half_way_takes_up_nothing(city: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with city.app_context():
        say(3)
        db.session.commit()
        with monkeypatch.context() as patched:
            patched.setattr(service, "publish", lambda **_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tasks.sequence()
            db.session.rollback()
        assert queries.head()["size"] == 0
        tasks.sequence()
        db.session.commit()
        assert queries.head()["size"] == 3 and found() == []


def test_what_the_ledger_held_before_the_log_came_is_taken_up(city: Flask) -> None:
    with city.app_context():
        db.session.execute(sa.text("ALTER TABLE ledger_entry DISABLE TRIGGER log_take_up"))
        say(3)
        db.session.execute(sa.text("ALTER TABLE ledger_entry ENABLE TRIGGER log_take_up"))
        db.session.execute(sa.text("INSERT INTO log_pending (entry_id) SELECT id FROM ledger_entry"))
        assert grow(0) == 3
