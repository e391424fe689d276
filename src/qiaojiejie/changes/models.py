"""Changes of a booking's time."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars.rules import pieces
from qiaojiejie.changes.lifecycle import CHANGE, OPEN
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model

_OPEN = sa.text(f"state IN ({', '.join(repr(state) for state in OPEN)})")


class Change(Model):
    """Another time for a booking, or a later end: with its whole price, of which ``difference_fen`` is to be paid (or
    goes back). While it is open the time it needs beside the booking's own is engaged for it."""

    __tablename__ = "change"
    __table_args__ = (
        sa.CheckConstraint(CHANGE.check(), name="state"),
        sa.CheckConstraint("kind IN ('reschedule', 'extension')", name="kind"),
        sa.CheckConstraint("asked_by IN ('household', 'worker', 'firm')", name="asked_by"),
        sa.CheckConstraint("state <> 'to_pay' OR difference_fen > 0", name="to_pay"),
        sa.CheckConstraint("(settled_at IS NULL) = (state IN ('asked', 'to_pay'))", name="settled"),
        sa.Index("ix_change_booking", "booking_id", "id"),
        sa.Index("uq_change_open", "booking_id", unique=True, postgresql_where=_OPEN),
        sa.Index("ix_change_expiry", "expires_at", postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    #: whose time it holds
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    kind: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str]
    #: the time it had, and the time it is to have
    was: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    #: the whole price at that time
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    difference_fen: Mapped[int]
    #: set once its payment was begun: from then on only ``payments`` lets it lapse
    payment_begun_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: until when the other side may agree, or the difference be paid
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How calendars name what is engaged for it."""
        return f"change:{self.id}"

    @property
    def pieces(self) -> tuple[str, str]:
        """What is engaged for it beside the booking's own time."""
        return pieces(self.ref)

    @property
    def start(self) -> datetime:
        """When the visit is to begin."""
        return cast(datetime, self.during.lower)

    @property
    def end(self) -> datetime:
        """When the visit is to end."""
        return cast(datetime, self.during.upper)

    @property
    def total_fen(self) -> int:
        """The whole price at that time."""
        return sum(line["amount"] for line in self.lines)

    @property
    def step(self) -> str:
        """The booking's step it comes to."""
        return "reschedule" if self.kind == "reschedule" else "extend"
