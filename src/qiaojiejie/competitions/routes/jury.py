"""The jury over HTTP: appointed by the federation; each judge sees her own sheets and numbers, never a name."""

from typing import Any
from uuid import UUID

from qiaojiejie.competitions.errors import (
    AlreadyOnJury, CompetitionNotFound, EntrantNotFound, EventUnknown, ImportRowsDoNotFit, JudgeHasConflict,
    JudgeNotFound, JuryFixed, MarksMissing, NotAJudgesAccount, SheetDoesNotFit)
from qiaojiejie.competitions.models import Competition, CompetitionJudge
from qiaojiejie.competitions.queries import competitions, jury as queries
from qiaojiejie.competitions.routes import blp
from qiaojiejie.competitions.schemas.competitions import CompetitionOut
from qiaojiejie.competitions.schemas.jury import (
    JudgeIn, JudgeOut, JudgePageOut, SealIn, SeatPageOut, SheetFilter, SheetIn, SheetOut, SheetPageOut, TheoryFileIn,
    TheoryMarksIn, TheoryMarksOut)
from qiaojiejie.competitions.service import jury
from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter


@blp.route("/competitions/<uuid:competition_id>/jury", methods=["POST"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, JuryFixed, NotAJudgesAccount, AlreadyOnJury, JudgeHasConflict)
@blp.arguments(JudgeIn)
@blp.response(201, JudgeOut)
def appoint(body: dict[str, Any], competition_id: UUID) -> CompetitionJudge:
    """聘任评委 · Appoint a judge, the chief or the examiner

    Any account, before judging begins; not one that has a role in an entrant's firm.
    """
    return jury.appoint(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/jury", methods=["GET"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, JudgePageOut)
def list_jury(filters: dict[str, Any], competition_id: UUID) -> Page:
    """评审组 · Who sits on the jury"""
    return queries.page(competitions.get(competition_id).id, **filters)


@blp.route("/competitions/<uuid:competition_id>/jury/<uuid:judge_id>/dismissals", methods=["POST"])
@allow(*FEDERATION)
@refuses(CompetitionNotFound, JuryFixed, JudgeNotFound)
@blp.response(201, JudgeOut)
def dismiss(competition_id: UUID, judge_id: UUID) -> CompetitionJudge:
    """解聘评委 · Take a seat away before judging begins"""
    return jury.dismiss(actor=actor(), competition_id=competition_id, judge_id=judge_id)


@blp.route("/me/juries", methods=["GET"])
@allow()
@blp.arguments(PageFilter, location="query")
@blp.response(200, SeatPageOut)
def my_juries(filters: dict[str, Any]) -> Page:
    """我的评审 · Juries I sit on, with what is to be marked"""
    return queries.mine(actor(), **filters)


@blp.route("/competitions/<uuid:competition_id>/sheets", methods=["GET"])
@allow()
@refuses(JudgeNotFound)
@blp.arguments(SheetFilter, location="query")
@blp.response(200, SheetPageOut)
def my_sheets(filters: dict[str, Any], competition_id: UUID) -> Page:
    """我的评分表 · The numbers of an event with what I gave each

    For the jury's members; nobody sees another's sheet, nor a name.
    """
    return queries.sheets(queries.member(actor(), competition_id), **filters)


@blp.route("/competitions/<uuid:competition_id>/sheets", methods=["POST"])
@allow()
@refuses(JudgeNotFound, StepNotPossible, NotYourStep, EventUnknown, EntrantNotFound, SheetDoesNotFit,
         JudgeHasConflict)
@blp.arguments(SheetIn)
@blp.response(201, SheetOut)
def mark(body: dict[str, Any], competition_id: UUID) -> dict[str, Any]:
    """评分 · Hand in one's own sheet about a number

    Every criterion at once; again, and it replaces one's own, until the marks are sealed.
    """
    return jury.mark(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/theory-marks", methods=["POST"])
@allow()
@refuses(JudgeNotFound, StepNotPossible, NotYourStep, EventUnknown, EntrantNotFound, SheetDoesNotFit)
@blp.arguments(TheoryMarksIn)
@blp.response(201, TheoryMarksOut)
def mark_theory(body: dict[str, Any], competition_id: UUID) -> dict[str, int]:
    """登记理论成绩 · Enter theory marks, by the examiner; all or none"""
    return jury.mark_theory(actor=actor(), competition_id=competition_id, **body)


@blp.route("/competitions/<uuid:competition_id>/theory-imports", methods=["POST"])
@allow()
@refuses(JudgeNotFound, StepNotPossible, NotYourStep, ImportRowsDoNotFit, sheets.NotASpreadsheet, sheets.OldWorkbook,
         sheets.WorkbookLocked, sheets.WorkbookHasMacros, sheets.WorkbookHasLinks, sheets.SheetTooLarge,
         sheets.SheetUnpacksTooLarge, sheets.TooManyRows)
@blp.arguments(TheoryFileIn, location="files")
@blp.response(201, TheoryMarksOut)
def import_theory(files: dict[str, Any], competition_id: UUID) -> dict[str, int]:
    """导入理论成绩 · Enter theory marks from a spreadsheet

    Columns 工种, 号码, 成绩; one wrong row and none is taken in, every problem named by row.
    """
    with files["file"].stream as stream:
        content = stream.read(sheets.MEGABYTES * 2**20 + 1)
    return jury.import_theory(actor=actor(), competition_id=competition_id, content=content)


@blp.route("/competitions/<uuid:competition_id>/seals", methods=["POST"])
@allow()
@refuses(JudgeNotFound, NotYourStep, StepNotPossible, MarksMissing)
@blp.arguments(SealIn)
@blp.response(201, CompetitionOut)
def seal(body: dict[str, Any], competition_id: UUID) -> Competition:
    """封卷 · Seal the marks, by the chief

    Nobody changes a mark from now on, in the database neither. The hash of all raw marks goes into the public log
    before anybody has seen a result.
    """
    return jury.seal(actor=actor(), competition_id=competition_id, **body)
