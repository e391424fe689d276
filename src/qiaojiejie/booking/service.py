"""A visit's verbs: quote, book, pay, cancel, come, go, complete. Each moves one booking and writes one fact."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import errors, facts, queries, rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import service as calendars
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as workers_queries
from qiaojiejie.workers import service as workers

BATCH = 100


def quote(*, actor: Actor, worker_id: UUID, service_code: str, address_id: UUID, start: datetime,
          minutes: int) -> Quote:
    """Price a visit and freeze its policy, good for 15 minutes.

    Raises WorkerNotFound, AddressNotFound, UnknownService; NotAVisit, ServiceNotOffered, OnBlockList,
    WorkerNotBookable, WorkerNotEligible, AddressNotServed; StartNotOnHalfHour, LengthNotPossible, TooLittleNotice,
    BeyondHorizon, OutsideHours, SlotTaken.
    """
    now, until = clock.now(), start + timedelta(minutes=minutes)
    household = households.open_for(account_id=actor.account_id)
    address = households_queries.address(household.id, address_id)
    worker, service = workers_queries.get(worker_id), catalog.service(service_code)
    price_fen = queries.price(worker, service)
    rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=now)
    queries.check_bookable(worker, worker.firm_id, service, clock.local(start).date())
    queries.check_place_and_hours(worker, address.region_code, start, until)
    wage = rules.wage(price_fen=price_fen, unit=service.unit, minutes=minutes)
    lines = price_lines(wage_fen=wage, fees=catalog.fees(service.code, clock.today()))
    made = Quote(household_id=household.id, worker_id=worker.id, firm_id=worker.firm_id, service_code=service.code,
                 address_id=address.id, during=Range(start, until), lines=lines,
                 policy=rules.frozen(catalog.policy(clock.today())), total_fen=sum(line["amount"] for line in lines),
                 created_at=now, expires_at=now + rules.QUOTE_GOOD_FOR)
    db.session.add(made)
    db.session.flush()
    return made


def book(*, actor: Actor, quote_id: UUID, note: str | None = None) -> queries.Shown:
    """Hold the worker's time, travel included, for ten minutes.

    Raises HouseholdNotFound, QuoteNotFound, QuoteUsed, QuoteExpired, TooManyHolds, OnBlockList, WorkerNotBookable,
    WorkerNotEligible, SlotTaken.
    """
    now = clock.now()
    household = households_queries.of_account(actor.account_id, lock=True)  # its holds are counted: one at a time
    quoted = queries.quote(quote_id, household.id)
    if queries.live_of(quoted.id):
        raise errors.QuoteUsed()
    if quoted.expires_at <= now:
        raise errors.QuoteExpired()
    if queries.holds(household.id) >= rules.MOST_HOLDS:
        raise errors.TooManyHolds(most=rules.MOST_HOLDS)
    queries.check_bookable(quoted.worker, quoted.firm_id, quoted.service, clock.local(quoted.start).date())
    made = Booking(
        id=ids.new(), quote_id=quoted.id, household_id=household.id, worker_id=quoted.worker_id,
        firm_id=quoted.firm_id, service_code=quoted.service_code, address_id=quoted.address_id, during=quoted.during,
        state=BOOKING.initial, lines=quoted.lines, policy=quoted.policy, total_fen=quoted.total_fen, refund_fen=0,
        door_code=Sealed("text", _door_code()), door_tries=0, complaint_open=False, created_at=now,
        note=None if note is None else Sealed("text", note), expires_at=now + rules.HELD_FOR)
    calendars.engage(worker_no=quoted.worker.no, during=made.during, ref=made.ref)
    db.session.add(made)
    db.session.flush()
    _record(facts.HELD, made, actor.ref, end=made.end.isoformat(), total=made.total_fen,
            expires_at=made.expires_at.isoformat())
    return queries.shown(actor, made.id)


def _door_code() -> str:
    return f"{secrets.randbelow(10_000):04d}"


def renew_door_code(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """Give the household a fresh door code and the worker fresh tries. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("check_in", state=booking.state, party="worker")
    if party != "household":
        raise NotYourStep(step="renew_door_code")
    booking.door_code, booking.door_tries = Sealed("text", _door_code()), 0
    return queries.Shown(booking, party)


