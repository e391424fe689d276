"""Keep the public log: which facts are public, their leaves in the tree, and what witnesses say of it."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import bulk, clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import queries, rules
from qiaojiejie.transparency.errors import (CheckpointNotFound, CosignatureBroken, ForkFound, LogNotSigned,
                                            OriginUnknown, ProofBroken, UnreadableNote, WitnessUnknown)
from qiaojiejie.transparency.gateway import Keys, keys
from qiaojiejie.transparency.models import (LogAlarm, LogCheckpoint, LogCosignature, LogLeaf, LogNode, LogOpening,
                                            WitnessState)
from qiaojiejie.transparency.rules import Leaf

log = structlog.get_logger()

Reader = Callable[[Sequence[LedgerEntry]], dict[int, Leaf]]

#: fact → how the room that knows it reads it; entries of any other fact make no leaf
READERS: dict[str, Reader] = {}

#: ledger entries in one transaction of the sequencer
BATCH = 2000
#: a cosignature older than this is renewed although the log has not grown
RENEWED_AFTER = timedelta(hours=24)
#: how far ahead of ours another witness's clock may be
AHEAD = timedelta(minutes=5)

_TAKE = sa.text("""
    DELETE FROM log_pending WHERE entry_id IN (SELECT entry_id FROM log_pending ORDER BY entry_id LIMIT :batch)
    RETURNING entry_id
""")
_COUNTED = sa.text("""
    SELECT subject, (SELECT max(n) FROM log_leaf WHERE log_leaf.subject = asked.subject) AS n
    FROM unnest(CAST(:subjects AS text[])) AS asked (subject)
