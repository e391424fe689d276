"""What the suite asks the database: how many statements each route needs, and whether each has its index.

A route's most is listed in ``tests/house/statements.txt``; more fails the test that asked. Each statement of a request
or a job is planned once with scans of whole tables switched off: the planner then scans a table only where no index
can serve, so a table of a hundred rows tells what one of a hundred million would.
``STATEMENTS=instance/statements make test`` writes what was counted and found there, for a new list.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, request, request_finished, request_started

LISTED = Path(__file__).parent / "house" / "statements.txt"
#: a path through a route that no test took when it was listed may need a statement or two more; a loop needs many
SLACK = 2
#: what does not grow with workers, families and bookings
SMALL = frozenset("""alembic_version awarding_body demo_clock fee_rule occupation region rule_version service
    statutory_holiday station""".split())

#: what reads whole tables and is meant to: the books' own checks
_WHOLE = ("ledger_health",)

_asking: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_KINDS = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)\b", re.IGNORECASE)
_MANY = re.compile(r"\((%\(\w+\)s(::\w+)?(, )?){2,}\)")


class Statements:
    """All that was counted and planned in this process."""

    def __init__(self) -> None:
        self.most = {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in _lines()}
        self.counted: dict[str, int] = defaultdict(int)
        self.scanned: dict[str, str] = {}
        self.beyond: list[str] = []
        self._planned: set[str] = set()

    def watch(self, app: Flask) -> None:
        """Count what requests of an app ask."""
        request_started.connect(_begin, app)
        request_finished.connect(self._end, app)

    def listen(self) -> None:
        """See all statements."""
        sa.event.listen(sa.Engine, "after_cursor_execute", self._executed)

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """What a job or sweep asks is planned, not counted."""
        token = _asking.set([])
        try:
            yield
        finally:
            _asking.reset(token)

    def _end(self, _: Flask, **__: Any) -> None:
        asked = _asking.get() or []
        if request.url_rule is not None:
            route = f"{request.method} {request.url_rule}"
            self.counted[route] = max(self.counted[route], len(asked))
            most = self.most.get(route)
            if most is not None and len(asked) > most + SLACK:
                self.beyond.append(f"{route} asked {len(asked)} statements, {most} are listed:\n" + "\n".join(asked))
        _asking.set(None)

    def _executed(self, connection: Any, cursor: Any, statement: str, parameters: Any, _: Any, many: bool) -> None:
        asked = _asking.get()
        if asked is None or statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return
        asked.append(statement[:200])
        text = _MANY.sub("(…)", statement)
        if many or text in self._planned or not _KINDS.match(statement) or any(name in text for name in _WHOLE):
            return
        self._planned.add(text)
        for table in _scanned(cursor.connection, statement, parameters):
            self.scanned[text] = table
            self.beyond.append(f"no index serves a scan of {table} in:\n{statement}")

    def write(self, folder: str, process: str) -> None:
        """Keep what was counted and found."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{process}.json").write_text(json.dumps(
            {"counted": self.counted, "scanned": self.scanned}, ensure_ascii=False, indent=1))


def _lines() -> list[str]:
    return LISTED.read_text().splitlines() if LISTED.exists() else []


def _begin(_: Flask, **__: Any) -> None:
    _asking.set([])


def _scanned(connection: Any, statement: str, parameters: Any) -> list[str]:
    """The big tables a statement scans though scans are switched off."""
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as beside:
        beside.execute("SET enable_seqscan = off")
        try:
            with suppress(psycopg.errors.IndeterminateDatatype):
                beside.execute("EXPLAIN (FORMAT JSON) " + statement, parameters)
                return sorted(_tables(beside.fetchone()[0][0]["Plan"]) - SMALL)
        finally:
            beside.execute("RESET enable_seqscan")
    return []


def _tables(plan: dict[str, Any]) -> set[str]:
    own = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*(_tables(each) for each in plan.get("Plans", ())))


SEEN = Statements()


def finish(process: str) -> None:
    """At the end of a process of the run."""
    if os.environ.get("STATEMENTS"):
        SEEN.write(os.environ["STATEMENTS"], process)
