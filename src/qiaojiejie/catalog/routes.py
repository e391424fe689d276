"""The catalogue over HTTP, open to everybody; fee rules, which the federation sets."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog import queries
from qiaojiejie.catalog import service as catalog
from qiaojiejie.catalog.errors import (
    FeeRuleDaysDoNotFit, FeeRulesNotFound, FeeRuleTooSoon, GeneralFeeStays, NoFeeRuleOfItsOwn, PolicyNotFound,
    ServiceNotFound, UnknownFirm, UnknownService)
from qiaojiejie.catalog.models import FeeRule
from qiaojiejie.catalog.schemas import (
    CancellationPolicyOut, FeeRuleEndIn, FeeRuleFilter, FeeRuleIn, FeeRuleKeptOut, FeeRulePageOut, OccupationPageOut,
    RegionPageOut, ServiceDetailOut, ServiceFilter, ServicePageOut)
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.clock import today
from qiaojiejie.core.http import BRIEFLY, Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter

#: what is answered, its status and headers
Answer = tuple[Any, int, dict[str, str]]

blp = Blueprint("catalog", description="服务目录 · The catalogue: services, regions and the rules of price")


@blp.route("/services", methods=["GET"])
@public
@blp.arguments(ServiceFilter, location="query")
@blp.response(200, ServicePageOut)
def list_services(filters: dict[str, str]) -> Answer:
    """服务目录 · List the kinds of service

    The whole catalogue in its order, always one page. Open to everybody.
    """
    return Page(queries.services(**filters), None), 200, BRIEFLY


@blp.route("/services/<string:code>", methods=["GET"])
@public
@refuses(ServiceNotFound)
@blp.response(200, ServiceDetailOut)
def show_service(code: str) -> Answer:
    """服务项目 · Show a kind of service

    With the words firms use for it and the fees charged on it today. Open to everybody.
    """
    return queries.offer(code, today()), 200, BRIEFLY


@blp.route("/occupations", methods=["GET"])
@public
@blp.response(200, OccupationPageOut)
def list_occupations() -> Answer:
    """职业目录 · List the occupations one can be certified in

    With the number, edition and levels of each one's national standard. Always one page. Open to everybody.
    """
    return Page(queries.occupations(), None), 200, BRIEFLY


@blp.route("/regions", methods=["GET"])
@public
@blp.response(200, RegionPageOut)
def list_regions() -> Answer:
    """服务地区 · List the districts and counties served

    Always one page. Open to everybody.
    """
    return Page(queries.regions(), None), 200, BRIEFLY


@blp.route("/policies/cancellation", methods=["GET"])
@public
@refuses(PolicyNotFound)
@blp.response(200, CancellationPolicyOut)
def show_cancellation_policy() -> Answer:
    """取消规则 · Show the cancellation policy in force today

    A booking keeps the policy of the quote it was made from. Open to everybody.
    """
    return queries.policy(today()), 200, BRIEFLY


@blp.route("/federation/fee-rules", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(FeeRuleFilter, location="query")
@blp.response(200, FeeRulePageOut)
def list_fee_rules(filters: dict[str, Any]) -> Page:
    """收费规则 · List the fee rules

    All that hold, held or will hold, newest first. Of several in force on a day the most particular is charged: the
    firm's for the service, the firm's, the service's, everybody's.
    """
    return queries.fee_rules(**filters)


@blp.route("/federation/fee-rules", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(FeeRuleTooSoon, FeeRuleDaysDoNotFit, GeneralFeeStays, UnknownFirm, UnknownService)
@blp.arguments(FeeRuleIn)
@blp.response(201, FeeRuleKeptOut)
def set_fee_rule(body: dict[str, Any]) -> FeeRule:
    """设定收费规则 · Set what is charged from a day to come on

    By the federation's administrator, for one firm or all, one service or all, from tomorrow on at the earliest: what
    holds today is never changed. Quotes made before keep their lines. The ledger keeps old and new figures and by whom.
    """
    return catalog.set_fee(actor=actor(), **body)


@blp.route("/federation/fee-rules/endings", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(FeeRuleTooSoon, GeneralFeeStays, NoFeeRuleOfItsOwn)
@blp.arguments(FeeRuleEndIn)
@blp.response(204)
def end_fee_rule(body: dict[str, Any]) -> None:
    """停止专项收费规则 · From a day on a firm or service has no rule of its own

    By the federation's administrator; the wider rule holds from then on.
    """
    catalog.end_fee(actor=actor(), **body)


@blp.route("/firms/<uuid:firm_id>/fee-rules", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FeeRulesNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, FeeRulePageOut)
def list_firm_fee_rules(query: dict[str, Any], firm_id: UUID) -> Page:
    """企业适用的收费规则 · What a firm is charged now and from days to come

    Its own rules and everybody's, newest first; to its own people and the federation.
    """
    return queries.fee_rules_of_firm(actor(), firm_id, today(), **query)
