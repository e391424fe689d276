"""Courses, and sessions from plan to end."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.certificates.queries import bodies
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.courses import facts
from qiaojiejie.courses.errors import (CourseNotOffered, MeetingsDoNotFit, ProgrammeNotFound, SeatsTooFew, TooEarly,
                                       TrainerUnknown)
from qiaojiejie.courses.lifecycle import COURSE, PLACE, SESSION
from qiaojiejie.courses.models import Course, CourseMeeting, CoursePlace, CourseSession
from qiaojiejie.courses.queries import places, sessions as queries
from qiaojiejie.courses.rules import meetings as times
from qiaojiejie.courses.service import queue
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.stations import queries as stations, service as rooms

#: sessions begun in one transaction
BATCH = 20


def draft(*, actor: Actor, **given: Any) -> Course:
    """A course, not yet open. Raises UnknownOccupation, LevelNotOfOccupation, BodyNotFound, ProgrammeNotFound."""
    catalog.occupation(given["occupation"], given.get("level"))
    bodies.get(given["body_id"])
    known = {each.code for each in queries.programmes()}
    for code in given["programmes"]:
        if code not in known:
            raise ProgrammeNotFound(programme=code)
    syllabus = given["syllabus"]
    made = Course(id=ids.new(), state=COURSE.initial, made_by=actor.account_id, made_at=clock.now(), **{
        f"{kind}_minutes": sum(each["minutes"] for each in syllabus if each["kind"] == kind) for kind in times.KINDS},
        **given)
    db.session.add(made)
    db.session.flush()
    return made


def decide(*, actor: Actor, course_id: UUID, step: str) -> Course:
    """``publish`` or ``retire`` a course; a retired one's sessions go on. Raises CourseNotFound, StepNotPossible."""
    course = queries.course(course_id, lock=True)
    row = COURSE.move(course, step, party="officer")
    data = {"occupation": course.occupation, "level": course.level} if step == "publish" else {}
    ledger.append(row.fact, subject=course.ref, actor=actor.ref, data=data)
    db.session.flush()
    return course


def plan(*, actor: Actor, course_id: UUID, region_code: str, station_id: UUID | None, place: str, seats: int,
         offer_hours: int, trainer_id: UUID | None, meetings: Sequence[Mapping[str, Any]],
         room_id: UUID | None = None) -> CourseSession:
    """A session of a published course, not yet open for enrolment; taught by who plans it unless said otherwise.

    With ``room_id`` the room of a station is reserved for every meeting, or the session is not planned at all.
    Raises CourseNotFound, CourseNotOffered, MeetingsDoNotFit, UnknownRegion, StationNotFound, TrainerUnknown,
    RoomNotFound, RoomTimesDoNotFit, RoomTaken.
    """
    course = queries.course(course_id)
    if course.state != "published":
        raise CourseNotOffered()
    catalog.region(region_code)
    if room_id is not None:
        station_id = stations.room(room_id).station_id
    elif station_id is not None:
        stations.get(station_id)
    if not times.fit(meetings, theory=course.theory_minutes, practice=course.practice_minutes, now=clock.now()):
        raise MeetingsDoNotFit(theory=course.theory_minutes, practice=course.practice_minutes)
    trainer_id = trainer_id or actor.account_id
    if trainer_id not in identity.accounts_with(Role.TRAINER):
        raise TrainerUnknown()
    made = CourseSession(
        id=ids.new(), course_id=course.id, state=SESSION.initial, region_code=region_code, station_id=station_id,
        place=place, trainer_id=trainer_id, seats=seats, taken=0, queued=0, offer_hours=offer_hours,
        starts_at=meetings[0]["starts"], ends_at=meetings[-1]["ends"], planned_by=actor.account_id,
        planned_at=clock.now())
    db.session.add(made)
    db.session.flush()
    db.session.add_all(CourseMeeting(session_id=made.id, number=number, **each)
                       for number, each in enumerate(meetings, 1))
    if room_id is not None:
        for each in meetings:
            rooms.reserve(actor=actor, room_id=room_id, starts=each["starts"], ends=each["ends"], purpose="class",
                          title=course.title, ref=made.ref)
    _record(facts.PLANNED, made, actor.ref, seats=seats, starts=made.starts_at.isoformat())
    db.session.flush()
    return queries.get(made.id)


