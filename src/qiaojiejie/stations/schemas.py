"""Shapes of stations."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core.schema import FilterSchema, Masked, Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.identity.schemas import Phone
from qiaojiejie.stations.lifecycle import RESERVATION
from qiaojiejie.stations.rules import PURPOSES

SOME_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}
STARTS, ENDS = {"example": "2026-12-01T09:00:00+08:00"}, {"example": "2026-12-01T10:00:00+08:00"}


class StationFilter(PageFilter):
    """Which stations to list; with lng and lat, the nearest first."""

    region = Text(most=6, metadata={"description": "GB/T 2260 code", "example": "321302"})
    lng = fields.Float(validate=validate.Range(-180, 180), metadata={"description": "WGS-84", "example": 118.2735})
    lat = fields.Float(validate=validate.Range(-90, 90), metadata={"description": "WGS-84", "example": 33.9391})

    @validates_schema
    def _both_or_neither(self, data: dict[str, Any], **_: Any) -> None:
        if ("lng" in data) != ("lat" in data):
            raise ValidationError("经度和纬度要一起给|Give lng and lat together",
                                  field_name="lat" if "lng" in data else "lng")


class StationFloorOut(Schema):
    """What happens on one floor."""

    floor = fields.Integer(required=True, metadata={"example": 1})
    functions = fields.List(fields.String(), required=True,
                            metadata={"example": ["咨询接待", "手工业展示", "妇女微家"]})


class StationStaffOut(Schema):
    """Who is there, as she wants to be called."""

    called = fields.String(required=True, metadata={"example": "王老师"})
    duty = fields.String(required=True, metadata={"example": "咨询接待"})


class StationOut(Schema):
    """A community station."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "幸福社区巧姐姐示范工作站"})
    community = fields.String(required=True, metadata={"example": "幸福社区"})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    address = fields.String(required=True, metadata={"example": "宿城区幸福路 8 号"})
    lng = fields.Float(required=True, metadata={"description": "WGS-84", "example": 118.2755})
    lat = fields.Float(required=True, metadata={"description": "WGS-84", "example": 33.9401})
    hours = fields.String(required=True, metadata={"example": "周一至周六 8:30–17:30"})
    floors = fields.List(fields.Nested(StationFloorOut), required=True)
    staff = fields.List(fields.Nested(StationStaffOut), required=True)
    association = fields.String(required=True, metadata={"example": "宿迁市家庭服务业协会"})
    opened_on = fields.Date(required=True, metadata={"example": "2021-03-08"})
    distance_m = fields.Integer(required=True, allow_none=True, metadata={
        "description": "metres from lng, lat; null when they were not given", "example": 240})


StationPageOut = page_of(StationOut)


class StationFloorIn(Schema):
    """What happens on one floor."""

    floor = Whole(required=True, least=-3, most=60, metadata={"example": 1})
    functions = fields.List(Text(most=40), required=True, validate=validate.Length(1, 20),
                            metadata={"example": ["咨询接待", "手工业展示"]})


class StationStaffIn(Schema):
    """Who is there, as she wants to be called in public."""

    called = Text(required=True, most=20, metadata={"example": "王老师"})
    duty = Text(required=True, most=40, metadata={"example": "咨询接待"})


class StationChange(Schema):
    """What changes; what is left out stays."""

    hours = Text(most=80, metadata={"example": "周一至周六 8:30–17:30"})
    floors = fields.List(fields.Nested(StationFloorIn), validate=validate.Length(1, 60))
    staff = fields.List(fields.Nested(StationStaffIn), validate=validate.Length(0, 60))


class RoomFilter(FilterSchema):
    """Which day."""

    day = fields.Date(load_default=None, metadata={"description": "of the Shanghai calendar; today unless said",
                                                   "example": "2026-12-01"})


class RoomIn(Schema):
    """A room people can have."""

    name = Text(required=True, most=40, metadata={"example": "二楼培训教室"})
    floor = Whole(required=True, least=-3, most=60, metadata={"example": 2})
    seats = Whole(required=True, least=1, most=500, metadata={"example": 40})


class RoomOut(Schema):
    """A room."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    station_id = fields.UUID(required=True, metadata=SOME_ID)
    name = fields.String(required=True, metadata={"example": "二楼培训教室"})
    floor = fields.Integer(required=True, metadata={"example": 2})
    seats = fields.Integer(required=True, metadata={"example": 40})


class TakenOut(Schema):
    """A time that is taken."""

    starts = Moment(required=True, metadata=STARTS)
    ends = Moment(required=True, metadata=ENDS)


class RoomDayOut(Schema):
    """A room and when it is taken on the day asked for."""

    room = fields.Nested(RoomOut, required=True)
    taken = fields.List(fields.Nested(TakenOut), required=True)


class ReservationIn(Schema):
    """For when and what."""

    starts = Moment(required=True, metadata=STARTS)
    ends = Moment(required=True, metadata=ENDS)
    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES), metadata={"example": "interview"})
    title = Text(required=True, most=80, metadata={"example": "月嫂见面"})


class ReservationOut(Schema):
    """A reservation of a room."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    room = fields.Nested(RoomOut, required=True)
    starts = Moment(required=True, metadata=STARTS)
    ends = Moment(required=True, metadata=ENDS)
    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES), metadata={"example": "interview"})
    title = fields.String(required=True, metadata={"example": "月嫂见面"})
    ref = fields.String(required=True, allow_none=True, metadata={
        "description": "the session, activity or interview it is for", "example": None})
    state = fields.String(required=True, validate=validate.OneOf(list(RESERVATION.states)),
                          metadata={"example": "reserved"})
    reserved_at = Moment(required=True)
    released_at = Moment(required=True, allow_none=True)


ReservationPageOut = page_of(ReservationOut)


class AskedIn(Schema):
    """Who asks. ``phone`` and ``consent`` are a station clerk's to give, for who asked at her desk."""

    name = Text(required=True, most=40, metadata={"example": "王秀英"})
    phone = Phone(allow_none=True, load_default=None)
    consent = Text(most=200, allow_none=True, load_default=None, metadata={
        "description": "how she agreed", "example": "本人到站口头同意，出示身份证"})


class AskedOut(Schema):
    """Who asked; name and phone masked."""

    name = Masked(required=True, metadata={"example": "王**"})
    phone = Masked(required=True, metadata={"example": "138****0001"})
    via = fields.String(required=True, validate=validate.OneOf(["self", "station"]), metadata={"example": "station"})
    station_id = fields.UUID(required=True, allow_none=True, metadata={"description": "that asked for her", **SOME_ID})
    consent = fields.String(required=True, allow_none=True, metadata={"example": "本人到站口头同意"})
    asked_at = Moment(required=True)
