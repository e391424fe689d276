"""Shapes of disputes."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.disputes.lifecycle import DISPUTE

SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}


class DisputeFilter(PageFilter):
    """Which of them."""

    state = fields.String(load_default=None, validate=validate.OneOf(list(DISPUTE.states)),
                          metadata={"example": "opened"})


class DisputeOut(Schema):
    """A card payment that its holder's bank disputes."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    state = fields.String(required=True, validate=validate.OneOf(list(DISPUTE.states)), metadata={"example": "opened"})
    state_name = fields.String(required=True, metadata={"example": "待举证"})
    inquiry = fields.Boolean(required=True, metadata={
        "description": "the bank only asks and has taken nothing yet", "example": False})
    reason = fields.String(required=True, metadata={
        "description": "the cardholder's, in Stripe's words", "example": "product_not_received"})
    booking_id = fields.UUID(required=True, allow_none=True, metadata={
        **SOME_ID, "description": "null when a prepaid card was bought"})
    firm_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    amount = Money(required=True, attribute="amount_fen")
    held = Money(required=True, attribute="held_fen", metadata={"description": "what was taken for it"})
    fee = Money(required=True, attribute="fee_fen", metadata={"description": "Stripe's own, whoever wins"})
    due_by = Moment(required=True, allow_none=True, metadata={"description": "until when it can be answered"})
    evidence = fields.String(required=True, allow_none=True, metadata={
        "description": "what was handed in; it names nobody", "example": None})
    failure = fields.String(required=True, allow_none=True, metadata={
        "description": "why Stripe did not take the last answer", "example": None})
    opened_at = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)
    sent_at = Moment(required=True, allow_none=True, metadata={"description": "when Stripe had the evidence"})
    decided_at = Moment(required=True, allow_none=True)


DisputePageOut = page_of(DisputeOut)


class WriteOffIn(Schema):
    """What a firm will never pay."""

    amount_fen = Whole(required=True, least=1, metadata={"description": "at most what it owes", "example": 6700})
    reason = Text(required=True, least=4, most=200, metadata={"example": "企业已注销，无财产可供执行"})


class WriteOffOut(Schema):
    """What was given up of a firm's debt."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    amount = Money(required=True, attribute="amount_fen")
    left = Money(required=True, attribute="left_fen", metadata={"description": "what it owed after that"})
    reason = fields.String(required=True, metadata={"example": "企业已注销，无财产可供执行"})
    written_at = Moment(required=True)


WriteOffPageOut = page_of(WriteOffOut)
