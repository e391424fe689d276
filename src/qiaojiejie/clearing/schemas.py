"""Shapes of the clearing."""

from marshmallow import fields, validate

from qiaojiejie.clearing.rules import DIFFERENCES
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text


class ClearingRunOut(Schema):
    """One comparison of Stripe's account with the books: right when ``differences`` is 0."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    night = fields.Date(required=True, allow_none=True, metadata={
        "description": "the night it is of (Asia/Shanghai); null when it was asked for", "example": "2026-12-01"})
    at = Moment(required=True)
    movements = fields.Integer(required=True, metadata={
        "description": "how many movements of Stripe's balance it compared", "example": 23871})
    upto = fields.String(required=True, allow_none=True, metadata={
        "description": "the newest of them", "example": "txn_1PqKx2"})
    stripe = Money(required=True, attribute="stripe_fen", metadata={
        "description": "all that moved at Stripe, less its fees"})
    books = Money(required=True, attribute="books_fen", metadata={"description": "what the books say Stripe holds"})
    in_flight = fields.Integer(required=True, metadata={
        "description": "what differs and is younger than ten minutes, so that it does not count", "example": 0})
    differences = fields.Integer(required=True, metadata={"example": 0})


class ClearingDifferenceOut(Schema):
    """Something of which another sum moved at Stripe than in the books."""

    source = fields.String(required=True, metadata={
        "description": "id at Stripe of a charge, refund, dispute or transfer; of a movement, when its fee differs",
        "example": "ch_1PqKx2"})
    kind = fields.String(required=True, validate=validate.OneOf(list(DIFFERENCES)),
                         metadata={"example": "only_at_stripe"})
    kind_name = fields.String(required=True, metadata={"example": "Stripe 有、账上无"})
    stripe = Money(required=True, attribute="stripe_fen")
    books = Money(required=True, attribute="books_fen")


class StripeMovementOut(Schema):
    """A balance transaction at Stripe."""

    id = fields.String(required=True, metadata={"example": "txn_1PqKx2"})
    type = fields.String(required=True, metadata={"description": "as Stripe calls it", "example": "payment"})
    source = fields.String(required=True, allow_none=True, metadata={
        "description": "what it is about, by its id at Stripe", "example": "ch_1PqKx2"})
    amount = Money(required=True, attribute="amount_fen")
    fee = Money(required=True, attribute="fee_fen")
    net = Money(required=True, attribute="net_fen")
    created_at = Moment(required=True)
    imported_at = Moment(required=True)


class StripeMovementFilter(PageFilter):
    """Of what."""

    source = Text(most=255, metadata={"description": "only what is about this id at Stripe", "example": "ch_1PqKx2"})
