"""Coupons, to whom they were granted, and what became of each use."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.coupons import rules
from qiaojiejie.coupons.lifecycle import COUPON, USE
from qiaojiejie.firms.models import Firm


class Coupon(Model):
    """What may be taken off a price, by which code, how often, from a day until a day (both counted, Asia/Shanghai).

    ``used`` counts the uses that stand, ``given_fen`` what they take off; both are moved with the use itself.
    """

    __tablename__ = "coupon"
    __table_args__ = (
        sa.CheckConstraint(COUPON.check(), name="state"),
        sa.CheckConstraint(f"kind IN {rules.KINDS} AND (kind = 'amount') = (amount_fen IS NOT NULL)"
                           " AND (kind = 'permille') = (permille IS NOT NULL)"
                           " AND (kind = 'permille') = (most_fen IS NOT NULL)", name="kind"),
        sa.CheckConstraint("amount_fen > 0 AND most_fen > 0 AND permille BETWEEN 1 AND 1000 AND least_fen >= 0",
                           name="figures"),
        sa.CheckConstraint(f"payer IN {rules.PAYERS} AND (payer = 'firm') = (firm_id IS NOT NULL)", name="payer"),
        sa.CheckConstraint(f"audience IN {rules.AUDIENCES}", name="audience"),
        sa.CheckConstraint("valid_from <= valid_until", name="days"),
        sa.CheckConstraint("used BETWEEN 0 AND coalesce(most_uses, used) AND given_fen >= 0 AND most_uses > 0"
                           " AND most_per_household > 0", name="uses"),
        sa.Index("ix_coupon_firm", "firm_id", "id"),
        sa.Index("ix_coupon_everyone", "valid_until", postgresql_where=sa.text(
            "audience = 'everyone' AND state = 'live'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    code: Mapped[str] = mapped_column(unique=True)
    #: what families read: 新客立减 20 元
    name: Mapped[str]
    state: Mapped[str]
    payer: Mapped[str]
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    kind: Mapped[str]
    amount_fen: Mapped[int | None]
    permille: Mapped[int | None]
    #: the cap of a share
    most_fen: Mapped[int | None]
    #: the price before must come to so much
    least_fen: Mapped[int]
    #: codes of services and of categories it is for; both empty: for all
    services: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    categories: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    audience: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    #: null: as often as anybody likes
    most_uses: Mapped[int | None]
    most_per_household: Mapped[int]
    used: Mapped[int]
    given_fen: Mapped[int]
    issued_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    issued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    firm: Mapped[Firm | None] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"coupon:{self.id}"

    @property
    def firm_name(self) -> str | None:
        """The issuing firm's name; None for the platform's."""
        return self.firm.name if self.firm else None


class CouponGrant(Model):
    """A coupon given to whoever signs in with a phone, which is kept as its blind index only."""

    __tablename__ = "coupon_grant"
    __table_args__ = (sa.UniqueConstraint("coupon_id", "phone_index"),
                      sa.Index("ix_coupon_grant_phone", "phone_index", "coupon_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    coupon_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coupon.id"))
    phone_index: Mapped[bytes]
    granted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    granted_at: Mapped[datetime]


class CouponUse(Model):
    """A booking that uses a coupon, or did until nothing was kept of it."""

    __tablename__ = "coupon_use"
    __table_args__ = (sa.CheckConstraint(USE.check(), name="state"),
                      sa.CheckConstraint("amount_fen > 0", name="amount"),
                      sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned"),
                      sa.Index("ix_coupon_use_household", "household_id", "coupon_id"),
                      sa.Index("ix_coupon_use_coupon", "coupon_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    coupon_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coupon.id"))
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), unique=True)
    amount_fen: Mapped[int]
    state: Mapped[str]
    used_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]

    coupon: Mapped[Coupon] = relationship(viewonly=True)
