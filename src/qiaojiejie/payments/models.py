"""Payments."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.payments.lifecycle import PAYMENT


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
    #: part of every key sent to Stripe; one more each time Stripe answered with a fault of its own
    attempt: Mapped[int]
    #: the payment intent's id at Stripe
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    client_secret: Mapped[str | None]
    #: what the family does next: {"type": redirect|qr_code|client_secret, "url", "image"}
    next_action: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    #: why the last try was declined, until the next one
    decline_code: Mapped[str | None]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]
