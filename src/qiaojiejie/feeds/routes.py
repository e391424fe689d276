"""Calendar feeds over HTTP."""

from typing import Any

from flask import Response

from qiaojiejie.core.access import Role, actor, allow, fresh, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.feeds import queries, service as feeds
from qiaojiejie.feeds.errors import CalendarFeedNotFound, FetchedTooOften
from qiaojiejie.feeds.schemas import FeedOut, NewFeedOut

blp = Blueprint("feeds", description="日历订阅 · My bookings in any calendar app, at a secret address")

_ICS = "text/calendar"


@blp.route("/me/calendar-feed", methods=["GET"])
@allow(Role.WORKER, Role.HOUSEHOLD)
@blp.response(200, FeedOut)
def show_feed() -> dict[str, Any]:
    """我的日历订阅 · Whether I have a feed, since when, when it was last fetched"""
    return queries.status(actor())


@blp.route("/me/calendar-feed", methods=["POST"])
@allow(Role.WORKER, Role.HOUSEHOLD)
@blp.response(201, NewFeedOut)
def make_feed() -> dict[str, Any]:
    """订阅日历 · Make the feed of the role I act in, or replace it

    Its secret address is told this once; an older address dies at once.
    """
    return feeds.make(actor=actor())


@blp.route("/me/calendar-feed", methods=["DELETE"])
@allow(Role.WORKER, Role.HOUSEHOLD)
@refuses(CalendarFeedNotFound)
@blp.response(204)
def revoke_feed() -> None:
    """停用日历订阅 · Revoke my feed: its address finds nothing from now on"""
    feeds.revoke(actor=actor())


@blp.route("/calendar-feeds/<feed_token>.ics", methods=["GET"])
@public
@fresh
@refuses(CalendarFeedNotFound, FetchedTooOften)
@blp.response(200, {"type": "string"}, content_type=_ICS)
def fetch_feed(feed_token: str) -> Response:
    """日历 · The bookings of a feed as iCalendar

    From 30 days ago to 180 days ahead: what, when, in which district; no name, phone or address of a family. Open to
    who has the address. The ETag changes with the bookings.
    """
    return Response(feeds.fetch(token=feed_token), content_type=f"{_ICS}; charset=utf-8",
                    headers={"Cache-Control": "private, no-cache"})
