"""Refunds of a payment that the cardholder's bank disputes: they wait, and go on or are settled by what it decides."""

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds import queries
from qiaojiejie.refunds.lifecycle import REFUND
from qiaojiejie.refunds.models import Refund
from qiaojiejie.refunds.service.refunds import DISPUTED, left, request, told


def resume(*, payment: Payment) -> None:
    """A locked payment is no longer disputed: its refunds wait no more."""
    for refund in queries.unsettled(payment.id):
        if refund.state == "requested":
            refund.failure = None
            jobs.defer("refunds.look_again", refund_id=str(refund.id))


def known(*, payment: Payment) -> bool:
    """Whether it is known of each refund of a locked, disputed payment if Stripe made it; what is not is asked for."""
    doubtful = [refund for refund in queries.unsettled(payment.id) if refund.state == "requested"
                and refund.failure != DISPUTED]
    for refund in doubtful:
        jobs.defer("refunds.look_again", refund_id=str(refund.id))
    return not doubtful


def settle(*, payment: Payment, amount: int) -> None:
    """A bank gave ``amount`` fen of a locked payment back for good: what never left is settled by it so far.

    What had left and came back was no part of the dispute: it stays owed, as long as no more goes back than was paid.
    """
    refunds = queries.unsettled(payment.id)
    for refund in refunds:
        if refund.stripe_id is None:
            amount -= _settle(refund, payment, amount)
    over = payment.lost_fen + queries.going_back(Payment.id == payment.id) - payment.amount_fen
    for refund in refunds:
        if refund.stripe_id is not None:
            over -= _settle(refund, payment, over)


def _settle(refund: Refund, payment: Payment, upto: int) -> int:
    """Settle a refund by ``upto`` fen, the rest of it being asked for as another; by how much it was."""
    part = min(refund.amount_fen, upto)
    if part <= 0:
        return 0
    row = REFUND.move(refund, "settle", party="system")
    refund.settled_at = clock.now()
    db.session.flush()
    entry_id = ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM,
                             data={**told(refund), "part": part})
    rest = min(refund.amount_fen - part, left(payment))
    if rest > 0 and entry_id is not None:
        request(payment_id=payment.id, amount=rest, entry_id=entry_id)
    return part
