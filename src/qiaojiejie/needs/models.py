"""Needs, and what firms quote for them."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from qiaojiejie.booking.models import PLANNED
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household, Member
from qiaojiejie.needs import rules
from qiaojiejie.needs.lifecycle import NEED, NEED_QUOTE
from qiaojiejie.workers.models import Worker


class NeedQuote(Model):
    """What a firm offers for a need: a named worker, a time, a price in lines and the policy (as ``booking.Quote``).

    ``price_fen``: her wage a unit, for this once. A firm has one standing quote for a need and worker.
    """

    __tablename__ = "need_quote"
    __table_args__ = (
        sa.CheckConstraint(NEED_QUOTE.check(), name="state"),
        sa.CheckConstraint(PLANNED, name="plan"),
        sa.CheckConstraint("total_fen > 0", name="total"),
        sa.CheckConstraint("(state = 'offered') = (closed_at IS NULL)", name="closed"),
        sa.Index("uq_need_quote_live", "need_id", "firm_id", "worker_id", unique=True,
                 postgresql_where=sa.text("state = 'offered'")),
        sa.Index("ix_need_quote_need", "need_id", "state", "total_fen", "id"),
        sa.Index("ix_need_quote_firm", "firm_id", "id"),
        sa.Index("ix_need_quote_good", "good_until", postgresql_where=sa.text("state = 'offered'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    need_id: Mapped[UUID] = mapped_column(sa.ForeignKey("need.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    state: Mapped[str]
    price_fen: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total_fen: Mapped[int]
    days: Mapped[int | None]
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    message: Mapped[str]
    good_until: Mapped[datetime]
    quoted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    quoted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    firm: Mapped[Firm] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    #: hers today
    score: Mapped[int] = column_property(
        sa.select(Worker.score).where(Worker.id == worker_id).correlate_except(Worker).scalar_subquery())

    @property
    def start(self) -> datetime:
        """When the work begins."""
        return cast(datetime, self.during.lower)

    @property
    def end(self) -> datetime:
        """When it ends (exclusive)."""
        return cast(datetime, self.during.upper)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return NEED_QUOTE.states[self.state]


class Need(Model):
    """What a household looks for: a service at an address, for ``minutes`` or ``days``, beginning at ``start`` or on a
    day from ``from_day`` to ``to_day``."""

    __tablename__ = "need"
    __table_args__ = (
        sa.CheckConstraint(NEED.check(), name="state"),
        sa.CheckConstraint("(minutes IS NULL) <> (days IS NULL)", name="length"),
        sa.CheckConstraint("(start IS NULL) = (from_day IS NOT NULL) AND (from_day IS NULL) = (to_day IS NULL)"
                           " AND from_day <= to_day", name="time"),
        sa.CheckConstraint("(state = 'ordered') = (booking_id IS NOT NULL)", name="ordered"),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        sa.Index("ix_need_household", "household_id", "id"),
        sa.Index("ix_need_open", "region_code", "service_code", "id", postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_need_closing", "closes_at", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"))
    address_id: Mapped[UUID] = mapped_column(sa.ForeignKey("address.id"))
    #: the address's, by which firms find it
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household_member.id"))
    minutes: Mapped[int | None]
    days: Mapped[int | None]
    start: Mapped[datetime | None]
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    budget_fen: Mapped[int | None]
    #: for the worker who comes, as a booking's
    note: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    closes_at: Mapped[datetime]
    state: Mapped[str]
    posted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))

    #: how many quotes stand
    quotes: Mapped[int] = column_property(sa.select(sa.func.count(NeedQuote.id)).where(
        NeedQuote.need_id == id, NeedQuote.state == "offered").correlate_except(NeedQuote).scalar_subquery())

    household: Mapped[Household] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
    address: Mapped[Address] = relationship(viewonly=True)
    member: Mapped[Member | None] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"need:{self.id}"

    @property
    def area(self) -> str:
        """Where about it is."""
        return rules.area(self.address.cell)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return NEED.states[self.state]
