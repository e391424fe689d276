"""Calls for help."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.alarms.lifecycle import ACTIVE, ALARM
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed


class Alarm(Model):
    """One side of a booking calls for help; it has one active alarm at most, which a second press joins."""

    __tablename__ = "alarm"
    __table_args__ = (
        sa.CheckConstraint(ALARM.check(), name="state"),
        sa.CheckConstraint("party IN ('household', 'worker')", name="party"),
        sa.CheckConstraint("(state IN ('withdrawn', 'resolved')) = (ended_at IS NOT NULL)", name="ended"),
        sa.CheckConstraint("(place IS NULL) = (placed_at IS NULL)", name="placed"),
        sa.Index("uq_alarm_active", "booking_id", "party", unique=True,
                 postgresql_where=sa.text(f"state IN ({', '.join(map(repr, ACTIVE))})")),
        sa.Index("ix_alarm_firm", "firm_id", "id"),
        sa.Index("ix_alarm_state", "state", "id"),
        sa.Index("ix_alarm_caller", "raised_by", "id"),
        sa.Index("ix_alarm_place", "ended_at", postgresql_where=sa.text("place IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    #: which side of the booking calls
    party: Mapped[str]
    state: Mapped[str]
    raised_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    raised_at: Mapped[datetime]
    #: how often the button was pressed
    presses: Mapped[int]
    #: "lng,lat" in WGS-84, sealed: the last one given while it was active
    place: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    placed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    #: what was done, in the words of who resolved it
    note: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return ALARM.states[self.state]
