"""Places in sessions over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core import sheets
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.courses.errors import (
    AlreadyEnrolled, AlreadyPassedPart, AssessorNotIndependent, AttendanceTooLow, ConsentRequired,
    CourseSessionNotFound, EnrolmentClosed, NoAttemptsLeft, NotEligible, NotYourSession, OfferOver, PlaceNotFound,
    ResitTooSoon, RosterColumnsMissing)
from qiaojiejie.courses.models import CoursePlace
from qiaojiejie.courses.queries import places as queries
from qiaojiejie.courses.routes import blp
from qiaojiejie.courses.routes.sessions import LEADING
from qiaojiejie.courses.schemas.places import (
    MarkIn, PlaceAnswerIn, PlaceFilter, PlaceIn, PlaceOut, PlacePageOut, RosterFileIn, RosterOut)
from qiaojiejie.courses.service import marks, queue, roster
from qiaojiejie.workers.errors import WorkerNotFound

HOLDING = (Role.WORKER, *FIRM, Role.STATION_CLERK)


@blp.route("/course-sessions/<uuid:course_session_id>/places", methods=["POST"])
@allow(*HOLDING)
@refuses(WorkerNotFound, ConsentRequired, CourseSessionNotFound, StepNotPossible, EnrolmentClosed, NotEligible,
         AlreadyEnrolled)
@blp.arguments(PlaceIn)
@blp.response(201, PlaceOut)
def enrol(body: dict[str, Any], course_session_id: UUID) -> CoursePlace:
    """报名 · Enrol in a session

    By the worker, her firm, or a station's clerk with her consent. When it is full she waits, in the order of asking;
    a seat that becomes free is offered to her and kept for the hours the session says.
    """
    return queue.enrol(actor=actor(), session_id=course_session_id, **body)


@blp.route("/course-sessions/<uuid:course_session_id>/place-imports", methods=["POST"])
@allow(*FIRM)
@refuses(CourseSessionNotFound, StepNotPossible, EnrolmentClosed, RosterColumnsMissing, sheets.NotASpreadsheet,
         sheets.OldWorkbook, sheets.WorkbookLocked, sheets.WorkbookHasMacros, sheets.WorkbookHasLinks,
         sheets.SheetTooLarge, sheets.SheetUnpacksTooLarge, sheets.TooManyRows)
@blp.arguments(RosterFileIn, location="files")
@blp.response(201, RosterOut)
def enrol_list(files: dict[str, Any], course_session_id: UUID) -> dict[str, Any]:
    """批量报名 · Enrol many from a spreadsheet

    Of one's own staff, in the list's order; each row that is not enrolled says why.
    """
    with files["file"].stream as stream:
        content = stream.read(sheets.MEGABYTES * 2**20 + 1)
    return roster.enrol_list(actor=actor(), session_id=course_session_id, content=content)


@blp.route("/course-sessions/<uuid:course_session_id>/places", methods=["GET"])
@allow(*LEADING)
@refuses(CourseSessionNotFound)
@blp.arguments(PlaceFilter, location="query")
@blp.response(200, PlacePageOut)
def list_places(filters: dict[str, Any], course_session_id: UUID) -> Page:
    """学员名册 · List who is in a session or waits

    In the order they came, names masked. For trainers and the federation.
    """
    return queries.roster(course_session_id, **filters)


@blp.route("/me/course-places", methods=["GET"])
@allow(*HOLDING)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PlacePageOut)
def list_own(filters: dict[str, Any]) -> Page:
    """我的报名 · List my places: a worker's own, a firm's staff's, those a clerk asked for"""
    return queries.mine(actor(), **filters)


@blp.route("/course-places/<uuid:place_id>", methods=["GET"])
@allow(*HOLDING, *LEADING)
@refuses(PlaceNotFound)
@blp.response(200, PlaceOut)
def show_place(place_id: UUID) -> CoursePlace:
    """报名详情 · Show a place with attendance and marks

    To whose it is, who enrolled her, trainers and the federation.
    """
    return queries.seen(actor(), place_id)


@blp.route("/course-places/<uuid:place_id>/answers", methods=["POST"])
@allow(*HOLDING)
@refuses(PlaceNotFound, StepNotPossible, OfferOver, EnrolmentClosed)
@blp.arguments(PlaceAnswerIn)
@blp.response(200, PlaceOut)
def answer(body: dict[str, Any], place_id: UUID) -> CoursePlace:
    """接受或放弃名额、退出 · Accept or decline an offered seat, or leave

    What becomes free is offered to who is next at once.
    """
    return queue.answer(actor=actor(), place_id=place_id, **body)


@blp.route("/course-places/<uuid:place_id>/removals", methods=["POST"])
@allow(*LEADING)
@refuses(PlaceNotFound, NotYourSession, StepNotPossible, EnrolmentClosed)
@blp.response(200, PlaceOut)
def remove(place_id: UUID) -> CoursePlace:
    """移出班次 · Take somebody off a session before it begins"""
    return queue.remove(actor=actor(), place_id=place_id)


@blp.route("/course-places/<uuid:place_id>/marks", methods=["POST"])
@allow(*LEADING)
@refuses(PlaceNotFound, StepNotPossible, AssessorNotIndependent, AttendanceTooLow, AlreadyPassedPart, ResitTooSoon,
         NoAttemptsLeft)
@blp.arguments(MarkIn)
@blp.response(201, PlaceOut)
def give_mark(body: dict[str, Any], place_id: UUID) -> CoursePlace:
    """考核评分 · Give a mark for theory or practice

    Practice is marked by another than who taught it. Who has passed every part is certified at once; who has not may
    re-sit the part.
    """
    return marks.give(actor=actor(), place_id=place_id, **body)
