"""What the piece-work board does by itself: tell makers, take down what is over."""

from qiaojiejie.core import jobs
from qiaojiejie.handwork import service as handwork
from qiaojiejie.ledger import service as ledger


@ledger.follows(*handwork.NEWS, name="handwork.tell")
def tell(entry_id: int) -> None:
    """The maker finds it in the inbox."""
    handwork.tell(entry_id=entry_id)


@jobs.every(3600)
def close() -> None:
    """Orders come off the board after the day of delivery."""
    handwork.close_due()
