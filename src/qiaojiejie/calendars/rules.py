"""Arithmetic of days cut into half hours: pure, no clock, no database.

A day is 48 bits, the leftmost for 00:00–00:30 (Asia/Shanghai). A bit is 1 where no visit can take place: outside her
weekly hours, during an interval, or so close to one that the way between the two would not fit. So a visit fits
exactly where every bit it covers is 0, and what the search shows as free can be engaged.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

HALF_HOURS = 48
MINUTES = 30
HALF_HOUR = timedelta(minutes=MINUTES)
#: the way to a visit and back, added to both its ends when it is engaged
BUFFER = timedelta(minutes=30)
#: how long before its start a visit is booked at the latest
NOTICE = timedelta(minutes=60)
#: how many days can be booked, today among them
HORIZON = 60
#: the longest leave entered at once
LONGEST_LEAVE = timedelta(days=366)
#: a day on which nothing can take place
NOT_FREE = (1 << HALF_HOURS) - 1
DAY_BYTES = HALF_HOURS // 8

#: minutes after midnight: from, until
Hours = tuple[int, int]
#: a stretch of time, from, until (exclusive)
Span = tuple[datetime, datetime]
#: many workers' bits of a day: days after the first, then block and 8 bytes a worker, her number below 2¹⁵ in the block
#: and her bits
Packed = tuple[int, int, bytes]


@dataclass(frozen=True)
class Seat:
    """A worker's time for something: ``start`` to ``until`` is the visit itself."""

    ref: str
    worker_no: int
    start: datetime
    until: datetime

    @property
    def engaged(self) -> Span:
        """With the way there and back."""
        return self.start - BUFFER, self.until + BUFFER


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


def engaged(spans: Iterable[Span]) -> list[Span]:
    """What is engaged of these times of work, in order: the way there and back added, what then touches joined."""
    found: list[Span] = []
    for start, until in sorted(spans):
        begins, ends = start - BUFFER, until + BUFFER
        if found and begins <= found[-1][1]:
            begins, ends = found[-1][0], max(ends, found.pop()[1])
        found.append((begins, ends))
    return found


def closed_by(start: datetime, until: datetime) -> dict[date, int]:
    """The half hours in which no visit fits because of an interval: itself and the way to the next visit."""
    return masks(start - BUFFER, until + BUFFER)


def pieces(ref: str) -> tuple[str, str]:
    """How what is engaged beside another time is named: before that and after it."""
    return f"{ref}:before", f"{ref}:after"


def beside(wanted: Span, old: Span) -> tuple[Span | None, Span | None]:
    """Those parts of ``wanted`` that ``old`` does not cover: before it and after it."""
    start, until = wanted
    before, after = (start, min(until, old[0])), (max(start, old[1]), until)
    return before if before[0] < before[1] else None, after if after[0] < after[1] else None


def draw(days: Sequence[date], hours: Mapping[int, Sequence[Hours]], intervals: Iterable[Span]) -> list[int]:
    """The bits of each day of one worker, from weekly hours (by weekday, 1 Monday) and intervals."""
    open_hours = {weekday: hours_bits(hours.get(weekday, ())) for weekday in range(1, 8)}
    closed: dict[date, int] = {}
    for start, until in intervals:
        for day, bits in closed_by(start, until).items():
            closed[day] = closed.get(day, 0) | bits
    return [open_hours[day.isoweekday()] | closed.get(day, 0) for day in days]


def covers(hours: Mapping[int, Sequence[Hours]], start: datetime, until: datetime) -> bool:
    """True when her weekly hours cover all of [``start``, ``until``)."""
    return all(hours_bits(hours.get(day.isoweekday(), ())) & bits == 0 for day, bits in masks(start, until).items())


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


@dataclass(frozen=True)
class View:
    """Days on which visits of one length may begin, for many workers alike.

    Consecutive days are one row of bits, first on the left, so that midnight is no border: ``read`` of them are looked
    at, the day after the last included, into which a visit may run.
    """

    days: Sequence[date]
    first: date
    last: date
    read: int
    minutes: int
    #: where a visit may begin for anybody: not before the notice
    open: int

    def starts(self, workers: int, packed: Iterable[Packed]) -> list[int]:
        """Of each worker, the half hours at which a visit can begin: a row of ``days`` (what is after is cut off)."""
        cut, steps = HALF_HOURS * (self.read - len(self.days)), shifts(self.minutes)
        found = []
        for free in rows(workers, self.read, packed):
            free &= self.open
            for step in steps:
                free &= free << step
            found.append(free >> cut)
        return found


def view(first: date, last: date, minutes: int, now: datetime, today: date) -> View:
    """What can be booked of the days ``first`` to ``last`` (included)."""
    horizon = bookable(today)[-1]
    begins, ends = max(first, today), min(last, horizon)
    days = [begins + timedelta(days=ahead) for ahead in range((ends - begins).days + 1)]
    after = min(ends + timedelta(days=1), horizon) if days else ends
    read = (after - begins).days + 1 if days else 0
    return View(days, begins, after, read, minutes, from_moment(begins, read, now + NOTICE))


def rows(workers: int, days: int, packed: Iterable[Packed]) -> list[int]:
    """The free half hours of consecutive days as one row a worker (see ``View``); a day that is not kept has none.

    A table of bytes is filled column by column: nothing is done for each worker and day but to put its bits in place.
    """
    width = days * DAY_BYTES
    table = bytearray(b"\xff") * (workers * width)
    kept: dict[int, list[int]] = {}
    for ahead, block, values in packed:
        column = kept.setdefault(ahead, [NOT_FREE] * workers)
        for value in struct.unpack(f">{len(values) // 8}q", values):
            column[(block << 15) + (value >> HALF_HOURS)] = value
    for ahead, column in kept.items():
        bits = struct.pack(f">{workers}q", *column)
        for nth in range(DAY_BYTES):
            table[ahead * DAY_BYTES + nth::width] = bits[8 - DAY_BYTES + nth::8]
    free = (1 << days * HALF_HOURS) - 1
    return [int.from_bytes(table[nth * width:(nth + 1) * width]) ^ free for nth in range(workers)]


def from_moment(first: date, days: int, start: datetime) -> int:
    """The half hours of a row of days that begin at ``start`` or later."""
    past = -((datetime(first.year, first.month, first.day, tzinfo=LOCAL) - start) // HALF_HOUR)
    return (1 << max(days * HALF_HOURS - max(past, 0), 0)) - 1


def shifts(minutes: int) -> list[int]:
    """How far a row of free half hours is shifted upon itself, step by step, until a bit stands where all those a
    visit of ``minutes`` covers are free: twice as many with each step."""
    wanted, covered, steps = -(-minutes // MINUTES), 1, []
    while covered < wanted:
        steps.append(min(covered, wanted - covered))
        covered += steps[-1]
    return steps
