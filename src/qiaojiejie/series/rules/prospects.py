"""What can be had of the visits a rule asks for, and what else is free then. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from qiaojiejie.calendars.rules import LOCAL, Worktime, closed_by, covers, free_spans, starts
from qiaojiejie.series.rules import can_be_asked

#: how many other starts are offered on the day, and in the week
OFFERS = 3
STATES = {"free": "可预约", "taken": "已约满", "outside_hours": "不在工作时间", "papers": "届时证件过期"}


@dataclass(frozen=True)
class Candidate:
    """A visit a rule asks for. ``plan``: book, ask, skip; ``others``: when else she is free that day and that week."""

    day: date
    start: datetime
    until: datetime
    holiday: str | None
    plan: str
    moved: bool
    state: str = "free"
    others: tuple[datetime, ...] = ()

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]

    @property
    def troubled(self) -> bool:
        """It is wanted and can't be had."""
        return self.plan != "skip" and self.state != "free"


@dataclass(frozen=True)
class Calendar:
    """What is known of a worker: her hours, her days' bits, and on which days her papers allow the work."""

    hours: Worktime
    bits: Mapping[date, int]
    eligible: Callable[[date], bool]
    now: datetime


def asked_for(*, days: Sequence[date], starts_at: datetime, minutes: int, holidays: Mapping[date, str], rule: str,
              moved: Mapping[date, datetime], now: datetime) -> list[Candidate]:
    """The visits of a rule, at the times it gives or those they were moved to, with what becomes of holidays."""
    found = []
    for day in days:
        start = moved.get(day, starts_at + (day - days[0]))
        named = holidays.get(start.astimezone(LOCAL).date())
        plan = rule if named and rule != "keep" else "book"
        if plan == "ask" and not can_be_asked(start, now):
            plan = "book"
        found.append(Candidate(day, start, start + timedelta(minutes=minutes), named, plan, day in moved))
    return found


def judge(candidates: Sequence[Candidate], of: Calendar) -> list[Candidate]:
    """Each with whether it can be had, and where not, with other starts that neither she nor the series needs."""
    judged = [replace(each, state=_state(each, of)) for each in candidates]
    crowded = dict(of.bits)
    for each in judged:
        if each.plan != "skip" and each.state == "free":
            for day, bits in closed_by(each.start, each.until, of.hours.terms).items():
                if day in crowded:
                    crowded[day] |= bits
    return [replace(each, others=tuple(_others(each, of, crowded))) if each.troubled else each for each in judged]


def _state(each: Candidate, of: Calendar) -> str:
    if not (of.eligible(each.start.astimezone(LOCAL).date())
            and of.eligible((each.until - timedelta(microseconds=1)).astimezone(LOCAL).date())):
        return "papers"
    if not covers(of.hours, each.start, each.until):
        return "outside_hours"
    return "free" if free_spans(of.bits, each.start, each.until) == [(each.start, each.until)] else "taken"


def _others(each: Candidate, of: Calendar, bits: Mapping[date, int]) -> list[datetime]:
    """Starts on the day itself, the nearest first, then on the other days of that week, the same hour first."""
    wanted = each.start.astimezone(LOCAL)
    monday = wanted.date() - timedelta(days=wanted.weekday())
    free = [start for ahead in range(7) for start in _on(monday + timedelta(days=ahead), each, of, bits)]
    same = [start for start in free if start.date() == wanted.date()]
    week = [start for start in free if start.date() != wanted.date()]
    near = sorted(same, key=lambda start: abs(start - wanted))[:OFFERS]
    return near + sorted(week, key=lambda start: (_off(start, wanted), abs(start - wanted)))[:OFFERS]


def _off(start: datetime, wanted: datetime) -> int:
    return abs(start.hour * 60 + start.minute - wanted.hour * 60 - wanted.minute)


def _on(day: date, each: Candidate, of: Calendar, bits: Mapping[date, int]) -> Iterable[datetime]:
    minutes = (each.until - each.start) // timedelta(minutes=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    if not of.eligible(day):
        return
    for start in starts(free_spans(bits, midnight, midnight + timedelta(days=2)), minutes):
        local = start.astimezone(LOCAL)
        if local.date() == day and start - of.now >= of.hours.terms.notice:
            yield local
