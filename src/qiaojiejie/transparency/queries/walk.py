"""Walk the whole log, from the ledger to the witnesses, and say what does not fit. Reads in streams, keeps little."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby, zip_longest
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import rules
from qiaojiejie.transparency.models import LogAlarm, LogCheckpoint, LogCosignature, LogLeaf, LogOpening, WitnessState
from qiaojiejie.transparency.queries.tree import TreeBroken, newest, roots_at

Reader = Callable[[Sequence[LedgerEntry]], dict[int, rules.Leaf]]
Faults = Iterator[str]
BATCH = 2000

_MISCOUNTED = sa.text("""
    SELECT index, subject FROM (SELECT index, subject, n, row_number() OVER (PARTITION BY subject ORDER BY index) AS due
                                FROM log_leaf WHERE subject IS NOT NULL) counted
    WHERE n <> due ORDER BY index LIMIT 1
""")
_NODES = sa.text("""
    SELECT level, index AS place, hash FROM log_node WHERE (index + 1) << level <= :size
    ORDER BY (index + 1) << level, level
""")
_STRAY = sa.text("SELECT level, index FROM log_node WHERE (index + 1) << level > :size LIMIT 1")


def _batches(stmt: sa.Executable, params: dict[str, Any] | None = None) -> Iterator[Sequence[Any]]:
    """Rows in lists of so many, the rest still in the database; objects go when nobody holds them any more."""
    size = BATCH
    options = {"yield_per": size, "stream_results": True}
    with db.session.execute(stmt, params, execution_options=options) as result:
        yield from result.partitions(size)


def _stream(stmt: sa.Executable, params: dict[str, Any] | None = None) -> Iterator[Any]:
    return chain.from_iterable(_batches(stmt, params))


def faults(log: rules.Key, readers: Mapping[str, Reader]) -> Faults:
    """Everything that does not fit, in words, the tree first. Nothing when all is well.

    ``readers``: which facts are public and how each reads (``service.READERS``). What the ledger says now is read again
    and compared with what the log says, so a reader must say the same of an entry for ever.
    """
    head = newest()
    size = head.size if head else 0
    yield from _leaves(size)
    yield from _nodes(size)
    yield from _checkpoints(size, log)
    yield from _cosignatures()
    yield from _witness()
    yield from _said_by_ledger(readers)
    yield from _left_out(readers)
    for alarm in db.session.scalars(sa.select(LogAlarm).order_by(LogAlarm.id)):
        yield f"log_alarm {alarm.id}: {alarm.reason} ({alarm.at:%Y-%m-%d %H:%M} UTC)"


def _leaves(size: int) -> Faults:
    """Index without a gap, hash of the text, columns as the text has them, commitment as the opening has it."""
    columns = (LogLeaf.index.label("place"), LogLeaf.entry_id, LogLeaf.subject, LogLeaf.n, LogLeaf.hash, LogLeaf.body,
               LogOpening.salt, LogOpening.payload)
    stmt = sa.select(*columns).outerjoin(LogOpening, LogOpening.index == LogLeaf.index).order_by(LogLeaf.index)
    due = 0
    for row in _stream(stmt):
        if row.place != due:
            yield f"log_leaf {due} is missing: {row.place} follows {due - 1}"
            return
        due += 1
        yield from _leaf(row)
    if due != size:
        yield f"log_checkpoint: the newest is of {size} leaves, there are {due}"
    for index, subject in db.session.execute(_MISCOUNTED):
        yield f"log_leaf {index}: the leaves of {subject} are not counted 1, 2, …"
    stray = db.session.scalar(sa.select(LogOpening.index).where(LogOpening.index >= due).limit(1))
    if stray is not None:
        yield f"log_opening {stray} opens no leaf"


def _leaf(row: Any) -> Faults:
    if rules.leaf_hash(row.body.encode()) != row.hash:
        yield f"log_leaf {row.place}: its hash is not that of its text"
        return
    said = json.loads(row.body)
    if rules.canonical(said).decode() != row.body:
        yield f"log_leaf {row.place}: its text is not canonical"
    if (said["seq"], said["subject"], said["n"]) != (row.entry_id, row.subject, row.n):
        yield f"log_leaf {row.place}: its columns say something else than its text"
    if row.salt is not None and rules.commitment(row.salt, row.payload) != said["commitment"]:
        yield f"log_opening {row.place}: it does not open leaf {row.place} (entry {row.entry_id})"


def _nodes(size: int) -> Faults:
    """Every stored hash is the one worked out from the leaves, none is missing, none is too many."""
    stored = (((row.level, row.place), bytes(row.hash)) for row in _stream(_NODES, {"size": size}))
    for due, found in zip_longest(_worked_out(), stored):
        if due != found:
            level, index = min((each[0] for each in (due, found) if each), key=_completed)
            yield f"log_node ({level}, {index}) is not what the leaves beneath it make"
            return
    for level, index in db.session.execute(_STRAY, {"size": size}):
        yield f"log_node ({level}, {index}) has no leaves beneath it"


def _completed(node: rules.Node) -> tuple[int, int]:
    """When a node is there: with which leaf, and after which nodes."""
    level, index = node
    return (index + 1) << level, level


def _worked_out() -> Iterator[tuple[rules.Node, bytes]]:
    """The nodes above the leaves, each as soon as its last leaf is there."""
    peaks: dict[int, bytes] = {}
    for index, (leaf,) in enumerate(_stream(sa.select(LogLeaf.hash).order_by(LogLeaf.index))):
        grown = dict(rules.grow(index, peaks, [leaf]))
        yield from (each for each in grown.items() if each[0][0])
        standing = rules.peaks(0, index + 1)
        peaks = {level: grown.get((level, at)) or peaks[level] for level, at in standing}


def _checkpoints(size: int, log: rules.Key) -> Faults:
    """Every checkpoint is of the log's hand and says the root that the tree had at its size."""
    stmt = sa.select(LogCheckpoint.size, LogCheckpoint.root, LogCheckpoint.note).order_by(LogCheckpoint.size)
    for rows in _batches(stmt):
        try:
            roots = roots_at(row.size for row in rows if row.size <= size)
        except TreeBroken as broken:
            yield f"log_checkpoint {rows[0].size} or one after it: {broken}"
            return
        for row in rows:
            yield from _checkpoint(row, roots.get(row.size), log)


