"""The rule and its monthly inputs over HTTP. Nothing here can be put or deleted."""

from typing import Any

from qiaojiejie.core.access import public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.credit import queries
from qiaojiejie.credit.errors import CalibrationNotFound, RuleNotFound
from qiaojiejie.credit.schemas import CreditCalibrationOut, CreditRuleListOut, CreditRuleSetOut

blp = Blueprint("credit", description="信用规则 · The rule by which credit is scored, and what it takes from the market")


@blp.route("/credit/rules", methods=["GET"])
@public
@blp.response(200, CreditRuleListOut)
def list_rules() -> dict[str, Any]:
    """评分规则的版本 · The versions of the scoring rule

    Those that come with the product and those adopted since; `active` says which one is in force. Open to everybody.
    """
    return {"items": queries.versions()}


@blp.route("/credit/rules/<string:version>", methods=["GET"])
@public
@refuses(RuleNotFound)
@blp.response(200, CreditRuleSetOut)
def show_rule(version: str) -> dict[str, Any]:
    """评分规则全文 · One version of the rule with all its constants

    `constants`, written as RFC 8785 says, has the SHA-256 in `hash`. Open to everybody.
    """
    return queries.rule_shown(version)


@blp.route("/credit/calibrations/<month>", methods=["GET"])
@public
@refuses(CalibrationNotFound)
@blp.response(200, CreditCalibrationOut)
def show_calibration(month: str) -> dict[str, Any]:
    """月度校准数据 · What the rule takes from the market for a month, such as 2026-11

    What marks are worth by category, which households' marks weigh less, and where firms stand. Open to everybody.
    """
    return queries.published(month)
