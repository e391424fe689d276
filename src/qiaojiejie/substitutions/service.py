"""Offer others for a booking, take one of them or nobody. The booking is locked before its substitution."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import check_window
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.substitutions import facts, queries, rules
from qiaojiejie.substitutions.errors import (
    NotASubstitute, StillNeeded, SubstituteGone, SubstituteNotOffered, SubstitutionOpen, TooManySubstitutes)
from qiaojiejie.substitutions.lifecycle import SUBSTITUTION
from qiaojiejie.substitutions.models import Substitution, SubstitutionCandidate
from qiaojiejie.workers.models import Worker

#: substitutions nobody answered that are looked at in one sweep
BATCH = 100


def offer(*, actor: Actor, booking_id: UUID, reason: str, worker_ids: Sequence[UUID]) -> Substitution:
    """The firm can't send who was booked and offers one to three others. ``reason``: one of rules.REASONS.

    Raises BookingNotFound, NotYourStep, StepNotPossible, TooLate, SubstitutionOpen, NotASubstitute.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    if party != "firm":
        raise NotYourStep(step="offer")
    BOOKING.find("substitute", state=booking.state, party="household")
    now = clock.now()
    check_window(now=now, earliest=booking.created_at, latest=booking.start)
    if queries.open_of(booking.id) is not None:
        raise SubstitutionOpen()
    made = Substitution(id=ids.new(), booking_id=booking.id, worker_id=booking.worker_id, reason=reason,
                        state=SUBSTITUTION.initial, asked_by=actor.account_id, asked_at=now,
                        until=rules.until(now=now, start=booking.start))
    booking.substitute_sought = True
    db.session.add(made)
    db.session.flush()
    return _offer(booking, made, actor, worker_ids)


def add(*, actor: Actor, substitution_id: UUID, worker_ids: Sequence[UUID]) -> Substitution:
    """The firm offers others too, while the family has not answered; the time to answer stays.

    Raises SubstitutionNotFound, NotYourStep, StepNotPossible, NotASubstitute, TooManySubstitutes.
    """
    booking, found, party = queries.of_party(actor, substitution_id)
    SUBSTITUTION.move(found, "add", party=party)
    return _offer(booking, found, actor, worker_ids)


def _offer(booking: Booking, found: Substitution, actor: Actor, worker_ids: Sequence[UUID]) -> Substitution:
    wanted, known = list(dict.fromkeys(worker_ids)), {each.worker_id for each in found.candidates}
    if len(found.standing) + len(wanted) > rules.MOST:
        raise TooManySubstitutes(most=rules.MOST)
    if not set(wanted) <= {each.worker.id for each in queries.for_booking(booking)} - known:
        raise NotASubstitute()
    db.session.add_all([SubstitutionCandidate(substitution_id=found.id, worker_id=each, position=len(known) + number)
                        for number, each in enumerate(wanted)])
    db.session.flush()
    _record(facts.OFFERED, booking, found, actor.ref, offered=[str(each) for each in wanted],
            until=found.until.isoformat())
    return queries.get(found.id)


def answer(*, actor: Actor, substitution_id: UUID, worker_id: UUID | None) -> Substitution:
    """The family takes one of those offered, or nobody (None): then everything it paid goes back.

    Who turns out to be taken is offered no more; the others are. Raises SubstitutionNotFound, NotYourStep,
    StepNotPossible, SubstituteNotOffered, SubstituteGone.
    """
    booking, found, party = queries.of_party(actor, substitution_id)
    if worker_id is None:
        _end(booking, found, "refuse", party=party, by=actor.ref)
        booking_service.take_nobody(booking=booking, party=party, by=actor.ref, reason=found.reason,
                                    since=found.asked_at)
        return queries.get(found.id)
    SUBSTITUTION.find("take", state=found.state, party=party)
    chosen = next((each for each in found.standing if each.worker_id == worker_id), None)
    if chosen is None:
        raise SubstituteNotOffered()
    if not _seated(booking, chosen.worker, party, actor.ref):
        chosen.dropped_at = clock.now()
        _record(facts.DROPPED, booking, found, actor.ref, offered=[str(worker_id)])
        db.session.flush()
        raise SubstituteGone()
    found.taken_id = worker_id
    _end(booking, found, "take", party=party, by=actor.ref, taken=str(worker_id))
    return queries.get(found.id)


