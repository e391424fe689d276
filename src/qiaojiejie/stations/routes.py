"""Stations and their rooms over HTTP; the page is open to everybody."""

from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.stations import queries, service as stations
from qiaojiejie.stations.errors import (
    ReservationNotFound, RoomExists, RoomNotFound, RoomTaken, RoomTimesDoNotFit, StationNotFound)
from qiaojiejie.stations.models import RoomReservation, Station, StationRoom
from qiaojiejie.stations.schemas import (
    ReservationIn, ReservationOut, ReservationPageOut, RoomDayOut, RoomFilter, RoomIn, RoomOut, StationChange,
    StationFilter, StationOut, StationPageOut)

blp = Blueprint("stations", description="社区工作站 · Community stations and their rooms")

KEEPERS = (Role.STATION_CLERK, Role.FEDERATION_ADMIN)
HOLDERS = (*KEEPERS, Role.TRAINER, Role.MEDIATOR, *FIRM)


@blp.route("/stations", methods=["GET"])
@public
@blp.arguments(StationFilter, location="query")
@blp.response(200, StationPageOut)
def list_stations(filters: dict[str, Any]) -> Page:
    """工作站列表 · List the community stations

    Nearest first when `lng` and `lat` are given, else in the order they opened. Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/stations/<uuid:station_id>", methods=["GET"])
@public
@refuses(StationNotFound)
@blp.response(200, StationOut)
def show_station(station_id: UUID) -> Station:
    """工作站 · Show a community station

    Where it is, when it is open, who is there and what happens on each floor. Open to everybody.
    """
    return queries.get(station_id)


@blp.route("/stations/<uuid:station_id>", methods=["PATCH"])
@allow(*KEEPERS)
@refuses(StationNotFound)
@blp.arguments(StationChange)
@blp.response(200, StationOut)
def change_station(body: dict[str, Any], station_id: UUID) -> Station:
    """修改工作站信息 · Change hours, floors, staff

    A clerk her own station; what is left out stays.
    """
    return stations.change(actor=actor(), station_id=station_id, changes=body)


@blp.route("/stations/<uuid:station_id>/rooms", methods=["GET"])
@public
@refuses(StationNotFound)
@blp.arguments(RoomFilter, location="query")
@blp.response(200, RoomDayOut(many=True))
def list_rooms(filters: dict[str, Any], station_id: UUID) -> list[dict[str, Any]]:
    """场地与占用时间 · A station's rooms and when they are taken on a day

    Open to everybody.
    """
    return queries.rooms_on(station_id, filters["day"] or clock.today())


@blp.route("/stations/<uuid:station_id>/rooms", methods=["POST"])
@allow(*KEEPERS)
@refuses(StationNotFound, RoomExists)
@blp.arguments(RoomIn)
@blp.response(201, RoomOut)
def add_room(body: dict[str, Any], station_id: UUID) -> StationRoom:
    """添加场地 · Add a room"""
    return stations.add_room(actor=actor(), station_id=station_id, **body)


@blp.route("/station-rooms/<uuid:room_id>/reservations", methods=["POST"])
@allow(*HOLDERS)
@refuses(RoomNotFound, StationNotFound, RoomTimesDoNotFit, RoomTaken)
@blp.arguments(ReservationIn)
@blp.response(201, ReservationOut)
def reserve(body: dict[str, Any], room_id: UUID) -> RoomReservation:
    """预订场地 · Reserve a room for an interview, a class, an activity

    Two reservations of a room never overlap; one may begin when another ends.
    """
    return stations.reserve(actor=actor(), room_id=room_id, **body)


@blp.route("/stations/<uuid:station_id>/reservations", methods=["GET"])
@allow(Role.STATION_CLERK, *FEDERATION)
@refuses(StationNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ReservationPageOut)
def list_reservations(filters: dict[str, Any], station_id: UUID) -> Page:
    """工作站的场地预订 · The reservations of a station's rooms"""
    return queries.reservations(station_id=queries.own(actor(), station_id).id, holder=None, **filters)


@blp.route("/me/room-reservations", methods=["GET"])
@allow(*HOLDERS)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ReservationPageOut)
def list_own_reservations(filters: dict[str, Any]) -> Page:
    """我的场地预订 · The rooms I reserved"""
    return queries.reservations(station_id=None, holder=actor().account_id, **filters)


@blp.route("/room-reservations/<uuid:reservation_id>/releases", methods=["POST"])
@allow(*HOLDERS, Role.FEDERATION_AUDITOR)
@refuses(ReservationNotFound, StepNotPossible)
@blp.response(200, ReservationOut)
def release(reservation_id: UUID) -> RoomReservation:
    """释放场地 · Give a room back

    By who reserved it, the station's clerk or the federation.
    """
    return stations.release(actor=actor(), reservation_id=reservation_id)
