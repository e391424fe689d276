"""The services desk over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import FEDERATION, Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.desk import queries, service as desk
from qiaojiejie.desk.errors import NobodyWaiting, TicketHeld, TicketNotFound
from qiaojiejie.desk.models import DeskTicket
from qiaojiejie.desk.schemas import (
    CallIn, DeskFilter, DeskStatisticsOut, QueueOut, TicketAnswerIn, TicketBeforeOut, TicketFilter, TicketIn,
    TicketOut, TicketPageOut)
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.stations import queries as stations
from qiaojiejie.stations.errors import StationNotFound

blp = Blueprint("desk", description="服务台 · A station's desk: numbers, calls, waits")

VISITORS = (Role.HOUSEHOLD, Role.WORKER)


@blp.route("/stations/<uuid:station_id>/queue", methods=["GET"])
@public
@refuses(StationNotFound)
@blp.response(200, QueueOut)
def show_queue(station_id: UUID) -> dict[str, Any]:
    """排队情况 · Who is called where, how many wait and how long

    Open to everybody.
    """
    return queries.queue(station_id)


@blp.route("/stations/<uuid:station_id>/tickets", methods=["POST"])
@allow(*VISITORS, Role.STATION_CLERK)
@refuses(StationNotFound, TicketHeld, BadPhone)
@blp.arguments(TicketIn)
@blp.response(201, TicketOut)
def draw(body: dict[str, Any], station_id: UUID) -> DeskTicket:
    """取号 · Draw the day's next number

    For oneself, or by the clerk for who walks in. Numbers begin with 1 each day, without a hole.
    """
    return desk.draw(actor=actor(), station_id=station_id, **body)


@blp.route("/stations/<uuid:station_id>/tickets", methods=["GET"])
@allow(Role.STATION_CLERK, *FEDERATION)
@refuses(StationNotFound)
@blp.arguments(TicketFilter, location="query")
@blp.response(200, TicketPageOut)
def list_tickets(filters: dict[str, Any], station_id: UUID) -> Page:
    """当日号码 · A day's numbers in order"""
    day = filters.pop("day") or clock.today()
    return queries.of_day(stations.own(actor(), station_id).id, day, **filters)


@blp.route("/stations/<uuid:station_id>/calls", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(StationNotFound, NobodyWaiting)
@blp.arguments(CallIn)
@blp.response(200, TicketOut)
def call(body: dict[str, Any], station_id: UUID) -> DeskTicket:
    """叫号 · Call the next number to a window

    Two windows that call at once get two numbers.
    """
    return desk.call(actor=actor(), station_id=station_id, **body)


@blp.route("/stations/<uuid:station_id>/desk-statistics", methods=["GET"])
@public
@refuses(StationNotFound)
@blp.arguments(DeskFilter, location="query")
@blp.response(200, DeskStatisticsOut)
def desk_statistics(filters: dict[str, Any], station_id: UUID) -> dict[str, Any]:
    """服务台统计 · Numbers and waits by subject

    Open to everybody.
    """
    until = filters["until"] or clock.today()
    return queries.statistics(station_id, filters["since"] or until - timedelta(days=30), until)


@blp.route("/me/tickets", methods=["GET"])
@allow(*VISITORS)
@blp.arguments(PageFilter, location="query")
@blp.response(200, TicketPageOut)
def list_own_tickets(filters: dict[str, Any]) -> Page:
    """我的号码 · My numbers, newest first"""
    return queries.mine(actor().account_id, **filters)


@blp.route("/tickets/<uuid:ticket_id>", methods=["GET"])
@allow(*VISITORS, Role.STATION_CLERK, *FEDERATION)
@refuses(TicketNotFound)
@blp.response(200, TicketBeforeOut)
def show_ticket(ticket_id: UUID) -> dict[str, Any]:
    """号码状态 · A number and how many are before it"""
    return queries.shown(actor(), ticket_id)


@blp.route("/tickets/<uuid:ticket_id>/answers", methods=["POST"])
@allow(*VISITORS, Role.STATION_CLERK)
@refuses(TicketNotFound, NotYourStep, StepNotPossible)
@blp.arguments(TicketAnswerIn)
@blp.response(200, TicketOut)
def answer_ticket(body: dict[str, Any], ticket_id: UUID) -> DeskTicket:
    """办结、过号、重叫、离开 · End a number or call it again"""
    return desk.answer(actor=actor(), ticket_id=ticket_id, **body)
