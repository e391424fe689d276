"""Changes over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors as booking_errors
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.changes import errors, queries
from qiaojiejie.changes import service as changes
from qiaojiejie.changes.models import Change
from qiaojiejie.changes.rules import Offer
from qiaojiejie.changes.schemas import (
    ChangeOut, ExpectedDifference, ExtensionIn, ExtensionQuoteIn, ChangeOfferOut, RescheduleIn, RescheduleQuoteIn)
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.coupons.errors import CouponTakesNothing

blp = Blueprint("changes", description="改期与加时 · Another time for a visit, or more of it")

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
CHANGEABLE = (booking_errors.BookingNotFound, StepNotPossible, errors.NotMovedByDays, errors.MoneyTakenBack,
              booking_errors.LengthNotPossible, CouponTakesNothing)
MOVING = (
    *CHANGEABLE, errors.OtherLengthByFirm, errors.TooLateToMove, errors.NothingChanges, *booking_errors.BOOKABLE,
    booking_errors.StartNotOnHalfHour,
    booking_errors.TooLittleNotice, booking_errors.BeyondHorizon, booking_errors.OutsideHours, SlotTaken, TooFarBetween)
EXTENDING = (*CHANGEABLE, NotYourStep, booking_errors.TooLate, errors.EngagedNext)
ASKING = (errors.ChangeOpen, errors.ChangeQuoteChanged)
ANSWERING = (errors.ChangeNotFound, NotYourStep, StepNotPossible)


@blp.route("/bookings/<uuid:booking_id>/reschedule-quotes", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(*MOVING)
@blp.arguments(RescheduleQuoteIn)
@blp.response(200, ChangeOfferOut)
def quote_reschedule(body: dict[str, Any], booking_id: UUID) -> Offer:
    """改期询价 · What another time would come to

    At the price per unit and the fees the visit was booked at; moving itself costs nothing. Nothing is held yet.
    Fees for cancelling stay counted from the earliest start the visit ever had.
    """
    return changes.quote_reschedule(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/reschedules", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(*MOVING, *ASKING)
@blp.arguments(RescheduleIn)
@blp.response(201, ChangeOut)
def reschedule(body: dict[str, Any], booking_id: UUID) -> Change:
    """改期 · Move a visit

    By the household, until two hours before the start: `done` at once when nothing is to be paid, and what it costs
    less goes back. When it costs more the new time is held beside the old one for ten minutes (`to_pay`): pay with
    `part: supplement`; unpaid, the old time stands. By the firm it is a proposal (`asked`) which the household
    answers within a day; agreeing to it leaves fees for cancelling counted from the new start.
    """
    return changes.reschedule(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/extension-quotes", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(*EXTENDING)
@blp.arguments(ExtensionQuoteIn)
@blp.response(200, ChangeOfferOut)
def quote_extension(body: dict[str, Any], booking_id: UUID) -> Offer:
    """加时询价 · What a running visit comes to when it lasts longer

    At the price per unit and the fees it was booked at. Nothing is held yet.
    """
    return changes.quote_extension(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/extensions", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(*EXTENDING, *ASKING, booking_errors.OnBlockList, SlotTaken, TooFarBetween)
@blp.arguments(ExtensionIn)
@blp.response(201, ChangeOut)
def extend(body: dict[str, Any], booking_id: UUID) -> Change:
    """加时 · Ask for more time of a running visit

    By household or worker, until its agreed end, if she is free after it: her time is held for ten minutes, in which
    the other side agrees, and for ten more, in which the household pays the difference.
    """
    return changes.extend(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/changes", methods=["GET"])
@allow(*PARTIES)
@refuses(booking_errors.BookingNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(ChangeOut))
def mine(query: dict[str, Any], booking_id: UUID) -> Page:
    """改期与加时记录 · A booking's changes

    To its parties, newest first.
    """
    return queries.mine(actor(), booking_id, **query)


@blp.route("/changes/<uuid:change_id>/agreements", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(*ANSWERING, errors.ChangeExpired, errors.ChangeQuoteChanged, booking_errors.OnBlockList)
@blp.arguments(ExpectedDifference)
@blp.response(200, ChangeOut)
def agree(body: dict[str, Any], change_id: UUID) -> Change:
    """同意 · Agree to what the other side asked

    The household to a firm's proposal or a worker's extension, the worker to a household's.
    """
    return changes.agree(actor=actor(), change_id=change_id, **body)


@blp.route("/changes/<uuid:change_id>/refusals", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(*ANSWERING)
@blp.response(200, ChangeOut)
def refuse(change_id: UUID) -> Change:
    """不同意 · Refuse what the other side asked

    It costs nothing; the booking stands as it was.
    """
    return changes.refuse(actor=actor(), change_id=change_id)


@blp.route("/changes/<uuid:change_id>/withdrawals", methods=["POST"])
@allow(*PARTIES)
@refuses(*ANSWERING)
@blp.response(200, ChangeOut)
def withdraw(change_id: UUID) -> Change:
    """撤回 · Take a change back that is not done

    By who asked for it, or by the household that does not want to pay; the booking stands as it was.
    """
    return changes.withdraw(actor=actor(), change_id=change_id)
