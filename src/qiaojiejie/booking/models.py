"""Quotes and bookings."""

from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.lifecycle import BOOKING, LIVE
from qiaojiejie.booking.rules import answering, cancelling, hours, windows, words
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.calendars.rules import Span
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household, Member
from qiaojiejie.workers.models import Worker

#: days and their plan come together
PLANNED = "(days IS NULL) = (plan IS NULL) AND days > 0"


class Visit:
    """What a quote and a booking share: a time of which both ends are known, a total, a frozen policy."""

    during: Mapped[Range[datetime]]
    policy: Mapped[dict[str, Any]]
    total_fen: Mapped[int]
    days: Mapped[int | None]
    plan: Mapped[dict[str, Any] | None]
    answer_minutes: Mapped[int | None]

    @property
    def start(self) -> datetime:
        """When the visit begins."""
        return cast(datetime, self.during.lower)

    @property
    def end(self) -> datetime:
        """When the visit ends (exclusive)."""
        return cast(datetime, self.during.upper)

    @property
    def minutes(self) -> int:
        """How long it is to last."""
        return (self.end - self.start) // timedelta(minutes=1)

    @property
    def spans(self) -> list[Span]:
        """When who works at present does: all of it, or some hours of each of her days; none while nobody does."""
        since = by_days.began(self.plan, self.start)
        return [] if since is None else hours.spans(by_days.hers(self.plan), since, self.end)

    @property
    def fee_clock(self) -> datetime:
        """From when the fee for cancelling is counted: its earliest start."""
        return windows.fee_clock(self.plan, self.start)

    @property
    def engagement(self) -> dict[str, Any] | None:
        """What is agreed of an engagement by days, for programs and in words; None of a visit."""
        return None if self.plan is None else words.engagement(self.plan, self.awaited)

    @property
    def awaited(self) -> bool:
        """Whether nobody has said yet when it begins: it waits for a birth."""
        return windows.ends(self.plan) is not None

    @property
    def stake(self) -> int:
        """Out of how many fen a fee is taken."""
        return self.total_fen

    @property
    def terms(self) -> dict[str, Any]:
        """The frozen policy with what each tier means for this visit: until when, fee, refund, words."""
        tiers = cancelling.deadlines(policy=self.policy, total_fen=self.total_fen, start=self.start,
                                     fee_clock=self.fee_clock, paid_fen=self.stake)
        return {**self.policy, "tiers": tiers}

    @property
    def answer(self) -> dict[str, Any] | None:
        """How long the firm has to answer once it is paid, in words; None: paid, it stands at once."""
        return answering.frozen(self.answer_minutes)

    @property
    def parts(self) -> list[by_days.Part]:
        """In what parts it is paid (``rules.days.parts``)."""
        return by_days.parts(self.plan, self.total_fen, self.start)

    @property
    def schedule(self) -> list[dict[str, Any]]:
        """The days of an engagement by days, with the price of each; none of a visit."""
        return by_days.schedule(self.plan, self.total_fen)


class Quote(Visit, Model):
    """A price in lines and the policy that will be frozen, for one worker, service, place and time; good for a while.

    ``lines``: [{"line": wage|firm_fee|insurance|platform_fee, "name", "amount": fen}], summing to ``total_fen``; a
    coupon's is {"line": "discount", "name", "amount": negative fen, "by": platform|firm, "coupon": its id}.
    """

    __tablename__ = "quote"
    __table_args__ = (sa.CheckConstraint(PLANNED, name="plan"), sa.Index("ix_quote_household", "household_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"))
    address_id: Mapped[UUID] = mapped_column(sa.ForeignKey("address.id"))
    #: whom of the household it is for, if it says
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household_member.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total_fen: Mapped[int]
    #: how many days, and what is frozen of them (``rules.days``); null for a visit
    days: Mapped[int | None]
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: the firm answers within so long; null: it need not
    answer_minutes: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    worker: Mapped[Worker] = relationship(viewonly=True)
    firm: Mapped[Firm] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
    address: Mapped[Address] = relationship(viewonly=True)
    member: Mapped[Member | None] = relationship(viewonly=True)