def begin_payment(*, booking_id: UUID, actor: Actor) -> Booking:
    """The household is about to pay: from now on only payments lets the hold expire. Locks the booking.

    Raises BookingNotFound, NotYourStep, StepNotPossible, OnBlockList, HoldExpired.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    if party != "household":
        raise NotYourStep(step="confirm_payment")
    BOOKING.find("confirm_payment", state=booking.state, party="system")
    rules.check_payable(booking, clock.now(), booking.barred)
    booking.payment_begun_at = booking.payment_begun_at or clock.now()
    return booking


def confirm_payment(*, booking_id: UUID) -> bool:
    """The money came. True when the booking stands on it (told twice, too); False: hold gone, or she is barred."""
    booking = queries.get(booking_id, lock=True)
    if booking.state == "held" and booking.barred:
        _close(booking, "expire", party="system", by=ledger.SYSTEM)
    if booking.state != "held":
        return booking.confirmed_at is not None
    row = BOOKING.move(booking, "confirm_payment", party="system")
    booking.confirmed_at = clock.now()
    _record(row.fact, booking, ledger.SYSTEM, paid=booking.total_fen)
    return True


def expire(*, booking_id: UUID) -> None:
    """Let a hold go, when it still is one."""
    booking = queries.get(booking_id, lock=True)
    if booking.state == "held":
        _close(booking, "expire", party="system", by=ledger.SYSTEM)


def expire_due() -> None:
    """Let holds go that nobody began to pay in time, a batch of them."""
    for booking in queries.due_to_expire(clock.now(), BATCH):
        _close(booking, "expire", party="system", by=ledger.SYSTEM)


def quote_cancellation(*, actor: Actor, booking_id: UUID) -> rules.Cancellation:
    """What cancelling would cost the household now, and until when. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id)
    BOOKING.find("cancel", state=booking.state, party=party)
    return rules.cancellation(booking, clock.now(), booking.barred)


def cancel(*, actor: Actor, booking_id: UUID, expected_refund: int) -> queries.Shown:
    """Cancel by the household for exactly the refund it was quoted, in fen.

    Raises NotYourStep, StepNotPossible, CancellationQuoteChanged (with the new figures).
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("cancel", state=booking.state, party=party)
    found = rules.cancellation(booking, clock.now(), booking.barred)
    if found.refund_fen != expected_refund:
        raise errors.CancellationQuoteChanged(**rules.figures(found))
    _close(booking, "cancel", party=party, by=actor.ref, refund=found.refund_fen,
           more={"by": party, "notice_minutes": rules.notice(booking, clock.now()), "fee": found.fee_fen})
    return queries.Shown(booking, party)


def turn_down(*, actor: Actor, booking_id: UUID, reason: str) -> queries.Shown:
    """The worker withdraws or the firm declines; everything is refunded.

    ``reason``: one of rules.WITHDRAWAL_REASONS or DECLINE_REASONS. Raises NotYourStep, StepNotPossible.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    _close(booking, "withdraw" if party == "worker" else "decline", party=party, by=actor.ref, refund=booking.total_fen,
           because=reason, more={"by": party, "notice_minutes": rules.notice(booking, clock.now()), "fee": 0,
                                 "reason": reason, "barred": booking.barred})
    return queries.Shown(booking, party)


def check_in(*, actor: Actor, booking_id: UUID, door_code: str) -> queries.Shown:
    """The worker is at the door with the family's code, from 60 minutes before the start until the end.

    Raises NotYourStep, StepNotPossible, TooEarly, TooLate, DoorCodeBurnt, WrongDoorCode (which is counted).
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("check_in", state=booking.state, party=party)
    now = clock.now()
    rules.check_window(now=now, earliest=booking.start - rules.CHECK_IN_EARLY, latest=booking.end)
    if booking.door_tries >= rules.DOOR_TRIES:
        raise errors.DoorCodeBurnt()
    if not secrets.compare_digest(door_code, booking.door_code.reveal()):
        booking.door_tries += 1
        raise errors.WrongDoorCode(left=rules.DOOR_TRIES - booking.door_tries)
    row = BOOKING.move(booking, "check_in", party=party)
    booking.started_at = now
    _record(row.fact, booking, actor.ref, late_minutes=rules.late_minutes(start=booking.start, came_at=now))
    return queries.Shown(booking, party)


def check_out(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """The worker has finished; what is left of her time is free again. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    now = clock.now()
    _check_out(booking, party=party, by=actor.ref, at=now)
    if now < booking.end:
        calendars.release(ref=booking.ref)
        if now > booking.start:
            calendars.engage(worker_no=booking.worker.no, during=Range(booking.start, now), ref=booking.ref)
    return queries.Shown(booking, party)


