"""A competition over HTTP: open to everybody once it is; drafted and led by the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.competitions.errors import (
    CompetitionNotFound, EntriesStillOpen, JudgeHasConflict, JuryIncomplete, NobodyEntered, ObjectionPeriodRunning,
    ObjectionsOpen, ParentDoesNotFit, RulesDoNotFit, SecondOfficerNeeded)
from qiaojiejie.competitions.models import Competition
from qiaojiejie.competitions.queries import competitions as queries
from qiaojiejie.competitions.routes import blp
from qiaojiejie.competitions.schemas.competitions import (
    CompetitionFilter, CompetitionIn, CompetitionOut, CompetitionPageOut, CompetitionPatchIn, CompetitionStatisticsOut,
    CompetitionStepIn, StatisticsFilter)
from qiaojiejie.competitions.service import competitions
from qiaojiejie.core.access import FEDERATION, actor, allow, public, visitor
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page


@blp.route("/competitions", methods=["GET"])
@public
@blp.arguments(CompetitionFilter, location="query")
@blp.response(200, CompetitionPageOut)
def list_competitions(filters: dict[str, Any]) -> Page:
    """技能大赛列表 · List competitions, newest year first

    Open to everybody; drafts are shown to the federation alone.
    """
    return queries.page(visitor(), **filters)


@blp.route("/competitions/statistics", methods=["GET"])
@public
@blp.arguments(StatisticsFilter, location="query")
@blp.response(200, CompetitionStatisticsOut)
def statistics(filters: dict[str, Any]) -> dict[str, Any]:
    """技能大赛统计 · How many competed, judged, won and were named

    Counted when it is asked, by level and over all levels. Open to everybody.
    """
    return queries.statistics(filters["year"])


@blp.route("/competitions/<uuid:competition_id>", methods=["GET"])
@public
@refuses(CompetitionNotFound)
@blp.response(200, CompetitionOut)
def show_competition(competition_id: UUID) -> Competition:
    """技能大赛详情 · Show a competition and the rules it goes by

    Who may enter, what is marked, how ties are decided, medals and titles. Open to everybody once entries open.
    """
    return queries.shown(visitor(), competition_id)


@blp.route("/competitions", methods=["POST"])
@allow(*FEDERATION)
@refuses(RulesDoNotFit, ParentDoesNotFit, UnknownRegion)
@blp.arguments(CompetitionIn)
@blp.response(201, CompetitionOut)
def draft(body: dict[str, Any]) -> Competition:
    """筹备技能大赛 · Draft a competition

    The rules are data and are fixed once entries open. A county's names its region and may name the city's as parent.
    """
    return competitions.draft(actor=actor(), **body)


@blp.route("/competitions/<uuid:competition_id>", methods=["PATCH"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, StepNotPossible, RulesDoNotFit, ParentDoesNotFit, UnknownRegion)
@blp.arguments(CompetitionPatchIn)
@blp.response(200, CompetitionOut)
def change(body: dict[str, Any], competition_id: UUID) -> Competition:
    """修改筹备中的大赛 · Change a draft"""
    return competitions.change(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/steps", methods=["POST"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, StepNotPossible, EntriesStillOpen, NobodyEntered, JuryIncomplete, JudgeHasConflict,
         SecondOfficerNeeded, ObjectionPeriodRunning, ObjectionsOpen)
@blp.arguments(CompetitionStepIn)
@blp.response(200, CompetitionOut)
def take_step(body: dict[str, Any], competition_id: UUID) -> Competition:
    """推进大赛 · Lead a competition on

    Opening entries commits to the draw; closing them draws the numbers. Judging begins with a complete jury of which
    nobody belongs to an entrant's firm. The chief seals (`…/seals`). Nobody of the jury publishes. Results are final
    after the period to object, by this step or by themselves; medals are given then.
    """
    return competitions.step(actor=actor(), competition_id=competition_id, **body)
