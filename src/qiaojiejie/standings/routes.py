"""Standings over HTTP. Nothing here can be put or deleted: standings follow from the ledger."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public, visitor
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.credit.errors import RuleNotFound
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.standings import queries, service as standings
from qiaojiejie.standings.errors import LineNotReadable, TooManyReplays
from qiaojiejie.standings.schemas import (
    CreditEventPageOut, CreditHistoryPageOut, CreditOut, FirmCreditOut, CreditReceiptPageOut, ReplayIn, ReplayOut,
    StandingFilter, StandingPageOut, WhatIfOut)
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("standings", description="信用 · Credit: scores anyone can check")


@blp.route("/workers/<uuid:worker_id>/credit", methods=["GET"])
@public
@refuses(WorkerNotFound)
@blp.response(200, CreditOut)
def show_credit(worker_id: UUID) -> dict[str, Any]:
    """信用分及其来由 · A worker's score and where every point comes from

    800 plus the points of all `factors` is `raw`; `caps` and `gates` say what holds score or grade below that. Open to
    everybody. A fall to C or D is shown 15 days after she was told, `pending` until then to herself, her firm and the
    federation (sign in), and so is an `alarm`. The weights are this product's own, published (`GET /credit/rules`).
    """
    return queries.explain(worker_id, visitor())


@blp.route("/workers/<uuid:worker_id>/credit/history", methods=["GET"])
@public
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditHistoryPageOut)
def list_credit_history(filters: dict[str, Any], worker_id: UUID) -> Page:
    """信用分历史 · Every score and grade published of a worker, newest first

    Open to everybody, each with where its proof is.
    """
    return queries.history("worker", worker_id, **filters)


@blp.route("/workers/<uuid:worker_id>/credit/events", methods=["GET"])
@allow()
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditEventPageOut)
def list_credit_events(filters: dict[str, Any], worker_id: UUID) -> Page:
    """信用事件 · The events behind a worker's score, newest first

    Each with its thousandths of a point and whether it still counts. Bookings are named to the worker, to the household
    that made them, to her firm and to the federation; anybody else sees an opaque reference, and nothing that was
    voided or repaired or is not to be displayed any more. Who the household is, is never shown.
    """
    return queries.told(worker_id, actor=actor(), **filters)


@blp.route("/workers/<uuid:worker_id>/credit/what-if", methods=["GET"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@refuses(WorkerNotFound)
@blp.response(200, WhatIfOut)
def show_what_if(worker_id: UUID) -> dict[str, Any]:
    """怎样提高信用分 · What would raise a worker's score or grade

    For herself, her firm and the federation. Each step is what the rule gives today if only that happened; no promise.
    """
    return queries.what_if(worker_id, actor=actor())


@blp.route("/firms/<uuid:firm_id>/credit", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.response(200, FirmCreditOut)
def show_firm_credit(firm_id: UUID) -> dict[str, Any]:
    """企业信用分及其来由 · A firm's score and where every point comes from

    Its workers' evidence (G10), where every firm starts (G18), and its own points. Open to everybody.
    """
    return queries.explain_firm(firm_id)


@blp.route("/firms/<uuid:firm_id>/credit/history", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditHistoryPageOut)
def list_firm_credit_history(filters: dict[str, Any], firm_id: UUID) -> Page:
    """企业信用分历史 · Every score and grade published of a firm, newest first

    Open to everybody, each with where its proof is.
    """
    return queries.history("firm", firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/credit/events", methods=["GET"])
@allow()
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditEventPageOut)
def list_firm_credit_events(filters: dict[str, Any], firm_id: UUID) -> Page:
    """企业信用事件 · What bears on a firm's own points, newest first

    Bookings are named to the firm and the federation; anybody else sees an opaque reference.
    """
    return queries.told_of_firm(firm_id, actor=actor(), **filters)


@blp.route("/credit/standings", methods=["GET"])
@public
@blp.arguments(StandingFilter, location="query")
@blp.response(200, StandingPageOut)
def list_standings(filters: dict[str, Any]) -> Page:
    """全部信用分 · Every standing as it is shown

    By opaque keys: what a replay of the exported ledger must give to the byte. Open to everybody.
    """
    return queries.standings(**filters)


@blp.route("/bookings/<uuid:booking_id>/receipts", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM, *FEDERATION)
@refuses(BookingNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditReceiptPageOut)
def list_receipts(filters: dict[str, Any], booking_id: UUID) -> Page:
    """回执 · What the public log says of a booking, oldest first

    For its parties and the federation: each leaf with what it opens to and where its proof is.
    """
    return queries.receipts(booking_id, actor=actor(), **filters)


@blp.route("/credit/replay", methods=["POST"])
@allow()
@refuses(LineNotReadable, RuleNotFound, TooManyReplays)
@blp.arguments(ReplayIn)
@blp.response(200, ReplayOut)
def replay(body: dict[str, Any]) -> dict[str, Any]:
    """重算 · Score lines of the exported ledger anew

    Nothing is kept. The same as `python -m qiaojiejie.credit.replay`, for a part of the ledger; a line that no ledger
    holds is refused by its number.
    """
    return {"items": standings.replay(actor=actor(), **body)}
