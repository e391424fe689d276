"""What is told of workers, and asked."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import MoneySchema, Schema
from qiaojiejie.workers.rules import GRADES

UUID_EXAMPLE = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"}


class CardDistrictOut(Schema):
    """The district or county she works in."""

    code = fields.String(required=True, metadata={"description": "GB/T 2260", "example": "321302"})
    name = fields.String(required=True, metadata={"example": "宿城区"})


class CardFirmOut(Schema):
    """The firm she works through."""

    id = fields.UUID(required=True, metadata=UUID_EXAMPLE)
    name = fields.String(required=True, metadata={"example": "宿迁某某家政有限公司"})


class CardServiceOut(Schema):
    """What she offers, and her wage for it."""

    code = fields.String(required=True, metadata={"example": "cleaning"})
    name = fields.String(required=True, metadata={"example": "日常保洁"})
    unit = fields.String(required=True, validate=validate.OneOf(["hour", "visit", "day", "month"]),
                         metadata={"example": "hour"})
    price = fields.Nested(MoneySchema, required=True, metadata={"description": "her wage per unit"})


class CardRatingOut(Schema):
    """What families said, in one number."""

    average = fields.String(required=True, allow_none=True,
                            metadata={"description": "1 to 5, one decimal; null without ratings", "example": "4.8"})
    count = fields.Integer(required=True, metadata={"example": 37})


class CardCertificateOut(Schema):
    """A certificate in her file. Unless ``verified``, nobody has checked it yet."""

    title = fields.String(required=True, metadata={"example": "家政服务员四级"})
    level = fields.Integer(required=True, allow_none=True, metadata={"description": "5 lowest to 1", "example": 4})
    verified = fields.Boolean(required=True, metadata={"example": True})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"example": "2028-05-31"})


class WorkerCardOut(Schema):
    """What a family decides by."""

    id = fields.UUID(required=True, metadata=UUID_EXAMPLE)
    name = fields.String(required=True, metadata={"description": "how she is called", "example": "王阿姨"})
    photo_url = fields.String(required=True, allow_none=True,
                              metadata={"example": "/api/v1/media/0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e22"})
    age_band = fields.String(required=True, metadata={"example": "45–49"})
    native_place = fields.String(required=True, allow_none=True, metadata={"example": "江苏沭阳"})
    years = fields.Integer(required=True, allow_none=True,
                           metadata={"description": "years in this work; null when unknown", "example": 8})
    district = fields.Nested(CardDistrictOut, required=True)
    firm = fields.Nested(CardFirmOut, required=True, allow_none=True)
    services = fields.List(fields.Nested(CardServiceOut), required=True)
    price_from = fields.Nested(MoneySchema, required=True, allow_none=True,
                               metadata={"description": "the lowest of her prices, whatever its unit"})
    grade = fields.String(required=True, validate=validate.OneOf(GRADES), metadata={"example": "B"})
    score = fields.Integer(required=True, metadata={"example": 712})
    rating = fields.Nested(CardRatingOut, required=True)
    completed = fields.Integer(required=True, metadata={"description": "completed bookings", "example": 41})
    certificates = fields.List(fields.Nested(CardCertificateOut), required=True)
    live_in = fields.Boolean(required=True, metadata={"description": "takes live-in work", "example": False})
