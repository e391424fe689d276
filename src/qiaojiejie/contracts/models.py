"""Versions of contracts, who signed them, and the name and ID number a family gives for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.contracts import rules
from qiaojiejie.contracts.lifecycle import CONTRACT
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.workers.models import Worker


class Contract(Model):
    """One version of a booking's contract, frozen. A version that is signed stands until the next one is.

    ``data``: {title, variant, number, version, drafted_on, effective_on, fields: {code: words}, lines, total, parts,
    clauses: [[heading, [sentences]]], changes}; ``personal``: a JSON object of the fields that are, and a salt.
    """

    __tablename__ = "contract"
    __table_args__ = (
        sa.CheckConstraint(CONTRACT.check(), name="state"),
        sa.CheckConstraint("variant IN ('employs', 'introduces')", name="variant"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.UniqueConstraint("booking_id", "version"),
        sa.Index("uq_contract_drafted", "booking_id", unique=True, postgresql_where=sa.text("state = 'drafted'")),
        sa.Index("uq_contract_signed", "booking_id", unique=True, postgresql_where=sa.text("state = 'signed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    #: whom this version names: another than the booking's, once she was replaced
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    version: Mapped[int]
    variant: Mapped[str]
    state: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    personal: Mapped[Sealed] = mapped_column(Encrypted("text"))
    #: of data and personal in RFC 8785 form, hex
    data_sha256: Mapped[str]
    #: the PDF in base64
    paper: Mapped[Sealed] = mapped_column(Encrypted("text"), deferred=True)
    #: of the PDF, hex: what is signed
    sha256: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    signatures: Mapped[list["ContractSignature"]] = relationship(
        viewonly=True, order_by="ContractSignature.signed_at", lazy="raise")

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return CONTRACT.states[self.state]

    @property
    def sides(self) -> tuple[str, ...]:
        """Who signs it."""
        return rules.SIDES[self.variant]


class ContractSignature(Model):
    """That a side signed a version: who, when, and the SHA-256 of the paper that was read. Never changed."""

    __tablename__ = "contract_signature"
    __table_args__ = (sa.CheckConstraint("party IN ('household', 'firm', 'worker')", name="party"),)

    contract_id: Mapped[UUID] = mapped_column(sa.ForeignKey("contract.id"), primary_key=True)
    party: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    sha256: Mapped[str]
    signed_at: Mapped[datetime]


class ContractIdentity(Model):
    """The name, ID number and home a family gives to have contracts drafted, by its separate consent, until it takes
    them back. A contract keeps what it was drafted with."""

    __tablename__ = "contract_identity"

    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"), primary_key=True)
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    id_number: Mapped[Sealed] = mapped_column(Encrypted("id_number"))
    #: null: where the service is
    home: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    consented_at: Mapped[datetime]
