"""Scans at the door, and grants of a deeper look."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.doorcards.lifecycle import GRANT
from qiaojiejie.doorcards.rules import FIELDS
from qiaojiejie.households.models import Household
from qiaojiejie.workers.models import Worker


class DoorScan(Model):
    """Somebody scanned a worker's card: what it showed then. Without a household: who did was not signed in."""

    __tablename__ = "door_scan"
    __table_args__ = (
        sa.CheckConstraint("colour IN ('green', 'yellow', 'red')", name="colour"),
        sa.CheckConstraint("match IN ('now', 'today', 'none')", name="match"),
        sa.CheckConstraint("(match = 'none') = (booking_id IS NULL)", name="booking"),
        sa.Index("ix_door_scan_worker", "worker_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    household_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household.id"))
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))
    colour: Mapped[str]
    match: Mapped[str]
    at: Mapped[datetime]


class FileGrant(Model):
    """A worker lets a family see some of her file until a moment; every look is recorded (``identity.look``)."""

    __tablename__ = "file_grant"
    __table_args__ = (
        sa.CheckConstraint(GRANT.check(), name="state"),
        sa.CheckConstraint(f"fields <@ ARRAY[{', '.join(map(repr, FIELDS))}]::text[] AND cardinality(fields) > 0",
                           name="fields"),
        sa.Index("ix_file_grant_worker", "worker_id", "id"),
        sa.Index("ix_file_grant_household", "household_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    #: the booking by which they know each other
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    state: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    until: Mapped[datetime]
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    worker: Mapped[Worker] = relationship(viewonly=True)
    household: Mapped[Household] = relationship(viewonly=True)

    @property
    def subject(self) -> str:
        """Whom the ledger names."""
        return f"worker:{self.worker_id}"