def _checkpoint(row: Any, root: bytes | None, log: rules.Key) -> Faults:
    where = f"log_checkpoint {row.size}"
    try:
        signed = rules.parse_note(row.note)
        rules.verify_note(signed, [log])
        said = rules.parse_checkpoint(signed.text)
    except rules.BadNote as broken:
        yield f"{where}: {broken}"
        return
    if said != rules.Checkpoint(log.name, row.size, row.root):
        yield f"{where}: its note says something else than its columns"
    elif root != row.root:
        yield f"{where}: its root is not that of the first {row.size} leaves"


def _cosignatures() -> Faults:
    """Every cosignature is its witness's, of the time it says, over the checkpoint of its size."""
    stmt = sa.select(LogCosignature.size, LogCosignature.witness, LogCosignature.at, LogCosignature.line,
                     LogCheckpoint.note)
    stmt = stmt.outerjoin(LogCheckpoint, LogCheckpoint.size == LogCosignature.size)
    for size, witness, at, line, note in _stream(stmt.order_by(LogCosignature.size, LogCosignature.at)):
        where = f"log_cosignature {size} of {witness.partition('+')[0]}"
        try:
            key = rules.parse_key(witness)
            said = rules.verify_note(rules.parse_note((note or "") + line), [key])
            if said[key] != int(at.timestamp()):
                yield f"{where}: it was made at another time than {at:%Y-%m-%d %H:%M:%S} UTC"
        except rules.BadNote as broken:
            yield f"{where}: {broken}"


def _witness() -> Faults:
    """The log still has what the witness run here has seen of it."""
    for state in db.session.scalars(sa.select(WitnessState).order_by(WitnessState.origin)):
        try:
            if roots_at([state.size])[state.size] != state.root:
                yield f"witness_state {state.origin}: the tree of {state.size} leaves is not the one it cosigned"
        except TreeBroken as broken:
            yield f"witness_state {state.origin}: {broken}"


def _said_by_ledger(readers: Mapping[str, Reader]) -> Faults:
    """Each leaf's entry is in the ledger, of that day, and says what the leaf and its opening say."""
    stmt = sa.select(LogLeaf.entry_id, LogLeaf.body, LogOpening.salt, LedgerEntry)
    stmt = stmt.outerjoin(LedgerEntry, LedgerEntry.id == LogLeaf.entry_id)
    stmt = stmt.outerjoin(LogOpening, LogOpening.index == LogLeaf.index).order_by(LogLeaf.index)
    for rows in _batches(stmt):
        said = _read_again([row.LedgerEntry for row in rows if row.LedgerEntry is not None], readers)
        for entry_id, text, salt, entry in rows:
            if entry is None:
                yield f"ledger_entry {entry_id} is missing: the log has its leaf"
            elif not _agrees(json.loads(text), salt, entry, said.get(entry_id)):
                yield f"ledger_entry {entry_id} says something else than its leaf"


def _agrees(leaf: dict[str, Any], salt: bytes | None, entry: LedgerEntry, said: rules.Leaf | None) -> bool:
    if leaf["t"] != rules.day_number(clock.local(entry.at).date()) or said is None:
        return False
    again = json.loads(rules.body(said, seq=entry.id, t=leaf["t"], n=leaf["n"], salt=salt or b""))
    return all(again[name] == leaf[name] for name in again if name != "commitment" or salt is not None)


def _left_out(readers: Mapping[str, Reader]) -> Faults:
    """No entry that makes a leaf is without one, unless it waits for the sequencer."""
    stmt = sa.select(LedgerEntry).where(LedgerEntry.fact.in_(readers), sa.text(
        "NOT EXISTS (SELECT FROM log_leaf WHERE entry_id = ledger_entry.id)"
        " AND NOT EXISTS (SELECT FROM log_pending WHERE entry_id = ledger_entry.id)")).order_by(LedgerEntry.id)
    for rows in _batches(stmt):
        for entry_id in sorted(_read_again([row.LedgerEntry for row in rows], readers)):
            yield f"ledger_entry {entry_id} has no leaf and does not wait for one"


def _read_again(entries: Sequence[LedgerEntry], readers: Mapping[str, Reader]) -> dict[int, rules.Leaf]:
    found: dict[int, rules.Leaf] = {}
    known = sorted((entry for entry in entries if entry.fact in readers), key=lambda entry: entry.fact)
    for fact, group in groupby(known, key=lambda entry: entry.fact):
        found |= readers[fact](list(group))
    return found
