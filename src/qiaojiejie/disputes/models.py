"""Disputes, and what was given up of a firm's debt."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.disputes.lifecycle import DISPUTE


class Dispute(Model):
    """A card payment its holder's bank disputes, as Stripe tells of it. What changes it locks the payment first."""

    __tablename__ = "dispute"
    __table_args__ = (
        sa.CheckConstraint(DISPUTE.check(), name="state"),
        sa.CheckConstraint("amount_fen > 0 AND held_fen BETWEEN 0 AND amount_fen", name="amount"),
        sa.Index("ix_dispute_state", "state", "id"),
        sa.Index("ix_dispute_firm", "firm_id", "id"),
        sa.Index("ix_dispute_open", "checked_at",
                 postgresql_where=sa.text("state IN ('opened', 'answered', 'conceded')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    #: None of a prepaid card's purchase
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    stripe_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    #: the bank only asks and has taken nothing yet
    inquiry: Mapped[bool]
    #: the cardholder's, in Stripe's words: fraudulent, product_not_received, …
    reason: Mapped[str]
    amount_fen: Mapped[int]
    #: what was taken from us for it
    held_fen: Mapped[int]
    #: Stripe's own fee for it, whoever wins
    fee_fen: Mapped[int]
    due_by: Mapped[datetime | None]
    #: what is handed in: times and steps of the visit, nobody's name, number or address
    evidence: Mapped[str | None]
    #: part of every key sent to Stripe; one more each time Stripe answered with a fault or did not take the answer
    attempt: Mapped[int]
    #: why Stripe did not take the last answer
    failure: Mapped[str | None]
    opened_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: when Stripe had the evidence
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return DISPUTE.states[self.state]


class WriteOff(Model):
    """What a firm owed and will never pay, given up by the federation."""

    __tablename__ = "write_off"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", name="amount"),
                      sa.Index("ix_write_off_firm", "firm_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    amount_fen: Mapped[int]
    reason: Mapped[str]
    #: what the firm still owed when it was written
    left_fen: Mapped[int]
    written_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    written_at: Mapped[datetime]
