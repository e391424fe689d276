"""Shapes of prepaid cards."""

from marshmallow import fields, validate

from qiaojiejie.booking.schemas import PARTS
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.payments.gateway import METHODS
from qiaojiejie.payments.schemas import PaymentOut
from qiaojiejie.prepaid import rules
from qiaojiejie.prepaid.lifecycle import CARD, OFFER

SOME_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}
FOR = {"description": "the service it pays for; null: every service of the firm", "example": "cleaning"}


class PrepaidOfferIn(Schema):
    """A card to sell: what it costs is what it holds."""

    name = Text(required=True, most=40, metadata={"description": "what families read", "example": "保洁十次卡"})
    service_code = Text(most=40, allow_none=True, load_default=None, metadata=FOR)
    price_fen = Whole(required=True, least=rules.LEAST, most=10**9, metadata={
        "description": "at most what the limit of the day allows", "example": 138_000})


class PrepaidOfferOut(Schema):
    """A card that is sold."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    firm_name = fields.String(required=True, metadata={"example": "安心家政"})
    name = fields.String(required=True, metadata={"example": "保洁十次卡"})
    service_code = fields.String(required=True, allow_none=True, metadata=FOR)
    service_name = fields.String(required=True, allow_none=True, metadata={"example": "日常保洁"})
    price = Money(required=True, attribute="price_fen")
    state = fields.String(required=True, validate=validate.OneOf(list(OFFER.states)), metadata={"example": "offered"})
    offered_at = Moment(required=True)
    withdrawn_at = Moment(required=True, allow_none=True)


PrepaidOfferPageOut = page_of(PrepaidOfferOut)


class PrepaidOfferFilter(PageFilter):
    """Which offers."""

    firm_id = fields.UUID(metadata=SOME_ID)
    state = fields.String(validate=validate.OneOf(list(OFFER.states)), load_default="offered",
                          metadata={"example": "offered"})


class PrepaidCardIn(Schema):
    """Which card to buy, and how to pay for it."""

    offer_id = fields.UUID(required=True, metadata=SOME_ID)
    method = fields.String(required=True, validate=validate.OneOf(METHODS), metadata={"example": "wechat_pay"})


class PrepaidCardOut(Schema):
    """A card and what is left on it."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    firm_name = fields.String(required=True, metadata={"example": "安心家政"})
    name = fields.String(required=True, metadata={"example": "保洁十次卡"})
    service_code = fields.String(required=True, allow_none=True, metadata=FOR)
    service_name = fields.String(required=True, allow_none=True, metadata={"example": "日常保洁"})
    state = fields.String(required=True, validate=validate.OneOf(list(CARD.states)), metadata={"example": "live"})
    state_name = fields.String(required=True, metadata={"example": "可用"})
    value = Money(required=True, attribute="value_fen", metadata={"description": "what it cost"})
    balance = Money(required=True, attribute="balance_fen", metadata={"description": "what is left on it"})
    created_at = Moment(required=True)
    expires_at = Moment(required=True, metadata={
        "description": "until when it can be paid for; once it is, it never expires"})
    live_at = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)


PrepaidCardPageOut = page_of(PrepaidCardOut)


class OwnPrepaidCardOut(PrepaidCardOut):
    """A card as its family sees it, with what it was paid with or is to be."""

    payment = fields.Nested(PaymentOut, required=True, allow_none=True)


class PrepaidCardFilter(PageFilter):
    """Which cards."""

    state = fields.String(validate=validate.OneOf(list(CARD.states)), metadata={"example": "live"})


class PrepaidMoveOut(Schema):
    """A movement on a card: what came onto it is positive, what left it negative."""

    kind = fields.Function(lambda line: line.tx.kind, required=True, metadata={
        "type": "string", "enum": list(rules.MOVES), "example": "redeemed"})
    kind_name = fields.Function(lambda line: rules.MOVES[line.tx.kind], required=True, metadata={
        "type": "string", "example": "支付预约"})
    amount = Money(required=True, attribute="credit_fen")
    booking_id = fields.Function(lambda line: line.tx.booking_id, required=True, metadata={
        "type": ["string", "null"], "format": "uuid", "description": "the booking it was paid or given back for",
        **SOME_ID})
    at = Moment(required=True, attribute="tx.at")


PrepaidMovePageOut = page_of(PrepaidMoveOut)


class PrepaidClosingIn(Schema):
    """Giving a card back."""

    expected_refund = Whole(required=True, most=10**9, metadata={
        "description": "fen left on it, as shown; refused when it has changed", "example": 124_200})


class CardPaymentIn(Schema):
    """From which card a booking is paid."""

    card_id = fields.UUID(required=True, metadata=SOME_ID)
    part = fields.String(validate=validate.OneOf(PARTS), allow_none=True, load_default=None, metadata={
        "description": "what it means to pay; refused when that is not what is due", "example": None})


class PrepaidHoldingOut(Schema):
    """What is held for families on a firm's cards, against the limit of one card."""

    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    firm_name = fields.String(required=True, metadata={"example": "安心家政"})
    cards = fields.Integer(required=True, metadata={"description": "that can be used now", "example": 12})
    held = Money(required=True, attribute="held_fen")
    largest = Money(required=True, attribute="largest_fen", metadata={"description": "the most on one card"})
    limit = Money(required=True, attribute="limit_fen", metadata={"description": "what one card may hold today"})


PrepaidHoldingPageOut = page_of(PrepaidHoldingOut)
