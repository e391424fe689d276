"""Chat over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.casework.errors import NoOpenComplaint
from qiaojiejie.chat import errors, queries
from qiaojiejie.chat import service as chat
from qiaojiejie.chat.schemas import ChatMessageIn, ChatMessageOut, ChatPageOut, ChatReadIn, ChatReadOut
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.media.schemas import WidthFilter

blp = Blueprint("chat", description="聊天 · What family, worker and firm say to each other about a booking")

_FILE = {"type": "string", "format": "binary"}


@blp.route("/bookings/<uuid:booking_id>/messages", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM, Role.MEDIATOR)
@refuses(BookingNotFound, NoOpenComplaint)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ChatPageOut)
def show(args: dict[str, Any], booking_id: UUID) -> queries.Page:
    """聊天记录 · Read a booking's chat

    Newest first; `next_cursor` leads to what was said before, `newer_cursor` to what was said after. Phone numbers and
    messenger accounts of the others are masked until the booking is confirmed. A mediator may read it while a complaint
    is open, and her look is recorded. It is erased 180 days after the booking is over.
    """
    return chat.read(actor=actor(), booking_id=booking_id, cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/bookings/<uuid:booking_id>/messages", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM)
@refuses(BookingNotFound, errors.ChatOver, errors.ChatImageNotYours, errors.SaidTooOften)
@blp.arguments(ChatMessageIn, example={"words": "我到小区门口了"})
@blp.response(201, ChatMessageOut)
def say(body: dict[str, Any], booking_id: UUID) -> queries.Shown:
    """发消息 · Say something to the other parties of a booking

    Until 7 days after it is over. Phone numbers, messenger accounts and words about paying elsewhere are flagged, never
    blocked. The others find in their inbox that something was said.
    """
    return chat.say(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/messages/read", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM)
@refuses(BookingNotFound)
@blp.arguments(ChatReadIn)
@blp.response(200, ChatReadOut)
def mark_read(body: dict[str, Any], booking_id: UUID) -> dict[str, int]:
    """标为已读 · Mark a chat as read up to a message

    For the whole side: family, worker, or firm.
    """
    return {"unread": chat.mark_read(actor=actor(), booking_id=booking_id, **body)}


@blp.route("/bookings/<uuid:booking_id>/message-images/<uuid:chat_image_id>", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM, Role.MEDIATOR)
@refuses(BookingNotFound, NoOpenComplaint, errors.ChatImageNotFound)
@blp.arguments(WidthFilter, location="query")
@blp.response(200, _FILE, content_type="image/jpeg")
@blp.alt_response(200, schema=_FILE, content_type="image/webp", success=True)
def show_image(args: dict[str, int], booking_id: UUID, chat_image_id: UUID) -> Response:
    """查看聊天图片 · Get an image of a booking's chat"""
    found, content = chat.open_image(actor=actor(), booking_id=booking_id, media_id=chat_image_id, **args)
    return Response(content, mimetype=found.content_type, headers={
        "Content-Disposition": f'inline; filename="{found.id}"', "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox"})
