"""Write days of work down, agree to them or contest them, decide; end an engagement early; see each to its end.

The booking is locked before its days, so that two who speak of one day do so one after the other.
"""

from datetime import date
from typing import Any
from uuid import UUID

from qiaojiejie.attendance import facts, queries, rules
from qiaojiejie.attendance.errors import DayNotPlanned, DayRecordedAlready, MinutesNeeded, NotHerDay, ReasonNeeded
from qiaojiejie.attendance.lifecycle import WORKDAY
from qiaojiejie.attendance.models import EngagementEnding, Workday
from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import days
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payments import service as payments

BATCH = 100


def write_down(*, actor: Actor, booking_id: UUID, day: date, minutes: int) -> Workday:
    """The worker whose day it was, or her firm for her, writes a day of work down, once.

    Raises BookingNotFound, NotYourStep, NotByTheDay, NotUnderWay, DayNotPlanned, NotHerDay, TooEarly, TooLate,
    DayRecordedAlready.
    """
    booking = bookings.get(booking_id, lock=True)
    party, worker_id = queries.party_of(actor, booking)
    if party == "household":
        raise NotYourStep(step="write_down")
    plan = queries.under_way(booking)
    whose = UUID(days.worker_of(plan, day, str(booking.worker_id)))
    price = days.prices(plan, booking.total_fen).get(day)
    if price is None or day > queries.last_day(booking):
        raise DayNotPlanned(day=day.isoformat())
    if worker_id not in (None, whose):
        raise NotHerDay(day=day.isoformat())
    rules.check_day(rules.turns(plan)[day], clock.now())
    if any(row.day == day for row in queries.written(booking.id)):
        raise DayRecordedAlready(day=day.isoformat())
    half = rules.is_half(minutes, plan["half_minutes"])
    made = Workday(id=ids.new(), booking_id=booking.id, worker_id=whose, day=day, minutes=minutes, half=half,
                   fen=rules.price(price, half), state=WORKDAY.initial, recorded_by=actor.account_id,
                   recorded_at=clock.now())
    db.session.add(made)
    db.session.flush()
    _record(facts.RECORDED, booking, made, actor.ref, by=party)
    return made


def answer(*, actor: Actor, workday_id: UUID, answer: str, minutes: int | None = None,
           reason: str | None = None) -> Workday:
    """``agree``, ``contest`` (why: rules.CONTEST_REASONS), ``amend`` (how long it was), ``withdraw``; a mediator's
    ``uphold`` and ``strike``. What is agreed is released at once.

    Raises WorkdayNotFound, NotYourStep, StepNotPossible, NotUnderWay, TooLate, ReasonNeeded, MinutesNeeded.
    """
    booking, found, party = queries.of_party(actor, workday_id)
    WORKDAY.find(answer, state=found.state, party=party)
    plan = queries.under_way(booking)
    if answer == "contest":
        rules.check_contest(found.recorded_at, clock.now())
        if reason is None:
            raise ReasonNeeded()
        found.reason = reason
    elif answer == "amend":
        _amend(booking, plan, found, minutes, actor)
    _move(booking, found, answer, party=party, by=actor.ref)
    return found


def _amend(booking: Booking, plan: days.Plan, found: Workday, minutes: int | None, actor: Actor) -> None:
    """Never more than was held for the day: an engagement ended early has given the rest back."""
    if minutes is None:
        raise MinutesNeeded()
    was_half, found.half = found.half, rules.is_half(minutes, plan["half_minutes"])
    if was_half and not found.half:
        queries.check_not_ended(booking.id)
    found.minutes, found.reason = minutes, None
    found.fen = rules.price(days.prices(plan, booking.total_fen)[found.day], found.half)
    found.recorded_by, found.recorded_at = actor.account_id, clock.now()


