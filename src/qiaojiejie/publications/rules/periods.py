"""Months and quarters as days in Asia/Shanghai, and when each is published."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHLY, QUARTERLY = "monthly", "quarterly"
#: kind → how many months
KINDS = {MONTHLY: 1, QUARTERLY: 3}
#: a period is published when so many days have passed since its last one: what families say of its last jobs has come
SETTLES_DAYS = 15

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")


@dataclass(frozen=True)
class Period:
    """A month or a quarter, by its first day."""

    kind: str
    first: date

    @property
    def name(self) -> str:
        """2026-10, or 2026-Q3."""
        if self.kind == MONTHLY:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-Q{self.first.month // 3 + 1}"

    @property
    def following(self) -> "Period":
        """The next one of its kind."""
        month = self.first.month - 1 + KINDS[self.kind]
        return Period(self.kind, date(self.first.year + month // 12, month % 12 + 1, 1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def known_until(self) -> date:
        """The day at whose first moment its figures stand: what was recorded before counts."""
        return self.following.first + timedelta(days=SETTLES_DAYS)


def parse(kind: str, name: str) -> Period | None:
    """The period of a kind by its name; None when there is none such."""
    if kind == MONTHLY and (found := _MONTH.fullmatch(name)):
        return Period(kind, date(int(found[1]), int(found[2]), 1))
    if kind == QUARTERLY and (found := _QUARTER.fullmatch(name)):
        return Period(kind, date(int(found[1]), 3 * int(found[2]) - 2, 1))
    return None


def containing(kind: str, day: date) -> Period:
    """The period of a kind a day lies in."""
    return Period(kind, day.replace(month=(day.month - 1) // KINDS[kind] * KINDS[kind] + 1, day=1))


def to_publish(since: date, today: date) -> Iterator[Period]:
    """Periods from the one ``since`` lies in whose figures stand today, of both kinds, the earliest first."""
    for kind in KINDS:
        period = containing(kind, since)
        while period.known_until <= today:
            yield period
            period = period.following
