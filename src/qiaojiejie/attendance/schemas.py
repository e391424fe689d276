"""Shapes of days worked and of early endings."""

from marshmallow import fields, validate

from qiaojiejie.attendance import rules
from qiaojiejie.attendance.lifecycle import WORKDAY
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Whole, page_of

ANSWERS = ("agree", "contest", "amend", "withdraw", "uphold", "strike")


class WorkdayIn(Schema):
    """A day of work."""

    day = fields.Date(required=True, metadata={"description": "one of the days of the engagement",
                                               "example": "2026-12-01"})
    minutes = Whole(required=True, least=rules.LEAST_MINUTES, most=rules.MOST_MINUTES, metadata={
        "description": "how long she worked: a whole day or half a day by the terms of the booking", "example": 600})


class WorkdayAnswerIn(Schema):
    """What is said of a day that was written down."""

    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS), metadata={
        "description": "household: agree, contest; worker or firm: amend, withdraw; mediator: uphold, strike",
        "example": "agree"})
    minutes = Whole(least=rules.LEAST_MINUTES, most=rules.MOST_MINUTES, allow_none=True, load_default=None, metadata={
        "description": "to amend: how long it was", "example": None})
    reason = fields.String(validate=validate.OneOf(rules.CONTEST_REASONS), allow_none=True, load_default=None,
                           metadata={"description": "to contest: why", "example": None})


class WorkdayOut(Schema):
    """A day of work as it was written down."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True, metadata={"description": "who worked on it"})
    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    minutes = fields.Integer(required=True, metadata={"example": 600})
    half = fields.Boolean(required=True, metadata={"example": False})
    amount = Money(required=True, attribute="fen", metadata={"description": "released to the firm once it is agreed"})
    state = fields.String(required=True, validate=validate.OneOf(list(WORKDAY.states)), metadata={
        "example": "recorded"})
    state_name = fields.String(required=True, metadata={"example": "待家庭确认"})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "why it is contested",
                                                                     "example": None})
    recorded_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)
    settled_by = fields.String(required=True, allow_none=True, metadata={
        "description": "household, worker, firm, mediator or system", "example": "household"})


class PlannedDayOut(Schema):
    """A day of an engagement: its price, and what was written down of it."""

    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    times = fields.Integer(required=True, metadata={"description": "paid so many times: a statutory holiday",
                                                    "example": 1})
    amount = Money(required=True)
    worker_id = fields.UUID(required=True, metadata={"description": "whose day it is"})
    workday = fields.Nested(WorkdayOut, required=True, allow_none=True)


class ContestedFilter(PageFilter):
    """How contested days are paged."""


class EndingQuoteOut(Schema):
    """What ending an engagement now comes to: kept + open + fee + refund is what was paid and has not gone back."""

    days = fields.Integer(required=True, metadata={"description": "written down and not struck out", "example": 10})
    kept = Money(required=True, attribute="kept_fen", metadata={"description": "the price of those days"})
    open_days = fields.Integer(required=True, metadata={
        "description": "days up to today that may still be written down", "example": 1})
    open = Money(required=True, attribute="open_fen", metadata={
        "description": "held for them; goes back for each that is not written down in time"})
    fee = Money(required=True, attribute="fee_fen")
    refund = Money(required=True, attribute="refund_fen", metadata={"description": "goes back at once"})
    good_until = Moment(required=True, allow_none=True, metadata={
        "description": "unless a day is written down or struck out before; null: it does not change by itself"})


class EndingIn(Schema):
    """The refund that was quoted and is expected, in fen, and why it ends."""

    expected_refund = Whole(required=True, metadata={"description": "fen, as quoted", "example": 1380000})
    reason = fields.String(required=True, validate=validate.OneOf(rules.ENDING_REASONS), metadata={
        "example": "not_needed"})


WorkdayPageOut = page_of(WorkdayOut)
PlannedDayPageOut = page_of(PlannedDayOut)
