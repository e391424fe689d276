"""What the jobs wall does by itself: tell people, take down what is over."""

from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.openings import facts, service as openings


@ledger.follows(facts.APPLIED, *openings.NEWS, name="openings.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    openings.tell(entry_id=entry_id)


@jobs.every(3600)
def close() -> None:
    """Openings come off the wall after their last day."""
    openings.close_due()
