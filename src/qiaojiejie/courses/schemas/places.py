"""Shapes of places, attendance, marks and claims."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from qiaojiejie.core.schema import Masked, Moment, Money, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.courses.lifecycle import CLAIM, PLACE
from qiaojiejie.courses.queries import places
from qiaojiejie.courses.rules.marks import FULL, PARTS
from qiaojiejie.courses.schemas.catalogue import COURSE_ID


class PlaceFilter(PageFilter):
    """Which places."""

    state = fields.String(validate=validate.OneOf(list(PLACE.states)), metadata={"example": "waiting"})


class PlaceIn(Schema):
    """Whom to enrol; a worker enrols herself and names nobody."""

    worker_id = fields.UUID(allow_none=True, load_default=None, metadata=COURSE_ID)
    consent = Text(most=200, allow_none=True, load_default=None, metadata={
        "description": "needed of a station clerk: how she agreed", "example": "本人到站口头同意，出示身份证"})


class PlaceAnswerIn(Schema):
    """What a holder does with her place."""

    answer = fields.String(required=True, validate=validate.OneOf(["accept", "decline", "leave"]),
                           metadata={"example": "leave"})


class RosterFileIn(Schema):
    """A list of whom to enrol."""

    file = Upload(required=True, metadata={
        "description": ".xlsx or .csv with the columns 姓名 and 身份证号, at most 500 people"})


class RosterReasonOut(Schema):
    """Why a row was not enrolled."""

    code = fields.String(required=True, metadata={"example": "not_on_staff"})
    message_zh = fields.String(required=True, metadata={"example": "不在本企业员工名单中"})
    message_en = fields.String(required=True, metadata={"example": "not on this firm's staff list"})


class RosterRowOut(Schema):
    """What became of a row."""

    row = fields.Integer(required=True, metadata={"description": "as the file counts", "example": 2})
    outcome = fields.String(required=True, validate=validate.OneOf(["enrolled", "waiting", "refused"]),
                            metadata={"example": "enrolled"})
    place_id = fields.UUID(required=True, allow_none=True, metadata=COURSE_ID)
    reasons = fields.List(fields.Nested(RosterReasonOut), required=True)


class RosterOut(Schema):
    """What became of a list."""

    enrolled = fields.Integer(required=True, metadata={"example": 27})
    waiting = fields.Integer(required=True, metadata={"example": 3})
    refused = fields.Integer(required=True, metadata={"example": 1})
    rows = fields.List(fields.Nested(RosterRowOut), required=True)


class MarkIn(Schema):
    """An assessor's mark."""

    part = fields.String(required=True, validate=validate.OneOf(PARTS), metadata={"example": "practice"})
    points = Whole(required=True, least=0, most=FULL, metadata={"example": 82})
    note = Text(most=500, load_default="", least=0, metadata={"example": "沐浴水温控制到位"})


class MarkOut(Schema):
    """A mark."""

    part = fields.String(required=True, metadata={"example": "practice"})
    attempt = fields.Integer(required=True, metadata={"example": 1})
    points = fields.Integer(required=True, metadata={"example": 82})
    passed = fields.Boolean(required=True, metadata={"example": True})
    note = fields.String(required=True, metadata={"example": "沐浴水温控制到位"})
    at = Moment(required=True)


class AttendanceOut(Schema):
    """She was there."""

    number = fields.Integer(required=True, metadata={"description": "of the meeting it counts for", "example": 1})
    meeting_id = fields.UUID(required=True, metadata=COURSE_ID)
    via = fields.String(required=True, metadata={"example": "code"})
    at = Moment(required=True)


class PlaceOut(Schema):
    """A place in a session, or in its queue."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    session_id = fields.UUID(required=True, metadata=COURSE_ID)
    title = fields.String(required=True, attribute="session.course.title", metadata={"example": "家政服务员五级"})
    starts_at = Moment(required=True, attribute="session.starts_at")
    worker_id = fields.UUID(required=True, metadata=COURSE_ID)
    name = Masked(required=True, attribute="worker.name", metadata={"example": "王**"})
    state = fields.String(required=True, validate=validate.OneOf(list(PLACE.states)), metadata={"example": "enrolled"})
    position = fields.Integer(required=True, metadata={"description": "the order in which everybody came",
                                                       "example": 7})
    via = fields.String(required=True, metadata={"example": "worker"})
    asked_at = Moment(required=True)
    offer_until = Moment(required=True, allow_none=True, metadata={"example": None})
    attended = fields.Function(lambda place: _attended(place), required=True, metadata={
        "description": "permille of the session's minutes", "type": "integer", "example": 850})
    attendances = fields.List(fields.Nested(AttendanceOut), required=True)
    marks = fields.List(fields.Nested(MarkOut), required=True)
    completed = fields.Boolean(required=True, metadata={"example": False})
    serial = fields.String(required=True, allow_none=True, metadata={"description": "of her certificate",
                                                                     "example": None})


def _attended(place: Any) -> int:
    return places.attended(place)


PlacePageOut = page_of(PlaceOut)


class DoorScanIn(Schema):
    """What was scanned at the door."""

    code = Text(required=True, most=40, metadata={"example": "3fa85f6457174562b3fc"})


class RollIn(Schema):
    """Who was there."""

    place_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 1000),
                            metadata={"example": ["0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e61"]})


class RollOut(Schema):
    """How many are noted."""

    noted = fields.Integer(required=True, metadata={"example": 28})


class ClaimFilter(PageFilter):
    """Which claims."""

    state = fields.String(validate=validate.OneOf(list(CLAIM.states)), metadata={"example": "submitted"})


class ClaimIn(Schema):
    """A claim."""

    place_id = fields.UUID(required=True, metadata=COURSE_ID)
    programme = Text(required=True, most=40, metadata={"example": "sukenhuichuang"})
    media_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 10), metadata={
        "description": "the evidence (`POST /media`, kind evidence)", "example": [COURSE_ID["example"]]})


class ClaimDecisionIn(Schema):
    """A decision on a claim."""

    step = fields.String(required=True, validate=validate.OneOf(["approve", "refuse"]), metadata={"example": "approve"})
    reason = Text(most=200, load_default=None, metadata={"example": "材料齐全"})


class ClaimPaymentIn(Schema):
    """That a claim was paid."""

    reference = Text(required=True, most=60, metadata={"description": "the bank's", "example": "2026112400001"})


class ClaimOut(Schema):
    """A claim of a subsidy."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    place_id = fields.UUID(required=True, metadata=COURSE_ID)
    worker_id = fields.UUID(required=True, metadata=COURSE_ID)
    programme = fields.String(required=True, metadata={"example": "sukenhuichuang"})
    year = fields.Integer(required=True, metadata={"example": 2026})
    amount = Money(required=True, attribute="amount_fen")
    state = fields.String(required=True, validate=validate.OneOf(list(CLAIM.states)), metadata={"example": "submitted"})
    claimed_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    reference = fields.String(required=True, allow_none=True, metadata={"example": None})
    paid_at = Moment(required=True, allow_none=True)


ClaimPageOut = page_of(ClaimOut)
