"""What booking does by itself: lets go what is unpaid or unanswered, completes what nobody spoke against, tells."""

from qiaojiejie.booking import rules
from qiaojiejie.booking import service as booking
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger


@jobs.every(10)
def expire_holds() -> None:
    """Holds nobody began to pay in ten minutes."""
    booking.expire_due()


@jobs.every(10)
def lapse_unanswered() -> None:
    """Bookings firms were asked for and did not answer in time."""
    booking.lapse_due()


@jobs.every(60)
def remind_of_balances() -> None:
    """Balances that are due in 3 days and in 1."""
    booking.remind_due()


@jobs.every(60)
def begin_in_silence() -> None:
    """Engagements for a due date of which nobody said when they begin: on the last day that is held."""
    booking.begin_due()


@jobs.every(60)
def end_forgotten() -> None:
    """Visits nobody checked out of, twelve hours after their agreed end."""
    booking.end_forgotten()


@jobs.every(60)
def complete_served() -> None:
    """Services that ended 48 hours ago."""
    booking.complete_due()


@jobs.every(3600)
def forget_doors() -> None:
    """How far from the address somebody checked in, after 30 days."""
    booking.forget_doors()


@jobs.every(3600)
def erase_members() -> None:
    """Members removed from their households, 180 days after, or after the last booking for them."""
    booking.erase_members()


@ledger.follows(*rules.NEWS, name="booking.tell")
def tell(entry_id: int) -> None:
    """Everybody a step concerns finds it in the inbox."""
    booking.tell(entry_id=entry_id)
