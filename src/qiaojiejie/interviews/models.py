"""Interviews at stations."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.catalog.models import Service
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.interviews.lifecycle import INTERVIEW
from qiaojiejie.interviews.rules import LENGTH, OUTCOMES, REASONS
from qiaojiejie.stations.models import Station
from qiaojiejie.workers.models import Worker


class Interview(Model):
    """A household meets a worker at a station for half an hour; of one with each worker at most one is ahead."""

    __tablename__ = "interview"
    __table_args__ = (
        sa.CheckConstraint(INTERVIEW.check(), name="state"),
        sa.CheckConstraint(f"outcome IN ({', '.join(map(repr, OUTCOMES))})", name="outcome"),
        sa.CheckConstraint(f"reason IN ({', '.join(map(repr, REASONS))})", name="reason"),
        sa.CheckConstraint("(state = 'held') = (outcome IS NOT NULL)", name="held"),
        sa.CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name="cancelled"),
        sa.Index("uq_interview_booked", "household_id", "worker_id", unique=True,
                 postgresql_where=sa.text("state = 'booked'")),
        sa.Index("ix_interview_household", "household_id", "id"),
        sa.Index("ix_interview_worker", "worker_id", "id"),
        sa.Index("ix_interview_firm", "firm_id", "id"),
        sa.Index("ix_interview_station", "station_id", "starts", "id"),
        sa.Index("ix_interview_due", "starts", postgresql_where=sa.text("state = 'booked'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    #: hers when it was asked for
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"))
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    starts: Mapped[datetime]
    state: Mapped[str]
    booked_at: Mapped[datetime]
    #: what the family made of it
    outcome: Mapped[str | None]
    words: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    #: why it was cancelled
    reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    #: which party closed it
    closed_by: Mapped[str | None]

    household: Mapped[Household] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    firm: Mapped[Firm] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
    station: Mapped[Station] = relationship(viewonly=True)

    @property
    def ends(self) -> datetime:
        """When it ends (exclusive)."""
        return self.starts + LENGTH

    @property
    def ref(self) -> str:
        """How the ledger, calendars and rooms name it."""
        return f"interview:{self.id}"
