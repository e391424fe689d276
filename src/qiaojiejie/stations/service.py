"""Keep a station's page and rooms; reserve and release; say for whom a clerk acts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FEDERATION, Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.stations import facts, queries, rules
from qiaojiejie.stations.errors import RoomExists, RoomTaken, RoomTimesDoNotFit, VisitorUnknown
from qiaojiejie.stations.lifecycle import RESERVATION
from qiaojiejie.stations.models import RoomReservation, Station, StationRoom


def change(*, actor: Actor, station_id: UUID, changes: Mapping[str, Any]) -> Station:
    """Hours, floors and staff as the station's clerk or the federation says. Raises StationNotFound."""
    station = queries.own(actor, station_id, lock=True)
    changed = sorted(name for name, value in changes.items() if getattr(station, name) != value)
    for name in changed:
        setattr(station, name, changes[name])
    if changed:
        ledger.append(facts.CHANGED, subject=station.ref, actor=actor.ref, data={"fields": changed})
    db.session.flush()
    return station


def add_room(*, actor: Actor, station_id: UUID, name: str, floor: int, seats: int) -> StationRoom:
    """A room people can have. Raises StationNotFound, RoomExists."""
    station = queries.own(actor, station_id)
    made = StationRoom(id=ids.new(), station_id=station.id, name=name, floor=floor, seats=seats)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_station_room_station_id_name":
            raise
        raise RoomExists(name=name) from error
    ledger.append(facts.ROOM_ADDED, subject=station.ref, actor=actor.ref, data={"room": str(made.id), "seats": seats})
    return made


def reserve(*, actor: Actor, room_id: UUID, starts: datetime, ends: datetime, purpose: str, title: str,
            ref: str | None = None) -> RoomReservation:
    """A room for a time; a clerk reserves at her own station, others at any.

    Raises RoomNotFound, RoomTimesDoNotFit, RoomTaken.
    """
    room = queries.room(room_id)
    if actor.role == Role.STATION_CLERK:
        queries.own(actor, room.station_id)
    if not rules.fits(starts, ends, clock.now()):
        raise RoomTimesDoNotFit()
    made = RoomReservation(
        id=ids.new(), room_no=room.no, starts=starts, ends=ends, purpose=purpose, title=title, ref=ref,
        state=RESERVATION.initial, reserved_by=actor.account_id, reserved_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "room_no_overlap":
            raise
        raise RoomTaken(starts=_said(starts), ends=_said(ends)) from error
    ledger.append(facts.ROOM_RESERVED, subject=room.station.ref, actor=actor.ref, data={
        "reservation": str(made.id), "room": str(room.id), "starts": starts.isoformat(), "ends": ends.isoformat(),
        "purpose": purpose})
    return made


def release(*, actor: Actor, reservation_id: UUID) -> RoomReservation:
    """Give a room back. Raises ReservationNotFound, StepNotPossible."""
    found = queries.reservation(actor, reservation_id, lock=True)
    party = "officer" if actor.role in FEDERATION else (
        "holder" if found.reserved_by == actor.account_id else "station")
    _release(found, party, actor.ref)
    db.session.flush()
    return found


def release_for(*, ref: str, by: str) -> None:
    """Give back every room reserved for a thing that is not going to be."""
    for each in queries.reserved_for(ref):
        _release(each, "system", by)
    db.session.flush()


def _release(found: RoomReservation, party: str, by: str) -> None:
    row = RESERVATION.move(found, "release", party=party)
    found.released_at = clock.now()
    ledger.append(row.fact, subject=found.room.station.ref, actor=by, data={
        "reservation": str(found.id), "room": str(found.room.id)})


def _said(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def asking(*, actor: Actor, phone: str | None, consent: str | None) -> dict[str, Any]:
    """Columns of ``Asked`` for who asks: the actor, or whom a station's clerk acts for, by phone and with consent.

    Raises VisitorUnknown, BadPhone.
    """
    clerk = actor.role == Role.STATION_CLERK
    if clerk and not (phone and consent):
        raise VisitorUnknown()
    whose = identity.account_for(phone=phone).id if clerk and phone else actor.account_id
    return {"account_id": whose, "station_id": actor.org_id if clerk else None, "consent": consent if clerk else None,
            "asked_by": actor.account_id, "asked_at": clock.now()}