def take_step(*, actor: Actor, session_id: UUID, step: str, reason: str | None) -> CourseSession:
    """``open``, ``begin``, ``finish`` or ``cancel`` a session, by its trainer or the federation.

    Raises CourseSessionNotFound, NotYourSession, StepNotPossible, TooEarly.
    """
    session = queries.led(actor, session_id, lock=True)
    SESSION.find(step, state=session.state, party="trainer")
    if step == "begin":
        if clock.now() < session.starts_at:
            raise TooEarly()
        _begin(session, "trainer", actor.ref)
    elif step == "finish":
        _finish(session, actor.ref)
    elif step == "cancel":
        session.reason = reason or "—"
        rooms.release_for(ref=session.ref, by=actor.ref)
        _call_off(session, actor.ref, "waiting", "offered", "enrolled")
        _move(session, step, "trainer", actor.ref)
    else:
        _move(session, step, "trainer", actor.ref, seats=session.seats)
    db.session.flush()
    return session


def set_seats(*, actor: Actor, session_id: UUID, seats: int) -> CourseSession:
    """More seats, which who waits is offered at once in order; or fewer, as long as they are not taken.

    Raises CourseSessionNotFound, NotYourSession, StepNotPossible, SeatsTooFew.
    """
    session = queries.led(actor, session_id, lock=True)
    SESSION.find("begin", state=session.state, party="trainer")
    if seats < session.taken:
        raise SeatsTooFew(taken=session.taken)
    before, session.seats = session.seats, seats
    _record(facts.SEATS_CHANGED, session, actor.ref, seats=seats, before=before)
    queue.offer_free(session=session, by=actor.ref)
    db.session.flush()
    return session


def begin_due() -> None:
    """Sessions whose first meeting has begun are running; who has no seat by now gets none."""
    for session_id in queries.due_to_begin(clock.now(), BATCH):
        session = queries.get(session_id, lock=True)
        if session.state == "open":
            _begin(session, "system", ledger.SYSTEM)


def _begin(session: CourseSession, party: str, by: str) -> None:
    _call_off(session, by, "waiting", "offered")
    _move(session, "begin", party, by, taken=session.taken)


def _finish(session: CourseSession, by: str) -> None:
    """Who attended enough has completed it; who has not passed by now has failed, and may still re-sit."""
    least = session.course.least_attendance
    there = places.of_states(session.id, "enrolled", "passed")
    for place in there:
        place.completed = places.attended(place) >= least
    failed = [place for place in there if place.state == "enrolled"]
    _move_places(failed, "fail", by)
    session.finished_at = clock.now()
    _move(session, "finish", "trainer", by, completed=sum(place.completed for place in there),
          passed=len(there) - len(failed))


def _call_off(session: CourseSession, by: str, *states: str) -> None:
    there = places.of_states(session.id, *states)
    session.taken -= sum(place.state != "waiting" for place in there)
    _move_places(there, "call_off", by)


def _move_places(there: Sequence[CoursePlace], step: str, by: str) -> None:
    for place in there:
        PLACE.move(place, step, party="system")
    ledger.append_many(PLACE.steps[step].fact, actor=by, about=[
        (place.subject, {"session": str(place.session_id), "place": str(place.id)}) for place in there])


def _move(session: CourseSession, step: str, party: str, by: str, **data: Any) -> None:
    _record(SESSION.move(session, step, party=party).fact, session, by, **data)


def _record(fact: str, session: CourseSession, by: str, /, **data: Any) -> None:
    ledger.append(fact, subject=session.ref, actor=by, data={"course": str(session.course_id), **data})
