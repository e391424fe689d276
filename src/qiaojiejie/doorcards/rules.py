"""The token behind the QR, whose visit it is, and what a family may do about it. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

#: how long a token lives
LIFE = timedelta(seconds=60)
#: a grant at most
LONGEST = timedelta(days=90)
#: what a worker may let a family see: her name and ID number in full, her papers
FIELDS = ("name", "id_number", "health", "insurance", "background", "certificate")
#: so long before it begins a visit is "now"
EARLY = timedelta(hours=1)
#: states in which somebody is expected, or is there
EXPECTED = ("confirmed", "under_way", "served")


def written(worker_id: UUID, until: datetime) -> str:
    """What is signed: whose card, until when."""
    return f"{worker_id.hex}.{int(until.timestamp())}"


def read(token: str) -> tuple[str, UUID, int, str] | None:
    """(what was signed, worker, until as a Unix time, signature); None when it is no token."""
    worker, _, rest = token.partition(".")
    until, _, signature = rest.partition(".")
    if len(worker) != 32 or not (until.isascii() and until.isdecimal()) or len(until) > 12 or not signature.isascii():
        return None
    try:
        return f"{worker}.{until}", UUID(hex=worker), int(until), signature
    except ValueError:
        return None


def match(visits: Iterable[Any], now: datetime, day_ends: datetime) -> tuple[str, Any]:
    """How what is booked fits who stands there: ``now`` (a visit is on, or begins within the hour), ``today`` (later),
    or ``none``; and that visit. ``visits``: with ``during`` and ``state``, those of this worker for this family."""
    ahead = sorted((each for each in visits if each.state in EXPECTED and each.during.upper > now
                    and each.during.lower < day_ends), key=lambda each: each.during.lower)
    on = next((each for each in ahead if each.state == "under_way" or each.during.lower - EARLY <= now), None)
    if on is not None:
        return "now", on
    return ("today", ahead[0]) if ahead else ("none", None)


def actions(state: str | None, booking_id: UUID | None) -> list[dict[str, str]]:
    """What a family can do about a visit (addresses of the API): complain from its start, rate once it is completed."""
    if booking_id is None:
        return []
    found = []
    if state == "completed":
        found.append({"kind": "rate", "method": "POST", "path": f"/api/v1/bookings/{booking_id}/reviews"})
    if state in ("under_way", "served", "completed", "worker_absent"):
        found.append({"kind": "complain", "method": "POST", "path": f"/api/v1/bookings/{booking_id}/complaints"})
    return found
