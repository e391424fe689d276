"""What lists do by themselves: tell those concerned, end what is over, blame a firm that sends a blocked worker."""

from collections.abc import Sequence

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import facts, queries, service as lists
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@ledger.follows(*lists.NEWS, name="lists.tell")
def tell(entry_id: int) -> None:
    """Whom an entry is about finds it in the inbox."""
    lists.tell(entry_id=entry_id)


@ledger.follows(facts.ENTERED, name="lists.tell_families")
def tell_families(entry_id: int) -> None:
    """Families with a visit ahead may cancel it for nothing."""
    lists.tell_families(entry_id=entry_id)


@ledger.follows(booking_facts.COMPLETED, name="lists.blame")
def blame(entry_id: int) -> None:
    """A blocked worker was sent all the same."""
    lists.blame(entry_id=entry_id)


@jobs.every(60)
def leave_lists() -> None:
    """Entries whose last day is over."""
    lists.leave_due()


@transparency.publishes(facts.PROPOSED, facts.REJECTED, facts.WITHDRAWN)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What was proposed and came to nothing is seen too; entering and leaving are credit's events."""
    return queries.leaves(entries)
