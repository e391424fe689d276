"""Needs over HTTP: families post and order, firms look and quote."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors as booking
from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.schemas import BookingOut
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.catalog.errors import UnknownService
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.households.errors import AddressNotFound, HouseholdNotFound, MemberNotFound
from qiaojiejie.needs import queries, service as needs
from qiaojiejie.needs.errors import (
    AlreadyQuoted, GoodUntilDoesNotFit, NeedClosesTooLate, NeedDaysDoNotFit, NeedNotFound, NeedNotOpen,
    NeedQuoteNotFound, NeedQuoteOver, QuotesUsedUp, StartNotAsked, TooManyNeeds)
from qiaojiejie.needs.models import NeedQuote
from qiaojiejie.needs.schemas import (
    ComparedFilter, ComparedPageOut, NeedFilter, NeedIn, NeedOrderIn, NeedOut, NeedPageOut, NeedQuoteFilter,
    NeedQuoteIn, NeedQuoteOut, NeedQuotePageOut, WantedFilter)

blp = Blueprint("needs", description="发布需求 · Needs: what families look for, what firms quote")


@blp.route("/needs", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(AddressNotFound, MemberNotFound, UnknownService, booking.NotAVisit, booking.NotByDays, *booking.TIMES,
         NeedDaysDoNotFit, NeedClosesTooLate, TooManyNeeds)
@blp.arguments(NeedIn)
@blp.response(201, NeedOut)
def post(body: dict[str, Any]) -> queries.Shown:
    """发布需求 · Say what the household looks for

    Firms that serve the district and offer the service see it: the district, about where it is and whom it is for; no
    address, no name, no note. At most three at once: one that is ordered counts until it is paid.
    """
    return needs.post(actor=actor(), **body)


@blp.route("/me/needs", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(NeedFilter, location="query")
@blp.response(200, NeedPageOut)
def mine(filters: dict[str, Any]) -> Page:
    """我的需求 · List the household's needs

    Newest first.
    """
    return queries.mine(actor(), **filters)


@blp.route("/needs", methods=["GET"])
@allow(*FIRM)
@blp.arguments(WantedFilter, location="query")
@blp.response(200, NeedPageOut)
def wanted(filters: dict[str, Any]) -> Page:
    """待报价的需求 · List the open needs a firm may quote for

    In the districts it serves, of services its listed workers offer, newest first.
    """
    return queries.wanted(actor(), **filters)


@blp.route("/needs/<uuid:need_id>", methods=["GET"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(NeedNotFound)
@blp.response(200, NeedOut)
def show(need_id: UUID) -> queries.Shown:
    """需求详情 · Read a need

    To its household, and to firms that may quote for it or have.
    """
    return queries.shown(actor(), need_id)


@blp.route("/needs/<uuid:need_id>/closings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(NeedNotFound, StepNotPossible)
@blp.response(200, NeedOut)
def close(need_id: UUID) -> queries.Shown:
    """关闭需求 · Look no further

    By the household; firms whose quotes stand are told.
    """
    return needs.close(actor=actor(), need_id=need_id)


@blp.route("/needs/<uuid:need_id>/quotes", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(NeedNotFound)
@blp.arguments(ComparedFilter, location="query")
@blp.response(200, ComparedPageOut)
def compare(filters: dict[str, Any], need_id: UUID) -> dict[str, Any]:
    """比较报价 · Compare the quotes that stand, side by side

    To the household: each with the worker's card and the price in lines, and by what they differ.
    """
    return queries.compared(actor(), need_id, **filters)


@blp.route("/needs/<uuid:need_id>/quotes", methods=["POST"])
@allow(*FIRM)
@refuses(NeedNotFound, NeedNotOpen, *booking.OFFERED, *booking.BY_DAYS, booking.OutsideHours, SlotTaken, TooFarBetween,
         StartNotAsked, GoodUntilDoesNotFit, QuotesUsedUp, AlreadyQuoted)
@blp.arguments(NeedQuoteIn)
@blp.response(201, NeedQuoteOut)
def quote(body: dict[str, Any], need_id: UUID) -> NeedQuote:
    """为需求报价 · Quote for a need

    By a firm, with a worker of its staff who may do the work and is free then, at a wage of its own; the fees follow
    the rules. One quote stands for each worker, at most five are made. Nothing is held.
    """
    return needs.quote(actor=actor(), need_id=need_id, **body)


@blp.route("/needs/<uuid:need_id>/orders", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(HouseholdNotFound, NeedNotFound, NeedNotOpen, NeedQuoteNotFound, StepNotPossible, NeedQuoteOver,
         AddressNotFound, *booking.HOLDING)
@blp.arguments(NeedOrderIn)
@blp.response(201, BookingOut)
def order(body: dict[str, Any], need_id: UUID) -> bookings.Shown:
    """选定报价并预约 · Order from a quote

    Makes a booking with the quote's lines and holds her time for ten minutes: pay before it. The other firms are told
    that they were not chosen. If she is not free any more all stays as it was: choose another.
    """
    return needs.order(actor=actor(), need_id=need_id, quote_id=body["need_quote_id"])


@blp.route("/need-quotes", methods=["GET"])
@allow(*FIRM)
@blp.arguments(NeedQuoteFilter, location="query")
@blp.response(200, NeedQuotePageOut)
def quotes(filters: dict[str, Any]) -> Page:
    """企业的报价 · List the firm's quotes

    Newest first.
    """
    return queries.quotes_of_firm(actor(), **filters)


@blp.route("/need-quotes/<uuid:need_quote_id>/withdrawals", methods=["POST"])
@allow(*FIRM)
@refuses(NeedQuoteNotFound, StepNotPossible)
@blp.response(200, NeedQuoteOut)
def withdraw(need_quote_id: UUID) -> NeedQuote:
    """撤回报价 · Take a quote back

    By the firm, while it stands.
    """
    return needs.withdraw(actor=actor(), quote_id=need_quote_id)
