"""Quotes and bookings: asked for, made, read."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors, queries
from qiaojiejie.booking import service as booking
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.routes import blp
from qiaojiejie.booking.schemas import (
    BookingContactOut, BookingFactOut, BookingFilter, BookingIn, BookingMemberOut, BookingOut, QuoteIn, QuoteOut,
    RebookingIn)
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of
from qiaojiejie.coupons.errors import (
    CouponCodeUnknown, CouponEnded, CouponGone, CouponNotForService, CouponNotYet, CouponNotYours,
    CouponOfAnotherFirm, CouponOver, CouponSpendMore, CouponTakesNothing, CouponUsedByYou, CouponUsedUp)
from qiaojiejie.households.errors import HouseholdNotFound, MemberNotFound

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
COUPON = (
    CouponCodeUnknown, CouponEnded, CouponNotYet, CouponOver, CouponUsedUp, CouponUsedByYou, CouponNotYours,
    CouponOfAnotherFirm, CouponNotForService, CouponSpendMore, CouponTakesNothing)


@blp.route("/quotes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*errors.PRICING, *errors.BY_DAYS, MemberNotFound, *COUPON)
@blp.arguments(QuoteIn)
@blp.response(201, QuoteOut)
def quote(body: dict[str, Any]) -> Quote:
    """询价 · Price a visit, or an engagement by days

    The price in lines (wage, firm's fee, insurance, platform fee) and the cancellation policy that will be frozen
    onto the booking, good for 15 minutes. A coupon's code adds a negative line; the total is never below one yuan.
    Services priced by the day or by the month of 26 days are asked for with `days`: each day then has its price, and
    the total its parts. A package for a birth takes `due_on` instead of `start`: she is held for some days before and
    after, and the total quoted never rises. Nothing is held yet, a coupon neither.
    """
    return booking.quote(actor=actor(), **body)


@blp.route("/bookings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(HouseholdNotFound, errors.QuoteNotFound, errors.QuoteUsed, errors.QuoteExpired, *errors.HOLDING,
         CouponGone)
@blp.arguments(BookingIn)
@blp.response(201, BookingOut)
def book(body: dict[str, Any]) -> queries.Shown:
    """预约 · Book a quoted visit

    Holds the worker's time, travel included, until `expires_at` (ten minutes): pay before it. One quote makes one
    booking; a household holds at most five unpaid ones.
    """
    return booking.book(actor=actor(), **body)


@blp.route("/bookings", methods=["GET"])
@allow(*PARTIES)
@blp.arguments(BookingFilter, location="query")
@blp.response(200, page_of(BookingOut))
def mine(args: dict[str, Any]) -> Page:
    """我的预约 · List my bookings

    Those of the household, the worker or the firm one acts as, newest first.
    """
    return queries.mine(actor(), state=args.get("state"), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/bookings/<uuid:booking_id>", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.BookingNotFound)
@blp.response(200, BookingOut)
def show(booking_id: UUID) -> queries.Shown:
    """预约详情 · Read a booking

    To its parties; the door code and the note to the household only.
    """
    return queries.shown(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/history", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.BookingNotFound)
@blp.response(200, page_of(BookingFactOut))
def history(booking_id: UUID) -> Page:
    """预约经过 · Read what happened to a booking

    Its entries in the ledger in the order they happened, all on one page.
    """
    return queries.history(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/contact", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(errors.BookingNotFound, errors.ContactClosed)
@blp.response(200, BookingContactOut)
def contact(booking_id: UUID) -> dict[str, str | None]:
    """联系方式 · Read the other side's contact

    From confirmation to 24 hours after the service: the worker's phone to the household; the address, its contact's
    phone and the note to the worker. Every look is recorded.
    """
    return booking.contact(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/member-looks", methods=["POST"])
@allow(Role.WORKER, *FIRM)
@refuses(errors.BookingNotFound, errors.NobodyNamed, errors.NameClosed)
@blp.response(200, BookingMemberOut)
def look_at_member(booking_id: UUID) -> dict[str, Any]:
    """被照护人姓名 · Read the name of whom a booking is for

    To the worker and her firm, from confirmation to 24 hours after the service. Every look is recorded.
    """
    return booking.look_at_member(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/rebookings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.BookingNotFound, *errors.PRICING, *errors.BY_DAYS)
@blp.arguments(RebookingIn)
@blp.response(201, QuoteOut)
def quote_again(body: dict[str, Any], booking_id: UUID) -> Quote:
    """再约一次 · Price the same again at another time

    The same worker, service, length and address as the booking, at today's prices and terms and without a coupon; for
    the same member while the household keeps them. It is only a quote: book it to hold her time.
    """
    return booking.quote_again(actor=actor(), booking_id=booking_id, **body)
