"""What is told of workers, and asked."""

from typing import Any

from marshmallow import ValidationError, fields, validate
from marshmallow.utils import get_value

from qiaojiejie.core.clock import today
from qiaojiejie.core.schema import Masked, Money, MoneySchema, PageFilter, QueryWhole, Schema, Text, Whole, page_of
from qiaojiejie.identity.schemas import Phone
from qiaojiejie.workers import rules
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
    provisional = fields.Boolean(required=True, metadata={
        "description": "true: not confirmed by her firm; the usual wage, or from a firm before", "example": False})


class CardRatingOut(Schema):
    """What families said, in one number."""

    average = fields.String(required=True, allow_none=True,
                            metadata={"description": "1 to 5, one decimal; null without ratings", "example": "4.8"})
    count = fields.Integer(required=True, metadata={"example": 37})


class CardCertificateOut(Schema):
    """A certificate in her file. Unless ``verified``, nobody has checked it yet."""

    title = fields.String(required=True, metadata={"example": "家政服务员四级"})
    occupation = fields.String(load_default=None, allow_none=True, metadata={
        "description": "see `GET /occupations`; null for a skill without one", "example": "domestic_worker"})
    level = fields.Integer(required=True, allow_none=True, metadata={"description": "5 lowest to 1", "example": 4})
    verified = fields.Boolean(required=True, metadata={"example": True})
    valid_until = fields.String(required=True, allow_none=True, metadata={"format": "date", "example": "2028-05-31"})
    serial = fields.String(load_default=None, allow_none=True, metadata={
        "description": "of one issued by an accredited body: `GET /verify/{serial}`; null for others",
        "example": "QJJ-2026-7K3M-9QX2-V"})


class CardHonourOut(Schema):
    """A medal or title she was given."""

    title = fields.String(required=True, metadata={"example": "市技术能手"})
    body = fields.String(required=True, metadata={"description": "who named her", "example": "宿迁市总工会"})
    on = fields.String(required=True, metadata={"format": "date", "example": "2026-06-01"})


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
    honours = fields.List(fields.Nested(CardHonourOut), required=True)
    live_in = fields.Boolean(required=True, metadata={"description": "takes live-in work", "example": False})


ID_FAULTS = {
    "length": "身份证号码须为 18 位|An ID number has 18 characters",
    "check_digit": "身份证号码校验位不正确，请逐位核对|The ID number's check digit is wrong; compare it digit by digit",
    "invalid": "身份证号码不正确，请核对出生日期和地区|The ID number's birthday or region is wrong",
    "under_age": "未满 18 周岁，不能登记|She is under 18",
}


class IdNumber(Text):
    """A resident ID number (GB 11643), its check digit verified, of a person of 18 or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=18, metadata={"example": "321302198005060008"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = super()._deserialize(value, attr, data, **kwargs).upper()
        fault = rules.id_fault(number, today())
        if fault:
            raise ValidationError(ID_FAULTS[fault])
        return number


class WorkerOwnIn(Schema):
    """What a worker changes of her own file."""

    bio = Text(most=500, least=0, required=True, metadata={"example": "做事细致，会做淮扬菜。"})


class WorkerPatchIn(Schema):
    """What to change in a worker's file; what is left out stays as it was."""

    name = Text(most=40, metadata={"example": "王秀英"})
    phone = Phone()
    native_place = Text(most=40, least=0, metadata={"example": "江苏沭阳"})
    district = Text(most=6, metadata={"description": "GB/T 2260", "example": "321302"})
    working_since = Whole(least=1950, most=2100, allow_none=True, metadata={"description": "year", "example": 2018})
    live_in = fields.Boolean(metadata={"description": "takes live-in work", "example": False})
    bio = Text(most=500, least=0, metadata={"example": "做事细致，会做淮扬菜。"})
    note = Text(most=500, least=0, metadata={"description": "the firm's own note, shown to it alone",
                                             "example": "会开车"})
    photo_id = fields.UUID(allow_none=True, metadata={"description": "an uploaded photo (POST /media, kind photo)",
                                                      **UUID_EXAMPLE})


class WorkerIn(WorkerPatchIn):
    """A person to take on."""

    class Meta(Schema.Meta):
        exclude = ("photo_id",)

    id_number = IdNumber(required=True)
    name = Text(most=40, required=True, metadata={"example": "王秀英"})
    phone = Phone(required=True)
    joined_on = fields.Date(metadata={"description": "default: today", "example": "2026-11-01"})


class DepartureIn(Schema):
    """That she left, when and why."""

    left_on = fields.Date(required=True, metadata={"example": "2026-11-20"})
    reason = Text(most=200, required=True, metadata={"example": "合同到期"})


class RevealIn(Schema):
    """Which plain values to show, and what for."""

    fields_ = fields.List(fields.String(validate=validate.OneOf(["name", "phone", "id_number"])), required=True,
                          data_key="fields", attribute="fields", validate=validate.Length(1, 3),
                          metadata={"example": ["phone"]})
    reason = Text(most=200, required=True, metadata={"example": "与本人核对入职资料"})


