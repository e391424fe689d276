"""What becomes of held money: released, held again because it is to go back, taken back by a bank."""

from uuid import UUID

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import facts, queries, rules
from qiaojiejie.payments.models import Payment


def release(*, booking_id: UUID, upto: int | None = None, ref: str | None = None) -> None:
    """Release held money to the firm, less the platform's share: ``upto`` so many fen of the booking, or all that
    was paid and is kept.

    ``ref``: what a part is released for, such as a worked day; each once. What is to go back is never released.
    """
    booking = booking_queries.get(booking_id, lock=True)
    before, kept = books_queries.released(booking_id), booking.paid_fen - booking.refund_fen
    after = min(_releasable(booking, before), kept if upto is None else min(kept, upto))
    if booking.confirmed_at is None or after <= before:
        return
    part = rules.between(booking.lines, booking.total_fen, before, after)
    if books_service.post(kind="released", ref=ref or str(booking_id), booking_id=booking_id,
                          lines=books.released(booking_id, booking.firm_id, part)):
        ledger.append(facts.RELEASED, subject=booking.ref, actor=ledger.SYSTEM, data={
            "amount": part.amount, "firm": str(booking.firm_id), "net": part.net, "fee": part.fee,
            "promotion": part.promotion})


def _releasable(booking: Booking, before: int) -> int:
    """How far a booking may be released: what its family's bank has taken back stays held until the bank decides."""
    standing, lost = queries.taken_back(booking.id)
    if not standing and not lost:
        return booking.total_fen
    return before + max(0, books_queries.held(books.escrow(booking.id)) - standing)


def recall(*, booking: Booking, amount: int, ref: str) -> None:
    """Hold ``amount`` released fen of a locked booking again, because they are to go back: once for ``ref``."""
    books_service.lock(books.firm_payable(booking.firm_id))
    before = books_queries.released(booking.id)
    part = rules.between(booking.lines, booking.total_fen, before - amount, before)
    payable = books_queries.held(books.firm_payable(booking.firm_id))
    books_service.post(kind="recalled", ref=ref, booking_id=booking.id,
                       lines=books.recalled(booking.id, booking.firm_id, part, payable))


def dispute(*, payment: Payment, amount: int) -> None:
    """The cardholder's bank took ``amount`` fen of a locked payment back, until it decides."""
    payment.disputed_fen += amount


def settle_dispute(*, payment: Payment, amount: int, lost: bool) -> None:
    """The bank decided about ``amount`` disputed fen of a locked payment."""
    payment.disputed_fen -= amount
    payment.lost_fen += amount if lost else 0
