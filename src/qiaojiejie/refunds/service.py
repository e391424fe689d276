"""Give money back. A row first; then Stripe, with nothing locked; then the row again."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke
from qiaojiejie.payments.gateway import GivenBack, gateway
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.service import notify
from qiaojiejie.refunds import facts, queries
from qiaojiejie.refunds.errors import RefundTooLarge, WrongRefund
from qiaojiejie.refunds.lifecycle import REFUND
from qiaojiejie.refunds.models import Refund

log = structlog.get_logger()

#: Stripe forgets a key after a day: long before, a refund whose answer was lost is looked for rather than asked again
KEY_KEPT = timedelta(hours=12)


def request(*, payment_id: UUID, amount: int, because: str) -> Refund:
    """Owe ``amount`` fen of a payment to the family ``because`` of a fact; asked twice, the same row.

    Raises RefundTooLarge when more than was paid would go back.
    """
    booking_id = payment_queries.get(payment_id).booking_id
    booking_queries.get(booking_id, lock=True)
    payment = payment_queries.get(payment_id, lock=True)
    already = queries.because(payment_id, because)
    if already is not None:
        return already
    if payment.state != "succeeded" or queries.owed(payment_id) + amount > payment.amount_fen:
        raise RefundTooLarge()
    now, refund_id = clock.now(), ids.new()
    db.session.execute(insert(Refund).values(
        id=refund_id, payment_id=payment_id, state=REFUND.initial, amount_fen=amount, because=because, attempt=1,
        created_at=now, checked_at=now))
    refund = queries.get(refund_id)
    ledger.append(facts.REQUESTED, subject=f"booking:{booking_id}", actor=ledger.SYSTEM,
                  data={**_data(refund), "because": because})
    jobs.defer("refunds.look_again", refund_id=str(refund_id))
    return refund


def answer(*, booking_id: UUID, amount: int, because: str) -> None:
    """A booking's end owes the family ``amount`` fen: nothing when nothing was paid."""
    payment = payment_queries.live(booking_id)
    if amount > 0 and payment is not None and payment.state == "succeeded":
        request(payment_id=payment.id, amount=amount, because=because)


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
    try:
        asked_before = attempt > 1 or clock.now() - refund.created_at > KEY_KEPT
        news = gateway().find_refund(intent_id, refund_id) if asked_before else None
        if news is None:
            news = gateway().give_back(intent_id, key=_key(refund_id, attempt), refund=refund_id, amount=amount)
    except StripeBroke:
        # Stripe keeps its 5xx under the key: the sweep asks again with another, having looked for the refund first
        locked = queries.get(refund_id, lock=True)
        locked.attempt = max(locked.attempt, attempt + 1)
        return
    except PaymentRefused as refused:
        _refuse(refund_id, payment, str(refused.params["code"]))
        return
    apply(news=news)


def _key(refund_id: UUID, attempt: int) -> str:
    return str(refund_id) if attempt == 1 else f"{refund_id}:{attempt}"


def _refuse(refund_id: UUID, payment: Payment, code: str) -> None:
    """Stripe will not give it back: a person must (the row and the fact say so; the money stays held)."""
    booking = booking_queries.get(payment.booking_id, lock=True)
    refund = queries.get(refund_id, lock=True)
    if refund.state == "requested":
        _fail(refund, booking, code, booked=False)


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
    booking = booking_queries.get(payment_queries.get(found.payment_id).booking_id, lock=True)
    refund = queries.get(found.id, lock=True)
    if refund.amount_fen != news.amount or refund.stripe_id not in (None, news.id):
        raise WrongRefund()
    refund.stripe_id, refund.checked_at = news.id, clock.now()
    if refund.state == "requested":
        _book(refund, booking)
    if news.status == "pending" and refund.state == "submitted":
        REFUND.move(refund, "pend", party="system")
    elif news.status == "succeeded" and refund.state in ("submitted", "pending"):
        _succeed(refund, booking)
    elif news.status in ("failed", "canceled") and refund.state != "failed":
        _fail(refund, booking, news.failure or news.status, booked=True)


def _book(refund: Refund, booking: Booking) -> None:
    """Stripe took it on: from now on the money is no longer held."""
    REFUND.move(refund, "submit", party="system")
    books_service.post(kind="refunded", ref=str(refund.id), booking_id=booking.id,
                       lines=books.refunded(booking.id, refund.amount_fen))
    notify(booking=booking, kind="refund_submitted", amount=refund.amount_fen, key=str(refund.id))


def _succeed(refund: Refund, booking: Booking) -> None:
    row = REFUND.move(refund, "succeed", party="system")
    refund.settled_at = clock.now()
    ledger.append(row.fact, subject=f"booking:{booking.id}", actor=ledger.SYSTEM, data=_data(refund))
    notify(booking=booking, kind="refund_succeeded", amount=refund.amount_fen, key=str(refund.id))


def _fail(refund: Refund, booking: Booking, failure: str, *, booked: bool) -> None:
    """The money came back to us, or never left: it is held again."""
    row = REFUND.move(refund, "fail", party="system")
    refund.failure, refund.settled_at = failure, clock.now()
    if booked:
        books_service.post(kind="refund_failed", ref=str(refund.id), booking_id=booking.id,
                           lines=books.reverse(books.refunded(booking.id, refund.amount_fen)))
    ledger.append(row.fact, subject=f"booking:{booking.id}", actor=ledger.SYSTEM,
                  data={**_data(refund), "failure": failure})
    notify(booking=booking, kind="refund_failed", amount=refund.amount_fen, key=str(refund.id))


def _data(refund: Refund) -> dict[str, str | int]:
    return {"payment": str(refund.payment_id), "refund": str(refund.id), "amount": refund.amount_fen}
