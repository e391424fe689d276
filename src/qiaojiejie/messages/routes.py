"""Endpoints of the inbox."""

from typing import Any

from qiaojiejie.core.access import actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.messages import queries
from qiaojiejie.messages import service as messages
from qiaojiejie.messages.errors import NotificationNotFound
from qiaojiejie.messages.schemas import InboxFilter, InboxOut, ReadIn, TextMessageOut, UnreadOut

blp = Blueprint("messages", description="消息 · The inbox")


@blp.route("/me/notifications", methods=["GET"])
@allow()
@blp.arguments(InboxFilter, location="query")
@blp.response(200, InboxOut)
def inbox(wanted: dict[str, Any]) -> dict[str, Any]:
    """我的消息 · My notifications

    Newest first, in Chinese or English by Accept-Language, with the number of unread ones in the whole inbox.
    """
    me = actor().account_id
    page = queries.inbox(me, unread=wanted.get("unread"), cursor=wanted.get("cursor"), limit=wanted["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor, "unread": queries.unread_count(me)}


@blp.route("/me/notifications/read", methods=["POST"])
@allow()
@refuses(NotificationNotFound)
@blp.arguments(ReadIn, example={"ids": ["0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"]})
@blp.response(200, UnreadOut)
def read(body: dict[str, Any]) -> dict[str, int]:
    """标为已读 · Mark notifications as read

    Those named by `ids`, or `through` one: it and all before it. If one named isn't mine, none is marked.
    """
    return {"unread": messages.read(actor=actor(), **body)}


@blp.route("/me/text-messages", methods=["GET"])
@allow()
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(TextMessageOut))
def text_messages(args: dict[str, Any]) -> Page:
    """我的短信 · Text messages sent to me, and those held back

    Ten a day at most, and from 22:00 to 07:00 only what can't wait; what is held back is in the inbox all the same.
    Codes for signing in are not among them.
    """
    return queries.text_messages(actor().account_id, cursor=args.get("cursor"), limit=args["limit"])
