"""Credit over HTTP. Nothing here can be put or deleted: standings follow from the ledger."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import actor, allow, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.credit import queries
from qiaojiejie.credit.errors import CalibrationNotFound, RuleNotFound
from qiaojiejie.credit.schemas import (
    CreditCalibrationOut, CreditEventPageOut, CreditOut, CreditRuleListOut, CreditRuleSetOut)
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("credit", description="信用 · Credit: scores anyone can check")


@blp.route("/workers/<uuid:worker_id>/credit", methods=["GET"])
@public
@refuses(WorkerNotFound)
@blp.response(200, CreditOut)
def show_credit(worker_id: UUID) -> dict[str, Any]:
    """信用分及其来由 · A worker's score and where every point comes from

    800 plus the points of all `factors` is `raw`; `caps` and `gates` say what holds score or grade below that. Open to
    everybody. The weights are this product's own, versioned and published (`GET /credit/rules`).
    """
    return queries.explain(worker_id)


@blp.route("/workers/<uuid:worker_id>/credit/events", methods=["GET"])
@allow()
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CreditEventPageOut)
def list_credit_events(filters: dict[str, Any], worker_id: UUID) -> Page:
    """信用事件 · The events behind a worker's score, newest first

    Each with its thousandths of a point. Bookings are named to the worker, to the household that made them, to her
    firm and to the federation; anybody else sees an opaque reference. Who the household is, is never shown.
    """
    return queries.told(worker_id, actor=actor(), **filters)


@blp.route("/credit/rules", methods=["GET"])
@public
@blp.response(200, CreditRuleListOut)
def list_rules() -> dict[str, Any]:
    """评分规则的版本 · The versions of the scoring rule

    Open to everybody.
    """
    return {"items": [queries.rule_set()]}


@blp.route("/credit/rules/<string:version>", methods=["GET"])
@public
@refuses(RuleNotFound)
@blp.response(200, CreditRuleSetOut)
def show_rule(version: str) -> dict[str, Any]:
    """评分规则全文 · One version of the rule with all its constants

    `constants`, written as RFC 8785 says, has the SHA-256 in `hash`. Open to everybody.
    """
    return queries.rule_set(version)


@blp.route("/credit/calibrations/<month>", methods=["GET"])
@public
@refuses(CalibrationNotFound)
@blp.response(200, CreditCalibrationOut)
def show_calibration(month: str) -> dict[str, Any]:
    """月度校准数据 · What the rule takes from the market for a month, such as 2026-11

    What marks are worth by category, which households' marks weigh less, and where firms stand. Open to everybody.
    """
    return queries.published(month)
