"""Hours, leave and free time as they are sent and answered."""

import re
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from qiaojiejie.calendars.rules import (
    HORIZON, LONGEST_AHEAD, LONGEST_BUFFER, LONGEST_LEAVE, LONGEST_NOTICE, MINUTES, USUAL, Terms)
from qiaojiejie.core import clock
from qiaojiejie.core.schema import FilterSchema, Moment, QueryWhole, Schema, Text, Whole, page_of

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


class DayHoursSchema(Schema):
    """A stretch of a day in which she takes work."""

    starts = HalfHour(required=True, metadata={"description": "Asia/Shanghai", "example": "08:00"})
    ends = HalfHour(required=True, metadata={"description": "exclusive; `24:00` is the end of the day",
                                             "example": "18:00"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end comes after the start."""
        if data["starts"] >= data["ends"]:
            raise ValidationError(ORDER, "ends")


class HoursSchema(DayHoursSchema):
    """A stretch of a weekday in which she takes work."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(1, 7), metadata={
        "description": "1 Monday … 7 Sunday", "example": 1})


class WeeklyHoursIn(Schema):
    """All her weekly hours; what is not named she does not work."""

    hours = fields.List(fields.Nested(HoursSchema), required=True, validate=validate.Length(max=70))


class WeeklyHoursOut(Schema):
    """All her weekly hours, by weekday and start."""

    hours = fields.List(fields.Nested(HoursSchema), required=True)


class SpecialDayIn(Schema):
    """The hours of one day, instead of those of its weekday."""

    day = fields.Date(required=True, metadata={"description": "from today, at most 366 days ahead",
                                               "example": "2026-12-06"})
    hours = fields.List(fields.Nested(DayHoursSchema), required=True, validate=validate.Length(max=24), metadata={
        "description": "none: she takes no work that day"})

    @validates_schema
    def ahead(self, data: dict[str, Any], **_: Any) -> None:
        """The day is not over, and not beyond a year."""
        if data["day"] < clock.today():
            raise ValidationError("这一天已过|That day is past", "day")
        if data["day"] - clock.today() > LONGEST_AHEAD:
            raise ValidationError("最多提前 366 天|At most 366 days ahead", "day")


class DayHoursOut(Schema):
    """A stretch of a day in which she takes work."""

    starts = HalfHour(required=True, metadata={"description": "Asia/Shanghai", "example": "08:00"})
    ends = HalfHour(required=True, metadata={"description": "exclusive", "example": "12:00"})


class SpecialDayOut(Schema):
    """A day with hours of its own; what touches is joined."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    day = fields.Date(required=True, metadata={"example": "2026-12-06"})
    hours = fields.List(fields.Nested(DayHoursOut), required=True)


SpecialDayPageOut = page_of(SpecialDayOut)


class TermsSchema(Schema):
    """On what terms she takes visits."""

    works_holidays = fields.Boolean(required=True, metadata={
        "description": "false: closed on statutory holidays, but for days with hours of their own", "example": True})
    buffer_before = Whole(most=LONGEST_BUFFER, required=True, metadata={
        "description": f"minutes kept free before each visit, half hours, at most {LONGEST_BUFFER}",
        "example": USUAL.buffer_before})
    buffer_after = Whole(most=LONGEST_BUFFER, required=True, metadata={
        "description": "minutes kept free after each visit, as `buffer_before`", "example": USUAL.buffer_after})
    notice_minutes = Whole(most=LONGEST_NOTICE, required=True, metadata={
        "description": "how many minutes before its start a visit is booked at the latest; a week at most",
        "example": USUAL.notice_minutes})
    horizon_days = Whole(least=1, most=HORIZON, required=True, metadata={
        "description": "how many days can be booked, today among them", "example": HORIZON})

    @validates_schema
    def half_hours(self, data: dict[str, Any], **_: Any) -> None:
        """Buffers are whole half hours."""
        for name in ("buffer_before", "buffer_after"):
            if data[name] % MINUTES:
                raise ValidationError("须为半小时的整数倍|Give whole half hours", name)

    @post_load
    def terms(self, data: dict[str, Any], **_: Any) -> Terms:
        """As calendars know them."""
        return Terms(**data)


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
        "description": "the length of a visit: the half hours at which it can begin are answered too; it may end after "
                       "`until`", "example": 120})
    address_id = fields.UUID(metadata={
        "description": "an address of the asker's book, who is signed in: the way to it and from it is kept free, too",
        "example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end comes after the start, and not more than 31 days."""
        if data["start"] >= data["until"]:
            raise ValidationError(ORDER, "until")
        if data["until"] - data["start"] > LONGEST_VIEW:
            raise ValidationError("一次最多查询 31 天|At most 31 days at once", "until")


class FreeSpanOut(Schema):
    """A stretch in which a visit can be booked, her buffers being kept free besides."""

    start = Moment(required=True)
    end = Moment(required=True, metadata={"example": "2026-12-01T12:00:00+08:00"})


class AvailabilityOut(Schema):
    """When she can be booked; nothing within her notice, nothing beyond her horizon."""

    worker_id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    free = fields.List(fields.Nested(FreeSpanOut), required=True)
    starts = fields.List(Moment(), required=True, allow_none=True, metadata={
        "description": "when a visit of `minutes` can begin, between `from` and `until`; null unless asked"})
