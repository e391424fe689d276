"""Proposed rules, what they would do to each while that is computed, and rollbacks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.governance.lifecycle import PROPOSAL, ROLLBACK
from qiaojiejie.governance.rules import NOTICE_DAYS


class RuleProposal(Model):
    """A proposed version of the rule, from its draft to its day; kept for ever.

    ``against``: the version in force that its shadow was compared with, on the day ``as_of``; ``scored`` of
    ``to_score``: how far the shadow is; ``shadow``: its tables, ``shadow_sha256`` over their canonical JSON.
    """

    __tablename__ = "rule_proposal"
    __table_args__ = (
        sa.CheckConstraint(PROPOSAL.check(), name="state"),
        sa.CheckConstraint("noticed_by <> drafted_by", name="four_eyes"),
        sa.CheckConstraint("(state IN ('noticed', 'in_force')) <= (noticed_by IS NOT NULL AND noticed_at IS NOT NULL"
                           " AND from_day IS NOT NULL AND shadow_sha256 IS NOT NULL)", name="noticed"),
        sa.CheckConstraint(f"from_day >= (noticed_at AT TIME ZONE 'Asia/Shanghai')::date + {NOTICE_DAYS}",
                           name="notice_days"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_because IS NOT NULL)", name="withdrawn"),
        sa.CheckConstraint("(shadow IS NULL) = (shadow_sha256 IS NULL)", name="shadow"),
        sa.Index("uq_rule_proposal_version", "version", unique=True, postgresql_where=sa.text("state <> 'withdrawn'")),
        sa.Index("ix_rule_proposal_due", "from_day", postgresql_where=sa.text("state = 'noticed'")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    version: Mapped[str]
    hash: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: why, in the drafter's words
    note: Mapped[str]
    state: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    against: Mapped[str]
    as_of: Mapped[date]
    scored: Mapped[int]
    to_score: Mapped[int | None]
    shadow: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    shadow_sha256: Mapped[str | None]
    shadowed_at: Mapped[datetime | None]
    noticed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    noticed_at: Mapped[datetime | None]
    from_day: Mapped[date | None]
    activated_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return PROPOSAL.states[self.state]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"rule_proposal:{self.id}"


class ShadowScore(Model):
    """What the rule in force and a draft give one worker or firm; kept only until the tables are made of all.

    ``own``: what the firm's standing takes of a worker, as [by the rule in force, by the draft].
    """

    __tablename__ = "shadow_score"
    __table_args__ = (sa.CheckConstraint("kind IN ('worker', 'firm')", name="kind"),)

    proposal_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rule_proposal.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    before_score: Mapped[int]
    before_grade: Mapped[str]
    after_score: Mapped[int]
    after_grade: Mapped[str]
    firm_id: Mapped[UUID | None]
    own: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))


class RuleRollback(Model):
    """Going back to a former version at once: proposed with a reason by one account, confirmed by another."""

    __tablename__ = "rule_rollback"
    __table_args__ = (
        sa.CheckConstraint(ROLLBACK.check(), name="state"),
        sa.CheckConstraint("confirmed_by <> proposed_by", name="four_eyes"),
        sa.CheckConstraint("(state = 'done') = (confirmed_by IS NOT NULL)", name="confirmed"),
        sa.CheckConstraint("version <> replaces", name="versions"),
        sa.Index("uq_rule_rollback_open", "state", unique=True, postgresql_where=sa.text("state = 'proposed'")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    version: Mapped[str]
    replaces: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return ROLLBACK.states[self.state]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"rule_rollback:{self.id}"
