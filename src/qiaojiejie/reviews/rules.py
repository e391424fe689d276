"""When a review may be written and when it is shown. Pure."""

from datetime import datetime, timedelta

from qiaojiejie.reviews.errors import ReviewClosed, ReviewNotOpen

OPEN_DAYS = 30
#: a review shows after so long even when the other side stays silent
HIDDEN_FOR = timedelta(days=7)
MOST_WORDS = 500
#: how a household is named in public
A_FAMILY = "一位家庭用户"


def check_open(*, state: str, closed_at: datetime | None, now: datetime) -> None:
    """May a booking be reviewed now? Raises ReviewNotOpen, ReviewClosed."""
    if state != "completed" or closed_at is None:
        raise ReviewNotOpen()
    if now > closed_at + timedelta(days=OPEN_DAYS):
        raise ReviewClosed(days=OPEN_DAYS)


def mean(counts: dict[int, int]) -> str | None:
    """The mean of marks given as mark → how many, to one decimal, half up; None without any."""
    number = sum(counts.values())
    if not number:
        return None
    tenths = (sum(mark * count for mark, count in counts.items()) * 20 + number) // (2 * number)
    return f"{tenths // 10}.{tenths % 10}"