def end_forgotten() -> None:
    """Visits nobody checked out of ended when it was agreed they would, a batch of them."""
    for booking in queries.due_to_end(clock.now(), BATCH):
        _check_out(booking, party="system", by=ledger.SYSTEM, at=booking.end)


def _check_out(booking: Booking, *, party: str, by: str, at: datetime) -> None:
    row = BOOKING.move(booking, "check_out", party=party)
    booking.ended_at = at
    _record(row.fact, booking, by, by=party, minutes=rules.whole_minutes(at - (booking.started_at or booking.start)))


def complete(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """The household confirms that the work was done. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    _complete(booking, party=party, by=actor.ref)
    return queries.Shown(booking, party)


def complete_due() -> None:
    """Complete what was served 48 hours ago and nobody spoke against, a batch of them."""
    for booking in queries.due_to_complete(clock.now(), BATCH):
        _complete(booking, party="system", by=ledger.SYSTEM)


def _complete(booking: Booking, *, party: str, by: str) -> None:
    row = BOOKING.move(booking, "complete", party=party)
    booking.closed_at, booking.closed_by = clock.now(), party
    workers.count_completed(worker_id=booking.worker_id)
    late = rules.late_minutes(start=booking.start, came_at=booking.started_at or booking.start)
    _record(row.fact, booking, by, by=party, late_minutes=late, total=booking.total_fen)


def report_absence(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """One side waited 15 minutes from the start and the other did not come: the worker for the household, the
    household for the worker or her firm. Stays open until someone says what happened.

    Raises StepNotPossible, TooEarly.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    step = "miss_worker" if party == "household" else "miss_household"
    BOOKING.find(step, state=booking.state, party=party)
    rules.check_window(now=clock.now(), earliest=booking.start + rules.ABSENT_AFTER)
    fee = 0 if step == "miss_worker" or booking.barred else rules.no_show_fee(booking.policy, booking.total_fen)
    _close(booking, step, party=party, by=actor.ref, refund=booking.total_fen - fee, more={"by": party, "fee": fee})
    return queries.Shown(booking, party)


def hold_completion(*, booking_id: UUID) -> None:
    """A complaint is open: the booking no longer completes by itself."""
    queries.get(booking_id, lock=True).complaint_open = True


def free_completion(*, booking_id: UUID) -> None:
    """The complaint was decided."""
    queries.get(booking_id, lock=True).complaint_open = False


def contact(*, actor: Actor, booking_id: UUID) -> dict[str, str | None]:
    """The other side's phone, unmasked, and for the worker the address and the note; the look is recorded.

    Raises ContactClosed outside the time from confirmation to 24 hours after the service.
    """
    booking, party = queries.of_party(actor, booking_id)
    if booking.state not in rules.CONTACT_STATES or clock.now() > rules.contact_closes(booking.end, booking.ended_at):
        raise errors.ContactClosed()
    subject, field = rules.contact_subject(party, worker=booking.worker_id, household=booking.household_id)
    identity.look(actor=actor, subject=subject, field=field, reason=booking.ref)
    return queries.contact(booking, party)


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a booking concerns (rules.NEWS), once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)


def _close(booking: Booking, step: str, *, party: str, by: str, refund: int | None = None,
           because: str | None = None, more: dict[str, Any] | None = None) -> None:
    """End a booking by a step that gives the worker her time back."""
    row = BOOKING.move(booking, step, party=party)
    booking.closed_at, booking.closed_by, booking.closed_because = clock.now(), party, because
    booking.refund_fen = refund or 0
    calendars.release(ref=booking.ref)
    _record(row.fact, booking, by, **(more or {}), **({} if refund is None else {"refund": refund}))


def _record(fact: str, booking: Booking, by: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=by, data={
        "household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
        "service": booking.service_code, "category": booking.service.category, "start": booking.start.isoformat(),
        **more})
