"""Shapes of openings and applications."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import (
    FilterSchema, Moment, Money, PageFilter, QueryWhole, Schema, Text, Whole, page_of)
from qiaojiejie.openings.lifecycle import APPLICATION, OPENING
from qiaojiejie.openings.rules import UNITS
from qiaojiejie.stations.schemas import SOME_ID, AskedIn, AskedOut

MOST_FEN = 100_000_000


class OpeningFilter(PageFilter):
    """Which openings."""

    region = Text(most=6, metadata={"description": "GB/T 2260 code", "example": "321302"})
    firm_id = fields.UUID(metadata=SOME_ID)
    station_id = fields.UUID(metadata=SOME_ID)


class OpeningIn(Schema):
    """An opening. A firm's bears its own name; a station names the employer."""

    employer = Text(most=80, allow_none=True, load_default=None, metadata={
        "description": "of a station's opening; a firm's own name otherwise", "example": "宿豫绢花加工基地"})
    title = Text(required=True, most=60, metadata={"example": "住家育儿嫂"})
    description = Text(required=True, most=1000, metadata={"example": "照看 8 个月宝宝，做辅食，周休一天"})
    region_code = Text(required=True, most=6, metadata={"example": "321302"})
    places = Whole(required=True, least=1, most=1000, metadata={"example": 5})
    wage_low_fen = Whole(required=True, most=MOST_FEN, metadata={"description": "fen a unit", "example": 600000})
    wage_high_fen = Whole(required=True, most=MOST_FEN, metadata={"description": "fen a unit", "example": 800000})
    wage_unit = fields.String(required=True, validate=validate.OneOf(UNITS), metadata={"example": "month"})
    until = fields.Date(required=True, metadata={"description": "its last day on the wall", "example": "2026-12-31"})


class OpeningOut(Schema):
    """An opening and its free places."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    station_id = fields.UUID(required=True, allow_none=True, metadata={"description": "that asks for the employer",
                                                                       **SOME_ID})
    employer = fields.String(required=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    title = fields.String(required=True, metadata={"example": "住家育儿嫂"})
    description = fields.String(required=True, metadata={"example": "照看 8 个月宝宝，做辅食，周休一天"})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    places = fields.Integer(required=True, metadata={"example": 5})
    filled = fields.Integer(required=True, metadata={"example": 2})
    free = fields.Integer(required=True, metadata={"example": 3})
    wage_low = Money(required=True, attribute="wage_low_fen")
    wage_high = Money(required=True, attribute="wage_high_fen")
    wage_unit = fields.String(required=True, validate=validate.OneOf(UNITS), metadata={"example": "month"})
    until = fields.Date(required=True, metadata={"example": "2026-12-31"})
    state = fields.String(required=True, validate=validate.OneOf(list(OPENING.states)), metadata={"example": "open"})
    posted_at = Moment(required=True)


OpeningPageOut = page_of(OpeningOut)


class ApplicationIn(AskedIn):
    """Who asks for the work."""

    words = Text(most=500, load_default="", least=0, metadata={"example": "带过两个宝宝，有育婴员四级"})


class ApplicationAnswerIn(Schema):
    """An answer to an application."""

    answer = fields.String(required=True, validate=validate.OneOf(list(APPLICATION.steps)),
                           metadata={
                               "description": "`place`, `refuse`: the employer's; `withdraw`, `confirm`, `deny` hers",
                               "example": "place"})
    reason = Text(most=200, allow_none=True, load_default=None, metadata={"example": None})
    on = fields.Date(allow_none=True, load_default=None, metadata={"description": "to place: her first day at work",
                                                                   "example": "2026-12-01"})


class ApplicationFilter(PageFilter):
    """Which applications."""

    state = fields.String(validate=validate.OneOf(list(APPLICATION.states)), metadata={"example": "applied"})


class ApplicationOut(AskedOut):
    """An application; name and phone masked."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    opening_id = fields.UUID(required=True, metadata=SOME_ID)
    title = fields.String(required=True, attribute="opening.title", metadata={"example": "住家育儿嫂"})
    employer = fields.String(required=True, attribute="opening.employer",
                             metadata={"example": "宿迁市安心家政服务有限公司"})
    words = fields.String(required=True, metadata={"example": "带过两个宝宝，有育婴员四级"})
    state = fields.String(required=True, validate=validate.OneOf(list(APPLICATION.states)),
                          metadata={"example": "applied"})
    answered_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    placed_on = fields.Date(required=True, allow_none=True, metadata={"description": "first day at work",
                                                                      "example": "2026-12-01"})


ApplicationPageOut = page_of(ApplicationOut)


class ApplicantLookIn(Schema):
    """Why one looks."""

    reason = Text(required=True, most=200, metadata={"example": "约面试"})


class ApplicantOut(Schema):
    """Plain values; each look is on record."""

    name = fields.String(required=True, metadata={"example": "王秀英"})
    phone = fields.String(required=True, metadata={"example": "13800000001"})


class PlacementFilter(FilterSchema):
    """Which year; the twelve months to today unless said."""

    year = QueryWhole(least=2000, most=2100, load_default=None, metadata={"example": 2026})


class RegionPlacementsOut(Schema):
    """A region's placements."""

    region_code = fields.String(required=True, metadata={"example": "321302"})
    placed = fields.Integer(required=True, metadata={"example": 1480})
    confirmed = fields.Integer(required=True, metadata={"example": 1310})
    introduced = fields.Integer(required=True, metadata={"example": 620})


class PlacementsOut(Schema):
    """How many were placed in work."""

    year = fields.Integer(required=True, allow_none=True, metadata={"example": 2026})
    placed = fields.Integer(required=True, metadata={"description": "by the employer's record", "example": 5000})
    confirmed = fields.Integer(required=True, metadata={"description": "of them by her own word", "example": 4400})
    introduced = fields.Integer(required=True, metadata={"description": "of them by a station", "example": 2100})
    openings = fields.Integer(required=True, metadata={"description": "open now", "example": 84})
    free = fields.Integer(required=True, metadata={"description": "places free now", "example": 310})
    regions = fields.List(fields.Nested(RegionPlacementsOut), required=True)
