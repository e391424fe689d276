"""Offers of prepaid cards, the cards, and the limits that hold for them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.books import rules as books
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.prepaid.lifecycle import CARD, OFFER


class PrepaidLimit(Model):
    """What one card may hold at most, from a day on."""

    __tablename__ = "prepaid_limit"
    __table_args__ = (sa.CheckConstraint("most_fen > 0", name="most"),)

    #: whether it is known whose the card is (the cards here are always a household's)
    registered: Mapped[bool] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    most_fen: Mapped[int]
    source: Mapped[str]


class PrepaidOffer(Model):
    """A card a firm sells: what it costs is what it holds. Never changed, only withdrawn."""

    __tablename__ = "prepaid_offer"
    __table_args__ = (sa.CheckConstraint(OFFER.check(), name="state"),
                      sa.CheckConstraint("price_fen > 0", name="price"),
                      sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
                      sa.Index("ix_prepaid_offer_firm", "firm_id", "id"),
                      sa.Index("ix_prepaid_offer_offered", "id", postgresql_where=sa.text("state = 'offered'")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    #: what it pays for; null: every service of the firm
    service_code: Mapped[str | None] = mapped_column(sa.ForeignKey("service.code"))
    name: Mapped[str]
    price_fen: Mapped[int]
    state: Mapped[str]
    offered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    offered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    firm: Mapped[Firm] = relationship(viewonly=True)
    service: Mapped[Service | None] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"prepaid_offer:{self.id}"

    @property
    def firm_name(self) -> str:
        """The firm's name."""
        return self.firm.name

    @property
    def service_name(self) -> str | None:
        """The service's name; None: every service of the firm."""
        return self.service.name if self.service else None


class PrepaidCard(Model):
    """A household's card of a firm: its price is paid once, what is left of it stands in the books. It never expires.

    Of one offer a household has one card at most that waits for its money.
    """

    __tablename__ = "prepaid_card"
    __table_args__ = (
        sa.CheckConstraint(CARD.check(), name="state"),
        sa.CheckConstraint("value_fen > 0", name="value"),
        sa.CheckConstraint("(state IN ('live', 'closed')) = (live_at IS NOT NULL)"
                           " AND (state IN ('closed', 'lapsed')) = (closed_at IS NOT NULL)", name="moments"),
        sa.Index("uq_prepaid_card_awaited", "household_id", "offer_id", unique=True,
                 postgresql_where=sa.text("state = 'bought'")),
        sa.Index("ix_prepaid_card_household", "household_id", "id"),
        sa.Index("ix_prepaid_card_firm", "firm_id", "id"),
        sa.Index("ix_prepaid_card_due", "expires_at", postgresql_where=sa.text("state = 'bought'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    offer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("prepaid_offer.id"))
    #: name, service and value as they were when it was bought
    name: Mapped[str]
    service_code: Mapped[str | None] = mapped_column(sa.ForeignKey("service.code"))
    value_fen: Mapped[int]
    state: Mapped[str]
    created_at: Mapped[datetime]
    #: until when it can be paid for
    expires_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    firm: Mapped[Firm] = relationship(viewonly=True)
    household: Mapped[Household] = relationship(viewonly=True)
    service: Mapped[Service | None] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"prepaid:{self.id}"

    @property
    def account(self) -> str:
        """The account in the books that holds what is left of it."""
        return books.prepaid(self.id)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return CARD.states[self.state]

    @property
    def firm_name(self) -> str:
        """The firm's name."""
        return self.firm.name

    @property
    def service_name(self) -> str | None:
        """The service's name; None: every service of the firm."""
        return self.service.name if self.service else None
