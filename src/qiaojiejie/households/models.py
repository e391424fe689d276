"""Households and addresses."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.households import rules
from qiaojiejie.households.rules import place_of


class Household(Model):
    """A family, opened by the account that first signs in to book."""

    __tablename__ = "household"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), unique=True)
    created_at: Mapped[datetime]


class Address(Model):
    """A place a family wants work done. Door and exact place are sealed; the H3 cell (about 0.7 km²) is not.

    Nothing but ``removed_at`` is ever changed in a row: bookings keep its id (see ``service``).
    """

    __tablename__ = "address"
    __table_args__ = (sa.Index("ix_address_household", "household_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    label: Mapped[str]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    cell: Mapped[int]
    #: "street and door", sealed
    detail: Mapped[Sealed] = mapped_column(Encrypted("text"))
    #: "lng,lat" in WGS-84, sealed
    place: Mapped[Sealed] = mapped_column(Encrypted("text"))
    contact_name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    contact_phone: Mapped[Sealed] = mapped_column(Encrypted("phone"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def lng(self) -> float:
        """Longitude, WGS-84. As personal as the place itself: shown to the family alone, or after a look."""
        return place_of(self.place.reveal())[0]

    @property
    def lat(self) -> float:
        """Latitude, WGS-84; see ``lng``."""
        return place_of(self.place.reveal())[1]


class Member(Model):
    """Somebody of a family who is cared for. Name and care needs are sealed; ``needs``: codes joined by commas.

    A removed one is kept for the bookings that are for them, and emptied 180 days after the last of those.
    """

    __tablename__ = "household_member"
    __table_args__ = (
        sa.CheckConstraint("num_nulls(name, birth_year, needs) = CASE WHEN erased_at IS NULL THEN 0 ELSE 3 END",
                           name="erased"),
        sa.Index("ix_household_member_household", "household_id", "id"),
        sa.Index("ix_household_member_removed", "removed_at", postgresql_where=sa.text(
            "removed_at IS NOT NULL AND erased_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    name: Mapped[Sealed | None] = mapped_column(Encrypted("name"))
    birth_year: Mapped[int | None]
    relation: Mapped[str]
    needs: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def care(self) -> list[str]:
        """Care needs (rules.NEEDS): for the family, and whoever works for this person."""
        return rules.needs_of(self.needs.reveal()) if self.needs is not None else []
