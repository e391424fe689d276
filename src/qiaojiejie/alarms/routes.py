"""Calls for help over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.alarms import queries, service as alarms
from qiaojiejie.alarms.errors import AlarmNotFound, AlarmNotNow, AlarmOver
from qiaojiejie.alarms.models import Alarm
from qiaojiejie.alarms.schemas import (
    AlarmAnswerIn, AlarmFilter, AlarmIn, AlarmLookOut, AlarmOut, AlarmPageOut)
from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.households.schemas import WhereIn

blp = Blueprint("alarms", description="一键求助 · Calls for help")

CALLERS = (Role.HOUSEHOLD, Role.WORKER)
HELPERS = (*FIRM, *FEDERATION)


@blp.route("/bookings/<uuid:booking_id>/alarms", methods=["POST"])
@allow(*CALLERS)
@refuses(BookingNotFound, AlarmNotNow)
@blp.arguments(AlarmIn)
@blp.response(201, AlarmOut)
def call_for_help(body: dict[str, Any], booking_id: UUID) -> Alarm:
    """一键求助 · Call for help

    By the worker or the family, from an hour before the service until two hours after. Her firm and the federation's
    duty desk are told at once; the other side is not. Pressed again, it is the same call with a newer place.
    """
    return alarms.call_for_help(actor=actor(), booking_id=booking_id, **body)


@blp.route("/alarms", methods=["GET"])
@allow(*CALLERS, *HELPERS)
@blp.arguments(AlarmFilter, location="query")
@blp.response(200, AlarmPageOut)
def list_alarms(filters: dict[str, Any]) -> Page:
    """求助列表 · List calls for help

    One's own, those of one's firm, or to the federation all; newest first.
    """
    return queries.mine(actor(), state=filters.get("state"), cursor=filters.get("cursor"), limit=filters["limit"])


@blp.route("/alarms/<uuid:alarm_id>", methods=["GET"])
@allow(*CALLERS, *HELPERS)
@refuses(AlarmNotFound)
@blp.response(200, AlarmOut)
def show_alarm(alarm_id: UUID) -> Alarm:
    """求助详情 · Read a call for help

    To who called, her firm and the federation.
    """
    return queries.shown(actor(), alarm_id)


@blp.route("/alarms/<uuid:alarm_id>/places", methods=["POST"])
@allow(*CALLERS)
@refuses(AlarmNotFound, AlarmOver)
@blp.arguments(WhereIn)
@blp.response(200, AlarmOut)
def give_place(body: dict[str, Any], alarm_id: UUID) -> Alarm:
    """更新位置 · Say where one is now

    By who called, while help is on its way; only the last place is kept, until 30 days after the end.
    """
    return alarms.give_place(actor=actor(), alarm_id=alarm_id, **body)


@blp.route("/alarms/<uuid:alarm_id>/looks", methods=["POST"])
@allow(*HELPERS)
@refuses(AlarmNotFound)
@blp.response(200, AlarmLookOut)
def look(alarm_id: UUID) -> dict[str, Any]:
    """查看位置与电话 · See where the caller is

    To her firm and the duty desk. Every look is recorded.
    """
    return alarms.look(actor=actor(), alarm_id=alarm_id)


@blp.route("/alarms/<uuid:alarm_id>/answers", methods=["POST"])
@allow(*CALLERS, *HELPERS)
@refuses(AlarmNotFound, NotYourStep, StepNotPossible)
@blp.arguments(AlarmAnswerIn)
@blp.response(200, AlarmOut)
def answer_alarm(body: dict[str, Any], alarm_id: UUID) -> Alarm:
    """响应、处置、报平安 · Acknowledge, resolve, or take a call back

    Firm and duty desk acknowledge, and resolve with what was done; who called takes it back by saying they are safe.
    """
    return alarms.answer(actor=actor(), alarm_id=alarm_id, **body)
