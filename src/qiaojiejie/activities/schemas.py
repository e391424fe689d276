"""Shapes of activities."""

from marshmallow import fields, validate

from qiaojiejie.activities.lifecycle import ACTIVITY, PLACE
from qiaojiejie.activities.rules import KINDS
from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, QueryWhole, Schema, Text, Whole, page_of
from qiaojiejie.media import rules as media
from qiaojiejie.stations.schemas import ENDS, SOME_ID, STARTS, AskedOut

KIND = validate.OneOf(KINDS)
ENTRY = {"description": "which of the four entries (四进)", "example": "service"}


class ActivityFilter(PageFilter):
    """Whose, of which entry, in which state."""

    station_id = fields.UUID(metadata=SOME_ID)
    kind = fields.String(validate=KIND, metadata=ENTRY)
    state = fields.String(validate=validate.OneOf(list(ACTIVITY.states)), metadata={"example": "planned"})


class ActivityIn(Schema):
    """What a station invites to."""

    kind = fields.String(required=True, validate=KIND, metadata=ENTRY)
    title = Text(required=True, most=60, metadata={"example": "空巢老人居家保洁公益日"})
    description = Text(required=True, most=1000, metadata={"example": "为社区空巢老人免费清洗油烟机"})
    place = Text(required=True, most=80, metadata={"example": "幸福社区广场"})
    starts = Moment(required=True, metadata=STARTS)
    ends = Moment(required=True, metadata=ENDS)
    seats = Whole(required=True, least=1, most=5000, metadata={"example": 40})
    room_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "a room of the station, reserved for it", "example": None})


class ActivityPhotoOut(Schema):
    """A photo people agreed to."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    url = fields.Function(lambda photo: media.url(photo.media_id), required=True,
                          metadata={"example": "/api/v1/media/0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71", "type": "string"})


class ActivityOut(Schema):
    """An activity."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    station_id = fields.UUID(required=True, attribute="host_id", metadata=SOME_ID)
    station = fields.String(required=True, attribute="host.name", metadata={"example": "幸福社区巧姐姐示范工作站"})
    kind = fields.String(required=True, validate=KIND, metadata=ENTRY)
    title = fields.String(required=True, metadata={"example": "空巢老人居家保洁公益日"})
    description = fields.String(required=True, metadata={"example": "为社区空巢老人免费清洗油烟机"})
    place = fields.String(required=True, metadata={"example": "幸福社区广场"})
    starts = Moment(required=True, metadata=STARTS)
    ends = Moment(required=True, metadata=ENDS)
    seats = fields.Integer(required=True, metadata={"example": 40})
    free = fields.Integer(required=True, metadata={"example": 12})
    state = fields.String(required=True, validate=validate.OneOf(list(ACTIVITY.states)), metadata={"example": "held"})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "why it was called off",
                                                                     "example": None})
    report = fields.String(required=True, allow_none=True, metadata={"example": "清洗 18 户，登记需求 6 条"})
    came = fields.Integer(required=True, allow_none=True, metadata={"example": 33})
    photos = fields.List(fields.Nested(ActivityPhotoOut), required=True)


ActivityPageOut = page_of(ActivityOut)


class CancelActivityIn(Schema):
    """Why."""

    reason = Text(required=True, most=200, metadata={"example": "暴雨预警"})


class ReportIn(Schema):
    """What was done."""

    report = Text(required=True, most=2000, metadata={"example": "清洗 18 户，登记需求 6 条"})


class ActivityPlaceOut(AskedOut):
    """Somebody's place."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    activity_id = fields.UUID(required=True, metadata=SOME_ID)
    title = fields.String(required=True, attribute="activity.title", metadata={"example": "空巢老人居家保洁公益日"})
    starts = Moment(required=True, attribute="activity.starts", metadata=STARTS)
    state = fields.String(required=True, validate=validate.OneOf(list(PLACE.states)), metadata={"example": "signed"})
    changed_at = Moment(required=True)


ActivityPlacePageOut = page_of(ActivityPlaceOut)


class ActivityPlaceFilter(PageFilter):
    """Which of them."""

    state = fields.String(validate=validate.OneOf(list(PLACE.states)), metadata={"example": "signed"})


class AttendIn(Schema):
    """Who is there."""

    activity_place_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 500),
                                     metadata={"example": ["0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"]})


class ActivityPhotoIn(Schema):
    """A photo, uploaded as ``photo`` by the station."""

    media_id = fields.UUID(required=True, metadata=SOME_ID)
    consent = Text(required=True, most=200, metadata={"description": "how those on it agreed",
                                                      "example": "到场人员签字同意公开"})


class WithdrawPhotoIn(Schema):
    """Why it goes."""

    reason = Text(required=True, most=200, metadata={"example": "照片中的老人要求撤下"})


class ActivityYearFilter(FilterSchema):
    """Which year and station; the twelve months to today and all unless said."""

    year = QueryWhole(least=2000, most=2100, load_default=None, metadata={"example": 2026})
    station_id = fields.UUID(load_default=None, metadata=SOME_ID)


class KindYearOut(Schema):
    """One of the four entries."""

    kind = fields.String(required=True, validate=KIND, metadata=ENTRY)
    activities = fields.Integer(required=True, metadata={"example": 60})
    came = fields.Integer(required=True, metadata={"example": 1800})


class ActivityYearOut(Schema):
    """What stations held."""

    year = fields.Integer(required=True, allow_none=True, metadata={"example": 2026})
    station_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    activities = fields.Integer(required=True, metadata={"example": 240})
    came = fields.Integer(required=True, metadata={"example": 7200})
    people = fields.Integer(required=True, metadata={"description": "different people", "example": 2900})
    kinds = fields.List(fields.Nested(KindYearOut), required=True)
