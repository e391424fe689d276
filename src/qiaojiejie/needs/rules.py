"""Arithmetic of needs: what may be asked for, where about it is, how quotes differ. Pure; moments are given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import h3

from qiaojiejie.booking.rules import wall, whole_minutes
from qiaojiejie.calendars.rules import HORIZON, LOCAL, NOTICE
from qiaojiejie.needs.errors import (
    GoodUntilDoesNotFit, NeedClosesTooLate, NeedDaysDoNotFit, NeedNotOpen, NeedQuoteOver, StartNotAsked)

#: how many needs a household has at once; one that is ordered counts until it is paid, for it may open again
MOST_OPEN = 3
MOST_QUOTES = 5
LONGEST_OPEN = timedelta(days=7)
#: how many days a family may leave open
LONGEST_SPAN = 31
#: how many firms are told of a new need, and how many such news somebody may leave unread before hearing no more
MOST_TOLD, MOST_UNREAD = 50, 5
#: among how many quotes, the cheapest first, is looked for differences
MOST_COMPARED = 200
#: H3 resolution of what firms are told of the place: hexagons of about 5 km²
COARSE = 7
SORTS = ("total", "score")


def area(cell: int) -> str:
    """Where about a place is, as firms are told it: the H3 index of a wide hexagon."""
    return str(h3.cell_to_parent(h3.int_to_str(cell), COARSE))


def middle(cell: int) -> tuple[float, float]:
    """The middle of a cell, as (lng, lat)."""
    lat, lng = h3.cell_to_latlng(h3.int_to_str(cell))
    return lng, lat


def check_days(*, from_day: date, to_day: date, today: date) -> None:
    """May a family leave these days open? Raises NeedDaysDoNotFit."""
    if not today <= from_day <= to_day < today + timedelta(days=HORIZON) or (to_day - from_day).days >= LONGEST_SPAN:
        raise NeedDaysDoNotFit(span=LONGEST_SPAN, days=HORIZON)


def check_closing(*, closes_at: datetime, latest_start: datetime, now: datetime) -> None:
    """May a need close then? Raises NeedClosesTooLate."""
    if not now < closes_at <= min(now + LONGEST_OPEN, latest_start - NOTICE):
        raise NeedClosesTooLate(days=LONGEST_OPEN.days, minutes=whole_minutes(NOTICE))


def check_open(*, state: str, closes_at: datetime, now: datetime) -> None:
    """Is a need open, also where the sweep has not come to it yet? Raises NeedNotOpen."""
    if state != "open" or closes_at <= now:
        raise NeedNotOpen()


def start_of(*, asked: datetime | None, from_day: date | None, to_day: date | None,
             offered: datetime | None) -> datetime:
    """When the work of a quote begins: as the family asks, or as the firm offers within its days.

    Raises StartNotAsked.
    """
    if asked is not None:
        if offered not in (None, asked):
            there = asked.astimezone(LOCAL)
            raise StartNotAsked(asked=there.isoformat(timespec="minutes"), words=f" {wall(there)} 开始")
        return asked
    assert from_day is not None and to_day is not None  # a need has a start or its days
    if offered is None or not from_day <= offered.astimezone(LOCAL).date() <= to_day:
        raise StartNotAsked(asked=f"a day from {from_day} to {to_day}", words=f" {from_day} 至 {to_day} 之间的一天")
    return offered


def good_until(*, wanted: datetime | None, closes_at: datetime, start: datetime, now: datetime,
               notice: timedelta) -> datetime:
    """Until when a quote is good: as the firm says, or while the need is open, by her notice at the latest.

    Raises GoodUntilDoesNotFit.
    """
    latest = start - notice
    if wanted is None:
        return min(closes_at, latest)
    if not now < wanted <= latest:
        raise GoodUntilDoesNotFit(minutes=whole_minutes(notice))
    return wanted


def check_good(*, until: datetime, now: datetime) -> None:
    """Is a quote good still? Raises NeedQuoteOver."""
    if until <= now:
        raise NeedQuoteOver()


def facts_of(quote: Any, card: Mapping[str, Any] | None, metres: int | None) -> dict[str, Any]:
    """What families compare quotes by, by name."""
    known = card or {}
    return {"total": quote.total_fen, "start": quote.start, "firm": quote.firm_id,
            **{line["line"]: line["amount"] for line in quote.lines}, "distance": metres,
            **{name: known.get(name) for name in ("grade", "score", "completed", "certificates", "years")}}


def differing(compared: Iterable[Mapping[str, Any]]) -> list[str]:
    """By what quotes differ: the names of which not all say the same."""
    rows: Sequence[Mapping[str, Any]] = list(compared)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [name for name in names if any(row.get(name) != rows[0].get(name) for row in rows)]
