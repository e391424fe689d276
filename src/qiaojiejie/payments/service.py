"""Take a booking's money. Never calls Stripe with a row locked: what Stripe says is learned first, then applied.

Three moments of a request: ``begin`` (a row, committed by the route), ``present`` (Stripe, then the row again).
Everything that is learned, however it is learned, goes through ``apply``.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, jobs, money
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payments import facts, queries, rules
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke, WrongIntent
from qiaojiejie.payments.gateway import CURRENCY, Intent, gateway
from qiaojiejie.payments.lifecycle import OPEN, PAYMENT
from qiaojiejie.payments.models import Payment

log = structlog.get_logger()


@dataclass(frozen=True)
class Charge:
    """What Stripe is to be asked, taken from the row before it is let go."""

    payment: UUID
    booking: UUID | None
    amount: int
    method: str
    attempt: int
    intent_id: str | None

    @classmethod
    def of(cls, row: Payment) -> "Charge":
        """The charge a payment's row asks for."""
        return cls(row.id, row.booking_id, row.amount_fen, row.method, row.attempt, row.intent_id)


def begin(*, actor: Actor, booking_id: UUID, method: str, part: str | None = None) -> Charge:
    """Begin to pay what is due of a booking, or take up the payment under way with the method now wanted.

    Raises what ``booking.begin_payment`` raises: not found for strangers, not possible unless something is due.
    """
    booking = booking_service.begin_payment(booking_id=booking_id, actor=actor, part=part)
    now, due = clock.now(), booking.due
    assert due is not None  # else nothing could have been begun
    stmt = insert(Payment).values(
        id=ids.new(), booking_id=booking.id, part=due["part"], state=PAYMENT.initial, method=method,
        amount_fen=due["amount"], attempt=1, created_at=now, checked_at=now)
    db.session.execute(stmt.on_conflict_do_nothing())
    payment = queries.live(booking.id, due["part"], lock=True)
    assert payment is not None  # just inserted, or there was one
    payment.method = method
    return Charge.of(payment)


def present(*, charge: Charge) -> Payment:
    """Have Stripe await the money and give the family what to do next. Call with nothing locked.

    Raises StripeDown (try again with the same key), StripeBroke (the next try uses a new key) or PaymentRefused.
    """
    intent: Intent | None = None
    try:
        intent = _intent_of(charge)
        if intent.status in ("requires_payment_method", "requires_action") and _wants_confirming(charge, intent):
            key = f"pay:{charge.payment}:confirm:{charge.attempt}:{charge.method}:{intent.charge or 'first'}"
            intent = gateway().confirm(intent.id, key=key, method=charge.method, booking=charge.booking)
    except StripeBroke:
        _new_key(charge, intent)
        raise
    except PaymentRefused:
        if intent is None:
            PAYMENT.move(queries.get(charge.payment, lock=True), "fail", party="system")
        raise
    apply(intent=intent)
    return queries.get(charge.payment)


def _intent_of(charge: Charge) -> Intent:
    if charge.intent_id is not None:
        return gateway().retrieve(charge.intent_id)
    return gateway().create(key=f"pay:{charge.payment}:create:{charge.attempt}", payment=charge.payment,
                            booking=charge.booking, amount=charge.amount)


def _wants_confirming(charge: Charge, intent: Intent) -> bool:
    """A wallet must be asked, and again after a declined try; a card is confirmed by the family's own page."""
    return charge.method != "card" and intent.action_method != charge.method


def _new_key(charge: Charge, intent: Intent | None) -> None:
    """Stripe keeps its 5xx answers under their key too: the next try needs another."""
    payment = queries.get(charge.payment, lock=True)
    payment.attempt = max(payment.attempt, charge.attempt + 1)
    if intent is not None and payment.intent_id is None:
        payment.intent_id = intent.id


def apply(*, intent: Intent) -> None:
    """Make our rows say what Stripe says, forward only; the same news twice changes nothing.

    An intent that is not ours is left alone. Raises WrongIntent when id, amount or currency differ.
    """
    found = queries.of_intent(intent.id, intent.payment)
    if found is None:
        log.info("not our intent", intent=intent.id)
        return
    booking = booking_queries.get(found.booking_id, lock=True) if found.booking_id else None
    payment = queries.get(found.id, lock=True)
    if payment.intent_id not in (None, intent.id):
        _stray(intent)
        return
    if (intent.amount, intent.currency) != (payment.amount_fen, CURRENCY):
        raise WrongIntent()
    payment.intent_id, payment.checked_at = intent.id, clock.now()
    if payment.state in OPEN:
        _move(payment, booking, intent)


