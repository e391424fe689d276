"""Entrants and their objections."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from qiaojiejie.competitions.lifecycle import ENTRANT, OBJECTION
from qiaojiejie.competitions.models.competitions import Competition, one_of
from qiaojiejie.competitions.rules.shape import GROUNDS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.workers.models import Worker


class CompetitionEntrant(Model):
    """A worker entered in one event of a competition. Judges know her number, never her name.

    ``firm_id``: the firm she worked through when she was entered; ``rank`` and ``medal``: of the newest results.
    """

    __tablename__ = "competition_entrant"
    __table_args__ = (
        sa.ForeignKeyConstraint(["competition_id", "event"], ["competition_event.competition_id",
                                                              "competition_event.code"],
                                name="fk_competition_entrant_event"),
        sa.CheckConstraint(ENTRANT.check(), name="state"),
        sa.CheckConstraint(one_of("via", ("worker", "firm", "station")), name="via"),
        sa.CheckConstraint("number IS NULL OR state = 'entered'", name="number"),
        sa.CheckConstraint("rank >= 1 AND (medal IS NULL OR rank IS NOT NULL)", name="rank"),
        sa.Index("uq_competition_entrant_worker", "competition_id", "worker_id", unique=True,
                 postgresql_where=sa.text("state = 'entered'")),
        sa.Index("uq_competition_entrant_number", "competition_id", "event", "number", unique=True),
        sa.Index("ix_competition_entrant_firm", "competition_id", "firm_id"),
        sa.Index("ix_competition_entrant_worker", "worker_id", "id"),
        sa.Index("ix_competition_entrant_of_firm", "firm_id", "id"),
        sa.Index("ix_competition_entrant_entered_by", "entered_by", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    event: Mapped[str]
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    number: Mapped[int | None]
    via: Mapped[str]
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    rank: Mapped[int | None] = mapped_column()
    medal: Mapped[str | None]
    #: the rank, who has none last
    place: Mapped[int] = column_property(sa.func.coalesce(rank, 2**31, type_=sa.BigInteger))

    worker: Mapped[Worker] = relationship(viewonly=True)
    firm: Mapped[Firm | None] = relationship(viewonly=True)
    competition: Mapped[Competition] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return ENTRANT.states[self.state]

    @property
    def name(self) -> Sealed:
        """Her name, shown masked."""
        return self.worker.name

    @property
    def firm_name(self) -> str | None:
        """The firm she worked through."""
        return self.firm.name if self.firm else None

    @property
    def competition_name(self) -> str:
        """Which competition."""
        return self.competition.name


class CompetitionObjection(Model):
    """An entrant's objection to her results, decided by an officer who neither published them nor judged."""

    __tablename__ = "competition_objection"
    __table_args__ = (
        sa.CheckConstraint(OBJECTION.check(), name="state"),
        sa.CheckConstraint(one_of("ground", GROUNDS), name="ground"),
        sa.CheckConstraint("state NOT IN ('upheld', 'dismissed') OR (decided_by IS NOT NULL AND decided_by <> "
                           "account_id)", name="decided"),
        sa.Index("uq_competition_objection_open", "entrant_id", unique=True,
                 postgresql_where=sa.text("state = 'submitted'")),
        sa.Index("ix_competition_objection_competition", "competition_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id"))
    entrant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition_entrant.id"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    state: Mapped[str]
    ground: Mapped[str]
    words: Mapped[Sealed] = mapped_column(Encrypted("text"))
    filed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[Sealed | None] = mapped_column(Encrypted("text"))

    entrant: Mapped[CompetitionEntrant] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return OBJECTION.states[self.state]

    @property
    def said(self) -> str:
        """The entrant's words, for her and who decides."""
        return self.words.reveal()

    @property
    def answer(self) -> str | None:
        """Why it was decided so."""
        return None if self.note is None else self.note.reveal()
