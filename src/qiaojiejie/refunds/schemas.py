"""Shapes of refunds."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, Money, Schema, Text
from qiaojiejie.refunds.lifecycle import REFUND


class RefundOut(Schema):
    """Money going back."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    state = fields.String(required=True, validate=validate.OneOf(list(REFUND.states)),
                          metadata={"example": "succeeded"})
    state_name = fields.Function(lambda refund: REFUND.states[refund.state], metadata={
        "type": "string", "example": "已退款"})
    amount = Money(required=True, attribute="amount_fen")
    because = fields.String(required=True, metadata={"description": "the fact that owes it",
                                                     "example": "booking.cancelled"})
    failure = fields.String(required=True, allow_none=True, metadata={
        "description": "why Stripe or the bank sent it back", "example": None})
    created_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)


class RepaymentIn(Schema):
    """A refund that was paid back by bank transfer."""

    reference = Text(required=True, validate=validate.Length(min=4, max=64), metadata={
        "description": "the bank's reference of the transfer", "example": "2026112800012345"})
