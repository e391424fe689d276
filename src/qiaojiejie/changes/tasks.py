"""What changes do by themselves: those nobody answers or pays lapse, people are told."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.changes import rules
from qiaojiejie.changes import service as changes
from qiaojiejie.core import jobs
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger


@jobs.every(10)
def lapse_changes() -> None:
    """Changes nobody agreed to, or began to pay, in time."""
    changes.lapse_due()


@ledger.follows(booking_facts.CANCELLED, booking_facts.DECLINED, booking_facts.WORKER_ABSENT,
                booking_facts.HOUSEHOLD_ABSENT, booking_facts.CHECKED_IN, booking_facts.CHECKED_OUT,
                booking_facts.SUBSTITUTED, booking_facts.RESCHEDULED, name="changes.drop")
def drop(entry_id: int) -> None:
    """A booking that has gone on, to another worker or time too, is not changed as it was asked any more."""
    changes.drop(booking_id=UUID(ledger_queries.get(entry_id).subject.removeprefix("booking:")))


@ledger.follows(*rules.NEWS, name="changes.tell")
def tell(entry_id: int) -> None:
    """Everybody a change concerns finds it in the inbox."""
    changes.tell(entry_id=entry_id)
