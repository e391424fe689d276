"""Begin a guarantee, ask for another worker, offer some, take one or none. The booking is locked before all of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.attendance import queries as attendance_queries
from qiaojiejie.attendance import rules as attendance_rules
from qiaojiejie.attendance import service as attendance
from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import check_window, days
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.guarantees import facts, queries, rules
from qiaojiejie.guarantees.errors import (
    GuaranteeNotFound, NotAReplacement, NothingLeft, ReplacementGone, ReplacementNotOffered, TrialOver)
from qiaojiejie.guarantees.lifecycle import GUARANTEE
from qiaojiejie.guarantees.models import Guarantee, Replacement, ReplacementCandidate
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages

BATCH = 100


def begin(*, booking_id: UUID) -> None:
    """An engagement by days has begun: what its terms promise holds from now on, once."""
    booking = bookings.get(booking_id, lock=True)
    if booking.state == "under_way" and booking.plan is not None:
        _of(booking)


def _of(booking: Booking) -> Guarantee | None:
    """The guarantee of a locked booking that is under way, made if need be; None where its terms promise nothing."""
    found = queries.find(booking.id, lock=True)
    plan = booking.plan
    if found is not None or plan is None or booking.state != "under_way":
        return found
    trial_days, replacement_days = rules.terms(plan)
    if not replacement_days:
        return None
    made = Guarantee(booking_id=booking.id, state=GUARANTEE.initial, trial_days=trial_days, made_at=clock.now(),
                     replacement_days=replacement_days, trial_until=rules.trial_until(plan, trial_days))
    db.session.add(made)
    db.session.flush()
    _skip_trial(booking, made)
    return made


def _skip_trial(booking: Booking, found: Guarantee) -> None:
    if not found.trial_days:
        row = GUARANTEE.move(found, "keep", party="system")
        _record(row.fact, booking, ledger.SYSTEM, by="system")


def _locked(actor: Actor, booking_id: UUID) -> tuple[Booking, Guarantee, str]:
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    found = _of(booking)
    if found is None:
        raise GuaranteeNotFound()
    return booking, found, party


def seek(*, actor: Actor, booking_id: UUID, reason: str) -> dict[str, Any]:
    """The family says during the trial that she does not suit it, or the firm at any time that she can't go on.

    Her days ahead are free at once; those left wait for another worker, for as long as the terms promise. ``reason``:
    rules.REASONS. Raises BookingNotFound, GuaranteeNotFound, NotYourStep, StepNotPossible, NotUnderWay, EndedAlready,
    ReasonNotYours, TrialOver, TooEarly, NothingLeft.
    """
    booking, found, party = _locked(actor, booking_id)
    step = "recall" if party == "firm" else "doubt"
    GUARANTEE.find(step, state=found.state, party=party)
    plan, now, today = attendance_queries.under_way(booking), clock.now(), clock.today()
    attendance_queries.check_not_ended(booking.id)
    rules.check_reason(party, reason)
    if step == "doubt" and found.trial_until is not None and found.trial_until < today:
        raise TrialOver(until=found.trial_until.isoformat())
    check_window(now=now, earliest=clock.midnight(date.fromisoformat(plan["days"][0]["day"])))
    begun = attendance_rules.today(attendance_rules.turns(plan), now)
    parted = days.parted(plan, booking.total_fen, begun, str(booking.worker_id))
    if not parted["waiting"]:
        raise NothingLeft()
    until = rules.until(now, found.replacement_days)
    row = GUARANTEE.move(found, step, party=party)
    db.session.add(Replacement(
        id=ids.new(), booking_id=booking.id, worker_id=booking.worker_id, party=party, reason=reason,
        asked_by=actor.account_id, asked_at=now, until=until))
    booking_service.seek_replacement(booking=booking, party=party, by=actor.ref, plan=parted, reason=reason,
                                     until=until)
    db.session.flush()
    _record(row.fact, booking, actor.ref, by=party, reason=reason, until=until.isoformat())
    return queries.shown(actor, booking.id)


def offer(*, actor: Actor, booking_id: UUID, begins_on: date, worker_ids: Sequence[UUID]) -> dict[str, Any]:
    """The firm offers one to three who can go on from a day, instead of any it offered before.

    Raises BookingNotFound, GuaranteeNotFound, NotYourStep, StepNotPossible, BeginsTooLate, TooLate, NotAReplacement.
    """
    booking, found, party = _locked(actor, booking_id)
    GUARANTEE.find("offer", state=found.state, party=party)
    sought = _sought(booking)
    rules.check_begins(begins_on, last=rules.last_day(booking.plan or {}), until=sought.until)
    resumption, wanted = queries.resumption(booking, begins_on), list(dict.fromkeys(worker_ids))
    check_window(now=clock.now(), earliest=sought.asked_at, latest=resumption.during.lower)
    if not set(wanted) <= resumption.workers.keys():
        raise NotAReplacement()
    row = GUARANTEE.move(found, "offer", party=party)
    db.session.execute(sa.delete(ReplacementCandidate).where(ReplacementCandidate.replacement_id == sought.id))
    sought.begins_on = begins_on
    db.session.add_all([ReplacementCandidate(replacement_id=sought.id, worker_id=each, position=number)
                        for number, each in enumerate(wanted)])
    db.session.flush()
    _record(row.fact, booking, actor.ref, by=party, offered=[str(each) for each in wanted],
            begins_on=begins_on.isoformat(), until=sought.until.isoformat())
    return queries.shown(actor, booking.id)


def answer(*, actor: Actor, booking_id: UUID, worker_id: UUID | None) -> dict[str, Any]:
    """The family takes one of those offered, whose trial begins with her; or nobody (None): it ends, and only days
    worked are paid.

    Raises BookingNotFound, GuaranteeNotFound, NotYourStep, StepNotPossible, ReplacementNotOffered, TooLate,
    ReplacementGone.
    """
    booking, found, party = _locked(actor, booking_id)
    if worker_id is None:
        row = GUARANTEE.move(found, "refuse", party=party)
        _give_up(booking, row.fact, party, actor)
        return queries.shown(actor, booking.id)
    GUARANTEE.find("take", state=found.state, party=party)
    sought = _sought(booking)
    if sought.begins_on is None or worker_id not in {each.worker_id for each in sought.candidates}:
        raise ReplacementNotOffered()
    resumption = queries.resumption(booking, sought.begins_on)
    check_window(now=clock.now(), earliest=sought.asked_at, latest=resumption.during.lower)
    if not _replaced(booking, resumption, worker_id, party, actor.ref):
        db.session.execute(sa.delete(ReplacementCandidate).where(
            ReplacementCandidate.replacement_id == sought.id, ReplacementCandidate.worker_id == worker_id))
        _record(facts.DROPPED, booking, actor.ref, offered=[str(worker_id)])
        raise ReplacementGone()
    row = GUARANTEE.move(found, "take", party=party)
    sought.taken_id, sought.settled_at = worker_id, clock.now()
    found.trial_until = rules.trial_until(resumption.plan, found.trial_days)
    db.session.flush()
    _record(row.fact, booking, actor.ref, by=party, taken=str(worker_id), begins_on=sought.begins_on.isoformat())
    _skip_trial(booking, found)
    return queries.shown(actor, booking.id)


def _replaced(booking: Booking, resumption: queries.Resumption, worker_id: UUID, party: str, by: str) -> bool:
    """Let her go on with it; False, and nothing done, when she does not fit any more or her time is taken."""
    worker = resumption.workers.get(worker_id)
    if worker is None:
        return False
    try:
        with db.session.begin_nested():
            booking_service.replace(booking=booking, worker=worker, party=party, by=by, plan=resumption.plan,
                                    during=resumption.during)
    except SlotTaken:  # by somebody whose transaction ended meanwhile
        db.session.refresh(booking)
        return False
    return True


def _sought(booking: Booking) -> Replacement:
    sought = queries.open_of(booking.id)
    assert sought is not None  # a guarantee in this state has one
    return sought


def lapse(*, booking_id: UUID) -> None:
    """Nobody was taken in time: the engagement ends, and what was not worked goes back without a fee."""
    booking = bookings.get(booking_id, lock=True)
    found, sought = queries.find(booking_id, lock=True), queries.open_of(booking_id)
    if found is None or sought is None or found.state != "replacing" or sought.until > clock.now():
        return
    if attendance_queries.ending_of(booking_id) is not None:  # it was ended a moment ago: ``close`` comes
        return
    row = GUARANTEE.move(found, "lapse", party="system")
    _give_up(booking, row.fact, "system", None)


def _give_up(booking: Booking, fact: str, party: str, actor: Actor | None) -> None:
    _settle(booking)
    _record(fact, booking, actor.ref if actor else ledger.SYSTEM, by=party)
    attendance.give_up(booking=booking, party=party, by=actor, reason="no_replacement")


def _settle(booking: Booking) -> None:
    sought = queries.open_of(booking.id)
    if sought is not None:
        sought.settled_at = clock.now()
        db.session.flush()


def keep(*, booking_id: UUID) -> None:
    """The trial is over and the family said nothing: she stays."""
    booking, found = bookings.get(booking_id, lock=True), queries.find(booking_id, lock=True)
    if found is not None and found.state == "on_trial" and found.trial_until and found.trial_until < clock.today():
        row = GUARANTEE.move(found, "keep", party="system")
        _record(row.fact, booking, ledger.SYSTEM, by="system")


def close(*, booking_id: UUID) -> None:
    """The engagement has come to its end: nothing is promised any more."""
    booking, found = bookings.get(booking_id, lock=True), queries.find(booking_id, lock=True)
    if found is None or found.state not in GUARANTEE.steps["close"].sources:
        return
    row = GUARANTEE.move(found, "close", party="system")
    _settle(booking)
    _record(row.fact, booking, ledger.SYSTEM, by="system")


def _record(fact: str, booking: Booking, actor: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=actor, data={
        "worker": str(booking.worker_id), "firm": str(booking.firm_id), **more})


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a guarantee concerns, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
