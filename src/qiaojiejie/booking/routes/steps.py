"""The steps of a booking, from its door code to its farewell."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors, queries
from qiaojiejie.booking import service as booking
from qiaojiejie.booking.routes import blp
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.schemas import (
    BookingOut, CancellationIn, CancellationQuoteOut, CheckInIn, DeclineIn, RefundGrantIn, WithdrawalIn)
from qiaojiejie.booking.schemas.engagements import BeginningIn
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import refuses

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)


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

    By the firm, with a reason, whether it was asked for it or has it already; the household is refunded in full.
    """
    return booking.turn_down(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/beginnings", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(errors.BookingNotFound, StepNotPossible, errors.NothingToBegin, errors.TooLittleNotice,
         errors.BeginningTooLate, errors.NotFreeToBegin, SlotTaken, errors.OnBlockList, errors.WorkerNotBookable,
         errors.WorkerNotEligible)
@blp.arguments(BeginningIn)
@blp.response(200, BookingOut)
def say_beginning(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """宝宝出生了 · Say on which day an engagement for a due date begins

    By the household or the firm, once: on a day of the window, or around it where she is free. Its days move there,
    the rest of the window is free; the total falls where statutory holidays fall away, and never rises.
    """
    return booking.say_beginning(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/acceptances", methods=["POST"])
@allow(*FIRM)
@refuses(errors.BookingNotFound, StepNotPossible, errors.OnBlockList, errors.TooLate)
@blp.response(200, BookingOut)
def accept(booking_id: UUID) -> queries.Shown:
    """企业接单 · Accept a booking the firm is asked for

    By the firm, until `answer_by`; then it is off by itself and the household is refunded in full.
    """
    return booking.accept(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/check-ins", methods=["POST"])
@allow(Role.WORKER)
@refuses(errors.BookingNotFound, StepNotPossible, errors.BeginningNotSaid, errors.TooEarly, errors.TooLate,
         errors.BalanceDue, errors.WrongDoorCode, errors.DoorCodeBurnt)
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
@refuses(errors.BookingNotFound, StepNotPossible, errors.BeginningNotSaid, errors.TooEarly, errors.BalanceDue)
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
