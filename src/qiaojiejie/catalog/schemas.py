"""Shapes of the catalogue."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Money, Schema, page_of

CATEGORIES = ("cleaning", "organising", "maternity", "elder", "patient", "cooking", "education", "moving")
ORIGIN = "`platform`: this platform's own choice, not a public standard"


class ServiceFilter(FilterSchema):
    """Which services to list."""

    category = fields.String(validate=validate.OneOf(CATEGORIES), metadata={"example": "cleaning"})


class ServiceOut(Schema):
    """A kind of work in the catalogue."""

    code = fields.String(required=True, metadata={"example": "cleaning"})
    name = fields.String(required=True, metadata={"example": "日常保洁"})
    name_en = fields.String(required=True, metadata={"example": "Home cleaning"})
    category = fields.String(required=True, metadata={"example": "cleaning"})
    category_name = fields.String(required=True, metadata={"example": "保洁"})
    mode = fields.String(required=True, metadata={
        "description": "hourly 钟点, package 套餐, monthly 不住家按月, live_in 住家", "example": "hourly"})
    unit = fields.String(required=True, metadata={"description": "what a worker's price is for: hour, visit, day, "
                                                                 "month (of 26 days)", "example": "hour"})
    min_minutes = fields.Integer(required=True, metadata={"description": "shortest visit that can be booked",
                                                          "example": 120})
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
