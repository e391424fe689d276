"""Mandates, what came in by them, and what was booked."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.households.models import Household
from qiaojiejie.identity.models import Account
from qiaojiejie.mandates.lifecycle import MANDATE
from qiaojiejie.mandates.rules import CONSENTERS, HOW


class Mandate(Model):
    """Somebody lets a station (its clerks) or a firm (its brokers) book for a household: who agreed, how, when."""

    __tablename__ = "mandate"
    __table_args__ = (
        sa.CheckConstraint(MANDATE.check(), name="state"),
        sa.CheckConstraint(f"how IN ({', '.join(map(repr, HOW))})", name="how"),
        sa.CheckConstraint(f"consenter IN ({', '.join(map(repr, CONSENTERS))})", name="consenter"),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        sa.Index("uq_mandate_given", "household_id", "org_id", unique=True,
                 postgresql_where=sa.text("state = 'given'")),
        sa.Index("ix_mandate_org", "org_id", "id"),
        sa.Index("ix_mandate_account", "account_id", "id"),
        sa.Index("ix_mandate_until", "until", postgresql_where=sa.text("state = 'given'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    #: the station or firm
    org_id: Mapped[UUID]
    #: whom it is for, as the clerk wrote it down
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    state: Mapped[str]
    how: Mapped[str]
    consenter: Mapped[str]
    note: Mapped[str]
    given_at: Mapped[datetime]
    registered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    household: Mapped[Household] = relationship(viewonly=True)
    account: Mapped[Account] = relationship(viewonly=True, foreign_keys=[account_id])

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return MANDATE.states[self.state]

    @property
    def phone(self) -> Sealed:
        """Of who is told, by text message; shown masked."""
        return self.account.phone


class MandateAddress(Model):
    """An address that came in by a mandate; a clerk books for no other."""

    __tablename__ = "mandate_address"

    mandate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mandate.id"), primary_key=True)
    address_id: Mapped[UUID] = mapped_column(sa.ForeignKey("address.id"), primary_key=True)


class MandateMember(Model):
    """Somebody cared for who came in by a mandate."""

    __tablename__ = "mandate_member"

    mandate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mandate.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household_member.id"), primary_key=True)


class Errand(Model):
    """A booking made by a mandate, and until when the family undoes it free of charge."""

    __tablename__ = "errand"
    __table_args__ = (sa.Index("ix_errand_mandate", "mandate_id", "booking_id"),)

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    mandate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mandate.id"))
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime]
    undo_until: Mapped[datetime]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    undone_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship(viewonly=True)
    mandate: Mapped[Mandate] = relationship(viewonly=True)
