"""Who was there: by the code on the screen at the door, by the trainer's roll, by making up elsewhere."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.courses.errors import DoorCodeWrong, NotEnrolledHere, NotMeetingTime, PlaceNotFound
from qiaojiejie.courses.lifecycle import SESSION
from qiaojiejie.courses.models import CourseAttendance, CourseMeeting, CoursePlace
from qiaojiejie.courses.queries import places, sessions
from qiaojiejie.courses.rules import meetings
from qiaojiejie.workers import queries as workers


def door_code(*, actor: Actor, meeting_id: UUID) -> dict[str, Any]:
    """What the screen at the door shows now, and until when. Raises MeetingNotFound, NotYourSession, NotMeetingTime."""
    meeting = sessions.meeting(meeting_id)
    sessions.led(actor, meeting.session_id)
    _require_time(meeting)
    now = meetings.window(clock.now())
    return {"code": _code(meeting_id, now),
            "changes_at": datetime.fromtimestamp((now + 1) * meetings.WINDOW, UTC), "meeting": meeting}


def _code(meeting_id: UUID, window: int) -> str:
    return blind("door", f"{meeting_id}:{window}").hex()[:20]


def _require_time(meeting: CourseMeeting) -> None:
    if not meetings.is_open(meeting.starts, meeting.ends, clock.now()):
        raise NotMeetingTime()


def sign_in(*, actor: Actor, meeting_id: UUID, code: str) -> CoursePlace:
    """A worker who scans the code at the door was there; whose meeting it is not makes up for hers of that number.

    Raises MeetingNotFound, NotMeetingTime, DoorCodeWrong, WorkerNotFound, NotEnrolledHere.
    """
    meeting = sessions.meeting(meeting_id)
    _require_time(meeting)
    now = meetings.window(clock.now())
    if not any(hmac.compare_digest(_code(meeting_id, each), code) for each in (now, now - 1)):
        raise DoorCodeWrong()
    worker = workers.of_account(actor.account_id)
    place = places.live_of(meeting.session_id, [worker.id]).get(worker.id)
    if place is None or place.state not in ("enrolled", "passed"):
        place = places.of_course(meeting.session.course_id, [worker.id]).get(worker.id)
    if place is None:
        raise NotEnrolledHere()
    _note([(place, "code" if place.session_id == meeting.session_id else "make_up")], meeting, actor)
    return places.get(place.id)


def roll(*, actor: Actor, meeting_id: UUID, place_ids: Sequence[UUID]) -> list[CoursePlace]:
    """The trainer calls the roll: these were there, of another session of the course too, who make up.

    Raises MeetingNotFound, NotYourSession, StepNotPossible, PlaceNotFound, NotEnrolledHere.
    """
    meeting = sessions.meeting(meeting_id)
    session = sessions.led(actor, meeting.session_id)
    SESSION.find("finish", state=session.state, party="trainer")
    if clock.now() < meeting.starts:
        raise NotMeetingTime()
    found = places.by_ids(place_ids)
    if len(found) != len(set(place_ids)):
        raise PlaceNotFound()
    those = list(found.values())
    if any(each.session.course_id != session.course_id or each.state not in ("enrolled", "passed", "failed")
           for each in those):
        raise NotEnrolledHere()
    _note([(each, "roll" if each.session_id == session.id else "make_up") for each in those], meeting, actor)
    return those


def _note(those: Sequence[tuple[CoursePlace, str]], meeting: CourseMeeting, actor: Actor) -> None:
    """Each was there; who was noted already stays so."""
    stmt = insert(CourseAttendance).values([
        {"place_id": place.id, "number": meeting.number, "meeting_id": meeting.id, "via": via,
         "recorded_by": actor.account_id, "at": clock.now()} for place, via in those])
    db.session.execute(stmt.on_conflict_do_nothing())
