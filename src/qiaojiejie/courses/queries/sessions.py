"""Read courses, sessions and meetings; count what was taught."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.courses.errors import CourseNotFound, CourseSessionNotFound, MeetingNotFound, NotYourSession
from qiaojiejie.courses.models import Course, CourseMeeting, CoursePlace, CourseSession, FundingProgramme

_WHOLE = (joinedload(CourseSession.course), joinedload(CourseSession.station), selectinload(CourseSession.meetings))


def course(course_id: UUID, lock: bool = False) -> Course:
    """A course. Raises CourseNotFound."""
    found = db.session.get(Course, course_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise CourseNotFound()
    return found


def shown_course(visitor: Actor | None, course_id: UUID) -> Course:
    """A course as a visitor sees it: a draft is the federation's alone. Raises CourseNotFound."""
    found = course(course_id)
    if found.state == "draft" and (visitor is None or visitor.role not in FEDERATION):
        raise CourseNotFound()
    return found


def courses(visitor: Actor | None, *, cursor: str | None = None, limit: int, occupation: str | None = None,
            programme: str | None = None) -> paging.Page:
    """A page of the catalogue, newest first; drafts to the federation alone."""
    officer = visitor is not None and visitor.role in FEDERATION
    stmt = sa.select(Course).options(joinedload(Course.body), joinedload(Course.work))
    if not officer:
        stmt = stmt.where(Course.state == "published")
    if occupation is not None:
        stmt = stmt.where(Course.occupation == occupation)
    if programme is not None:
        stmt = stmt.where(Course.programmes.contains([programme]))
    return paging.keyset(stmt, (Course.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("courses", [officer, occupation, programme]))


def programmes() -> list[FundingProgramme]:
    """Every funding programme."""
    return list(db.session.scalars(sa.select(FundingProgramme).order_by(FundingProgramme.code)))


def programme(code: str, on: date) -> FundingProgramme | None:
    """A programme that pays on a day, if there is one."""
    found = db.session.get(FundingProgramme, code)
    if found is None or found.valid_from > on or (found.valid_until is not None and found.valid_until < on):
        return None
    return found


def get(session_id: UUID, lock: bool = False) -> CourseSession:
    """A session with its course and meetings. Raises CourseSessionNotFound."""
    stmt = sa.select(CourseSession).where(CourseSession.id == session_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=CourseSession).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise CourseSessionNotFound()
    return found


def led(actor: Actor, session_id: UUID, lock: bool = False) -> CourseSession:
    """A session for its trainer or the federation. Raises CourseSessionNotFound, NotYourSession."""
    found = get(session_id, lock)
    if actor.role not in FEDERATION and found.trainer_id != actor.account_id:
        raise NotYourSession()
    return found


def meeting(meeting_id: UUID) -> CourseMeeting:
    """A meeting with its session. Raises MeetingNotFound."""
    stmt = sa.select(CourseMeeting).where(CourseMeeting.id == meeting_id).options(joinedload(CourseMeeting.session))
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise MeetingNotFound()
    return found


def page(*, cursor: str | None = None, limit: int, course_id: UUID | None = None, region: str | None = None,
         state: str | None = None, since: datetime | None = None) -> paging.Page:
    """A page of sessions by when they begin, soonest first, from now on unless said otherwise."""
    since = since or clock.now()
    stmt = sa.select(CourseSession).options(*_WHOLE).where(CourseSession.starts_at >= since)
    if course_id is not None:
        stmt = stmt.where(CourseSession.course_id == course_id)
    if region is not None:
        stmt = stmt.where(CourseSession.region_code == region)
    stmt = stmt.where(CourseSession.state == state if state is not None else CourseSession.state != "planned")
    scope = paging.scope_of("course-sessions", [course_id, region, state])
    return paging.keyset(stmt, (CourseSession.starts_at, CourseSession.id), cursor=cursor, limit=limit, scope=scope,
                         descending=False)


def due_to_begin(now: datetime, limit: int) -> list[UUID]:
    """Sessions whose first meeting has begun."""
    stmt = sa.select(CourseSession.id).where(CourseSession.state == "open", CourseSession.starts_at <= now)
    return list(db.session.scalars(stmt.order_by(CourseSession.starts_at).limit(limit)))


_STATISTICS = """
    SELECT count(DISTINCT s.id) AS sessions, count(DISTINCT p.worker_id) FILTER (WHERE p.completed) AS trained,
           count(DISTINCT p.worker_id) FILTER (WHERE p.state = 'passed') AS passed,
           count(DISTINCT s.region_code) AS regions
    FROM course_session s LEFT JOIN course_place p ON p.session_id = s.id
    WHERE s.state = 'finished' AND s.ends_at >= :since AND s.ends_at < :until
"""
_BY_COURSE = """
    SELECT c.id, c.title, c.title_en, count(DISTINCT s.id) AS sessions,
           count(p.id) FILTER (WHERE p.completed) AS trained, count(p.id) FILTER (WHERE p.state = 'passed') AS passed
    FROM course_session s JOIN course c ON c.id = s.course_id LEFT JOIN course_place p ON p.session_id = s.id
    WHERE s.state = 'finished' AND s.ends_at >= :since AND s.ends_at < :until GROUP BY c.id ORDER BY c.id
"""


def statistics(year: int | None) -> dict[str, Any]:
    """Sessions that ended in a year (the twelve months to now unless said), how many different people completed and
    passed one; counted when it is asked."""
    within = {"since": clock.now() - timedelta(days=365), "until": clock.now()} if year is None else {
        "since": clock.midnight(date(year, 1, 1)), "until": clock.midnight(date(year + 1, 1, 1))}
    whole = db.session.execute(sa.text(_STATISTICS), within).one()
    rows = db.session.execute(sa.text(_BY_COURSE), within).all()
    return {"year": year, **whole._mapping, "courses": [dict(row._mapping) for row in rows]}


def waiting(session_ids: list[UUID]) -> dict[UUID, int]:
    """How many wait, by session."""
    stmt = (sa.select(CoursePlace.session_id, sa.func.count()).where(
        CoursePlace.session_id.in_(session_ids), CoursePlace.state == "waiting").group_by(CoursePlace.session_id))
    return {session_id: count for session_id, count in db.session.execute(stmt)}
