"""What activities do by themselves: tell people."""

from qiaojiejie.activities import service as activities
from qiaojiejie.ledger import service as ledger


@ledger.follows(*activities.NEWS, name="activities.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    activities.tell(entry_id=entry_id)
