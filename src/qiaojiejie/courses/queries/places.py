"""Read places and claims: who may see which."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.courses.errors import ClaimEvidenceNotYours, ClaimNotFound, PlaceNotFound
from qiaojiejie.courses.lifecycle import LIVE
from qiaojiejie.courses.models import CourseAttendance, CoursePlace, CourseSession, SubsidyClaim
from qiaojiejie.courses.rules import meetings
from qiaojiejie.media.models import Media
from qiaojiejie.workers.models import Worker

_WHOLE = (joinedload(CoursePlace.worker), selectinload(CoursePlace.marks), selectinload(CoursePlace.attendances),
          joinedload(CoursePlace.session).options(joinedload(CourseSession.course),
                                                  selectinload(CourseSession.meetings)))


def get(place_id: UUID, lock: bool = False) -> CoursePlace:
    """A place with everything about it. Raises PlaceNotFound."""
    stmt = sa.select(CoursePlace).where(CoursePlace.id == place_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=CoursePlace).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise PlaceNotFound()
    return found


def is_holder(actor: Actor, place: CoursePlace) -> bool:
    """Whether the actor is whose place it is, her firm that enrolled her, or the clerk who did."""
    if actor.role == Role.WORKER:
        return place.worker.account_id == actor.account_id
    if actor.role in FIRM:
        return place.firm_id == actor.org_id
    return actor.role == Role.STATION_CLERK and place.enrolled_by == actor.account_id


def seen(actor: Actor, place_id: UUID) -> CoursePlace:
    """A place for its holder, the federation, or the trainers who teach and assess. Raises PlaceNotFound."""
    found = get(place_id)
    if not (actor.role in FEDERATION or actor.role == Role.TRAINER or is_holder(actor, found)):
        raise PlaceNotFound()
    return found


def held(actor: Actor, place_id: UUID) -> CoursePlace:
    """A place for its holder. Raises PlaceNotFound."""
    found = get(place_id)
    if not is_holder(actor, found):
        raise PlaceNotFound()
    return found


def mine(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the places that are the actor's, newest first: a worker's own, a firm's, those a clerk asked for."""
    of: sa.ColumnElement[bool]
    if actor.role == Role.WORKER:
        of = CoursePlace.worker_id.in_(sa.select(Worker.id).where(Worker.account_id == actor.account_id))
    elif actor.role in FIRM:
        of = CoursePlace.firm_id == actor.org_id
    else:
        of = CoursePlace.enrolled_by == actor.account_id
    return paging.keyset(sa.select(CoursePlace).where(of).options(*_WHOLE), (CoursePlace.id,), cursor=cursor,
                         limit=limit, scope=paging.scope_of("my-places", [actor.account_id, actor.role, actor.org_id]))


def roster(session_id: UUID, *, cursor: str | None = None, limit: int, state: str | None = None) -> paging.Page:
    """A page of everybody in a session or its queue, in the order they came."""
    stmt = sa.select(CoursePlace).where(CoursePlace.session_id == session_id).options(*_WHOLE)
    if state is not None:
        stmt = stmt.where(CoursePlace.state == state)
    return paging.keyset(stmt, (CoursePlace.position,), cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("roster", [session_id, state]))


def queue(session_id: UUID, limit: int) -> Sequence[CoursePlace]:
    """Who waits first, locked, in order."""
    stmt = sa.select(CoursePlace).where(CoursePlace.session_id == session_id, CoursePlace.state == "waiting")
    return db.session.scalars(stmt.order_by(CoursePlace.position).limit(limit).with_for_update(of=CoursePlace)).all()


def is_queued(session_id: UUID) -> bool:
    """Whether anybody waits."""
    return db.session.scalar(sa.select(sa.exists().where(
        CoursePlace.session_id == session_id, CoursePlace.state == "waiting"))) or False


def of_states(session_id: UUID, *states: str) -> Sequence[CoursePlace]:
    """A session's places in some states, locked, in order, with marks and attendance."""
    stmt = sa.select(CoursePlace).where(CoursePlace.session_id == session_id, CoursePlace.state.in_(states))
    return db.session.scalars(stmt.options(*_WHOLE).order_by(CoursePlace.position).with_for_update(
        of=CoursePlace)).unique().all()