def _move(booking: Booking, found: Workday, step: str, *, party: str, by: str) -> None:
    row = WORKDAY.move(found, step, party=party)
    if row.target in ("agreed", "struck"):
        found.settled_at, found.settled_by = clock.now(), party
    db.session.flush()
    _record(row.fact, booking, found, by, by=party, **({"reason": found.reason} if step == "contest" else {}))
    if row.target == "agreed":
        payments.release(booking_id=booking.id, upto=queries.agreed_fen(booking.id), ref=f"{booking.id}:{found.day}")
    if row.target in ("agreed", "struck"):
        _finish(booking)


def agree_due() -> None:
    """Days nobody spoke against for 48 hours are agreed, a batch of bookings; not while a complaint is open."""
    now = clock.now()
    for booking in queries.due_to_agree(now, BATCH):
        for found in queries.due_days(booking.id, now):
            _move(booking, found, "lapse", party="system", by=ledger.SYSTEM)


def finish_due() -> None:
    """Engagements of which no day is open and none can be written down any more are over, a batch of them."""
    for booking in queries.due_to_finish(clock.now(), BATCH):
        _finish(booking)


def _finish(booking: Booking) -> None:
    """Once the last word on every day is spoken and none waits for another worker: what was paid for days not worked
    goes back, and it is served.

    Where the family's bank has taken back more than that, nothing more goes back.
    """
    plan, now = queries.under_way(booking), clock.now()
    rows, ended = queries.written(booking.id), queries.ending_of(booking.id)
    if "waiting" in plan and ended is None:
        return
    if not rules.settled(planned=rules.turns(plan), written=rows, last=queries.last_day(booking), now=now):
        return
    kept = queries.agreed_fen(booking.id) + (ended.fee_fen if ended else 0)
    booking_service.finish_days(booking=booking, refund=max(0, booking.paid_fen - booking.refund_fen - kept))


def quote_ending(*, actor: Actor, booking_id: UUID) -> rules.Ending:
    """What ending an engagement now would come to. Raises NotYourStep, NotByTheDay, NotUnderWay, EndedAlready."""
    booking, party = bookings.of_party(actor, booking_id)
    return _quote(booking, party)


def _quote(booking: Booking, party: str) -> rules.Ending:
    plan = queries.under_way(booking)
    BOOKING.find("end_early", state=booking.state, party=party)
    queries.check_not_ended(booking.id)
    return queries.quoted(booking, plan, party)


def end(*, actor: Actor, booking_id: UUID, expected_refund: int, reason: str) -> bookings.Shown:
    """The household or the firm ends an engagement for exactly the refund quoted; her time is free from now on.

    ``reason``: one of rules.ENDING_REASONS. Raises BookingNotFound, NotYourStep, NotByTheDay, NotUnderWay,
    EndedAlready, EndingQuoteChanged.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    found = _quote(booking, party)
    rules.check_expected(found, expected_refund)
    _end(booking, found, party=party, by=actor, reason=reason)
    return bookings.Shown(booking, party)


def give_up(*, booking: Booking, party: str, by: Actor | None, reason: str) -> None:
    """A locked engagement ends because nobody replaces who worked: only days worked are paid, and no fee.

    Raises NotByTheDay, NotUnderWay, EndedAlready.
    """
    plan = queries.under_way(booking)
    queries.check_not_ended(booking.id)
    _end(booking, queries.quoted(booking, plan, "system"), party=party, by=by, reason=reason)


def _end(booking: Booking, found: rules.Ending, *, party: str, by: Actor | None, reason: str) -> None:
    db.session.add(EngagementEnding(
        booking_id=booking.id, party=party, reason=reason, last_day=found.last_day, fee_fen=found.fee_fen,
        ended_at=clock.now(), ended_by=by.account_id if by else None))
    booking_service.end_early(booking=booking, party=party, by=by.ref if by else ledger.SYSTEM, days=found.days,
                              fee=found.fee_fen, refund=found.refund_fen, reason=reason)
    db.session.flush()
    _finish(booking)


def _record(fact: str, booking: Booking, found: Workday, actor: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=actor, data={
        "workday": str(found.id), "worker": str(found.worker_id), "day": found.day.isoformat(), "half": found.half,
        "fen": found.fen, **more})


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a day concerns, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
