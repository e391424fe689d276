"""Guarantees, and each time somebody was to be replaced."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.guarantees.lifecycle import GUARANTEE
from qiaojiejie.workers.models import Worker


class Guarantee(Model):
    """What an engagement by days promises from its beginning on."""

    __tablename__ = "guarantee"
    __table_args__ = (
        sa.CheckConstraint(GUARANTEE.check(), name="state"),
        sa.CheckConstraint("trial_days >= 0 AND replacement_days > 0", name="terms"),
        sa.Index("ix_guarantee_trial", "trial_until", postgresql_where=sa.text("state = 'on_trial'")),
    )

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    state: Mapped[str]
    trial_days: Mapped[int]
    replacement_days: Mapped[int]
    #: the last day of trial of who works at present
    trial_until: Mapped[date | None]
    made_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return GUARANTEE.states[self.state]


class Replacement(Model):
    """Who works is to be replaced; of a booking one is open at most."""

    __tablename__ = "replacement"
    __table_args__ = (
        sa.CheckConstraint("party IN ('household', 'firm')", name="party"),
        sa.CheckConstraint("taken_id IS NULL OR settled_at IS NOT NULL", name="settled"),
        sa.Index("uq_replacement_open", "booking_id", unique=True, postgresql_where=sa.text("settled_at IS NULL")),
        sa.Index("ix_replacement_booking", "booking_id", "id"),
        sa.Index("ix_replacement_due", "until", postgresql_where=sa.text("settled_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    #: who is to be replaced
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    party: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    #: of those offered at present: the day from which they can come
    begins_on: Mapped[date | None]
    #: when somebody was taken, or it ended without
    settled_at: Mapped[datetime | None]
    taken_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))

    worker: Mapped[Worker] = relationship(viewonly=True, foreign_keys=[worker_id])
    candidates: Mapped[list["ReplacementCandidate"]] = relationship(
        viewonly=True, order_by="ReplacementCandidate.position")


class ReplacementCandidate(Model):
    """Somebody a firm offers at present, in the order it named them."""

    __tablename__ = "replacement_candidate"

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacement.id", ondelete="CASCADE"), primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    position: Mapped[int]

    worker: Mapped[Worker] = relationship(viewonly=True)
