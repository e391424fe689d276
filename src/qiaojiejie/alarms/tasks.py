"""What alarms do by themselves: tell who can help, forget where somebody was."""

from qiaojiejie.alarms import facts
from qiaojiejie.alarms import service as alarms
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger


@ledger.follows(facts.RAISED, facts.ACKNOWLEDGED, facts.WITHDRAWN, facts.RESOLVED, name="alarms.tell")
def tell(entry_id: int) -> None:
    """The firm and the duty desk, and who called."""
    alarms.tell(entry_id=entry_id)


@jobs.every(3600)
def forget_places() -> None:
    """Places of alarms that ended 30 days ago."""
    alarms.forget_places()
