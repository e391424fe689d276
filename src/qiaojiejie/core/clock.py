"""The time. UTC inside, Asia/Shanghai at the edge; movable in demo and tests, never in production."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())
_frozen: ContextVar[datetime | None] = ContextVar("clock_frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC) + _offset.get()


def today() -> date:
    """The present day in Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as read from a clock on the wall in Suqian."""
    return moment.astimezone(SHANGHAI)


def midnight(day: date) -> datetime:
    """The first moment of ``day`` in Asia/Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def year_or_last(year: int | None) -> tuple[date, date]:
    """The first day of a year and of the next; the twelve months that end with today when no year is said."""
    if year is not None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    return today() - timedelta(days=365), today() + timedelta(days=1)


def shift(offset: timedelta) -> None:
    """Let this context's clock run ``offset`` ahead of the real one (demo mode's movable clock)."""
    _offset.set(offset)


@contextmanager
def frozen(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at ``moment`` (aware) for the length of a ``with`` block; for tests and the sample city."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _frozen.reset(token)
