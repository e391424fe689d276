"""Firms and every decision about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.lifecycle import FIRM, RENEWAL
from qiaojiejie.firms.rules import CLOSED_TO_STAFF


class Firm(Model):
    """A housekeeping firm, by its unified social credit code. ``mode``: employs (员工制) or introduces (中介)."""

    __tablename__ = "firm"
    __table_args__ = (sa.CheckConstraint(FIRM.check(), name="state"),
                      sa.CheckConstraint("mode IN ('employs', 'introduces')", name="mode"),
                      # an application that was closed gives its code free
                      sa.Index("uq_firm_uscc", "uscc", unique=True, postgresql_where=sa.text("state <> 'closed'")),
                      sa.Index("ix_firm_state", "state", "id"),
                      sa.Index("ix_firm_open_name", "name", "id",
                               postgresql_where=sa.text("state IN ('on_platform', 'suspended')")),
                      sa.Index("ix_firm_waiting", "applied_at", "id",
                               postgresql_where=sa.text("state IN ('applied', 'under_review')")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    uscc: Mapped[str]
    name: Mapped[str]
    mode: Mapped[str]
    state: Mapped[str]
    legal_representative: Mapped[Sealed] = mapped_column(Encrypted("name"))
    phone: Mapped[str]
    address: Mapped[str]
    region_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    licence_media_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    licence_valid_until: Mapped[date | None]
    founded_on: Mapped[date | None]
    outlets: Mapped[int]
    description: Mapped[str]
    applied_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    score: Mapped[int | None]
    grade: Mapped[str | None]
    #: on the block list: nobody is booked through it, nobody joins it
    barred: Mapped[bool] = mapped_column(server_default=sa.false())

    @property
    def takes_staff(self) -> bool:
        """Whether anybody may join it now."""
        return self.state not in CLOSED_TO_STAFF and not self.barred


class AnswerWindow(Model):
    """How long a firm has to answer when a service of its is booked; without one a paid booking stands at once."""

    __tablename__ = "answer_window"
    __table_args__ = (sa.CheckConstraint("minutes BETWEEN 30 AND 1440", name="minutes"),)

    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"), primary_key=True)
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"), primary_key=True)
    minutes: Mapped[int]
    set_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime]


class FirmDecision(Model):
    """What the federation decided on a firm, when, by whom; ``reasons``: [{"code", "field", "note"}]."""

    __tablename__ = "firm_decision"
    __table_args__ = (sa.Index("ix_firm_decision_firm", "firm_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    step: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    note: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime]

    @property
    def state(self) -> str:
        """The state of the firm it led to."""
        return FIRM.steps[self.step].target


class FirmRenewal(Model):
    """A new licence of a firm on the platform, which takes the old one's place once the federation accepts it."""

    __tablename__ = "firm_renewal"
    __table_args__ = (
        sa.CheckConstraint(RENEWAL.check(), name="state"),
        sa.Index("uq_firm_renewal_waiting", "firm_id", unique=True, postgresql_where=sa.text("state = 'submitted'")),
        sa.Index("ix_firm_renewal_queue", "id", postgresql_where=sa.text("state = 'submitted'")),
        sa.Index("ix_firm_renewal_firm", "firm_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    licence_media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"))
    licence_valid_until: Mapped[date | None]
    submitted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    submitted_at: Mapped[datetime]
    note: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
