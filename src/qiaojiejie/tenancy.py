"""The cities of one database: put down, migrated side by side, asked for their figures. Commands ``flask city …``.

A command that is of one city runs in the one ``CITY`` names: ``CITY=321300 flask grant …``.
"""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from qiaojiejie.core import cities, clock
from qiaojiejie.core.cities import City, CityNotFound
from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.tenants import Tenants
from qiaojiejie.publications import queries as publications, rules

#: figures that may be added up over cities; the others are shares, or name firms of one city
ADDED_UP = ("orders", "ratings", "complaints", "audits")


def enter(app: Flask) -> None:
    """Let what this process does by itself (a command, not a request or a job) be in the city ``CITY`` names.

    Raises CityNotFound.
    """
    code, there = app.config["QJJ"].city, app.extensions["tenants"]
    if code and there is not None:
        cities.stay(there.named(code))


@click.group("city")
def city() -> None:
    """The cities of one database (setting CITIES=1), one schema each."""


@city.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--host", "hosts", multiple=True, help="A host name the city is served at; the first is its address.")
@click.option("--schema", help="The schema of the city that was here alone (public), which then is one of several.")
def add(code: str, name: str, hosts: tuple[str, ...], schema: str | None) -> None:
    """Put down a city by its GB/T 2260 CODE and its NAME, make its tables, open it. Again: a new name or hosts."""
    try:
        tenants().add(code=code, name=name, hosts=hosts, schema=schema)
    except (ValueError, IntegrityError) as refused:
        raise click.ClickException(f"{code}: {getattr(refused, 'orig', refused)}") from refused
    migrate(code)


@city.command("close")
@click.argument("code")
def close(code: str) -> None:
    """Serve a city no longer. Nothing of it is deleted; `flask city add` opens it again."""
    tenants().put(_named(code), "closed")


@city.command("list")
def listed() -> None:
    """Every city: state, schema, migration, hosts."""
    for each, version in tenants().versions():
        click.echo(f"{each.code}  {each.name}  {each.state:<6}  {each.schema:<12}  {version or '-':<5}  "
                   + " ".join(each.hosts))


@city.command("migrate")
@click.argument("codes", nargs=-1)
@click.option("--at-once", default=4, show_default=True, help="How many are migrated at a time.")
def migrate_some(codes: tuple[str, ...], at_once: int) -> None:
    """Bring every city (or those of these CODES) up to this code, each in a transaction of its own.

    One that fails is named and left as it was, and the others go on; run it again for the rest. Exit status 1 then.
    """
    migrate(*codes, at_once=at_once)


@city.command("figures")
@click.option("--month", type=click.DateTime(["%Y-%m"]), required=True, help="2026-11")
def figures(month: datetime) -> None:
    """A month's figures of every city and their sum, as JSON; one that can't be asked is named: exit status 1."""
    from qiaojiejie.core.migrating import line

    told, missing = dict[str, Any](), list[str]()
    for each in tenants().all():
        try:
            told[each.code] = {"name": each.name, **_figures(each, f"{month:%Y-%m}")}
        except (SQLAlchemyError, Refusal) as fault:
            click.echo(f"{each.code}  {each.name}  ✗ {line(fault)}", err=True)
            missing.append(each.code)
    total = {part: _sum([each[part] for each in told.values()]) for part in ADDED_UP}
    click.echo(json.dumps({"month": f"{month:%Y-%m}", "sum": total, "missing": missing, "cities": told},
                          ensure_ascii=False, indent=2))
    sys.exit(1 if missing else 0)


def _figures(asked: City, month: str) -> dict[str, Any]:
    with cities.within(asked), _app().app_context():
        return publications.count(publications.period(rules.MONTHLY, month), clock.now())


def _sum(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Numbers of one name added up, those inside others too."""
    added: dict[str, Any] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        values = [part[name] for part in parts if name in part]
        added[name] = _sum(values) if isinstance(values[0], dict) else sum(values)
    return added


def migrate(*codes: str, at_once: int = 4) -> None:
    """Migrate the cities of these codes, all that are not closed unless some are said; those that are new are opened.

    Raises ClickException when one was left as it was.
    """
    from qiaojiejie.core import migrating

    wanted = [_named(code) for code in codes] or list(tenants().all("open", "new"))
    failed = 0
    for each, fault in migrating.run(_app(), wanted, at_once):
        click.echo(f"{each.code}  {each.name}  " + ("✓" if fault is None else f"✗ {fault}"))
        failed += fault is not None
        if fault is None and each.state == "new":
            tenants().put(each, "open")
    if failed:
        raise click.ClickException(f"{failed} of {len(wanted)} cities left as they were")


def _app() -> Flask:
    running: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return running


def tenants() -> Tenants:
    """The cities of the running app."""
    found: Tenants | None = current_app.extensions["tenants"]
    if found is None:
        raise click.ClickException("one city has this database to itself: set CITIES=1 to have several")
    return found


def _named(code: str) -> City:
    try:
        return tenants().named(code)
    except CityNotFound as unknown:
        raise click.ClickException(f"{code}: no city has this code") from unknown
