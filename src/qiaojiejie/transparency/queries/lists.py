"""Leaves, openings, checkpoints and alarms as lists; the log in a few words; opaque keys."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset
from qiaojiejie.core.secrets import blind
from qiaojiejie.transparency import rules
from qiaojiejie.transparency.models import LogAlarm, LogCheckpoint, LogCosignature, LogLeaf, LogOpening, WitnessState
from qiaojiejie.transparency.queries.tree import cosigned_note, head


def opaque(kind: str, value: str) -> str:
    """The public key of a person, firm, household, order…: the kind's first letter and a keyed digest of the value.

    The value: ``worker.id_index.hex()`` of a person, ``str(id)`` of everything else.
    """
    return f"{kind[0]}_{blind(f'credit-{kind}', value).hex()[:24]}"


def taken_up(entry_ids: Sequence[int]) -> dict[int, int]:
    """Ledger entry → index of its leaf, of those of these entries that have one, in one query."""
    stmt = sa.select(LogLeaf.entry_id, LogLeaf.index).where(LogLeaf.entry_id.in_(entry_ids))
    return {entry_id: index for entry_id, index in db.session.execute(stmt)}


def leaves_of(subject: str) -> list[dict[str, Any]]:
    """Every leaf of a subject (its opaque key), oldest first, as export lines; ``n`` counts them without a gap."""
    stmt = sa.select(LogLeaf).where(LogLeaf.subject == subject).order_by(LogLeaf.n)
    return _lines(db.session.scalars(stmt).all())


def leaves_for(entry_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The leaves of these ledger entries, of those that have one, as export lines in the order of the tree."""
    stmt = sa.select(LogLeaf).where(LogLeaf.entry_id.in_(entry_ids)).order_by(LogLeaf.index)
    return _lines(db.session.scalars(stmt).all())


def openings(cursor: str | None, limit: int) -> Page:
    """One page of the whole log as export lines, in order."""
    page = keyset(sa.select(LogLeaf), [LogLeaf.index], scope="log-openings", cursor=cursor, limit=limit,
                  descending=False)
    return Page(_lines(page.items), page.next_cursor)


def _lines(leaves: Sequence[LogLeaf]) -> list[dict[str, Any]]:
    stmt = sa.select(LogOpening.index, LogOpening.salt, LogOpening.payload)
    rows = db.session.execute(stmt.where(LogOpening.index.in_([leaf.index for leaf in leaves])))
    opened = {index: (salt, payload) for index, salt, payload in rows}
    return [rules.export_line(leaf.body, leaf.index, *opened.get(leaf.index, (None, None))) for leaf in leaves]


def checkpoints(cursor: str | None, limit: int) -> Page:
    """One page of the checkpoints, newest first, each with the cosignatures it has."""
    page = keyset(sa.select(LogCheckpoint), [LogCheckpoint.size], scope="log-checkpoints", cursor=cursor, limit=limit)
    stmt = sa.select(LogCosignature.size, LogCosignature.line)
    stmt = stmt.where(LogCosignature.size.in_([each.size for each in page.items]))
    lines: dict[int, str] = {}
    for size, line in db.session.execute(stmt.order_by(LogCosignature.witness, LogCosignature.at)):
        lines[size] = lines.get(size, "") + line
    return Page([{"size": each.size, "root": each.root.hex(), "at": each.at,
                  "note": each.note + lines.get(each.size, "")} for each in page.items], page.next_cursor)


def alarms(cursor: str | None, limit: int) -> Page:
    """One page of the alarms, newest first."""
    return keyset(sa.select(LogAlarm), [LogAlarm.id], scope="log-alarms", cursor=cursor, limit=limit)


def status(key: rules.Key, witnesses: Sequence[rules.Key]) -> dict[str, Any]:
    """``head``, who the log is, who may witness it, the newest cosigned checkpoint, and whether there is an alarm."""
    now = head()
    seen = None if now["cosigned_size"] is None else db.session.get(LogCheckpoint, now["cosigned_size"])
    return {"origin": key.name, "key": key.vkey, "witnesses": [each.vkey for each in witnesses], **now,
            "cosigned_checkpoint": None if seen is None else cosigned_note(seen),
            "alarm": db.session.scalar(sa.select(sa.exists().where(LogAlarm.id > 0)))}


def witness_state(origin: str) -> WitnessState | None:
    """What the witness run here last cosigned of a log; hold ``witness:origin`` before acting on it."""
    return db.session.get(WitnessState, origin, populate_existing=True)
