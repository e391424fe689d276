"""Arithmetic of days worked: halves, what an early ending pays, when the last word on a day is spoken. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.attendance import facts
from qiaojiejie.attendance.errors import EndingQuoteChanged
from qiaojiejie.booking.errors import TooEarly, TooLate
from qiaojiejie.booking.rules import days, hours, when
from qiaojiejie.core.money import display, share

LEAST_MINUTES, MOST_MINUTES = 60, 1440
#: how long a family may say that a day was not worked as written down; silence agrees
AGREES_AFTER = timedelta(hours=48)
#: how long after a day is over it may still be written down
WRITTEN_WITHIN = timedelta(hours=72)
CONTEST_REASONS = ("not_there", "fewer_hours", "somebody_else", "other")
#: why a household or a firm ends an engagement early
ENDING_REASONS = ("unsatisfied", "not_needed", "moved", "worker_ill", "worker_left", "unsafe", "other")

#: fact → the kind of notification and the parties who are told, but for who said it
NEWS = {facts.RECORDED: ("workday_recorded", ("household",)),
        facts.CONTESTED: ("workday_contested", ("worker", "firm", "mediator")),
        facts.AGREED: ("workday_agreed", ("household", "worker", "firm")),
        facts.STRUCK: ("workday_struck", ("household", "worker", "firm"))}

_DAY = timedelta(days=1)


class Day(Protocol):
    """What is read here of a day written down."""

    day: Any
    fen: Any
    state: Any


@dataclass(frozen=True)
class Ending:
    """What ending early comes to, in fen: ``kept_fen`` for ``days`` written down, ``open_fen`` held for days that may
    still be written down, ``fee_fen``; the rest goes back at once. ``good_until``: when a day can no longer be."""

    days: int
    kept_fen: int
    open_days: int
    open_fen: int
    fee_fen: int
    refund_fen: int
    last_day: date
    good_until: datetime | None


def is_half(minutes: int, half_minutes: int) -> bool:
    """Whether so much work is half a day: up to ``half_minutes``, exactly on it."""
    return minutes <= half_minutes


def price(day_fen: int, half: bool) -> int:
    """What a day comes to, whole or half."""
    return days.half(day_fen) if half else day_fen


@dataclass(frozen=True)
class Turn:
    """A day's work in time: when the day has begun, from when until when it can be written down."""

    begins: datetime
    opens: datetime
    closes: datetime


def turn(planned: Mapping[str, Any]) -> Turn:
    """A day of a plan in time: written down from its first moment until 72 hours after its last; work that runs into
    the next day begins with its hours, and is written down once it is over."""
    midnight = hours.at(date.fromisoformat(planned["day"]))
    taken = planned.get("hours") or [[0, hours.DAY_MINUTES]]
    begins, over = taken[0][0], taken[-1][1]
    if over <= hours.DAY_MINUTES:
        return Turn(midnight, midnight, midnight + _DAY + WRITTEN_WITHIN)
    end = midnight + timedelta(minutes=over)
    return Turn(midnight + timedelta(minutes=begins), end, end + WRITTEN_WITHIN)


def turns(plan: days.Plan) -> dict[date, Turn]:
    """The days of a plan in time, in order."""
    return {date.fromisoformat(each["day"]): turn(each) for each in plan["days"]}


def check_day(day: Turn, now: datetime) -> None:
    """May a day be written down now? Raises TooEarly, TooLate."""
    if now < day.opens:
        raise TooEarly(**when(day.opens))
    if now >= day.closes:
        raise TooLate(**when(day.closes))


def today(planned: Mapping[date, Turn], now: datetime) -> date:
    """The last day of a plan that has begun; before the first one has, the day before it."""
    return max((day for day, each in planned.items() if each.begins <= now), default=min(planned) - _DAY)


def on_trial(planned: Mapping[date, Turn], trial_days: int, now: datetime) -> bool:
    """Whether no more than the days of the trial have begun."""
    return sum(each.begins <= now for each in planned.values()) <= trial_days


def check_contest(recorded_at: datetime, now: datetime) -> None:
    """May a day still be contested: for 48 hours, and no longer? Raises TooLate."""
    if now >= recorded_at + AGREES_AFTER:
        raise TooLate(**when(recorded_at + AGREES_AFTER))


def standing(written: Iterable[Day]) -> list[Day]:
    """Days written down that were not struck out."""
    return [each for each in written if each.state != "struck"]


def unwritten(planned: Mapping[date, Turn], written: Iterable[Day], *, last: date, now: datetime) -> list[date]:
    """Days of the plan, up to ``last``, that may still be written down."""
    taken = {each.day for each in written}
    return [day for day, each in planned.items() if day <= last and day not in taken and now < each.closes]


def ending(*, planned: Mapping[date, Turn], prices: Mapping[date, int], written: Iterable[Day], left_fen: int,
           early_permille: int, now: datetime) -> Ending:
    """What ending now comes to: only days worked are paid, and a fee on those given up where the terms ask for one:
    the days that have not begun, not those on which she did not come.

    ``left_fen``: what was paid and has not gone back. What a day that may still be written down would cost is held
    until it is, or can no longer be.
    """
    rows = list(written)
    kept = sum(each.fen for each in standing(rows))
    last = today(planned, now)
    still, given_up = unwritten(planned, rows, last=last, now=now), [day for day in planned if day > last]
    held = sum(prices[day] for day in still)
    left = max(0, left_fen - kept - held)
    fee = min(left, int(share(sum(prices[day] for day in given_up), early_permille)))
    return Ending(days=len(standing(rows)), kept_fen=kept, open_days=len(still), open_fen=held, fee_fen=fee,
                  refund_fen=left - fee, last_day=last,
                  good_until=_changes(planned, still, given_up))


def _changes(planned: Mapping[date, Turn], still: Iterable[date], given_up: Iterable[date]) -> datetime | None:
    """When an ending comes to something else by itself: a day can be written down no more, or another one has begun."""
    return min((*(planned[day].closes for day in still), *(planned[day].begins for day in given_up)), default=None)


def check_expected(found: Ending, expected_refund: int) -> None:
    """Is it the refund that was quoted? Raises EndingQuoteChanged with the new figures."""
    if found.refund_fen != expected_refund:
        raise EndingQuoteChanged(refund=found.refund_fen, refund_display=display(found.refund_fen),
                                 fee=found.fee_fen, fee_display=display(found.fee_fen))


def settled(*, planned: Mapping[date, Turn], written: Iterable[Day], last: date, now: datetime) -> bool:
    """Whether the last word is spoken on every day up to ``last``: agreed, struck, or never to be written down."""
    rows = list(written)
    return (all(row.state in ("agreed", "struck") for row in rows)
            and not unwritten(planned, rows, last=last, now=now))


def is_news(fact: str, by: str) -> bool:
    """Whether anybody is told: of agreement only where there was something to decide."""
    return fact != facts.AGREED or by == "mediator"


def in_words(told: Mapping[str, Any]) -> dict[str, str]:
    """A day as a notification names it, from the data of its fact."""
    day = date.fromisoformat(told["day"])
    return {"workday": told["workday"], "day": f"{day.month}月{day.day}日",
            "length_zh": "半天" if told["half"] else "全天", "length_en": "half a day" if told["half"] else "a whole day"}
