"""Read payments, and lock them (a booking is locked before its payment)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.models import Booking
from qiaojiejie.changes import queries as changes
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.payments.errors import PaymentNotFound
from qiaojiejie.payments.lifecycle import OPEN, PAYMENT
from qiaojiejie.payments.models import Payment

#: what is open is looked at again after so long, once it was open for more than ``YOUNG`` after so much longer
STALE, STALE_OLD = timedelta(seconds=15), timedelta(minutes=10)
YOUNG = timedelta(hours=1)
BATCH = 100


def get(id: UUID, lock: bool = False) -> Payment:
    """A payment. Raises PaymentNotFound."""
    return _one(sa.select(Payment).where(Payment.id == id), lock)


def latest(booking_id: UUID) -> Payment:
    """The newest payment of a booking. Raises PaymentNotFound."""
    return _one(sa.select(Payment).where(Payment.booking_id == booking_id)
                .order_by(Payment.created_at.desc(), Payment.id.desc()).limit(1), lock=False)


def live(booking_id: UUID, part: str = "full", lock: bool = False) -> Payment | None:
    """The one payment of a booking's part that is neither failed nor cancelled."""
    return _find(sa.select(Payment).where(Payment.booking_id == booking_id, Payment.part == part,
                                          Payment.state.not_in(("failed", "cancelled"))), lock)


def live_of_card(card_id: UUID, lock: bool = False) -> Payment | None:
    """The one payment for a prepaid card that is neither failed nor cancelled."""
    return _find(sa.select(Payment).where(Payment.card_id == card_id,
                                          Payment.state.not_in(("failed", "cancelled"))), lock)


def live_of_change(change_id: UUID, lock: bool = False) -> Payment | None:
    """The one payment for a change of a booking that is neither failed nor cancelled."""
    return _find(sa.select(Payment).where(Payment.change_id == change_id,
                                          Payment.state.not_in(("failed", "cancelled"))), lock)


def newest_of_card(card_id: UUID) -> Payment | None:
    """The newest payment for a prepaid card."""
    return _find(sa.select(Payment).where(Payment.card_id == card_id)
                 .order_by(Payment.created_at.desc(), Payment.id.desc()).limit(1), lock=False)


def awaited(booking_id: UUID) -> Sequence[Payment]:
    """Payments of a booking that may still come, in the order they were begun."""
    return _awaited(Payment.booking_id == booking_id)


def awaited_of_card(card_id: UUID) -> Sequence[Payment]:
    """Payments for a prepaid card that may still come."""
    return _awaited(Payment.card_id == card_id)


def awaited_of_change(change_id: UUID) -> Sequence[Payment]:
    """Payments for a change of a booking that may still come."""
    return _awaited(Payment.change_id == change_id)


def _awaited(of: sa.ColumnElement[bool]) -> Sequence[Payment]:
    stmt = sa.select(Payment).where(of, Payment.state.in_(OPEN))
    return db.session.scalars(stmt.order_by(Payment.created_at, Payment.id).execution_options(
        populate_existing=True)).all()


def paid(booking_id: UUID) -> Sequence[Payment]:
    """What was paid of a booking and counts, newest first."""
    return db.session.scalars(sa.select(Payment).where(
        Payment.booking_id == booking_id, Payment.state == "succeeded", Payment.overtaken.is_(False))
        .order_by(Payment.succeeded_at.desc(), Payment.id.desc())).all()


def of_intent(intent_id: str, named: UUID | None) -> Payment | None:
    """The payment an intent belongs to: by the intent's id, else by the row Stripe was told it is for."""
    by_id = _find(sa.select(Payment).where(Payment.intent_id == intent_id), lock=False)
    if by_id is not None or named is None:
        return by_id
    return _find(sa.select(Payment).where(Payment.id == named), lock=False)


def of_charge(intent_id: str | None, charge_id: str) -> Payment | None:
    """The payment a charge at Stripe is of."""
    same = Payment.charge_id == charge_id if intent_id is None else Payment.intent_id == intent_id
    return _find(sa.select(Payment).where(same), lock=False)


