"""Read the stations. A city has dozens, so the nearest are found by reckoning them all."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import with_expression

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.stations.errors import StationNotFound
from qiaojiejie.stations.models import Station

EARTH_M = 6371008.8


def get(station_id: UUID) -> Station:
    """A station by its id. Raises StationNotFound."""
    found = db.session.get(Station, station_id)
    if found is None:
        raise StationNotFound()
    return found


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