""")


def publishes(*facts: str) -> Callable[[Reader], Reader]:
    """Declare facts public, and the decorated function how they read: entries → leaf by entry's id.

    It is called later, with many entries of these facts at once; an entry it leaves out makes no leaf. It must say the
    same of an entry for ever: ``flask log verify`` asks again. Raises ValueError when another function reads the fact.
    """

    def register(reader: Reader) -> Reader:
        for fact in facts:
            if READERS.setdefault(fact, reader) is not reader:
                raise ValueError(f"two rooms publish {fact}")
        return reader

    return register


def sequence(*, batch: int = BATCH) -> int:
    """Take up the next ledger entries in order and put their leaves in the tree; how many entries were taken up.

    Whoever else does so meanwhile waits until this transaction ends.
    """
    queries.hold("sequencer")
    taken = db.session.scalars(_TAKE, {"batch": batch}).all()
    entries = db.session.scalars(sa.select(LedgerEntry).where(
        LedgerEntry.id.in_(taken), LedgerEntry.fact.in_(READERS)).order_by(LedgerEntry.id)).all()
    leaves = _read(entries)
    if leaves:
        _put([(entry, leaves[entry.id]) for entry in entries if entry.id in leaves])
    return len(taken)


def _read(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    by_reader: dict[Reader, list[LedgerEntry]] = {}
    for entry in entries:
        by_reader.setdefault(READERS[entry.fact], []).append(entry)
    found: dict[int, Leaf] = {}
    for reader, group in by_reader.items():
        found |= reader(group)
    return found


def _put(read: Sequence[tuple[LedgerEntry, Leaf]]) -> None:
    """Leaves, openings, nodes and a checkpoint over all, at the end of the tree as it is."""
    newest = queries.newest()
    size = newest.size if newest else 0
    counted = _counted({leaf.subject for _, leaf in read if leaf.subject})
    leaves, openings, hashes = [], [], []
    for index, (entry, leaf) in enumerate(read, size):
        n, salt = None, os.urandom(rules.SALT_BYTES)
        if leaf.subject:
            n = counted[leaf.subject] = counted[leaf.subject] + 1
        day = rules.day_number(clock.local(entry.at).date())
        text = rules.body(leaf, seq=entry.id, t=day, n=n, salt=salt)
        hashes.append(rules.leaf_hash(text.encode()))
        leaves.append({"index": index, "entry_id": entry.id, "subject": leaf.subject, "n": n, "hash": hashes[-1],
                       "body": text})
        openings.append({"index": index, "salt": salt, "payload": leaf.payload})
    bulk.insert(LogLeaf, leaves)
    bulk.insert(LogOpening, openings)
    publish(size=size + len(leaves), root=grow(size=size, leaves=hashes))


def _counted(subjects: Iterable[str]) -> dict[str, int]:
    return {row.subject: row.n or 0 for row in db.session.execute(_COUNTED, {"subjects": list(subjects)})}


def grow(*, size: int, leaves: Sequence[bytes]) -> bytes:
    """Store the nodes that these hashes of leaves make at the end of a tree of ``size``; the new root."""
    standing = queries.hashes(rules.peaks(0, size))
    grown = dict(rules.grow(size, {level: each for (level, _), each in standing.items()}, leaves))
    bulk.insert(LogNode, [{"level": level, "index": index, "hash": each}
                          for (level, index), each in grown.items() if level])
    known = {**standing, **grown}
    return rules.fold([known[node] for node in rules.peaks(0, size + len(leaves))])


def publish(*, size: int, root: bytes) -> None:
    """Sign what the tree is now."""
    note = keys().sign(rules.Checkpoint(keys().origin, size, root).text)
    db.session.add(LogCheckpoint(size=size, root=root, at=clock.now(), note=note))
    db.session.flush()


def cosign() -> bool:
    """Let the witness run here look at the newest checkpoint, if it is time, and cosign it; whether it did.

    It goes by what it saw itself last time, not by what the log says of its past. What does not continue that raises an
    alarm that keeps both notes.
    """
    held = keys()
    queries.hold(f"witness:{held.origin}")
    state, newest = queries.witness_state(held.origin), queries.newest()
    if held.witness_seed is None or newest is None or not (state is None or _is_due(state, newest, held)):
        return False
    seen, note = (state.size if state else 0), rules.parse_note(newest.note)
    try:
        proof = queries.consistency(seen, newest.size) if seen <= newest.size else []
    except queries.TreeBroken:
        proof = []
    reason = _contradicts(state, rules.parse_checkpoint(note.text), proof)
    if reason is not None and state is not None:
        _alarm(reason, state.note, note.signed, proof)
        return False
    _cosign(note, held)
    return True


def _is_due(state: WitnessState, newest: LogCheckpoint, held: Keys) -> bool:
    age = clock.now() - state.at
    return age >= RENEWED_AFTER or (newest.size != state.size and age >= held.pause)


def add_checkpoint(*, text: str) -> tuple[bool, str]:
    """What the witness run here answers a log: (True, its cosignature line), or (False, the line of the size it knows).

    Raises UnreadableNote, OriginUnknown, LogNotSigned, ProofBroken, and ForkFound once both notes are kept.
    """
    held = keys()
    try:
        sent = rules.parse_submission(text)
        said = rules.parse_checkpoint(sent.note.text)
    except rules.BadNote as broken:
        raise UnreadableNote() from broken
    if held.witness_seed is None or said.origin != held.origin:
        raise OriginUnknown()
    _require_signed(sent.note, held.log)
    if sent.old > said.size:
        raise UnreadableNote()
    queries.hold(f"witness:{said.origin}")
    state = queries.witness_state(said.origin)
    known = state.size if state else 0
    if state is not None and said.size == known and said.root != state.root:
        _alarm("two roots for one size", state.note, sent.note.signed, sent.proof)
        raise ForkFound()
    if sent.old != known:
        return False, f"{known}\n"
    reason = _contradicts(state, said, sent.proof)
    if reason is not None:
        _judge(reason, state, sent, said)
    return True, _cosign(sent.note, held).line


def _require_signed(note: rules.Note, key: rules.Key) -> None:
    try:
        rules.verify_note(note, [key])
    except rules.BadNote as broken:
        raise LogNotSigned() from broken


def _contradicts(state: WitnessState | None, said: rules.Checkpoint, proof: Sequence[bytes]) -> str | None:
    """Why a checkpoint does not continue what was seen before; None when it does."""
    old, old_root = (state.size, state.root) if state else (0, rules.EMPTY)
    if said.size < old:
        return "fewer leaves than were seen before"
    if rules.verify_consistency(old=old, old_root=old_root, new=said.size, new_root=said.root, proof=proof):
        return None
    return "two roots for one size" if said.size == old else "the consistency proof fails"


def _judge(reason: str, state: WitnessState | None, sent: rules.Submission, said: rules.Checkpoint) -> None:
    """A bad proof of a good checkpoint is its sender's fault; without any good proof it is the log's.

    Raises ProofBroken or ForkFound.
    """
    if state is None or _own_proof_holds(state, said):
        raise ProofBroken()
    _alarm(reason, state.note, sent.note.signed, sent.proof)
    raise ForkFound()


def _own_proof_holds(state: WitnessState, said: rules.Checkpoint) -> bool:
    try:
        return _contradicts(state, said, queries.consistency(state.size, said.size)) is None
    except queries.TreeBroken:
        return False


def _cosign(note: rules.Note, held: Keys) -> rules.Signature:
    """Cosign a checkpoint that was found good, and remember it."""
    said, moment = rules.parse_checkpoint(note.text), clock.now().replace(microsecond=0)
    signature = held.cosign(note.text, int(moment.timestamp()))
    values = {"size": said.size, "root": said.root, "note": note.signed, "at": moment}
    stmt = insert(WitnessState).values(origin=said.origin, **values)
    db.session.execute(stmt.on_conflict_do_update(index_elements=[WitnessState.origin], set_=values))
    if db.session.get(LogCheckpoint, said.size) is not None:
        own = rules.key_of(held.witness_name, rules.WITNESS, held.witness_seed or b"")
        _keep(said.size, {own: int(moment.timestamp())}, [signature])
    return signature


def _keep(size: int, times: Mapping[rules.Key, int | None], signatures: Sequence[rules.Signature]) -> int:
    lines = {(each.name, each.id): each.line for each in signatures}
    rows = [{"size": size, "witness": key.vkey, "at": datetime.fromtimestamp(time or 0, UTC),
             "line": lines[key.name, key.id]} for key, time in times.items()]
    stmt = insert(LogCosignature).values(rows).on_conflict_do_nothing().returning(LogCosignature.size)
    return len(db.session.execute(stmt).all())


def accept(*, checkpoint: str) -> dict[str, int]:
    """Keep the cosignatures that registered witnesses gave a checkpoint of ours: its size, how many were new.

    Raises UnreadableNote, LogNotSigned, CheckpointNotFound, WitnessUnknown, CosignatureBroken, and ForkFound once both
    notes are kept.
    """
    held = keys()
    try:
        note = rules.parse_note(checkpoint)
        said = rules.parse_checkpoint(note.text)
    except rules.BadNote as broken:
        raise UnreadableNote() from broken
    _require_signed(note, held.log)
    _require_published(said, note)
    try:
        times = rules.verify_note(note, held.witnesses)
    except rules.NotSigned as nobody:
        raise WitnessUnknown() from nobody
    except rules.Forged as forged:
        raise CosignatureBroken() from forged
    if any((time or 0) > (clock.now() + AHEAD).timestamp() for time in times.values()):
        raise CosignatureBroken()
    return {"size": said.size, "accepted": _keep(said.size, times, note.signatures)}


def _require_published(said: rules.Checkpoint, note: rules.Note) -> None:
    """What bears the log's signature is in its list of checkpoints, or the log has two tongues."""
    ours, newest = db.session.get(LogCheckpoint, said.size), queries.newest()
    if newest is None:
        raise CheckpointNotFound()
    if ours is None or ours.root != said.root:
        _alarm("two roots for one size" if ours else "a checkpoint the log has no record of", (ours or newest).note,
               note.signed, ())
        raise ForkFound()


def _alarm(reason: str, first: str, second: str, proof: Sequence[bytes]) -> None:
    """Keep two notes that contradict each other, once."""
    texts = [rules.parse_note(each).text for each in (first, second)]
    stmt = insert(LogAlarm).values(
        at=clock.now(), reason=reason, first=first, second=second, proof=[each.hex() for each in proof],
        digest=hashlib.sha256("\n".join(texts).encode()).digest())
    if db.session.execute(stmt.on_conflict_do_nothing().returning(LogAlarm.id)).scalar() is not None:
        log.error("the public log contradicts itself", reason=reason)
