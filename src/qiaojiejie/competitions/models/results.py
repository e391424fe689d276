"""Published results, medals and titles."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.competitions.lifecycle import HONOUR
from qiaojiejie.competitions.models.competitions import Competition
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.workers.models import Worker


class CompetitionResult(Model):
    """An edition of a competition's results: canonical JSON and its SHA-256. A correction is a further edition."""

    __tablename__ = "competition_result"
    __table_args__ = (
        sa.CheckConstraint("encode(sha256(convert_to(body, 'UTF8')), 'hex') = sha256", name="sha256"),
        sa.CheckConstraint("edition >= 1 AND (edition = 1) = (objection_id IS NULL)", name="edition"),
    )

    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    sha256: Mapped[str]
    objection_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("competition_objection.id"))
    published_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    published_at: Mapped[datetime]


class CompetitionHonour(Model):
    """A medal or a title: given to a worker, or to who heads a firm; by whom, when, and by which decision."""

    __tablename__ = "competition_honour"
    __table_args__ = (
        sa.CheckConstraint(HONOUR.check(), name="state"), sa.CheckConstraint("kind IN ('medal', 'title')", name="kind"),
        sa.CheckConstraint("num_nonnulls(worker_id, head_name) = 1 AND (worker_id IS NOT NULL OR firm_id IS NOT NULL)",
                           name="whom"),
        sa.CheckConstraint("(kind = 'title') = (document_media_id IS NOT NULL) AND (kind = 'title') = (document_no IS "
                           "NOT NULL) AND (kind = 'title') = (named_by IS NOT NULL)", name="document"),
        sa.CheckConstraint("(state = 'revoked') = (revoked_by IS NOT NULL) AND (state = 'revoked') = (revoked_because "
                           "IS NOT NULL) AND revoked_by <> named_by", name="revoked"),
        sa.Index("uq_competition_honour_worker", "competition_id", "kind", "code", "worker_id", unique=True,
                 postgresql_where=sa.text("state = 'standing' AND worker_id IS NOT NULL")),
        sa.Index("uq_competition_honour_head", "competition_id", "code", "firm_id", unique=True,
                 postgresql_where=sa.text("state = 'standing' AND worker_id IS NULL")),
        sa.Index("ix_competition_honour_worker", "worker_id", "named_on"),
        sa.Index("ix_competition_honour_competition", "competition_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    kind: Mapped[str]
    code: Mapped[str]
    #: as a card says it: 市技术能手; 2026年…技能大赛 母婴护理 金牌
    name: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    event: Mapped[str | None]
    worker_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    #: who headed the firm when it was given
    head_name: Mapped[Sealed | None] = mapped_column(Encrypted("name"))
    named_on: Mapped[date]
    document_no: Mapped[str | None]
    document_media_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    named_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    revoked_because: Mapped[str | None]
    revoked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None]

    worker: Mapped[Worker | None] = relationship(viewonly=True)
    firm: Mapped[Firm | None] = relationship(viewonly=True)
    competition: Mapped[Competition] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return HONOUR.states[self.state]

    @property
    def holder(self) -> Sealed | None:
        """Her name, shown masked."""
        return self.worker.name if self.worker else self.head_name

    @property
    def firm_name(self) -> str | None:
        """The firm she worked through, or heads."""
        return self.firm.name if self.firm else None
