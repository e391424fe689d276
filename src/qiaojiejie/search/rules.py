"""What is near, what words are looked for, and what a worker's safety colour rests on. Pure: the day is given."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from operator import getitem
from struct import Struct
from typing import Any

import h3

from qiaojiejie.calendars.rules import HALF_HOURS
from qiaojiejie.calendars.rules.city import DAY_BYTES
from qiaojiejie.catalog.rules import cell, distance_m
from qiaojiejie.workers import rules as workers

#: metres
FARTHEST, USUAL = 20_000, 5_000
#: neighbouring cells' middles are never closer than this, in metres
_SPACING = 700
#: how many candidates are looked at for a page before the scan stops and says so
SCAN = 5_000
#: days of calendars answered at once, and workers a page of them
LONGEST_CALENDAR, MOST_CALENDARS, USUAL_CALENDARS = 31, 3_000, 100
#: a day without a start
NEVER = bytes(DAY_BYTES)

#: a sort order → the column it walks and whether the greatest comes first
SORTS = {"credit": ("score", True), "price": ("price", False), "experience": ("since", False),
         "distance": ("metres", False)}


@lru_cache(maxsize=2_000)
def near(lng: float, lat: float, radius: int) -> tuple[list[int], list[int]]:
    """Cells whose middle lies within ``radius`` metres of a WGS-84 place (its own cell always), and how far each is."""
    own = cell(lng, lat)
    cells, metres = [], []
    for found in h3.grid_disk(h3.int_to_str(own), radius // _SPACING + 1):
        there_lat, there_lng = h3.cell_to_latlng(found)
        away = distance_m(lng, lat, there_lng, there_lat)
        if away <= radius or h3.str_to_int(found) == own:
            cells.append(h3.str_to_int(found))
            metres.append(away)
    return cells, metres


def tsquery(words: str, services: Mapping[str, str]) -> str:
    """The tsquery for what a person typed: every word of it, or its pinyin initials; of punctuation alone, nothing.

    ``services``: every word for a service → its name; 做饭 finds who does 家务烹饪, too.
    """
    asked = []
    for part in words.split():
        all_of = " & ".join(f"'{word}'" for word in workers.words(part))
        name = " & ".join(f"'{word}'" for word in workers.words(services.get(part, "")))
        asked += [f"({all_of} | {name})" if name and name != all_of else all_of] if all_of else []
    return " & ".join(asked)


def obstacles(worker: workers.Papers, offered: Iterable[Any], on: date) -> list[dict[str, Any]]:
    """What in her papers stands in the way of services she offers, on a day; nothing of those she may do."""
    found = ((service.code, workers.eligible(worker, service, on)) for service in offered)
    return [{"service": code, "reasons": reasons} for code, reasons in found if reasons]


def at_least(grade: str | None) -> list[str]:
    """The grades from ``grade`` upwards; all of them for None."""
    return list(workers.GRADES[workers.GRADES.index(grade) if grade else 0:])


def safety(*, identity_verified_on: date | None, health_until: date | None, insured_until: date | None,
           on: date) -> dict[str, Any]:
    """The safety colour (安心码) of a day, why it is not green, and the day it will change if nothing is done."""
    colour = workers.safety_colour(identity_verified_on=identity_verified_on, health_until=health_until,
                                   insured_until=insured_until, on=on)
    reasons = [] if identity_verified_on else ["identity_not_verified"]
    for paper, until in (("health", health_until), ("insurance", insured_until)):
        if until is None or until < on:
            reasons.append(f"{paper}_missing" if until is None else f"{paper}_lapsed")
    changes_on = None
    if colour == "green" and health_until and insured_until:
        changes_on = (min(health_until, insured_until) + timedelta(days=1)).isoformat()
    return {"colour": colour, "reasons": reasons, "changes_on": changes_on}


class DayTexts(dict[bytes, bytes]):
    """The JSON text of a day by the bits at which a visit can begin on it, after a comma; none without any.

    Few days differ: a text is made once for all workers to whom it applies.
    """

    def __init__(self, day: date) -> None:
        super().__init__({NEVER: b""})
        self.begins = f',{{"day":"{day}","starts":['

    def __missing__(self, bits: bytes) -> bytes:
        self[bits] = text = f"{self.begins}{runs(int.from_bytes(bits))}]}}".encode()
        return text


def calendar_texts(heads: Iterable[str], days: Sequence[date], starts: bytes) -> list[bytes]:
    """Each worker's calendar as JSON text, from how it begins and the half hours at which a visit can begin
    (``View.starts``). Bytes all the way: a name in Chinese would make three megabytes of text six."""
    texts = [DayTexts(day) for day in days]
    return [b"%b%b]}" % (head.encode(), b"".join(map(getitem, texts, row))[1:])
            for head, row in zip(heads, _cut(len(days), starts), strict=True)]


def free_by_day(starts: bytes, days: int) -> list[int]:
    """With how many workers a visit can begin on each day."""
    columns = zip(*_cut(days, starts), strict=True)
    return [len(column) - column.count(NEVER) for column in columns] or [0] * days


def _cut(days: int, starts: bytes) -> Iterator[tuple[bytes, ...]]:
    """The days of each worker; the one after them is left out."""
    return Struct(f"{DAY_BYTES}s" * days + f"{DAY_BYTES}x").iter_unpack(starts)


@lru_cache(maxsize=10_000)
def runs(starts: int) -> str:
    """The half hours of a day, as JSON text: from the first to the last of each unbroken run of them."""
    found: list[list[str]] = []
    for slot in range(HALF_HOURS):
        if starts >> (HALF_HOURS - 1 - slot) & 1:
            time = f"{slot // 2:02d}:{slot % 2 * 30:02d}"
            if slot and starts >> (HALF_HOURS - slot) & 1:
                found[-1][1] = time
            else:
                found.append([time, time])
    return ",".join(f'{{"first":"{first}","last":"{last}"}}' for first, last in found)
