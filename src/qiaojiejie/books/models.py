"""Postings: append-only (a trigger refuses change), and each transaction sums to zero (a deferred trigger checks)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core.db import Model


class PostingTx(Model):
    """One movement of money, unique by what caused it."""

    __tablename__ = "posting_tx"
    __table_args__ = (sa.UniqueConstraint("kind", "ref"), sa.Index("ix_posting_tx_booking", "booking_id"),
                      sa.Index("ix_posting_tx_at", "at"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    #: charged, released, recalled, refunded, refund_failed, …
    kind: Mapped[str]
    #: the intent's, booking's or refund's id
    ref: Mapped[str]
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"))
    at: Mapped[datetime]


class Posting(Model):
    """One line of a movement: fen, debit positive, credit negative."""

    __tablename__ = "posting"
    __table_args__ = (sa.CheckConstraint("amount_fen <> 0", name="amount"),
                      sa.Index("ix_posting_account", "account", "id", postgresql_include=["amount_fen"]))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    tx_id: Mapped[int] = mapped_column(sa.ForeignKey("posting_tx.id"), index=True)
    account: Mapped[str]
    amount_fen: Mapped[int]

    tx: Mapped[PostingTx] = relationship(viewonly=True)

    @property
    def credit_fen(self) -> int:
        """The same, credit positive: what came onto an account that holds money for somebody."""
        return -self.amount_fen
