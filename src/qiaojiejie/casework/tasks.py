"""What follows a complaint: the people it concerns are told."""

from qiaojiejie.casework import service as casework
from qiaojiejie.ledger import service as ledger


@ledger.follows(*casework.NEWS, name="casework.tell")
def tell(entry_id: int) -> None:
    """Everybody a complaint concerns finds it in the inbox."""
    casework.tell(entry_id=entry_id)
