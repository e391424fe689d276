"""The public log's tables. Leaves, nodes, checkpoints, cosignatures and alarms refuse UPDATE, DELETE and TRUNCATE.

They name each other's rows without foreign keys: checking one takes a row lock that an append-only table grants nobody.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class LogPending(Model):
    """A ledger entry the sequencer has not looked at; a trigger on the ledger writes it with the entry."""

    __tablename__ = "log_pending"

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class LogLeaf(Model):
    """One leaf: its place in the tree, the entry it speaks of, its text and hash; ``n`` counts a subject's leaves."""

    __tablename__ = "log_leaf"
    __table_args__ = (sa.UniqueConstraint("subject", "n"),)

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(unique=True)
    subject: Mapped[str | None]
    n: Mapped[int | None]
    hash: Mapped[bytes]
    body: Mapped[str]


class LogOpening(Model):
    """What a leaf's commitment opens to. May be deleted: every proof stays whole, and nobody can show another."""

    __tablename__ = "log_opening"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


class LogNode(Model):
    """The hash of a complete subtree of 2^level leaves (level 1 and up; level 0 is ``log_leaf.hash``)."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class LogCheckpoint(Model):
    """A size of the tree, its root, and the note the log signed over both."""

    __tablename__ = "log_checkpoint"
    __table_args__ = (sa.Index("ix_log_checkpoint_at", "at", "size"),)

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    at: Mapped[datetime]
    note: Mapped[str]


class LogCosignature(Model):
    """A witness (its vkey) saw the checkpoint of a size at a time and found it to continue what it had seen before."""

    __tablename__ = "log_cosignature"
    __table_args__ = (sa.Index("ix_log_cosignature_at", "at", "size"),)

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    line: Mapped[str]


class WitnessState(Model):
    """The newest checkpoint of a log that the witness run here has cosigned."""

    __tablename__ = "witness_state"

    origin: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    root: Mapped[bytes]
    note: Mapped[str]
    at: Mapped[datetime]


class LogAlarm(Model):
    """Two notes one log signed that can't both be true, and the proof that failed; ``digest`` keeps each pair once."""

    __tablename__ = "log_alarm"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]
    first: Mapped[str]
    second: Mapped[str]
    proof: Mapped[list[str]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(unique=True)
