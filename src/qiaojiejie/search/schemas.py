"""What families ask for and what they are shown."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from qiaojiejie.calendars.rules import HORIZON
from qiaojiejie.calendars.schemas import HalfHour, HoursSchema
from qiaojiejie.core import clock
from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, QueryWhole, Schema, Text, page_of
from qiaojiejie.search.rules import (FARTHEST, LONGEST_CALENDAR, MOST_CALENDARS, SORTS, USUAL, USUAL_CALENDARS)
from qiaojiejie.workers.rules import GRADES
from qiaojiejie.workers.schemas import WorkerCardOut

COLOURS = ("green", "yellow", "red")


class SoughtFilter(FilterSchema):
    """What a worker is like who is looked for."""

    service = Text(most=40, metadata={"description": "code of a service (GET /services)", "example": "cleaning"})
    region = Text(most=12, metadata={"description": "GB/T 2260 code of the district she works in",
                                     "example": "321302"})
    lng = fields.Float(validate=validate.Range(70, 140), metadata={
        "description": "WGS-84 longitude of the place to be near; with `lat`", "example": 118.2755})
    lat = fields.Float(validate=validate.Range(0, 60), metadata={
        "description": "WGS-84 latitude of the place to be near; with `lng`", "example": 33.9631})
    radius = QueryWhole(least=1, most=FARTHEST, load_default=USUAL, metadata={
        "description": f"metres from `lng`, `lat`, at most {FARTHEST}; measured to the middle of the half-kilometre "
                       "cell she works from, never to her address", "example": USUAL})
    price_min = QueryWhole(most=10_000_000, metadata={
        "description": "her wage in fen per unit of `service`; without `service`, her lowest wage of any",
        "example": 3000})
    price_max = QueryWhole(most=10_000_000, metadata={"description": "as `price_min`", "example": 8000})
    grade_min = fields.String(validate=validate.OneOf(GRADES), metadata={
        "description": "at least this grade; D is the lowest, AAA the highest", "example": "B"})
    certificate = Text(most=40, metadata={"description": "part of the title of a certificate that was verified and "
                                                         "is in date", "example": "家政服务员"})
    live_in = fields.Boolean(metadata={"description": "true: only who takes live-in work", "example": True})
    words = Text(most=50, metadata={"description": "words or pinyin initials of her name as called, services, places, "
                                                   "firm; or words she writes of herself", "example": "王阿姨 保洁"})
    firm = fields.UUID(metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})

    def coherent(self, data: dict[str, Any]) -> None:
        """A place has both its coordinates."""
        both(data, "lng", "lat")


def both(data: dict[str, Any], one: str, other: str) -> None:
    """Two values that mean nothing without each other are given together."""
    if (one in data) != (other in data):
        missing = other if one in data else one
        raise ValidationError(f"{one} 与 {other} 须同时提供|{one} and {other} go together", missing)


class WorkerFilter(SoughtFilter, PageFilter):
    """Who is looked for, when, and in what order."""

    free_from = Moment(metadata={"description": "she can be booked from here; with `free_until`"})
    free_until = Moment(metadata={"description": f"until here, at most 24 hours later, within {HORIZON} days",
                                  "example": "2026-12-01T11:00:00+08:00"})
    sort = fields.String(load_default="credit", validate=validate.OneOf(list(SORTS)), metadata={
        "description": "credit: highest score first; price: lowest first; experience: longest first; distance: nearest "
                       "first, needs `lng` and `lat`", "example": "credit"})

    def coherent(self, data: dict[str, Any]) -> None:
        """What belongs together is given together."""
        super().coherent(data)
        both(data, "free_from", "free_until")
        if data.get("sort") == "distance" and "lng" not in data:
            raise ValidationError("按距离排序须提供 lng 和 lat|Sorting by distance needs lng and lat", "sort")

    def timely(self, data: dict[str, Any]) -> None:
        """A free time lies ahead, is a day at most, and can be booked."""
        if "free_from" not in data or "free_until" not in data:
            return
        start, until = data["free_from"], data["free_until"]
        if start < clock.now():
            raise ValidationError("该时间已过|That time is past", "free_from")
        if until <= start:
            raise ValidationError("结束须晚于开始|The end must be after the start", "free_until")
        if until - start > timedelta(hours=24):
            raise ValidationError("一次最多查询 24 小时|At most 24 hours at once", "free_until")
        if until > clock.midnight(clock.today() + timedelta(days=HORIZON)):
            raise ValidationError(f"只能预约 {HORIZON} 天内的时间|Only {HORIZON} days ahead can be booked", "free_until")


class WorkerFoundOut(WorkerCardOut):
    """A worker in a list: her card, and what changes with the time and the asker."""

    safety_colour = fields.String(required=True, validate=validate.OneOf(COLOURS), metadata={
        "description": "安心码, from what is verified and in date today: green identity, health check and insurance; "
                       "yellow health check or insurance missing or lapsed; red identity not verified",
        "example": "green"})
    next_free_at = Moment(required=True, allow_none=True, metadata={
        "description": "when two hours of hers can next be booked; null when none within the bookable days",
        "example": "2026-12-01T09:00:00+08:00"})
    distance_m = fields.Integer(required=True, allow_none=True, metadata={
        "description": "metres from `lng`, `lat` to the middle of her cell; null unless asked", "example": 820})


class WorkerFoundPageOut(page_of(WorkerFoundOut)):  # type: ignore[misc]
    """One page of WorkerFoundOut."""

    scanned_all = fields.Boolean(required=True, metadata={
        "description": "false when few fit and the search stopped after 5,000 candidates: the page may be short, "
                       "`next_cursor` goes on from there", "example": True})


class WorkerVerifiedOut(Schema):
    """What a reviewer verified of her papers, the newest of each; null where nothing is."""

    identity_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-03-01"})
    health_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    insured_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    insured_class = fields.Integer(required=True, allow_none=True, metadata={
        "description": "occupational class 1 to 4 her accident insurance covers", "example": 2})
    background_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})


class WorkerSafetyOut(Schema):
    """The safety colour and what it rests on."""

    colour = fields.String(required=True, validate=validate.OneOf(COLOURS), metadata={"example": "yellow"})
    reasons = fields.List(fields.String(metadata={"example": "health_lapsed"}), required=True, metadata={
        "description": "why it is not green: identity_not_verified, health_missing, health_lapsed, insurance_missing, "
                       "insurance_lapsed"})
    changes_on = fields.Date(required=True, allow_none=True, metadata={
        "description": "the first day it is no longer green if nothing is renewed", "example": "2027-03-02"})


class WorkerObstacleOut(Schema):
    """A service she offers and can't be booked for today, and why."""

    service = fields.String(required=True, metadata={"example": "moving"})
    reasons = fields.List(fields.String(metadata={"example": "insurance_class_too_low"}), required=True, metadata={
        "description": "identity_not_verified; background, health or insurance with _missing or _lapsed; "
                       "insurance_class_too_low"})


