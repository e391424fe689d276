"""Series and their occurrences."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.series.lifecycle import OCCURRENCE, SERIES
from qiaojiejie.series.rules import HOLIDAYS
from qiaojiejie.workers.models import Worker


class Series(Model):
    """A rule of visits of one worker to one household, and what a visit added to it costs."""

    __tablename__ = "series"
    __table_args__ = (
        sa.CheckConstraint(SERIES.check(), name="state"),
        sa.CheckConstraint(f"holidays IN ({', '.join(map(repr, HOLIDAYS))})", name="holidays"),
        sa.CheckConstraint("minutes > 0 AND total_fen > 0", name="positive"),
        sa.Index("ix_series_household", "household_id", "id"),
        sa.Index("ix_series_worker", "worker_id", "id"),
        sa.Index("ix_series_firm", "firm_id", "id"),
        sa.Index("ix_series_standing", "id", postgresql_where=sa.text("state = 'confirmed'")),
        sa.Index("ix_series_first", "first_id", postgresql_where=sa.text("state = 'held'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    #: who comes, unless an occurrence says otherwise
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"))
    address_id: Mapped[UUID] = mapped_column(sa.ForeignKey("address.id"))
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household_member.id"))
    state: Mapped[str]
    #: RFC 5545, of local days
    rrule: Mapped[str]
    #: the first time of the rule
    starts: Mapped[datetime]
    minutes: Mapped[int]
    holidays: Mapped[str]
    #: of a visit that is added
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total_fen: Mapped[int]
    #: the booking that is paid within ten minutes, for all of them to stand
    first_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    household: Mapped[Household] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    firm: Mapped[Firm] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)

    @property
    def length(self) -> timedelta:
        """How long a visit lasts."""
        return timedelta(minutes=self.minutes)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"series:{self.id}"

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return SERIES.states[self.state]


class Occurrence(Model):
    """A day of a series' rule, once, whatever becomes of it: ``day`` is what it is known by (RECURRENCE-ID)."""

    __tablename__ = "series_occurrence"
    __table_args__ = (
        sa.CheckConstraint(OCCURRENCE.check(), name="state"),
        sa.CheckConstraint("state = 'skipped' OR booking_id IS NOT NULL", name="booked"),
        sa.UniqueConstraint("series_id", "day"),
        sa.UniqueConstraint("booking_id"),
        sa.Index("ix_series_occurrence_reminder", "remind_at", postgresql_where=sa.text("remind_at IS NOT NULL")),
        sa.Index("ix_series_occurrence_asked", "booking_id", postgresql_where=sa.text("state = 'asked'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    series_id: Mapped[UUID] = mapped_column(sa.ForeignKey("series.id"))
    day: Mapped[date]
    #: when it is planned now
    starts: Mapped[datetime]
    state: Mapped[str]
    #: why it is skipped: one of rules.BECAUSE
    because: Mapped[str | None]
    #: the name of the statutory holiday on that day
    holiday: Mapped[str | None]
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))
    #: it alone was given another time, or another worker: edits of many leave it as it is
    moved: Mapped[bool]
    reseated: Mapped[bool]
    #: when the family is told next that it is to be paid
    remind_at: Mapped[datetime | None]

    series: Mapped[Series] = relationship(viewonly=True)
    booking: Mapped[Booking | None] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return OCCURRENCE.states[self.state]

    @property
    def start(self) -> datetime:
        """When it begins, as its booking says if there is one that stands for it."""
        return self.booking.start if self.booking is not None and self.state != "skipped" else self.starts

    @property
    def end(self) -> datetime:
        """When it ends (exclusive)."""
        if self.booking is not None and self.state != "skipped":
            return self.booking.end
        return self.starts + self.series.length

    @property
    def recurrence_id(self) -> datetime:
        """The time the rule gave it, which names it for good."""
        return self.series.starts + (self.day - self.series_day)

    @property
    def series_day(self) -> date:
        """The day of the rule's first time."""
        from_start: date = self.series.starts.astimezone(LOCAL).date()
        return from_start

    @property
    def exceptional(self) -> bool:
        """It alone was edited."""
        return self.moved or self.reseated or self.state in ("skipped", "cancelled")
