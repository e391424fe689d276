"""Refunds."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.refunds.lifecycle import REFUND


class Refund(Model):
    """Money on its way back; a row before anything is asked of Stripe, whose key is the row's id."""

    __tablename__ = "refund"
    __table_args__ = (
        sa.CheckConstraint(REFUND.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.UniqueConstraint("payment_id", "entry_id"),
        sa.Index("ix_refund_failed", "id", postgresql_where=sa.text("state = 'failed'")),
        sa.Index("ix_refund_open", "checked_at",
                 postgresql_where=sa.text("state IN ('requested', 'submitted', 'pending')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"))
    state: Mapped[str]
    amount_fen: Mapped[int]
    #: the fact it answers: ``booking.cancelled``, ``payment.overtaken``, …
    because: Mapped[str]
    #: that fact's entry in the ledger: one refund of a payment answers it
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entry.id"))
    #: part of the key sent to Stripe; one more each time Stripe answered with a fault of its own
    attempt: Mapped[int]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str | None]
    #: the bank's reference, when it was paid back by hand
    bank_reference: Mapped[str | None]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
