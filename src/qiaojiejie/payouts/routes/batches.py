"""Batches over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.payouts.errors import (
    BatchWaiting, NothingToTransfer, PayoutBatchNotFound, PeriodBehind, PeriodNotOver, PeriodUnclear,
    SecondPersonRequired)
from qiaojiejie.payouts.queries import batches as queries, items
from qiaojiejie.payouts.routes import FILE, blp
from qiaojiejie.payouts.schemas.batches import (
    PayoutBatchIn, PayoutBatchOut, PayoutBatchPageOut, PayoutDecisionIn, PayoutItemFilter, PayoutItemPageOut)
from qiaojiejie.payouts.service import batches, statements


@blp.route("/payout-batches", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PayoutBatchPageOut)
def list_batches(filters: dict[str, Any]) -> Page:
    """付款批次 · Batches with what they come to, newest first"""
    return queries.page(**filters)


@blp.route("/payout-batches", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PeriodUnclear, PeriodNotOver, PeriodBehind, BatchWaiting)
@blp.arguments(PayoutBatchIn)
@blp.response(201, PayoutBatchOut)
def make_batch(body: dict[str, Any]) -> dict[str, Any]:
    """生成付款批次 · Begin a batch

    What every firm had earned through the period's last day (Asia/Shanghai), less what it owes, is set aside, firm by
    firm; then the batch waits for a second person. Less than the minimum, or a firm without a verified account, waits.
    """
    return queries.summed([batches.make(actor=actor(), **body)])[0]


@blp.route("/payout-batches/<uuid:payout_batch_id>", methods=["GET"])
@allow(*FEDERATION)
@refuses(PayoutBatchNotFound)
@blp.response(200, PayoutBatchOut)
def show_batch(payout_batch_id: UUID) -> dict[str, Any]:
    """付款批次详情 · Show a batch"""
    return queries.summed([queries.get(payout_batch_id)])[0]


@blp.route("/payout-batches/<uuid:payout_batch_id>/items", methods=["GET"])
@allow(*FEDERATION)
@refuses(PayoutBatchNotFound)
@blp.arguments(PayoutItemFilter, location="query")
@blp.response(200, PayoutItemPageOut)
def list_items(filters: dict[str, Any], payout_batch_id: UUID) -> Page:
    """批次明细 · What each firm is paid in a batch"""
    return items.of_batch(payout_batch_id, **filters)


@blp.route("/payout-batches/<uuid:payout_batch_id>/approvals", methods=["POST"])
@allow(*FEDERATION)
@refuses(PayoutBatchNotFound, StepNotPossible, SecondPersonRequired)
@blp.arguments(PayoutDecisionIn)
@blp.response(201, PayoutBatchOut)
def approve_batch(body: dict[str, Any], payout_batch_id: UUID) -> dict[str, Any]:
    """批准付款批次 · Let a batch be paid

    By another person than the one who made it. What goes by Stripe goes at once, the rest by the bank's list.
    """
    return queries.summed([batches.approve(actor=actor(), batch_id=payout_batch_id, **body)])[0]


@blp.route("/payout-batches/<uuid:payout_batch_id>/rejections", methods=["POST"])
@allow(*FEDERATION)
@refuses(PayoutBatchNotFound, StepNotPossible)
@blp.arguments(PayoutDecisionIn)
@blp.response(201, PayoutBatchOut)
def reject_batch(body: dict[str, Any], payout_batch_id: UUID) -> dict[str, Any]:
    """驳回付款批次 · Let nothing of a batch be paid

    What was set aside is owed to the firms as before.
    """
    return queries.summed([batches.reject(actor=actor(), batch_id=payout_batch_id, **body)])[0]


@blp.route("/payout-batches/<uuid:payout_batch_id>/transfers.xlsx", methods=["GET"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PayoutBatchNotFound, NothingToTransfer)
@blp.response(200, FILE, content_type=sheets.XLSX)
def show_transfers(payout_batch_id: UUID) -> Response:
    """银行转账清单 · The approved transfers of a batch, to upload at the bank

    With whole account numbers: each download is recorded as a look at each of them.
    """
    content = statements.transfers(actor=actor(), batch_id=payout_batch_id)
    return Response(content, mimetype=sheets.XLSX, headers={
        "Content-Disposition": f'attachment; filename="transfers-{payout_batch_id}.xlsx"'})
