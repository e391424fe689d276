"""How long the way between two places takes. Pure.

Places are H3 cells (half a kilometre across), never addresses. What is further takes longer, but never longer than in
two legs: so where the way fits between neighbours in time, it fits between all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import h3

from qiaojiejie.calendars.rules import Span

#: metres of road to a metre as the crow flies
DETOUR = 1.4
#: so many metres of road by electric bicycle, what is more by bus, in km/h
BICYCLE_METRES, BICYCLE_SPEED, BUS_SPEED = 15_000, 15, 30
#: ways are said in steps of so many minutes
STEP = 5
#: no way takes longer, wherever it leads; visits further apart are not looked at
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Place:
    """Where a worker is engaged from when until when, her buffers not counted."""

    start: datetime
    until: datetime
    cell: int


@lru_cache(maxsize=10_000)
def minutes(cell: int, other: int) -> int:
    """How long the way from one cell to another takes; none within a cell."""
    metres = DETOUR * h3.great_circle_distance(*(h3.cell_to_latlng(h3.int_to_str(each)) for each in (cell, other)),
                                               unit="m")
    hours = min(metres, BICYCLE_METRES) / 1000 / BICYCLE_SPEED + max(metres - BICYCLE_METRES, 0) / 1000 / BUS_SPEED
    return min(-(-int(hours * 3600) // (STEP * 60)) * STEP, LONGEST // timedelta(minutes=1))


def too_far(start: datetime, until: datetime, cell: int, places: Iterable[Place]) -> tuple[int, int] | None:
    """The minutes of the first way that does not fit before or after [``start``, ``until``), and of the gap it has.

    What overlaps leaves no gap; that two never do is not for ways to see to.
    """
    for place in sorted(places, key=lambda each: each.start):
        needed = minutes(cell, place.cell)
        gap = max(start - place.until, place.start - until) // timedelta(minutes=1)
        if 0 <= gap < needed:
            return needed, gap
    return None


def reachable(spans: Iterable[Span], cell: int, places: Iterable[Place]) -> list[Span]:
    """What is left of stretches of time for a visit in a cell, when the ways from and to other places are kept."""
    left = list(spans)
    for place in places:
        way = timedelta(minutes=minutes(cell, place.cell))
        closed = (place.start - way, place.until + way)
        left = [part for span in left for part in _without(span, closed)]
    return left


def _without(span: Span, closed: Span) -> list[Span]:
    parts = [(span[0], min(span[1], closed[0])), (max(span[0], closed[1]), span[1])]
    return [part for part in parts if part[0] < part[1]]
