"""Courses and the programmes that fund them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.catalog.models import Occupation
from qiaojiejie.certificates.models import AwardingBody
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.courses.lifecycle import COURSE


class FundingProgramme(Model):
    """Who pays for training: so much a person and year, from a day until a day. Data, not code."""

    __tablename__ = "funding_programme"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", name="amount"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    amount_fen: Mapped[int]
    #: where the amount comes from
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class Course(Model):
    """What is taught, for which occupation and level, who may come, what must be passed, which body certifies it.

    ``syllabus``: [{"topic", "kind": theory or practice, "minutes"}]; ``conditions``: see ``rules.eligibility``.
    """

    __tablename__ = "course"
    __table_args__ = (
        sa.CheckConstraint(COURSE.check(), name="state"),
        sa.CheckConstraint("theory_minutes >= 0 AND practice_minutes >= 0 AND theory_minutes + practice_minutes > 0",
                           name="minutes"),
        sa.CheckConstraint("theory_pass BETWEEN 1 AND 100 AND practice_pass BETWEEN 1 AND 100", name="pass"),
        sa.CheckConstraint("least_attendance BETWEEN 0 AND 1000", name="attendance"),
        sa.CheckConstraint("attempts BETWEEN 1 AND 9 AND resit_days BETWEEN 0 AND 365", name="attempts"),
        sa.CheckConstraint("valid_years BETWEEN 1 AND 20", name="valid_years"),
        sa.Index("ix_course_state", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    title: Mapped[str]
    title_en: Mapped[str]
    occupation: Mapped[str] = mapped_column(sa.ForeignKey("occupation.code"))
    level: Mapped[int | None]
    edition: Mapped[str]
    theory_minutes: Mapped[int]
    practice_minutes: Mapped[int]
    syllabus: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awarding_body.id"))
    #: null: the certificate is valid for good
    valid_years: Mapped[int | None]
    theory_pass: Mapped[int]
    practice_pass: Mapped[int]
    least_attendance: Mapped[int]
    attempts: Mapped[int]
    resit_days: Mapped[int]
    programmes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    state: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime]
    body: Mapped[AwardingBody] = relationship(viewonly=True)
    work: Mapped[Occupation] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"course:{self.id}"
