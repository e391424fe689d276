"""What moved at Stripe, and each comparison with what it found. Append-only (triggers refuse change)."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.clearing.rules import DIFFERENCES
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model

_KINDS = ", ".join(f"'{kind}'" for kind in sorted(DIFFERENCES))


class StripeMovement(Model):
    """A balance transaction at Stripe: fen that came (positive) or went, of which Stripe took a fee."""

    __tablename__ = "stripe_movement"
    __table_args__ = (
        sa.CheckConstraint("net_fen = amount_fen - fee_fen", name="net"),
        sa.Index("ix_stripe_movement_created", "created_at", "id"),
        sa.Index("ix_stripe_movement_source", "source", "created_at", "id"),
    )

    #: Stripe's: ``txn_…``
    id: Mapped[str] = mapped_column(primary_key=True)
    #: charge, payment, refund, payment_refund, adjustment, transfer, …
    type: Mapped[str]
    #: what it is about: a charge's, refund's, dispute's or transfer's id at Stripe
    source: Mapped[str | None]
    amount_fen: Mapped[int]
    fee_fen: Mapped[int]
    net_fen: Mapped[int]
    currency: Mapped[str]
    #: by Stripe's clock
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime]


class ClearingRun(Model):
    """One comparison of everything that moved at Stripe with the books; right when it found no difference."""

    __tablename__ = "clearing_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    #: the night it is of; None when somebody asked for it
    night: Mapped[date | None] = mapped_column(unique=True)
    asked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    at: Mapped[datetime]
    #: how many movements it compared, and the newest of them
    movements: Mapped[int]
    upto: Mapped[str | None]
    #: Stripe's balance: all that moved, less fees
    stripe_fen: Mapped[int]
    #: the balance of ``stripe_clearing``
    books_fen: Mapped[int]
    #: sources that differ and are too young to count
    in_flight: Mapped[int]
    differences: Mapped[int]


class ClearingDifference(Model):
    """Something at Stripe of which a comparison found another sum there than in the books."""

    __tablename__ = "clearing_difference"
    __table_args__ = (sa.CheckConstraint(f"kind IN ({_KINDS})", name="kind"),)

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clearing_run.id"), primary_key=True)
    #: a charge's, refund's, dispute's or transfer's id at Stripe; a movement's own, for its fee
    source: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    stripe_fen: Mapped[int]
    books_fen: Mapped[int]

    @property
    def kind_name(self) -> str:
        """The kind in Chinese."""
        return DIFFERENCES[self.kind]
