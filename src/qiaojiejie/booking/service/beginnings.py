"""A birth that was waited for: the engagement's days move to when it begins, and the rest of the window is free."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries
from qiaojiejie.booking.errors import NotFreeToBegin
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.queries import overdue, pricing
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.booking.rules import hours, windows
from qiaojiejie.booking.service.moves import reseat
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import Span
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.coupons.rules import line_of
from qiaojiejie.ledger import service as ledger

BATCH = 100


def say_beginning(*, actor: Actor, booking_id: UUID, starts_on: date) -> queries.Shown:
    """The household, or the firm, says on which day it begins: in the window that is held, or on days around it on
    which she is free.

    Raises BookingNotFound, NotYourStep, StepNotPossible, NothingToBegin, TooLittleNotice, BeginningTooLate,
    NotFreeToBegin, SlotTaken (somebody was quicker), OnBlockList, WorkerNotBookable, WorkerNotEligible.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("say_beginning", state=booking.state, party=party)
    windows.check_begins(booking, starts_on, clock.now())
    if not windows.within(booking, starts_on):
        _check_outside(booking, _span(booking, starts_on))
    _begin(booking, starts_on, party, actor.ref)
    return queries.Shown(booking, party)


def begin_due() -> None:
    """Of whom nobody has said when it begins, it begins on the last day that is held; a batch of them."""
    for booking in overdue.due_to_begin(windows.silent(clock.now()), BATCH):
        assert booking.window_ends is not None  # what was looked for
        _begin(booking, booking.window_ends, "system", ledger.SYSTEM)


def _check_outside(booking: Booking, span: Span) -> None:
    pricing.check_papers(booking.worker, booking.firm_id, booking.service, *span)
    if not calendars.unengaged(booking.worker.no, [span], but=booking.ref):
        raise NotFreeToBegin()


def _span(booking: Booking, starts_on: date) -> Span:
    """From her first day to the end of her last."""
    assert booking.days is not None  # what waits for a birth goes by days
    return windows.comes(starts_on), hours.at(starts_on + booking.days * windows.DAY)


def _begin(booking: Booking, starts_on: date, party: str, by: str) -> None:
    assert booking.plan is not None and booking.days is not None
    was, span = booking.total_fen, _span(booking, starts_on)
    days = by_days.worked_on(starts_on, booking.days, range(1, 8))
    plan = by_days.moved(booking.plan, days, catalog.holidays(days[0], days[-1]))
    lines = booking.lines if by_days.times(plan) >= plan["window"]["times"] else _lines(booking, plan)
    worth = sum(line["amount"] for line in lines)
    if worth < was:
        plan, becomes = by_days.fallen(plan, worth, booking.paid_fen, booking.balance_begun_at is not None)
        if becomes:
            booking.lines, booking.total_fen = lines, worth
    booking.window_ends = None
    reseat(booking, "say_beginning", party=party, by=by, during=Range(*span, bounds="[)"), plan=plan,
           more={"total": booking.total_fen, "worth": min(worth, was)})
    now = clock.now()
    booking.remind_at = None if booking.due is None else by_days.reminder(booking.start, now) or now


def _lines(booking: Booking, plan: by_days.Plan) -> list[dict[str, Any]]:
    """What fewer holidays cost, by the price and the fees of the day of the quote, less the same coupon."""
    quoted = db.session.get_one(Quote, booking.quote_id)
    wage = by_days.wage(price_fen=plan["window"]["price_fen"], unit=booking.service.unit, times=by_days.times(plan),
                        permille=plan["wage_permille"])
    fees = catalog.fees(booking.service_code, clock.local(quoted.created_at).date(), booking.firm_id)
    coupon = line_of(booking.lines)
    return [*price_lines(wage_fen=wage, fees=fees), *([coupon] if coupon else [])]
