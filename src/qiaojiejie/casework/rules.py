"""When a family may complain, and what a decision must say. Pure."""

from datetime import datetime, timedelta

from qiaojiejie.casework.errors import ComplaintTooLate, NothingToComplainOf, SeverityMismatch

KINDS = ("quality", "punctuality", "damage", "theft", "safety", "attitude", "other")
OUTCOMES = ("substantiated", "dismissed")
OPEN_DAYS = 30
#: outcome → the step of the lifecycle
STEPS = {"substantiated": "substantiate", "dismissed": "dismiss"}


def check_open(*, confirmed_at: datetime | None, end: datetime, now: datetime) -> None:
    """May a booking be complained of now: from its confirmation until 30 days after its end?

    Raises NothingToComplainOf, ComplaintTooLate.
    """
    if confirmed_at is None:
        raise NothingToComplainOf()
    if now > end + timedelta(days=OPEN_DAYS):
        raise ComplaintTooLate(days=OPEN_DAYS)


def check_decision(*, outcome: str, severity: int | None) -> None:
    """A severity belongs to what was substantiated and to nothing else. Raises SeverityMismatch."""
    if (outcome == "substantiated") != (severity is not None):
        raise SeverityMismatch()