class RevealOut(Schema):
    """Plain values; each look is on record."""

    name = fields.String(metadata={"example": "王秀英"})
    phone = fields.String(metadata={"example": "13800000003"})
    id_number = fields.String(metadata={"example": "321302198005060008"})


class OfferIn(Schema):
    """A service she offers and her wage for it."""

    service_code = Text(most=40, required=True, metadata={"example": "cleaning"})
    price_fen = Whole(least=1, most=10_000_000, required=True, metadata={
        "description": "her wage per unit of the service, in fen", "example": 4000})


class OfferOut(Schema):
    """A service she offers."""

    service_code = fields.String(required=True, metadata={"example": "cleaning"})
    price = Money(required=True, attribute="price_fen")
    provisional = fields.Boolean(required=True, metadata={
        "description": "confirm it: the usual wage, as the imported list named none, or from a firm before",
        "example": False})


class StaffFilter(PageFilter):
    """Which of a firm's staff."""

    words = Text(most=50, metadata={"description": "words or pinyin initials of how she is called, her services and "
                                                   "places; or her whole phone number", "example": "月嫂"})
    service = Text(most=40, metadata={"example": "cleaning"})
    lapsing_within = QueryWhole(least=0, most=366, metadata={
        "description": "days: identity, health, insurance or background is not verified, lapsed, or will lapse",
        "example": 30})


class StaffMemberOut(Schema):
    """A worker as her firm sees her; personal values are masked."""

    id = fields.UUID(required=True, metadata=UUID_EXAMPLE)
    name = Masked(required=True, metadata={"example": "王**"})
    called = fields.String(required=True, metadata={"example": "王阿姨"})
    phone = Masked(required=True, metadata={"example": "138****0003"})
    id_number = Masked(required=True, metadata={"example": "3****************8"})
    sex = fields.String(required=True, validate=validate.OneOf(["female", "male"]), metadata={"example": "female"})
    birth_year = fields.Integer(required=True, metadata={"example": 1980})
    native_place = fields.String(required=True, metadata={"example": "江苏沭阳"})
    district = fields.String(required=True, metadata={"description": "GB/T 2260", "example": "321302"})
    working_since = fields.Integer(required=True, allow_none=True, metadata={"example": 2018})
    live_in = fields.Boolean(required=True, metadata={"example": False})
    bio = fields.String(required=True, metadata={"example": "做事细致，会做淮扬菜。"})
    photo_id = fields.UUID(required=True, allow_none=True, metadata=UUID_EXAMPLE)
    safety_colour = fields.Method("colour", required=True, metadata={
        "description": "green, yellow or red (安心码), from the papers in date today", "example": "green"})
    identity_verified_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-03-01"})
    health_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    insured_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    insured_class = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    background_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    listed = fields.Boolean(required=True, metadata={"description": "shown to families and bookable", "example": True})
    barred = fields.Boolean(required=True, metadata={"description": "on the block list", "example": False})
    score = fields.Integer(required=True, metadata={"example": 712})
    grade = fields.String(required=True, metadata={"example": "B"})

    def colour(self, worker: Any) -> str:
        """Derived when it is read, never stored."""
        papers = ("identity_verified_on", "health_until", "insured_until")
        return rules.safety_colour(**{paper: get_value(worker, paper) for paper in papers}, on=today())


class StaffFileOut(StaffMemberOut):
    """A worker's file as her firm sees it."""

    note = fields.String(required=True, metadata={"example": "会开车"})
    joined_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-11-01"})
    services = fields.List(fields.Nested(OfferOut), required=True)


class Plain(Masked):
    """A sealed value, answered in full: only to the person it is of."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return str(value.reveal())


class WorkerOwnOut(StaffFileOut):
    """A worker's file as she sees it herself: nothing of hers is masked."""

    class Meta(Schema.Meta):
        exclude = ("note",)

    name = Plain(required=True, metadata={"example": "王秀英"})
    phone = Plain(required=True, metadata={"example": "13800000003"})
    id_number = Plain(required=True, metadata={"example": "321302198005060008"})
    firm_id = fields.UUID(required=True, allow_none=True, metadata=UUID_EXAMPLE)
    card = fields.Nested(WorkerCardOut, required=True, metadata={"description": "what families see"})


StaffMemberPageOut = page_of(StaffMemberOut)


class StaffFiguresOut(Schema):
    """How many work for a firm today, and of how many what was verified."""

    staff = fields.Integer(required=True, metadata={"example": 31})
    listed = fields.Integer(required=True, metadata={"description": "families can find and book them", "example": 28})
    identity_verified = fields.Integer(required=True, metadata={"example": 30})
    health_in_date = fields.Integer(required=True, metadata={"example": 27})
    insured = fields.Integer(required=True, metadata={"example": 29})
    certified = fields.Integer(required=True, metadata={"description": "with a verified certificate", "example": 19})
    certified_percent = fields.Integer(required=True, allow_none=True, metadata={
        "description": "of the staff, rounded down; null without staff", "example": 61})
