"""Arithmetic of a substitution: until when it is answered, who is offered first, what is told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import h3

from qiaojiejie.booking.rules import wall
from qiaojiejie.calendars.rules import LOCAL, Span, Worktime, covers
from qiaojiejie.catalog.rules import distance_m
from qiaojiejie.substitutions import facts
from qiaojiejie.workers.rules import GRADES

#: why she can't come, in words of a firm's declining
REASONS = ("worker_ill", "worker_left", "overbooked", "other")
#: how many are offered at a time, and how many of those who fit are shown
MOST, MOST_SHOWN = 3, 20
#: how long a family has, how long before the start it must have answered, and what it has at the least
ANSWERED_WITHIN, BEFORE_START, LEAST = timedelta(hours=24), timedelta(hours=2), timedelta(minutes=30)

#: fact → the kind of notification and the party who is told; who comes and what goes back is told of the booking
NEWS = {facts.OFFERED: ("substitute_proposed", "household"), facts.HASTENED: ("substitute_proposed", "household"),
        facts.DROPPED: ("substitute_gone", "firm"),
        facts.TAKEN: ("booking_taken_over", "former"), facts.WITHDRAWN: ("substitute_withdrawn", "household")}


def until(*, now: datetime, start: datetime) -> datetime:
    """Until when the family answers: 24 hours, not later than 2 hours before the start; half an hour at the least,
    and never after the start."""
    return min(max(min(now + ANSWERED_WITHIN, start - BEFORE_START), now + LEAST), start)


def metres(one: int, other: int) -> int:
    """How far the middles of two cells are apart."""
    (lat, lng), (there_lat, there_lng) = (h3.cell_to_latlng(h3.int_to_str(cell)) for cell in (one, other))
    return distance_m(lng, lat, there_lng, there_lat)


def fits(hours: Worktime, spans: Sequence[Span], mode: str | None) -> bool:
    """Do her hours allow it: a visit inside them; of an engagement by days (``mode``: its service's) the hours of each
    day inside those of her week, as when it was quoted, unless she lives in or works shifts."""
    if mode is not None:
        hours = replace(hours, special={}, holidays=())
    return mode not in (None, "monthly") or all(covers(hours, *span) for span in spans)


def rank(*, grade: str, completed_here: int, score: int, metres: int, no: int) -> tuple[int, ...]:
    """Who comes first: by grade, by how often she was with this family, by score, by distance."""
    return -GRADES.index(grade), -completed_here, -score, metres, no


def first_and_last(start: datetime, end: datetime) -> tuple[date, date]:
    """The days on which her papers must be in date."""
    return start.astimezone(LOCAL).date(), (end - timedelta(microseconds=1)).astimezone(LOCAL).date()


def told(data: Mapping[str, Any]) -> dict[str, str]:
    """What a notification says beside what it says of the booking, from the data of its fact."""
    return {"until": wall(datetime.fromisoformat(data["until"]).astimezone(LOCAL))} if "until" in data else {}