def _stray(intent: Intent) -> None:
    """A second intent of one payment: made under a key whose answer was a 5xx. Nobody was shown it; it is cancelled."""
    if intent.status == "succeeded":
        raise WrongIntent()
    if intent.status != "canceled":
        jobs.defer("payments.cancel_stray", intent_id=intent.id)


def _move(payment: Payment, booking: Booking | None, intent: Intent) -> None:
    if intent.status == "succeeded":
        _succeed(payment, booking, intent.charge)
    elif intent.status == "canceled":
        PAYMENT.move(payment, "cancel", party="system")
        payment.next_action = None
    elif intent.status == "processing":
        if payment.state != "processing":
            PAYMENT.move(payment, "process", party="system")
    else:
        payment.client_secret = intent.client_secret
        payment.next_action = intent.action or {"type": "client_secret", "url": None, "image": None}
        _await(payment, booking, intent)


def _await(payment: Payment, booking: Booking | None, intent: Intent) -> None:
    """The money is still to come; a try may have been declined since."""
    payment.decline_code = intent.decline_code if intent.status == "requires_payment_method" else None
    if payment.decline_code is None:
        if payment.state != "processing":
            PAYMENT.move(payment, "present", party="system")
        return
    row = PAYMENT.move(payment, "decline", party="system")
    told = ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM,
                         data=_data(payment, code=payment.decline_code), key=f"{row.fact}:{intent.charge}")
    if told is not None and booking is not None:
        notify(booking=booking, kind="payment_failed", amount=payment.amount_fen, key=f"declined:{intent.charge}")


def _succeed(payment: Payment, booking: Booking | None, charge: str | None) -> None:
    row = PAYMENT.move(payment, "succeed", party="system")
    payment.succeeded_at, payment.charge_id = clock.now(), charge
    payment.next_action, payment.decline_code = None, None
    assert payment.intent_id is not None  # apply has set it
    books_service.post(kind="charged", ref=payment.intent_id, booking_id=payment.booking_id,
                       lines=books.charged(payment.held, payment.amount_fen))
    ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM, data=_data(payment, method=payment.method))
    if booking is not None and not booking_service.confirm_payment(
            booking_id=booking.id, part=payment.part):
        payment.overtaken = True
        ledger.append(facts.OVERTAKEN, subject=payment.subject, actor=ledger.SYSTEM, data=_data(payment))


def _data(payment: Payment, **more: str | int) -> dict[str, str | int]:
    return {"payment": str(payment.id), "amount": payment.amount_fen, **more}


def notify(*, booking: Booking, kind: str, amount: int, key: str) -> None:
    """Tell the family about money of a booking, once per ``key``."""
    messages.notify(account_id=booking.household.account_id, kind=kind, key=f"{kind}:{key}", data={
        "booking": str(booking.id), "service_name": booking.service.name, "worker_called": booking.worker.called,
        "start": booking_start(booking), "amount": money.display(amount)})


def booking_start(booking: Booking) -> str:
    """When the visit begins, as a family reads it: ``12月1日 09:00``."""
    start = clock.local(booking.start)
    return f"{start.month}月{start.day}日 {start:%H:%M}"


def look_again(*, payment_id: UUID) -> None:
    """Ask Stripe how a payment stands, and apply it."""
    payment = queries.get(payment_id)
    if payment.state in OPEN and payment.intent_id is not None:
        apply(intent=gateway().retrieve(payment.intent_id))


def look_at(*, intent_id: str) -> None:
    """Ask Stripe how an intent stands (a webhook said it changed), and apply it; one Stripe has not got is let be."""
    intent = gateway().find(intent_id)
    if intent is not None:
        apply(intent=intent)


def cancel_stray(*, intent_id: str) -> None:
    """Cancel a second intent of one payment."""
    if gateway().cancel(intent_id).status == "succeeded":
        raise WrongIntent()


def close(*, booking_id: UUID) -> None:
    """Stop waiting for a booking's money: first no more at Stripe, then the hold may expire.

    Money that came first stands: the booking is confirmed or, when its hold is gone, the money goes back.
    """
    for payment in queries.awaited(booking_id):
        charge = Charge.of(payment)
        try:
            apply(intent=gateway().cancel(_intent_of(charge).id))
        except StripeBroke:
            _new_key(charge, None)
            return  # the new key stands; the sweep asks again
        except PaymentRefused:
            if charge.intent_id is not None:
                raise
            PAYMENT.move(queries.get(charge.payment, lock=True), "fail", party="system")  # there is nothing to cancel
        checkpoint()
    booking = booking_queries.get(booking_id, lock=True)
    if booking.state == "held" and booking.expires_at <= clock.now() and not queries.awaited(booking_id):
        booking_service.expire(booking_id=booking_id)


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
