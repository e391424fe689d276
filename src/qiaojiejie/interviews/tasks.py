"""What interviews do by themselves: tell, and close what nobody spoke of."""

from qiaojiejie.core import jobs
from qiaojiejie.interviews import rules
from qiaojiejie.interviews import service as interviews
from qiaojiejie.ledger import service as ledger


@ledger.follows(*rules.NEWS, name="interviews.tell")
def tell(entry_id: int) -> None:
    """Everybody an interview concerns."""
    interviews.tell(entry_id=entry_id)


@jobs.every(600)
def lapse() -> None:
    """Interviews of which nobody had said anything by the day after."""
    interviews.lapse_due()
