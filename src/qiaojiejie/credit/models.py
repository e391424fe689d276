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
    __table_args__ = (sa.Index("ix_standing_due_on", "due_on", "worker_id"),)

    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    score: Mapped[int]
    grade: Mapped[str]
    #: the whole explanation as ``rules`` gives it
    explanation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule: Mapped[str]
    as_of: Mapped[date]
    through_entry: Mapped[int]
    #: the day from which it must be computed again although nothing new happened
    due_on: Mapped[date | None]
    computed_at: Mapped[datetime]


class Calibration(Model):
    """A month's published inputs of the rule, all integers, from what happened before its first day.

    ``data``: {"counts": {category: [21 ratings by sum of marks]}, "tables": as ``rules.tables`` gives them,
    "firms": {firm: mean}, "market"}. ``raters``: households whose marks do not weigh in full, {household: permille}.
    """

    __tablename__ = "calibration"

    month: Mapped[date] = mapped_column(primary_key=True)
    rule: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    raters: Mapped[dict[str, int]] = mapped_column(JSONB)
    published_at: Mapped[datetime]


class Rater(Model):
    """The weight of a household's orders in the newest calibration, permille; one without a row is new since."""

    __tablename__ = "rater"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    weight: Mapped[int]
