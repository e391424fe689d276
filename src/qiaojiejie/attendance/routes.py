"""Days worked over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.attendance import errors, queries, rules
from qiaojiejie.attendance import service as attendance
from qiaojiejie.attendance.models import Workday
from qiaojiejie.attendance.schemas import (
    ContestedFilter, EndingIn, EndingQuoteOut, PlannedDayPageOut, WorkdayAnswerIn, WorkdayIn, WorkdayOut,
    WorkdayPageOut)
from qiaojiejie.booking.errors import BookingNotFound, TooEarly, TooLate
from qiaojiejie.booking.queries import Shown
from qiaojiejie.booking.schemas import BookingOut
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page

blp = Blueprint("attendance", description="记工 · Days worked in an engagement by days, and ending it early")

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)


@blp.route("/bookings/<uuid:booking_id>/workdays", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound, errors.NotByTheDay)
@blp.response(200, PlannedDayPageOut)
def list_workdays(booking_id: UUID) -> Page:
    """记工表 · The days of an engagement, each with its price and what was written down

    To its parties, in order, all on one page; to a worker, present or former, her own days.
    """
    return queries.shown(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/workdays", methods=["POST"])
@allow(Role.WORKER, *FIRM)
@refuses(BookingNotFound, errors.NotByTheDay, errors.NotUnderWay, errors.DayNotPlanned, errors.NotHerDay, TooEarly,
         TooLate, errors.DayRecordedAlready)
@blp.arguments(WorkdayIn)
@blp.response(201, WorkdayOut)
def write_down(body: dict[str, Any], booking_id: UUID) -> Workday:
    """记一天工 · Write a day of work down

    By the worker, or her firm for her, from that day until 72 hours after it is over. The family has 48 hours to
    contest it; agreed, or unopposed, its price is released to the firm.
    """
    return attendance.write_down(actor=actor(), booking_id=booking_id, **body)


@blp.route("/workdays/<uuid:workday_id>/answers", methods=["POST"])
@allow(*PARTIES, Role.MEDIATOR)
@refuses(errors.WorkdayNotFound, NotYourStep, StepNotPossible, errors.NotUnderWay, errors.EndedAlready, TooLate,
         errors.ReasonNeeded, errors.MinutesNeeded)
@blp.arguments(WorkdayAnswerIn)
@blp.response(200, WorkdayOut)
def answer_workday(body: dict[str, Any], workday_id: UUID) -> Workday:
    """确认、异议、更正、裁定 · Agree to a day, contest it, amend it, decide it

    The family agrees or contests; the worker or her firm amends (the family then has 48 hours again) or withdraws; a
    contested day nobody settles is upheld or struck out by a mediator.
    """
    return attendance.answer(actor=actor(), workday_id=workday_id, **body)


@blp.route("/contested-workdays", methods=["GET"])
@allow(Role.MEDIATOR)
@blp.arguments(ContestedFilter, location="query")
@blp.response(200, WorkdayPageOut)
def list_contested(filters: dict[str, Any]) -> Page:
    """有异议的记工 · Days that wait for a mediator, oldest first"""
    return queries.contested(**filters)


@blp.route("/bookings/<uuid:booking_id>/ending-quotes", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(BookingNotFound, errors.NotByTheDay, errors.NotUnderWay, errors.EndedAlready)
@blp.response(200, EndingQuoteOut)
def quote_ending(booking_id: UUID) -> rules.Ending:
    """提前结束前询价 · What would ending early come to?

    Only days worked are paid. Nothing is changed.
    """
    return attendance.quote_ending(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/endings", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(BookingNotFound, errors.NotByTheDay, errors.NotUnderWay, errors.EndedAlready, errors.EndingQuoteChanged)
@blp.arguments(EndingIn)
@blp.response(200, BookingOut)
def end(body: dict[str, Any], booking_id: UUID) -> Shown:
    """提前结束 · End an engagement early

    By the household or the firm, for exactly the refund quoted; the worker's time is free from now on.
    """
    return attendance.end(actor=actor(), booking_id=booking_id, **body)
