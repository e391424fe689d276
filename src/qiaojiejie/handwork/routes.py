"""The piece-work board over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.handwork import queries, service as handwork
from qiaojiejie.handwork.errors import (
    HandworkDaysDoNotFit, HandworkNotFound, HandworkOver, PaymentReferenceMissing, PiecesDoNotFit, PiecesTooMany,
    TakeNotFound)
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake
from qiaojiejie.handwork.schemas import (
    HandworkFilter, HandworkIn, HandworkOut, HandworkPageOut, HandworkYearFilter, HandworkYearOut, TakeAnswerIn,
    TakeFilter, TakeIn, TakeOut, TakePageOut)
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.stations.errors import VisitorUnknown

blp = Blueprint("handwork", description="手工坊 · Piece-work: orders, who took how much, what was good and paid")

MAKERS = (Role.HOUSEHOLD, Role.WORKER)


@blp.route("/handwork-orders", methods=["GET"])
@public
@blp.arguments(HandworkFilter, location="query")
@blp.response(200, HandworkPageOut)
def list_orders(filters: dict[str, Any]) -> Page:
    """手工订单 · Orders of which pieces can be taken, newest first

    Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/handwork-orders", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(HandworkDaysDoNotFit)
@blp.arguments(HandworkIn)
@blp.response(201, HandworkOut)
def post_order(body: dict[str, Any]) -> HandworkOrder:
    """发布手工订单 · Put an order on the station's board"""
    return handwork.post(actor=actor(), **body)


@blp.route("/handwork-orders/statistics", methods=["GET"])
@public
@blp.arguments(HandworkYearFilter, location="query")
@blp.response(200, HandworkYearOut)
def handwork_statistics(filters: dict[str, Any]) -> dict[str, Any]:
    """手工坊统计 · Makers, good pieces, and what was earned, paid and confirmed

    Counted now. Open to everybody.
    """
    return queries.statistics(**filters)


@blp.route("/handwork-orders/<uuid:handwork_order_id>", methods=["GET"])
@public
@refuses(HandworkNotFound)
@blp.response(200, HandworkOut)
def show_order(handwork_order_id: UUID) -> HandworkOrder:
    """手工订单详情 · Show an order

    Open to everybody.
    """
    return queries.get(handwork_order_id)


@blp.route("/handwork-orders/<uuid:handwork_order_id>/closures", methods=["POST"])
@allow(Role.STATION_CLERK)
@refuses(HandworkNotFound, StepNotPossible)
@blp.response(200, HandworkOut)
def close_order(handwork_order_id: UUID) -> HandworkOrder:
    """结束手工订单 · Take an order off the board"""
    return handwork.close(actor=actor(), order_id=handwork_order_id)


@blp.route("/handwork-orders/<uuid:handwork_order_id>/takes", methods=["GET"])
@allow(Role.STATION_CLERK)
@refuses(HandworkNotFound)
@blp.arguments(TakeFilter, location="query")
@blp.response(200, TakePageOut)
def list_takes(filters: dict[str, Any], handwork_order_id: UUID) -> Page:
    """领料记录 · Who took how much of an order"""
    return queries.takes(order_id=queries.own(actor(), handwork_order_id).id, **filters)


@blp.route("/handwork-orders/<uuid:handwork_order_id>/takes", methods=["POST"])
@allow(*MAKERS, Role.STATION_CLERK)
@refuses(HandworkNotFound, HandworkOver, PiecesTooMany, VisitorUnknown, BadPhone)
@blp.arguments(TakeIn)
@blp.response(201, TakeOut)
def take(body: dict[str, Any], handwork_order_id: UUID) -> HandworkTake:
    """领料 · Take pieces home

    For oneself, or by a station's clerk for somebody at her desk. Never more than are left.
    """
    return handwork.take(actor=actor(), order_id=handwork_order_id, **body)


@blp.route("/me/handwork", methods=["GET"])
@allow(*MAKERS)
@blp.arguments(TakeFilter, location="query")
@blp.response(200, TakePageOut)
def list_own_takes(filters: dict[str, Any]) -> Page:
    """我的手工活 · What I took, what was good and paid"""
    return queries.takes(account_id=actor().account_id, **filters)


@blp.route("/handwork-takes/<uuid:take_id>/answers", methods=["POST"])
@allow(*MAKERS, Role.STATION_CLERK)
@refuses(TakeNotFound, NotYourStep, StepNotPossible, PiecesDoNotFit, PaymentReferenceMissing)
@blp.arguments(TakeAnswerIn)
@blp.response(200, TakeOut)
def answer_take(body: dict[str, Any], take_id: UUID) -> HandworkTake:
    """交货、验收、支付、确认 · Deliver, judge, pay, confirm

    Good pieces are paid at the unit rate; the rest goes back on the board. The maker says herself what she received.
    """
    return handwork.answer(actor=actor(), take_id=take_id, **body)
