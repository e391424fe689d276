"""Shapes of changes."""

from marshmallow import fields, validate

from qiaojiejie.booking.rules import MOST_MINUTES
from qiaojiejie.booking.schemas import FrozenTierOut, VisitLineOut
from qiaojiejie.changes.lifecycle import CHANGE
from qiaojiejie.changes.rules import LEAST_MORE, MOST_MORE
from qiaojiejie.core.schema import Moment, Money, Schema, Whole

KINDS = ("reschedule", "extension")
PARTIES = ("household", "worker", "firm")
MOST_DIFFERENCE = 10**9


class ExpectedDifference(Schema):
    """What the difference is to be."""

    expected_difference = Whole(required=True, least=-MOST_DIFFERENCE, most=MOST_DIFFERENCE, metadata={
        "description": "fen, as quoted; negative: goes back", "example": 4600})


class RescheduleQuoteIn(Schema):
    """Another time."""

    start = Moment(required=True, metadata={"description": "on the hour or half hour, at least 60 minutes ahead"})
    minutes = Whole(least=1, most=MOST_MINUTES, allow_none=True, load_default=None, metadata={
        "description": "another length, in half hours; left out: the same", "example": None})


class RescheduleIn(RescheduleQuoteIn, ExpectedDifference):
    """Another time, for the difference that was quoted."""


class ExtensionQuoteIn(Schema):
    """How much longer."""

    minutes = Whole(required=True, least=LEAST_MORE, most=MOST_MORE, metadata={
        "description": "more, in half hours", "example": 60})


class ExtensionIn(ExtensionQuoteIn, ExpectedDifference):
    """How much longer, for the difference that was quoted."""


class ChangeOfferOut(Schema):
    """What another time comes to: the new price in lines, and the difference."""

    start = Moment(required=True)
    end = Moment(required=True)
    minutes = fields.Integer(required=True, metadata={"example": 240})
    lines = fields.List(fields.Nested(VisitLineOut), required=True)
    total = Money(required=True, attribute="total_fen")
    difference = Money(required=True, attribute="difference_fen", metadata={
        "description": "to be paid; negative: goes back; nothing else is charged for it"})
    good_until = Moment(required=True, metadata={"description": "the last moment at which it can be had"})
    fee_clock = Moment(required=True, metadata={
        "description": "from which start fees for cancelling are counted then: the earliest it ever had"})
    tiers = fields.List(fields.Nested(FrozenTierOut), required=True, metadata={
        "description": "what cancelling costs then"})


class ChangeOut(Schema):
    """A change of a booking's time."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    booking_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"example": "reschedule"})
    asked_by = fields.String(required=True, validate=validate.OneOf(PARTIES), metadata={"example": "household"})
    state = fields.String(required=True, validate=validate.OneOf(list(CHANGE.states)), metadata={"example": "to_pay"})
    state_name = fields.Function(lambda change: CHANGE.states[change.state], metadata={
        "type": "string", "example": "待补差价"})
    was_start = Moment(required=True, attribute="was.lower")
    was_end = Moment(required=True, attribute="was.upper")
    start = Moment(required=True)
    end = Moment(required=True)
    lines = fields.List(fields.Nested(VisitLineOut), required=True, metadata={"description": "the whole new price"})
    total = Money(required=True, attribute="total_fen")
    difference = Money(required=True, attribute="difference_fen", metadata={
        "description": "to be paid (`part: supplement` of the booking's payment); negative: goes back"})
    created_at = Moment(required=True)
    expires_at = Moment(required=True, metadata={
        "description": "while `asked`: answer before this moment; while `to_pay`: pay before it"})
    settled_at = Moment(required=True, allow_none=True)