class WorkerDetailOut(WorkerFoundOut):
    """A worker's open file."""

    class Meta(Schema.Meta):
        exclude = ("distance_m",)

    bio = fields.String(required=True, metadata={"example": "做事细致，会做淮扬菜。"})
    verified = fields.Nested(WorkerVerifiedOut, required=True)
    hours = fields.List(fields.Nested(HoursSchema), required=True)
    safety = fields.Nested(WorkerSafetyOut, required=True)
    obstacles = fields.List(fields.Nested(WorkerObstacleOut), required=True, metadata={
        "description": "services of hers for which her papers do not suffice today; empty: she can be booked for all"})


class CalendarDaysFilter(SoughtFilter):
    """Which workers, which days, how long a visit."""

    from_day = fields.Date(required=True, data_key="from", metadata={
        "description": "the first day (Asia/Shanghai)", "example": "2026-12-01"})
    until = fields.Date(required=True, metadata={
        "description": f"the last day, among them; {LONGEST_CALENDAR} days at most", "example": "2026-12-14"})
    minutes = QueryWhole(required=True, least=30, most=1440, metadata={
        "description": "the length of the visit; it may end on the day after", "example": 180})

    def coherent(self, data: dict[str, Any]) -> None:
        """The last day is not before the first, and not a month later."""
        super().coherent(data)
        if data["until"] < data["from_day"]:
            raise ValidationError("最后一天不能早于第一天|The last day must not be before the first", "until")
        if (data["until"] - data["from_day"]).days >= LONGEST_CALENDAR:
            raise ValidationError(f"一次最多查询 {LONGEST_CALENDAR} 天|At most {LONGEST_CALENDAR} days at once", "until")


class CalendarFilter(CalendarDaysFilter, PageFilter):
    """As CalendarDaysFilter, paged: a city in one call."""

    limit = QueryWhole(least=1, most=MOST_CALENDARS, load_default=USUAL_CALENDARS, metadata={
        "description": f"workers a page, at most {MOST_CALENDARS}", "example": USUAL_CALENDARS})


class CalendarStartsOut(Schema):
    """An unbroken run of half hours at which the visit can begin."""

    first = HalfHour(required=True, metadata={"description": "Asia/Shanghai", "example": "08:00"})
    last = HalfHour(required=True, metadata={"description": "itself among them; `first` when there is only one",
                                             "example": "17:00"})


class CalendarDayOut(Schema):
    """A day on which the visit can begin."""

    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    starts = fields.List(fields.Nested(CalendarStartsOut), required=True, validate=validate.Length(min=1))


class WorkerCalendarOut(Schema):
    """When a visit of the asked length can begin with one worker; a day without a start is left out."""

    worker_id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    name = fields.String(required=True, metadata={"example": "王阿姨"})
    grade = fields.String(required=True, validate=validate.OneOf(GRADES), metadata={"example": "B"})
    score = fields.Integer(required=True, metadata={"example": 712})
    days = fields.List(fields.Nested(CalendarDayOut), required=True)


WorkerCalendarPageOut = page_of(WorkerCalendarOut)


class CalendarDayCountOut(Schema):
    """How many workers a visit of the asked length can begin with on a day."""

    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    workers = fields.Integer(required=True, metadata={"example": 87})


class CalendarDaysOut(Schema):
    """Every day asked for, counted exactly."""

    days = fields.List(fields.Nested(CalendarDayCountOut), required=True)
    workers = fields.Integer(required=True, metadata={
        "description": "how many match the filter, free or not", "example": 240})
