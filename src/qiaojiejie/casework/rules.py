"""When a family may complain, what a decision must say, how long what may tell of it is kept. Pure."""

from datetime import date, datetime, timedelta

from qiaojiejie.casework.errors import (
    AlreadyMediated,
    ComplaintTooLate,
    MediationNotNow,
    NothingToComplainOf,
    SeverityMismatch,
)
from qiaojiejie.core import workdays

KINDS = ("quality", "punctuality", "damage", "theft", "safety", "attitude", "other")
OUTCOMES = ("substantiated", "dismissed")
MEDIATIONS = ("settled", "failed", "refused")
#: states in which the two sides may be brought together
MEDIABLE = ("open", "answered", "substantiated")
OPEN_DAYS = 30
#: so long after a booking is over what its parties said and showed each other is kept
KEPT_AFTER = timedelta(days=180)
#: that of a booking that is not over, or is held, is looked at again after this
AGAIN = timedelta(days=1)
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


def check_mediation(*, state: str, state_name: str, mediation: str | None) -> None:
    """Once, while something is in dispute. Raises AlreadyMediated, MediationNotNow."""
    if mediation is not None:
        raise AlreadyMediated()
    if state not in MEDIABLE:
        raise MediationNotNow(state=state, state_name=state_name)


def promptness(opened: date, answered: date | None, today: date) -> dict[str, int]:
    """How many working days the firm took to answer, or has let pass without an answer."""
    if answered is None:
        return {"unanswered_days": workdays.between(opened, today)}
    return {"working_days": workdays.between(opened, answered)}


def look_again(closed_at: datetime | None, held: bool, now: datetime) -> datetime | None:
    """When what is kept of a booking is next looked at for erasing; None when it is due now. ``held``: it may still be
    needed."""
    if closed_at is None or held:
        return now + AGAIN
    due = closed_at + KEPT_AFTER
    return due if due > now else None
