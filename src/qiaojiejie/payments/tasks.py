"""What payments follow and do by themselves. Each job may run twice and calls Stripe with nothing locked."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.changes import facts as change_facts
from qiaojiejie.changes import queries as changes
from qiaojiejie.core import clock, jobs
from qiaojiejie.inbox import service as inbox
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import queries
from qiaojiejie.payments import service as payments


@inbox.receives("pi_", name="payments.look_at_intent")
def look_at_intent(intent_id: str) -> None:
    """A webhook spoke of an intent: ask Stripe how it stands."""
    payments.look_at(intent_id=intent_id)


@jobs.task("payments.look_again")
def look_again(payment_id: str) -> None:
    """Ask Stripe how a payment stands."""
    payments.look_again(payment_id=UUID(payment_id))


@jobs.task("payments.cancel_stray")
def cancel_stray(intent_id: str) -> None:
    """Cancel a second intent of one payment."""
    payments.cancel_stray(intent_id=intent_id)


@jobs.task("payments.close")
def close(booking_id: str) -> None:
    """Stop waiting for a booking's money."""
    payments.close(booking_id=UUID(booking_id))


@jobs.task("payments.close_change")
def close_change(change_id: str) -> None:
    """Stop waiting for what a change of a booking costs more."""
    payments.close_change(change_id=UUID(change_id))


@ledger.follows(change_facts.WITHDRAWN, change_facts.LAPSED, name="payments.close_given_up")
def close_given_up(entry_id: int) -> None:
    """A change that is off must not be paid any more."""
    payments.close_change(change_id=UUID(ledger_queries.get(entry_id).data["change"]))


@ledger.follows(booking_facts.CANCELLED, booking_facts.DECLINED, booking_facts.WORKER_ABSENT,
                booking_facts.HOUSEHOLD_ABSENT, booking_facts.LAPSED, name="payments.close_cancelled")
def close_cancelled(entry_id: int) -> None:
    """A booking that is off before all of it was paid must not be paid any more."""
    payments.close(booking_id=_booking(entry_id))


@ledger.follows(booking_facts.COMPLETED, name="payments.release_completed")
def release_completed(entry_id: int) -> None:
    """A completed booking's money is released: all that is not to go back."""
    payments.release(booking_id=_booking(entry_id))


@ledger.follows(booking_facts.CANCELLED, booking_facts.HOUSEHOLD_ABSENT, name="payments.release_fee")
def release_fee(entry_id: int) -> None:
    """The fee of a late cancellation or of an empty home is released; the rest is refunded (see ``refunds``)."""
    payments.release(booking_id=_booking(entry_id))


@jobs.every(10)
def close_overdue() -> None:
    """Holds past their time whose payment was begun."""
    for booking_id in queries.holds_to_close(clock.now()):
        jobs.defer("payments.close", booking_id=str(booking_id))


@jobs.every(10)
def close_overdue_changes() -> None:
    """Changes past their time whose payment was begun."""
    for change_id in changes.due_to_close(clock.now()):
        jobs.defer("payments.close_change", change_id=str(change_id))


@jobs.every(5)
def reconcile() -> None:
    """Payments Stripe was not asked about for a while: no webhook is needed for a payment to come right."""
    for payment_id in queries.mark_stale():
        jobs.defer("payments.look_again", payment_id=str(payment_id))


def _booking(entry_id: int) -> UUID:
    return UUID(ledger_queries.get(entry_id).subject.removeprefix("booking:"))
