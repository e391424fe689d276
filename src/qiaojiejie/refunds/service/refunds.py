"""Give money back. A row first; then Stripe, with nothing locked; then the row again."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke
from qiaojiejie.payments.gateway import GivenBack, gateway
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.service import notify
from qiaojiejie.refunds import facts, queries
from qiaojiejie.refunds.errors import RefundTooLarge, RefundWaits, WrongRefund
from qiaojiejie.refunds.lifecycle import REFUND
from qiaojiejie.refunds.models import Refund

log = structlog.get_logger()

#: Stripe forgets a key after a day: long before, a refund whose answer was lost is looked for rather than asked again
KEY_KEPT = timedelta(hours=12)
#: what Stripe says of a refund it takes no more, a bank having disputed the charge; on a requested refund: it waits
DISPUTED = "charge_disputed"


def request(*, payment_id: UUID, amount: int, entry_id: int) -> Refund:
    """Owe ``amount`` fen of a payment to the family because of an entry of the ledger; asked twice, the same row.

    What was released already is recalled from the firm at once. Raises RefundTooLarge when more than was paid would
    go back.
    """
    booking_id = payment_queries.get(payment_id).booking_id
    booking = booking_queries.get(booking_id, lock=True) if booking_id else None
    payment = payment_queries.get(payment_id, lock=True)
    already = queries.answering(payment_id, entry_id)
    if already is not None:
        return already
    if payment.state != "succeeded" or amount > left(payment):
        raise RefundTooLarge()
    refund = _add(payment, amount, ledger_queries.get(entry_id))
    if booking is not None:
        _hold(booking, ref=str(refund.id))
    if payment.from_card_id is not None:
        _return(refund, payment, payment.from_card_id)
    else:
        jobs.defer("refunds.look_again", refund_id=str(refund.id))
    return refund


def left(payment: Payment) -> int:
    """Fen of a payment that can still be given back."""
    return payment.amount_fen - payment.lost_fen - queries.owed(payment.id)


def _add(payment: Payment, amount: int, entry: LedgerEntry) -> Refund:
    now, refund_id = clock.now(), ids.new()
    db.session.execute(insert(Refund).values(
        id=refund_id, payment_id=payment.id, state=REFUND.initial, amount_fen=amount, because=entry.fact,
        entry_id=entry.id, attempt=1, created_at=now, checked_at=now))
    refund = queries.get(refund_id)
    ledger.append(facts.REQUESTED, subject=payment.subject, actor=ledger.SYSTEM,
                  data={**told(refund), "because": entry.fact})
    return refund


def _hold(booking: Booking, ref: str) -> None:
    """What is to go back is held for the family from now on, taken from the firm when it was released already."""
    short = queries.waiting(booking.id) - books_queries.held(books.escrow(booking.id))
    if short > 0:
        payments.recall(booking=booking, amount=short, ref=ref)


def _return(refund: Refund, payment: Payment, card_id: UUID) -> None:
    """What was paid from a prepaid card is on it again at once; what becomes of it there its own room sees to."""
    row = REFUND.move(refund, "return", party="system")
    refund.settled_at = clock.now()
    books_service.post(kind="returned", ref=str(refund.id), booking_id=payment.booking_id,
                       lines=books.returned(payment.held, card_id, refund.amount_fen))
    ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM, data=told(refund))
    _tell(refund, payment, "refund_returned")


def answer(*, booking_id: UUID, amount: int, entry_id: int) -> None:
    """What happened to a booking owes the family ``amount`` fen of what it paid, the last paid first.

    What its bank took back already is no longer owed.
    """
    booking = booking_queries.get(booking_id, lock=True)
    lost = payment_queries.lost(booking_id)
    if lost:
        amount = min(amount, booking.decided_fen - lost - queries.counted_back(booking_id))
    for payment in payment_queries.paid(booking_id):
        already = queries.answering(payment.id, entry_id)
        part = already.amount_fen if already else min(amount, left(payment))
        if part > 0 and already is None:
            request(payment_id=payment.id, amount=part, entry_id=entry_id)
        amount -= part


def ask_again(*, actor: Actor, refund_id: UUID) -> Refund:
    """The federation has a failed refund tried once more, as a refund of its own. Raises StepNotPossible."""
    failed, payment = _locked(refund_id)
    row = REFUND.move(failed, "replace", party="federation")
    db.session.flush()
    entry_id = ledger.append(row.fact, subject=payment.subject, actor=actor.ref, data=told(failed))
    assert entry_id is not None  # it has no key
    return request(payment_id=payment.id, amount=failed.amount_fen, entry_id=entry_id)


def repay(*, actor: Actor, refund_id: UUID, reference: str) -> Refund:
    """The federation paid a failed refund back by bank transfer; ``reference``: the bank's.

    Raises StepNotPossible, RefundWaits.
    """
    refund, payment = _locked(refund_id)
    if payment.disputed_fen:
        raise RefundWaits()
    row = REFUND.move(refund, "repay", party="federation")
    refund.bank_reference, refund.settled_at = reference, clock.now()
    books_service.post(kind="repaid", ref=str(refund.id), booking_id=payment.booking_id,
                       lines=books.repaid(payment.held, refund.amount_fen))
    ledger.append(row.fact, subject=payment.subject, actor=actor.ref, data=told(refund))
    _tell(refund, payment, "refund_repaid")
    return refund


def _locked(refund_id: UUID) -> tuple[Refund, Payment]:
    """A refund and its payment, locked in order: the booking first."""
    payment_id = queries.get(refund_id).payment_id
    booking_id = payment_queries.get(payment_id).booking_id
    if booking_id is not None:
        booking_queries.get(booking_id, lock=True)
    payment = payment_queries.get(payment_id, lock=True)
    return queries.get(refund_id, lock=True), payment


def look_again(*, refund_id: UUID) -> None:
    """Ask Stripe for a refund that was not asked for yet, else how it stands; apply the answer.

    Raises StripeDown: the job is tried again.
    """
    refund = queries.get(refund_id)
    if refund.stripe_id is not None:
        apply(news=gateway().retrieve_refund(refund.stripe_id))
    elif refund.state == "requested":
        _submit(refund, payment_queries.get(refund.payment_id))


def _submit(refund: Refund, payment: Payment) -> None:
    assert payment.intent_id is not None  # a succeeded payment has one
    refund_id, amount, attempt, intent_id = refund.id, refund.amount_fen, refund.attempt, payment.intent_id
    disputed = payment.disputed_fen > 0
    if disputed and refund.failure == DISPUTED:
        return
    try:
        asked_before = disputed or attempt > 1 or clock.now() - refund.created_at > KEY_KEPT
        news = gateway().find_refund(intent_id, refund_id) if asked_before else None
        if news is None and disputed:
            _wait(refund_id)
            return
        if news is None:
            news = gateway().give_back(intent_id, key=_key(refund_id, attempt), refund=refund_id, amount=amount)
    except StripeBroke:
        # Stripe keeps its 5xx under the key: the sweep asks again with another, having looked for the refund first
        locked = queries.get(refund_id, lock=True)
        locked.attempt = max(locked.attempt, attempt + 1)
        return
    except PaymentRefused as refused:
        code = str(refused.params["code"])
        if code == DISPUTED and not payment.lost_fen:
            _wait(refund_id)
        else:
            _refuse(refund_id, code)
        return
    apply(news=news)


def _key(refund_id: UUID, attempt: int) -> str:
    return str(refund_id) if attempt == 1 else f"{refund_id}:{attempt}"


def _wait(refund_id: UUID) -> None:
    """Stripe has not made it, and will not while the charge is disputed; asked again, it needs another key."""
    refund, _ = _locked(refund_id)
    if refund.state == "requested":
        refund.failure, refund.attempt = DISPUTED, refund.attempt + 1


def _refuse(refund_id: UUID, code: str) -> None:
    """Stripe will not give it back: a person must (the row and the fact say so; the money stays held)."""
    refund, payment = _locked(refund_id)
    if refund.state == "requested":
        _fail(refund, payment, code, booked=False)


def look_at(*, stripe_id: str) -> None:
    """Ask Stripe how a refund stands (a webhook said it changed), and apply it; one Stripe has not got is let be."""
    news = gateway().find_given_back(stripe_id)
    if news is not None:
        apply(news=news)


def apply(*, news: GivenBack) -> None:
    """Make our row say what Stripe says, forward only; the same news twice changes nothing.

    A refund that is not ours is left alone. Raises WrongRefund when the amount differs.
    """
    found = queries.of_stripe(news.id, news.refund)
    if found is None:
        log.info("not our refund", refund=news.id)
        return
    refund, payment = _locked(found.id)
    if refund.amount_fen != news.amount or refund.stripe_id not in (None, news.id):
        raise WrongRefund()
    refund.stripe_id, refund.checked_at = news.id, clock.now()
    if refund.state == "requested":
        _book(refund, payment)
    if news.status == "pending" and refund.state == "submitted":
        REFUND.move(refund, "pend", party="system")
    elif news.status == "succeeded" and refund.state in ("submitted", "pending"):
        _succeed(refund, payment)
    elif news.status in ("failed", "canceled") and refund.state in ("submitted", "pending", "succeeded"):
        _fail(refund, payment, news.failure or news.status, booked=True)


def _book(refund: Refund, payment: Payment) -> None:
    """Stripe took it on: from now on the money is no longer held."""
    REFUND.move(refund, "submit", party="system")
    books_service.post(kind="refunded", ref=str(refund.id), booking_id=payment.booking_id,
                       lines=books.refunded(payment.held, refund.amount_fen))
    _tell(refund, payment, "refund_submitted")


def _succeed(refund: Refund, payment: Payment) -> None:
    row = REFUND.move(refund, "succeed", party="system")
    refund.settled_at = clock.now()
    ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM, data=told(refund))
    _tell(refund, payment, "refund_succeeded")


def _fail(refund: Refund, payment: Payment, failure: str, *, booked: bool) -> None:
    """The money came back to us, or never left: it is held for the family until the federation sees to it."""
    row = REFUND.move(refund, "fail", party="system")
    refund.failure, refund.settled_at = failure, clock.now()
    if booked:
        books_service.post(kind="refund_failed", ref=str(refund.id), booking_id=payment.booking_id,
                           lines=books.reverse(books.refunded(payment.held, refund.amount_fen)))
    ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM, data={**told(refund), "failure": failure})
    _tell(refund, payment, "refund_failed")


def _tell(refund: Refund, payment: Payment, kind: str) -> None:
    """Tell the family whose booking it was; what is told of a card's money is told by its own room."""
    if payment.booking_id is not None:
        notify(booking=booking_queries.get(payment.booking_id), kind=kind, amount=refund.amount_fen,
               key=str(refund.id))


def told(refund: Refund) -> dict[str, str | int]:
    """What every fact about a refund says."""
    return {"payment": str(refund.payment_id), "refund": str(refund.id), "amount": refund.amount_fen}
