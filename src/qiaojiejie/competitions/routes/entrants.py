"""Entrants over HTTP: entered by themselves, their firm or a station; objections to results."""

from typing import Any
from uuid import UUID

from qiaojiejie.competitions.errors import (
    AlreadyEntered, AlreadyObjected, CompetitionNotFound, EntrantNotFound, EntryWindowClosed, EventUnknown,
    FirmQuotaFull, NotAdmitted, NothingToCorrect, ObjectionNotFound, ObjectionPeriodOver, OwnFirmConcerned,
    SecondOfficerNeeded, SheetDoesNotFit)
from qiaojiejie.competitions.models import CompetitionEntrant, CompetitionObjection
from qiaojiejie.competitions.queries import competitions, entrants as queries, objections as objection_queries
from qiaojiejie.competitions.routes import blp
from qiaojiejie.competitions.schemas.entrants import (
    CompetitionDecisionIn, CompetitionObjectionFileOut, CompetitionObjectionFilter, CompetitionObjectionIn,
    CompetitionObjectionOut, CompetitionObjectionPageOut, EntrantFilter, EntrantIn, EntrantOut, EntrantPageOut)
from qiaojiejie.competitions.service import entrants, objections
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.workers.errors import WorkerNotFound


@blp.route("/competitions/<uuid:competition_id>/entrants", methods=["POST"])
@allow(Role.WORKER, *FIRM, Role.STATION_CLERK)
@refuses(CompetitionNotFound, WorkerNotFound, EventUnknown, StepNotPossible, EntryWindowClosed, AlreadyEntered,
         NotAdmitted, FirmQuotaFull)
@blp.arguments(EntrantIn)
@blp.response(201, EntrantOut)
def enter(body: dict[str, Any], competition_id: UUID) -> CompetitionEntrant:
    """报名 · Enter a competition

    By the worker herself, by her firm, or by a clerk for who asks at the station. Every rule that is not met is named
    with its code. A firm's quota holds however many enter at once.
    """
    return entrants.enter(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/entrants/<uuid:entrant_id>/withdrawals", methods=["POST"])
@allow(Role.WORKER, *FIRM, Role.STATION_CLERK)
@refuses(EntrantNotFound, StepNotPossible)
@blp.response(201, EntrantOut)
def withdraw(competition_id: UUID, entrant_id: UUID) -> CompetitionEntrant:
    """退出报名 · Withdraw an entry while entries are open"""
    return entrants.withdraw(actor=actor(), competition_id=competition_id, entrant_id=entrant_id)


@blp.route("/me/competition-entrants", methods=["GET"])
@allow(Role.WORKER, *FIRM, Role.STATION_CLERK)
@blp.arguments(PageFilter, location="query")
@blp.response(200, EntrantPageOut)
def my_entrants(filters: dict[str, Any]) -> Page:
    """我的参赛 · My entries, my firm's, or those I made at the station

    With number and rank, newest first.
    """
    return queries.mine(actor(), **filters)


@blp.route("/competitions/<uuid:competition_id>/entrants", methods=["GET"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound)
@blp.arguments(EntrantFilter, location="query")
@blp.response(200, EntrantPageOut)
def list_entrants(filters: dict[str, Any], competition_id: UUID) -> Page:
    """参赛名单 · Who is entered, those who withdrew too; names masked"""
    return queries.page(competitions.get(competition_id).id, **filters)


@blp.route("/competitions/<uuid:competition_id>/objections", methods=["POST"])
@allow(Role.WORKER)
@refuses(EntrantNotFound, StepNotPossible, ObjectionPeriodOver, AlreadyObjected)
@blp.arguments(CompetitionObjectionIn)
@blp.response(201, CompetitionObjectionFileOut)
def object_to(body: dict[str, Any], competition_id: UUID) -> CompetitionObjection:
    """提出成绩异议 · Object to one's own results

    Until the last day of the period, in working days. What is said stays sealed.
    """
    return objections.object_to(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/objections", methods=["GET"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound)
@blp.arguments(CompetitionObjectionFilter, location="query")
@blp.response(200, CompetitionObjectionPageOut)
def list_objections(filters: dict[str, Any], competition_id: UUID) -> Page:
    """成绩异议列表 · Objections to a competition's results, oldest first"""
    return objection_queries.page(competitions.get(competition_id).id, **filters)


@blp.route("/competitions/<uuid:competition_id>/objections/<uuid:objection_id>", methods=["GET"])
@allow(Role.WORKER, *FEDERATION)
@refuses(ObjectionNotFound)
@blp.response(200, CompetitionObjectionFileOut)
def show_objection(competition_id: UUID, objection_id: UUID) -> CompetitionObjection:
    """异议详情 · Read an objection

    For who raised it and for the federation, whose look is recorded.
    """
    return objections.read(actor=actor(), competition_id=competition_id, objection_id=objection_id)


@blp.route("/competitions/<uuid:competition_id>/objections/<uuid:objection_id>/withdrawals", methods=["POST"])
@allow(Role.WORKER)
@refuses(ObjectionNotFound, StepNotPossible)
@blp.response(201, CompetitionObjectionFileOut)
def withdraw_objection(competition_id: UUID, objection_id: UUID) -> CompetitionObjection:
    """撤回异议 · Take one's objection back"""
    return objections.withdraw(actor=actor(), competition_id=competition_id, objection_id=objection_id)


@blp.route("/competitions/<uuid:competition_id>/objections/<uuid:objection_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, ObjectionNotFound, StepNotPossible, SecondOfficerNeeded, OwnFirmConcerned,
         NothingToCorrect, SheetDoesNotFit)
@blp.arguments(CompetitionDecisionIn)
@blp.response(201, CompetitionObjectionOut)
def decide(body: dict[str, Any], competition_id: UUID, objection_id: UUID) -> CompetitionObjection:
    """处理异议 · Decide an objection

    By an officer who neither published the results nor sits on the jury. To uphold it is to put marks right: what was
    given stays to be read, the ranks are worked out again and published as a further edition.
    """
    return objections.decide(actor=actor(), competition_id=competition_id, objection_id=objection_id, **body)
