"""What courses do by themselves: end offers, begin sessions, certify late, tell people."""

from qiaojiejie.core import jobs
from qiaojiejie.courses.service import marks, news, queue, sessions
from qiaojiejie.ledger import service as ledger


@ledger.follows(*news.NEWS, name="courses.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    news.tell(entry_id=entry_id)


@jobs.every(30)
def end_offers() -> None:
    """A seat nobody took in time is offered to who is next."""
    queue.end_offers()


@jobs.every(60)
def begin_sessions() -> None:
    """Sessions begin when their first meeting does."""
    sessions.begin_due()


@jobs.every(600)
def certify() -> None:
    """Who passed while the body could not issue is certified once it can."""
    marks.certify_due()
