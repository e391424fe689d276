"""Shapes of credit: a standing with its reasons, its events, the rule and its monthly inputs."""

from marshmallow import fields

from qiaojiejie.core.schema import Moment, Schema, page_of

HASH = {"description": "SHA-256 of the rule set in RFC 8785 form, hexadecimal",
        "example": "9f2c4f2c8c5e0a0d6f0d3a0f8f4f4b6c1f9d3e0c7b2a5d8e4f1a6b3c9d0e7f52"}
UUID_EXAMPLE = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"}


class CreditWordsOut(Schema):
    """A name in both languages."""

    zh = fields.String(required=True, metadata={"example": "家庭评分"})
    en = fields.String(required=True, metadata={"example": "Families' marks"})


class CreditFactorOut(Schema):
    """One factor of the score and its points."""

    code = fields.String(required=True, metadata={"description": "F10 to F22, see docs/credit.md", "example": "F10"})
    name = fields.Nested(CreditWordsOut, required=True)
    points = fields.Integer(required=True, metadata={"example": -37})


class CreditReasonOut(CreditFactorOut):
    """One of the heaviest reasons: what it is, in a sentence."""

    words = fields.Nested(CreditWordsOut, required=True)


class CreditGateOut(Schema):
    """What keeps the grade down, whatever the score."""

    code = fields.String(required=True, metadata={"description": "R01 to R04", "example": "R03"})
    grade = fields.String(required=True, metadata={"description": "the best grade meanwhile", "example": "B"})
    bookable = fields.String(required=True, metadata={
        "description": "what she may be booked for meanwhile: all, no_care, none", "example": "no_care"})
    words = fields.Nested(CreditWordsOut, required=True)


class CreditCapOut(Schema):
    """What keeps the score down."""

    code = fields.String(required=True, metadata={
        "description": "R05 block list, F17 complaint, scale", "example": "F17"})
    limit = fields.Integer(required=True, metadata={"example": 779})


class CreditEventOut(Schema):
    """Something that counts for or against her. Who the household is stays hidden."""

    day = fields.Date(required=True, metadata={"example": "2026-11-20"})
    kind = fields.String(required=True, metadata={"example": "rating"})
    order = fields.String(required=True, allow_none=True, metadata={
        "description": "the booking's id to its parties and the federation, an opaque reference to anybody else",
        "example": "o_5f0c1e9a7b3d2468"})
    milli_points = fields.Integer(required=True, metadata={
        "description": "thousandths of a point of the score as it stands; an order's row counts with its completion",
        "example": 11840})
    parts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True,
                        metadata={"description": "milli-points by factor", "example": {"F10": 9320, "F11": 2520}})


class CreditLedgerOut(Schema):
    """How far the ledger had been read."""

    size = fields.Integer(required=True, metadata={"description": "the last entry that counted", "example": 48211})


class CreditOut(Schema):
    """A worker's standing, and where every point comes from: 800 plus all factors is ``raw``."""

    person = fields.String(required=True, metadata={
        "description": "an opaque key of the person, the same for ever, whichever firm she works through",
        "example": "p_9a3c1f0e5b7d2468"})
    score = fields.Integer(required=True, metadata={"description": "0 to 1000", "example": 812})
    grade = fields.String(required=True, metadata={"description": "AAA, AA, A, B, C, D", "example": "AA"})
    grade_name = fields.Nested(CreditWordsOut, required=True)
    new = fields.Boolean(required=True, metadata={"description": "little evidence yet", "example": False})
    raw = fields.Integer(required=True, metadata={"description": "before caps", "example": 812})
    range = fields.List(fields.Integer(), required=True, metadata={
        "description": "where the score lies two times in three, given the evidence", "example": [731, 893]})
    neff = fields.String(required=True, metadata={"description": "effective orders", "example": "9.4"})
    households = fields.Integer(required=True, metadata={"example": 11})
    as_of = fields.Date(required=True, metadata={"example": "2026-11-23"})
    rule = fields.String(required=True, metadata={"example": "v1"})
    rule_hash = fields.String(required=True, metadata=HASH)
    ledger = fields.Nested(CreditLedgerOut, required=True)
    reasons = fields.List(fields.Nested(CreditReasonOut), required=True, metadata={
        "description": "the heaviest: at most four that hurt, then at most two that help"})
    factors = fields.List(fields.Nested(CreditFactorOut), required=True, metadata={
        "description": "every factor; their points sum to raw − 800"})
    gates = fields.List(fields.Nested(CreditGateOut), required=True)
    caps = fields.List(fields.Nested(CreditCapOut), required=True)
    latest = fields.List(fields.Nested(CreditEventOut), required=True, metadata={
        "description": "the newest events that move the score, at most five"})
    appeal = fields.Nested(CreditWordsOut, required=True, metadata={"description": "how to object"})


CreditEventPageOut = page_of(CreditEventOut)


class CreditRuleOut(Schema):
    """A version of the rule. The weights are this product's own; no official weights are public."""

    version = fields.String(required=True, metadata={"example": "v1"})
    active_from = fields.Date(required=True, metadata={"example": "2026-01-01"})
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
        "description": "firm id → how far its workers stand from the market's mean, milli-sigma",
        "example": {"0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21": -42}})
    market = fields.Integer(required=True, metadata={"description": "the market's mean, milli-sigma", "example": -118})
    raters = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "households (opaque keys) whose orders do not weigh in full, in permille; the first order of a "
                       "household new since weighs 500", "example": {"h_1d5b0c7e9f3a2468": 500}})
