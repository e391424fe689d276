"""Read activities, who comes, and counts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from qiaojiejie.activities.errors import ActivityNotFound, ActivityPhotoNotFound, ActivityPlaceNotFound
from qiaojiejie.activities.models import Activity, ActivityPhoto, ActivityPlace
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.stations import queries as stations

_SHOWN = (joinedload(Activity.host), selectinload(Activity.photos))
_WHOLE = (joinedload(ActivityPlace.activity), joinedload(ActivityPlace.account))


def get(activity_id: UUID, lock: bool = False) -> Activity:
    """An activity with its station and photos. Raises ActivityNotFound."""
    stmt = sa.select(Activity).where(Activity.id == activity_id).options(*_SHOWN)
    if lock:
        stmt = stmt.with_for_update(of=Activity).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ActivityNotFound()
    return found


def own(actor: Actor, activity_id: UUID, lock: bool = False) -> Activity:
    """An activity of the clerk's station. Raises ActivityNotFound."""
    found = get(activity_id, lock=lock)
    if not stations.runs(actor, found.host_id):
        raise ActivityNotFound()
    return found


def page(*, cursor: str | None = None, limit: int, station_id: UUID | None = None, kind: str | None = None,
         state: str | None = None) -> paging.Page:
    """A page of activities, the latest to begin first."""
    stmt = sa.select(Activity).options(*_SHOWN)
    for column, value in ((Activity.host_id, station_id), (Activity.kind, kind), (Activity.state, state)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (Activity.starts, Activity.id), cursor=cursor, limit=limit,
                         scope=paging.scope_of("activities", [station_id, kind, state]))


def place(place_id: UUID, lock: bool = False) -> ActivityPlace:
    """A place with its activity. Raises ActivityPlaceNotFound."""
    stmt = sa.select(ActivityPlace).where(ActivityPlace.id == place_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=ActivityPlace).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ActivityPlaceNotFound()
    return found


def party(actor: Actor, found: ActivityPlace) -> str:
    """Who she is to a place. Raises ActivityPlaceNotFound when nobody."""
    if stations.runs(actor, found.activity.host_id):
        return "station"
    if found.account_id == actor.account_id or (
            found.station_id is not None and found.station_id == actor.org_id):
        return "visitor"
    raise ActivityPlaceNotFound()


def standing(activity_id: UUID, *states: str) -> Sequence[ActivityPlace]:
    """Places of an activity in some states, in the order they were asked for, locked."""
    return db.session.scalars(sa.select(ActivityPlace).where(
        ActivityPlace.activity_id == activity_id, ActivityPlace.state.in_(states)).order_by(ActivityPlace.id)
        .with_for_update().execution_options(populate_existing=True)).all()


def places(*, activity_id: UUID | None = None, account_id: UUID | None = None, cursor: str | None = None, limit: int,
           state: str | None = None) -> paging.Page:
    """A page of places at an activity or of somebody, newest first."""
    stmt = sa.select(ActivityPlace).options(*_WHOLE)
    for column, value in ((ActivityPlace.activity_id, activity_id), (ActivityPlace.account_id, account_id),
                          (ActivityPlace.state, state)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (ActivityPlace.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("activity-places", [activity_id, account_id, state]))


def photo(photo_id: UUID) -> ActivityPhoto:
    """A photo that is shown. Raises ActivityPhotoNotFound."""
    found = db.session.scalars(sa.select(ActivityPhoto).where(
        ActivityPhoto.id == photo_id, ActivityPhoto.withdrawn_at.is_(None)).options(
            joinedload(ActivityPhoto.activity)).with_for_update(of=ActivityPhoto)).one_or_none()
    if found is None:
        raise ActivityPhotoNotFound()
    return found


_HELD = sa.text("""
    SELECT kind, count(*) AS activities, coalesce(sum(came), 0)::bigint AS came FROM activity
    WHERE state = 'held' AND starts >= :since AND starts < :until
          AND (CAST(:station AS uuid) IS NULL OR host_id = :station)
    GROUP BY kind ORDER BY kind
""")
_PEOPLE = sa.text("""
    SELECT count(DISTINCT p.account_id) FROM activity_place p JOIN activity a ON a.id = p.activity_id
    WHERE a.state = 'held' AND a.starts >= :since AND a.starts < :until AND p.state = 'attended'
          AND (CAST(:station AS uuid) IS NULL OR a.host_id = :station)
""")


def statistics(*, year: int | None, station_id: UUID | None = None) -> dict[str, Any]:
    """Activities held in a year (the twelve months to today unless said), by entry, how many came, how many different
    people; of one station or all. Counted when it is asked."""
    since, until = (clock.midnight(day) for day in clock.year_or_last(year))
    within = {"since": since, "until": until, "station": station_id}
    kinds = [dict(row._mapping) for row in db.session.execute(_HELD, within)]
    return {"year": year, "station_id": station_id, "activities": sum(each["activities"] for each in kinds),
            "came": sum(each["came"] for each in kinds), "people": db.session.execute(_PEOPLE, within).scalar_one(),
            "kinds": kinds}
