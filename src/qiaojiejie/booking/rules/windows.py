"""An engagement for a due date: some days before and after it are held, until it is said when it begins. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.booking.errors import BeginningNotSaid, BeginningTooLate, NothingToBegin, TooLittleNotice
from qiaojiejie.booking.rules import whole_minutes
from qiaojiejie.booking.rules.hours import at
from qiaojiejie.calendars.rules import LOCAL

#: when she comes on the first day, in minutes after midnight: of a due date nobody knows the hour
COMES_AT = 9 * 60
#: so long before she comes it is said at the latest
SAID_AHEAD = timedelta(hours=12)
#: so many days after the window it may still begin, when she is free
LATER_DAYS = 14
DAY = timedelta(days=1)


class Awaited(Protocol):
    """What is read here of a booking."""

    window_ends: Any
    plan: Any


def comes(day: date) -> datetime:
    """When she comes on the first day."""
    return at(day, COMES_AT)


def window(due_on: date, days: int, now: datetime, notice: timedelta) -> tuple[date, date]:
    """The first and the last day on which it may begin; a due date that is near is held from the next day she can be
    had, by her notice. Raises TooLittleNotice."""
    soonest = (now + notice - timedelta(minutes=COMES_AT)).astimezone(LOCAL).date()
    if comes(soonest) - now < notice:
        soonest += DAY
    if due_on < soonest:
        raise TooLittleNotice(minutes=whole_minutes(notice))
    return max(due_on - days * DAY, soonest), due_on + days * DAY


def ends(plan: Mapping[str, Any] | None) -> date | None:
    """The last day on which an engagement may begin that is for a due date."""
    return date.fromisoformat(plan["window"]["latest"]) if plan and "window" in plan else None


def check_begins(booking: Awaited, starts_on: date, now: datetime) -> None:
    """May it be said now that it begins on this day? Raises NothingToBegin, TooLittleNotice, BeginningTooLate."""
    if booking.window_ends is None:
        raise NothingToBegin()
    if comes(starts_on) - now < SAID_AHEAD:
        raise TooLittleNotice(minutes=whole_minutes(SAID_AHEAD))
    latest = booking.window_ends + LATER_DAYS * DAY
    if starts_on > latest:
        raise BeginningTooLate(latest=latest.isoformat())


def within(booking: Awaited, starts_on: date) -> bool:
    """Whether a day lies in the window that is held."""
    return date.fromisoformat(booking.plan["window"]["earliest"]) <= starts_on <= booking.window_ends


def check_said(booking: Awaited) -> None:
    """Is it known when it begins? Raises BeginningNotSaid."""
    if booking.window_ends is not None:
        raise BeginningNotSaid(until=booking.window_ends.isoformat())


def silent(now: datetime) -> date:
    """The last window over which silence has fallen: it begins on its last day."""
    return (now + SAID_AHEAD - timedelta(minutes=COMES_AT)).astimezone(LOCAL).date()


def fee_clock(plan: Mapping[str, Any] | None, start: datetime) -> datetime:
    """From when the fee for cancelling is counted: the earliest start there ever was."""
    if plan is None or "window" not in plan:
        return start
    return min(start, comes(date.fromisoformat(plan["window"]["earliest"])))
