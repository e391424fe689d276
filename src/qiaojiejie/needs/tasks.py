"""What needs do by themselves: lapse, tell people."""

from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.needs import service as needs


@ledger.follows(*needs.NEWS, name="needs.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    needs.tell(entry_id=entry_id)


@jobs.every(30)
def lapse() -> None:
    """Needs nobody ordered from in time, quotes that are good no more."""
    needs.lapse_due()
