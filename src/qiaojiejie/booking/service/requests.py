"""A paid booking the firm is asked for: it accepts in its time, or everything goes back."""

from datetime import datetime
from uuid import UUID

from qiaojiejie.booking import queries
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import overdue
from qiaojiejie.booking.rules import answering, days
from qiaojiejie.booking.service.records import lapse_all, record
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import NOTICE
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.ledger import service as ledger

BATCH = 100


def ask(booking: Booking, now: datetime, came: int) -> None:
    """A locked hold was paid ``came`` fen; it stands once the firm accepts.

    Of a visit of a series she knew long before it is paid: her own notice was kept then.
    """
    notice = NOTICE if booking.payable_from else calendars.terms(booking.worker.no).notice
    row = BOOKING.move(booking, "ask", party="system")
    booking.answer_by = answering.answer_by(start=booking.start, paid_at=now, minutes=booking.answer_minutes or 0,
                                            notice=notice)
    record(row.fact, booking, ledger.SYSTEM, paid=came, answer_by=booking.answer_by.isoformat())


def stand(booking: Booking, now: datetime) -> None:
    """A locked booking stands from now on: the clock of its fee runs, and of what is due."""
    booking.confirmed_at = booking.confirmed_at or now
    booking.remind_at = None if booking.due is None else days.reminder(booking.start, now) or now


def accept(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """The firm accepts what it was asked for. Raises NotYourStep, StepNotPossible, OnBlockList, TooLate."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("accept", state=booking.state, party=party)
    now = clock.now()
    answering.check_acceptable(booking, now, booking.barred)
    row = BOOKING.move(booking, "accept", party=party)
    stand(booking, now)
    record(row.fact, booking, actor.ref, by=party)
    return queries.Shown(booking, party)


def lapse_due() -> None:
    """What firms were asked for and did not answer in time is off and refunded in full, a batch of them."""
    lapse_all(overdue.due_to_lapse(clock.now(), BATCH), by=ledger.SYSTEM)
