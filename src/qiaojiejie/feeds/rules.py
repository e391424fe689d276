"""Which bookings a feed holds and how each reads in iCalendar (RFC 5545). Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.rules import hours
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core.access import Role

if TYPE_CHECKING:
    from icalendar import Event

#: who may have a feed
ROLES = (Role.WORKER, Role.HOUSEHOLD)
#: from so long ago until so far ahead
BACK, AHEAD = timedelta(days=30), timedelta(days=180)
#: so long a booking that fell through is told as cancelled, so that apps drop it
TOLD_GONE = timedelta(days=30)
MOST_EVENTS = 1000
#: fetches of one feed an hour: apps ask every quarter of an hour at most, on a few devices
FETCHES_AN_HOUR = 60
#: states that stand; the others fell through
STANDING = ("held", "asked", "confirmed", "under_way", "served", "completed")
NAME = "巧姐姐预约"

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
DAY = timedelta(days=1)


def digest(token: str) -> bytes:
    """What is kept of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in order as runs without a gap: (first, day after the last)."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + DAY)
        else:
            found.append((day, day + DAY))
    return found


def times(booking: Any, role: str = Role.HOUSEHOLD) -> Sequence[tuple[date, date] | tuple[datetime, datetime]]:
    """When a booking is: the agreed time of a visit, the runs of days of an engagement until its end; to a worker those
    that are hers, not of who worked before: by the hour where only some hours of a day are agreed; all that is held for
    a birth.

    ``booking``: {during, plan, window_ends, ended_at, ended_early_at, …}.
    """
    start, until = booking.during.lower, booking.during.upper
    if booking.plan is None:
        return [(start, until)]
    ends = [moment for moment in (booking.ended_at, booking.ended_early_at) if moment]
    plan = [each for each in booking.plan["days"] if role == Role.HOUSEHOLD or "worker" not in each]
    if plan and "hours" in plan[0]:
        taken = hours.spans(plan, start, until)
        return hours.before(taken, min(ends)) or taken[:1] if ends else taken
    if booking.window_ends is not None:
        return [(start.astimezone(LOCAL).date(), until.astimezone(LOCAL).date())]
    days = [date.fromisoformat(each["day"]) for each in plan]
    last = min((moment.astimezone(LOCAL).date() for moment in ends), default=days[-1] if days else None)
    return spans(day for day in days if last is None or day <= last) or spans(days[:1])


def _events(booking: Any, role: str, origin: str) -> "Iterator[Event]":
    from icalendar import Event

    gone = booking.state not in STANDING
    who = booking.called if role == Role.HOUSEHOLD else booking.district
    for number, (first, until) in enumerate(times(booking, role)):
        event = Event()
        event.add("uid", f"{booking.id}{f'-{first:%Y%m%d%H%M}'.removesuffix('0000') if number else ''}@{origin}")
        event.add("dtstamp", booking.changed_at)
        event.add("last-modified", booking.changed_at)
        event.add("created", booking.created_at)
        event.add("sequence", booking.changes)
        event.add("dtstart", first)
        event.add("dtend", until)
        event.add("summary", f"{booking.service} · {who}")
        event.add("description", BOOKING.states[booking.state])
        event.add("location", booking.district)
        event.add("status", "CANCELLED" if gone else "TENTATIVE" if booking.state in ("held", "asked") else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if gone else "OPAQUE")
        event.add("class", "PRIVATE")
        yield event


def written(bookings: Iterable[Any], role: str, origin: str) -> bytes:
    """A feed: the same bookings are always the same bytes; ``MOST_EVENTS`` at most."""
    from icalendar import Calendar

    feed = Calendar()
    feed.add("prodid", "-//qiaojiejie//bookings//ZH")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("name", NAME)
    feed.add("x-wr-calname", NAME)
    feed.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT1H")
    events = (event for booking in bookings for event in _events(booking, role, origin))
    for event in islice(events, MOST_EVENTS):
        feed.add_component(event)
    content: bytes = feed.to_ical()
    return content
