"""Shapes of chat."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.chat import rules
from qiaojiejie.chat.queries import Shown
from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Moment, Schema, Text, Whole, page_of

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


def _hint(message: Shown) -> str | None:
    return rules.hint(message.flags, message.mine, language())


def _images(message: Shown) -> list[dict[str, Any]]:
    return [{"id": each.media_id, "width": each.media.width, "height": each.media.height,
             "url": f"/api/v1/bookings/{message.booking_id}/message-images/{each.media_id}"}
            for each in message.images]


class ChatImageOut(Schema):
    """An image in a message."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, metadata={"example": f"/api/v1/bookings/{EXAMPLE}/message-images/{EXAMPLE}"})
    width = fields.Integer(required=True, allow_none=True, metadata={"description": "pixels", "example": 1536})
    height = fields.Integer(required=True, allow_none=True, metadata={"description": "pixels", "example": 2048})


class ChatMessageOut(Schema):
    """A message as its reader sees it."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata={"description": "within its chat, from 1, without a gap",
                                                     "example": 7})
    party = fields.String(required=True, validate=validate.OneOf(rules.PARTIES), metadata={"example": "worker"})
    mine = fields.Boolean(required=True, metadata={"description": "said by my side", "example": False})
    words = fields.String(required=True, allow_none=True, metadata={"example": "我到小区门口了，电话 138****0001"})
    masked = fields.Boolean(required=True, metadata={
        "description": "numbers in it are masked until the booking is confirmed", "example": True})
    flags = fields.List(fields.String(validate=validate.OneOf(sorted(rules.HINTS))), required=True, metadata={
        "description": "what to beware of in it", "example": ["phone"]})
    hint = fields.Function(_hint, required=True, metadata={
        "type": ["string", "null"], "description": "to be shown beside a flagged message",
        "example": "消息中含有电话号码：请通过平台联系和下单，平台外的约定不受保障。"})
    images = fields.Function(_images, required=True, metadata={
        "type": "array", "items": {"type": "object"}, "example": []})
    said_at = Moment(required=True)


class ChatPageOut(page_of(ChatMessageOut)):  # type: ignore[misc]
    """One page of a chat, newest first."""

    newer_cursor = fields.String(required=True, metadata={
        "description": "give it as `cursor` for what was said after this page, now or later",
        "example": "WyJuZXdlciIsN10.Kx3v"})
    unread = fields.Integer(required=True, metadata={"description": "messages of others my side has not read",
                                                     "example": 2})
    read_through = fields.Integer(required=True, metadata={"description": "how far my side has read", "example": 5})
    open = fields.Boolean(required=True, metadata={"description": "whether I may write", "example": True})
    erased = fields.Integer(required=True, metadata={"description": "messages that were erased after their time",
                                                     "example": 0})


class ChatMessageIn(Schema):
    """What is said: words, images, or both."""

    words = Text(most=rules.MOST_WORDS, metadata={"example": "我到小区门口了"})
    media_ids = fields.List(fields.UUID(), validate=validate.Length(1, rules.MOST_IMAGES), metadata={
        "description": "uploaded before, as kind `chat`", "example": [EXAMPLE]})

    @validates_schema
    def _something(self, body: dict[str, Any], **_: Any) -> None:
        if not body.get("words") and not body.get("media_ids"):
            raise ValidationError("请填写文字或附上图片|Say something or attach an image")
        if len(set(body.get("media_ids", ()))) != len(body.get("media_ids", ())):
            raise ValidationError("同一张图片只需附上一次|Attach an image once", "media_ids")


class ChatReadIn(Schema):
    """How far a side has read."""

    through = Whole(required=True, most=2**31, metadata={"description": "the number of the last message read",
                                                         "example": 7})


class ChatReadOut(Schema):
    """What is left to read."""

    unread = fields.Integer(required=True, metadata={"example": 0})
