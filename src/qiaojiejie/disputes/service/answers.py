"""Answer a dispute, or give in: said in our rows first, then to Stripe by a job, with nothing locked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.disputes import queries, rules
from qiaojiejie.disputes.lifecycle import DISPUTE, OPEN
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.disputes.service.verdicts import apply, look_at, record
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke
from qiaojiejie.payments.gateway import gateway
from qiaojiejie.payments.gateway.disputes import Disputed
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds import queries as refund_queries

#: facts of a booking that show a bank what happened; what a family wrote or complained of is not among them
TOLD = ("booking.", "payment.", "refund.")


def answer(*, actor: Actor, dispute_id: UUID) -> Dispute:
    """The firm or the federation contests a dispute with what is on record of the visit; a job hands it in.

    Raises DisputeNotFound, StepNotPossible.
    """
    dispute, payment, booking, party = _locked(actor, dispute_id)
    row = DISPUTE.move(dispute, "answer", party=party)
    dispute.evidence, dispute.answered_at, dispute.failure = _evidence(payment, booking), clock.now(), None
    record(row.fact, dispute, payment, actor.ref, by=party)
    jobs.defer("disputes.look_again", dispute_id=str(dispute.id))
    return dispute


def concede(*, actor: Actor, dispute_id: UUID) -> Dispute:
    """The federation gives in; a job tells Stripe, and then it is lost. Raises DisputeNotFound, StepNotPossible."""
    dispute, payment, _, party = _locked(actor, dispute_id)
    row = DISPUTE.move(dispute, "concede", party=party)
    dispute.answered_at, dispute.failure = clock.now(), None
    record(row.fact, dispute, payment, actor.ref)
    jobs.defer("disputes.look_again", dispute_id=str(dispute.id))
    return dispute


def _locked(actor: Actor, dispute_id: UUID) -> tuple[Dispute, Payment, Booking | None, str]:
    found, party = queries.of_party(actor, dispute_id)
    booking = booking_queries.get(found.booking_id, lock=True) if found.booking_id else None
    payment = payment_queries.get(found.payment_id, lock=True)
    return queries.get(dispute_id, lock=True), payment, booking, party


def _evidence(payment: Payment, booking: Booking | None) -> str:
    return rules.evidence(
        payment=str(payment.id), amount=payment.amount_fen, given_back=refund_queries.went_back(payment.id),
        paid=clock.local(payment.succeeded_at or payment.created_at),
        visit=_visit(booking) if booking else None, history=_history(payment.subject))


def _visit(booking: Booking) -> rules.Visit:
    came, left = (clock.local(at) if at else None for at in (booking.started_at, booking.ended_at))
    return rules.Visit(
        id=str(booking.id), service=booking.service_code, ordered=clock.local(booking.created_at),
        start=clock.local(booking.start), end=clock.local(booking.end), came=came, left=left, state=booking.state)


def _history(subject: str) -> Sequence[tuple[datetime, str]]:
    return [(clock.local(entry.at), entry.fact) for entry in ledger_queries.about(subject)
            if entry.fact.startswith(TOLD)]


def look_again(*, dispute_id: UUID) -> None:
    """Tell Stripe what it was not told yet, else ask how a dispute stands; apply the answer.

    Raises StripeDown: the job is tried again.
    """
    dispute = queries.get(dispute_id)
    if dispute.state == "answered" and dispute.sent_at is None or dispute.state == "conceded":
        _send(dispute)
    elif dispute.state in OPEN:
        look_at(stripe_id=dispute.stripe_id)


def _send(dispute: Dispute) -> None:
    dispute_id, stripe_id, attempt = dispute.id, dispute.stripe_id, dispute.attempt
    try:
        news = _tell_stripe(dispute)
    except StripeBroke:
        # Stripe keeps its 5xx under the key: the sweep tries again with another
        locked = queries.get(dispute_id, lock=True)
        locked.attempt = max(locked.attempt, attempt + 1)
        return
    except PaymentRefused as refused:
        stands = gateway().find_dispute(stripe_id)
        if stands is not None:
            apply(news=stands, failure=str(refused.params["code"]))
        return
    apply(news=news)


def _tell_stripe(dispute: Dispute) -> Disputed:
    if dispute.state == "conceded":
        return gateway().give_in(dispute.stripe_id, key=f"dispute:{dispute.id}:close:{dispute.attempt}")
    return gateway().hand_in(dispute.stripe_id, key=f"dispute:{dispute.id}:evidence:{dispute.attempt}",
                             text=dispute.evidence or "")