class Booking(Visit, Model):
    """One engagement of a worker by a household, with price and policy frozen from its quote.

    A quote makes one live booking.
    """

    __tablename__ = "booking"
    __table_args__ = (
        sa.CheckConstraint(BOOKING.check(), name="state"),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND total_fen", name="paid"),
        sa.CheckConstraint("refund_fen BETWEEN 0 AND paid_fen", name="refund"),
        sa.CheckConstraint("returned_fen >= 0", name="returned"),
        sa.CheckConstraint(PLANNED, name="plan"),
        sa.CheckConstraint("total_fen > 0", name="total"),
        sa.CheckConstraint("state <> 'asked' OR answer_by IS NOT NULL AND paid_fen > 0", name="asked"),
        sa.Index("ix_booking_household", "household_id", "id"),
        sa.Index("ix_booking_worker", "worker_id", "id"),
        sa.Index("ix_booking_firm", "firm_id", "id"),
        sa.Index("ix_booking_member", "member_id", postgresql_where=sa.text("member_id IS NOT NULL")),
        sa.Index("uq_booking_quote_live", "quote_id", unique=True,
                 postgresql_where=sa.text(f"state IN ({', '.join(repr(state) for state in LIVE)})")),
        sa.Index("ix_booking_expiry", "expires_at", postgresql_where=sa.text("state = 'held'")),
        sa.Index("ix_booking_door", "started_at", postgresql_where=sa.text("door_metres IS NOT NULL")),
        sa.Index("ix_booking_answer", "answer_by", postgresql_where=sa.text("state = 'asked'")),
        sa.Index("ix_booking_under_way", sa.text("upper(during)"), postgresql_where=sa.text("state = 'under_way'")),
        sa.Index("ix_booking_balance", "remind_at", postgresql_where=sa.text("state = 'confirmed'")),
        sa.Index("ix_booking_window", "window_ends", postgresql_where=sa.text("state = 'confirmed'")),
        sa.Index("ix_booking_completion", "ended_at", postgresql_where=sa.text("state = 'served'")),
        sa.Index("ix_booking_completed", "closed_at", postgresql_where=sa.text("state = 'completed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    #: of an archived booking the quote itself is no longer here
    quote_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"))
    address_id: Mapped[UUID] = mapped_column(sa.ForeignKey("address.id"))
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household_member.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[str]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total_fen: Mapped[int]
    #: what came of it: the sum of the parts that were paid and stand, less what went back because its price fell
    paid_fen: Mapped[int]
    refund_fen: Mapped[int]
    #: what went back because its price fell: of no total any more
    returned_fen: Mapped[int] = mapped_column(default=0, server_default="0")
    #: the earliest start it ever had, once the family moved it: fees are counted from there
    fee_start: Mapped[datetime | None]
    #: how many days, and what is frozen of them (``rules.days``); null for a visit
    days: Mapped[int | None]
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: the last day on which it may begin, while nobody has said when it does (``rules.windows``)
    window_ends: Mapped[date | None]
    #: the firm answers within so long of the payment, and then: by when; null: it need not
    answer_minutes: Mapped[int | None]
    answer_by: Mapped[datetime | None]
    #: of a visit of a series that is held until shortly before it: paid from then on; null of any other
    payable_from: Mapped[datetime | None]
    #: when the family is told next that the balance is due
    remind_at: Mapped[datetime | None]
    #: set once a payment of the balance was begun
    balance_begun_at: Mapped[datetime | None]
    #: four digits the family tells the worker at the door, sealed
    door_code: Mapped[Sealed] = mapped_column(Encrypted("text"))
    #: wrong door codes given so far
    door_tries: Mapped[int]
    #: how far from the address she checked in, in metres, where her phone said; forgotten after 30 days
    door_metres: Mapped[int | None]
    #: set once a payment was begun: from then on only ``payments`` lets the hold expire
    payment_begun_at: Mapped[datetime | None]
    #: an open complaint holds back automatic completion
    complaint_open: Mapped[bool]
    #: the firm offers others because she can't come: cancelling is free (pushed down by ``substitutions``)
    substitute_sought: Mapped[bool] = mapped_column(server_default=sa.false())
    note: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_because: Mapped[str | None]
    #: with which month's bookings it was archived; null: all of it is here
    archived_in: Mapped[date | None]

    household: Mapped[Household] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    firm: Mapped[Firm] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
    address: Mapped[Address] = relationship(viewonly=True)
    member: Mapped[Member | None] = relationship(viewonly=True)

    @property
    def fee_clock(self) -> datetime:
        """The earliest start it ever had: moving it never makes cancelling cheaper."""
        return self.fee_start or super().fee_clock

    @property
    def awaited(self) -> bool:
        """Whether nobody has said yet when it begins."""
        return self.window_ends is not None

    @property
    def decided_fen(self) -> int:
        """All that goes back of what was ever paid of it, or went back."""
        return self.refund_fen + self.returned_fen

    @property
    def stake(self) -> int:
        """Out of how many fen a fee is taken: what was paid, or the total while nothing was."""
        return self.paid_fen or self.total_fen

    @property
    def parts(self) -> list[by_days.Part]:
        """In what parts it is paid, the first of them not before a visit of a series can be."""
        first, *rest = super().parts
        return [{**first, "payable_from": self.payable_from}, *rest]

    @property
    def due(self) -> by_days.Part | None:
        """The part to be paid next; None when all is paid or nothing is to be paid any more."""
        return by_days.due(self.parts, self.paid_fen) if self.state in ("held", "confirmed") else None

    @property
    def barred(self) -> bool:
        """Worker or firm is on the block list: cancelling is free, paying is too late."""
        return self.worker.barred or self.firm.barred

    @property
    def ref(self) -> str:
        """How the ledger and calendars name it."""
        return f"booking:{self.id}"
