"""The register, gradings with their scores and decisions, visits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.enrolment.lifecycle import GRADING, OPEN, VISIT
from qiaojiejie.enrolment.rules.standards import VISIT_KINDS
from qiaojiejie.enrolment.rules.surveys import KINDS
from qiaojiejie.firms.models import Firm


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_LIVE = sa.text("struck_at IS NULL")


class RegisterEntry(Model):
    """A firm known from a survey; ``firm_id`` once it applied. A wrong one is struck out, never deleted."""

    __tablename__ = "register_entry"
    __table_args__ = (
        sa.CheckConstraint(_one_of("kind", KINDS), name="kind"),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_because IS NULL)", name="struck_why"),
        sa.CheckConstraint("(firm_id IS NULL) = (matched_at IS NULL)", name="matched_when"),
        sa.Index("uq_register_entry_uscc", "uscc", unique=True, postgresql_where=sa.text("struck_at IS NULL")),
        sa.Index("uq_register_entry_nameless", "region_code", "name", unique=True,
                 postgresql_where=sa.text("struck_at IS NULL AND uscc IS NULL")),
        sa.Index("ix_register_entry_name", "name", "id"),
        sa.Index("ix_register_entry_region", "region_code", "name", "id", postgresql_where=_LIVE),
        sa.Index("ix_register_entry_firm", "firm_id", postgresql_where=sa.text("firm_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str]
    uscc: Mapped[str | None]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    kind: Mapped[str]
    staff_estimate: Mapped[int | None]
    surveyed_on: Mapped[date]
    source: Mapped[str]
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    matched_at: Mapped[datetime | None]
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    entered_at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    struck_because: Mapped[str | None]

    firm: Mapped[Firm | None] = relationship(viewonly=True, lazy="joined")


class Grading(Model):
    """One grading of a firm, from its self-score to a published grade of 1 to 5 stars and that grade's end.

    ``due_on``: by when the present stage is to be done. ``stands_until``: the last day the grade counts.
    """

    __tablename__ = "grading"
    __table_args__ = (
        sa.CheckConstraint(GRADING.check(), name="state"),
        sa.CheckConstraint("assessed_by <> reviewed_by AND confirmed_by <> reviewed_by", name="four_eyes"),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        sa.CheckConstraint("state NOT IN ('published', 'lapsed', 'revoked', 'replaced') OR (grade IS NOT NULL AND "
                           "published_on IS NOT NULL AND valid_until IS NOT NULL AND stands_until IS NOT NULL AND "
                           "reviewed_by IS NOT NULL AND assessed_by IS NOT NULL AND confirmed_by IS NOT NULL)",
                           name="published"),
        sa.Index("uq_grading_open", "firm_id", unique=True, postgresql_where=sa.text(_one_of("state", OPEN))),
        sa.Index("uq_grading_published", "firm_id", unique=True, postgresql_where=sa.text("state = 'published'")),
        sa.Index("ix_grading_firm", "firm_id", "id"),
        sa.Index("ix_grading_waiting", "due_on", "id",
                 postgresql_where=sa.text("state IN ('city_review', 'third_party', 'second_review')")),
        sa.Index("ix_grading_standing", "stands_until", postgresql_where=sa.text("state = 'published'")),
        sa.Index("ix_grading_check", "check_due_on", "id", postgresql_where=sa.text("state = 'published'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    standard: Mapped[str]
    opened_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    since: Mapped[datetime]
    due_on: Mapped[date | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    assessed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    assessor: Mapped[str | None]
    report_media_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    points: Mapped[int | None]
    grade: Mapped[int | None]
    published_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    check_due_on: Mapped[date | None]
    stands_until: Mapped[date | None]
    check_announced: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]

    scores: Mapped[list["GradingScore"]] = relationship(viewonly=True, order_by="GradingScore.position")
    decisions: Mapped[list["GradingDecision"]] = relationship(viewonly=True, order_by="GradingDecision.id")


class GradingScore(Model):
    """What an indicator was given by the firm, at the city's review, by the third party."""

    __tablename__ = "grading_score"
    __table_args__ = (sa.CheckConstraint("(city_points <> self_points) = (city_reason IS NOT NULL)", name="corrected"),)

    grading_id: Mapped[UUID] = mapped_column(sa.ForeignKey("grading.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    self_points: Mapped[int]
    self_note: Mapped[str]
    evidence: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    city_points: Mapped[int | None]
    city_reason: Mapped[str | None]
    city_note: Mapped[str | None]
    assessor_points: Mapped[int | None]
    assessor_note: Mapped[str | None]


class GradingDecision(Model):
    """A step the federation took on a grading, by whom, why, and the points it came to. Never changed."""

    __tablename__ = "grading_decision"
    __table_args__ = (sa.Index("ix_grading_decision_grading", "grading_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    grading_id: Mapped[UUID] = mapped_column(sa.ForeignKey("grading.id"))
    step: Mapped[str]
    points: Mapped[int | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    note: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class FirmVisit(Model):
    """A visit to a firm, planned and then reported: ``findings`` is [{item, result, note, photos}] by the checklist.

    ``due_on``: by when it is to be made, then answered or closed, then its faults are to be mended.
    """

    __tablename__ = "firm_visit"
    __table_args__ = (
        sa.CheckConstraint(VISIT.check(), name="state"),
        sa.CheckConstraint(_one_of("kind", VISIT_KINDS), name="kind"),
        sa.CheckConstraint("state NOT IN ('reported', 'acknowledged', 'objected', 'closed') OR "
                           "(visited_by IS NOT NULL AND visited_on IS NOT NULL)", name="reported"),
        sa.CheckConstraint("objection IS NULL OR closed_by <> visited_by", name="four_eyes"),
        sa.Index("ix_firm_visit_firm", "firm_id", "id"),
        sa.Index("ix_firm_visit_due", "due_on", "id",
                 postgresql_where=sa.text("state NOT IN ('closed', 'cancelled')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    kind: Mapped[str]
    standard: Mapped[str]
    purpose: Mapped[str]
    planned_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    planned_on: Mapped[date]
    since: Mapped[datetime]
    due_on: Mapped[date]
    visited_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    visited_on: Mapped[date | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    summary: Mapped[str]
    follow_up_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    objection: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    answered_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str]
