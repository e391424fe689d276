"""What was paid for a booking, what went back, what is kept."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.booking.models import Booking
from qiaojiejie.core.db import db, read
from qiaojiejie.invoices import rules
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.payments import facts as payment_facts, queries as payment_queries
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds import facts as refund_facts
from qiaojiejie.refunds.models import Refund

#: facts after which something else may be kept of a booking
MOVES = (booking_facts.REFUND_GRANTED, refund_facts.REQUESTED)
#: of each of these facts, and of payments, so many of the newest are looked at again by the sweep
RECENT = 2_000


def payments(booking_id: UUID) -> Sequence[Payment]:
    """What was paid of a booking, in order."""
    return payment_queries.paid(booking_id)[::-1]


def refunds(booking_id: UUID) -> Sequence[tuple[Refund, dict[str, Any]]]:
    """What went back or is to go back of a booking, in order, each with the data of the fact that owes it.

    A failed refund in whose place another was put is left out.
    """
    stmt = (sa.select(Refund, LedgerEntry.data).join(Payment, Payment.id == Refund.payment_id)
            .join(LedgerEntry, LedgerEntry.id == Refund.entry_id)
            .where(Payment.booking_id == booking_id, Refund.state != "replaced").order_by(Refund.id))
    return [(refund, data) for refund, data in db.session.execute(stmt)]


def kept(booking: Booking) -> int:
    """Fen of a booking that are kept now (rules.kept). The booking is locked by who relies on it."""
    paid = db.session.scalars(sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_fen), 0)).where(
        Payment.booking_id == booking.id, Payment.state == "succeeded")).one()
    refunded = db.session.scalars(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.booking_id == booking.id, Refund.state != "replaced")).one()
    return rules.kept(paid=int(paid), refunded=int(refunded), decided=booking.decided_fen)


#: the same arithmetic as rules.kept, over the live requests of bookings whose money moved lately
_CHANGED = """
    WITH moved AS (
        SELECT DISTINCT entry.subject FROM unnest(CAST(:facts AS text[])) AS named(fact) CROSS JOIN LATERAL (
            SELECT subject FROM ledger_entry WHERE ledger_entry.fact = named.fact ORDER BY id DESC LIMIT :recent) entry
        WHERE entry.subject LIKE 'booking:%')
    SELECT booking.id FROM moved JOIN booking ON booking.id = CAST(substr(moved.subject, 9) AS uuid)
    JOIN invoice_request request ON request.booking_id = booking.id AND request.state IN ('requested', 'issued')
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_fen), 0) AS fen FROM payment
                        WHERE payment.booking_id = booking.id AND payment.state = 'succeeded') paid
    CROSS JOIN LATERAL (SELECT coalesce(sum(refund.amount_fen), 0) AS fen FROM payment
                        JOIN refund ON refund.payment_id = payment.id AND refund.state <> 'replaced'
                        WHERE payment.booking_id = booking.id) back
    WHERE greatest(0, paid.fen - greatest(back.fen, booking.refund_fen + booking.returned_fen))
        <> coalesce(request.kept_fen, request.amount_fen)
    ORDER BY booking.id LIMIT :limit"""


def changed(limit: int) -> list[UUID]:
    """Bookings with a live request of which something else is kept than the request or its flag says."""
    rows = read(_CHANGED, {"facts": [*MOVES, payment_facts.SUCCEEDED], "recent": RECENT, "limit": limit})
    return [row.id for row in rows]
