"""What activities there are, and when. Pure."""

from datetime import datetime, timedelta

#: the four entries (四进)
KINDS = ("ideas", "training", "service", "projects")
AHEAD, LONGEST = timedelta(days=180), timedelta(hours=24)


def fits(starts: datetime, ends: datetime, now: datetime) -> bool:
    """An activity begins from now on, within the days ahead, and ends within a day."""
    return now <= starts <= now + AHEAD and timedelta(0) < ends - starts <= LONGEST
