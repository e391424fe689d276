"""Move a visit, make it longer: asked for, agreed to, paid where it costs more. The booking is locked first, always."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.errors import OnBlockList
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import pricing
from qiaojiejie.calendars import service as calendars
from qiaojiejie.changes import facts, queries, rules
from qiaojiejie.changes.errors import ChangeExpired, ChangeOpen, NothingToSupplement, OtherLengthByFirm
from qiaojiejie.changes.lifecycle import CHANGE, OPEN
from qiaojiejie.changes.models import Change
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages


def quote_reschedule(*, actor: Actor, booking_id: UUID, start: datetime, minutes: int | None = None) -> rules.Offer:
    """What another time would come to, for the household or the firm; nothing is held.

    Raises BookingNotFound, StepNotPossible, NotMovedByDays, MoneyTakenBack, OtherLengthByFirm, TooLateToMove,
    NothingChanges, OnBlockList, WorkerNotBookable, WorkerNotEligible, StartNotOnHalfHour, LengthNotPossible,
    TooLittleNotice, BeyondHorizon, OutsideHours, SlotTaken, CouponTakesNothing.
    """
    booking, party = bookings.of_party(actor, booking_id)
    return _moved(booking, party, start, minutes)


def _moved(booking: Booking, party: str, start: datetime, minutes: int | None) -> rules.Offer:
    BOOKING.find("reschedule", state=booking.state, party="household")
    rules.check_changeable(booking)
    if party == "firm" and minutes not in (None, booking.minutes):
        raise OtherLengthByFirm()
    minutes = minutes or booking.minutes
    rules.check_move(booking, start, minutes, clock.now())
    pricing.check_papers(booking.worker, booking.firm_id, booking.service, start,
                         start + timedelta(minutes=minutes))
    return queries.moved(booking, start, minutes, clock_kept=party != "firm")


def reschedule(*, actor: Actor, booking_id: UUID, start: datetime, minutes: int | None = None,
               expected_difference: int) -> Change:
    """Move a visit for exactly the difference quoted: at once when nothing is to be paid; else the new time is held
    beside the old for ten minutes. A firm's is a proposal the household answers.

    Raises what ``quote_reschedule`` raises, ChangeOpen, ChangeQuoteChanged.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    _check_none_open(booking)
    offer = _moved(booking, party, start, minutes)
    rules.check_expected(offer.difference_fen, expected_difference)
    return _ask(booking, "reschedule", party, offer, actor.ref, within=rules.PROPOSED_FOR)


def quote_extension(*, actor: Actor, booking_id: UUID, minutes: int) -> rules.Offer:
    """What a running visit comes to when it lasts ``minutes`` longer; nothing is held.

    Raises BookingNotFound, NotYourStep, StepNotPossible, NotMovedByDays, MoneyTakenBack, LengthNotPossible, TooLate,
    EngagedNext, CouponTakesNothing.
    """
    booking, party = bookings.of_party(actor, booking_id)
    return _longer(booking, party, minutes)


def _longer(booking: Booking, party: str, more: int) -> rules.Offer:
    BOOKING.find("extend", state=booking.state, party=party)
    rules.check_changeable(booking)
    rules.check_extension(booking, more, clock.now())
    return queries.longer(booking, more)


