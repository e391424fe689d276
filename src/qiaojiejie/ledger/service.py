"""Write a fact; follow facts. The one door to the ledger."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from qiaojiejie.core import bulk, clock, jobs
from qiaojiejie.core.db import run
from qiaojiejie.ledger.models import LedgerEntry

SYSTEM = "system"

FOLLOWERS: dict[str, list[str]] = defaultdict(list)


class Written(NamedTuple):
    """An entry that was just written, as those see it who choose which they follow."""

    id: int
    subject: str
    data: dict[str, Any]


Choice = Callable[[Sequence[Written]], Sequence[Written]]
_APPEND = """
    INSERT INTO ledger_entry (at, fact, subject, actor, data, key)
    VALUES (:at, :fact, :subject, :actor, :data, CAST(:key AS text)) ON CONFLICT (key) DO NOTHING RETURNING id
"""

#: a job → which entries it follows, where not all
CHOICES: dict[str, Choice] = {}


def follows(*facts: str, name: str, only: Choice | None = None) -> Callable[[Callable[[int], None]],
                                                                            Callable[[int], None]]:
    """Make a job ``name`` (``room.verb``) of a function of an entry's id, deferred with every entry of these facts.

    ``only``: those of some entries it is deferred with, asked in the transaction that writes them, in one query.
    """

    def register(func: Callable[[int], None]) -> Callable[[int], None]:
        for fact in facts:
            FOLLOWERS[fact].append(name)
        if only is not None:
            CHOICES[name] = only
        jobs.task(name)(func)
        return func

    return register


def append(fact: str, *, subject: str, actor: str, data: dict[str, Any] | None = None,
           key: str | None = None) -> int | None:
    """Write a fact and defer its followers, in this transaction; the entry's id.

    ``data``: JSON values true at this moment that can't be looked up later; opaque ids, never personal data.
    ``key``: what makes the fact unique; a second append with it writes nothing and returns None.
    """
    made = run(_APPEND, {"at": clock.now(), "fact": fact, "subject": subject, "actor": actor, "data": Jsonb(data or {}),
                         "key": key})
    _defer(fact, [Written(entry_id, subject, data or {}) for entry_id, in made])
    return made[0].id if made else None


def append_many(fact: str, *, about: Iterable[tuple[str, dict[str, Any]]], actor: str) -> None:
    """``append`` the same fact about many (subject, data), in one statement."""
    moment = clock.now()
    rows = [{"at": moment, "fact": fact, "subject": subject, "actor": actor, "data": data} for subject, data in about]
    if not rows:
        return
    made = bulk.insert(LedgerEntry, rows, returning=["id", "subject", "data"] if FOLLOWERS[fact] else [])
    _defer(fact, [Written(*row) for row in made])


def _defer(fact: str, entries: Sequence[Written]) -> None:
    if not entries:
        return
    chosen = {job: CHOICES[job](entries) if job in CHOICES else entries for job in FOLLOWERS[fact]}
    jobs.defer_all((job, {"entry_id": entry.id}) for job, some in chosen.items() for entry in some)
