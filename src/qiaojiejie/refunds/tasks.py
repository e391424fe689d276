"""What refunds follow and do by themselves. Each job may run twice and calls Stripe with nothing locked."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import jobs
from qiaojiejie.inbox import service as inbox
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import facts as payment_facts
from qiaojiejie.refunds import queries
from qiaojiejie.refunds import service as refunds


@ledger.follows(booking_facts.CANCELLED, booking_facts.DECLINED, booking_facts.WORKER_ABSENT,
                booking_facts.HOUSEHOLD_ABSENT, booking_facts.REFUND_GRANTED, booking_facts.ENDED_EARLY,
                booking_facts.DAYS_UNWORKED, booking_facts.LAPSED, booking_facts.RESCHEDULED,
                name="refunds.answer")
def answer(entry_id: int) -> None:
    """What a booking's end, a lower price or a firm's goodwill owes the family, it gets back."""
    entry = ledger_queries.get(entry_id)
    refunds.answer(booking_id=UUID(entry.subject.removeprefix("booking:")), amount=entry.data.get("refund", 0),
                   entry_id=entry.id)


@ledger.follows(payment_facts.OVERTAKEN, name="refunds.answer_late")
def answer_late(entry_id: int) -> None:
    """Money that came after its booking was gone goes back, all of it."""
    entry = ledger_queries.get(entry_id)
    refunds.request(payment_id=UUID(entry.data["payment"]), amount=entry.data["amount"], entry_id=entry.id)


@inbox.receives("re_", name="refunds.look_at_refund")
def look_at_refund(stripe_id: str) -> None:
    """A webhook spoke of a refund: ask Stripe how it stands."""
    refunds.look_at(stripe_id=stripe_id)


@jobs.task("refunds.look_again")
def look_again(refund_id: str) -> None:
    """Submit a refund, or ask how it stands."""
    refunds.look_again(refund_id=UUID(refund_id))


@jobs.every(5)
def reconcile() -> None:
    """Refunds Stripe was not asked about for a while."""
    for refund_id in queries.mark_stale():
        jobs.defer("refunds.look_again", refund_id=str(refund_id))
