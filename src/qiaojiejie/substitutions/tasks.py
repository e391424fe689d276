"""What substitutions follow and do by themselves: what nobody answers lapses, people are told."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import clock, jobs
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.substitutions import queries, rules
from qiaojiejie.substitutions import service as substitutions
from qiaojiejie.workers import facts as worker_facts


@jobs.task("substitutions.lapse")
def lapse(substitution_id: str) -> None:
    """Nobody answered in time."""
    substitutions.lapse(substitution_id=UUID(substitution_id))


@jobs.every(60)
def lapse_unanswered() -> None:
    """What was to be answered by now, each in a transaction of its own."""
    for substitution_id in queries.due(clock.now(), substitutions.BATCH):
        jobs.defer("substitutions.lapse", substitution_id=str(substitution_id))


@ledger.follows(booking_facts.CANCELLED, booking_facts.DECLINED, booking_facts.CHECKED_IN, booking_facts.WORKER_ABSENT,
                booking_facts.HOUSEHOLD_ABSENT, name="substitutions.close")
def close(entry_id: int) -> None:
    """A booking that is off, or has begun, needs nobody else."""
    substitutions.close(booking_id=UUID(ledger_queries.get(entry_id).subject.partition(":")[2]))


@ledger.follows(booking_facts.RESCHEDULED, booking_facts.BEGINNING_SAID, name="substitutions.hasten")
def hasten(entry_id: int) -> None:
    """A booking that begins earlier is answered for earlier."""
    substitutions.hasten(booking_id=UUID(ledger_queries.get(entry_id).subject.partition(":")[2]))


@ledger.follows(*rules.NEWS, name="substitutions.tell")
def tell(entry_id: int) -> None:
    """Everybody a substitution concerns finds it in the inbox."""
    substitutions.tell(entry_id=entry_id)


@ledger.follows(worker_facts.LEFT, name="substitutions.tell_left")
def tell_left(entry_id: int) -> None:
    """The firm of a worker who left finds which bookings need somebody else."""
    substitutions.tell_left(entry_id=entry_id)
