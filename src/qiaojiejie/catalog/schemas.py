"""Shapes of the catalogue."""

from marshmallow import fields, validate

from qiaojiejie.catalog.rules import FEES
from qiaojiejie.core.schema import FilterSchema, Money, PageFilter, Schema, Text, Whole, page_of

CATEGORIES = ("cleaning", "organising", "maternity", "elder", "patient", "cooking", "education", "moving")
SHIFTS = ("day", "night", "whole")
ORIGIN = "`platform`: this platform's own choice, not a public standard"


class ServiceFilter(FilterSchema):
    """Which services to list."""

    category = fields.String(validate=validate.OneOf(CATEGORIES), metadata={"example": "cleaning"})


class ShiftOut(Schema):
    """A shift by which a service can be engaged."""

    shift = fields.String(required=True, validate=validate.OneOf(SHIFTS), metadata={"example": "night"})
    name = fields.String(required=True, metadata={"example": "夜班"})
    begins = fields.String(required=True, attribute="from", metadata={"description": "Asia/Shanghai",
                                                                      "example": "20:00"})
    ends = fields.String(required=True, attribute="until", metadata={
        "description": "on the next day, unless it is later than `begins`", "example": "08:00"})
    permille = fields.Integer(required=True, metadata={"description": "thousandths of her price by the day",
                                                       "example": 1100})


class ServiceOut(Schema):
    """A kind of work in the catalogue."""

    code = fields.String(required=True, metadata={"example": "cleaning"})
    name = fields.String(required=True, metadata={"example": "日常保洁"})
    name_en = fields.String(required=True, metadata={"example": "Home cleaning"})
    category = fields.String(required=True, metadata={"example": "cleaning"})
    category_name = fields.String(required=True, metadata={"example": "保洁"})
    mode = fields.String(required=True, metadata={
        "description": "hourly 钟点, package 套餐, monthly 不住家按月, live_in 住家, shift 日夜班",
        "example": "hourly"})
    unit = fields.String(required=True, metadata={"description": "what a worker's price is for: hour, visit, day, "
                                                                 "month (of 26 days)", "example": "hour"})
    min_minutes = fields.Integer(required=True, metadata={"description": "shortest visit that can be booked",
                                                          "example": 120})
    day_counts = fields.List(fields.Integer(), required=True, metadata={
        "description": "how many days it can be engaged for; empty: any number", "example": []})
    shifts = fields.List(fields.Nested(ShiftOut), required=True, metadata={
        "description": "by which shifts it is engaged; empty: it has none"})
    care = fields.Boolean(required=True, metadata={
        "description": "child, elder, patient or cooking work: asks for a verified background check and health "
                       "certificate", "example": False})
    insurance_class = fields.Integer(required=True, metadata={
        "description": "occupational class (1–4) her accident insurance must cover", "example": 2})
    certificates = fields.List(fields.String(), required=True, metadata={
        "description": "occupations (`GET /occupations`) in one of which she must hold a valid certificate on the day; "
                       "empty: none is asked for", "example": []})


class OccupationOut(Schema):
    """What one can be certified in."""

    code = fields.String(required=True, metadata={"example": "maternity_carer"})
    number = fields.String(required=True, allow_none=True, metadata={
        "description": "of its national standard, where we know it", "example": "4-10-01-06"})
    edition = fields.String(required=True, allow_none=True, metadata={"example": "2019"})
    name = fields.String(required=True, metadata={"example": "家政服务员（母婴护理员）"})
    name_en = fields.String(required=True, metadata={"example": "Domestic worker: mother and infant"})
    levels = fields.List(fields.Integer(), required=True, metadata={"description": "5 lowest", "example": [5, 4, 3]})


OccupationPageOut = page_of(OccupationOut)


class FeeRuleOut(Schema):
    """One line of the price beside the wage."""

    line = fields.String(required=True, metadata={"description": "firm_fee, insurance or platform_fee",
                                                  "example": "firm_fee"})
    name = fields.String(required=True, metadata={"example": "企业服务费"})
    permille = fields.Integer(required=True, metadata={"description": "thousandths of the wage", "example": 150})
    fixed = Money(attribute="fixed_fen", required=True, metadata={"description": "added once per booking"})
    origin = fields.String(required=True, metadata={"description": ORIGIN, "example": "platform"})


