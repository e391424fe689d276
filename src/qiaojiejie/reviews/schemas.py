"""Shapes of reviews."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, Schema, Text, Whole
from qiaojiejie.reviews import rules


def _mark(**metadata: Any) -> Whole:
    return Whole(required=True, least=1, most=5, metadata={"example": 5, **metadata})


class ReviewAspects(Schema):
    """Five aspects, 1–5 each."""

    skill = _mark(description="专业技能")
    attitude = _mark(description="服务态度")
    punctuality = _mark(description="守时")
    honesty = _mark(description="诚信")
    communication = _mark(description="沟通")


class ReviewIn(Schema):
    """One side's review of a completed booking."""

    overall = _mark(description="overall, 1–5")
    aspects = fields.Nested(ReviewAspects, required=True)
    words = Text(most=rules.MOST_WORDS, least=0, load_default="", metadata={"example": "很细心，厨房擦得锃亮。"})


class ReviewOut(Schema):
    """A review as the booking's parties read it."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    side = fields.String(required=True, validate=validate.OneOf(["household", "worker"]), metadata={
        "description": "who wrote it", "example": "household"})
    overall = fields.Integer(required=True, metadata={"example": 5})
    aspects = fields.Nested(ReviewAspects, required=True)
    words = fields.String(required=True, metadata={"example": "很细心，厨房擦得锃亮。"})
    written_at = Moment(required=True)
    publish_at = Moment(required=True, metadata={"description": "shown to all by then at the latest"})
    published_at = Moment(required=True, allow_none=True, metadata={"description": "null while it is hidden"})


class WorkerReviewOut(Schema):
    """A published review of a worker by a household, which is not named."""

    id = fields.UUID(required=True)
    by = fields.String(required=True, metadata={"example": rules.A_FAMILY})
    service_code = fields.String(required=True, attribute="booking.service_code", metadata={"example": "cleaning"})
    service_name = fields.String(required=True, attribute="booking.service.name", metadata={"example": "日常保洁"})
    served_on = fields.Date(required=True, metadata={"example": "2026-12-01"})
    overall = fields.Integer(required=True, metadata={"example": 5})
    aspects = fields.Nested(ReviewAspects, required=True)
    words = fields.String(required=True, metadata={"example": "很细心，厨房擦得锃亮。"})
    published_at = Moment(required=True)


class StarsOut(Schema):
    """How many reviews gave each overall mark."""

    stars_5 = fields.Integer(required=True, metadata={"example": 21})
    stars_4 = fields.Integer(required=True, metadata={"example": 3})
    stars_3 = fields.Integer(required=True, metadata={"example": 1})
    stars_2 = fields.Integer(required=True, metadata={"example": 0})
    stars_1 = fields.Integer(required=True, metadata={"example": 0})


class ReviewSummaryOut(Schema):
    """All published household reviews of a worker in numbers."""

    average = fields.String(required=True, allow_none=True, metadata={"description": "one decimal", "example": "4.8"})
    count = fields.Integer(required=True, metadata={"example": 25})
    stars = fields.Nested(StarsOut, required=True)


class WorkerReviewPageOut(Schema):
    """One page of a worker's published reviews, and their summary."""

    summary = fields.Nested(ReviewSummaryOut, required=True)
    items = fields.List(fields.Nested(WorkerReviewOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={
        "description": "give it as `cursor` for the next page; null on the last page",
        "example": "WzgxMiwxN10.Kx3v"})
