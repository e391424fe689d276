"""Shapes of sessions and meetings."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.courses.lifecycle import SESSION
from qiaojiejie.courses.rules.meetings import KINDS
from qiaojiejie.courses.schemas.catalogue import COURSE_ID


class CourseSessionFilter(PageFilter):
    """Which sessions; those that begin from now on unless ``since`` says otherwise."""

    course_id = fields.UUID(metadata=COURSE_ID)
    region = Text(most=6, metadata={"description": "GB/T 2260 code", "example": "321302"})
    state = fields.String(validate=validate.OneOf(list(SESSION.states)), metadata={"example": "open"})
    since = Moment()


class MeetingIn(Schema):
    """One meeting."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"example": "theory"})
    starts = Moment(required=True)
    ends = Moment(required=True, metadata={"example": "2026-12-01T12:00:00+08:00"})


class CourseSessionIn(Schema):
    """A session of a course."""

    region_code = Text(required=True, most=6, metadata={"example": "321302"})
    station_id = fields.UUID(allow_none=True, load_default=None, metadata={"example": None})
    room_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "a station's room, reserved for every meeting", "example": None})
    place = Text(required=True, most=100, metadata={"example": "幸福社区工作站二楼培训室"})
    seats = Whole(required=True, least=1, most=1000, metadata={"example": 30})
    offer_hours = Whole(least=1, most=168, load_default=24, metadata={
        "description": "how long a seat is kept for who is next on the waiting list", "example": 24})
    trainer_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "an account in the role trainer; who plans it unless said", "example": None})
    meetings = fields.List(fields.Nested(MeetingIn), required=True, validate=validate.Length(1, 60))


class CourseSessionStepIn(Schema):
    """A step of a session."""

    step = fields.String(required=True, validate=validate.OneOf(list(SESSION.steps)), metadata={"example": "open"})
    reason = Text(most=200, load_default=None, metadata={"description": "to cancel", "example": "老师生病"})


class SeatsIn(Schema):
    """How many seats there are."""

    seats = Whole(required=True, least=1, most=1000, metadata={"example": 36})


class MeetingOut(Schema):
    """A meeting of a session."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    number = fields.Integer(required=True, metadata={"example": 1})
    kind = fields.String(required=True, metadata={"example": "theory"})
    starts = Moment(required=True)
    ends = Moment(required=True)


class CourseSessionOut(Schema):
    """A session with its seats as they are now."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    course_id = fields.UUID(required=True, metadata=COURSE_ID)
    title = fields.String(required=True, attribute="course.title", metadata={"example": "家政服务员五级"})
    title_en = fields.String(required=True, attribute="course.title_en",
                             metadata={"example": "Domestic worker, level 5"})
    state = fields.String(required=True, validate=validate.OneOf(list(SESSION.states)), metadata={"example": "open"})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    station_id = fields.UUID(required=True, allow_none=True, metadata={"example": None})
    place = fields.String(required=True, metadata={"example": "幸福社区工作站二楼培训室"})
    seats = fields.Integer(required=True, metadata={"example": 30})
    taken = fields.Integer(required=True, metadata={"description": "enrolled, or kept for who was offered one",
                                                    "example": 28})
    free = fields.Integer(required=True, metadata={"example": 2})
    offer_hours = fields.Integer(required=True, metadata={"example": 24})
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    meetings = fields.List(fields.Nested(MeetingOut), required=True)


CourseSessionPageOut = page_of(CourseSessionOut)


class DoorCodeOut(Schema):
    """What the screen at the door shows."""

    code = fields.String(required=True, metadata={"example": "3fa85f6457174562b3fc"})
    changes_at = Moment(required=True)
    meeting = fields.Nested(MeetingOut, required=True)
