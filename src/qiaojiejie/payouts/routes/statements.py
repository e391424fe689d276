"""Statements, balances and wages over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.payouts.errors import PayoutItemNotFound
from qiaojiejie.payouts.queries import items, statements as queries, wages
from qiaojiejie.payouts.routes import FILE, blp
from qiaojiejie.payouts.schemas.batches import PayoutItemPageOut
from qiaojiejie.payouts.schemas.statements import FirmBalanceOut, StatementLinePageOut, StatementOut, WagesOut
from qiaojiejie.payouts.service import statements
from qiaojiejie.workers.errors import WorkerNotFound

READERS = (Role.FIRM_MANAGER, *FEDERATION)


@blp.route("/firms/<uuid:firm_id>/balance", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound)
@blp.response(200, FirmBalanceOut)
def show_balance(firm_id: UUID) -> dict[str, Any]:
    """企业余额 · What a firm is owed, owes, is being paid, and would be paid next

    To its manager and the federation.
    """
    return queries.balance(actor(), firm_id)


@blp.route("/firms/<uuid:firm_id>/statements", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PayoutItemPageOut)
def list_statements(filters: dict[str, Any], firm_id: UUID) -> Page:
    """对账单 · A firm's statements, newest first

    To its manager and the federation.
    """
    return items.of_firm(actor(), firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/statements/<uuid:payout_item_id>", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound, PayoutItemNotFound)
@blp.response(200, StatementOut)
def show_statement(firm_id: UUID, payout_item_id: UUID) -> queries.Shown:
    """对账单详情 · A statement, with the sums of its lines

    To the firm's manager and the federation.
    """
    return queries.Shown(items.one_of_firm(actor(), firm_id, payout_item_id))


@blp.route("/firms/<uuid:firm_id>/statements/<uuid:payout_item_id>/lines", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound, PayoutItemNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, StatementLinePageOut)
def list_lines(filters: dict[str, Any], firm_id: UUID, payout_item_id: UUID) -> Page:
    """对账单明细 · A statement's lines, in the order they were booked

    To the firm's manager and the federation.
    """
    return queries.lines(items.one_of_firm(actor(), firm_id, payout_item_id), **filters)


@blp.route("/firms/<uuid:firm_id>/statements/<uuid:payout_item_id>.xlsx", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound, PayoutItemNotFound)
@blp.response(200, FILE, content_type=sheets.XLSX)
def show_statement_sheet(firm_id: UUID, payout_item_id: UUID) -> Response:
    """对账单表格 · A statement as a workbook

    While nothing changes it is the same bytes. To the firm's manager and the federation.
    """
    content = statements.sheet(actor=actor(), firm_id=firm_id, item_id=payout_item_id)
    return Response(content, mimetype=sheets.XLSX, headers={
        "Content-Disposition": f'attachment; filename="statement-{payout_item_id}.xlsx"'})


@blp.route("/firms/<uuid:firm_id>/statements/<uuid:payout_item_id>.pdf", methods=["GET"])
@allow(*READERS)
@refuses(FirmNotFound, PayoutItemNotFound)
@blp.response(200, FILE, content_type="application/pdf")
def show_statement_paper(firm_id: UUID, payout_item_id: UUID) -> Response:
    """对账单文件 · A statement as a PDF

    While nothing changes it is the same bytes. To the firm's manager and the federation.
    """
    content = statements.print_out(actor=actor(), firm_id=firm_id, item_id=payout_item_id)
    return Response(content, mimetype="application/pdf", headers={
        "Content-Disposition": f'inline; filename="statement-{payout_item_id}.pdf"'})


@blp.route("/me/wages", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, WagesOut)
def list_own_wages(filters: dict[str, Any]) -> dict[str, Any]:
    """我的工钱 · What I earned, booking by booking, and when the firm was paid it"""
    return wages.own(actor(), **filters)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/wages", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, WagesOut)
def list_staff_wages(filters: dict[str, Any], firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """员工工钱 · What a worker on the staff earned at the firm"""
    return wages.of_staff(actor(), firm_id, worker_id, **filters)
