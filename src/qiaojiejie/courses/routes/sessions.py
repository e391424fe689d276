"""Sessions of courses over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core.access import FEDERATION, Role, actor, allow, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.courses.errors import (
    CourseNotFound, CourseNotOffered, CourseSessionNotFound, DoorCodeWrong, MeetingNotFound, MeetingsDoNotFit,
    NotEnrolledHere, NotMeetingTime, NotYourSession, PlaceNotFound, SeatsTooFew, TooEarly, TrainerUnknown)
from qiaojiejie.courses.models import CoursePlace, CourseSession
from qiaojiejie.courses.queries import sessions as queries
from qiaojiejie.courses.routes import blp
from qiaojiejie.courses.schemas.places import DoorScanIn, PlaceOut, RollIn, RollOut
from qiaojiejie.courses.schemas.sessions import (
    CourseSessionFilter, CourseSessionIn, CourseSessionOut, CourseSessionPageOut, CourseSessionStepIn, DoorCodeOut,
    SeatsIn)
from qiaojiejie.courses.service import attendance, sessions
from qiaojiejie.stations.errors import RoomNotFound, RoomTaken, RoomTimesDoNotFit, StationNotFound
from qiaojiejie.workers.errors import WorkerNotFound

LEADING = (Role.TRAINER, *FEDERATION)


@blp.route("/course-sessions", methods=["GET"])
@public
@blp.arguments(CourseSessionFilter, location="query")
@blp.response(200, CourseSessionPageOut)
def list_sessions(filters: dict[str, Any]) -> Page:
    """班次列表 · List sessions with the seats that are free now

    Soonest first. Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/course-sessions/<uuid:course_session_id>", methods=["GET"])
@public
@refuses(CourseSessionNotFound)
@blp.response(200, CourseSessionOut)
def show_session(course_session_id: UUID) -> CourseSession:
    """班次详情 · Show a session

    Where and when it meets, and its free seats now. Open to everybody.
    """
    return queries.get(course_session_id)


@blp.route("/courses/<uuid:course_id>/sessions", methods=["POST"])
@allow(*LEADING)
@refuses(CourseNotFound, CourseNotOffered, MeetingsDoNotFit, UnknownRegion, StationNotFound, TrainerUnknown,
         RoomNotFound, RoomTimesDoNotFit, RoomTaken)
@blp.arguments(CourseSessionIn)
@blp.response(201, CourseSessionOut)
def plan(body: dict[str, Any], course_id: UUID) -> CourseSession:
    """安排班次 · Plan a session

    By a trainer or the federation; its meetings add up to the course's hours. With `room_id` a station's room is
    reserved for every one of them.
    """
    return sessions.plan(actor=actor(), course_id=course_id, **body)


@blp.route("/course-sessions/<uuid:course_session_id>/steps", methods=["POST"])
@allow(*LEADING)
@refuses(CourseSessionNotFound, NotYourSession, StepNotPossible, TooEarly)
@blp.arguments(CourseSessionStepIn)
@blp.response(200, CourseSessionOut)
def take_step(body: dict[str, Any], course_session_id: UUID) -> CourseSession:
    """开放报名、开班、结业、取消 · Open, begin, finish or cancel a session

    It begins by itself with its first meeting; who has no seat by then is told. Finishing counts who attended to the
    end.
    """
    return sessions.take_step(actor=actor(), session_id=course_session_id, **body)


@blp.route("/course-sessions/<uuid:course_session_id>/seats", methods=["POST"])
@allow(*LEADING)
@refuses(CourseSessionNotFound, NotYourSession, StepNotPossible, SeatsTooFew)
@blp.arguments(SeatsIn)
@blp.response(200, CourseSessionOut)
def set_seats(body: dict[str, Any], course_session_id: UUID) -> CourseSession:
    """调整名额 · Change how many seats there are

    More seats are offered to who waits, in order, at once.
    """
    return sessions.set_seats(actor=actor(), session_id=course_session_id, **body)


@blp.route("/course-meetings/<uuid:meeting_id>/door-code", methods=["GET"])
@allow(*LEADING)
@refuses(MeetingNotFound, NotYourSession, NotMeetingTime)
@blp.response(200, DoorCodeOut)
def show_door_code(meeting_id: UUID) -> dict[str, Any]:
    """门口签到码 · The code for the screen at the door

    It changes every 30 seconds; from half an hour before the meeting to its end.
    """
    return attendance.door_code(actor=actor(), meeting_id=meeting_id)


@blp.route("/course-meetings/<uuid:meeting_id>/attendances", methods=["POST"])
@allow(Role.WORKER)
@refuses(MeetingNotFound, NotMeetingTime, DoorCodeWrong, WorkerNotFound, NotEnrolledHere)
@blp.arguments(DoorScanIn)
@blp.response(201, PlaceOut)
def sign_in(body: dict[str, Any], meeting_id: UUID) -> CoursePlace:
    """扫码签到 · Sign in by the code at the door

    At another session of the same course it makes up for the meeting of that number.
    """
    return attendance.sign_in(actor=actor(), meeting_id=meeting_id, **body)


@blp.route("/course-meetings/<uuid:meeting_id>/roll", methods=["POST"])
@allow(*LEADING)
@refuses(MeetingNotFound, NotYourSession, StepNotPossible, NotMeetingTime, PlaceNotFound, NotEnrolledHere)
@blp.arguments(RollIn)
@blp.response(200, RollOut)
def call_roll(body: dict[str, Any], meeting_id: UUID) -> dict[str, int]:
    """点名 · Call the roll

    Those named were there; who belongs to another session of the course makes up.
    """
    return {"noted": len(attendance.roll(actor=actor(), meeting_id=meeting_id, **body))}
