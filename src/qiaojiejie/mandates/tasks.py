"""What mandates do by themselves: send word to the family, end in time."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.mandates import facts
from qiaojiejie.mandates import service as mandates


@jobs.task("mandates.send_word")
def send_word(booking_id: str, sealed: str) -> None:
    """The text message of a booking made for somebody."""
    mandates.send_word(booking_id=UUID(booking_id), sealed=sealed)


@ledger.follows(facts.BOOKED, name="mandates.tell")
def tell(entry_id: int) -> None:
    """The family finds it in the inbox too."""
    mandates.tell(entry_id=entry_id)


@jobs.every(3600)
def end_due() -> None:
    """Mandates of which the time is over."""
    mandates.end_due()
