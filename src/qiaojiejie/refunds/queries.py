"""Read refunds, and lock them (booking, then payment, then refund)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.queries import STALE, overdue
from qiaojiejie.refunds.errors import RefundNotFound
from qiaojiejie.refunds.lifecycle import OPEN
from qiaojiejie.refunds.models import Refund

BATCH = 100


def get(id: UUID, lock: bool = False) -> Refund:
    """A refund. Raises RefundNotFound."""
    found = _find(sa.select(Refund).where(Refund.id == id), lock)
    if found is None:
        raise RefundNotFound()
    return found


def of_stripe(stripe_id: str, named: UUID | None) -> Refund | None:
    """Our row of a refund at Stripe: by Stripe's id, else by the row Stripe was told it is for."""
    by_id = _find(sa.select(Refund).where(Refund.stripe_id == stripe_id), lock=False)
    if by_id is not None or named is None:
        return by_id
    return _find(sa.select(Refund).where(Refund.id == named), lock=False)


def answering(payment_id: UUID, entry_id: int) -> Refund | None:
    """The refund of a payment an entry of the ledger already led to."""
    return _find(sa.select(Refund).where(Refund.payment_id == payment_id, Refund.entry_id == entry_id), lock=False)


def _find(stmt: sa.Select[Refund], lock: bool) -> Refund | None:
    if lock:
        stmt = stmt.with_for_update()
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def owed(payment_id: UUID) -> int:
    """Fen of a payment that went back or are to go back, its bank's doing aside."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).where(
        Refund.payment_id == payment_id, Refund.state.not_in(("failed", "replaced", "disputed")))
    return int(db.session.execute(stmt).scalar_one())


def going_back(*of: Any) -> int:
    """Fen of refunds (conditions ``of``) that went back or that the family waits for, those that came back included."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).join(
        Payment, Payment.id == Refund.payment_id).where(*of, Refund.state.not_in(("replaced", "disputed")))
    return int(db.session.execute(stmt).scalar_one())


def counted_back(booking_id: UUID) -> int:
    """Fen of what counts as paid of a booking that went back or that the family waits for, its bank's doing aside."""
    return going_back(Payment.booking_id == booking_id, Payment.overtaken.is_(False))


def went_back(payment_id: UUID) -> int:
    """Fen of a payment's refunds that left us and did not come back."""
    return going_back(Refund.payment_id == payment_id, Refund.state.not_in(("requested", "failed")))


def unmade(payment_id: UUID) -> int:
    """Fen of a payment's refunds that have not left us or came back."""
    return going_back(Refund.payment_id == payment_id, Refund.state.in_(("requested", "failed")))


def unsettled(payment_id: UUID) -> Sequence[Refund]:
    """A payment's refunds that have not left us, locked, oldest first."""
    return db.session.scalars(sa.select(Refund).where(
        Refund.payment_id == payment_id, Refund.state.in_(("requested", "failed"))).order_by(Refund.id)
        .with_for_update().execution_options(populate_existing=True)).all()


def waiting(booking_id: UUID) -> int:
    """Fen of a booking that must be held for the family: asked for and not on their way, or sent back by a bank."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).join(
        Payment, Payment.id == Refund.payment_id).where(Payment.booking_id == booking_id,
                                                        Refund.state.in_(("requested", "failed")))
    return int(db.session.execute(stmt).scalar_one())


def failed(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """Refunds that came back and that somebody must see to, oldest first, one page."""
    return paging.keyset(sa.select(Refund).where(Refund.state == "failed"), [Refund.id], descending=False,
                         scope=paging.scope_of("refunds", ["failed"]), cursor=cursor, limit=limit)


def of_booking(actor: Actor, booking_id: UUID) -> paging.Page:
    """A booking's refunds in order, to its parties. Raises BookingNotFound."""
    booking, _ = booking_queries.of_party(actor, booking_id)
    rows: Sequence[Refund] = db.session.scalars(
        sa.select(Refund).join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.booking_id == booking.id).order_by(Refund.id)).all()
    return paging.Page(rows, None)


def mark_stale() -> Sequence[UUID]:
    """Open refunds Stripe was not asked about for a while, taken for asking: their clocks start anew."""
    now = clock.now()
    due = (sa.select(Refund.id).where(Refund.state.in_(OPEN), Refund.checked_at <= now - STALE,
                                      overdue(Refund, now))
           .order_by(Refund.checked_at).limit(BATCH).with_for_update(skip_locked=True))
    stmt = sa.update(Refund).where(Refund.id.in_(due)).values(checked_at=now).returning(Refund.id)
    return db.session.scalars(stmt.execution_options(synchronize_session=False)).all()
