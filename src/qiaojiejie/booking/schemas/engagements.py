"""Shapes of what is asked for and agreed of an engagement by days."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from qiaojiejie.calendars.schemas import HalfHour
from qiaojiejie.catalog.schemas import SHIFTS
from qiaojiejie.core.schema import Moment, Money, Schema


class DailyIn(Schema):
    """Between which hours she comes each day."""

    starts = HalfHour(required=True, data_key="from", metadata={"description": "Asia/Shanghai", "example": "09:00"})
    ends = HalfHour(required=True, data_key="until", metadata={"description": "exclusive", "example": "17:00"})

    @post_load
    def _as_hours(self, data: dict[str, int], **_: Any) -> tuple[int, int]:
        if data["starts"] >= data["ends"]:
            raise ValidationError("结束要晚于开始|It ends after it begins", field_name="until")
        return data["starts"], data["ends"]


class BeginningIn(Schema):
    """On which day an engagement for a due date begins."""

    starts_on = fields.Date(required=True, metadata={
        "description": "at nine o'clock, said at least 12 hours before", "example": "2026-12-05"})


class PlanHoursOut(Schema):
    """Hours of a day; a night's end on the next day and belong to the day they begin on."""

    start = Moment(required=True)
    end = Moment(required=True)


class WindowOut(Schema):
    """The days held for a birth."""

    due_on = fields.Date(required=True, metadata={"example": "2026-12-10"})
    earliest = fields.Date(required=True, metadata={"description": "the first day on which it may begin",
                                                    "example": "2026-12-07"})
    latest = fields.Date(required=True, metadata={"description": "the last one", "example": "2026-12-13"})


class EngagementOut(Schema):
    """What is agreed of an engagement by days."""

    shift = fields.String(required=True, validate=validate.OneOf(SHIFTS), allow_none=True, metadata={
        "example": None})
    babies = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    window = fields.Nested(WindowOut, required=True, allow_none=True)
    trial_days = fields.Integer(required=True, metadata={
        "description": "the first days, in which the household may end it and pays only days worked", "example": 3})
    replacement_days = fields.Integer(required=True, metadata={
        "description": "within how many days the firm finds another worker", "example": 3})
    half_minutes = fields.Integer(required=True, allow_none=True, metadata={
        "description": "a day of at most so much work is half a day", "example": 240})
    words = fields.String(required=True, metadata={"example": "夜班 20:00 至次日 08:00"})
    words_en = fields.String(required=True, metadata={"example": "night shift, 20:00 to 08:00"})


class DayPriceOut(Schema):
    """A day of an engagement by days and its price, fees included."""

    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    times = fields.Integer(required=True, metadata={"description": "paid so many times: a statutory holiday",
                                                    "example": 1})
    amount = Money(required=True)
    hours = fields.List(fields.Nested(PlanHoursOut), required=True, metadata={
        "description": "when she is there; empty: all of the day"})
