"""Read disputes and what was written off, and lock them (booking, then payment, then dispute)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.disputes.errors import DisputeNotFound
from qiaojiejie.disputes.lifecycle import OPEN
from qiaojiejie.disputes.models import Dispute, WriteOff

#: an open dispute that was not asked about for this long is asked about
STALE = timedelta(minutes=10)
BATCH = 100


def get(id: UUID, lock: bool = False) -> Dispute:
    """A dispute. Raises DisputeNotFound."""
    found = _find(sa.select(Dispute).where(Dispute.id == id), lock)
    if found is None:
        raise DisputeNotFound()
    return found


def of_stripe(stripe_id: str, lock: bool = False) -> Dispute | None:
    """Our row of a dispute at Stripe."""
    return _find(sa.select(Dispute).where(Dispute.stripe_id == stripe_id), lock)


def _find(stmt: sa.Select[Dispute], lock: bool) -> Dispute | None:
    if lock:
        stmt = stmt.with_for_update()
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def of_party(actor: Actor, id: UUID) -> tuple[Dispute, str]:
    """A dispute and which party to it the actor is: ``firm`` or ``federation``. Raises DisputeNotFound to others."""
    found = get(id)
    if actor.role in FEDERATION:
        return found, "federation"
    if actor.role in FIRM and found.firm_id == actor.org_id:
        return found, "firm"
    raise DisputeNotFound()


def page(*, firm_id: UUID | None = None, state: str | None, cursor: str | None = None, limit: int) -> paging.Page:
    """Disputes, of a firm's bookings when one is named, newest first, one page."""
    stmt = sa.select(Dispute)
    if firm_id is not None:
        stmt = stmt.where(Dispute.firm_id == firm_id)
    if state is not None:
        stmt = stmt.where(Dispute.state == state)
    return paging.keyset(stmt, [Dispute.id], scope=paging.scope_of("disputes", [firm_id, state]), cursor=cursor,
                         limit=limit)


def known(stripe_ids: Sequence[str]) -> set[str]:
    """Those of these disputes at Stripe of which we have a row."""
    return set(db.session.scalars(sa.select(Dispute.stripe_id).where(Dispute.stripe_id.in_(stripe_ids))))


def is_open(booking_id: Any) -> sa.ColumnElement[bool]:
    """Whether the bank has not decided a dispute about a booking (a column)."""
    return sa.exists().where(Dispute.booking_id == booking_id, Dispute.state.in_(OPEN))


def mark_stale() -> Sequence[UUID]:
    """Open disputes Stripe was not asked about for a while, taken for asking: their clocks start anew."""
    now = clock.now()
    due = (sa.select(Dispute.id).where(Dispute.state.in_(OPEN), Dispute.checked_at <= now - STALE)
           .order_by(Dispute.checked_at).limit(BATCH).with_for_update(skip_locked=True))
    stmt = sa.update(Dispute).where(Dispute.id.in_(due)).values(checked_at=now).returning(Dispute.id)
    return db.session.scalars(stmt.execution_options(synchronize_session=False)).all()


def write_offs(*, firm_id: UUID, cursor: str | None = None, limit: int) -> paging.Page:
    """What was written off of a firm's debt, newest first, one page."""
    return paging.keyset(sa.select(WriteOff).where(WriteOff.firm_id == firm_id), [WriteOff.id],
                         scope=paging.scope_of("write-offs", firm_id), cursor=cursor, limit=limit)
