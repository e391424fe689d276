"""Standings of workers and of firms, as shown."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class Standing(Model):
    """A worker's standing: score, grade and every point's reason as everybody sees them.

    While a fall waits to be shown (``held_until``), ``pending`` is what the rule gives now, ``notice`` the line that
    was published before the fall and is still shown, and the rest stays as it was.
    """

    __tablename__ = "standing"
    __table_args__ = (sa.Index("ix_standing_due_on", "due_on", "worker_id"),
                      sa.Index("ix_standing_firm_id", "firm_id"))

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
    #: the firm whose standing counts her, by the events
    firm_id: Mapped[UUID | None]
    #: what that takes of her: {"neff", "mu_own", "insured_until", "papers_until"}
    own: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sa.text("'{}'"))
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    notice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    held_until: Mapped[date | None]
    #: a sudden collapse, told to her firm; no part of the score
    alarm: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class FirmStanding(Model):
    """A firm's standing: score, grade and every point's reason."""

    __tablename__ = "firm_standing"
    __table_args__ = (sa.Index("ix_firm_standing_due_on", "due_on", "firm_id"),)

    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"), primary_key=True)
    score: Mapped[int]
    grade: Mapped[str]
    explanation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule: Mapped[str]
    as_of: Mapped[date]
    through_entry: Mapped[int]
    due_on: Mapped[date]
    computed_at: Mapped[datetime]
