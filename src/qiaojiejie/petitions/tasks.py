"""What petitions do by themselves: tell those concerned, alarm of what is overdue, end what nobody completes."""

from collections.abc import Sequence

from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.petitions import facts, queries, service as petitions
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@ledger.follows(*petitions.NEWS, name="petitions.tell")
def tell(entry_id: int) -> None:
    """Whom a step on a petition concerns finds it in the inbox."""
    petitions.tell(entry_id=entry_id)


@jobs.every(600)
def alarm_overdue() -> None:
    """Petitions past the last day to decide."""
    petitions.alarm_overdue()


@jobs.every(600)
def lapse_petitions() -> None:
    """Returned petitions nobody completed in 30 days."""
    petitions.lapse_due()


@transparency.publishes(facts.OPENED, facts.DECIDED)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What is asked for and how it was decided."""
    return queries.leaves(entries)
