"""The register of surveyed firms and the list of what waits, for the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, actor, allow
from qiaojiejie.core.clock import today
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.enrolment.errors import (EntryKnown, EntryNotFound, EntryStruck, NoSurveyHeader, NoSurveyRows,
                                         SurveyRowsWrong)
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.enrolment.queries import register as queries, waiting
from qiaojiejie.enrolment.routes import blp
from qiaojiejie.enrolment.schemas.register import (QueueFilter, RegisterEntryIn, RegisterEntryOut,
                                                   RegisterEntryPageOut, RegisterFiguresOut, RegisterFilter, StrikeIn,
                                                   SurveyFileIn, SurveyOut, WaitingCountsOut, WaitingPageOut)
from qiaojiejie.enrolment.service import register


@blp.route("/federation/register", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(RegisterFilter, location="query")
@blp.response(200, RegisterEntryPageOut)
def list_register(filters: dict[str, Any]) -> Page:
    """企业底册 · List the firms known from surveys

    Whether or not they are enrolled; by name, with filters.
    """
    return queries.page(**filters)


@blp.route("/federation/register", methods=["POST"])
@allow(*FEDERATION)
@refuses(UnknownRegion, EntryKnown)
@blp.arguments(RegisterEntryIn)
@blp.response(201, RegisterEntryOut)
def enter(body: dict[str, Any]) -> RegisterEntry:
    """登记一家企业 · Enter one firm in the register

    Matched at once, and later when it applies, to the firm of its credit code. Nothing is deleted from the register.
    """
    return register.enter(actor=actor(), **body)


@blp.route("/federation/register/imports", methods=["POST"])
@allow(*FEDERATION)
@refuses(NoSurveyHeader, NoSurveyRows, SurveyRowsWrong, sheets.NotASpreadsheet, sheets.OldWorkbook,
         sheets.WorkbookLocked, sheets.WorkbookHasMacros, sheets.WorkbookHasLinks, sheets.SheetTooLarge,
         sheets.SheetUnpacksTooLarge, sheets.TooManyRows)
@blp.arguments(SurveyFileIn, location="files")
@blp.response(201, SurveyOut)
def import_survey(files: dict[str, Any]) -> dict[str, int]:
    """导入调查名单 · Import a survey's list

    All of it or nothing: when a row is wrong none is taken, and `errors` names row, column, code and why. Firms the
    register has already are left as they stand, so the same file changes nothing the second time.
    """
    with files["file"].stream as stream:
        content = stream.read(sheets.MEGABYTES * 2**20 + 1)
    return register.import_survey(actor=actor(), content=content)


@blp.route("/federation/register/figures", methods=["GET"])
@allow(*FEDERATION)
@blp.response(200, RegisterFiguresOut)
def show_figures() -> dict[str, Any]:
    """底册统计 · Show how many firms are known, have applied, are enrolled

    In all and by district; entries struck out are not counted.
    """
    return queries.figures()


@blp.route("/federation/register/<uuid:register_id>/strikes", methods=["POST"])
@allow(*FEDERATION)
@refuses(EntryNotFound, EntryStruck)
@blp.arguments(StrikeIn)
@blp.response(201, RegisterEntryOut)
def strike(body: dict[str, Any], register_id: UUID) -> RegisterEntry:
    """划去一条记录 · Strike a wrong entry out

    It stays to be read, with the reason, and gives its credit code free for a right one.
    """
    return register.strike(actor=actor(), entry_id=register_id, **body)


@blp.route("/federation/enrolment-queue", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(QueueFilter, location="query")
@blp.response(200, WaitingPageOut)
def list_waiting(filters: dict[str, Any]) -> Page:
    """待办 · List everything about firms that waits for the federation

    Applications, licence renewals, gradings at each of their stages, yearly checks, visits and their follow-ups; what
    is due first at the head.
    """
    return waiting.page(today(), **filters)


@blp.route("/federation/enrolment-queue/counts", methods=["GET"])
@allow(*FEDERATION)
@blp.response(200, WaitingCountsOut)
def count_waiting() -> dict[str, Any]:
    """待办数 · Count what waits, by kind"""
    return waiting.counts(today())
