"""The day of the visit: she comes, goes, and the family says that it was done."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors, queries, rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import overdue
from qiaojiejie.booking.rules import days, windows
from qiaojiejie.booking.service.records import record
from qiaojiejie.calendars import service as calendars
from qiaojiejie.catalog.rules import distance_m, wgs84
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.households import service as households
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers import service as workers

BATCH = 100


def check_in(*, actor: Actor, booking_id: UUID, door_code: str,
             place: dict[str, Any] | None = None) -> queries.Shown:
    """The worker is at the door with the family's code, from 60 minutes before the start until the end.

    ``place``: {lng, lat, coordinates} where she is; only its distance from the address is kept.

    Raises NotYourStep, StepNotPossible, BeginningNotSaid, TooEarly, TooLate, BalanceDue, DoorCodeBurnt, WrongDoorCode
    (which is counted).
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("check_in", state=booking.state, party=party)
    now = clock.now()
    windows.check_said(booking)
    rules.check_window(now=now, earliest=booking.start - rules.CHECK_IN_EARLY, latest=booking.end)
    days.check_paid(booking)
    if booking.door_tries >= rules.DOOR_TRIES:
        raise errors.DoorCodeBurnt()
    if not secrets.compare_digest(door_code, booking.door_code.reveal()):
        booking.door_tries += 1
        raise errors.WrongDoorCode(left=rules.DOOR_TRIES - booking.door_tries)
    row = BOOKING.move(booking, "check_in", party=party)
    booking.started_at = now
    booking.door_metres = None if place is None else _metres(booking, **place)
    record(row.fact, booking, actor.ref, late_minutes=rules.late_minutes(start=booking.start, came_at=now))
    return queries.Shown(booking, party)


def _metres(booking: Booking, lng: float, lat: float, coordinates: str) -> int:
    spot = wgs84(lng, lat) if coordinates == "gcj02" else (lng, lat)
    return distance_m(*spot, booking.address.lng, booking.address.lat)


def forget_doors() -> None:
    """How far from the address somebody checked in is forgotten after 30 days, a batch of them."""
    for booking in overdue.with_old_doors(clock.now(), BATCH):
        booking.door_metres = None


def erase_members() -> None:
    """Members who were removed, and for whom nothing was booked for 180 days, are erased, a batch of them."""
    households.erase_members(members=overdue.members_to_erase(clock.now(), BATCH))


def check_out(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """The worker has finished; what is left of her time is free again.

    Raises NotYourStep, StepNotPossible; EndsByDays for an engagement by days.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("check_out", state=booking.state, party=party)
    if booking.plan is not None:
        raise errors.EndsByDays()
    now = clock.now()
    leave(booking, party=party, by=actor.ref, at=now)
    free_rest(booking, now)
    return queries.Shown(booking, party)


def free_rest(booking: Booking, now: datetime) -> None:
    """Give the worker back what is left of her time; what she has worked stays engaged."""
    if now < booking.end:
        calendars.shorten(ref=booking.ref, until=now)


def end_forgotten() -> None:
    """Visits nobody checked out of ended when it was agreed they would, a batch of them."""
    for booking in overdue.due_to_end(clock.now(), BATCH):
        leave(booking, party="system", by=ledger.SYSTEM, at=booking.end)


def leave(booking: Booking, *, party: str, by: str, at: datetime) -> None:
    """The work is over since ``at``."""
    row = BOOKING.move(booking, "check_out", party=party)
    booking.ended_at = at
    record(row.fact, booking, by, by=party, minutes=rules.whole_minutes(at - (booking.started_at or booking.start)))


def complete(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """The household confirms that the work was done. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    _complete(booking, party=party, by=actor.ref)
    return queries.Shown(booking, party)


def complete_due() -> None:
    """Complete what was served 48 hours ago and nobody spoke against, a batch of them."""
    for booking in overdue.due_to_complete(clock.now(), BATCH):
        _complete(booking, party="system", by=ledger.SYSTEM)


def _complete(booking: Booking, *, party: str, by: str) -> None:
    row = BOOKING.move(booking, "complete", party=party)
    booking.closed_at, booking.closed_by = clock.now(), party
    workers.count_completed(worker_id=booking.worker_id)
    late = rules.late_minutes(start=booking.start, came_at=booking.started_at or booking.start)
    record(row.fact, booking, by, by=party, late_minutes=late, total=booking.total_fen)


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


def look_at_member(*, actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """Whom a booking is for, by name, to who works; the look is recorded.

    Raises NobodyNamed; NameClosed outside the time from confirmation to 24 hours after the service.
    """
    booking, _ = queries.of_party(actor, booking_id)
    member = booking.member
    if member is None or member.name is None:
        raise errors.NobodyNamed()
    if booking.state not in rules.CONTACT_STATES or clock.now() > rules.contact_closes(booking.end, booking.ended_at):
        raise errors.NameClosed()
    identity.look(actor=actor, subject=f"household:{booking.household_id}", field="member", reason=booking.ref)
    return {"name": member.name.reveal(), **(rules.cared_for(member, clock.today().year) or {})}
