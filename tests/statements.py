"""What the suite asks the database: how many statements each route needs, and whether each has its index.

A route's most is listed in ``tests/house/statements.txt``; the test whose request asks more fails, and so does one that
asks a route that is not listed. Each statement of a request, job or sweep is planned once in a database beside
(``tests.planner``). Only what runs in a test's ``world`` is seen, by whatever way it reaches psycopg; not what the test
asks. ``STATEMENTS=1 make test`` raises the list to what was counted.
"""

import fcntl
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import pytest
from werkzeug.exceptions import HTTPException

from qiaojiejie.core.http import House
from tests.planner import Planner

LISTED = Path(__file__).parent / "house" / "statements.txt"
#: who reads the whole of a big table, and why they may: jobs, and what the federation asks of all the books or the log
MEANT = {
    "GET /api/v1/federation/ledger-health": "every account, payment and booking held against each other, when asked",
    "qiaojiejie.books.tasks.check": "as above, by itself",
    "GET /api/v1/federation/completeness": "the whole log held against what must be in it, when asked",
    "GET /api/v1/federation/completeness/<check>": "as above, one check",
    "GET /api/v1/federation/money-report": "sums over all postings, so that the report can't differ from them",
    "POST /api/v1/federation/clearing": "all that ever moved at Stripe held against the books; by itself once a night",
    "clearing.look": "as above",
    "payouts.fill": "every firm has a statement, once a month",
    "standings.learn": "what a month's inputs are learnt from is all the evidence",
    "standings.everyone_due": "a new rule is everybody's",
    "qiaojiejie.prepaid.tasks.settle_unsettled": "what is left on each card that is over",
    "qiaojiejie.standings.tasks.turn_the_day": "everybody who has no standing yet, or one as old as yesterday",
    "qiaojiejie.audit.tasks.look_for_what_is_odd": "addresses of all firms side by side, once a night",
}

_PLANNED = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", re.IGNORECASE)
_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@dataclass
class Asked:
    """What a request (``GET /api/v1/…``) or a job asked."""

    by: str
    texts: list[str] = field(default_factory=list)


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class Statements:
    """All that was seen in this process. ``new_database`` makes the one in which statements are planned."""

    def __init__(self, new_database: Callable[[], str], *, raising: bool) -> None:
        self.listed, self.seen = listed(), dict[str, int]()
        #: requests that asked more than is listed, and statements no index serves, since this was cleared
        self.over: list[str] = []
        self.unserved: list[str] = []
        self._new_database, self.raising = new_database, raising
        self._planned: set[str] = set()
        self._planner: Planner | None = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """See whatever is asked meanwhile; keep it in the list afterwards, if it is to be raised."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("execute", "executemany", "copy"):
                patch.setattr(psycopg.Cursor, name, self._telling(getattr(psycopg.Cursor, name)))
            patch.setattr(House, "wsgi_app", self._counting(House.wsgi_app))
            yield
        if self._planner is not None:
            self._planner.close()
        if self.raising:
            _raise(self.seen)

    def clear(self) -> None:
        """Nothing was found yet."""
        self.over.clear()
        self.unserved.clear()

    @contextmanager
    def asking(self, name: str) -> Iterator[Asked]:
        """What is asked meanwhile is asked by a request, job or sweep of this name."""
        asked = Asked(name)
        token = _asked.set(asked)
        try:
            yield asked
        finally:
            _asked.reset(token)

    def _counting(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        def counted(app: House, environ: dict[str, Any], start_response: Any) -> Any:
            route = _route(app, environ) if "db_override" in app.extensions else None
            if route is None:
                return answer(app, environ, start_response)
            with self.asking(route) as asked:
                answered = answer(app, environ, start_response)
            self._count(asked)
            return answered
        return counted

    def _count(self, asked: Asked) -> None:
        route, number = asked.by, len(asked.texts)
        self.seen[route] = max(number, self.seen.get(route, 0))
        most = self.listed.get(route)
        if not self.raising and (most is None or number > most):
            told = "it is not in the list" if most is None else f"the list says {most}"
            self.over.append(f"{route} asked {number} statements, {told} (CONTRIBUTING.md, Statements):\n"
                             + "\n".join(" ".join(text.split())[:300] for text in asked.texts))

    def _telling(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(execute)
        def told(cursor: psycopg.Cursor[Any], text: Any, values: Any = None, *args: Any, **kwargs: Any) -> Any:
            asked = _asked.get()
            if asked is not None and not (isinstance(text, str) and text.startswith(_NOT_COUNTED)):
                asked.texts.append(str(text))
                if isinstance(text, str) and text not in self._planned and execute.__name__ == "execute":
                    self._planned.add(text)
                    Context().run(self._plan, asked.by, cursor.connection, text, values)
            return execute(cursor, text, values, *args, **kwargs)
        return told

    def _plan(self, by: str, like: psycopg.Connection[Any], text: str, values: Any) -> None:
        if not _PLANNED.match(text) or by in MEANT:
            return
        if self._planner is None:
            self._planner = Planner(self._new_database(), like)
        self.unserved += [f"{by}: no index serves {what} in:\n{text}" for what in self._planner.scans(text, values)]


def listed(text: str | None = None) -> dict[str, int]:
    """The most statements of each route."""
    lines = (LISTED.read_text() if text is None else text).splitlines()
    return {route: int(number) for route, _, number in (line.rpartition(" ") for line in lines)}


def _raise(seen: Mapping[str, int]) -> None:
    with LISTED.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # each process of the run has seen some of it
        most = listed(file.read())
        for route, number in seen.items():
            most[route] = max(number, most.get(route, 0))
        file.seek(0)
        file.truncate()
        file.writelines(f"{route} {number}\n" for route, number in sorted(most.items()))


def _route(app: House, environ: dict[str, Any]) -> str | None:
    method = {"HEAD": "GET"}.get(environ["REQUEST_METHOD"], environ["REQUEST_METHOD"])
    with suppress(HTTPException):
        rule, _ = app.url_map.bind_to_environ(environ).match(return_rule=True)
        return None if method == "OPTIONS" else f"{method} {rule}"
    return None
