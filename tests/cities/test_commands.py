"""``flask city …``: putting down, migrating side by side, closing, asking for figures."""

import contextvars
import gc
import json
import time
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie import tenancy
from qiaojiejie.app import head
from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import clock, tenants
from qiaojiejie.core.cities import CityNotFound
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from tests.cities.conftest import Town, command


def sql(land: Flask, *statements: str) -> list[object]:
    """What the last of them answers; in no city."""
    with sa.create_engine(land.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool).begin() as connection:
        answers = [connection.exec_driver_sql(statement) for statement in statements]
        return [tuple(row) for row in answers[-1]] if answers[-1].returns_rows else []


def test_a_city_that_fails_is_named_and_left_as_it_was_while_the_others_go_on(land: Flask, suqian: Town) -> None:
    sql(land, "CREATE SCHEMA c320700", "CREATE TABLE c320700.booking (mine int)")
    failed = command(land, "add", "320700", "连云港", "--host", "lyg.test")
    assert failed.exit_code == 1 and "✗" in failed.output and "1 of 1 cities left as they were" in failed.output
    sql(land, "DROP TABLE c320300.unsized_media",  # has one more to do
        "UPDATE c320300.alembic_version SET version_num = '0071'")
    failed = command(land, "migrate", "--at-once", "2")
    assert failed.exit_code == 1 and "1 of 3 cities left as they were" in failed.output
    lines = dict(line.split("  ", 1) for line in failed.output.splitlines() if line[:6].isdecimal())
    assert lines["321300"] == "宿迁  ✓" and lines["320300"] == "徐州  ✓"
    assert lines["320700"].startswith("连云港  ✗ ProgrammingError") and '"booking" already exists' in lines["320700"]
    assert sql(land, "SELECT version_num FROM c320300.alembic_version") == [(head(),)]
    assert sql(land, "SELECT tablename FROM pg_tables WHERE schemaname LIKE 'c320700%%'") == [("booking",)]
    assert Town(land, "320700", "lyg.test").ask("GET", "/services").json["code"] == "CityNotFound"

    sql(land, "DROP TABLE c320700.booking")
    assert command(land, "migrate", "320700").output == "320700  连云港  ✓\n"
    assert Town(land, "320700", "lyg.test").ask("GET", "/services").status_code == 200
    told = command(land, "list").output.splitlines()
    assert [line.split() for line in told] == [
        ["320300", "徐州", "open", "c320300", head(), "xuzhou.test"],
        ["320700", "连云港", "open", "c320700", head(), "lyg.test"],
        ["321300", "宿迁", "open", "public", head(), "suqian.test"]]


@pytest.mark.parametrize("args,said", [
    (("32130", "宿"), "six digits"), (("320900", "盐城", "--schema", "public; DROP"), "six digits"),
    (("320900", "盐城", "--schema", "public"), "already exists"),
    (("320900", "盐城", "--host", "Suqian.test"), "another city is served at"),
])
def test_what_can_be_no_city_is_refused(land: Flask, args: tuple[str, ...], said: str) -> None:
    refused = command(land, "add", *args)
    assert refused.exit_code == 1 and said in refused.output
    assert "320900" not in command(land, "list").output


def test_a_closed_city_is_served_no_longer_until_it_is_opened(land: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(land, "320700", "lyg.test")
    assert command(land, "close", "320700").exit_code == 0
    assert town.ask("GET", "/services").json["code"] == "CityNotFound"
    assert town.ask("GET", "/services", headers={"X-City": "320700"}).json["code"] == "CityNotFound"
    assert command(land, "add", "320700", "连云港").exit_code == 0
    assert town.ask("GET", "/services").status_code == 200
    # put down again, the city that was here alone stays where it is
    assert command(land, "add", "321300", "宿迁市").exit_code == 0
    assert "321300  宿迁市  open    public" in command(land, "list").output
    assert sql(land, "SELECT 1 FROM pg_namespace WHERE nspname = 'c321300'") == []
    # other processes hear of what one did within seconds
    monkeypatch.setattr(tenants, "BELIEVED_SECONDS", 0.05)
    sql(land, "UPDATE platform.city SET hosts = '{other.test}' WHERE code = '320700'")
    time.sleep(0.1)
    assert Town(land, "320700", "other.test").ask("GET", "/services").status_code == 200


def test_a_command_of_one_city_runs_in_the_one_that_is_named(land: Flask, xuzhou: Town,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(land.config, "QJJ", replace(land.config["QJJ"], city="320300"))

    def run() -> object:
        tenancy.enter(land)
        gc.collect()
        with land.app_context():
            return db.session.scalar(sa.text("SELECT current_schema()"))

    assert contextvars.Context().run(run) == "c320300"
    monkeypatch.setitem(land.config, "QJJ", replace(land.config["QJJ"], city="999999"))
    with pytest.raises(CityNotFound):
        contextvars.Context().run(run)


def test_figures_are_asked_of_each_city_and_added_up(land: Flask, suqian: Town, xuzhou: Town) -> None:
    for town, times in ((suqian, 2), (xuzhou, 1)):
        with town.inside():
            for n in range(times):
                ledger.append(booking_facts.COMPLETED, subject=f"booking:{n}", actor=ledger.SYSTEM, data={})
    month = f"{clock.local(clock.now()):%Y-%m}"
    told = command(land, "figures", "--month", month)
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert {code: each["orders"]["completed"] for code, each in found["cities"].items()} == {
        "320300": 1, "320700": 0, "321300": 2}
    assert found["sum"]["orders"]["completed"] == 3 and found["missing"] == []
    sql(land, "ALTER TABLE c320700.ledger_entry RENAME TO elsewhere")
    told = command(land, "figures", "--month", month)
    assert told.exit_code == 1 and json.loads(told.stdout)["missing"] == ["320700"]
    assert json.loads(told.stdout)["sum"]["orders"]["completed"] == 3
    with xuzhou.inside():
        assert db.session.scalar(sa.text("SELECT count(*) FROM ledger_entry WHERE fact = 'booking.completed'")) == 1
