"""When an interview may be, and what may be said of it when. Pure.

A station's own hours are words for people, so an interview keeps to the hours below; the clerk's rooms decide the rest.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from qiaojiejie.calendars.rules import LOCAL, NOTICE, Span
from qiaojiejie.interviews import facts
from qiaojiejie.interviews.errors import InterviewBegun, InterviewNotYet, InterviewTooLate, NotAtStationHours

MINUTES = 30
LENGTH = timedelta(minutes=MINUTES)
OPENS, CLOSES = time(8, 30), time(17, 30)
#: interviews a household may have ahead of it
MOST = 3
#: how long after the start one may say that the other is not there
MISSED_AFTER = timedelta(minutes=15)
#: how long after it the family may say, or say better, what came of it
JUDGED_WITHIN = timedelta(days=7)

OUTCOMES = {"suitable": "合适", "unsuitable": "不合适", "undecided": "再考虑"}
REASONS = {"changed_mind": "改变主意", "found_other": "已另选", "ill": "生病", "family": "家中有事", "transport": "交通不便",
           "engaged": "已接其他单", "other": "其他"}
#: step that says who did not come
MISSED = {"family": "miss_family", "worker": "miss_worker"}

#: fact → the parties who are told; the kind of notification is the fact's name
NEWS = {
    facts.BOOKED: ("household", "worker", "firm", "station"),
    facts.CANCELLED: ("household", "worker", "firm", "station"),
    facts.HELD: ("household", "worker", "firm"),
    facts.JUDGED: ("worker", "firm"),
    facts.MISSED_BY_FAMILY: ("household", "worker", "firm"),
    facts.MISSED_BY_WORKER: ("household", "worker", "firm"),
    facts.LAPSED: ("household", "firm"),
}


def day_of(day: date) -> Span:
    """From when until when interviews are held on a day."""
    return datetime.combine(day, OPENS, LOCAL), datetime.combine(day, CLOSES, LOCAL)


def check_hours(starts: datetime) -> None:
    """Is it held while stations are open? Raises NotAtStationHours."""
    opens, closes = day_of(starts.astimezone(LOCAL).date())
    if not opens <= starts <= closes - LENGTH:
        raise NotAtStationHours(opens=f"{OPENS:%H:%M}", closes=f"{CLOSES:%H:%M}")


def slots(starts: Iterable[datetime], rooms: int, taken: Sequence[tuple[int, datetime, datetime]],
          now: datetime) -> list[datetime]:
    """Those of the worker's free half hours at which one of the rooms is free too; ``taken``: (room, from, until)."""
    return [moment for moment in starts if moment >= now + NOTICE and rooms > len(
        {room for room, begins, ends in taken if begins < moment + LENGTH and ends > moment})]


def check_ahead(starts: datetime, now: datetime) -> None:
    """May it still be cancelled? Raises InterviewBegun."""
    if now >= starts:
        raise InterviewBegun()


def check_begun(starts: datetime, now: datetime, after: timedelta = timedelta()) -> None:
    """May it be said already that it took place, or that somebody did not come? Raises InterviewNotYet."""
    if now < starts + after:
        there = (starts + after).astimezone(LOCAL)
        raise InterviewNotYet(since=f"{there:%Y-%m-%d %H:%M}")


def check_fresh(starts: datetime, now: datetime) -> None:
    """May it still be said what came of it? Raises InterviewTooLate."""
    if now > starts + JUDGED_WITHIN:
        raise InterviewTooLate(days=JUDGED_WITHIN.days)
