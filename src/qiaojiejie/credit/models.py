"""Credit events derived from the ledger, standings, and the monthly inputs of the rule."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class CreditEvent(Model):
    """One event of the rule about one worker, made from one ledger entry; ``day`` is in Asia/Shanghai."""

    __tablename__ = "credit_event"
    __table_args__ = (sa.Index("ix_credit_event_worker", "worker_id", "entry_id"),
                      sa.Index("ix_credit_event_household", "household_id", "entry_id"),
                      sa.UniqueConstraint("entry_id", "type"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entry.id"))
    type: Mapped[str]
    day: Mapped[date]
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    category: Mapped[str | None]
    order_ref: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Standing(Model):
    """A worker's published standing: score, grade and every point's reason."""

    __tablename__ = "standing"

    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    score: Mapped[int]
    grade: Mapped[str]
    #: the whole explanation as ``rules`` gives it
    explanation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule: Mapped[str]
    as_of: Mapped[date]
    through_entry: Mapped[int]
    computed_at: Mapped[datetime]


class Calibration(Model):
    """A month's published inputs of the rule: counts per category, rater table, firm means (all integers)."""

    __tablename__ = "calibration"

    month: Mapped[date] = mapped_column(primary_key=True)
    rule: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]
