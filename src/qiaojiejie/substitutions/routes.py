"""Substitutions over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound, TooEarly, TooLate
from qiaojiejie.booking.schemas import BookingOut
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.substitutions import errors, queries
from qiaojiejie.substitutions import service as substitutions
from qiaojiejie.substitutions.models import Substitution
from qiaojiejie.substitutions.schemas import (
    SubstitutePageOut, SubstitutesIn, SubstitutionAnswerIn, SubstitutionIn, SubstitutionOut, SubstitutionPageOut)

blp = Blueprint("substitutions", description="换人 · Another worker of the firm for a booking that stands")

PARTIES = (Role.HOUSEHOLD, *FIRM)


@blp.route("/bookings/<uuid:booking_id>/substitutes", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound, StepNotPossible)
@blp.response(200, SubstitutePageOut)
def list_substitutes(booking_id: UUID) -> Page:
    """可替换人选 · Who could come instead

    Listed workers of the firm with the papers and the insurance for this service who serve the place and are free then:
    by grade, by how often they were with this family, by score, by distance. The best twenty, all on one page.
    """
    return queries.shown(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/substitutions", methods=["POST"])
@allow(*FIRM)
@refuses(BookingNotFound, StepNotPossible, TooEarly, TooLate, errors.SubstitutionOpen, errors.NotASubstitute,
         errors.TooManySubstitutes)
@blp.arguments(SubstitutionIn)
@blp.response(201, SubstitutionOut)
def offer(body: dict[str, Any], booking_id: UUID) -> Substitution:
    """推荐换人 · Offer somebody else

    By the firm, of a confirmed booking before it begins: one to three, at the price agreed. The family answers within
    24 hours, at the latest two hours before the start; without an answer the booking is declined and refunded in full.
    """
    return substitutions.offer(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/substitutions", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, SubstitutionPageOut)
def list_substitutions(query: dict[str, Any], booking_id: UUID) -> Page:
    """换人记录 · Substitutions of a booking, newest first"""
    return queries.page(actor(), booking_id, **query)


@blp.route("/substitutions/<uuid:substitution_id>/candidates", methods=["POST"])
@allow(*FIRM)
@refuses(errors.SubstitutionNotFound, NotYourStep, StepNotPossible, errors.NotASubstitute, errors.TooManySubstitutes)
@blp.arguments(SubstitutesIn)
@blp.response(201, SubstitutionOut)
def add(body: dict[str, Any], substitution_id: UUID) -> Substitution:
    """再荐人选 · Offer others too

    By the firm while the family has not answered; three at a time, those who can't come any more not counted.
    """
    return substitutions.add(actor=actor(), substitution_id=substitution_id, **body)


@blp.route("/substitutions/<uuid:substitution_id>/answers", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.SubstitutionNotFound, NotYourStep, StepNotPossible, errors.SubstituteNotOffered, errors.SubstituteGone)
@blp.arguments(SubstitutionAnswerIn)
@blp.response(200, SubstitutionOut)
def answer(body: dict[str, Any], substitution_id: UUID) -> Substitution:
    """答复换人 · Take one of them, or nobody

    By the household. The price stays what was agreed; the door code is a new one. Taking nobody costs nothing:
    everything that was paid goes back.
    """
    return substitutions.answer(actor=actor(), substitution_id=substitution_id, **body)


@blp.route("/substitutions/<uuid:substitution_id>/withdrawals", methods=["POST"])
@allow(*FIRM)
@refuses(errors.SubstitutionNotFound, NotYourStep, StepNotPossible, errors.StillNeeded)
@blp.response(200, SubstitutionOut)
def withdraw(substitution_id: UUID) -> Substitution:
    """撤回换人 · She comes after all

    By the firm, while the family has not answered.
    """
    return substitutions.withdraw(actor=actor(), substitution_id=substitution_id)


@blp.route("/substitutes-needed", methods=["GET"])
@allow(*FIRM)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(BookingOut))
def list_needed(query: dict[str, Any]) -> Page:
    """需要换人的预约 · Bookings whose worker left the firm or is on the block list

    To the firm: confirmed and ahead, newest first.
    """
    return queries.needed(actor(), **query)
