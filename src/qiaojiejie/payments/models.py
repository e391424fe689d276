"""Payments."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.books import rules as books
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.payments.lifecycle import PAYMENT


class Payment(Model):
    """One charge of a booking (in full, its deposit, its balance, what a change costs more) or of a prepaid card; of
    each at most one is live.

    A booking may also be paid from such a card: then Stripe knows nothing of it.
    """

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint(PAYMENT.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("method IN ('card', 'alipay', 'wechat_pay', 'prepaid')", name="method"),
        sa.CheckConstraint("part IN ('full', 'deposit', 'balance', 'supplement')", name="part"),
        sa.CheckConstraint("disputed_fen >= 0 AND lost_fen >= 0 AND disputed_fen + lost_fen <= amount_fen",
                           name="disputed"),
        sa.CheckConstraint("(booking_id IS NULL) <> (card_id IS NULL)", name="of_one_thing"),
        sa.CheckConstraint("(from_card_id IS NOT NULL) = (method = 'prepaid')"
                           " AND (from_card_id IS NULL OR booking_id IS NOT NULL)", name="from_card"),
        sa.CheckConstraint("(change_id IS NOT NULL) = (part = 'supplement')", name="supplement"),
        sa.Index("uq_payment_live", "booking_id", "part", unique=True,
                 postgresql_where=sa.text("state NOT IN ('failed', 'cancelled') AND change_id IS NULL")),
        sa.Index("uq_payment_change_live", "change_id", unique=True,
                 postgresql_where=sa.text("state NOT IN ('failed', 'cancelled')")),
        sa.Index("uq_payment_card_live", "card_id", unique=True,
                 postgresql_where=sa.text("state NOT IN ('failed', 'cancelled')")),
        sa.Index("ix_payment_card", "card_id", postgresql_where=sa.text("card_id IS NOT NULL")),
        sa.Index("ix_payment_open", "checked_at",
                 postgresql_where=sa.text("state IN ('created', 'requires_action', 'processing')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    #: the prepaid card that is bought
    card_id: Mapped[UUID | None]
    #: the change of the booking's time it is for
    change_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("change.id"))
    #: the prepaid card a booking is paid from
    from_card_id: Mapped[UUID | None] = mapped_column(index=True)
    #: full, deposit, balance; supplement: what a change of its time costs more
    part: Mapped[str]
    state: Mapped[str]
    #: it came when its booking was gone, or had been paid otherwise: all of it goes back
    overtaken: Mapped[bool] = mapped_column(server_default=sa.false())
    method: Mapped[str]
    amount_fen: Mapped[int]
    #: part of every key sent to Stripe; one more each time Stripe answered with a fault of its own
    attempt: Mapped[int]
    #: the payment intent's id at Stripe
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    #: the charge's id at Stripe, once it was paid
    charge_id: Mapped[str | None] = mapped_column(unique=True)
    client_secret: Mapped[str | None]
    #: what the family does next: {"type": redirect|qr_code|client_secret, "url", "image"}
    next_action: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    #: why the last try was declined, until the next one
    decline_code: Mapped[str | None]
    #: fen of it the cardholder's bank has taken back and not decided about
    disputed_fen: Mapped[int] = mapped_column(server_default="0")
    #: fen of it the cardholder's bank has taken back for good
    lost_fen: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """How the ledger names what is paid."""
        return f"booking:{self.booking_id}" if self.booking_id else f"prepaid:{self.card_id}"

    @property
    def held(self) -> str:
        """The account in the books that holds the money."""
        return books.escrow(self.booking_id) if self.booking_id else books.prepaid(cast(UUID, self.card_id))
