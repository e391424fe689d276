"""Interviews over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors as booking_errors
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.catalog.errors import UnknownService
from qiaojiejie.core import clock
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.interviews import errors, queries
from qiaojiejie.interviews import service as interviews
from qiaojiejie.interviews.schemas import (
    InterviewCancelIn, InterviewFilter, InterviewIn, InterviewLookOut, InterviewMissIn, InterviewOut,
    InterviewOutcomeIn, InterviewPageOut, SlotFilter, SlotsOut, StationDayFilter)
from qiaojiejie.stations.errors import RoomTaken, StationNotFound
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("interviews", description="到站面谈 · A family and a worker meet at a station")

SIDES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
PARTIES = (*SIDES, Role.STATION_CLERK)


@blp.route("/stations/<uuid:station_id>/interview-slots", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(StationNotFound, WorkerNotFound)
@blp.arguments(SlotFilter, location="query")
@blp.response(200, SlotsOut)
def list_slots(filters: dict[str, Any], station_id: UUID) -> dict[str, Any]:
    """可约面谈时间 · When a worker can be met at a station on a day

    Half hours in which both she and a room are free, an hour from now at the earliest.
    """
    return {"starts": queries.slots(station_id, filters["worker_id"], filters["day"])}


@blp.route("/interviews", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(WorkerNotFound, UnknownService, StationNotFound, errors.NotInterviewed, booking_errors.ServiceNotOffered,
         booking_errors.OnBlockList, booking_errors.WorkerNotBookable, booking_errors.WorkerNotEligible,
         booking_errors.StartNotOnHalfHour, booking_errors.TooLittleNotice, booking_errors.BeyondHorizon,
         errors.NotAtStationHours, booking_errors.OutsideHours, errors.InterviewStands, errors.InterviewsFull,
         SlotTaken, TooFarBetween, errors.NoRoomFree, RoomTaken)
@blp.arguments(InterviewIn)
@blp.response(201, InterviewOut)
def book(body: dict[str, Any]) -> queries.Shown:
    """预约面谈 · Meet a worker at a station before engaging her

    For services that are booked by days (月嫂, live-in, by the day): half an hour, free of charge. A family has at most
    three ahead of it, and one with each worker.
    """
    return interviews.book(actor=actor(), **body)


@blp.route("/interviews", methods=["GET"])
@allow(*SIDES)
@blp.arguments(InterviewFilter, location="query")
@blp.response(200, InterviewPageOut)
def list_interviews(filters: dict[str, Any]) -> Page:
    """我的面谈 · Interviews of mine, or of my firm's workers

    Newest first.
    """
    return queries.mine(actor(), state=filters.get("state"), cursor=filters.get("cursor"), limit=filters["limit"])


@blp.route("/stations/<uuid:station_id>/interviews", methods=["GET"])
@allow(Role.STATION_CLERK, *FEDERATION)
@refuses(StationNotFound)
@blp.arguments(StationDayFilter, location="query")
@blp.response(200, InterviewPageOut)
def list_day(filters: dict[str, Any], station_id: UUID) -> Page:
    """工作站当日面谈 · A day's interviews at a station, in their order"""
    return queries.at_station(actor(), station_id, filters["day"] or clock.today(), cursor=filters.get("cursor"),
                              limit=filters["limit"])


@blp.route("/interviews/<uuid:interview_id>", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.InterviewNotFound)
@blp.response(200, InterviewOut)
def show(interview_id: UUID) -> queries.Shown:
    """面谈详情 · Read an interview

    To the family, the worker, her firm and the station's clerk.
    """
    return queries.shown(actor(), interview_id)


@blp.route("/interviews/<uuid:interview_id>/cancellations", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.InterviewNotFound, NotYourStep, StepNotPossible, errors.InterviewBegun)
@blp.arguments(InterviewCancelIn)
@blp.response(200, InterviewOut)
def cancel(body: dict[str, Any], interview_id: UUID) -> queries.Shown:
    """取消面谈 · Call an interview off before it begins

    By the family, the worker or her firm; everybody is told.
    """
    return interviews.cancel(actor=actor(), interview_id=interview_id, **body)


@blp.route("/interviews/<uuid:interview_id>/outcomes", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.InterviewNotFound, NotYourStep, StepNotPossible, errors.InterviewNotYet, errors.InterviewTooLate)
@blp.arguments(InterviewOutcomeIn)
@blp.response(200, InterviewOut)
def conclude(body: dict[str, Any], interview_id: UUID) -> queries.Shown:
    """登记面谈结果 · Say that an interview took place, and what came of it

    By the family, from the start on and for a week, as often as it thinks again; or by the station's clerk, who says
    only that it took place. The worker and her firm learn the outcome, not the words; the firm may look at those.
    """
    return interviews.conclude(actor=actor(), interview_id=interview_id, **body)


@blp.route("/interviews/<uuid:interview_id>/absences", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.InterviewNotFound, NotYourStep, StepNotPossible, errors.InterviewNotYet)
@blp.arguments(InterviewMissIn)
@blp.response(200, InterviewOut)
def miss(body: dict[str, Any], interview_id: UUID) -> queries.Shown:
    """登记未到 · Say who did not come

    By the other side or the station's clerk, from 15 minutes after the start.
    """
    return interviews.miss(actor=actor(), interview_id=interview_id, **body)


@blp.route("/interviews/<uuid:interview_id>/looks", methods=["POST"])
@allow(*FIRM, Role.STATION_CLERK)
@refuses(errors.InterviewNotFound)
@blp.response(200, InterviewLookOut)
def look(interview_id: UUID) -> dict[str, str | None]:
    """查看联系方式 · See how to reach both sides

    To the firm and the station's clerk: phones while it is ahead; to the firm what the family wrote of it. Every look
    is recorded.
    """
    return interviews.look(actor=actor(), interview_id=interview_id)