def intents_known(intent_ids: Sequence[str]) -> set[str]:
    """Those of these intents that are of payments of ours."""
    found = db.session.scalars(sa.select(Payment.intent_id).where(Payment.intent_id.in_(intent_ids)))
    return {intent_id for intent_id in found if intent_id is not None}


def taken_back(booking_id: UUID) -> tuple[int, int]:
    """Fen of a booking its family's banks have taken back: not decided about yet, and for good."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Payment.disputed_fen), 0),
                     sa.func.coalesce(sa.func.sum(Payment.lost_fen), 0)).where(Payment.booking_id == booking_id)
    standing, lost = db.session.execute(stmt).one()
    return int(standing), int(lost)


def lost(booking_id: UUID) -> int:
    """Fen of what counts as paid of a booking that its family's banks have taken back for good."""
    return int(db.session.execute(sa.select(sa.func.coalesce(sa.func.sum(Payment.lost_fen), 0)).where(
        Payment.booking_id == booking_id, Payment.overtaken.is_(False))).scalar_one())


def _find(stmt: sa.Select[Payment], lock: bool) -> Payment | None:
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def _one(stmt: sa.Select[Payment], lock: bool) -> Payment:
    found = _find(stmt, lock)
    if found is None:
        raise PaymentNotFound()
    return found


def overdue(of: Any, now: datetime) -> sa.ColumnElement[bool]:
    """Whether Stripe is to be asked again after rows ``of`` a table: what takes days is asked after seldom.

    ``of``: has ``created_at`` and ``checked_at``.
    """
    return sa.or_(of.checked_at <= now - STALE_OLD,
                  sa.and_(of.checked_at <= now - STALE, of.checked_at <= of.created_at + YOUNG))


def mark_stale() -> Sequence[UUID]:
    """Open payments Stripe was not asked about for a while, taken for asking: their clocks start anew."""
    now = clock.now()
    due = (sa.select(Payment.id).where(Payment.state.in_(OPEN), Payment.checked_at <= now - STALE,
                                       overdue(Payment, now), Payment.intent_id.is_not(None))
           .order_by(Payment.checked_at).limit(BATCH).with_for_update(skip_locked=True))
    stmt = sa.update(Payment).where(Payment.id.in_(due)).values(checked_at=now).returning(Payment.id)
    return db.session.scalars(stmt.execution_options(synchronize_session=False)).all()


def holds_to_close(now: datetime) -> Sequence[UUID]:
    """Held bookings past their time of which a payment was begun: only payments may let them expire."""
    return db.session.scalars(
        sa.select(Booking.id).where(Booking.state == "held", Booking.expires_at <= now,
                                    Booking.payment_begun_at.is_not(None))
        .order_by(Booking.expires_at).limit(BATCH)).all()


def shown(actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """A booking's newest payment as a party to the booking sees it (schemas.PaymentOut).

    Raises BookingNotFound to strangers, PaymentNotFound.
    """
    booking, party = booking_queries.of_party(actor, booking_id)
    payment = latest(booking_id)
    if payment.change_id is not None:
        until = changes.get(payment.change_id).expires_at
    else:
        until = booking.end if payment.part == "balance" else booking.expires_at
    return in_words(payment, pays=party == "household", until=until)


def in_words(payment: Payment, *, pays: bool, until: datetime) -> dict[str, Any]:
    """A payment as schemas.PaymentOut says it; ``pays``: to who is to pay it, ``until``: as long as it can be."""
    pays = pays and payment.state in OPEN
    return {
        "id": payment.id, "part": payment.part, "state": payment.state, "state_name": PAYMENT.states[payment.state],
        "amount_fen": payment.amount_fen, "method": payment.method, "decline_code": payment.decline_code,
        "next_action": payment.next_action if pays else None, "client_secret": payment.client_secret if pays else None,
        "expires_at": until, "created_at": payment.created_at, "succeeded_at": payment.succeeded_at}
