"""What Stripe says of a dispute, and what that does to the books. Everything that is learned goes through ``apply``."""

from collections.abc import Sequence
from typing import Any

import structlog

from qiaojiejie.attendance import queries as attendance
from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.db import db
from qiaojiejie.disputes import facts, queries, rules
from qiaojiejie.disputes.errors import WrongDispute
from qiaojiejie.disputes.lifecycle import DISPUTE, OPEN
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.gateway import CURRENCY, gateway
from qiaojiejie.payments.gateway.disputes import Disputed
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds import queries as refund_queries
from qiaojiejie.refunds import service as refunds

log = structlog.get_logger()

#: how far back disputes are looked for of which no webhook came, in seconds: Stripe tries one for three days
LATELY = 14 * 86400


def look_at(*, stripe_id: str) -> None:
    """Ask Stripe how a dispute stands, and apply it; one Stripe has not got is let be."""
    news = gateway().find_dispute(stripe_id)
    if news is not None:
        apply(news=news)


def discover() -> None:
    """Look through Stripe's latest disputes for those of our payments we were never told of."""
    for page in gateway().recent_disputes(LATELY):
        for stripe_id in _untold(page):
            jobs.defer("disputes.look_for", stripe_id=stripe_id)


def _untold(page: Sequence[Disputed]) -> list[str]:
    ours = payment_queries.intents_known([each.intent for each in page if each.intent is not None])
    known = queries.known([each.id for each in page])
    return [each.id for each in page if each.id not in known and each.intent in ours]


def apply(*, news: Disputed, failure: str | None = None) -> None:
    """Make our rows and the books say what Stripe says, forward only; the same news twice changes nothing.

    ``failure``: why Stripe did not take what we sent. A dispute that is not of a payment of ours is left alone.
    Raises WrongDispute when payment, amount or currency differ.
    """
    found = payment_queries.of_charge(news.intent, news.charge)
    if found is None:
        log.info("not our dispute", dispute=news.id)
        return
    booking = booking_queries.get(found.booking_id, lock=True) if found.booking_id else None
    payment = payment_queries.get(found.id, lock=True)
    dispute = queries.of_stripe(news.id, lock=True)
    if not _fits(news, payment, dispute):
        raise WrongDispute()
    dispute = dispute or _open(news, payment, booking)
    dispute.checked_at = clock.now()
    if dispute.state in OPEN:
        _take(dispute, payment, news)
        _move(dispute, payment, booking, news, failure)


def _fits(news: Disputed, payment: Payment, dispute: Dispute | None) -> bool:
    """It is of a paid payment of ours, always the same, of no more than is left of it, and takes no more than that."""
    if dispute is not None and dispute.payment_id != payment.id:
        return False
    left = payment.amount_fen - payment.lost_fen
    return (dispute is not None and dispute.state not in OPEN) or (
        payment.state == "succeeded" and news.currency == CURRENCY and news.withdrawn <= news.amount <= left)


def _open(news: Disputed, payment: Payment, booking: Booking | None) -> Dispute:
    made = Dispute(
        id=ids.new(), payment_id=payment.id, booking_id=payment.booking_id,
        firm_id=booking.firm_id if booking else None,
        stripe_id=news.id, state=DISPUTE.initial, inquiry=news.inquiry, reason=news.reason, amount_fen=news.amount,
        held_fen=0, fee_fen=0, due_by=news.due_by, attempt=1, opened_at=clock.now(), checked_at=clock.now())
    db.session.add(made)
    db.session.flush()
    record(facts.OPENED, made, payment, ledger.SYSTEM, reason=news.reason, due=_due(made))
    return made


def _take(dispute: Dispute, payment: Payment, news: Disputed) -> None:
    """What Stripe took for it is out of our hands until the bank decides."""
    dispute.amount_fen, dispute.fee_fen, dispute.due_by = news.amount, news.fee, news.due_by
    if news.withdrawn and not dispute.held_fen:
        dispute.held_fen = news.withdrawn
        payments.dispute(payment=payment, amount=news.withdrawn)
        books_service.post(kind="disputed", ref=dispute.stripe_id, booking_id=payment.booking_id,
                           lines=books.disputed(news.withdrawn))