def live_of(session_id: UUID, worker_ids: Sequence[UUID]) -> dict[UUID, CoursePlace]:
    """Worker → her live place in a session, of those of these who have one."""
    stmt = sa.select(CoursePlace).where(CoursePlace.session_id == session_id, CoursePlace.worker_id.in_(worker_ids),
                                        CoursePlace.state.in_(LIVE))
    return {each.worker_id: each for each in db.session.scalars(stmt)}


def of_course(course_id: UUID, worker_ids: Sequence[UUID]) -> dict[UUID, CoursePlace]:
    """Worker → her newest place in which she is taught this course, in whatever session; locked."""
    stmt = (sa.select(CoursePlace).join(CourseSession).where(
        CourseSession.course_id == course_id, CoursePlace.worker_id.in_(worker_ids),
        CoursePlace.state.in_(("enrolled", "failed"))).options(joinedload(CoursePlace.worker))
        .order_by(CoursePlace.id).with_for_update(of=CoursePlace))
    return {each.worker_id: each for each in db.session.scalars(stmt)}


def by_ids(place_ids: Sequence[UUID]) -> dict[UUID, CoursePlace]:
    """Places by id, with their sessions."""
    stmt = sa.select(CoursePlace).where(CoursePlace.id.in_(place_ids)).options(joinedload(CoursePlace.session))
    return {each.id: each for each in db.session.scalars(stmt)}


def attended(place: CoursePlace) -> int:
    """Permille of her session's minutes that she was there for, or made up."""
    lengths = {each.number: each.minutes for each in place.session.meetings}
    return meetings.attended(lengths, (each.number for each in place.attendances))


def over(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(session, place) of offers nobody took in time."""
    stmt = sa.select(CoursePlace.session_id, CoursePlace.id).where(
        CoursePlace.state == "offered", CoursePlace.offer_until <= now).order_by(CoursePlace.offer_until).limit(limit)
    return [(row.session_id, row.id) for row in db.session.execute(stmt)]


def uncertified(limit: int) -> list[UUID]:
    """Places that were passed and have no certificate yet."""
    stmt = sa.select(CoursePlace.id).where(CoursePlace.state == "passed", CoursePlace.serial.is_(None))
    return list(db.session.scalars(stmt.order_by(CoursePlace.id).limit(limit)))


def attendance(place_id: UUID, number: int) -> CourseAttendance | None:
    """Whether she was there."""
    return db.session.get(CourseAttendance, (place_id, number))


def claim(claim_id: UUID, lock: bool = False) -> SubsidyClaim:
    """A claim. Raises ClaimNotFound."""
    found = db.session.get(SubsidyClaim, claim_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise ClaimNotFound()
    return found


def claims(actor: Actor, *, cursor: str | None = None, limit: int, state: str | None = None) -> paging.Page:
    """A page of claims, newest first: to the federation all, to others those they made."""
    stmt = sa.select(SubsidyClaim)
    if actor.role not in FEDERATION:
        stmt = stmt.where(SubsidyClaim.claimed_by == actor.account_id)
    if state is not None:
        stmt = stmt.where(SubsidyClaim.state == state)
    scope = paging.scope_of("claims", [None if actor.role in FEDERATION else actor.account_id, state])
    return paging.keyset(stmt, (SubsidyClaim.id,), cursor=cursor, limit=limit, scope=scope)


def require_evidence(actor: Actor, media_ids: Sequence[UUID]) -> None:
    """Nothing, when all are evidence that the actor uploaded. Raises ClaimEvidenceNotYours."""
    stmt = sa.select(sa.func.count()).select_from(Media).where(
        Media.id.in_(media_ids), Media.account_id == actor.account_id, Media.kind == "evidence")
    if db.session.scalar(stmt) != len(set(media_ids)):
        raise ClaimEvidenceNotYours()
