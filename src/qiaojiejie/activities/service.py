"""Plan and hold activities; sign up, leave, be there; photos people agreed to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.activities import facts, queries, rules
from qiaojiejie.activities.errors import (
    ActivityPlaceNotFound, ActivityTimesDoNotFit, AlreadySigned, NotBegun, PhotoNotOurs, SignUpOver)
from qiaojiejie.activities.lifecycle import ACTIVITY, PLACE
from qiaojiejie.activities.models import Activity, ActivityPhoto, ActivityPlace
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.ledger import queries as entries, service as ledger
from qiaojiejie.media import queries as media, service as files
from qiaojiejie.messages import service as messages
from qiaojiejie.stations import service as stations

#: fact → kind of notification to who signed up
NEWS = {facts.ADMITTED: "activity_admitted", facts.CALLED_OFF: "activity_called_off"}


def plan(*, actor: Actor, kind: str, starts: datetime, ends: datetime, room_id: UUID | None,
         **told: Any) -> Activity:
    """An activity of the clerk's station; with ``room_id`` the room is reserved for it.

    Raises ActivityTimesDoNotFit, RoomNotFound, StationNotFound, RoomTimesDoNotFit, RoomTaken.
    """
    if actor.org_id is None:
        raise PermissionError("a clerk belongs to a station")
    if not rules.fits(starts, ends, clock.now()):
        raise ActivityTimesDoNotFit()
    made = Activity(id=ids.new(), host_id=actor.org_id, kind=kind, starts=starts, ends=ends, taken=0,
                    state=ACTIVITY.initial, planned_by=actor.account_id, planned_at=clock.now(), **told)
    db.session.add(made)
    db.session.flush()
    if room_id is not None:
        stations.reserve(actor=actor, room_id=room_id, starts=starts, ends=ends, purpose="activity",
                         title=made.title, ref=made.ref)
    _record(facts.PLANNED, made, actor.ref, station=str(made.host_id), kind=kind, starts=starts.isoformat())
    return queries.get(made.id)


def cancel(*, actor: Actor, activity_id: UUID, reason: str) -> Activity:
    """Call an activity off: its room is free, who signed up is told. Raises ActivityNotFound, StepNotPossible."""
    activity = queries.own(actor, activity_id, lock=True)
    row = ACTIVITY.move(activity, "cancel", party="station")
    activity.reason, activity.closed_at = reason, clock.now()
    _move_all(queries.standing(activity.id, "signed", "waiting"), "call_off", "system", actor.ref)
    stations.release_for(ref=activity.ref, by=actor.ref)
    _record(row.fact, activity, actor.ref, reason=reason)
    db.session.flush()
    return activity


def hold(*, actor: Actor, activity_id: UUID, report: str) -> Activity:
    """Say what was done: who was there is counted, who did not come was absent.

    Raises ActivityNotFound, StepNotPossible, NotBegun.
    """
    activity = queries.own(actor, activity_id, lock=True)
    row = ACTIVITY.find("hold", state=activity.state, party="station")
    _require_begun(activity)
    came = len(queries.standing(activity.id, "attended"))
    _move_all(queries.standing(activity.id, "signed", "waiting"), "absent", "system", actor.ref)
    ACTIVITY.move(activity, "hold", party="station")
    activity.report, activity.came, activity.closed_at = report, came, clock.now()
    _record(row.fact, activity, actor.ref, came=came)
    db.session.flush()
    return activity


def sign_up(*, actor: Actor, activity_id: UUID, name: str, phone: str | None, consent: str | None) -> ActivityPlace:
    """A place: for oneself, or by a clerk for who asked at her desk; or a place on the waiting list when it is full.

    Raises ActivityNotFound, SignUpOver, VisitorUnknown, BadPhone, AlreadySigned.
    """
    asked = stations.asking(actor=actor, phone=phone, consent=consent)
    activity = queries.get(activity_id, lock=True)
    if activity.state != "planned" or clock.now() >= activity.ends:
        raise SignUpOver()
    state = "signed" if activity.free else "waiting"
    made = ActivityPlace(id=ids.new(), activity_id=activity.id, name=name, state=state, changed_at=clock.now(), **asked)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_activity_place_person":
            raise
        raise AlreadySigned() from error
    activity.taken += state == "signed"
    db.session.flush()
    subject, data = _about(made)
    ledger.append(facts.SIGNED, subject=subject, actor=actor.ref, data={
        **data, "state": state, "via": made.via, "station": str(made.station_id) if made.station_id else None})
    return queries.place(made.id)


def leave(*, actor: Actor, place_id: UUID) -> ActivityPlace:
    """Give a place up; who waits longest has it at once, and is told.

    Raises ActivityPlaceNotFound, StepNotPossible.
    """
    activity = queries.get(queries.place(place_id).activity_id, lock=True)
    found = queries.place(place_id, lock=True)
    signed = found.state == "signed"
    _move_all([found], "leave", queries.party(actor, found), actor.ref)
    if signed:
        activity.taken -= 1
        _admit(activity, actor.ref)
    db.session.flush()
    return found


def _admit(activity: Activity, by: str) -> None:
    admitted = queries.standing(activity.id, "waiting")[:activity.free]
    _move_all(admitted, "admit", "system", by)
    activity.taken += len(admitted)


def attend(*, actor: Actor, activity_id: UUID, place_ids: Sequence[UUID]) -> Activity:
    """Who is there, from its beginning on; again for the same says nothing new. Who waited and came is let in.

    Raises ActivityNotFound, StepNotPossible, NotBegun, ActivityPlaceNotFound.
    """
    activity = queries.own(actor, activity_id, lock=True)
    ACTIVITY.find("hold", state=activity.state, party="station")
    _require_begun(activity)
    known = {each.id: each for each in queries.standing(activity.id, "signed", "waiting", "attended")}
    if not set(place_ids) <= known.keys():
        raise ActivityPlaceNotFound()
    here = [known[place_id] for place_id in dict.fromkeys(place_ids) if known[place_id].state != "attended"]
    activity.taken += sum(each.state == "waiting" for each in here)
    _move_all(here, "attend", "station", actor.ref)
    return activity


def _require_begun(activity: Activity) -> None:
    if clock.now() < activity.starts:
        raise NotBegun()


def add_photo(*, actor: Actor, activity_id: UUID, media_id: UUID, consent: str) -> ActivityPhoto:
    """A photo of an activity, with how those on it agreed. Raises ActivityNotFound, PhotoNotOurs."""
    activity = queries.own(actor, activity_id, lock=True)
    photo = media.find(media_id)
    if photo is None or photo.kind != "photo" or photo.org_id != activity.host_id:
        raise PhotoNotOurs()
    made = ActivityPhoto(id=ids.new(), activity_id=activity.id, media_id=media_id, consent=consent,
                         added_by=actor.account_id, added_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_activity_photo_media":
            raise
        raise PhotoNotOurs() from error
    _record(facts.PHOTO_ADDED, activity, actor.ref, photo=str(made.id), media=str(media_id))
    return made


def withdraw_photo(*, actor: Actor, photo_id: UUID, reason: str) -> None:
    """Take a photo out of sight, also at its own address: somebody on it does not agree any more.

    Raises ActivityPhotoNotFound, ActivityNotFound."""
    photo = queries.photo(photo_id)
    activity = queries.own(actor, photo.activity_id)
    photo.withdrawn_at, photo.withdrawn_because = clock.now(), reason
    files.hide(media_id=photo.media_id)
    _record(facts.PHOTO_WITHDRAWN, activity, actor.ref, photo=str(photo.id), reason=reason)
    db.session.flush()


def _move_all(places: Sequence[ActivityPlace], name: str, party: str, by: str) -> None:
    told = defaultdict[str, list[ActivityPlace]](list)
    for each in places:
        told[PLACE.move(each, name, party=party).fact].append(each)
        each.changed_at = clock.now()
    db.session.flush()
    for fact, moved in told.items():
        ledger.append_many(fact, actor=by, about=map(_about, moved))


def _about(found: ActivityPlace) -> tuple[str, dict[str, Any]]:
    return f"account:{found.account_id}", {"activity": str(found.activity_id), "place": str(found.id)}


def _record(fact: str, activity: Activity, by: str, /, **data: Any) -> None:
    ledger.append(fact, subject=activity.ref, actor=by, data=data)


def tell(*, entry_id: int) -> None:
    """Who was let in from the waiting list, or whose activity was called off, finds it in the inbox."""
    entry = entries.get(entry_id)
    found = queries.place(UUID(entry.data["place"]))
    messages.notify(account_id=found.account_id, kind=NEWS[entry.fact], key=f"ledger:{entry_id}", data={
        "activity": str(found.activity_id), "title": found.activity.title,
        "starts": clock.local(found.activity.starts).strftime("%Y-%m-%d %H:%M")})