def _move(dispute: Dispute, payment: Payment, booking: Booking | None, news: Disputed, failure: str | None) -> None:
    escalated = dispute.inquiry and not news.inquiry
    dispute.inquiry = news.inquiry
    if news.submitted and dispute.state == "answered":
        dispute.sent_at = dispute.sent_at or clock.now()
    if news.status == "needs_response" and dispute.state != "opened" and (escalated or failure):
        _reopen(dispute, payment, failure)
    elif news.status == "under_review" and dispute.state == "opened":
        _note_answer(dispute, payment)
    elif news.status in ("won", "closed", "prevented") and news.returned >= dispute.held_fen:
        _give_back(dispute, payment, booking, "win" if news.status == "won" else "drop")
    elif news.status == "lost" and (not dispute.held_fen or refunds.known(payment=payment)):
        _lose(dispute, payment, booking)
    elif news.status == "lost":  # once it is known what became of refunds under way
        jobs.defer("disputes.look_again", dispute_id=str(dispute.id))


def _reopen(dispute: Dispute, payment: Payment, failure: str | None) -> None:
    """Stripe did not take our answer, or the bank that only asked now takes the money: it is to be answered anew."""
    row = DISPUTE.move(dispute, "reopen", party="system")
    dispute.failure, dispute.attempt = failure, dispute.attempt + 1
    dispute.answered_at = dispute.sent_at = dispute.evidence = None
    record(row.fact, dispute, payment, ledger.SYSTEM, failure=failure, due=_due(dispute))


def _note_answer(dispute: Dispute, payment: Payment) -> None:
    """It was answered at Stripe itself."""
    row = DISPUTE.move(dispute, "answer", party="system")
    dispute.answered_at = dispute.sent_at = clock.now()
    record(row.fact, dispute, payment, ledger.SYSTEM, by="system")


def _give_back(dispute: Dispute, payment: Payment, booking: Booking | None, step: str) -> None:
    """The money is ours again: what waited for it goes on."""
    row = DISPUTE.move(dispute, step, party="system")
    dispute.decided_at = clock.now()
    if dispute.held_fen:
        payments.settle_dispute(payment=payment, amount=dispute.held_fen, lost=False)
        books_service.post(kind="dispute_won", ref=dispute.stripe_id, booking_id=payment.booking_id,
                           lines=books.reverse(books.disputed(dispute.held_fen)))
        if not payment.disputed_fen:
            refunds.resume(payment=payment)
        _release(dispute, booking)
    record(row.fact, dispute, payment, ledger.SYSTEM, held=dispute.held_fen)


def _lose(dispute: Dispute, payment: Payment, booking: Booking | None) -> None:
    """The money is gone: the family has it, so nothing is owed to it twice; who held it bears it."""
    row = DISPUTE.move(dispute, "lose", party="system")
    dispute.decided_at = clock.now()
    borne = rules.Burden(0, 0)
    if dispute.held_fen:
        payments.settle_dispute(payment=payment, amount=dispute.held_fen, lost=True)
        refunds.settle(payment=payment, amount=dispute.held_fen)
        borne = _bear(dispute, payment, booking)
        _release(dispute, booking)
    record(row.fact, dispute, payment, ledger.SYSTEM, held=dispute.held_fen, recalled=borne.recalled, loss=borne.loss)


def _bear(dispute: Dispute, payment: Payment, booking: Booking | None) -> rules.Burden:
    if booking is None:
        books_service.lock(payment.held)
        borne = rules.burden(lost=dispute.held_fen, held=books_queries.held(payment.held), released=0,
                             waiting=refund_queries.unmade(payment.id))
    else:
        borne = rules.burden(
            lost=dispute.held_fen, held=books_queries.held(payment.held), waiting=refund_queries.waiting(booking.id),
            released=books_queries.released(booking.id))
        if borne.recalled:
            payments.recall(booking=booking, amount=borne.recalled, ref=dispute.stripe_id)
        booking_service.count_back(booking=booking, total=payment_queries.lost(booking.id)
                                   + refund_queries.counted_back(booking.id))
    books_service.post(kind="dispute_lost", ref=dispute.stripe_id, booking_id=payment.booking_id,
                       lines=books.dispute_lost(payment.held, dispute.held_fen, borne.loss))
    return borne


def _release(dispute: Dispute, booking: Booking | None) -> None:
    """A closed booking's money that the dispute held back is released, and that of days agreed to meanwhile."""
    if booking is not None:
        upto = attendance.agreed_fen(booking.id) if booking.state in LIVE else None
        payments.release(booking_id=booking.id, upto=upto, ref=f"{booking.id}:{dispute.stripe_id}")


def _due(dispute: Dispute) -> str | None:
    return dispute.due_by.isoformat() if dispute.due_by else None


def record(fact: str, dispute: Dispute, payment: Payment, by: str, /, **more: Any) -> None:
    """Write a fact about a dispute, with what it is of."""
    ledger.append(fact, subject=payment.subject, actor=by, data={
        "payment": str(payment.id), "dispute": str(dispute.id), "amount": dispute.amount_fen,
        "firm": str(dispute.firm_id) if dispute.firm_id else None, **more})
