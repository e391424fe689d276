"""Call for help, say where one is, answer; forget the place in time."""

from typing import Any
from uuid import UUID

from qiaojiejie.alarms import facts, queries, rules
from qiaojiejie.alarms.errors import AlarmOver
from qiaojiejie.alarms.lifecycle import ACTIVE, ALARM
from qiaojiejie.alarms.models import Alarm
from qiaojiejie.booking import queries as bookings
from qiaojiejie.catalog.rules import wgs84
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households.rules import written
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages

BATCH = 500


def call_for_help(*, actor: Actor, booking_id: UUID, place: dict[str, Any] | None = None) -> Alarm:
    """The worker or the family of a booking calls; a second press joins the alarm that is active.

    ``place``: {lng, lat, coordinates}. Raises BookingNotFound, NotYourStep, AlarmNotNow.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)  # two presses at once: one after the other
    if party == "firm":
        raise NotYourStep(step="call_for_help")
    now = clock.now()
    found = queries.active(booking.id, party)
    if found is None:
        rules.check_time(state=booking.state, start=booking.start, now=now,
                         end=max(booking.end, booking.ended_at or booking.end))
        found = Alarm(id=ids.new(), booking_id=booking.id, firm_id=booking.firm_id, party=party, state=ALARM.initial,
                      raised_by=actor.account_id, raised_at=now, presses=0)
        db.session.add(found)
        db.session.flush()
        _record(facts.RAISED, found, actor.ref)
    found.presses += 1
    if place is not None:
        _note_place(found, place)
    db.session.flush()
    return queries.get(found.id)


def give_place(*, actor: Actor, alarm_id: UUID, lng: float, lat: float, coordinates: str) -> Alarm:
    """Who called has moved. Raises AlarmNotFound, NotYourStep, AlarmOver."""
    found, party = queries.of_party(actor, alarm_id, lock=True)
    if party != "caller":
        raise NotYourStep(step="give_place")
    if found.state not in ACTIVE:
        raise AlarmOver()
    _note_place(found, {"lng": lng, "lat": lat, "coordinates": coordinates})
    return found


def _note_place(found: Alarm, place: dict[str, Any]) -> None:
    spot = (place["lng"], place["lat"])
    found.place = Sealed("text", written(*(wgs84(*spot) if place["coordinates"] == "gcj02" else spot)))
    found.placed_at = clock.now()


def answer(*, actor: Actor, alarm_id: UUID, answer: str, note: str | None = None) -> Alarm:
    """``acknowledge`` and ``resolve`` (with what was done) by firm or duty desk; ``withdraw`` by who called.

    Raises AlarmNotFound, NotYourStep, StepNotPossible.
    """
    found, party = queries.of_party(actor, alarm_id, lock=True)
    row = ALARM.move(found, answer, party=party)
    if answer == "acknowledge":
        found.acknowledged_at, found.acknowledged_by = clock.now(), actor.account_id
    else:
        found.ended_at, found.ended_by = clock.now(), actor.account_id
        found.note = None if note is None else Sealed("text", note)
    db.session.flush()
    _record(row.fact, found, actor.ref, by=party)
    return found


def look(*, actor: Actor, alarm_id: UUID) -> dict[str, Any]:
    """Where the caller is and how to reach them, to firm and duty desk; the look is recorded.

    Raises AlarmNotFound, NotYourStep.
    """
    found, party = queries.of_party(actor, alarm_id)
    if party == "caller":
        raise NotYourStep(step="look")
    identity.look(actor=actor, subject=f"account:{found.raised_by}", field="place", reason=f"alarm:{found.id}")
    return queries.seen(found)


def forget_places() -> None:
    """Places of alarms that ended 30 days ago are erased, a batch of them."""
    for found in queries.with_old_places(clock.now() - rules.PLACE_KEPT, BATCH):
        found.place = found.placed_at = None


def _record(fact: str, found: Alarm, by_whom: str, /, **more: Any) -> None:
    ledger.append(fact, subject=f"alarm:{found.id}", actor=by_whom, data={
        "booking": str(found.booking_id), "party": found.party, **more})


def tell(*, entry_id: int) -> None:
    """Tell those who help, and who called, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