def extend(*, actor: Actor, booking_id: UUID, minutes: int, expected_difference: int) -> Change:
    """Household or worker asks the other for more time, which is held until it is answered.

    Raises what ``quote_extension`` raises, OnBlockList, ChangeOpen, ChangeQuoteChanged.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    _check_none_open(booking)
    offer = _longer(booking, party, minutes)
    if booking.barred:
        raise OnBlockList()
    rules.check_expected(offer.difference_fen, expected_difference)
    return _ask(booking, "extension", party, offer, actor.ref, within=rules.ANSWERED_WITHIN)


def _check_none_open(booking: Booking) -> None:
    if queries.open_of(booking.id) is not None:
        raise ChangeOpen()


def _ask(booking: Booking, kind: str, party: str, offer: rules.Offer, by: str, *, within: timedelta) -> Change:
    now = clock.now()
    change = Change(id=ids.new(), booking_id=booking.id, worker_id=booking.worker_id, kind=kind, asked_by=party,
                    state=CHANGE.initial, was=Range(booking.start, booking.end),
                    during=Range(offer.start, offer.end), lines=offer.lines,
                    difference_fen=offer.difference_fen, created_at=now, expires_at=min(now + within, offer.good_until))
    db.session.add(change)
    db.session.flush()
    if (kind, party) not in rules.ASKS:
        _go_on(change, booking, party="system", booking_party=party, by=by)
    else:
        _hold(change, booking)
        _record(facts.ASKED, change, booking, by, expires_at=change.expires_at.isoformat())
    return change


def _hold(change: Change, booking: Booking) -> None:
    calendars.engage_beside(ref=change.ref, beside=booking.ref, during=change.during)


def _go_on(change: Change, booking: Booking, *, party: str, booking_party: str, by: str) -> None:
    """Nobody is asked any more: it comes to be, or waits for its money."""
    if change.difference_fen <= 0:
        _settle(change, booking, party=party, booking_party=booking_party, by=by)
        return
    if party == "system":
        _hold(change, booking)
    row = CHANGE.move(change, "agree", party=party)
    change.expires_at = clock.now() + rules.PAID_WITHIN
    db.session.flush()
    _record(row.fact, change, booking, by, by=booking_party, expires_at=change.expires_at.isoformat())


def _settle(change: Change, booking: Booking, *, party: str, booking_party: str, by: str) -> None:
    CHANGE.move(change, "settle", party=party)
    change.settled_at = clock.now()
    booking_service.change_price(booking, change.step, party=booking_party, by=by, during=change.during,
                                 lines=change.lines, beside=change.pieces, clock_kept=change.asked_by != "firm")


def agree(*, actor: Actor, change_id: UUID, expected_difference: int) -> Change:
    """Who was asked agrees. Raises ChangeNotFound, NotYourStep, StepNotPossible, ChangeExpired, OnBlockList,
    ChangeQuoteChanged."""
    booking, change, party = queries.of_party(actor, change_id)
    part = _part(change, party, "agree")
    CHANGE.find("agree", state=change.state, party=part)
    BOOKING.find(change.step, state=booking.state, party="system")
    if change.expires_at <= clock.now() or not _possible(change, booking):
        raise ChangeExpired()
    if booking.barred:
        raise OnBlockList()
    rules.check_expected(change.difference_fen, expected_difference)
    _go_on(change, booking, party=part, booking_party=party, by=actor.ref)
    return change


def _part(change: Change, party: str, step: str) -> str:
    """What a party to the booking is to its change. Raises NotYourStep to one that is nothing."""
    if party == change.asked_by:
        return "asker"
    if party == "household" and change.state == "to_pay":
        return "payer"
    if party == rules.ASKS.get((change.kind, change.asked_by)):
        return "asked"
    raise NotYourStep(step=step)


def refuse(*, actor: Actor, change_id: UUID) -> Change:
    """Who was asked does not agree; the booking stands as it was. Raises ChangeNotFound, NotYourStep,
    StepNotPossible."""
    return _give_up(actor, change_id, "refuse")


def withdraw(*, actor: Actor, change_id: UUID) -> Change:
    """Who asked takes it back, or the household does not pay for it. Raises ChangeNotFound, NotYourStep,
    StepNotPossible."""
    return _give_up(actor, change_id, "withdraw")


def _give_up(actor: Actor, change_id: UUID, step: str) -> Change:
    booking, change, party = queries.of_party(actor, change_id)
    _off(change, booking, step, party=_part(change, party, step), by=actor.ref, booking_party=party)
    return change


def _off(change: Change, booking: Booking, step: str, *, party: str, by: str, booking_party: str) -> None:
    row = CHANGE.move(change, step, party=party)
    change.settled_at = clock.now()
    db.session.flush()
    for ref in change.pieces:
        calendars.release(ref=ref)
    _record(row.fact, change, booking, by, by=booking_party)


def begin_payment(*, actor: Actor, booking_id: UUID) -> Change:
    """The household is about to pay the difference: from now on only payments lets the change lapse. Locks the booking.

    Raises BookingNotFound, NotYourStep, NothingToSupplement, OnBlockList, ChangeExpired.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    if party != "household":
        raise NotYourStep(step="confirm_payment")
    change, now = queries.open_of(booking.id), clock.now()
    if change is None or change.state != "to_pay":
        raise NothingToSupplement()
    if booking.barred:
        raise OnBlockList()
    if change.payment_begun_at is None and change.expires_at <= now:
        raise ChangeExpired()
    change.payment_begun_at = change.payment_begun_at or now
    return change


def settle(*, change_id: UUID) -> bool:
    """The difference came. True when the booking stands on it; False: the change is off, or the booking past it."""
    booking = bookings.get(queries.get(change_id).booking_id, lock=True)
    change = queries.get(change_id)
    if change.state != "to_pay":
        return False
    if booking.barred or not _possible(change, booking):
        _off(change, booking, "lapse", party="system", by=ledger.SYSTEM, booking_party="system")
        return False
    _settle(change, booking, party="system", booking_party="system", by=ledger.SYSTEM)
    return True


def _possible(change: Change, booking: Booking) -> bool:
    """Whether the booking still is what it was asked of: at that time, with that worker, not gone on."""
    return (booking.state in BOOKING.steps[change.step].sources and booking.worker_id == change.worker_id
            and (booking.start, booking.end) == (change.was.lower, change.was.upper))


def lapse(*, change_id: UUID) -> None:
    """Let a change go that is past its time, when it still is open."""
    booking = bookings.get(queries.get(change_id).booking_id, lock=True)
    change = queries.get(change_id)
    if change.state in OPEN and change.expires_at <= clock.now():
        _off(change, booking, "lapse", party="system", by=ledger.SYSTEM, booking_party="system")


def lapse_due() -> None:
    """Let changes go that nobody agreed to or began to pay in time, a batch of them."""
    for booking, change in queries.due_to_lapse(clock.now()):
        _off(change, booking, "lapse", party="system", by=ledger.SYSTEM, booking_party="system")


def drop(*, booking_id: UUID) -> None:
    """A booking has gone on: a change that is not possible any more holds her time no longer."""
    booking = bookings.get(booking_id, lock=True)
    change = queries.open_of(booking_id)
    if change is not None and not _possible(change, booking):
        _off(change, booking, "lapse", party="system", by=ledger.SYSTEM, booking_party="system")


def _record(fact: str, change: Change, booking: Booking, actor: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=actor, data={
        "change": str(change.id), "kind": change.kind, "asked_by": change.asked_by, "start": change.start.isoformat(),
        "end": change.end.isoformat(), "difference": change.difference_fen, **more})


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a change concerns, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
