"""Petitions, the credit events they name, and their evidence."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.petitions import rules
from qiaojiejie.petitions.lifecycle import OPEN, PETITION

_OPEN = "state IN ({})".format(", ".join(map(repr, OPEN)))


class Petition(Model):
    """One request about the credit of one worker, firm or household, or about one entry on a list.

    The petitioner's words are sealed; the officers write without names. No officer may belong to ``firm_concerned``.
    """

    __tablename__ = "petition"
    __table_args__ = (
        sa.CheckConstraint(PETITION.check(), name="state"),
        sa.CheckConstraint("kind IN ('appeal', 'repair', 'objection')", name="kind"),
        sa.CheckConstraint("role IN ('worker', 'firm', 'household')", name="role"),
        sa.CheckConstraint("(kind = 'objection') = (list_entry_id IS NOT NULL)", name="objection"),
        sa.CheckConstraint("num_nonnulls(worker_id, firm_id, household_id) = 1", name="subject"),
        sa.CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
        sa.CheckConstraint("state NOT IN ('upheld', 'partly_upheld', 'dismissed') OR (decided_by IS NOT NULL"
                           " AND proposed_by IS NOT NULL)", name="decided"),
        sa.Index("uq_petition_objection_open", "list_entry_id", unique=True, postgresql_where=sa.text(_OPEN)),
        sa.Index("uq_petition_rater_open", "household_id", unique=True,
                 postgresql_where=sa.text(f"ground = 'rater' AND {_OPEN}")),
        sa.Index("ix_petition_queue", "due_on", "id", postgresql_where=sa.text("state IN ('submitted', 'proposed')")),
        sa.Index("ix_petition_returned", "returned_at", postgresql_where=sa.text("state = 'returned'")),
        sa.Index("ix_petition_state", "state", "id"),
        sa.Index("ix_petition_account", "account_id", "id"), sa.Index("ix_petition_org", "org_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    kind: Mapped[str]
    state: Mapped[str]
    ground: Mapped[str]
    words: Mapped[Sealed] = mapped_column(Encrypted("text"))
    #: a repair's promise was signed
    promise: Mapped[bool]
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    #: as what it was filed: worker, firm or household; and for which firm
    role: Mapped[str]
    org_id: Mapped[UUID | None]
    worker_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    household_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household.id"))
    list_entry_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("list_entry.id"))
    firm_concerned: Mapped[UUID | None]
    filed_at: Mapped[datetime]
    #: the last day to decide
    due_on: Mapped[date]
    alarmed_on: Mapped[date | None]
    #: it holds a fall back that was announced to her
    holds_fall: Mapped[bool]
    returned_at: Mapped[datetime | None]
    returned_words: Mapped[str] = mapped_column(server_default="")
    proposed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    proposed_at: Mapped[datetime | None]
    #: the step proposed, and for which of its events
    proposal: Mapped[str | None]
    upheld: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default="{}")
    reason: Mapped[str | None]
    decision_words: Mapped[str] = mapped_column(server_default="")
    #: {"before": {score, grade}, "without": {score, grade}} of what is proposed; null where no score follows
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]

    events: Mapped[list["PetitionEvent"]] = relationship(order_by="PetitionEvent.entry_id", lazy="selectin")
    evidence: Mapped[list["PetitionEvidence"]] = relationship(order_by="PetitionEvidence.media_id", lazy="selectin")

    @property
    def said(self) -> str:
        """The petitioner's words in plain text: only after the look was recorded."""
        return self.words.reveal()

    @property
    def refs(self) -> list[int]:
        """The ledger entries it is about."""
        return [event.entry_id for event in self.events]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return PETITION.states[self.state]

    @property
    def ground_words(self) -> dict[str, str]:
        """The ground in both languages."""
        zh, en, _ = rules.GROUNDS[self.ground]
        return {"zh": zh, "en": en}

    @property
    def reason_words(self) -> dict[str, str] | None:
        """The decision's reason in both languages."""
        return {"zh": rules.REASONS[self.reason][0], "en": rules.REASONS[self.reason][1]} if self.reason else None

    @property
    def overdue(self) -> bool:
        """Its last day to be decided is over."""
        return self.state in OPEN and self.state != "returned" and clock.today() > self.due_on


class PetitionEvent(Model):
    """A credit event a petition names, by its ledger entry; in one open petition at most."""

    __tablename__ = "petition_event"
    __table_args__ = (sa.Index("uq_petition_event_open", "entry_id", unique=True, postgresql_where=sa.text("open")),
                      sa.Index("ix_petition_event_entry", "entry_id"),
                      sa.CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"))

    petition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("petition.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entry.id"), primary_key=True)
    type: Mapped[str]
    day: Mapped[date]
    tier: Mapped[int]
    open: Mapped[bool]
    outcome: Mapped[str | None]


class PetitionEvidence(Model):
    """A file a petitioner put in; ``authority``: it is an authority's document."""

    __tablename__ = "petition_evidence"

    petition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("petition.id"), primary_key=True)
    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    authority: Mapped[bool]
    added_at: Mapped[datetime]
