"""Hours, leave and free time as they are sent and answered."""

import re
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.calendars.rules import LONGEST_LEAVE
from qiaojiejie.core import clock
from qiaojiejie.core.schema import FilterSchema, Moment, QueryWhole, Schema, Text, page_of

#: the longest stretch of availability answered at once
LONGEST_VIEW = timedelta(days=31)
_HALF_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[03]0|24:00")

ORDER = "结束须晚于开始|The end must be after the start"


class HalfHour(fields.String):
    """A time of day on a whole or half hour, ``08:30``; ``24:00`` is the day's end. Minutes after midnight inside."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 60:02d}:{value % 60:02d}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _HALF_HOUR.fullmatch(text):
            raise ValidationError("须为整点或半点，如 08:30|Give a whole or half hour, such as 08:30")
        return int(text[:2]) * 60 + int(text[3:])


class HoursSchema(Schema):
    """A stretch of a weekday in which she takes work."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(1, 7), metadata={
        "description": "1 Monday … 7 Sunday", "example": 1})
    starts = HalfHour(required=True, metadata={"description": "Asia/Shanghai", "example": "08:00"})
    ends = HalfHour(required=True, metadata={"description": "exclusive; `24:00` is the end of the day",
                                             "example": "18:00"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end comes after the start."""
        if data["starts"] >= data["ends"]:
            raise ValidationError(ORDER, "ends")


class WeeklyHoursIn(Schema):
    """All her weekly hours; what is not named she does not work."""

    hours = fields.List(fields.Nested(HoursSchema), required=True, validate=validate.Length(max=70))


class WeeklyHoursOut(Schema):
    """All her weekly hours, by weekday and start."""

    hours = fields.List(fields.Nested(HoursSchema), required=True)


class LeaveIn(Schema):
    """When she is away."""

    start = Moment(required=True)
    end = Moment(required=True, metadata={"description": "exclusive; at most 366 days after the start",
                                          "example": "2026-12-03T00:00:00+08:00"})
    note = Text(most=200, load_default="", metadata={"description": "seen by her and her firm", "example": "回老家"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end comes after the start and after now, and not a year later."""
        if data["start"] >= data["end"]:
            raise ValidationError(ORDER, "end")
        if data["end"] <= clock.now():
            raise ValidationError("请假时间已过|That leave would be over already", "end")
        if data["end"] - data["start"] > LONGEST_LEAVE:
            raise ValidationError("一次最多登记 366 天|At most 366 days at once", "end")


class LeaveOut(Schema):
    """A leave."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    start = Moment(required=True, attribute="during.lower")
    end = Moment(required=True, attribute="during.upper", metadata={"example": "2026-12-03T00:00:00+08:00"})
    note = fields.String(required=True, metadata={"example": "回老家"})


LeavePageOut = page_of(LeaveOut)


class AvailabilityFilter(FilterSchema):
    """Which stretch of time to look at."""

    start = Moment(required=True, data_key="from")
    until = Moment(required=True, metadata={"description": "exclusive; at most 31 days after `from`",
                                            "example": "2026-12-08T00:00:00+08:00"})
    minutes = QueryWhole(least=30, most=1440, metadata={
        "description": "the length of a visit: the half hours at which it can begin are answered too", "example": 120})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end comes after the start, and not more than 31 days."""
        if data["start"] >= data["until"]:
            raise ValidationError(ORDER, "until")
        if data["until"] - data["start"] > LONGEST_VIEW:
            raise ValidationError("一次最多查询 31 天|At most 31 days at once", "until")


class FreeSpanOut(Schema):
    """A stretch in which a visit can be booked, the way there and back being kept free besides."""

    start = Moment(required=True)
    end = Moment(required=True, metadata={"example": "2026-12-01T12:00:00+08:00"})


class AvailabilityOut(Schema):
    """When she can be booked; nothing within the hour of notice, nothing beyond the bookable days."""

    worker_id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    free = fields.List(fields.Nested(FreeSpanOut), required=True)
    starts = fields.List(Moment(), required=True, allow_none=True, metadata={
        "description": "when a visit of `minutes` can begin; null unless asked"})
