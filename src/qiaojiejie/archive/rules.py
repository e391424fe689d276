"""Months, names of partitions and files, and the digest of rows. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from qiaojiejie.booking.lifecycle import BOOKING, LIVE

#: a month's bookings stay for so many months after its end: longer than a cardholder's bank may ask for money back
YOUNGEST = 6
#: months after which ``flask archive bookings`` takes them, where nobody says otherwise
USUAL = 24
#: states in which a booking is over
OVER = tuple(sorted(set(BOOKING.states) - set(LIVE)))

#: a row as it is archived: of which table, its key there, and the row as JSON
Row = tuple[str, str, str]


def next_month(month: date, by: int = 1) -> date:
    """The first day of the month ``by`` months later (earlier, when it is negative)."""
    years, months = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, months + 1, 1)


def last_month(today: date, months_old: int) -> date:
    """The last month that ended so many months ago."""
    return next_month(today.replace(day=1), -1 - months_old)


def partition(month: date) -> str:
    """The name of a month's partition."""
    return f"archived_row_{month:%Y_%m}"


def file_name(month: date, part: int) -> str:
    """The name of a month's file; the second time something is taken of a month it is another part."""
    return f"bookings-{month:%Y-%m}-{part}.parquet"


class Digest:
    """SHA-256 over rows in their order, and how many there were."""

    def __init__(self) -> None:
        self._hash, self.rows = hashlib.sha256(), 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they come, each of them counted in."""
        for row in rows:
            self.rows += 1
            self._hash.update("\x1f".join(row).encode() + b"\x1e")
            yield row

    def count(self, rows: Iterable[Row]) -> None:
        """Count them all in."""
        for _ in self.over(rows):
            continue

    @property
    def value(self) -> tuple[int, str]:
        """How many, and their hash."""
        return self.rows, self._hash.hexdigest()
