"""The catalogue over HTTP; open to everybody."""

from typing import Any

from qiaojiejie.catalog import queries
from qiaojiejie.catalog.errors import PolicyNotFound, ServiceNotFound
from qiaojiejie.catalog.models import CancellationPolicy
from qiaojiejie.catalog.schemas import (CancellationPolicyOut, OccupationPageOut, RegionPageOut, ServiceDetailOut,
                                        ServiceFilter, ServicePageOut)
from qiaojiejie.core.access import public
from qiaojiejie.core.clock import today
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page

blp = Blueprint("catalog", description="服务目录 · The catalogue: services, regions and the rules of price")


@blp.route("/services", methods=["GET"])
@public
@blp.arguments(ServiceFilter, location="query")
@blp.response(200, ServicePageOut)
def list_services(filters: dict[str, str]) -> Page:
    """服务目录 · List the kinds of service

    The whole catalogue in its order, always one page. Open to everybody.
    """
    return Page(queries.services(**filters), None)


@blp.route("/services/<string:code>", methods=["GET"])
@public
@refuses(ServiceNotFound)
@blp.response(200, ServiceDetailOut)
def show_service(code: str) -> dict[str, Any]:
    """服务项目 · Show a kind of service

    With the words firms use for it and the fees charged on it today. Open to everybody.
    """
    return queries.offer(code, today())


@blp.route("/occupations", methods=["GET"])
@public
@blp.response(200, OccupationPageOut)
def list_occupations() -> Page:
    """职业目录 · List the occupations one can be certified in

    With the number, edition and levels of each one's national standard. Always one page. Open to everybody.
    """
    return Page(queries.occupations(), None)


@blp.route("/regions", methods=["GET"])
@public
@blp.response(200, RegionPageOut)
def list_regions() -> Page:
    """服务地区 · List the districts and counties served

    Always one page. Open to everybody.
    """
    return Page(queries.regions(), None)


@blp.route("/policies/cancellation", methods=["GET"])
@public
@refuses(PolicyNotFound)
@blp.response(200, CancellationPolicyOut)
def show_cancellation_policy() -> CancellationPolicy:
    """取消规则 · Show the cancellation policy in force today

    A booking keeps the policy of the quote it was made from. Open to everybody.
    """
    return queries.policy(today())
