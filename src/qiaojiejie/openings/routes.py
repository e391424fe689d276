"""The jobs wall over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.openings import queries, service as openings
from qiaojiejie.openings.errors import (
    AlreadyApplied, ApplicationNotFound, OpeningDaysDoNotFit, OpeningFull, OpeningNotFound,
    OpeningOver, PlacedOnDoesNotFit, WageDoesNotFit, WorkNotBegun)
from qiaojiejie.openings.models import JobApplication, JobOpening
from qiaojiejie.openings.schemas import (
    ApplicantLookIn, ApplicantOut, ApplicationAnswerIn, ApplicationFilter, ApplicationIn, ApplicationOut,
    ApplicationPageOut, OpeningFilter, OpeningIn, OpeningOut, OpeningPageOut, PlacementFilter, PlacementsOut)
from qiaojiejie.stations.errors import StationNotFound, VisitorUnknown

blp = Blueprint("openings", description="送岗位 · The jobs wall: openings, applications, who was introduced and placed")

EMPLOYERS = (*FIRM, Role.STATION_CLERK)


@blp.route("/openings", methods=["GET"])
@public
@blp.arguments(OpeningFilter, location="query")
@blp.response(200, OpeningPageOut)
def list_openings(filters: dict[str, Any]) -> Page:
    """岗位墙 · List the openings that are open, newest first

    Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/openings", methods=["POST"])
@allow(*EMPLOYERS)
@refuses(FirmNotFound, StationNotFound, UnknownRegion, WageDoesNotFit, OpeningDaysDoNotFit)
@blp.arguments(OpeningIn)
@blp.response(201, OpeningOut)
def post(body: dict[str, Any]) -> JobOpening:
    """发布岗位 · Put an opening on the wall

    A firm its own; a station for an employer it names.
    """
    return openings.post(actor=actor(), **body)


@blp.route("/openings/statistics", methods=["GET"])
@public
@blp.arguments(PlacementFilter, location="query")
@blp.response(200, PlacementsOut)
def statistics(filters: dict[str, Any]) -> dict[str, Any]:
    """送岗位统计 · How many were placed in work

    By the employers' records, by their own word, by a station's introduction; counted now. Open to everybody.
    """
    return queries.statistics(filters["year"])


@blp.route("/openings/<uuid:opening_id>", methods=["GET"])
@public
@refuses(OpeningNotFound)
@blp.response(200, OpeningOut)
def show_opening(opening_id: UUID) -> JobOpening:
    """岗位详情 · Show an opening

    Open to everybody.
    """
    return queries.get(opening_id)


@blp.route("/openings/<uuid:opening_id>/closures", methods=["POST"])
@allow(*EMPLOYERS)
@refuses(OpeningNotFound, StepNotPossible)
@blp.response(200, OpeningOut)
def close(opening_id: UUID) -> JobOpening:
    """结束招聘 · Take an opening off the wall"""
    return openings.close(actor=actor(), opening_id=opening_id)


@blp.route("/openings/<uuid:opening_id>/applications", methods=["GET"])
@allow(*EMPLOYERS)
@refuses(OpeningNotFound)
@blp.arguments(ApplicationFilter, location="query")
@blp.response(200, ApplicationPageOut)
def list_applications(filters: dict[str, Any], opening_id: UUID) -> Page:
    """求职申请 · Who applied for an opening of ours"""
    return queries.applications(queries.own(actor(), opening_id).id, **filters)


@blp.route("/openings/<uuid:opening_id>/applications", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER, Role.STATION_CLERK)
@refuses(OpeningNotFound, OpeningOver, VisitorUnknown, AlreadyApplied, BadPhone)
@blp.arguments(ApplicationIn)
@blp.response(201, ApplicationOut)
def apply(body: dict[str, Any], opening_id: UUID) -> JobApplication:
    """申请岗位 · Ask for the work

    For oneself; or by a station's clerk for somebody at her desk, with how she agreed.
    """
    return openings.apply(actor=actor(), opening_id=opening_id, **body)


@blp.route("/me/job-applications", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@blp.arguments(ApplicationFilter, location="query")
@blp.response(200, ApplicationPageOut)
def list_own(filters: dict[str, Any]) -> Page:
    """我的求职 · My applications

    Those a station made for me among them.
    """
    return queries.mine(actor(), **filters)


@blp.route("/referrals", methods=["GET"])
@allow(Role.STATION_CLERK, *FEDERATION)
@blp.arguments(ApplicationFilter, location="query")
@blp.response(200, ApplicationPageOut)
def list_referrals(filters: dict[str, Any]) -> Page:
    """介绍记录 · Whom the station introduced to whom, and what came of it

    A clerk's own station; to the federation all.
    """
    return queries.referrals(actor(), **filters)


@blp.route("/job-applications/<uuid:application_id>/answers", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER, *EMPLOYERS)
@refuses(ApplicationNotFound, NotYourStep, StepNotPossible, OpeningFull, PlacedOnDoesNotFit, WorkNotBegun)
@blp.arguments(ApplicationAnswerIn)
@blp.response(200, ApplicationOut)
def answer(body: dict[str, Any], application_id: UUID) -> JobApplication:
    """答复求职 · Place, refuse, withdraw, confirm or deny

    Never more are placed than there are places; who is placed says herself whether it is so.
    """
    return openings.answer(actor=actor(), application_id=application_id, **body)


@blp.route("/job-applications/<uuid:application_id>/looks", methods=["POST"])
@allow(*EMPLOYERS)
@refuses(ApplicationNotFound)
@blp.arguments(ApplicantLookIn)
@blp.response(200, ApplicantOut)
def look(body: dict[str, Any], application_id: UUID) -> dict[str, Any]:
    """查看联系方式 · See name and phone of who applied

    Each leaves a look with its reason.
    """
    return openings.look(actor=actor(), application_id=application_id, **body)
