"""Arithmetic of days worked: halves, what an early ending pays, when the last word on a day is spoken. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.attendance import facts
from qiaojiejie.attendance.errors import EndingQuoteChanged
from qiaojiejie.booking.errors import TooEarly, TooLate
from qiaojiejie.booking.rules import days, when
from qiaojiejie.calendars.rules import LOCAL
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


def begins(day: date) -> datetime:
    """When a day can be written down."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


def closes(day: date) -> datetime:
    """When a day can no longer be written down."""
    return begins(day) + _DAY + WRITTEN_WITHIN


def check_day(day: date, now: datetime) -> None:
    """May a day be written down now: from its first moment until 72 hours after its last? Raises TooEarly, TooLate."""
    if now < begins(day):
        raise TooEarly(**when(begins(day)))
    if now >= closes(day):
        raise TooLate(**when(closes(day)))


def check_contest(recorded_at: datetime, now: datetime) -> None:
    """May a day still be contested: for 48 hours, and no longer? Raises TooLate."""
    if now >= recorded_at + AGREES_AFTER:
        raise TooLate(**when(recorded_at + AGREES_AFTER))


def standing(written: Iterable[Day]) -> list[Day]:
    """Days written down that were not struck out."""
    return [each for each in written if each.state != "struck"]


def unwritten(planned: Iterable[date], written: Iterable[Day], *, last: date, now: datetime) -> list[date]:
    """Days of the plan, up to ``last``, that may still be written down."""
    taken = {each.day for each in written}
    return [day for day in planned if day <= last and day not in taken and now < closes(day)]


def ending(*, prices: Mapping[date, int], written: Iterable[Day], left_fen: int, early_permille: int, today: date,
           now: datetime) -> Ending:
    """What ending now comes to: only days worked are paid, and a fee on those given up where the terms ask for one:
    the days after today, not those on which she did not come.

    ``left_fen``: what was paid and has not gone back. What a day that may still be written down would cost is held
    until it is, or can no longer be.
    """
    rows = list(written)
    kept = sum(each.fen for each in standing(rows))
    still, given_up = unwritten(prices, rows, last=today, now=now), [day for day in prices if day > today]
    held = sum(prices[day] for day in still)
    left = max(0, left_fen - kept - held)
    fee = min(left, int(share(sum(prices[day] for day in given_up), early_permille)))
    return Ending(days=len(standing(rows)), kept_fen=kept, open_days=len(still), open_fen=held, fee_fen=fee,
                  refund_fen=left - fee, last_day=today, good_until=_changes(still, given_up))


def _changes(still: Iterable[date], given_up: Iterable[date]) -> datetime | None:
    """When an ending comes to something else by itself: a day can be written down no more, or another one can be."""
    return min((*(closes(day) for day in still), *(begins(day) for day in given_up)), default=None)


def check_expected(found: Ending, expected_refund: int) -> None:
    """Is it the refund that was quoted? Raises EndingQuoteChanged with the new figures."""
    if found.refund_fen != expected_refund:
        raise EndingQuoteChanged(refund=found.refund_fen, refund_display=display(found.refund_fen),
                                 fee=found.fee_fen, fee_display=display(found.fee_fen))


def settled(*, planned: Iterable[date], written: Iterable[Day], last: date, now: datetime) -> bool:
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
