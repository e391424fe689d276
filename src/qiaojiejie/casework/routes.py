"""Endpoints of casework."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.casework import queries
from qiaojiejie.casework import service as casework
from qiaojiejie.casework.errors import (
    AlreadyMediated,
    ComplaintAlreadyOpen,
    ComplaintNotFound,
    ComplaintTooLate,
    MediationNotNow,
    NothingToComplainOf,
    SeverityMismatch,
)
from qiaojiejie.casework.models import Complaint
from qiaojiejie.casework.schemas import (
    ComplaintAnswerIn,
    ComplaintDecisionIn,
    ComplaintFileOut,
    ComplaintFilter,
    ComplaintIn,
    ComplaintOut,
    MediationIn,
)
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of

blp = Blueprint("casework", description="投诉 · Complaints about a booking")


@blp.route("/bookings/<uuid:booking_id>/complaints", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, NothingToComplainOf, ComplaintTooLate, ComplaintAlreadyOpen)
@blp.arguments(ComplaintIn)
@blp.response(201, ComplaintFileOut)
def complain(body: dict[str, Any], booking_id: UUID) -> Complaint:
    """投诉 · Complain about a booking

    By the household, from confirmation until 30 days after the end. While the complaint is open the booking does not
    complete by itself.
    """
    return casework.complain(actor=actor(), booking_id=booking_id, **body)


@blp.route("/complaints", methods=["GET"])
@allow(Role.HOUSEHOLD, *FIRM, Role.MEDIATOR)
@blp.arguments(ComplaintFilter, location="query")
@blp.response(200, page_of(ComplaintOut))
def mine(args: dict[str, Any]) -> Page:
    """投诉列表 · List complaints

    The household's own, those about the firm, or to a mediator all; newest first.
    """
    return queries.mine(actor(), state=args.get("state"), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/complaints/<uuid:complaint_id>", methods=["GET"])
@allow(Role.HOUSEHOLD, *FIRM, Role.MEDIATOR)
@refuses(ComplaintNotFound)
@blp.response(200, ComplaintFileOut)
def show(complaint_id: UUID) -> Complaint:
    """投诉详情 · Read a complaint

    With what was said on both sides; a look by the firm or a mediator is recorded.
    """
    return casework.read(actor=actor(), complaint_id=complaint_id)


@blp.route("/complaints/<uuid:complaint_id>/answers", methods=["POST"])
@allow(*FIRM)
@refuses(ComplaintNotFound, StepNotPossible)
@blp.arguments(ComplaintAnswerIn)
@blp.response(200, ComplaintOut)
def answer(body: dict[str, Any], complaint_id: UUID) -> Complaint:
    """企业答复 · Answer a complaint

    By the firm it is about, once.
    """
    return casework.answer(actor=actor(), complaint_id=complaint_id, **body)


@blp.route("/complaints/<uuid:complaint_id>/decisions", methods=["POST"])
@allow(Role.MEDIATOR)
@refuses(ComplaintNotFound, StepNotPossible, SeverityMismatch)
@blp.arguments(ComplaintDecisionIn)
@blp.response(200, ComplaintOut)
def decide(body: dict[str, Any], complaint_id: UUID) -> Complaint:
    """裁定 · Decide a complaint

    By a mediator: substantiated with a severity, or dismissed, with a finding. The family may
    appeal a dismissal; upheld, the complaint is heard anew.
    """
    return casework.decide(actor=actor(), complaint_id=complaint_id, **body)


@blp.route("/complaints/<uuid:complaint_id>/mediations", methods=["POST"])
@allow(Role.MEDIATOR)
@refuses(ComplaintNotFound, AlreadyMediated, MediationNotNow)
@blp.arguments(MediationIn)
@blp.response(201, ComplaintOut)
def mediate(body: dict[str, Any], complaint_id: UUID) -> Complaint:
    """登记调解结果 · Record how mediation ended

    By a mediator, once, while the complaint is open, answered or found true: settled, failed, or refused by the firm.
    """
    return casework.mediate(actor=actor(), complaint_id=complaint_id, **body)
