"""Coupons over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownService
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.coupons import queries
from qiaojiejie.coupons import service as coupons
from qiaojiejie.coupons.errors import CouponDoesNotFit, CouponEnded, CouponNotFound
from qiaojiejie.coupons.models import Coupon, CouponGrant
from qiaojiejie.coupons.schemas import (
    CouponFilter, CouponGrantIn, CouponGrantOut, CouponIn, CouponOut, CouponPageOut, HeldCouponFilter,
    HeldCouponPageOut)
from qiaojiejie.identity.errors import BadPhone

blp = Blueprint("coupons", description="优惠券 · Coupons: what is taken off a price, and who bears it")

ISSUERS = (Role.FEDERATION_ADMIN, Role.FIRM_MANAGER)


@blp.route("/coupons", methods=["POST"])
@allow(*ISSUERS)
@refuses(CouponDoesNotFit, UnknownService)
@blp.arguments(CouponIn)
@blp.response(201, CouponOut)
def issue(body: dict[str, Any]) -> Coupon:
    """发放优惠券 · Issue a coupon

    The federation's administrator issues what the platform bears, a firm's manager what the firm bears for bookings of
    its own. The code is made here.
    """
    return coupons.issue(actor=actor(), **body)


@blp.route("/coupons", methods=["GET"])
@allow(*FEDERATION, *FIRM)
@blp.arguments(CouponFilter, location="query")
@blp.response(200, CouponPageOut)
def list_coupons(filters: dict[str, Any]) -> Page:
    """优惠券列表 · Coupons issued, with how often each is used

    Every one to the federation, a firm's own to the firm; newest first.
    """
    return queries.issued(actor(), **filters)


@blp.route("/coupons/<uuid:coupon_id>/endings", methods=["POST"])
@allow(*ISSUERS)
@refuses(CouponNotFound, NotYourStep, StepNotPossible)
@blp.response(200, CouponOut)
def end(coupon_id: UUID) -> Coupon:
    """停用优惠券 · End a coupon

    By who issued it. Bookings that use it keep it; a quote that has not been booked is refused as CouponGone.
    """
    return coupons.end(actor=actor(), coupon_id=coupon_id)


@blp.route("/coupons/<uuid:coupon_id>/grants", methods=["POST"])
@allow(*ISSUERS)
@refuses(CouponNotFound, NotYourStep, CouponEnded, BadPhone)
@blp.arguments(CouponGrantIn)
@blp.response(201, CouponGrantOut)
def grant(body: dict[str, Any], coupon_id: UUID) -> CouponGrant:
    """赠送优惠券 · Give a coupon to a phone number

    By who issued it. The family that signs in with the number, now or later, finds it among its coupons. The answer
    does not tell whether the number has an account.
    """
    return coupons.grant(actor=actor(), coupon_id=coupon_id, **body)


@blp.route("/me/coupons", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(UnknownService)
@blp.arguments(HeldCouponFilter, location="query")
@blp.response(200, HeldCouponPageOut)
def list_mine(filters: dict[str, Any]) -> Page:
    """我的优惠券 · Coupons I can use, and why not

    Those for every family, those given to mine and those it used, newest first; judged for today and, when they are
    said, for a service, a firm and a price.
    """
    return queries.mine(actor(), **filters)
