"""Entries on the lists."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.firms.models import Firm
from qiaojiejie.lists import rules
from qiaojiejie.lists.lifecycle import IN_FORCE, LIST_ENTRY, LIVE
from qiaojiejie.workers.models import Worker

_LIVE = "state IN ({})".format(", ".join(map(repr, LIVE)))
_IN_FORCE = "state IN ({})".format(", ".join(map(repr, IN_FORCE)))


class ListEntry(Model):
    """One entry about one worker or one firm, from its proposal to its end; kept for ever.

    ``until``: its last day in force; ``note``: the officers' words, without names. Two officers confirm, and correct.
    """

    __tablename__ = "list_entry"
    __table_args__ = (
        sa.CheckConstraint(LIST_ENTRY.check(), name="state"),
        sa.CheckConstraint("kind IN ('honour', 'block', 'sanction')", name="kind"),
        sa.CheckConstraint("num_nonnulls(worker_id, firm_id) = 1", name="subject"),
        sa.CheckConstraint("(kind = 'sanction') = (level IS NOT NULL) AND level BETWEEN 1 AND 3", name="level"),
        sa.CheckConstraint("reviewed_by <> proposed_by", name="four_eyes"),
        sa.CheckConstraint("(entered_at IS NULL) = (until IS NULL)", name="term"),
        sa.CheckConstraint("state NOT IN ('in_force', 'correcting') OR (entered_at IS NOT NULL AND reviewed_by IS NOT"
                           " NULL)", name="entered"),
        sa.CheckConstraint("left_because <> 'correction' OR (left_by IS NOT NULL AND correction_by IS NOT NULL"
                           " AND left_by <> correction_by)", name="corrected_by_two"),
        sa.Index("uq_list_entry_worker_live", "worker_id", "kind", unique=True, postgresql_where=sa.text(_LIVE)),
        sa.Index("uq_list_entry_firm_live", "firm_id", "kind", unique=True, postgresql_where=sa.text(_LIVE)),
        sa.Index("ix_list_entry_worker", "worker_id", "id"), sa.Index("ix_list_entry_firm", "firm_id", "id"),
        sa.Index("ix_list_entry_public", "kind", "id", postgresql_where=sa.text(_IN_FORCE)),
        sa.Index("ix_list_entry_queue", "objection_until", "id",
                 postgresql_where=sa.text("state IN ('proposed', 'correcting')")),
        sa.Index("ix_list_entry_credit", "credit_entry_id"),
        sa.Index("ix_list_entry_until", "until", postgresql_where=sa.text(_IN_FORCE)))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    kind: Mapped[str]
    worker_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    reason: Mapped[str]
    level: Mapped[int | None]
    note: Mapped[str]
    evidence: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    proposed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    objection_until: Mapped[date]
    #: an objection to it is being decided
    contested: Mapped[bool] = mapped_column(server_default=sa.false())
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(server_default="")
    entered_at: Mapped[datetime | None]
    until: Mapped[date | None]
    #: the ledger entry by which it bears on credit
    credit_entry_id: Mapped[int | None]
    correction_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    correction_note: Mapped[str] = mapped_column(server_default="")
    left_at: Mapped[datetime | None]
    left_because: Mapped[str | None]
    left_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))

    worker: Mapped[Worker | None] = relationship(viewonly=True)
    firm: Mapped[Firm | None] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """Whom it is about, as the ledger names them."""
        return f"worker:{self.worker_id}" if self.worker_id else f"firm:{self.firm_id}"

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return LIST_ENTRY.states[self.state]

    @property
    def urgent(self) -> bool:
        """Safety can't wait for the period to object."""
        return rules.REASONS[self.reason].urgent

    @property
    def subject_kind(self) -> str:
        """``worker`` or ``firm``."""
        return "worker" if self.worker_id else "firm"

    @property
    def name(self) -> str:
        """A firm by its name, a worker masked: 王**."""
        return self.worker.name.masked if self.worker else self.firm.name if self.firm else ""

    @property
    def reason_words(self) -> dict[str, Any]:
        """The reason with its words and basis."""
        found = rules.REASONS[self.reason]
        return {"code": self.reason, "zh": found.chinese, "en": found.english, "basis_zh": found.basis,
                "basis_en": found.basis_english}
