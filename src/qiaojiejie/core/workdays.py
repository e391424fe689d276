"""Working days as China keeps them: holidays are off and some weekends are worked for them.

The State Council names a year's holidays towards the end of the year before; of a year that is not known yet every
Monday to Friday is taken for a working day.
"""

from datetime import date, timedelta

import chinese_calendar

_DAY = timedelta(days=1)
_KNOWN = frozenset(day.year for day in chinese_calendar.holidays)


def is_working(day: date) -> bool:
    """Whether people are at work on a day."""
    return chinese_calendar.is_workday(day) if day.year in _KNOWN else day.weekday() < 5


def after(day: date, count: int) -> date:
    """The ``count``-th working day after a day."""
    while count:
        day += _DAY
        count -= is_working(day)
    return day


def between(first: date, last: date) -> int:
    """How many working days come after ``first``, up to and with ``last``."""
    return sum(is_working(first + n * _DAY) for n in range(1, (last - first).days + 1))
