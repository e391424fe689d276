"""What needs do by themselves: lapse, tell people."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import jobs
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.needs import facts
from qiaojiejie.needs import service as needs


@ledger.follows(*needs.NEWS, name="needs.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    needs.tell(entry_id=entry_id)


@ledger.follows(facts.POSTED, name="needs.tell_firms")
def tell_firms(entry_id: int) -> None:
    """Firms that may quote find a new need in the inbox."""
    needs.tell_firms(entry_id=entry_id)


@ledger.follows(booking_facts.EXPIRED, name="needs.reopen")
def reopen(entry_id: int) -> None:
    """What was ordered was not paid in time."""
    needs.reopen(booking_id=UUID(ledger_queries.get(entry_id).subject.removeprefix("booking:")))


@jobs.every(30)
def lapse() -> None:
    """Needs nobody ordered from in time, quotes that are good no more."""
    needs.lapse_due()
