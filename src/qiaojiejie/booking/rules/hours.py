"""Which hours of its days an engagement takes: all of them, hers, those asked for, a shift's. Pure.

Hours are minutes after midnight of the day they begin on; past 1440 they run into the next day and still belong to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qiaojiejie.booking.errors import OutsideHours, ShiftBegins, ShiftNotOffered
from qiaojiejie.calendars.rules import LOCAL, Hours, Span

DAY_MINUTES = 24 * 60
#: hours by weekday, 1 Monday
Week = Mapping[int, Sequence[Hours]]


def minutes_of(text: str) -> int:
    """``08:30`` as minutes after midnight."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def told(minutes: int) -> str:
    """Minutes after midnight as a family reads them: ``20:00``, ``次日 08:00``."""
    past, within = divmod(minutes, DAY_MINUTES)
    if minutes == DAY_MINUTES:
        return "24:00"
    return f"{'次日 ' if past else ''}{within // 60:02d}:{within % 60:02d}"


def between(starts: int, ends: int) -> str:
    """From when until when: ``09:00 至 17:00``, ``20:00 至次日 08:00``."""
    return f"{told(starts)} 至{'' if ends > DAY_MINUTES else ' '}{told(ends)}"


def at(day: date, minutes: int = 0) -> datetime:
    """So many minutes after midnight of a day in Suqian."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL).astimezone(UTC) + timedelta(minutes=minutes)


def by_day(week: Week, daily: Hours | None) -> Week:
    """The hours of each weekday on which she comes: hers, or those asked for where hers cover them.

    Raises OutsideHours when hers cover them on no day.
    """
    found = {weekday: list(hours) for weekday, hours in week.items() if hours} if daily is None else {
        weekday: [daily] for weekday, hours in week.items() if _cover(hours, daily)}
    if not found:
        raise OutsideHours()
    return found


def _cover(hours: Iterable[Hours], wanted: Hours) -> bool:
    """Whether hours, some of which may touch, cover others."""
    reached = wanted[0]
    for starts, ends in sorted(hours):
        if starts <= reached:
            reached = max(reached, ends)
    return reached >= wanted[1]


def shift_of(shifts: Sequence[Mapping[str, Any]], wanted: str | None) -> Mapping[str, Any] | None:
    """The shift asked for; None of a service that has none. Raises ShiftNotOffered, with those there are."""
    found = next((each for each in shifts if each["shift"] == wanted), None)
    if found is None and (shifts or wanted):
        raise ShiftNotOffered(choices=", ".join(each["shift"] for each in shifts),
                              names="、".join(each["name"] for each in shifts) or "无班次")
    return found


def shift_hours(shift: Mapping[str, Any]) -> Hours:
    """A shift's hours: one that ends no later than it begins ends on the next day."""
    starts, ends = minutes_of(shift["from"]), minutes_of(shift["until"])
    return starts, ends if ends > starts else ends + DAY_MINUTES


def check_shift(shift: Mapping[str, Any], start: datetime) -> None:
    """Does an engagement that begins then begin with its shift? Raises ShiftBegins."""
    if start != at(start.astimezone(LOCAL).date(), shift_hours(shift)[0]):
        raise ShiftBegins(shift=shift["name"], at=shift["from"])


def spans(days: Iterable[Mapping[str, Any]], start: datetime, until: datetime) -> list[Span]:
    """When she works from ``start`` on: the hours of each day, or all the time until the end where days have none."""
    found = [(max(at(day, starts), start), at(day, ends)) for each in days for day in [date.fromisoformat(each["day"])]
             for starts, ends in each.get("hours", ()) if at(day, ends) > start]
    return found or [(start, until)]


def end(days: Sequence[Mapping[str, Any]]) -> datetime:
    """When the last of an engagement's days is over."""
    last = days[-1]
    return at(date.fromisoformat(last["day"]), last["hours"][-1][1] if "hours" in last else DAY_MINUTES)


def before(taken: Iterable[Span], moment: datetime) -> list[Span]:
    """What of these times is over at a moment; what runs then is cut off."""
    return [(begins, min(ends, moment)) for begins, ends in taken if begins < moment]
