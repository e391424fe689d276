"""Guarantees over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.attendance.errors import EndedAlready, NotUnderWay
from qiaojiejie.booking.errors import BookingNotFound, TooEarly, TooLate
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.guarantees import errors, queries
from qiaojiejie.guarantees import service as guarantees
from qiaojiejie.guarantees.schemas import (
    GuaranteeOut, ReplacementAnswerIn, ReplacementDayFilter, ReplacementIn, ReplacementOfferIn, ReplacementPageOut)
from qiaojiejie.substitutions.schemas import SubstitutePageOut

blp = Blueprint("guarantees", description="换人保障 · Trial and replacement in an engagement by days")

PARTIES = (Role.HOUSEHOLD, *FIRM)


@blp.route("/bookings/<uuid:booking_id>/guarantee", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound, errors.GuaranteeNotFound)
@blp.response(200, GuaranteeOut)
def show(booking_id: UUID) -> dict[str, Any]:
    """换人保障 · What an engagement by days promises, and how it stands"""
    return queries.shown(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/replacements", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ReplacementPageOut)
def list_replacements(query: dict[str, Any], booking_id: UUID) -> Page:
    """换人记录 · Each time somebody was to be replaced, newest first"""
    return queries.page(actor(), booking_id, **query)


@blp.route("/bookings/<uuid:booking_id>/replacements", methods=["POST"])
@allow(*PARTIES)
@refuses(BookingNotFound, errors.GuaranteeNotFound, StepNotPossible, NotUnderWay, EndedAlready, errors.ReasonNotYours,
         errors.TrialOver, TooEarly, errors.NothingLeft)
@blp.arguments(ReplacementIn)
@blp.response(201, GuaranteeOut)
def seek(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """要求换人 · Ask for another worker

    By the family during the trial, by the firm at any time when she can't go on. Her days ahead are free at once. When
    nobody was taken within the days promised, it ends: only days worked are paid, without a fee.
    """
    return guarantees.seek(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/replacement-candidates", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound, errors.GuaranteeNotFound, StepNotPossible, errors.BeginsTooLate)
@blp.arguments(ReplacementDayFilter, location="query")
@blp.response(200, SubstitutePageOut)
def list_candidates(query: dict[str, Any], booking_id: UUID) -> Page:
    """可接替人选 · Who could go on from a day

    Listed workers of the firm with the papers who serve the place, are free for all days left and have not worked in it
    before. The best twenty, all on one page.
    """
    return queries.fitting(actor(), booking_id, **query)


@blp.route("/bookings/<uuid:booking_id>/replacement-offers", methods=["POST"])
@allow(*FIRM)
@refuses(BookingNotFound, errors.GuaranteeNotFound, NotYourStep, StepNotPossible, errors.BeginsTooLate, TooEarly,
         TooLate, errors.NotAReplacement)
@blp.arguments(ReplacementOfferIn)
@blp.response(201, GuaranteeOut)
def offer(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """推荐接替 · Offer who can go on

    By the firm: one to three and the day they begin, instead of any it offered before.
    """
    return guarantees.offer(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/replacement-answers", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, errors.GuaranteeNotFound, NotYourStep, StepNotPossible, errors.ReplacementNotOffered,
         TooEarly, TooLate, errors.ReplacementGone, NotUnderWay, EndedAlready)
@blp.arguments(ReplacementAnswerIn)
@blp.response(200, GuaranteeOut)
def answer(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """答复接替 · Take one of them, or end it

    By the family. The days left go on from the day she begins, as many as they were, at no higher price; her trial
    begins with her. Taking nobody ends it: only days worked are paid, without a fee.
    """
    return guarantees.answer(actor=actor(), booking_id=booking_id, **body)
