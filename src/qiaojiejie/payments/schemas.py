"""Shapes of payments."""

from marshmallow import fields, validate

from qiaojiejie.booking.schemas import PARTS as BOOKED
from qiaojiejie.core.schema import Moment, Money, Schema
from qiaojiejie.payments.gateway import METHODS
from qiaojiejie.payments.lifecycle import PAYMENT

#: parts of a booking's price, and what a change of its time costs more
PARTS = (*BOOKED, "supplement")


class PaymentIn(Schema):
    """How the family wants to pay."""

    method = fields.String(required=True, validate=validate.OneOf(METHODS), metadata={"example": "wechat_pay"})
    part = fields.String(validate=validate.OneOf(PARTS), allow_none=True, load_default=None, metadata={
        "description": "what it means to pay; refused when that is not what is due. `supplement`: what a change that "
                       "waits for its money (`to_pay`) costs more", "example": None})


class NextActionOut(Schema):
    """What the family does next."""

    type = fields.String(required=True, validate=validate.OneOf(["redirect", "qr_code", "client_secret"]), metadata={
        "description": "redirect: open `url`; qr_code: show `image`, or `url` as a QR code; client_secret: Stripe.js",
        "example": "qr_code"})
    url = fields.String(required=True, allow_none=True, metadata={"example": "http://localhost:8001/pay/pi_1daa002b"})
    image = fields.String(required=True, allow_none=True, metadata={
        "description": "the QR code as an image address (data: or https:)",
        "example": "data:image/svg+xml;charset=utf-8,%3Csvg%2F%3E"})


class PaymentOut(Schema):
    """A payment of a booking or of a prepaid card. What is needed to pay is shown to the household alone."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    part = fields.String(required=True, validate=validate.OneOf(PARTS), metadata={
        "description": "of the booking: all of it, its deposit, its balance, what a change of its time costs more",
        "example": "full"})
    state = fields.String(required=True, validate=validate.OneOf(list(PAYMENT.states)),
                          metadata={"example": "requires_action"})
    state_name = fields.String(required=True, metadata={"example": "待支付"})
    amount = Money(required=True, attribute="amount_fen")
    method = fields.String(required=True, validate=validate.OneOf((*METHODS, "prepaid")), metadata={
        "description": "prepaid: from a prepaid card", "example": "wechat_pay"})
    next_action = fields.Nested(NextActionOut, required=True, allow_none=True, metadata={
        "description": "null when there is nothing for the family to do"})
    client_secret = fields.String(required=True, allow_none=True, metadata={
        "description": "for Stripe.js", "example": "pi_1daa002b_secret_8f2c"})
    decline_code = fields.String(required=True, allow_none=True, metadata={
        "description": "why the last try was declined; POST again for another", "example": None})
    expires_at = Moment(required=True, metadata={"description": "until when it can be paid"})
    created_at = Moment(required=True)
    succeeded_at = Moment(required=True, allow_none=True)


class ReceiptOut(Schema):
    """What a webhook is answered."""

    received = fields.Boolean(required=True, metadata={"example": True})
