"""What guarantees follow and do by themselves: they begin, trials end, promises lapse, people are told."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import clock, jobs
from qiaojiejie.guarantees import queries, rules
from qiaojiejie.guarantees import service as guarantees
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger


@ledger.follows(booking_facts.CHECKED_IN, name="guarantees.begin")
def begin(entry_id: int) -> None:
    """An engagement by days has begun."""
    guarantees.begin(booking_id=_booking(entry_id))


@ledger.follows(booking_facts.ENDED_EARLY, booking_facts.CHECKED_OUT, name="guarantees.close")
def close(entry_id: int) -> None:
    """It has come to its end."""
    guarantees.close(booking_id=_booking(entry_id))


@jobs.task("guarantees.keep")
def keep(booking_id: str) -> None:
    """A trial is over."""
    guarantees.keep(booking_id=UUID(booking_id))


@jobs.task("guarantees.lapse")
def lapse(booking_id: str) -> None:
    """Nobody was taken in time."""
    guarantees.lapse(booking_id=UUID(booking_id))


@jobs.every(60)
def lapse_broken() -> None:
    """Promises that were not kept in time, each in a transaction of its own."""
    for booking_id in queries.due(clock.now(), guarantees.BATCH):
        jobs.defer("guarantees.lapse", booking_id=str(booking_id))


@jobs.every(600)
def keep_tried() -> None:
    """Trials that are over, each in a transaction of its own."""
    for booking_id in queries.trials_over(clock.today(), guarantees.BATCH):
        jobs.defer("guarantees.keep", booking_id=str(booking_id))


@ledger.follows(*rules.NEWS, name="guarantees.tell")
def tell(entry_id: int) -> None:
    """Everybody a guarantee concerns finds it in the inbox."""
    guarantees.tell(entry_id=entry_id)


def _booking(entry_id: int) -> UUID:
    return UUID(ledger_queries.get(entry_id).subject.partition(":")[2])
