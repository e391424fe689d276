"""When visits can begin with many workers at once: days laid end to end as rows of bits. Pure."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qiaojiejie.calendars.rules import HALF_HOUR, HALF_HOURS, LOCAL, MINUTES, NOT_FREE, USUAL, bookable

DAY_BYTES = HALF_HOURS // 8
#: every byte with its bits turned: what is not free becomes what is
FLIPPED = bytes(range(255, -1, -1))

#: many workers' bits of a day: days after the first, then block and 8 bytes a worker, her number below 2¹⁵ in the block
#: and her bits
Packed = tuple[int, int, bytes]


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
    now: datetime

    def starts(self, workers: int, packed: Iterable[Packed], notices: Mapping[int, int]) -> bytes:
        """The half hours at which a visit can begin: of each worker ``days``, and one day more that means nothing.

        ``notices``: the notice in minutes of those who need another than the usual. All rows are one number: where a
        worker's ends there is a day into which no visit of the next one's reaches.
        """
        width = (len(self.days) + 1) * DAY_BYTES
        opened = bytearray(self._opened(USUAL.notice_minutes) * workers)
        for nth, notice in notices.items():
            opened[nth * width:(nth + 1) * width] = self._opened(notice)
        free = int.from_bytes(rows(workers, len(self.days) + 1, packed)) & int.from_bytes(opened)
        for step in shifts(self.minutes):
            free &= free << step
        return free.to_bytes(workers * width)

    def _opened(self, notice_minutes: int) -> bytes:
        """Where a visit may begin for whom needs so much notice."""
        days = len(self.days) + 1
        return from_moment(self.first, days, self.now + timedelta(minutes=notice_minutes)).to_bytes(days * DAY_BYTES)


def view(first: date, last: date, minutes: int, now: datetime, today: date) -> View:
    """What can be booked of the days ``first`` to ``last`` (included)."""
    horizon = bookable(today)[-1]
    begins, ends = max(first, today), min(last, horizon)
    days = [begins + timedelta(days=ahead) for ahead in range((ends - begins).days + 1)]
    after = min(ends + timedelta(days=1), horizon) if days else ends
    read = (after - begins).days + 1 if days else 0
    return View(days, begins, after, read, minutes, now)


def rows(workers: int, days: int, packed: Iterable[Packed]) -> bytes:
    """The free half hours of consecutive days, a row a worker (see ``View``); a day that is not kept has none.

    A table of bytes is filled column by column: nothing is done for each worker and day but to put its bits in place.
    """
    width = days * DAY_BYTES
    table = bytearray(workers * width)
    kept: dict[int, list[int]] = {}
    for ahead, block, values in packed:
        column = kept.setdefault(ahead, [NOT_FREE] * workers)
        for value in struct.unpack(f">{len(values) // 8}q", values):
            column[(block << 15) + (value >> HALF_HOURS)] = value
    for ahead, column in kept.items():
        bits = struct.pack(f">{workers}q", *column).translate(FLIPPED)
        for nth in range(DAY_BYTES):
            table[ahead * DAY_BYTES + nth::width] = bits[8 - DAY_BYTES + nth::8]
    return bytes(table)


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
