"""Credit events derived from the ledger, the rule's versions, and its monthly inputs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class CreditEvent(Model):
    """One event of the rule about a worker, or about a firm alone, made from one ledger entry; ``day`` in
    Asia/Shanghai. About a household alone: neither is known."""

    __tablename__ = "credit_event"
    __table_args__ = (sa.Index("ix_credit_event_worker", "worker_id", "entry_id"),
                      sa.Index("ix_credit_event_household", "household_id", "entry_id"),
                      sa.Index("ix_credit_event_firm", "firm_id", "type", "day"),
                      sa.Index("ix_credit_event_voided", sa.text("((data ->> 'ref')::bigint)"),
                               postgresql_where=sa.text("type = 'appeal_upheld'")),
                      sa.Index("ix_credit_event_restored", "household_id",
                               postgresql_where=sa.text("type = 'rater_restored'")),
                      sa.UniqueConstraint("entry_id", "type"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entry.id"))
    type: Mapped[str]
    day: Mapped[date]
    worker_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    category: Mapped[str | None]
    order_ref: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Calibration(Model):
    """A month's published inputs of the rule, all integers, from what happened before its first day.

    ``data``: {"counts": {category: [21 ratings by sum of marks]}, "tables": as ``rules.tables`` gives them,
    "firms": {firm: mean}, "market", and what later versions add}. ``raters``: households whose marks do not weigh in
    full, {household: permille}.
    """

    __tablename__ = "calibration"

    month: Mapped[date] = mapped_column(primary_key=True)
    rule: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    raters: Mapped[dict[str, int]] = mapped_column(JSONB)
    published_at: Mapped[datetime]


class Rater(Model):
    """The weight of a household's orders in the newest calibration, permille; one without a row is new since."""

    __tablename__ = "rater"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    weight: Mapped[int]


class AdoptedRule(Model):
    """A version of the rule beside those that come with the product, kept for ever once adopted."""

    __tablename__ = "adopted_rule"

    version: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    adopted_at: Mapped[datetime]


class RuleActivation(Model):
    """From which day a version of the rule is in force, until a later one is."""

    __tablename__ = "rule_activation"
    __table_args__ = (sa.Index("ix_rule_activation_from_day", "from_day", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    version: Mapped[str]
    from_day: Mapped[date]
    activated_at: Mapped[datetime]
