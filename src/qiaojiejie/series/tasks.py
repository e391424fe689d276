"""What series do by themselves: settle on their first payment, remind, tell."""

from uuid import UUID

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import jobs
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.series import rules
from qiaojiejie.series import service as series


@ledger.follows(booking_facts.CONFIRMED, booking_facts.ACCEPTED, booking_facts.EXPIRED, booking_facts.CANCELLED,
                booking_facts.DECLINED, booking_facts.LAPSED, name="series.follow")
def follow(entry_id: int) -> None:
    """A visit of a series stands, or is gone."""
    series.follow(entry_id=entry_id)


@ledger.follows(booking_facts.RESCHEDULED, booking_facts.SUBSTITUTED, name="series.follow_booking")
def follow_booking(entry_id: int) -> None:
    """A paid visit of a series was moved, or another worker comes: edits of many leave it from then on."""
    series.follow_booking(booking_id=UUID(ledger_queries.get(entry_id).subject.removeprefix("booking:")))


@jobs.every(60)
def settle_series() -> None:
    """Series whose first visit stands or is gone, and visits on holidays nobody answered for."""
    series.settle_all()


@jobs.every(600)
def finish_series() -> None:
    """Series whose last visit is over."""
    series.finish_all()


@jobs.every(60)
def remind_of_visits() -> None:
    """Visits of series to be paid, 72 and 36 hours before."""
    series.remind_due()


@ledger.follows(*rules.NEWS, name="series.tell")
def tell(entry_id: int) -> None:
    """Everybody an edit of a series concerns finds it in the inbox."""
    series.tell(entry_id=entry_id)
