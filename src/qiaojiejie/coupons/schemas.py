"""Shapes of coupons."""

from marshmallow import fields, validate

from qiaojiejie.catalog.schemas import CATEGORIES
from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Moment, Money, PageFilter, QueryWhole, Schema, Text, Whole, page_of
from qiaojiejie.coupons import rules
from qiaojiejie.coupons.lifecycle import COUPON

SOME_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}
#: fen a coupon takes off at most: 5,000 yuan
MOST = 500_000
AUDIENCE = {"description": "`everyone`: each family sees it among its coupons; `code`: whoever has the code; "
                           "`granted`: families it was granted to", "example": "everyone"}


class CouponIn(Schema):
    """A coupon to issue: ``amount`` with ``amount_fen``, or ``permille`` with ``permille`` and its cap ``most_fen``."""

    name = Text(required=True, most=40, metadata={"description": "what families read", "example": "新客立减 20 元"})
    kind = fields.String(required=True, validate=validate.OneOf(rules.KINDS), metadata={"example": "amount"})
    amount_fen = Whole(least=1, most=MOST, allow_none=True, load_default=None, metadata={"example": 2000})
    permille = Whole(least=1, most=1000, allow_none=True, load_default=None, metadata={
        "description": "thousandths of the price before it", "example": None})
    most_fen = Whole(least=1, most=MOST, allow_none=True, load_default=None, metadata={
        "description": "the cap of a share, in fen", "example": None})
    least_fen = Whole(most=100_000_000, load_default=0, metadata={
        "description": "the price before it must come to so many fen", "example": 10_000})
    services = fields.List(Text(most=40), load_default=list, validate=validate.Length(max=50), metadata={
        "description": "codes of services it is for; neither these nor categories: for all", "example": ["cleaning"]})
    categories = fields.List(fields.String(validate=validate.OneOf(CATEGORIES)), load_default=list,
                             validate=validate.Length(max=20), metadata={"example": []})
    audience = fields.String(load_default="code", validate=validate.OneOf(rules.AUDIENCES), metadata=AUDIENCE)
    valid_from = fields.Date(required=True, metadata={"description": "from this day in Asia/Shanghai",
                                                      "example": "2099-01-01"})
    valid_until = fields.Date(required=True, metadata={"description": "until the end of this day, today or later",
                                                       "example": "2099-03-31"})
    most_uses = Whole(least=1, most=10_000_000, allow_none=True, load_default=None, metadata={
        "description": "how often in all; null: as often as anybody likes", "example": 500})
    most_per_household = Whole(least=1, most=1000, load_default=1, metadata={"example": 1})


class CouponShape(Schema):
    """What everybody who sees a coupon sees."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    code = fields.String(required=True, metadata={"description": "8 characters, never 0, O, 1, I; send it with a quote",
                                                  "example": "QJJ2K7MX"})
    name = fields.String(required=True, metadata={"example": "新客立减 20 元"})
    state = fields.String(required=True, validate=validate.OneOf(list(COUPON.states)), metadata={"example": "live"})
    state_name = fields.Function(lambda coupon: COUPON.states[coupon.state], metadata={
        "type": "string", "example": "可用"})
    payer = fields.String(required=True, validate=validate.OneOf(rules.PAYERS), metadata={
        "description": "who bears it: the platform, or the firm for bookings of its own", "example": "platform"})
    firm_id = fields.UUID(required=True, allow_none=True, metadata={"example": None})
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": None})
    kind = fields.String(required=True, validate=validate.OneOf(rules.KINDS), metadata={"example": "amount"})
    amount = Money(required=True, allow_none=True, attribute="amount_fen")
    permille = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    most = Money(required=True, allow_none=True, attribute="most_fen")
    least = Money(required=True, attribute="least_fen")
    services = fields.List(fields.String(), required=True, metadata={"example": ["cleaning"]})
    categories = fields.List(fields.String(), required=True, metadata={"example": []})
    valid_from = fields.Date(required=True, metadata={"example": "2026-12-01"})
    valid_until = fields.Date(required=True, metadata={"example": "2027-03-31"})
    most_per_household = fields.Integer(required=True, metadata={"example": 1})


class CouponOut(CouponShape):
    """A coupon as who issued it and the federation see it."""

    audience = fields.String(required=True, validate=validate.OneOf(rules.AUDIENCES), metadata=AUDIENCE)
    most_uses = fields.Integer(required=True, allow_none=True, metadata={"example": 500})
    used = fields.Integer(required=True, metadata={"description": "by how many bookings it is used now",
                                                   "example": 12})
    given = Money(required=True, attribute="given_fen", metadata={"description": "what those uses take off"})
    issued_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)


CouponPageOut = page_of(CouponOut)


class CouponFilter(PageFilter):
    """Which coupons."""

    payer = fields.String(validate=validate.OneOf(rules.PAYERS), metadata={"example": "platform"})
    state = fields.String(validate=validate.OneOf(list(COUPON.states)), metadata={"example": "live"})


class CouponGrantIn(Schema):
    """To whom a coupon is given."""

    phone = Text(required=True, most=30, metadata={
        "description": "mainland mobile number; kept as a keyed digest only", "example": "13800000001"})


class CouponGrantOut(Schema):
    """A coupon given to a phone number, whether or not it has an account yet."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    coupon_id = fields.UUID(required=True, metadata=SOME_ID)
    granted_at = Moment(required=True)


class HeldCouponFilter(PageFilter):
    """For what the coupons are to be judged."""

    service_code = Text(most=40, metadata={"example": "cleaning"})
    firm_id = fields.UUID(metadata=SOME_ID)
    total_fen = QueryWhole(most=10**9, metadata={"description": "the price before a coupon, in fen", "example": 14240})


class CouponObstacleOut(Schema):
    """Why a coupon can't be used now."""

    code = fields.String(required=True, metadata={"description": "as a quote would be refused",
                                                  "example": "CouponUsedByYou"})
    message = fields.Function(lambda refusal: _said(refusal), required=True, metadata={
        "type": "string", "example": "这张优惠券每个家庭最多用 1 次，您已用完。"})


def _said(refusal: Refusal) -> str:
    return refusal.message(language())


class HeldCouponOut(Schema):
    """A coupon as a family sees it among its own."""

    coupon = fields.Nested(CouponShape, required=True)
    used = fields.Integer(required=True, metadata={"description": "how often this family uses it now", "example": 0})
    usable = fields.Boolean(required=True, metadata={"example": True})
    why_not = fields.List(fields.Nested(CouponObstacleOut), required=True, metadata={"example": []})


HeldCouponPageOut = page_of(HeldCouponOut)
