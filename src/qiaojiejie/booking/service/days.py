"""An engagement by days that is under way: ended early, and over once its days are settled (see ``attendance``)."""

from qiaojiejie.booking import facts
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.service.records import record
from qiaojiejie.booking.service.visits import free_rest, leave
from qiaojiejie.core import clock
from qiaojiejie.ledger import service as ledger


def end_early(*, booking: Booking, party: str, by: str, days: int, fee: int, refund: int, reason: str) -> None:
    """Household or firm ends a locked engagement after ``days`` of work: ``refund`` fen go back, her time is free.

    Raises NotYourStep, StepNotPossible.
    """
    row = BOOKING.move(booking, "end_early", party=party)
    booking.refund_fen += refund
    free_rest(booking, clock.now())
    record(row.fact, booking, by, by=party, days=days, fee=fee, refund=refund, reason=reason)


def finish_days(*, booking: Booking, refund: int) -> None:
    """Every day of a locked engagement is settled: what was paid for days not worked goes back, and it is served."""
    if refund:
        booking.refund_fen += refund
        record(facts.DAYS_UNWORKED, booking, ledger.SYSTEM, refund=refund)
    leave(booking, party="system", by=ledger.SYSTEM, at=clock.now())
