"""When firms were paid: month by month, a few days after its end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qiaojiejie.core import clock, workdays

#: so many whole months are paid; the newest one waits for a person
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Run:
    """A batch's days and moments: it covers what was booked until ``until`` (the midnight after ``through``)."""

    since: datetime
    until: datetime
    through: date
    made_at: datetime
    decided_at: datetime
    paid_at: datetime


def runs(today: date) -> list[Run]:
    """The batches of the past year, oldest first: of every month but this and the last, which is left to a person."""
    found, first = [], today.replace(day=1)
    for _ in range(MONTHS + 1):
        after, first = first, (first - timedelta(days=1)).replace(day=1)
        found.append(_run(first, after))
    return found[:0:-1]


def _run(first: date, after: date) -> Run:
    """Made on the third working day of the next month, approved that day, paid on the following one."""
    made_on = workdays.after(after, 2)
    return Run(clock.midnight(first), clock.midnight(after), after - timedelta(days=1), _at(made_on, 9, 40),
               _at(made_on, 15, 5), _at(workdays.after(made_on, 1), 10, 15))


def _at(day: date, hour: int, minute: int) -> datetime:
    return clock.midnight(day) + timedelta(hours=hour, minutes=minute)
