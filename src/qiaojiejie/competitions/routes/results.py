"""Results and honours over HTTP: open to everybody."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.competitions.errors import (
    AlreadyHonoured, CompetitionNotFound, DecisionDocumentRequired, EntrantNotFound, HonourNotFound, OwnFirmConcerned,
    ResultsNotFound, SecondOfficerNeeded, TitleDoesNotFit)
from qiaojiejie.competitions.models import CompetitionHonour
from qiaojiejie.competitions.queries import competitions, entrants, results as queries
from qiaojiejie.competitions.routes import blp
from qiaojiejie.competitions.schemas.entrants import RankedPageOut, RankingFilter
from qiaojiejie.competitions.schemas.results import (
    EditionFilter, HonourOut, HonourPageOut, ResultsOut, RevocationIn, TitleIn)
from qiaojiejie.competitions.service import results
from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, actor, allow, public, visitor
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound

_FILE = {"type": "string", "format": "binary"}


@blp.route("/competitions/<uuid:competition_id>/results", methods=["GET"])
@public
@refuses(CompetitionNotFound, ResultsNotFound)
@blp.arguments(EditionFilter, location="query")
@blp.response(200, ResultsOut)
def show_results(args: dict[str, Any], competition_id: UUID) -> Response:
    """比赛成绩 · A competition's results with every raw mark and the rule

    The bytes are the RFC 8785 form whose SHA-256 stands in the public log (leaf `competition_results`). Judges are J1,
    J2 …; entrants are numbers. Whoever likes works the ranks out again. Open to everybody.
    """
    found = queries.published(competitions.shown(visitor(), competition_id).id, args.get("edition"))
    return Response(found.body, mimetype="application/json")


@blp.route("/competitions/<uuid:competition_id>/results.xlsx", methods=["GET"])
@public
@refuses(CompetitionNotFound, ResultsNotFound)
@blp.arguments(EditionFilter, location="query")
@blp.response(200, _FILE, content_type=sheets.XLSX)
def show_workbook(args: dict[str, Any], competition_id: UUID) -> Response:
    """比赛成绩表格 · The same as a spreadsheet

    Open to everybody.
    """
    content = results.workbook(competition_id=competition_id, edition=args.get("edition"))
    return Response(content, mimetype=sheets.XLSX, headers={
        "Content-Disposition": 'attachment; filename="results.xlsx"'})


@blp.route("/competitions/<uuid:competition_id>/ranking", methods=["GET"])
@public
@refuses(CompetitionNotFound, ResultsNotFound)
@blp.arguments(RankingFilter, location="query")
@blp.response(200, RankedPageOut)
def show_ranking(args: dict[str, Any], competition_id: UUID) -> Page:
    """比赛排名 · One event's ranking with masked names and firms

    Open to everybody once the results are published.
    """
    return entrants.ranking(queries.published(competition_id).competition_id, **args)


@blp.route("/competitions/<uuid:competition_id>/honours", methods=["GET"])
@public
@refuses(CompetitionNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, HonourPageOut)
def list_honours(args: dict[str, Any], competition_id: UUID) -> Page:
    """奖牌与称号 · Medals and titles of a competition

    Who was named by whom, when, by which decision; those taken back too, and why. Names masked. Open to everybody.
    """
    return queries.honours(competitions.shown(visitor(), competition_id).id, **args)


@blp.route("/competitions/<uuid:competition_id>/titles", methods=["POST"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, StepNotPossible, TitleDoesNotFit, EntrantNotFound, FirmNotFound, OwnFirmConcerned,
         DecisionDocumentRequired, AlreadyHonoured)
@blp.arguments(TitleIn)
@blp.response(201, HonourOut)
def name_title(body: dict[str, Any], competition_id: UUID) -> CompetitionHonour:
    """登记称号 · Record that a title was named

    The body that names it is said by the competition's rules; its decision is kept. To an entrant by her rank, or to
    the legal representative of a firm.
    """
    return results.name_title(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/honours/<uuid:honour_id>/revocations", methods=["POST"])
@allow(*FEDERATION)
@refuses(HonourNotFound, StepNotPossible, SecondOfficerNeeded, OwnFirmConcerned)
@blp.arguments(RevocationIn)
@blp.response(201, HonourOut)
def revoke(body: dict[str, Any], competition_id: UUID, honour_id: UUID) -> CompetitionHonour:
    """撤销荣誉 · Take a medal or title back

    By another officer than who recorded it. It stays to be read with the reason; credit counts it as never given.
    Nobody moves up for it.
    """
    return results.revoke(actor=actor(), competition_id=competition_id, honour_id=honour_id, **body)
