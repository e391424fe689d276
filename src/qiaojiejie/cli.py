"""Commands: the demo, the job worker, the sample city, keys, the description. ``make help`` names the usual ones."""

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from uuid import UUID

import click
import sqlalchemy as sa
from flask import Flask, current_app

from qiaojiejie import tenancy
from qiaojiejie.app import create_app
from qiaojiejie.archive import queries as archive_queries, rules as archive_rules, service as archive
from qiaojiejie.books import queries as books
from qiaojiejie.certificates.rules import offline
from qiaojiejie.core import clock, embedded, openapi, rotation, worker
from qiaojiejie.core.access import Role
from qiaojiejie.core.cities import CityNotFound
from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.migrations import ROOT, head
from qiaojiejie.core.money import display
from qiaojiejie.identity import service as identity
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.identity.rules import NEEDS_ORG
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import service as media
from qiaojiejie.transparency import queries as transparency_queries, service as transparency
from qiaojiejie.transparency.gateway import keys as transparency_keys


def database_url() -> str:
    """DATABASE_URL, or the embedded PostgreSQL's, started when it is not running yet."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    uri: str = embedded.start(Path(os.environ.get("QJJ_INSTANCE", ROOT / "instance")) / "postgres").get_uri()
    return uri


def application() -> Flask:
    """The app for ``flask`` and WSGI servers, with these commands on it."""
    os.environ["DATABASE_URL"] = database_url()
    app = create_app(Config.read())
    for command in (seed, jobs, describe, rotate_keys, grant, public_log, money, verify, verify_credential,
                    archiving, tenancy.city):
        app.cli.add_command(command)
    tenancy.enter(app)
    return app


@click.command("jobs")
@click.option("--concurrency", default=4, show_default=True)
@click.option("--city", "only", multiple=True, help="Only of this city, by its code; may be said several times.")
def jobs(concurrency: int, only: tuple[str, ...]) -> None:
    """Run the job worker until it is told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    worker.run(app, app.config["QJJ"].direct_url, concurrency, only)


@click.command("describe")
@click.option("--check", is_flag=True, help="Fail when openapi.yaml is stale instead of writing it.")
def describe(check: bool) -> None:
    """Write openapi.yaml from the routes."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    text, path = openapi.write(openapi.describe(app, app.extensions["api"])), ROOT / "openapi.yaml"
    if check and path.read_text() != text:
        raise click.ClickException("openapi.yaml is stale: run `make openapi`")
    path.write_text(text)


@click.command("seed")
@click.option("--workers", default=3000, show_default=True, help="How many workers the city has.")
def seed(workers: int) -> None:
    """Fill an empty database with the sample city."""
    from qiaojiejie.sandbox import city

    city.build(workers=workers)


@click.command("verify")
def verify() -> None:
    """Whether all of a city is here, as after a restore: schema, queue, keys, books, public log, uploads."""
    found = list(_missing())
    for fault in found:
        click.echo(f"✗ {fault}", err=True)
    if found:
        sys.exit(1)
    click.echo("一切完好 · all is here and whole")


def _missing() -> Iterator[str]:
    version = db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    if version != [head()]:
        yield f"schema: at {', '.join(version) or 'nothing'}, this code wants {head()}"
    if db.session.execute(sa.text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
        yield "queue: the role's search_path does not lead to it"
    yield from (f"keys: QJJ_DATA_KEYS do not open what is in {table}" for table in rotation.unreadable())
    yield from (f"books: {trouble.check} {trouble.subject} {trouble.detail}" for trouble in books.troubles())
    yield from transparency_queries.faults(transparency_keys().log, transparency.READERS)
    yield from media.faults()


@click.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every personal value again under the newest data key."""
    rotation.run()


@click.command("grant")
@click.argument("phone")
@click.argument("role", type=click.Choice([str(role) for role in Role]))
@click.option("--org", "org_id", type=click.UUID, help="The firm or station the role is held in.")
def grant(phone: str, role: str, org_id: UUID | None) -> None:
    """Give the person of a PHONE a ROLE: how a new city gets its first federation administrator."""
    if (org_id is None) == (Role(role) in NEEDS_ORG):
        raise click.ClickException(f"{role}: {'needs --org' if org_id is None else 'has no --org'}")
    try:
        account = identity.account_for(phone=phone)
    except BadPhone as refused:
        raise click.ClickException(str(refused)) from refused
    identity.grant(account_id=account.id, role=Role(role), org_id=org_id, by=ledger.SYSTEM)
    db.session.commit()


@click.command("verify-credential")
@click.argument("file", type=click.File("r"))
@click.option("--keys", "key_files", multiple=True, required=True, type=click.File("r"),
              help="Public keys that were saved: a body's did.json, or /api/v1/awarding-bodies/keys.")
@click.option("--status", "lists", multiple=True, type=click.File("r"),
              help="Status lists that were saved: /bodies/<name>/status/<number>.")
