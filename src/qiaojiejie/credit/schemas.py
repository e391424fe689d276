"""Shapes of credit: the rule and its monthly inputs."""

from marshmallow import fields

from qiaojiejie.core.schema import Moment, Schema

HASH = {"description": "SHA-256 of the rule set in RFC 8785 form, hexadecimal",
        "example": "9f2c4f2c8c5e0a0d6f0d3a0f8f4f4b6c1f9d3e0c7b2a5d8e4f1a6b3c9d0e7f52"}
UUID_EXAMPLE = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"}


class CreditWordsOut(Schema):
    """A name in both languages."""

    zh = fields.String(required=True, metadata={"example": "家庭评分"})
    en = fields.String(required=True, metadata={"example": "Families' marks"})


class CreditRuleOut(Schema):
    """A version of the rule. The weights are this product's own; no official weights are public."""

    version = fields.String(required=True, metadata={"example": "v1"})
    active = fields.Boolean(required=True, metadata={"description": "in force today", "example": True})
    active_from = fields.Date(required=True, allow_none=True, metadata={
        "description": "since when, or from when, it is in force; null: never yet", "example": "2026-01-01"})
    origin = fields.String(required=True, metadata={"example": "This product's own weights."})
    hash = fields.String(required=True, metadata=HASH)


class CreditRuleListOut(Schema):
    """All versions of the rule, newest first."""

    items = fields.List(fields.Nested(CreditRuleOut), required=True)


class CreditRuleSetOut(CreditRuleOut):
    """A version of the rule with its whole set of constants."""

    constants = fields.Dict(required=True, metadata={
        "description": "the rule set; its RFC 8785 form hashes to `hash`",
        "example": {"version": "v1", "slow_k": 1000}})


class CreditCalibrationOut(Schema):
    """A month's inputs of the rule, from everything before its first day."""

    month = fields.Date(required=True, metadata={"description": "its first day", "example": "2026-11-01"})
    rule = fields.String(required=True, metadata={"example": "v1"})
    published_at = Moment(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.List(fields.Integer()), required=True, metadata={
        "description": "ratings by sum of marks, 5 to 25, of each category",
        "example": {"cleaning": [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 1, 2, 1, 6, 9, 14, 22, 31, 402]}})
    tables = fields.Dict(required=True, metadata={
        "description": "by category (`*`: all together): n, the mean in thousandths, z of each sum in milli-sigma",
        "example": {"*": {"n": 494, "mean": 23954, "z": [
            -2800, -2690, -2690, -2690, -2690, -2580, -2510, -2510, -2510, -2510, -2450, -2400, -2390, -2330, -2290,
            -2180, -1990, -1740, -1430, -1080, 250]}}})
    firms = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "firm (opaque key) → how far its workers stand from the market's mean, milli-sigma",
        "example": {"f_0d41b2c3a4e5f60718293a4b": -42}})
    market = fields.Integer(required=True, metadata={"description": "the market's mean, milli-sigma", "example": -118})
    raters = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "households (opaque keys) whose orders do not weigh in full, in permille; the first order of a "
                       "household new since weighs 500", "example": {"h_1d5b0c7e9f3a2468": 500}})
