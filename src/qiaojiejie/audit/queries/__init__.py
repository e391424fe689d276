"""Read audits, tasks, findings and flags, and lock them (an audit before its tasks)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.audit import facts
from qiaojiejie.audit.errors import AuditNotFound, AuditTaskNotFound, FlagNotFound, ReportNotFound
from qiaojiejie.audit.models import Audit, AuditCall, AuditFinding, AuditFlag, AuditTask
from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION
from qiaojiejie.core.db import db
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency.rules import Leaf


def get(audit_id: UUID, lock: bool = False) -> Audit:
    """An audit. Raises AuditNotFound."""
    found = db.session.get(Audit, audit_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise AuditNotFound()
    return found


def page(*, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Audits, newest first, one page."""
    stmt = sa.select(Audit)
    if state is not None:
        stmt = stmt.where(Audit.state == state)
    return paging.keyset(stmt, [Audit.id], scope=paging.scope_of("audits", state), cursor=cursor, limit=limit)


def shown(audit_id: UUID) -> dict[str, Any]:
    """An audit as everybody sees it: its columns, ``key``, ``sample`` and how many ``tasks`` are in each state.

    Raises AuditNotFound.
    """
    audit = get(audit_id)
    drawn = db.session.execute(sa.select(AuditTask.leaf_index, AuditTask.state).where(AuditTask.audit_id == audit.id)
                               .order_by(AuditTask.leaf_index)).all()
    return {**{column.key: getattr(audit, column.key) for column in Audit.__table__.columns}, "key": audit.key,
            "state_name": audit.state_name, "tasks": Counter(row.state for row in drawn),
            "sample": [row.leaf_index for row in drawn] if audit.frame else None}


def report(audit_id: UUID) -> dict[str, Any]:
    """A published report with its digest. Raises AuditNotFound, ReportNotFound."""
    audit = get(audit_id)
    if audit.report is None:
        raise ReportNotFound()
    return {"report": audit.report, "sha256": audit.report_sha256, "published_at": audit.reported_at}


def task(task_id: UUID, lock: bool = False) -> AuditTask:
    """A task. Raises AuditTaskNotFound."""
    found = db.session.get(AuditTask, task_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise AuditTaskNotFound()
    return found


def tasks(*, audit_id: UUID, state: str | None, assigned_to: UUID | None, cursor: str | None,
          limit: int) -> paging.Page:
    """The tasks of an audit in the order of the log, one page. Raises AuditNotFound."""
    stmt = sa.select(AuditTask).where(AuditTask.audit_id == get(audit_id).id)
    if state is not None:
        stmt = stmt.where(AuditTask.state == state)
    if assigned_to is not None:
        stmt = stmt.where(AuditTask.assigned_to == assigned_to)
    scope = paging.scope_of("audit-tasks", [audit_id, state, assigned_to])
    return paging.keyset(stmt, [AuditTask.leaf_index], scope=scope, cursor=cursor, limit=limit, descending=False)


def tasks_of(account_id: UUID, *, cursor: str | None, limit: int) -> paging.Page:
    """What an account has to look into now, the earliest due first, one page."""
    stmt = sa.select(AuditTask).where(AuditTask.assigned_to == account_id,
                                      AuditTask.state.in_(("assigned", "returned")))
    return paging.keyset(stmt, [AuditTask.due_on, AuditTask.id], scope=paging.scope_of("my-audit-tasks", account_id),
                         cursor=cursor, limit=limit, descending=False)


def to_share_out(audit_id: UUID) -> Sequence[AuditTask]:
    """The tasks of an audit that are nobody's yet, in the order of the log, locked."""
    stmt = sa.select(AuditTask).where(AuditTask.audit_id == audit_id, AuditTask.state == "open")
    return db.session.scalars(stmt.order_by(AuditTask.leaf_index).with_for_update()).all()


def not_accepted(audit_id: UUID) -> int:
    """How many tasks of an audit are not accepted yet."""
    stmt = sa.select(sa.func.count()).where(AuditTask.audit_id == audit_id, AuditTask.state != "accepted")
    return db.session.execute(stmt).scalar_one()


def accepted_findings(audit_id: UUID) -> list[dict[str, Any]]:
    """What was found of each leaf, in the order of the log: {"index", "verdict", "defect"}."""
    stmt = (sa.select(AuditTask.leaf_index, AuditFinding.verdict, AuditFinding.defect)
            .join(AuditFinding, AuditFinding.task_id == AuditTask.id)
            .where(AuditTask.audit_id == audit_id, AuditFinding.accepted.is_(True)).order_by(AuditTask.leaf_index))
    return [{"index": row.leaf_index, "verdict": row.verdict, "defect": row.defect} for row in db.session.execute(stmt)]


def standing_finding(task_id: UUID) -> AuditFinding:
    """The finding of a task that waits for its review, locked. Raises NoResultFound unless the task is ``found``."""
    stmt = sa.select(AuditFinding).where(AuditFinding.task_id == task_id, AuditFinding.accepted.is_(None))
    return db.session.scalars(stmt.with_for_update()).one()


def findings(task_id: UUID) -> Sequence[AuditFinding]:
    """Everything that was found of a task, in order, returned findings too."""
    return db.session.scalars(sa.select(AuditFinding).where(AuditFinding.task_id == task_id)
                              .order_by(AuditFinding.id)).all()


def calls(task_id: UUID) -> Sequence[AuditCall]:
    """The calls made for a task, in order."""
    return db.session.scalars(sa.select(AuditCall).where(AuditCall.task_id == task_id).order_by(AuditCall.id)).all()


def auditors() -> set[UUID]:
    """Accounts that are of the federation now."""
    first, second = FEDERATION
    return {*identity.accounts_with(first), *identity.accounts_with(second)}


def flag(flag_id: UUID, lock: bool = False) -> AuditFlag:
    """A flag. Raises FlagNotFound."""
    found = db.session.get(AuditFlag, flag_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise FlagNotFound()
    return found


def flags(*, state: str, kind: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Flags in a state, newest first, one page."""
    stmt = sa.select(AuditFlag).where(AuditFlag.state == state)
    if kind is not None:
        stmt = stmt.where(AuditFlag.kind == kind)
    return paging.keyset(stmt, [AuditFlag.raised_at, AuditFlag.id], scope=paging.scope_of("flags", [state, kind]),
                         cursor=cursor, limit=limit)


#: fact → type of its leaf
_LEAVES = {facts.PLANNED: "audit_planned", facts.DRAWN: "audit_drawn", facts.CANCELLED: "audit_cancelled",
           facts.REPORTED: "audit_report"}


def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What the public log says of these entries: what the ledger does, and the words that are not in the ledger."""
    ids = {entry.id: UUID(entry.subject.partition(":")[2]) for entry in entries}
    known = {audit.id: audit for audit in db.session.scalars(sa.select(Audit).where(Audit.id.in_(set(ids.values()))))}
    return {entry.id: _leaf(entry, known[ids[entry.id]]) for entry in entries}


def _leaf(entry: LedgerEntry, audit: Audit) -> Leaf:
    words: dict[str, dict[str, Any]] = {
        facts.PLANNED: {"source": audit.source}, facts.CANCELLED: {"reason": audit.cancelled_because}}
    return Leaf(_LEAVES[entry.fact], {"plan": audit.key, **entry.data, **words.get(entry.fact, {})})