SOME_FIRM = {"description": "null: every firm without a rule of its own",
             "example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}
SOME_SERVICE = {"description": "null: every service without a rule of its own", "example": "cleaning"}
OF_LINE = {"description": "which line of the price", "example": "platform_fee"}


class FeeRuleKeptOut(FeeRuleOut):
    """A fee rule: for whom, for what, from when until when. Of several in force the most particular holds: the firm's
    for the service, the firm's, the service's, everybody's."""

    id = fields.Integer(required=True, metadata={"example": 4})
    firm_id = fields.UUID(required=True, allow_none=True, metadata=SOME_FIRM)
    service_code = fields.String(required=True, allow_none=True, metadata=SOME_SERVICE)
    valid_from = fields.Date(required=True, metadata={"description": "from this day in Asia/Shanghai",
                                                      "example": "2027-01-01"})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"description": "until this day, exclusive",
                                                                        "example": None})


FeeRulePageOut = page_of(FeeRuleKeptOut)


class FeeRuleFilter(PageFilter):
    """Which fee rules."""

    firm_id = fields.UUID(metadata={**SOME_FIRM, "description": "a firm's own"})
    line = fields.String(validate=validate.OneOf(FEES), metadata=OF_LINE)


class FeeRuleScopeIn(Schema):
    """What a fee rule is about."""

    line = fields.String(required=True, validate=validate.OneOf(FEES), metadata=OF_LINE)
    firm_id = fields.UUID(allow_none=True, load_default=None, metadata=SOME_FIRM)
    service_code = Text(most=40, allow_none=True, load_default=None, metadata=SOME_SERVICE)


class FeeRuleIn(FeeRuleScopeIn):
    """What is to be charged from a day to come on."""

    permille = Whole(required=True, most=500, metadata={"description": "thousandths of the wage", "example": 15})
    fixed_fen = Whole(most=100_000, load_default=0, metadata={"description": "fen, added once per booking",
                                                              "example": 0})
    valid_from = fields.Date(required=True, metadata={"description": "tomorrow (Asia/Shanghai) or later",
                                                      "example": "2027-01-01"})
    valid_until = fields.Date(allow_none=True, load_default=None, metadata={
        "description": "until this day, exclusive; the wider rule holds after it", "example": None})


class FeeRuleEndIn(FeeRuleScopeIn):
    """From which day a firm or a service has no rule of its own any more."""

    day = fields.Date(required=True, metadata={"description": "tomorrow (Asia/Shanghai) or later",
                                               "example": "2027-02-01"})


class ServiceDetailOut(ServiceOut):
    """A kind of work, the words firms use for it, and the fees charged on it today."""

    aliases = fields.List(fields.String(), required=True, metadata={"example": ["保洁", "保洁员"]})
    fees = fields.List(fields.Nested(FeeRuleOut), required=True)


class RegionOut(Schema):
    """A district or county served."""

    code = fields.String(required=True, metadata={"description": "GB/T 2260", "example": "321302"})
    name = fields.String(required=True, metadata={"example": "宿城区"})
    name_en = fields.String(required=True, metadata={"example": "Sucheng District"})
    city = fields.String(required=True, metadata={"example": "宿迁市"})
    lng = fields.Float(required=True, metadata={"description": "centre, WGS-84", "example": 118.2735})
    lat = fields.Float(required=True, metadata={"description": "centre, WGS-84", "example": 33.9391})


class CancellationTierOut(Schema):
    """What cancelling costs with at least so much notice."""

    from_minutes = fields.Integer(required=True, metadata={"description": "notice before the start, in minutes",
                                                           "example": 1440})
    permille = fields.Integer(required=True, metadata={"description": "thousandths of the total kept", "example": 0})


class CancellationPolicyOut(Schema):
    """What cancelling costs; frozen onto a quote when it is made."""

    code = fields.String(required=True, metadata={"example": "standard"})
    name = fields.String(required=True, metadata={"example": "标准取消规则"})
    tiers = fields.List(fields.Nested(CancellationTierOut), required=True,
                        metadata={"description": "most notice first; the first whose notice is met counts"})
    no_show_permille = fields.Integer(required=True, metadata={"description": "kept when nobody opens the door",
                                                               "example": 1000})
    grace_minutes = fields.Integer(required=True, metadata={
        "description": "cancelling is free for so long after paying, whatever the notice", "example": 5})
    valid_from = fields.Date(required=True, metadata={"example": "2020-01-01"})
    origin = fields.String(required=True, metadata={"description": ORIGIN, "example": "platform"})


ServicePageOut = page_of(ServiceOut)
RegionPageOut = page_of(RegionOut)
