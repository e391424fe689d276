"""Invoice titles families keep, and their requests for invoices."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.lifecycle import INVOICE, LIVE, NUMBERED, REASONED


def _of(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(map(repr, states))})"


class InvoiceTitle(Model):
    """In whose name a family wants its invoices. Sealed whole: even a company says where somebody works."""

    __tablename__ = "invoice_title"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('personal', 'company')", name="kind"),
        sa.CheckConstraint("(kind = 'company') = (uscc IS NOT NULL)", name="uscc"),
        sa.Index("ix_invoice_title_household", "household_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    kind: Mapped[str]
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    #: a company's unified social credit code, masked as an ID number is
    uscc: Mapped[Sealed | None] = mapped_column(Encrypted("id_number"))
    email: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    created_at: Mapped[datetime]


class InvoiceRequest(Model):
    """A family's request for an invoice of one booking. Title and amount are frozen as they were when it asked."""

    __tablename__ = "invoice_request"
    __table_args__ = (
        sa.CheckConstraint(INVOICE.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("title_kind IN ('personal', 'company')", name="title_kind"),
        sa.CheckConstraint("(title_kind = 'company') = (uscc IS NOT NULL)", name="uscc"),
        sa.CheckConstraint("kind IN ('electronic_ordinary', 'electronic_special')", name="kind"),
        sa.CheckConstraint(f"({_of(NUMBERED)}) = (number IS NOT NULL)", name="numbered"),
        sa.CheckConstraint("number ~ '^[0-9]{20}$'", name="number"),
        sa.CheckConstraint("(number IS NULL) = (issued_on IS NULL)", name="issued_on"),
        sa.CheckConstraint(f"({_of(REASONED)}) = (reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint("red_number IS NULL OR state = 'voided'", name="red_number"),
        sa.Index("uq_invoice_request_live", "booking_id", unique=True, postgresql_where=sa.text(_of(LIVE))),
        sa.Index("ix_invoice_request_household", "household_id", "id"),
        sa.Index("ix_invoice_request_firm", "firm_id", "id"),
        sa.Index("ix_invoice_request_firm_state", "firm_id", "state", "id"),
        sa.Index("ix_invoice_request_state", "state", "id"),
        sa.Index("ix_invoice_request_due", "due_on", "id", postgresql_where=sa.text("state = 'requested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    kind: Mapped[str]
    #: what was kept of the booking when it was asked for
    amount_fen: Mapped[int]
    title_kind: Mapped[str]
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    uscc: Mapped[Sealed | None] = mapped_column(Encrypted("id_number"))
    email: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    #: 20 digits of the 数电发票
    number: Mapped[str | None] = mapped_column(unique=True)
    issued_on: Mapped[date | None]
    media_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    #: of the red invoice that took it back
    red_number: Mapped[str | None]
    reason: Mapped[str | None]
    #: what is kept now, once it is no longer what was asked for
    kept_fen: Mapped[int | None]
    #: when the firm was told that it is late
    overdue_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"invoice_request:{self.id}"

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return INVOICE.states[self.state]

    @property
    def kind_name(self) -> str:
        """The kind of invoice in Chinese."""
        return rules.KINDS[self.kind][0]

    @property
    def reason_name(self) -> str | None:
        """Why it was refused or voided, in Chinese."""
        return None if self.reason is None else {**rules.REFUSALS, **rules.VOIDINGS}[self.reason]

    @property
    def amount_changed(self) -> bool:
        """Is what is kept of the booking no longer what stands on the request?"""
        return self.kept_fen is not None

    @property
    def overdue(self) -> bool:
        """Is the firm late?"""
        return rules.is_overdue(state=self.state, due_on=self.due_on, today=clock.today())
