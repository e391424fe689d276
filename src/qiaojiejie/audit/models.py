"""Audits, their tasks, call-backs and findings; flags; and where addresses meet."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.audit.lifecycle import AUDIT, FLAG, TASK
from qiaojiejie.audit.rules import DAYS_BEFORE, DEFECTS, FLAGS, POPULATIONS, UNREACHED, VERDICTS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.transparency.queries import opaque


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in sorted(values))})"


class Audit(Model):
    """A sample of one kind of leaf over some days: planned with a commitment, drawn, worked, reported."""

    __tablename__ = "audit"
    __table_args__ = (
        sa.CheckConstraint(AUDIT.check(), name="state"),
        sa.CheckConstraint(_one_of("population", POPULATIONS), name="population"),
        sa.CheckConstraint("from_day <= to_day AND to_day < draw_on", name="period"),
        sa.CheckConstraint(f"draw_on >= (planned_at AT TIME ZONE 'Asia/Shanghai')::date + {DAYS_BEFORE}",
                           name="draw_on"),
        sa.CheckConstraint("octet_length(commitment) = 32", name="commitment"),
        sa.CheckConstraint("nonce IS NULL OR sha256(nonce) = commitment", name="nonce"),
        sa.CheckConstraint("state NOT IN ('drawn', 'reported') OR (nonce IS NOT NULL AND root IS NOT NULL"
                           " AND public_draw IS NOT NULL AND frame IS NOT NULL)", name="drawn"),
        sa.CheckConstraint("(state = 'reported') = (report IS NOT NULL)", name="reported"),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_because IS NOT NULL)", name="cancelled"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    state: Mapped[str]
    #: type of leaf
    population: Mapped[str]
    #: both inclusive, in Asia/Shanghai
    from_day: Mapped[date]
    to_day: Mapped[date]
    #: the defect rate to be found with 95 % certainty, in 1/10000
    rate: Mapped[int]
    commitment: Mapped[bytes] = mapped_column(unique=True)
    #: which public draw it will be, and how its outcome is written
    source: Mapped[str]
    draw_on: Mapped[date]
    planned_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    planned_at: Mapped[datetime]
    log_size: Mapped[int | None]
    root: Mapped[bytes | None]
    nonce: Mapped[bytes | None]
    public_draw: Mapped[str | None]
    #: how many leaves the sample was taken from
    frame: Mapped[int | None]
    drawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    drawn_at: Mapped[datetime | None]
    #: what was published; ``report_sha256`` is over its canonical JSON
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    report_sha256: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return AUDIT.states[self.state]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"audit:{self.id}"

    @property
    def key(self) -> str:
        """How the public log calls it."""
        return opaque("audit", str(self.id))


class AuditTask(Model):
    """One leaf of a sample, to be looked into by somebody until somebody else accepts what she found."""

    __tablename__ = "audit_task"
    __table_args__ = (
        sa.CheckConstraint(TASK.check(), name="state"),
        sa.CheckConstraint("state = 'open' OR assigned_to IS NOT NULL", name="assigned"),
        sa.UniqueConstraint("audit_id", "leaf_index"),
        sa.Index("ix_audit_task_mine", "assigned_to", "due_on", "id"),
        sa.Index("ix_audit_task_audit", "audit_id", "state", "leaf_index"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    audit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit.id"))
    #: the leaf's place in the log, and the ledger entry it was made of (append-only tables grant nobody the lock that
    #: checking a foreign key takes)
    leaf_index: Mapped[int]
    entry_id: Mapped[int]
    state: Mapped[str]
    due_on: Mapped[date]
    assigned_to: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))

    audit: Mapped[Audit] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return TASK.states[self.state]


class AuditCall(Model):
    """A try to ask somebody by phone: who called, when, whether anyone was reached, what was said. Append-only."""

    __tablename__ = "audit_call"
    __table_args__ = (
        sa.CheckConstraint("reached = (unreached IS NULL)", name="reached"),
        sa.CheckConstraint(f"unreached IS NULL OR {_one_of('unreached', UNREACHED)}", name="unreached"),
        sa.Index("ix_audit_call_task", "task_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit_task.id"))
    #: household or worker
    whom: Mapped[str]
    reached: Mapped[bool]
    unreached: Mapped[str | None]
    #: question → yes, no or unsure
    answers: Mapped[dict[str, str]] = mapped_column(JSONB)
    called_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    called_at: Mapped[datetime]


class AuditFinding(Model):
    """What somebody found of a task, and what somebody else decided on that; a returned one stays beside the next."""

    __tablename__ = "audit_finding"
    __table_args__ = (
        sa.CheckConstraint(_one_of("verdict", VERDICTS), name="verdict"),
        sa.CheckConstraint("(verdict = 'defect') = (defect IS NOT NULL)", name="defect_named"),
        sa.CheckConstraint(f"defect IS NULL OR {_one_of('defect', DEFECTS)}", name="defect"),
        sa.CheckConstraint("reviewed_by <> found_by", name="four_eyes"),
        sa.CheckConstraint("(accepted IS NULL) = (reviewed_by IS NULL)", name="reviewed"),
        sa.CheckConstraint("accepted IS DISTINCT FROM FALSE OR returned_because IS NOT NULL", name="returned"),
        sa.Index("uq_audit_finding_standing", "task_id", unique=True,
                 postgresql_where=sa.text("accepted IS DISTINCT FROM FALSE")),
        sa.Index("ix_audit_finding_task", "task_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit_task.id"))
    verdict: Mapped[str]
    defect: Mapped[str | None]
    words: Mapped[Sealed] = mapped_column(Encrypted("text"))
    found_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    found_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    returned_because: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]

    @property
    def said(self) -> str:
        """The words in plain text: only after the look was recorded."""
        return self.words.reveal()

    @property
    def returned(self) -> str | None:
        """Why it was returned, in plain text: only after the look was recorded."""
        return None if self.returned_because is None else self.returned_because.reveal()


class AuditFlag(Model):
    """Something odd about a worker or firm that a daily sweep noticed: for auditors' eyes, no part of any score."""

    __tablename__ = "audit_flag"
    __table_args__ = (
        sa.CheckConstraint(FLAG.check(), name="state"),
        sa.CheckConstraint(_one_of("kind", FLAGS), name="kind"),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed"),
        sa.Index("uq_audit_flag_live", "kind", "subject", unique=True, postgresql_where=sa.text("state <> 'closed'")),
        sa.Index("ix_audit_flag_closed", "kind", "subject", "closed_at"),
        sa.Index("ix_audit_flag_state", "state", "raised_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=sa.text("gen_random_uuid()"))
    kind: Mapped[str]
    #: ``worker:id`` or ``firm:id``
    subject: Mapped[str]
    #: numbers by name
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    words: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return FLAG.states[self.state]

    @property
    def said(self) -> str | None:
        """The auditor's words in plain text."""
        return None if self.words is None else self.words.reveal()


class AddressPrint(Model):
    """A keyed digest of a family's or firm's street and door, by which equal addresses meet without being read."""

    __tablename__ = "address_print"
    __table_args__ = (sa.Index("ix_address_print_digest", "digest"),)

    #: ``address:id`` or ``firm:id``
    of: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