def _seated(booking: Booking, worker: Worker, party: str, by: str) -> bool:
    """Put her in the other's place; False, and nothing done, when she does not fit any more or her time is taken."""
    if worker.id not in {each.worker.id for each in queries.for_booking(booking)}:
        return False
    try:
        with db.session.begin_nested():
            booking_service.substitute(booking=booking, worker=worker, party=party, by=by)
    except SlotTaken:  # by somebody whose transaction ended meanwhile
        db.session.refresh(booking)
        return False
    return True


def withdraw(*, actor: Actor, substitution_id: UUID) -> Substitution:
    """The firm takes it back: who was booked comes. Raises SubstitutionNotFound, NotYourStep, StepNotPossible,
    StillNeeded."""
    booking, found, party = queries.of_party(actor, substitution_id)
    SUBSTITUTION.find("withdraw", state=found.state, party=party)
    if booking.worker.barred or booking.worker.firm_id != booking.firm_id:
        raise StillNeeded()
    _end(booking, found, "withdraw", party=party, by=actor.ref)
    return queries.get(found.id)


def lapse(*, substitution_id: UUID) -> None:
    """The family has not answered in time: the safe end for it is that everything goes back."""
    booking = bookings.get(queries.get(substitution_id).booking_id, lock=True)
    found = queries.get(substitution_id, lock=True)
    if found.state != "offered" or found.until > clock.now():
        return
    if booking.state != "confirmed":
        _end(booking, found, "close", party="system", by=ledger.SYSTEM)
        return
    _end(booking, found, "lapse", party="system", by=ledger.SYSTEM)
    booking_service.take_nobody(booking=booking, party="system", by=ledger.SYSTEM, reason=found.reason,
                                since=found.asked_at)


def hasten(*, booking_id: UUID) -> None:
    """The booking begins earlier: there is less time to answer."""
    booking = bookings.get(booking_id, lock=True)
    found = queries.open_of(booking_id)
    until = rules.until(now=clock.now(), start=booking.start)
    if found is None or booking.state != "confirmed" or found.until <= until:
        return
    row = SUBSTITUTION.move(found, "hasten", party="system")
    found.until = until
    db.session.flush()
    _record(row.fact, booking, found, ledger.SYSTEM, by="system", until=until.isoformat())


def close(*, booking_id: UUID) -> None:
    """The booking went another way: whoever was offered is not asked for any more."""
    booking = bookings.get(booking_id, lock=True)
    found = queries.open_of(booking_id)
    if found is not None and booking.state != "confirmed":
        _end(booking, found, "close", party="system", by=ledger.SYSTEM)


def _end(booking: Booking, found: Substitution, step: str, *, party: str, by: str, **more: Any) -> None:
    row = SUBSTITUTION.move(found, step, party=party)
    found.answered_at, booking.substitute_sought = clock.now(), False
    db.session.flush()
    _record(row.fact, booking, found, by, by=party, **more)


def _record(fact: str, booking: Booking, found: Substitution, actor: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=actor, data={
        "substitution": str(found.id), "worker": str(found.worker_id), "firm": str(booking.firm_id),
        "reason": found.reason, **more})


def tell(*, entry_id: int) -> None:
    """Tell whom a fact about a substitution concerns, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)


def tell_left(*, entry_id: int) -> None:
    """A firm learns how many bookings ahead a worker who left leaves to it."""
    entry = ledger_queries.get(entry_id)
    firm_id, worker_id = UUID(entry.data["firm"]), UUID(entry.subject.partition(":")[2])
    count = queries.orphaned(firm_id, worker_id)
    for account_id in identity.accounts_in(firm_id, *FIRM) if count else ():
        messages.notify(account_id=account_id, kind="substitutes_needed", data={"count": str(count)},
                        key=f"ledger:{entry_id}")
