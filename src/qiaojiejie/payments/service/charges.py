"""Take a booking's money, or a prepaid card's. Never calls Stripe with a row locked: what Stripe says is learned first,
then applied.

Three moments of a request: ``begin`` (a row, committed by the route), ``present`` (Stripe, then the row again).
Everything that is learned, however it is learned, goes through ``apply``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import wall
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.changes import service as changes
from qiaojiejie.core import clock, ids, jobs, money
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payments import facts, queries
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

    Raises what ``booking.begin_payment`` raises: not found for strangers, not possible unless something is due; for the
    part ``supplement`` what ``changes.begin_payment`` raises.
    """
    if part == "supplement":
        change = changes.begin_payment(actor=actor, booking_id=booking_id)
        create(booking_id=booking_id, change_id=change.id, part=part, method=method, amount_fen=change.difference_fen)
        return _take_up(queries.live_of_change(change.id, lock=True), method)
    booking = booking_service.begin_payment(booking_id=booking_id, actor=actor, part=part)
    due = booking.due
    assert due is not None  # else nothing could have been begun
    create(booking_id=booking.id, part=due["part"], method=method, amount_fen=due["amount"])
    return _take_up(queries.live(booking.id, due["part"], lock=True), method)


def begin_card(*, card_id: UUID, amount: int, method: str) -> Charge:
    """Begin to buy a prepaid card, which the caller has locked, or take up its payment with the method now wanted."""
    create(card_id=card_id, part="full", method=method, amount_fen=amount)
    return _take_up(queries.live_of_card(card_id, lock=True), method)


def create(**columns: Any) -> UUID | None:
    """A payment's row, in the state it begins in; None when one of the same thing is live."""
    now = clock.now()
    stmt = insert(Payment).values(id=ids.new(), state=PAYMENT.initial, attempt=1, created_at=now, checked_at=now,
                                  **columns)
    return db.session.execute(stmt.on_conflict_do_nothing().returning(Payment.id)).scalar_one_or_none()


def _take_up(payment: Payment | None, method: str) -> Charge:
    assert payment is not None  # just inserted, or there was one
    if payment.state in OPEN:
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
        succeed(payment, booking, intent.charge)
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


def succeed(payment: Payment, booking: Booking | None, charge: str | None = None) -> None:
    """The money of a locked payment is ours to hold: into the books, and the booking stands on it."""
    row = PAYMENT.move(payment, "succeed", party="system")
    payment.succeeded_at, payment.charge_id = clock.now(), charge
    payment.next_action, payment.decline_code = None, None
    _book(payment)
    ledger.append(row.fact, subject=payment.subject, actor=ledger.SYSTEM, data=_data(payment, method=payment.method))
    if booking is not None and not _stands(payment, booking):
        payment.overtaken = True
        ledger.append(facts.OVERTAKEN, subject=payment.subject, actor=ledger.SYSTEM, data=_data(payment))


def _stands(payment: Payment, booking: Booking) -> bool:
    if payment.change_id is not None:
        return changes.settle(change_id=payment.change_id)
    return booking_service.confirm_payment(booking_id=booking.id, part=payment.part)


def _book(payment: Payment) -> None:
    if payment.from_card_id is not None:
        books_service.post(kind="redeemed", ref=str(payment.id), booking_id=payment.booking_id,
                           lines=books.redeemed(payment.from_card_id, payment.held, payment.amount_fen))
        return
    assert payment.intent_id is not None  # apply has set it
    books_service.post(kind="charged", ref=payment.intent_id, booking_id=payment.booking_id,
                       lines=books.charged(payment.held, payment.amount_fen))


def _data(payment: Payment, **more: str | int) -> dict[str, str | int]:
    return {"payment": str(payment.id), "amount": payment.amount_fen, **more}


def notify(*, booking: Booking, kind: str, amount: int, key: str) -> None:
    """Tell the family about money of a booking, once per ``key``."""
    messages.notify(account_id=booking.household.account_id, kind=kind, key=f"{kind}:{key}", data={
        "booking": str(booking.id), "service_name": booking.service.name, "worker_called": booking.worker.called,
        "start": wall(clock.local(booking.start)), "amount": money.display(amount)})


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
    if not stop_awaiting(queries.awaited(booking_id)):
        return  # the sweep asks again
    booking = booking_queries.get(booking_id, lock=True)
    if booking.state == "held" and booking.expires_at <= clock.now() and not queries.awaited(booking_id):
        booking_service.expire(booking_id=booking_id)


def close_change(*, change_id: UUID) -> None:
    """Stop waiting for what a change of a booking costs more: first no more at Stripe, then the change may lapse."""
    if stop_awaiting(queries.awaited_of_change(change_id)) and not queries.awaited_of_change(change_id):
        changes.lapse(change_id=change_id)


def stop_awaiting(awaited: Sequence[Payment]) -> bool:
    """Have Stripe take no more money of these; what came first stands. False when Stripe broke: to be asked again."""
    for payment in awaited:
        charge = Charge.of(payment)
        try:
            apply(intent=gateway().cancel(_intent_of(charge).id))
        except StripeBroke:
            _new_key(charge, None)
            return False  # the new key stands
        except PaymentRefused:
            if charge.intent_id is not None:
                raise
            PAYMENT.move(queries.get(charge.payment, lock=True), "fail", party="system")  # there is nothing to cancel
        checkpoint()
    return True
