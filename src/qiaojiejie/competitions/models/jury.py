"""The jury, what it gave, and what was put right."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.competitions.models.competitions import Competition, one_of
from qiaojiejie.competitions.rules.shape import KINDS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class CompetitionJudge(Model):
    """An account on a jury: who judges, the chief (who judges too), or the examiner (who enters the theory marks).

    ``label``: how the published results call her, J1, J2 …, drawn when the marks are sealed.
    """

    __tablename__ = "competition_judge"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="kind"),
        sa.Index("uq_competition_judge_account", "competition_id", "account_id", unique=True,
                 postgresql_where=sa.text("dismissed_at IS NULL")),
        sa.Index("uq_competition_judge_seat", "competition_id", "kind", unique=True,
                 postgresql_where=sa.text("dismissed_at IS NULL AND kind <> 'judge'")),
        sa.Index("ix_competition_judge_account", "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    kind: Mapped[str]
    label: Mapped[str | None]
    appointed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    appointed_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship(viewonly=True)

    @property
    def kind_name(self) -> str:
        """What she does, in Chinese."""
        return KINDS[self.kind]

    @property
    def marks(self) -> bool:
        """Whether she marks the practice."""
        return self.kind != "examiner"


class CompetitionSheet(Model):
    """What one judge gave one entrant, in hundredths by criterion; or the examiner's theory mark (``paper``).

    A trigger lets rows come and change while the competition is being judged, and never after.
    """

    __tablename__ = "competition_sheet"
    __table_args__ = (
        sa.CheckConstraint(one_of("part", ("theory", "practice")), name="part"),
        sa.Index("uq_competition_sheet_practice", "entrant_id", "judge_id", unique=True,
                 postgresql_where=sa.text("part = 'practice'")),
        sa.Index("uq_competition_sheet_theory", "entrant_id", unique=True,
                 postgresql_where=sa.text("part = 'theory'")),
        sa.Index("ix_competition_sheet_competition", "competition_id", "judge_id"),
        sa.Index("ix_competition_sheet_entrant", "entrant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    entrant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition_entrant.id"))
    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition_judge.id"))
    part: Mapped[str]
    marks: Mapped[dict[str, int]] = mapped_column(JSONB)
    marked_at: Mapped[datetime]


class CompetitionCorrection(Model):
    """A mark put right by an upheld objection: what it was and what it is. The sheet itself stays. Never changed."""

    __tablename__ = "competition_correction"
    __table_args__ = (sa.CheckConstraint("points <> points_before AND points >= 0", name="differs"),
                      sa.Index("ix_competition_correction_competition", "competition_id", "id"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    sheet_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition_sheet.id"))
    objection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition_objection.id"))
    criterion: Mapped[str]
    points_before: Mapped[int]
    points: Mapped[int]
    corrected_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    corrected_at: Mapped[datetime]
