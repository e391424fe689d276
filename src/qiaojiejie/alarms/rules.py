"""When help may be called through a booking, and how long what was seen is kept. Pure."""

from datetime import datetime, timedelta

from qiaojiejie.alarms.errors import AlarmNotNow

#: states of a booking in which one side may be with the other
STATES = ("confirmed", "under_way", "served")
BEFORE = timedelta(minutes=60)
AFTER = timedelta(hours=2)
#: how long a place is kept once the alarm is over
PLACE_KEPT = timedelta(days=30)


def check_time(*, state: str, start: datetime, end: datetime, now: datetime) -> None:
    """May help be called at this moment of a booking? ``end``: agreed, or when she left, if later.

    Raises AlarmNotNow.
    """
    if state not in STATES or not start - BEFORE <= now <= end + AFTER:
        raise AlarmNotNow()
