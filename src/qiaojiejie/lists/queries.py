"""Read entries on the lists, and lock them; who may read which."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import rules
from qiaojiejie.lists.errors import EvidenceNotYours, ListEntryNotFound, ListNotFound
from qiaojiejie.lists.lifecycle import IN_FORCE
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.media.models import Media
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf
from qiaojiejie.workers.models import Worker

_SUBJECT = (joinedload(ListEntry.worker).load_only(Worker.name, Worker.called, Worker.firm_id, Worker.account_id,
                                                   Worker.id_index),
            joinedload(ListEntry.firm).options(load_only(Firm.name)))


def get(entry_id: UUID, lock: bool = False) -> ListEntry:
    """An entry with whom it is about beside it. Raises ListEntryNotFound."""
    stmt = sa.select(ListEntry).where(ListEntry.id == entry_id).options(*_SUBJECT)
    if lock:
        stmt = stmt.with_for_update(of=ListEntry).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ListEntryNotFound()
    return found


def firm_of(entry: ListEntry) -> UUID | None:
    """The firm it concerns: the one it is about, or the worker's."""
    return entry.firm_id or (entry.worker.firm_id if entry.worker else None)


def is_subject(actor: Actor, entry: ListEntry) -> bool:
    """Whether the actor is the worker it is about, or acts for the firm it concerns."""
    if actor.role == Role.WORKER:
        return entry.worker is not None and entry.worker.account_id == actor.account_id
    return actor.role in FIRM and actor.org_id is not None and firm_of(entry) == actor.org_id


def of_party(actor: Actor, entry_id: UUID, lock: bool = False) -> ListEntry:
    """An entry for the federation and for whom it is about. Raises ListEntryNotFound for anybody else."""
    entry = get(entry_id, lock=lock)
    if actor.role not in FEDERATION and not is_subject(actor, entry):
        raise ListEntryNotFound()
    return entry


def standing(kind: str, *, cursor: str | None, limit: int) -> paging.Page:
    """Who stands on a list today, newest first, one page. Raises ListNotFound."""
    if kind not in rules.KINDS:
        raise ListNotFound()
    stmt = sa.select(ListEntry).where(ListEntry.kind == kind, ListEntry.state.in_(IN_FORCE)).options(*_SUBJECT)
    return paging.keyset(stmt, [ListEntry.id], scope=paging.scope_of("list", kind), cursor=cursor, limit=limit)


def mine(actor: Actor, *, cursor: str | None, limit: int) -> paging.Page:
    """Every entry there ever was about the worker, or about the firm and its workers, newest first, one page."""
    if actor.role == Role.WORKER:
        of: sa.ColumnElement[bool] = ListEntry.worker_id.in_(
            sa.select(Worker.id).where(Worker.account_id == actor.account_id))
    else:
        workers = sa.select(Worker.id).where(Worker.firm_id == actor.org_id).scalar_subquery()
        # as an array both sides of the OR are conditions on an index; beside IN none would be
        of = sa.or_(ListEntry.firm_id == actor.org_id, ListEntry.worker_id == sa.any_(sa.func.array(workers)))
    scope = paging.scope_of("my-list-entries", [actor.account_id, actor.role, actor.org_id])
    return paging.keyset(sa.select(ListEntry).where(of).options(*_SUBJECT), [ListEntry.id], scope=scope,
                         cursor=cursor, limit=limit)


def queue(*, state: str | None, kind: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Entries for the federation, by the day until which an objection is possible; without a state those that wait."""
    wanted = [state] if state else ["proposed", "correcting"]
    stmt = sa.select(ListEntry).where(ListEntry.state.in_(wanted)).options(*_SUBJECT)
    if kind:
        stmt = stmt.where(ListEntry.kind == kind)
    return paging.keyset(stmt, [ListEntry.objection_until, ListEntry.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("list-queue", [state, kind]), descending=False)


def of_credit_entry(ledger_id: int) -> ListEntry | None:
    """The entry that bears on credit by a ledger entry, if one does."""
    return db.session.scalars(sa.select(ListEntry).where(ListEntry.credit_entry_id == ledger_id)).one_or_none()


def due_to_leave(today: date, limit: int) -> Sequence[ListEntry]:
    """Entries whose last day is over, locked."""
    stmt = sa.select(ListEntry).where(ListEntry.state.in_(IN_FORCE), ListEntry.until < today).options(*_SUBJECT)
    return db.session.scalars(stmt.order_by(ListEntry.until, ListEntry.id).limit(limit).with_for_update(
        of=ListEntry, skip_locked=True)).all()


def blocked_at(worker_id: UUID, moment: datetime) -> ListEntry | None:
    """The entry by which a worker stood on the block list at a moment, if she did."""
    stmt = sa.select(ListEntry).where(
        ListEntry.worker_id == worker_id, ListEntry.kind == "block", ListEntry.entered_at <= moment,
        sa.or_(ListEntry.left_at.is_(None), ListEntry.left_at > moment))
    return db.session.scalars(stmt.limit(1)).first()


def require_evidence(actor: Actor, media_ids: Sequence[UUID]) -> None:
    """Nothing, when all are files of the kind evidence that the actor uploaded. Raises EvidenceNotYours."""
    stmt = sa.select(sa.func.count()).select_from(Media).where(
        Media.id.in_(media_ids), Media.account_id == actor.account_id, Media.kind == "evidence")
    if media_ids and db.session.scalar(stmt) != len(set(media_ids)):
        raise EvidenceNotYours()


def accounts_of(entry: ListEntry) -> list[UUID]:
    """The accounts of whom it is about: the worker and her firm, or the firm."""
    firm_id = firm_of(entry)
    own = [entry.worker.account_id] if entry.worker and entry.worker.account_id else []
    return [*own, *(identity.accounts_in(firm_id, *FIRM) if firm_id else [])]


def officers() -> list[UUID]:
    """The accounts of the federation's officers."""
    return sorted({account for role in FEDERATION for account in identity.accounts_with(role)})


def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What becomes of proposals, for the public log. Whom they are about is not said before it is entered: that leaf is
    credit's."""
    return {entry.id: Leaf(entry.fact.replace(".", "_"), {
        "entry": opaque("entry", entry.data["entry"]), "list": entry.data["kind"], "reason": entry.data["reason"]})
        for entry in entries}
