"""Days worked, and engagements ended early."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.attendance.lifecycle import WORKDAY
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.workers.models import Worker


class Workday(Model):
    """A day of an engagement as it was written down, once: ``fen`` is what is released when it is agreed."""

    __tablename__ = "workday"
    __table_args__ = (
        sa.CheckConstraint(WORKDAY.check(), name="state"),
        sa.CheckConstraint("minutes BETWEEN 60 AND 1440", name="minutes"),
        sa.CheckConstraint("fen >= 0", name="fen"),
        sa.CheckConstraint("(state IN ('agreed', 'struck')) = (settled_at IS NOT NULL)", name="settled"),
        sa.UniqueConstraint("booking_id", "day"),
        sa.Index("ix_workday_worker", "worker_id", "booking_id"),
        sa.Index("ix_workday_due", "recorded_at", postgresql_where=sa.text("state = 'recorded'")),
        sa.Index("ix_workday_contested", "id", postgresql_where=sa.text("state = 'contested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    #: who worked on it
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    day: Mapped[date]
    #: how long she worked, and whether that is half a day by the terms of the booking
    minutes: Mapped[int]
    half: Mapped[bool]
    fen: Mapped[int]
    state: Mapped[str]
    #: why the family contests it
    reason: Mapped[str | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    booking: Mapped[Booking] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return WORKDAY.states[self.state]


class EngagementEnding(Model):
    """An engagement that was ended early, once; ``last_day`` is the last on which work may be written down."""

    __tablename__ = "engagement_ending"
    __table_args__ = (sa.CheckConstraint("party IN ('household', 'firm', 'system')", name="party"),
                      sa.CheckConstraint("fee_fen >= 0", name="fee"))

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    party: Mapped[str]
    reason: Mapped[str]
    last_day: Mapped[date]
    fee_fen: Mapped[int]
    ended_at: Mapped[datetime]
    #: nobody, when no other worker was found in time
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
