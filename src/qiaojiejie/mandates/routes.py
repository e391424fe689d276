"""Booking for somebody without a phone, over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors as booking
from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.schemas import BookingIn, BookingOut, QuoteOut
from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core.access import FIRM, Role, actor, allow, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, checkpoint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.households.errors import AddressBookFull, MemberNotFound, MembersFull, PlaceElsewhere
from qiaojiejie.households.models import Address, Member
from qiaojiejie.households.schemas import AddressIn, AddressOut, MemberIn, MemberOut
from qiaojiejie.mandates import queries, service as mandates
from qiaojiejie.mandates.errors import (
    ErrandNotFound, MandateEnded, MandateNotFound, NotUnderMandate, OwnWorkersOnly, UndoOver, UndoUnknown)
from qiaojiejie.mandates.models import Errand, Mandate
from qiaojiejie.mandates.schemas import (
    ErrandOut, ErrandPageOut, MandateIn, MandateOut, MandatePageOut, MandatePaymentIn, MandateQuoteIn, UndoIn)
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke, StripeDown
from qiaojiejie.payments.schemas import PaymentOut

blp = Blueprint("mandates", description="代订与委托 · Booking for somebody without a phone")

AGENTS = (Role.STATION_CLERK, *FIRM)


@blp.route("/mandates", methods=["POST"])
@allow(*AGENTS)
@blp.arguments(MandateIn)
@blp.response(201, MandateOut)
def register(body: dict[str, Any]) -> Mandate:
    """登记委托 · Register a mandate

    By a station's clerk or a firm's broker: who agreed, how and when. It is good for 90 days; registered again, the
    consent is renewed. Nothing the household has of its own is shown by it.
    """
    return mandates.register(actor=actor(), **body)


@blp.route("/mandates", methods=["GET"])
@allow(Role.HOUSEHOLD, *AGENTS)
@blp.arguments(PageFilter, location="query")
@blp.response(200, MandatePageOut)
def list_mandates(page: dict[str, Any]) -> Page:
    """委托列表 · List mandates

    Those one gave, or those given to one's station or firm; newest first.
    """
    return queries.mine(actor(), cursor=page.get("cursor"), limit=page["limit"])


@blp.route("/mandates/<uuid:mandate_id>", methods=["GET"])
@allow(Role.HOUSEHOLD, *AGENTS)
@refuses(MandateNotFound)
@blp.response(200, MandateOut)
def show_mandate(mandate_id: UUID) -> Mandate:
    """查看委托 · Read a mandate"""
    return queries.shown(actor(), mandate_id)


@blp.route("/mandates/<uuid:mandate_id>/endings", methods=["POST"])
@allow(Role.HOUSEHOLD, *AGENTS)
@refuses(MandateNotFound, StepNotPossible)
@blp.response(200, MandateOut)
def end_mandate(mandate_id: UUID) -> Mandate:
    """终止委托 · End a mandate

    By who gave it or who holds it; what was booked stands.
    """
    return mandates.end(actor=actor(), mandate_id=mandate_id)


@blp.route("/mandates/<uuid:mandate_id>/addresses", methods=["POST"])
@allow(*AGENTS)
@refuses(MandateNotFound, MandateEnded, UnknownRegion, PlaceElsewhere, AddressBookFull)
@blp.arguments(AddressIn)
@blp.response(201, AddressOut)
def add_address(body: dict[str, Any], mandate_id: UUID) -> Address:
    """代填地址 · Write an address down for the household"""
    return mandates.add_address(actor=actor(), mandate_id=mandate_id, **body)


@blp.route("/mandates/<uuid:mandate_id>/members", methods=["POST"])
@allow(*AGENTS)
@refuses(MandateNotFound, MandateEnded, MembersFull)
@blp.arguments(MemberIn)
@blp.response(201, MemberOut)
def add_member(body: dict[str, Any], mandate_id: UUID) -> Member:
    """代填被照护人 · Write down who is cared for"""
    return mandates.add_member(actor=actor(), mandate_id=mandate_id, **body)


@blp.route("/mandates/<uuid:mandate_id>/quotes", methods=["POST"])
@allow(*AGENTS)
@refuses(MandateNotFound, MandateEnded, NotUnderMandate, OwnWorkersOnly, MemberNotFound, *booking.PRICING,
         *booking.BY_DAYS)
@blp.arguments(MandateQuoteIn)
@blp.response(201, QuoteOut)
def quote(body: dict[str, Any], mandate_id: UUID) -> Quote:
    """代为询价 · Price something for the household

    For an address and a member that came in by this mandate; a broker's own firm's workers only.
    """
    return mandates.quote(actor=actor(), mandate_id=mandate_id, **body)


@blp.route("/mandates/<uuid:mandate_id>/bookings", methods=["POST"])
@allow(*AGENTS)
@refuses(MandateNotFound, MandateEnded, OwnWorkersOnly, booking.QuoteNotFound, booking.QuoteUsed, booking.QuoteExpired,
         *booking.HOLDING)
@blp.arguments(BookingIn)
@blp.response(201, BookingOut)
def book(body: dict[str, Any], mandate_id: UUID) -> bookings.Shown:
    """代为预约 · Book for the household

    Held for an hour. The family is told by text message and may undo it free of charge within an hour. The answer is
    the family's own view: tell them the door code.
    """
    return mandates.book(actor=actor(), mandate_id=mandate_id, **body)


@blp.route("/mandates/<uuid:mandate_id>/bookings", methods=["GET"])
@allow(Role.HOUSEHOLD, *AGENTS)
@refuses(MandateNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ErrandPageOut)
def list_errands(page: dict[str, Any], mandate_id: UUID) -> Page:
    """代订记录 · What was booked by a mandate"""
    return queries.errands(actor(), mandate_id, cursor=page.get("cursor"), limit=page["limit"])


@blp.route("/bookings/<uuid:booking_id>/counter-payments", methods=["POST"])
@allow(*AGENTS)
@refuses(ErrandNotFound, MandateEnded, StepNotPossible, booking.OnBlockList, booking.HoldExpired, booking.TooEarly,
         booking.TooLate, PaymentRefused, StripeDown, StripeBroke)
@blp.arguments(MandatePaymentIn)
@blp.response(201, PaymentOut)
def pay(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """柜台付款 · Show the code to pay with

    Of what is due; whoever stands at the counter scans it.
    """
    charge = mandates.begin_payment(actor=actor(), booking_id=booking_id, **body)
    checkpoint()
    return payment_queries.in_words(payments.present(charge=charge), pays=True, until=queries.payable_until(booking_id))


@blp.route("/bookings/<uuid:booking_id>/undos", methods=["POST"])
@allow(Role.HOUSEHOLD, *AGENTS)
@refuses(ErrandNotFound, UndoOver, StepNotPossible)
@blp.response(200, ErrandOut)
def undo(booking_id: UUID) -> Errand:
    """撤销代订 · Undo what was booked for one

    By the family, or through the clerk who booked: within an hour, everything comes back.
    """
    return mandates.undo(actor=actor(), booking_id=booking_id)


@blp.route("/mandate-undos", methods=["POST"])
@public
@refuses(UndoUnknown, UndoOver, StepNotPossible)
@blp.arguments(UndoIn)
@blp.response(200, ErrandOut)
def undo_by_token(body: dict[str, Any]) -> Errand:
    """凭短信撤销代订 · Undo with the text message alone

    Open to whoever has the message: within an hour, everything comes back.
    """
    return mandates.undo_by_token(**body)
