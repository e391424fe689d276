"""What chat does by itself: tells the other parties, erases what is kept no longer."""

from qiaojiejie.chat import facts
from qiaojiejie.chat import service as chat
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger


@ledger.follows(facts.SAID, name="chat.tell")
def tell(entry_id: int) -> None:
    """The other parties find it in the inbox."""
    chat.tell(entry_id=entry_id)


@jobs.every(600)
def erase() -> None:
    """Chats of bookings that ended 180 days ago."""
    chat.erase_due()
