"""What attendance does by itself: silence agrees, engagements come to their end, people are told."""

from qiaojiejie.attendance import rules
from qiaojiejie.attendance import service as attendance
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger


@jobs.every(60)
def agree_in_silence() -> None:
    """Days written down 48 hours ago that nobody spoke against."""
    attendance.agree_due()


@jobs.every(600)
def finish_engagements() -> None:
    """Engagements whose last day is over for 72 hours."""
    attendance.finish_due()


@ledger.follows(*rules.NEWS, name="attendance.tell")
def tell(entry_id: int) -> None:
    """Everybody a day of work concerns finds it in the inbox."""
    attendance.tell(entry_id=entry_id)