@click.option("--on", type=click.DateTime(), help="The moment to judge by, in Asia/Shanghai; now unless said.")
def verify_credential(file: TextIO, key_files: tuple[TextIO, ...], lists: tuple[TextIO, ...],
                      on: datetime | None) -> None:
    """Verify a certificate's credential offline: needs no database and no network.

    FILE: a credential, or what its holder keeps (`/me/certificates/<serial>/credential`): then also whose it is.
    Exit status 0 when it is valid, 1 when it is not, 2 when that can't be said without a status list.
    """
    text = file.read().strip()
    try:
        held = json.loads(text) if text.startswith("{") else {"credential": text}
        found = offline.check(held["credential"], offline.keys_of(json.load(each) for each in key_files),
                              [each.read().strip() for each in lists],
                              clock.now() if on is None else on.replace(tzinfo=clock.SHANGHAI).astimezone(UTC))
    except (offline.Untrue, ValueError, KeyError) as untrue:
        click.echo(f"✗ 无效 · not valid: {untrue}")
        sys.exit(1)
    click.echo(offline.told(found, held))
    sys.exit({"valid": 0, "status_unknown": 2}.get(found.standing, 1))


@click.group("log")
def public_log() -> None:
    """The public log."""


@public_log.command("verify")
def log_verify() -> None:
    """Walk the whole log, ledger to witnesses, and name the first thing that is wrong."""
    fault = next(transparency_queries.faults(transparency_keys().log, transparency.READERS), None)
    if fault is not None:
        raise click.ClickException(fault)
    head = transparency_queries.head()
    click.echo(f"公开日志无误 · the public log is whole: {head['size']} leaves, root {head['root']}")


@click.group("money")
def money() -> None:
    """The books."""


@money.command("report")
@click.option("--month", type=click.DateTime(["%Y-%m"]), required=True, help="2026-11")
def money_report(month: datetime) -> None:
    """A month of money: figures, then every account from its opening to its closing, in yuan."""
    found = books.report(f"{month:%Y-%m}")
    accounts = found.pop("accounts")
    for name, fen in found.items():
        click.echo(f"{name:<16}{fen if name == 'month' else display(fen):>20}")
    click.echo(f"\n{'account':<16}{'opening':>20}{'debit':>20}{'credit':>20}{'closing':>20}")
    for row in accounts:
        click.echo(f"{row['account']:<16}" + "".join(
            f"{display(row[name]):>20}" for name in ("opening", "debit", "credit", "closing")))


@click.group("archive")
def archiving() -> None:
    """Old bookings: out of the database, into Parquet files (pip install 'qiaojiejie[archive]')."""


@archiving.command("bookings")
@click.argument("month", required=False, type=click.DateTime(["%Y-%m"]))
@click.option("--months-old", type=click.IntRange(min=archive_rules.YOUNGEST), default=archive_rules.USUAL,
              show_default=True, help="Without a MONTH: all that ended so many months ago.")
@click.option("--by", default=getpass.getuser, help="Who archives; else the user of this machine.")
def archive_bookings(month: datetime | None, months_old: int, by: str) -> None:
    """Archive the settled bookings that ended in a MONTH (2023-11), or in all that are old. Killed, it is run again."""
    for each in [month.date()] if month else archive_queries.months(months_old):
        try:
            written = archive.archive(month=each, by=by)
        except Refusal as refused:
            raise click.ClickException(str(refused)) from refused
        db.session.commit()
        click.echo(f"{each:%Y-%m}  " + (f"{written.file}  {written.bookings} bookings, {written.rows} rows, sha256 "
                                        f"{written.sha256}" if written else "nothing to archive"))
        for hold, count in archive_queries.kept(archive_queries.ended(each)).items():
            click.echo(f"         {count} stay: {hold}")


@archiving.command("verify")
def archive_verify() -> None:
    """Whether every file lies in ARCHIVE_DIR as it was written."""
    found = list(archive.faults())
    if found:
        raise click.ClickException("; ".join(found))
    click.echo("一切完好 · all is here and whole")


@archiving.command("hold")
@click.argument("booking_id", type=click.UUID)
@click.option("--because", help="Why it must stay, as a court's order; none: it may go.")
@click.option("--by", default=getpass.getuser, help="Who says so.")
def archive_hold(booking_id: UUID, because: str | None, by: str) -> None:
    """Keep a booking whole whatever its age; without --because let it go again."""
    try:
        if because:
            archive.hold(booking_id=booking_id, because=because, by=by)
        else:
            archive.let_go(booking_id=booking_id)
    except Refusal as refused:
        raise click.ClickException(str(refused)) from refused
    db.session.commit()


@click.group()
def main() -> None:
    """巧姐姐: run the demo."""


@main.command("demo")
def demo() -> None:
    """Start everything: PostgreSQL, migrations, the sample city, web, job worker, stand-ins for the outside world."""
    from qiaojiejie.sandbox import demo as runner

    runner.main()


@main.command("prepare")
def prepare() -> None:
    """What `demo` runs first: migrate, and fill an empty database with the sample city."""
    from qiaojiejie.sandbox import demo as runner

    run_or_say(runner.prepare)


@main.command("migrate")
def migrate() -> None:
    """Bring the database up to this code's migrations."""
    run_or_say(_migrate)


def _migrate() -> None:
    from flask_migrate import upgrade

    app = application()
    with app.app_context():
        if app.extensions["tenants"] is None:
            upgrade()
        else:
            tenancy.migrate()


main.add_command(verify_credential)


def run_or_say(action: Callable[[], None]) -> None:
    """Run, and turn what a person must mend into one line instead of a traceback."""
    try:
        action()
    except (BadSetting, embedded.NoDatabase, ConnectionError, CityNotFound) as plain:
        click.echo(f"巧姐姐: {plain}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
