"""A session's meetings, who was there for how much of it, and the code on the screen at the door."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

KINDS = ("theory", "practice")
#: how long one code at the door is shown; the one before it still counts, for who is just scanning
WINDOW = 30
#: signing in begins so long before a meeting
EARLY = timedelta(minutes=30)


def fit(meetings: Sequence[Mapping[str, Any]], *, theory: int, practice: int, now: datetime) -> bool:
    """Whether meetings lie ahead, in order, apart, and add up to a course's minutes of theory and of practice."""
    ends = [now, *(each["ends"] for each in meetings)]
    orderly = all(before <= each["starts"] < each["ends"] for before, each in zip(ends, meetings, strict=False))
    return orderly and minutes(meetings, "theory") == theory and minutes(meetings, "practice") == practice


def minutes(meetings: Iterable[Mapping[str, Any]], kind: str) -> int:
    """Minutes of one kind."""
    return sum(int((each["ends"] - each["starts"]).total_seconds()) // 60 for each in meetings if each["kind"] == kind)


def attended(lengths: Mapping[int, int], there: Iterable[int]) -> int:
    """Permille of a session's minutes that somebody was there for. ``lengths``: number of meeting → minutes."""
    whole = sum(lengths.values())
    return 1000 * sum(lengths[number] for number in set(there) if number in lengths) // whole if whole else 0


def window(at: datetime) -> int:
    """Which code is shown at a moment."""
    return int(at.timestamp()) // WINDOW


def is_open(starts: datetime, ends: datetime, at: datetime) -> bool:
    """Whether one can sign in now."""
    return starts - EARLY <= at < ends
