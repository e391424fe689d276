"""Shapes of calls for help."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.alarms.lifecycle import ALARM
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, page_of
from qiaojiejie.households.schemas import WhereIn

SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}


class AlarmIn(Schema):
    """A call for help, with the place if the phone knows it."""

    place = fields.Nested(WhereIn, allow_none=True, load_default=None)


class AlarmOut(Schema):
    """A call for help, without its place."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    booking_id = fields.UUID(required=True, metadata=SOME_ID)
    party = fields.String(required=True, validate=validate.OneOf(["household", "worker"]), metadata={
        "description": "which side of the booking calls", "example": "worker"})
    state = fields.String(required=True, validate=validate.OneOf(list(ALARM.states)), metadata={"example": "open"})
    state_name = fields.String(required=True, metadata={"example": "待响应"})
    worker_called = fields.String(required=True, attribute="booking.worker.called", metadata={"example": "王阿姨"})
    firm_name = fields.String(required=True, attribute="booking.firm.name", metadata={
        "example": "宿迁巧手家政有限公司"})
    district = fields.String(required=True, attribute="booking.address.region_code", metadata={
        "description": "GB/T 2260 code", "example": "321302"})
    raised_at = Moment(required=True)
    presses = fields.Integer(required=True, metadata={"example": 1})
    placed_at = Moment(required=True, allow_none=True, metadata={
        "description": "when the last place was given; null when there is none"})
    acknowledged_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


AlarmPageOut = page_of(AlarmOut)


class AlarmFilter(PageFilter):
    """Of one state, or of all."""

    state = fields.String(validate=validate.OneOf(list(ALARM.states)), metadata={"example": "open"})


class AlarmAnswerIn(Schema):
    """An answer to a call; ``resolve`` says what was done."""

    answer = fields.String(required=True, validate=validate.OneOf(list(ALARM.steps)), metadata={
        "example": "acknowledge"})
    note = Text(most=500, allow_none=True, load_default=None, metadata={"example": "已电话联系，人员安全"})

    @validates_schema(skip_on_field_errors=True)
    def _says_what_was_done(self, data: dict[str, Any], **_: Any) -> None:
        if data["answer"] == "resolve" and not data["note"]:
            raise ValidationError("请写明处置情况|Say what was done", field_name="note")


class AlarmLookOut(Schema):
    """Where the caller is, and how to reach them; the look was recorded."""

    lng = fields.Float(required=True, allow_none=True, metadata={"description": "WGS-84", "example": 118.2735})
    lat = fields.Float(required=True, allow_none=True, metadata={"example": 33.9391})
    address = fields.String(required=True, metadata={"example": "幸福路 1 号 2 单元 301"})
    phone = fields.String(required=True, metadata={"description": "the caller's", "example": "13900010001"})
    note = fields.String(required=True, allow_none=True, metadata={"example": "已电话联系，人员安全"})
