"""Papers on a day: what is there, until when, and what their lack keeps the grade from."""

from typing import Any

from qiaojiejie.credit.rules.evidence import Kinds, in_date
from qiaojiejie.credit.rules.ruleset import Event

#: said of a paper's last day when there is no such paper in date
NOT_THERE = -1


def gates(kinds: Kinds, as_of: int) -> list[dict[str, Any]]:
    """What a worker's missing papers keep her from, of her events in use: [{code, grade, bookable}]."""
    found = []
    if not kinds["identity_verified"]:
        found.append({"code": "R01", "grade": "C", "bookable": "none"})
    if _background(kinds, as_of) == NOT_THERE:
        found.append({"code": "R02", "grade": "B", "bookable": "no_care"})
    if until(kinds, "health_cert", as_of) == NOT_THERE:
        found.append({"code": "R03", "grade": "B", "bookable": "no_care"})
    return found


def papers_until(kinds: Kinds, as_of: int) -> int | None:
    """The last day on which identity, background and health are all good; None: no end; −1: they are not now."""
    ends = [until(kinds, "identity_verified", as_of), _background(kinds, as_of), until(kinds, "health_cert", as_of)]
    return min((end for end in ends if end is not None), default=None)


def until(kinds: Kinds, kind: str, as_of: int) -> int | None:
    """The last day of the best paper of a kind that is in date; None: no end; −1: none is."""
    return _last([event for event in kinds[kind] if in_date(event, as_of)])


def _background(kinds: Kinds, as_of: int) -> int | None:
    """Of background checks only the last counts, and it must be clear."""
    return _last([event for event in kinds["background_check"][-1:]
                  if event["result"] == "clear" and in_date(event, as_of)])


def _last(good: list[Event]) -> int | None:
    ends = [event.get("valid_until") for event in good]
    if not ends:
        return NOT_THERE
    return None if None in ends else max(end for end in ends if end is not None)
