"""Arithmetic of days cut into half hours: pure, no clock, no database.

A day is 48 bits, the leftmost for 00:00–00:30 (Asia/Shanghai). A bit is 1 where no visit can take place: outside her
hours of that day, beyond her horizon, during an interval, or so close to one that her buffers would not fit. So a visit
fits exactly where every bit it covers is 0. What bits cannot tell is the way between two places: see ``ways``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

HALF_HOURS = 48
MINUTES = 30
HALF_HOUR = timedelta(minutes=MINUTES)
#: how many days can be booked at most, today among them
HORIZON = 60
#: buffers are half hours of at most so many minutes; the longest notice, in minutes
LONGEST_BUFFER, LONGEST_NOTICE = 120, 7 * 24 * 60
WIDEST = timedelta(minutes=LONGEST_BUFFER)
#: how far ahead a day is given hours of its own
LONGEST_AHEAD = timedelta(days=366)
#: the longest leave entered at once
LONGEST_LEAVE = timedelta(days=366)
#: a day on which nothing can take place
NOT_FREE = (1 << HALF_HOURS) - 1

#: minutes after midnight: from, until
Hours = tuple[int, int]
#: a stretch of time, from, until (exclusive)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Terms:
    """On what terms a worker takes visits: as everybody does, unless she or her firm says otherwise."""

    works_holidays: bool = True
    #: minutes kept free before and after each visit
    buffer_before: int = 30
    buffer_after: int = 30
    #: how long before its start a visit is booked at the latest
    notice_minutes: int = 60
    #: how many days can be booked, today among them
    horizon_days: int = HORIZON

    @property
    def before(self) -> timedelta:
        """What is kept free before each visit."""
        return timedelta(minutes=self.buffer_before)

    @property
    def after(self) -> timedelta:
        """What is kept free after each visit."""
        return timedelta(minutes=self.buffer_after)

    @property
    def notice(self) -> timedelta:
        """How long before its start a visit is booked at the latest."""
        return timedelta(minutes=self.notice_minutes)


USUAL = Terms()
#: the usual buffer
BUFFER = USUAL.before
#: the usual notice
NOTICE = USUAL.notice


@dataclass(frozen=True)
class Worktime:
    """When a worker takes work at all, whatever she is engaged for."""

    #: by weekday, 1 Monday
    week: Mapping[int, Sequence[Hours]] = field(default_factory=dict)
    terms: Terms = USUAL
    #: the bits of days with hours of their own, holidays or not
    special: Mapping[date, int] = field(default_factory=dict)
    #: the days she is off by her terms
    holidays: Collection[date] = ()

    def closed(self, day: date) -> int:
        """The bits of a day from its hours alone."""
        if day in self.special:
            return self.special[day]
        return NOT_FREE if day in self.holidays else hours_bits(self.week.get(day.isoweekday(), ()))


@dataclass(frozen=True)
class Seat:
    """A worker's time for something: ``start`` to ``until`` is the visit itself, in ``cell``, on her terms."""

    ref: str
    worker_no: int
    start: datetime
    until: datetime
    cell: int | None = None
    terms: Terms | None = None


def bookable(today: date) -> list[date]:
    """The days that can be booked."""
    return [today + timedelta(days=ahead) for ahead in range(HORIZON)]


def mask(first: int, last: int) -> int:
    """The half hours ``first`` until ``last`` (exclusive) of a day, 0 to 48."""
    return (1 << (HALF_HOURS - first)) - (1 << (HALF_HOURS - last)) if first < last else 0


