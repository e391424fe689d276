"""Looking at refunds, which are made by what happens to a booking; and seeing to those that came back."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import FEDERATION, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.refunds import queries
from qiaojiejie.refunds import service as refunds
from qiaojiejie.refunds.errors import RefundNotFound, RefundWaits
from qiaojiejie.refunds.models import Refund
from qiaojiejie.refunds.schemas import RefundOut, RepaymentIn

blp = Blueprint("refunds", description="退款 · Money going back")


@blp.route("/bookings/<uuid:booking_id>/refunds", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, Role.FIRM_MANAGER, Role.BROKER)
@refuses(BookingNotFound)
@blp.response(200, page_of(RefundOut))
def show(booking_id: UUID) -> Page:
    """查看退款 · A booking's refunds

    To the parties of the booking, in order; there are few, so one page holds them all.
    """
    return queries.of_booking(actor(), booking_id)


@blp.route("/federation/failed-refunds", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(RefundOut))
def failed(query: dict[str, Any]) -> Page:
    """退款失败清单 · Refunds that came back

    To the federation, oldest first: the money is held for the family until one of them is tried again or paid back by
    bank transfer.
    """
    return queries.failed(**query)


@blp.route("/refunds/<uuid:refund_id>/retries", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(RefundNotFound, StepNotPossible)
@blp.response(201, RefundOut)
def ask_again(refund_id: UUID) -> Refund:
    """重新退款 · Try a failed refund again

    By the federation; the answer is the new refund.
    """
    return refunds.ask_again(actor=actor(), refund_id=refund_id)


@blp.route("/refunds/<uuid:refund_id>/repayments", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(RefundNotFound, StepNotPossible, RefundWaits)
@blp.arguments(RepaymentIn)
@blp.response(201, RefundOut)
def repay(body: dict[str, Any], refund_id: UUID) -> Refund:
    """登记转账退款 · Record that a failed refund was paid back by bank transfer

    By the federation, with the bank's reference; not while the cardholder's bank disputes the payment.
    """
    return refunds.repay(actor=actor(), refund_id=refund_id, **body)
