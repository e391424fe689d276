"""Shapes of the inbox."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Moment, PageFilter, Schema, page_of
from qiaojiejie.messages import rules
from qiaojiejie.messages.models import Notification
from qiaojiejie.messages.rules import texts

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


def _words(part: int) -> Any:
    def of(notification: Notification) -> str:
        return rules.words(notification.kind, notification.data, language())[part]

    return of


class NotificationOut(Schema):
    """Something that happened and concerns me; its words are in the language asked for."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(sorted(rules.TEMPLATES)),
                         metadata={"example": "booking_confirmed"})
    title = fields.Function(_words(0), required=True, metadata={"type": "string", "example": "预约已确认"})
    body = fields.Function(_words(1), required=True, metadata={
        "type": "string", "example": "日常保洁 · 王阿姨 · 12月1日 09:00，已付 ¥120.00"})
    data = fields.Dict(keys=fields.String(), required=True, metadata={
        "description": "what the words are made of, and the ids of what they speak of",
        "example": {"booking": EXAMPLE, "service_name": "日常保洁", "worker_called": "王阿姨", "start": "12月1日 09:00"}})
    created_at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)


class TextMessageOut(Schema):
    """A text message that goes out, went out, or was held back."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"description": "of the notification it goes with",
                                                  "example": "booking_confirmed"})
    state = fields.String(required=True, validate=validate.OneOf(sorted(texts.STATES)), metadata={"example": "sent"})
    state_name = fields.String(required=True, metadata={"example": "已发送"})
    because = fields.String(required=True, allow_none=True, validate=validate.OneOf(sorted(texts.REASONS)), metadata={
        "description": "why it was held back: the day's budget was spent, or the account closed", "example": None})
    created_at = Moment(required=True)
    next_at = Moment(required=True, allow_none=True, attribute="due_at")
    sent_at = Moment(required=True, allow_none=True)


class InboxOut(page_of(NotificationOut)):  # type: ignore[misc]
    """One page of the inbox, and how much of the whole is unread."""

    unread = fields.Integer(required=True, metadata={"description": "in the whole inbox", "example": 3})


class InboxFilter(PageFilter):
    """Which notifications."""

    unread = fields.Boolean(metadata={"description": "true: only those not read yet", "example": True})


class ReadIn(Schema):
    """What was read: exactly one of the two."""

    ids = fields.List(fields.UUID(), validate=validate.Length(1, 100),
                      metadata={"description": "these", "example": [EXAMPLE]})
    through = fields.UUID(metadata={"description": "this one and all before it"})

    @validates_schema
    def _exactly_one(self, body: dict[str, Any], **_: Any) -> None:
        if len(body) != 1:
            raise ValidationError("ids 与 through 须且只须给出一个|Give exactly one of ids and through")


class UnreadOut(Schema):
    """What is left to read."""

    unread = fields.Integer(required=True, metadata={"example": 2})
