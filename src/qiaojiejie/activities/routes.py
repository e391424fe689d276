"""Activities over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.activities import queries, service as activities
from qiaojiejie.activities.errors import (
    ActivityNotFound, ActivityPhotoNotFound, ActivityPlaceNotFound, ActivityTimesDoNotFit, AlreadySigned, NotBegun,
    PhotoNotOurs, SignUpOver)
from qiaojiejie.activities.models import Activity, ActivityPhoto, ActivityPlace
from qiaojiejie.activities.schemas import (
    ActivityFilter, ActivityIn, ActivityOut, ActivityPageOut, ActivityPhotoIn, ActivityPhotoOut, ActivityPlaceFilter,
    ActivityPlaceOut, ActivityPlacePageOut, ActivityYearFilter, ActivityYearOut, AttendIn, CancelActivityIn, ReportIn,
    WithdrawPhotoIn)
from qiaojiejie.core.access import FEDERATION, Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.stations.errors import RoomNotFound, RoomTaken, RoomTimesDoNotFit, StationNotFound, VisitorUnknown
from qiaojiejie.stations.schemas import AskedIn

blp = Blueprint("activities", description="四进活动 · Activities of stations: ideas, training, service, projects")

VISITORS = (Role.HOUSEHOLD, Role.WORKER)


@blp.route("/activities", methods=["GET"])
@public
@blp.arguments(ActivityFilter, location="query")
@blp.response(200, ActivityPageOut)
def list_activities(filters: dict[str, Any]) -> Page:
    """活动列表 · Activities, the latest to begin first

    Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/activities", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(ActivityTimesDoNotFit, RoomNotFound, StationNotFound, RoomTimesDoNotFit, RoomTaken)
@blp.arguments(ActivityIn)
@blp.response(201, ActivityOut)
def plan_activity(body: dict[str, Any]) -> Activity:
    """安排活动 · Plan an activity of one's station

    With `room_id` a room of the station is reserved for it.
    """
    return activities.plan(actor=actor(), **body)


@blp.route("/activities/statistics", methods=["GET"])
@public
@blp.arguments(ActivityYearFilter, location="query")
@blp.response(200, ActivityYearOut)
def activity_statistics(filters: dict[str, Any]) -> dict[str, Any]:
    """四进统计 · Activities held, how many came, how many different people

    Counted now. Open to everybody.
    """
    return queries.statistics(**filters)


@blp.route("/activities/<uuid:activity_id>", methods=["GET"])
@public
@refuses(ActivityNotFound)
@blp.response(200, ActivityOut)
def show_activity(activity_id: UUID) -> Activity:
    """活动详情 · Show an activity

    With its report and the photos people agreed to. Open to everybody.
    """
    return queries.get(activity_id)


@blp.route("/activities/<uuid:activity_id>/cancellations", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(ActivityNotFound, StepNotPossible)
@blp.arguments(CancelActivityIn)
@blp.response(200, ActivityOut)
def cancel_activity(body: dict[str, Any], activity_id: UUID) -> Activity:
    """取消活动 · Call an activity off

    Who signed up is told; the room is free.
    """
    return activities.cancel(actor=actor(), activity_id=activity_id, **body)


@blp.route("/activities/<uuid:activity_id>/reports", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(ActivityNotFound, StepNotPossible, NotBegun)
@blp.arguments(ReportIn)
@blp.response(200, ActivityOut)
def report_activity(body: dict[str, Any], activity_id: UUID) -> Activity:
    """活动总结 · Say what was done; who was there is counted from the roll"""
    return activities.hold(actor=actor(), activity_id=activity_id, **body)


@blp.route("/activities/<uuid:activity_id>/places", methods=["GET"])
@allow(Role.STATION_CLERK, *FEDERATION)
@refuses(ActivityNotFound)
@blp.arguments(ActivityPlaceFilter, location="query")
@blp.response(200, ActivityPlacePageOut)
def list_places(filters: dict[str, Any], activity_id: UUID) -> Page:
    """报名名单 · Who signed up; names and phones masked"""
    return queries.places(activity_id=queries.own(actor(), activity_id).id, **filters)


@blp.route("/activities/<uuid:activity_id>/places", methods=["POST"])
@allow(*VISITORS, Role.STATION_CLERK)
@refuses(ActivityNotFound, SignUpOver, VisitorUnknown, BadPhone, AlreadySigned)
@blp.arguments(AskedIn)
@blp.response(201, ActivityPlaceOut)
def sign_up(body: dict[str, Any], activity_id: UUID) -> ActivityPlace:
    """报名 · Sign up, or wait when it is full

    For oneself, or by a station's clerk for somebody at her desk.
    """
    return activities.sign_up(actor=actor(), activity_id=activity_id, **body)


@blp.route("/activities/<uuid:activity_id>/attendances", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(ActivityNotFound, StepNotPossible, NotBegun, ActivityPlaceNotFound)
@blp.arguments(AttendIn)
@blp.response(200, ActivityOut)
def attend(body: dict[str, Any], activity_id: UUID) -> Activity:
    """到场登记 · Say who is there"""
    return activities.attend(actor=actor(), activity_id=activity_id, place_ids=body["activity_place_ids"])


@blp.route("/activities/<uuid:activity_id>/photos", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(ActivityNotFound, PhotoNotOurs)
@blp.arguments(ActivityPhotoIn)
@blp.response(201, ActivityPhotoOut)
def add_photo(body: dict[str, Any], activity_id: UUID) -> ActivityPhoto:
    """添加照片 · Add a photo, with how those on it agreed"""
    return activities.add_photo(actor=actor(), activity_id=activity_id, **body)


@blp.route("/activity-photos/<uuid:activity_photo_id>/withdrawals", methods=["POST"])
@allow(Role.STATION_CLERK, Role.FEDERATION_ADMIN)
@refuses(ActivityPhotoNotFound, ActivityNotFound)
@blp.arguments(WithdrawPhotoIn)
@blp.response(204)
def withdraw_photo(body: dict[str, Any], activity_photo_id: UUID) -> None:
    """撤下照片 · Take a photo out of sight

    At its own address too.
    """
    activities.withdraw_photo(actor=actor(), photo_id=activity_photo_id, **body)


@blp.route("/me/activity-places", methods=["GET"])
@allow(*VISITORS)
@blp.arguments(ActivityPlaceFilter, location="query")
@blp.response(200, ActivityPlacePageOut)
def list_own_places(filters: dict[str, Any]) -> Page:
    """我的活动 · What I signed up for"""
    return queries.places(account_id=actor().account_id, **filters)


@blp.route("/activity-places/<uuid:activity_place_id>/departures", methods=["POST"])
@allow(*VISITORS, Role.STATION_CLERK)
@refuses(ActivityPlaceNotFound, NotYourStep, StepNotPossible)
@blp.response(200, ActivityPlaceOut)
def leave(activity_place_id: UUID) -> ActivityPlace:
    """退出活动 · Give a place up; who waits longest has it"""
    return activities.leave(actor=actor(), place_id=activity_place_id)
