"""The tree as it is stored: hashes, proofs, tiles, and the head it has now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from qiaojiejie.core import clock
from qiaojiejie.core.db import db, read
from qiaojiejie.transparency import rules
from qiaojiejie.transparency.errors import CheckpointNotFound, LeafNotFound, SizesNotPossible, TileNotFound
from qiaojiejie.transparency.models import LogCheckpoint, LogCosignature

#: how long after a witness cosigned the log a score may be shown under it
FRESH = timedelta(hours=48)
MOST = 2**63 - 1

_HOLD = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || :name, 0))")
_HASHES = """
    SELECT node.level, node.index AS place, node.hash
    FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) AS wanted (level, place)
    JOIN log_node node ON node.level = wanted.level AND node.index = wanted.place
    UNION ALL SELECT 0, index, hash FROM log_leaf WHERE index = ANY(CAST(:leaves AS bigint[]))
"""
_LEAF = "SELECT index AS place, body FROM log_leaf WHERE entry_id = :entry"
_HEAD = """
    SELECT head.size, head.root, head.at, seen.size AS cosigned_size, seen.at AS cosigned_at
    FROM (SELECT size, root, at FROM log_checkpoint ORDER BY size DESC LIMIT 1) head
    LEFT JOIN (SELECT size, at FROM log_cosignature ORDER BY at DESC, size DESC LIMIT 1) seen ON true
"""


class TreeBroken(Exception):
    """A hash that the stored tree must have is not there."""


def hold(name: str) -> None:
    """Wait for, and keep until the transaction ends, what ``name`` stands for (the sequencer, a witness)."""
    db.session.execute(_HOLD, {"name": f"transparency:{name}"})


def hashes(nodes: Iterable[rules.Node]) -> dict[rules.Node, bytes]:
    """The stored hashes of these complete subtrees, in one query. Raises TreeBroken when one is missing."""
    wanted = list(nodes)
    upper = [node for node in wanted if node[0]]
    rows = read(_HASHES, {"levels": [level for level, _ in upper], "indexes": [index for _, index in upper],
                          "leaves": [index for level, index in wanted if not level]})
    found = {(row.level, row.place): bytes(row.hash) for row in rows}
    missing = [node for node in wanted if node not in found]
    if missing:
        raise TreeBroken(f"the tree has no node {missing[0]}")
    return found


def _folded(path: Sequence[Sequence[rules.Node]]) -> list[bytes]:
    found = hashes({node for part in path for node in part})
    return [rules.fold([found[node] for node in part]) for part in path]


def roots_at(sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots over the first so many leaves, from the stored hashes, in one query. Raises TreeBroken."""
    peaks = {size: rules.peaks(0, size) for size in sizes}
    found = hashes({node for each in peaks.values() for node in each})
    return {size: rules.fold([found[node] for node in each]) for size, each in peaks.items()}


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of ``new`` leaves continues that of ``old``. Raises TreeBroken."""
    return _folded(rules.consistency_path(old, new))


def newest() -> LogCheckpoint | None:
    """The newest checkpoint, None while the log is empty."""
    return db.session.scalars(sa.select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)).one_or_none()


def checkpoint_of(size: int | None) -> LogCheckpoint:
    """The checkpoint of a size, None: the newest. Raises CheckpointNotFound."""
    found = newest() if size is None else db.session.get(LogCheckpoint, size)
    if found is None:
        raise CheckpointNotFound()
    return found


def cosigned_note(checkpoint: LogCheckpoint) -> str:
    """A checkpoint's note with the newest cosignature of each witness."""
    stmt = sa.select(LogCosignature.line).where(LogCosignature.size == checkpoint.size)
    stmt = stmt.ext(distinct_on(LogCosignature.witness)).order_by(LogCosignature.witness, LogCosignature.at.desc())
    return checkpoint.note + "".join(db.session.scalars(stmt))


def latest_note() -> str:
    """The newest checkpoint as it is published. Raises CheckpointNotFound while the log is empty."""
    return cosigned_note(checkpoint_of(None))


def head() -> dict[str, Any]:
    """The log as it stands: ``size``, ``root`` (hex), ``checkpoint_at``; ``cosigned_size`` and ``cosigned_at`` of the
    newest cosignature; ``fresh``: whether that one is from the last 48 hours. None where there is none yet.
    """
    row = next(iter(read(_HEAD)), None)
    if row is None:
        return {"size": 0, "root": rules.EMPTY.hex(), "checkpoint_at": None, "cosigned_size": None,
                "cosigned_at": None, "fresh": False}
    fresh = row.cosigned_at is not None and row.cosigned_at > clock.now() - FRESH
    return {"size": row.size, "root": bytes(row.root).hex(), "checkpoint_at": row.at,
            "cosigned_size": row.cosigned_size, "cosigned_at": row.cosigned_at, "fresh": fresh}


def proof_for(entry_id: int, size: int | None = None) -> dict[str, Any]:
    """The proof that a ledger entry's leaf is in the log, under the newest checkpoint or the one of ``size``.

    ``index``, ``leaf`` (its text; SHA-256(0x00 ‖ text) is its hash), ``size``, ``root`` and ``proof`` (hex),
    ``checkpoint`` (the signed note). Raises LeafNotFound, also when the leaf came after that checkpoint, and
    CheckpointNotFound.
    """
    row = next(iter(read(_LEAF, {"entry": entry_id})), None) if entry_id <= MOST else None
    if row is None:
        raise LeafNotFound()
    under = checkpoint_of(size)
    if row.place >= under.size:
        raise LeafNotFound()
    proof = _folded(rules.inclusion_path(row.place, under.size))
    return {"index": row.place, "leaf": row.body, "size": under.size, "root": under.root.hex(),
            "proof": [each.hex() for each in proof], "checkpoint": cosigned_note(under)}


def consistency_of(sizes: Mapping[str, int]) -> dict[str, Any]:
    """The consistency proof between two sizes (``old``, ``new``: the newest when left out), hex, with both roots.

    Raises SizesNotPossible.
    """
    size: int = head()["size"]
    old, new = sizes["old"], sizes.get("new", size)
    if not old <= new <= size:
        raise SizesNotPossible(size=size)
    roots = roots_at((old, new))
    return {"old": old, "new": new, "old_root": roots[old].hex(), "new_root": roots[new].hex(),
            "proof": [each.hex() for each in consistency(old, new)]}


def tile(path: str) -> bytes:
    """The content of the tile a path beneath ``/log/tile/`` names. Raises TileNotFound."""
    named = rules.parse_tile(path)
    if named is None or not named.is_of(head()["size"]):
        raise TileNotFound()
    if named.level is None:
        return bundle(named)
    rows = read("SELECT hash FROM log_node WHERE level = :level AND index >= :low AND index < :high ORDER BY index"
                if named.level else
                "SELECT hash FROM log_leaf WHERE index >= :low AND index < :high AND :level = 0 ORDER BY index",
                {"level": named.level * rules.HEIGHT, "low": named.first, "high": named.first + named.width})
    return b"".join(bytes(row.hash) for row in rows)


def bundle(named: rules.Tile) -> bytes:
    """The leaves of a tile, each with its length before it."""
    rows = read("SELECT body FROM log_leaf WHERE index >= :low AND index < :high ORDER BY index",
                {"low": named.first, "high": named.first + named.width})
    return rules.bundle(row.body.encode() for row in rows)