def hours_bits(hours: Iterable[Hours]) -> int:
    """A day's bits when she works the given minutes of it and nothing else is known."""
    bits = NOT_FREE
    for starts, ends in hours:
        bits &= ~mask(-(-starts // MINUTES), ends // MINUTES)
    return bits


def masks(start: datetime, until: datetime) -> dict[date, int]:
    """The half hours that [``start``, ``until``) touches, by local day."""
    found = {}
    begins, ends = start.astimezone(LOCAL), until.astimezone(LOCAL)
    day = begins.date()
    while day <= ends.date():
        first = _half_hours(begins) if day == begins.date() else 0
        last = _half_hours(ends - timedelta(microseconds=1)) + 1 if day == ends.date() else HALF_HOURS
        if day == ends.date() and ends.time() == time():
            last = 0
        if first < last:
            found[day] = mask(first, last)
        day += timedelta(days=1)
    return found


def _half_hours(moment: datetime) -> int:
    return (moment.hour * 60 + moment.minute) // MINUTES


def engaged(spans: Iterable[Span], terms: Terms = USUAL) -> list[Span]:
    """What is engaged of these times of work, in order: her buffers added, what then touches joined."""
    found: list[Span] = []
    for start, until in sorted(spans):
        begins, ends = start - terms.before, until + terms.after
        if found and begins <= found[-1][1]:
            begins, ends = found[-1][0], max(ends, found.pop()[1])
        found.append((begins, ends))
    return found


def pieces(ref: str) -> tuple[str, str]:
    """How what is engaged beside another time is named: before that and after it."""
    return f"{ref}:before", f"{ref}:after"


def beside(wanted: Span, old: Span) -> tuple[Span | None, Span | None]:
    """Those parts of ``wanted`` that ``old`` does not cover: before it and after it."""
    start, until = wanted
    before, after = (start, min(until, old[0])), (max(start, old[1]), until)
    return before if before[0] < before[1] else None, after if after[0] < after[1] else None


def closed_by(start: datetime, until: datetime, terms: Terms = USUAL) -> dict[date, int]:
    """The half hours in which no visit fits because of an interval: itself and the buffer of the visit beside it."""
    return masks(start - terms.after, until + terms.before)


def draw(days: Sequence[date], worktime: Worktime, intervals: Iterable[Span], today: date) -> list[int]:
    """The bits of each day of one worker, from her hours and intervals; beyond her horizon she is not free."""
    beyond = today + timedelta(days=worktime.terms.horizon_days)
    closed: dict[date, int] = {}
    for start, until in intervals:
        for day, bits in closed_by(start, until, worktime.terms).items():
            closed[day] = closed.get(day, 0) | bits
    return [NOT_FREE if day >= beyond else worktime.closed(day) | closed.get(day, 0) for day in days]


def covers(worktime: Worktime, start: datetime, until: datetime) -> bool:
    """True when her hours cover all of [``start``, ``until``)."""
    return all(worktime.closed(day) & bits == 0 for day, bits in masks(start, until).items())


def hours_of(closed: int) -> list[Hours]:
    """The hours of a day from its bits, in order."""
    edges = [slot for slot in range(HALF_HOURS + 1) if _open(closed, slot) != _open(closed, slot - 1)]
    return [(starts * MINUTES, ends * MINUTES) for starts, ends in zip(edges[::2], edges[1::2], strict=True)]


def _open(closed: int, slot: int) -> bool:
    return 0 <= slot < HALF_HOURS and not closed >> (HALF_HOURS - 1 - slot) & 1


def free_spans(bits_by_day: Mapping[date, int], start: datetime, until: datetime) -> list[Span]:
    """The stretches of [``start``, ``until``) in which a visit fits, joined over midnight; a missing day has none."""
    spans: list[Span] = []
    for begins, ends in _free_runs(bits_by_day, masks(start, until)):
        begins, ends = max(begins, start), min(ends, until)
        if spans and spans[-1][1] == begins:
            begins = spans.pop()[0]
        if begins < ends:
            spans.append((begins, ends))
    return spans


def _free_runs(bits_by_day: Mapping[date, int], wanted: Mapping[date, int]) -> Iterator[Span]:
    for day in sorted(wanted):
        free = wanted[day] & ~bits_by_day.get(day, NOT_FREE)
        midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL).astimezone(UTC)
        for slot in range(HALF_HOURS):
            if free >> (HALF_HOURS - 1 - slot) & 1:
                yield midnight + slot * HALF_HOUR, midnight + (slot + 1) * HALF_HOUR


def starts(spans: Iterable[Span], minutes: int) -> list[datetime]:
    """The half hours at which a visit of ``minutes`` can begin inside ``spans``."""
    length, found = timedelta(minutes=minutes), []
    for begins, ends in spans:
        moment = _next_half_hour(begins)
        while moment + length <= ends:
            found.append(moment)
            moment += HALF_HOUR
    return found


def _next_half_hour(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % MINUTES, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + HALF_HOUR
