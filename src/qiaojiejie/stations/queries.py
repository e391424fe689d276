"""Read the stations. A city has dozens, so the nearest are found by reckoning them all."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, with_expression

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.stations.errors import ReservationNotFound, RoomNotFound, StationNotFound
from qiaojiejie.stations.models import RoomReservation, Station, StationRoom

EARTH_M = 6371008.8


def get(station_id: UUID) -> Station:
    """A station by its id. Raises StationNotFound."""
    found = db.session.get(Station, station_id)
    if found is None:
        raise StationNotFound()
    return found


def own(actor: Actor, station_id: UUID, lock: bool = False) -> Station:
    """A station the actor is a clerk of; to the federation any. Raises StationNotFound."""
    found = db.session.get(Station, station_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None or not runs(actor, found.id):
        raise StationNotFound()
    return found


def runs(actor: Actor, station_id: UUID | None) -> bool:
    """Whether she is one of the station's clerks, or an officer of the federation."""
    return actor.role in FEDERATION or (
        actor.role == Role.STATION_CLERK and actor.org_id is not None and actor.org_id == station_id)


def room(room_id: UUID) -> StationRoom:
    """A room with its station. Raises RoomNotFound."""
    stmt = sa.select(StationRoom).where(StationRoom.id == room_id).options(joinedload(StationRoom.station))
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise RoomNotFound()
    return found


def rooms_on(station_id: UUID, day: date) -> list[dict[str, Any]]:
    """A station's rooms, each with the times it is taken on a Shanghai day. Raises StationNotFound."""
    get(station_id)
    starts, ends = clock.midnight(day), clock.midnight(day + timedelta(days=1))
    rooms = db.session.scalars(sa.select(StationRoom).where(StationRoom.station_id == station_id)
                               .order_by(StationRoom.floor, StationRoom.name)).all()
    taken = db.session.scalars(sa.select(RoomReservation).where(
        RoomReservation.room_no.in_([each.no for each in rooms]), RoomReservation.state == "reserved",
        RoomReservation.starts < ends, RoomReservation.ends > starts).order_by(RoomReservation.starts)).all()
    return [{"room": each, "taken": [one for one in taken if one.room_no == each.no]} for each in rooms]


def reservation(actor: Actor, reservation_id: UUID, lock: bool = False) -> RoomReservation:
    """A reservation for who holds it, the station's clerk or the federation. Raises ReservationNotFound."""
    stmt = (sa.select(RoomReservation).where(RoomReservation.id == reservation_id)
            .options(joinedload(RoomReservation.room).joinedload(StationRoom.station)))
    if lock:
        stmt = stmt.with_for_update(of=RoomReservation).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None or not (found.reserved_by == actor.account_id or runs(actor, found.room.station_id)):
        raise ReservationNotFound()
    return found


def reserved_for(ref: str) -> Sequence[RoomReservation]:
    """What is reserved for a thing, locked."""
    return db.session.scalars(sa.select(RoomReservation).where(
        RoomReservation.ref == ref, RoomReservation.state == "reserved").options(
            joinedload(RoomReservation.room).joinedload(StationRoom.station)).with_for_update(of=RoomReservation)).all()


def reservations(*, station_id: UUID | None, holder: UUID | None, cursor: str | None = None,
                 limit: int) -> paging.Page:
    """A page of reservations of a station or of who holds them, the latest to be made first."""
    stmt = sa.select(RoomReservation).options(joinedload(RoomReservation.room).joinedload(StationRoom.station))
    if station_id is not None:
        stmt = stmt.where(RoomReservation.room_no.in_(
            sa.select(StationRoom.no).where(StationRoom.station_id == station_id)))
    if holder is not None:
        stmt = stmt.where(RoomReservation.reserved_by == holder)
    return paging.keyset(stmt, (RoomReservation.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("room-reservations", [station_id, holder]))


def page(*, limit: int, cursor: str | None = None, region: str | None = None, lng: float | None = None,
         lat: float | None = None) -> paging.Page:
    """A page of stations, of one region or of all: nearest to a WGS-84 place first, else in the order of opening."""
    stmt = sa.select(Station)
    if region is not None:
        stmt = stmt.where(Station.region_code == region)
    scope = paging.scope_of("stations", [region, lng, lat])
    if lng is None or lat is None:
        return paging.keyset(stmt, [Station.opened_on, Station.id], scope=scope, cursor=cursor, limit=limit,
                             descending=False)
    metres = _metres_from(lng, lat)
    return paging.keyset(stmt.options(with_expression(Station.distance_m, metres)),
                         [metres.label("distance_m"), Station.id], scope=scope, cursor=cursor, limit=limit,
                         descending=False)


def _metres_from(lng: float, lat: float) -> sa.ColumnElement[int]:
    north, east = sa.func.radians(Station.lat - lat) / 2, sa.func.radians(Station.lng - lng) / 2
    chord = sa.func.pow(sa.func.sin(north), 2) + (
        sa.func.cos(sa.func.radians(lat)) * sa.func.cos(sa.func.radians(Station.lat))
        * sa.func.pow(sa.func.sin(east), 2))
    return sa.cast(2 * EARTH_M * sa.func.asin(sa.func.sqrt(sa.func.least(1.0, chord))), sa.BigInteger)
