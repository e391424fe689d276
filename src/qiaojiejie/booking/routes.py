"""Endpoints of booking. Steps are POSTs on the booking; who may take them is said by its lifecycle."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors, queries
from qiaojiejie.booking import service as booking
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.schemas import (
    BookingContactOut, BookingFactOut, BookingFilter, BookingIn, BookingMemberOut, BookingOut, CancellationIn,
    CancellationQuoteOut, CheckInIn, DeclineIn, QuoteIn, QuoteOut, RebookingIn, RefundGrantIn, WithdrawalIn)
from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.catalog.errors import PolicyNotFound, UnknownService
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of
from qiaojiejie.coupons.errors import (
    CouponCodeUnknown, CouponEnded, CouponGone, CouponNotForService, CouponNotYet, CouponNotYours, CouponOfAnotherFirm,
    CouponOver, CouponSpendMore, CouponTakesNothing, CouponUsedByYou, CouponUsedUp)
from qiaojiejie.households.errors import AddressNotFound, HouseholdNotFound, MemberNotFound
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("booking", description="报价与预约 · Quotes and bookings")

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
PRICING = (
    WorkerNotFound, AddressNotFound, UnknownService, PolicyNotFound, errors.NotAVisit, errors.NotByDays,
    errors.ServiceNotOffered, errors.OnBlockList, errors.WorkerNotBookable, errors.WorkerNotEligible,
    errors.AddressNotServed, errors.StartNotOnHalfHour, errors.LengthNotPossible, errors.TooLittleNotice,
    errors.BeyondHorizon, errors.OutsideHours, SlotTaken, TooFarBetween)
COUPON = (
    CouponCodeUnknown, CouponEnded, CouponNotYet, CouponOver, CouponUsedUp, CouponUsedByYou, CouponNotYours,
    CouponOfAnotherFirm, CouponNotForService, CouponSpendMore, CouponTakesNothing)


@blp.route("/quotes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*PRICING, MemberNotFound, *COUPON)
@blp.arguments(QuoteIn)
@blp.response(201, QuoteOut)
def quote(body: dict[str, Any]) -> Quote:
    """询价 · Price a visit, or an engagement by days

    The price in lines (wage, firm's fee, insurance, platform fee) and the cancellation policy that will be frozen
    onto the booking, good for 15 minutes. A coupon's code adds a negative line; the total is never below one yuan.
    Services priced by the day or by the month of 26 days are asked for with `days`: each day then has its price, and
    the total its parts. Nothing is held yet, a coupon neither.
    """
    return booking.quote(actor=actor(), **body)


@blp.route("/bookings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(HouseholdNotFound, errors.QuoteNotFound, errors.QuoteUsed, errors.QuoteExpired, errors.TooManyHolds,
         errors.OnBlockList, errors.WorkerNotBookable, errors.WorkerNotEligible, SlotTaken, TooFarBetween,
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
@refuses(errors.BookingNotFound, *PRICING)
@blp.arguments(RebookingIn)
@blp.response(201, QuoteOut)
def quote_again(body: dict[str, Any], booking_id: UUID) -> Quote:
    """再约一次 · Price the same again at another time

    The same worker, service, length and address as the booking, at today's prices and terms and without a coupon; for
    the same member while the household keeps them. It is only a quote: book it to hold her time.
    """
    return booking.quote_again(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/door-codes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.BookingNotFound, NotYourStep, StepNotPossible)
@blp.response(200, BookingOut)
def renew_door_code(booking_id: UUID) -> queries.Shown:
    """更换门口验证码 · Make a new door code

    By the household, before the worker has checked in; she has five fresh tries.
    """
    return booking.renew_door_code(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/cancellation-quotes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.BookingNotFound, StepNotPossible)
@blp.response(200, CancellationQuoteOut)
def quote_cancellation(booking_id: UUID) -> cancelling.Cancellation:
    """取消前询价 · What would cancelling cost?

    The fee, the refund and until when they hold, by the policy frozen onto the booking. Nothing is changed.
    """
    return booking.quote_cancellation(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/cancellations", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.BookingNotFound, StepNotPossible, errors.CancellationQuoteChanged)
@blp.arguments(CancellationIn)
@blp.response(200, BookingOut)
def cancel(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """取消预约 · Cancel a booking

    By the household, for exactly the refund it was quoted: refused with the new figures when the tier has moved.
    """
    return booking.cancel(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/withdrawals", methods=["POST"])
@allow(Role.WORKER)
@refuses(errors.BookingNotFound, StepNotPossible)
@blp.arguments(WithdrawalIn)
@blp.response(200, BookingOut)
def withdraw(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """服务人员退单 · Withdraw from a booking

    By the worker; the household is refunded in full.
    """
    return booking.turn_down(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/declines", methods=["POST"])
@allow(*FIRM)
@refuses(errors.BookingNotFound, StepNotPossible)
@blp.arguments(DeclineIn)
@blp.response(200, BookingOut)
def decline(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """企业婉拒 · Decline a booking

    By the firm, with a reason; the household is refunded in full.
    """
    return booking.turn_down(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/check-ins", methods=["POST"])
@allow(Role.WORKER)
@refuses(errors.BookingNotFound, StepNotPossible, errors.TooEarly, errors.TooLate, errors.BalanceDue,
         errors.WrongDoorCode, errors.DoorCodeBurnt)
@blp.arguments(CheckInIn)
@blp.response(200, BookingOut)
def check_in(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """上门签到 · Check in at the door

    By the worker with the family's four digits, from 60 minutes before the start until the end; five tries. Not before
    the balance is paid.
    """
    return booking.check_in(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/check-outs", methods=["POST"])
@allow(Role.WORKER)
@refuses(errors.BookingNotFound, StepNotPossible, errors.EndsByDays)
@blp.response(200, BookingOut)
def check_out(booking_id: UUID) -> queries.Shown:
    """服务结束签退 · Check out

    By the worker; time left of the visit is free for others again.
    """
    return booking.check_out(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/confirmations", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.BookingNotFound, StepNotPossible)
@blp.response(200, BookingOut)
def confirm(booking_id: UUID) -> queries.Shown:
    """确认完成 · Confirm that the service was done

    By the household; without it a served booking completes by itself after 48 hours, unless a complaint is open.
    """
    return booking.complete(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/absences", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.BookingNotFound, StepNotPossible, errors.TooEarly, errors.BalanceDue)
@blp.response(200, BookingOut)
def report_absence(booking_id: UUID) -> queries.Shown:
    """报告未到 · Report that the other side is absent

    From 15 minutes after the start: the household that the worker did not come (everything is refunded; the
    balance must be paid), the worker or her firm that nobody was at home (charged as the policy says, at most what was
    paid).
    """
    return booking.report_absence(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/refund-grants", methods=["POST"])
@allow(*FIRM)
@refuses(errors.BookingNotFound, errors.RefundNotNow, errors.RefundExceedsKept)
@blp.arguments(RefundGrantIn)
@blp.response(201, BookingOut)
def grant_refund(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """企业退款 · Give money back

    By the firm, once the work is over, out of what it was or will be paid; the platform gives its part of the fee back
    in proportion. What is not held for the booking any more is taken from what the platform owes the firm.
    """
    return booking.grant_refund(actor=actor(), booking_id=booking_id, **body)
