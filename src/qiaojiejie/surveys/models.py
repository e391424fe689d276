"""A survey, who was drawn, and answers that name nobody."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.surveys.lifecycle import SURVEY
from qiaojiejie.surveys.rules.questions import AUDIENCES


class Survey(Model):
    """One year's survey of a series (``code``).

    ``questions``: [{code, text, text_en, options: [{code, name, name_en}], good: [option codes]}]. ``strata``:
    [{code, name, frame, drawn}], counts of who could be drawn and who was. The seed of the draw is committed to
    (SHA-256) with the draft and told when the survey closes, so that anybody with the frame can draw again.
    """

    __tablename__ = "survey"
    __table_args__ = (
        sa.CheckConstraint(SURVEY.check(), name="state"),
        sa.CheckConstraint(f"audience IN ({', '.join(map(repr, AUDIENCES))})", name="audience"),
        sa.CheckConstraint("(audience = 'families') = (frame_from IS NOT NULL AND frame_until IS NOT NULL)",
                           name="frame"),
        sa.Index("uq_survey_year", "code", "year", unique=True, postgresql_where=sa.text("state <> 'dropped'")),
        sa.Index("ix_survey_year", "year", "id"),
        sa.Index("ix_survey_open", "closes_on", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    code: Mapped[str]
    year: Mapped[int]
    title: Mapped[str]
    title_en: Mapped[str]
    audience: Mapped[str]
    state: Mapped[str]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    strata: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: families with a visit completed between these days are the frame
    frame_from: Mapped[date | None]
    frame_until: Mapped[date | None]
    sample: Mapped[int]
    closes_on: Mapped[date]
    seed: Mapped[bytes]
    commitment: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(server_default=sa.text("0"))
    reminded_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"survey:{self.id}"

    @property
    def told_seed(self) -> str | None:
        """The seed of the draw, once nobody can answer any more."""
        return self.seed.hex() if self.state == "closed" else None


class SurveyInvitation(Model):
    """A questionnaire for somebody who was drawn; one handed out on paper (no household, no firm) names nobody.

    Whether it was answered is kept, when and how is not. ``token_hash``: SHA-256 of what its link carries.
    """

    __tablename__ = "survey_invitation"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "number"),
        sa.CheckConstraint("household_id IS NULL OR register_id IS NULL", name="whom"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    survey_id: Mapped[UUID] = mapped_column(sa.ForeignKey("survey.id"))
    number: Mapped[int]
    stratum: Mapped[str]
    household_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household.id"))
    register_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("register_entry.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    answered: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    survey: Mapped[Survey] = relationship(viewonly=True)
    entry: Mapped[RegisterEntry | None] = relationship(viewonly=True)

    @property
    def firm_name(self) -> str | None:
        """The firm that was drawn; None of families and of questionnaires on paper."""
        return self.entry.name if self.entry else None


class SurveyAnswer(Model):
    """What somebody answered: the option of each question, and words if there were any. Its id tells no order."""

    __tablename__ = "survey_answer"
    __table_args__ = (sa.Index("ix_survey_answer_survey", "survey_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(sa.ForeignKey("survey.id"))
    stratum: Mapped[str]
    answers: Mapped[dict[str, str]] = mapped_column(JSONB)
    words: Mapped[Sealed | None] = mapped_column(Encrypted("text"))

    @property
    def said(self) -> str | None:
        """The words in the clear, for the federation."""
        return self.words.reveal() if self.words else None
