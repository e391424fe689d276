"""Staff imports over HTTP, for a firm's managers and brokers. The imports of another firm are not found."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core import sheets
from qiaojiejie.core.access import FIRM, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.staffing import queries, service as staffing
from qiaojiejie.staffing.errors import ImportNotFinished, ImportNotFound
from qiaojiejie.staffing.models import StaffImport
from qiaojiejie.staffing.schemas import StaffFileIn, StaffImportOut, StaffImportPageOut, StaffImportRowPageOut
from qiaojiejie.workers.errors import FirmNotOpen

blp = Blueprint("staffing", description="员工名册导入 · Staff imports")


@blp.route("/firms/<uuid:firm_id>/staff-imports", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, FirmNotOpen, sheets.NotASpreadsheet, sheets.OldWorkbook, sheets.WorkbookLocked,
         sheets.WorkbookHasMacros, sheets.WorkbookHasLinks, sheets.SheetTooLarge, sheets.SheetUnpacksTooLarge)
@blp.arguments(StaffFileIn, location="files")
@blp.response(202, StaffImportOut)
def import_staff(files: dict[str, Any], firm_id: UUID) -> StaffImport:
    """导入员工名册 · Import a firm's own staff list

    The .xlsx or .csv as the firm keeps it: title rows, header wording, date styles and full-width digits may vary.
    Read in a job; rows are matched by ID number, so the same file changes nothing the second time. What the list says
    of papers is recorded, never taken as verified. Where it names no wage that fits a service, the usual one stands,
    marked provisional.
    """
    with files["file"].stream as stream:
        content = stream.read(sheets.MEGABYTES * 2**20 + 1)
    return staffing.receive(firm=firms.of_member(actor(), firm_id), actor=actor(), content=content,
                            filename=files["file"].filename or "")


@blp.route("/firms/<uuid:firm_id>/staff-imports", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, StaffImportPageOut)
def list_imports(filters: dict[str, Any], firm_id: UUID) -> Page:
    """导入记录 · List a firm's staff imports"""
    firms.require_member(actor(), firm_id)
    return queries.page(firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/staff-imports/<uuid:import_id>", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, ImportNotFound)
@blp.response(200, StaffImportOut)
def show_import(firm_id: UUID, import_id: UUID) -> StaffImport:
    """导入进度与结果 · Show how far an import is and what came of it"""
    firms.require_member(actor(), firm_id)
    return queries.of_firm(firm_id, import_id)


@blp.route("/firms/<uuid:firm_id>/staff-imports/<uuid:import_id>/rows", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, ImportNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, StaffImportRowPageOut)
def list_rejected_rows(filters: dict[str, Any], firm_id: UUID, import_id: UUID) -> Page:
    """未导入的行 · List the rows that were not taken, and why"""
    firms.require_member(actor(), firm_id)
    return queries.rows(queries.of_firm(firm_id, import_id).id, **filters)


@blp.route("/firms/<uuid:firm_id>/staff-imports/<uuid:import_id>/rejected.xlsx", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, ImportNotFound, ImportNotFinished)
@blp.response(200, {"type": "string", "format": "binary"}, content_type=sheets.XLSX)
def rejected_rows(firm_id: UUID, import_id: UUID) -> Response:
    """下载待修改名册 · Download the rejected rows to mend them

    Under the file's own header, every cell as text, the reason in a last column; mended, it can be imported as it is.
    """
    firms.require_member(actor(), firm_id)
    content = staffing.rejected_sheet(made=queries.of_firm(firm_id, import_id))
    return Response(content, mimetype=sheets.XLSX,
                    headers={"Content-Disposition": f'attachment; filename="rejected-{import_id}.xlsx"'})
