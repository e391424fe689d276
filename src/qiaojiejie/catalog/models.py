"""Regions, services, fees and cancellation policies. Filled by migrations; data, not code."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.catalog.rules import LINE_NAMES
from qiaojiejie.core.db import Model


class Region(Model):
    """A district or county by its GB/T 2260 code, with the WGS-84 centre of its seat."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    city: Mapped[str]
    lng: Mapped[float] = mapped_column(sa.Double)
    lat: Mapped[float] = mapped_column(sa.Double)


class Occupation(Model):
    """What one can be certified in. ``number`` and ``edition`` of its national standard; ``levels``: 5 lowest."""

    __tablename__ = "occupation"

    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    edition: Mapped[str | None]
    name: Mapped[str]
    name_en: Mapped[str]
    levels: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    position: Mapped[int]


class Service(Model):
    """A kind of work in the catalogue. ``care``: child, elder or cooking work, which asks for background and health.
    ``certificates``: the occupations in one of which she must be certified on the day; none: no certificate is needed.
    """

    __tablename__ = "service"
    __table_args__ = (
        sa.CheckConstraint("mode IN ('hourly', 'package', 'monthly', 'live_in', 'shift')", name="mode"),
        sa.CheckConstraint("unit IN ('hour', 'visit', 'day', 'month')", name="unit"),
        sa.CheckConstraint("insurance_class BETWEEN 1 AND 4", name="insurance_class"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    category: Mapped[str]
    category_name: Mapped[str]
    mode: Mapped[str]
    unit: Mapped[str]
    min_minutes: Mapped[int]
    care: Mapped[bool]
    insurance_class: Mapped[int]
    #: what firms call this work in their own lists
    aliases: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    certificates: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default=sa.text("'{}'"))
    #: how many days it can be engaged for; none: any number
    day_counts: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default=sa.text("'{}'"))
    #: [{"shift": day|night|whole, "name", "from": "20:00", "until": "08:00", "permille": of her price by the day}]
    shifts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    position: Mapped[int]


#: one number for each (line, firm, service), by which the database tells rules of one thing from those of another
_OF = "hashtextextended(line || ':' || coalesce(firm_id::text, '') || ':' || coalesce(service_code, ''), 0)"


class FeeRule(Model):
    """A line of the price beside the wage: permille of the wage and a fixed part, from a day until a day (exclusive).

    For one firm or for all, for one service or for all; of one (line, firm, service) never two on a day.
    """

    __tablename__ = "fee_rule"
    __table_args__ = (sa.CheckConstraint("line IN ('firm_fee', 'insurance', 'platform_fee')", name="line"),
                      sa.CheckConstraint("permille >= 0 AND fixed_fen >= 0", name="not_negative"),
                      sa.CheckConstraint("valid_until > valid_from", name="days"),
                      sa.Index("uq_fee_rule", "line", "firm_id", "service_code", "valid_from", unique=True,
                               postgresql_nulls_not_distinct=True),
                      sa.Index("ix_fee_rule_firm", "firm_id", "id"),
                      ExcludeConstraint((sa.text(f"int8range({_OF}, {_OF}, '[]')"), "="),
                                        (sa.text("daterange(valid_from, valid_until)"), "&&"),
                                        name="fee_rule_no_overlap", using="gist"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    line: Mapped[str]
    #: null: every firm that has no rule of its own
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    #: null: every service that has no rule of its own
    service_code: Mapped[str | None] = mapped_column(sa.ForeignKey("service.code"))
    permille: Mapped[int]
    fixed_fen: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"fee_rule:{self.id}"

    @property
    def figures(self) -> dict[str, int]:
        """What it charges, as the ledger tells it."""
        return {"permille": self.permille, "fixed_fen": self.fixed_fen}

    @property
    def name(self) -> str:
        """What families read on this line."""
        return LINE_NAMES[self.line]

    @property
    def origin(self) -> str:
        """Whose choice this rule is: every fee is the platform's own."""
        return "platform"


class CancellationPolicy(Model):
    """Tiers of the fee for cancelling, frozen onto a quote when it is made.

    ``tiers``: [{"from_minutes": notice in minutes, "permille": of the total}], most notice first.
    """

    __tablename__ = "cancellation_policy"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    no_show_permille: Mapped[int]
    grace_minutes: Mapped[int]
    valid_from: Mapped[date] = mapped_column(unique=True)

    @property
    def origin(self) -> str:
        """Whose choice this policy is: there is no public standard to follow."""
        return "platform"


class EngagementTerms(Model):
    """How engagements by days of a mode are paid, from a day on; frozen onto a quote when it is made."""

    __tablename__ = "engagement_terms"
    __table_args__ = (
        sa.CheckConstraint("mode IN ('package', 'monthly', 'live_in', 'shift')", name="mode"),
        sa.CheckConstraint("deposit_permille BETWEEN 0 AND 1000 AND early_permille BETWEEN 0 AND 1000",
                           name="permille"),
        sa.CheckConstraint("balance_days >= 0 AND holiday_times >= 1 AND half_minutes BETWEEN 60 AND 1440",
                           name="terms"),
        sa.CheckConstraint("window_days BETWEEN 0 AND 30 AND twins_permille >= 1000 AND trial_days >= 0"
                           " AND replacement_days >= 0", name="more"))

    mode: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    #: of the total, paid to book; 0 or 1000: all of it is
    deposit_permille: Mapped[int]
    #: how many days before the start the balance may be paid
    balance_days: Mapped[int]
    #: how many days a statutory holiday is paid as
    holiday_times: Mapped[int]
    #: so many minutes of work, and fewer, are half a day
    half_minutes: Mapped[int]
    #: of the price of the days given up, kept when the household ends early
    early_permille: Mapped[int]
    #: so many days before and after a due date are held; 0: it is not engaged for a due date
    window_days: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: of the wage, for twins; 1000: they cost nothing more
    twins_permille: Mapped[int] = mapped_column(server_default=sa.text("1000"))
    #: the first days, in which the household may end it for nothing but the days worked
    trial_days: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: within so many days the firm finds another worker, should she not suit
    replacement_days: Mapped[int] = mapped_column(server_default=sa.text("0"))


class StatutoryHoliday(Model):
    """A day on which work is paid several times by law (not the days swapped around it to make a long holiday)."""

    __tablename__ = "statutory_holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
