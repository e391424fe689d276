"""Substitutions, and who is offered in each."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.substitutions.lifecycle import SUBSTITUTION
from qiaojiejie.workers.models import Worker


class Substitution(Model):
    """A firm can't send who was booked and offers others; of a booking one is open at most."""

    __tablename__ = "substitution"
    __table_args__ = (
        sa.CheckConstraint(SUBSTITUTION.check(), name="state"),
        sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("(state = 'taken') = (taken_id IS NOT NULL)", name="taken"),
        sa.Index("uq_substitution_open", "booking_id", unique=True, postgresql_where=sa.text("state = 'offered'")),
        sa.Index("ix_substitution_booking", "booking_id", "id"),
        sa.Index("ix_substitution_due", "until", postgresql_where=sa.text("state = 'offered'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    #: who was to come
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    reason: Mapped[str]
    state: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: who comes instead
    taken_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))

    booking: Mapped[Booking] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True, foreign_keys=[worker_id])
    candidates: Mapped[list["SubstitutionCandidate"]] = relationship(
        viewonly=True, order_by="SubstitutionCandidate.position")

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return SUBSTITUTION.states[self.state]

    @property
    def standing(self) -> list["SubstitutionCandidate"]:
        """Those offered who can still come, as far as is known."""
        return [each for each in self.candidates if each.dropped_at is None]


class SubstitutionCandidate(Model):
    """Somebody a firm offers, in the order it named them."""

    __tablename__ = "substitution_candidate"

    substitution_id: Mapped[UUID] = mapped_column(sa.ForeignKey("substitution.id", ondelete="CASCADE"),
                                                  primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    position: Mapped[int]
    #: since when it is known that she can't come any more
    dropped_at: Mapped[datetime | None]

    worker: Mapped[Worker] = relationship(viewonly=True)
