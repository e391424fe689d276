"""Payments, refunds, the webhook inbox, and the double-entry postings (append-only, each transaction sums to zero)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.payments.lifecycle import PAYMENT, REFUND


class Payment(Model):
    """One charge of a booking in full; at most one is live."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint(PAYMENT.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("method IN ('card', 'alipay', 'wechat_pay')", name="method"),
        sa.Index("uq_payment_live", "booking_id", unique=True,
                 postgresql_where=sa.text("state NOT IN ('failed', 'cancelled')")),
        sa.Index("ix_payment_open", "checked_at",
                 postgresql_where=sa.text("state IN ('created', 'requires_action', 'processing')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    state: Mapped[str]
    method: Mapped[str]
    amount_fen: Mapped[int]
    attempt: Mapped[int]
    #: the payment intent's id at Stripe
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    client_secret: Mapped[str | None]
    #: Stripe's next_action as given to the family: {"type", "url"}
    next_action: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    decline_code: Mapped[str | None]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]


class Refund(Model):
    """Money on its way back; a row before anything is asked of Stripe, whose key is the row's id."""

    __tablename__ = "refund"
    __table_args__ = (
        sa.CheckConstraint(REFUND.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.UniqueConstraint("payment_id", "because"),
        sa.Index("ix_refund_open", "checked_at",
                 postgresql_where=sa.text("state IN ('requested', 'submitted', 'pending')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"))
    state: Mapped[str]
    amount_fen: Mapped[int]
    #: the fact it answers: ``booking.cancelled``, ``late_payment``, …
    because: Mapped[str]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str | None]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class WebhookEvent(Model):
    """An event as Stripe sent it, stored before it is handled, handled once."""

    __tablename__ = "webhook_event"
    __table_args__ = (sa.Index("ix_webhook_event_open", "received_at",
                               postgresql_where=sa.text("handled_at IS NULL")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class PostingTx(Model):
    """One movement of money, unique by what caused it."""

    __tablename__ = "posting_tx"
    __table_args__ = (sa.UniqueConstraint("kind", "ref"), sa.Index("ix_posting_tx_booking", "booking_id"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    kind: Mapped[str]
    ref: Mapped[str]
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))
    at: Mapped[datetime]


class Posting(Model):
    """One line of a movement: fen, debit positive, credit negative."""

    __tablename__ = "posting"
    __table_args__ = (sa.CheckConstraint("amount_fen <> 0", name="amount"),
                      sa.Index("ix_posting_account", "account", "id"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    tx_id: Mapped[int] = mapped_column(sa.ForeignKey("posting_tx.id"), index=True)
    account: Mapped[str]
    amount_fen: Mapped[int]
