"""When a room may be had. Pure."""

from datetime import datetime, timedelta

#: what a room is had for
PURPOSES = ("interview", "class", "activity", "mediation", "other")
SHORTEST, LONGEST, AHEAD = timedelta(minutes=15), timedelta(hours=12), timedelta(days=180)


def fits(starts: datetime, ends: datetime, now: datetime) -> bool:
    """A reservation begins from now on, within the days ahead, and is neither too short nor too long."""
    return now <= starts <= now + AHEAD and SHORTEST <= ends - starts <= LONGEST
