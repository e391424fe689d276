"""What credit writes in the ledger (subject ``worker:id``), and what it makes of the facts of the rooms below."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.documents import facts as documents
from qiaojiejie.reviews import facts as reviews
from qiaojiejie.workers import facts as workers

PUBLISHED = "credit.published"  # {score, grade, rule, through: ledger id}

Data = Mapping[str, Any]
#: (type of event, what the rule reads of it); None when the fact says nothing about a worker's credit
Reading = tuple[str, dict[str, Any]] | None

EPOCH = date(1970, 1, 1)
LATE_MINUTES = 15
ASPECTS = ("skill", "attitude", "punctuality", "honesty", "communication")


def day_number(day: date) -> int:
    """Whole days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a day number."""
    return EPOCH + timedelta(days=number)


def _completed(data: Data) -> Reading:
    late = (data.get("late_minutes") or 0) > LATE_MINUTES
    return "order_completed", {"punctuality": "late" if late else "on_time"}


def _rated(data: Data) -> Reading:
    if data["side"] != "household":
        return None
    return "rating", {"overall": data["overall"], "aspects": [data["aspects"][name] for name in ASPECTS]}


def _cancelled(data: Data) -> Reading:
    if data["by"] != "worker":
        return None
    return "cancel_worker", {"notice_h": max(0, data["notice_minutes"]) // 60}


def _complaint(type_: str, *more: str) -> Callable[[Data], Reading]:
    return lambda data: (type_, {"complaint": data["complaint"], **{name: data[name] for name in more}})


def _verified(data: Data) -> Reading:
    until = data.get("valid_until")
    paper = {"document": data["document"],
             "valid_until": None if until is None else day_number(date.fromisoformat(until))}
    if data["kind"] == "identity":
        return "identity_verified", {"document": data["document"]}
    if data["kind"] == "health":
        return "health_cert", paper
    if data["kind"] == "background":
        return "background_check", {**paper, "result": data.get("conclusion") or "unknown"}
    if data["kind"] == "certificate" and data.get("level"):
        return "certificate", {**paper, "level": 6 - data["level"]}  # national levels: five is the lowest
    return None


#: fact → how it reads as an event of the rule
READINGS: dict[str, Callable[[Data], Reading]] = {
    booking.COMPLETED: _completed,
    booking.CANCELLED: _cancelled,
    booking.DECLINED: lambda data: ("cancel_firm", {}),
    booking.WORKER_ABSENT: lambda data: ("no_show", {}),
    reviews.PUBLISHED: _rated,
    casework.OPENED: _complaint("complaint_opened"),
    casework.SUBSTANTIATED: _complaint("complaint_substantiated", "severity"),
    casework.DISMISSED: _complaint("complaint_dismissed"),
    documents.VERIFIED: _verified,
    documents.WITHDRAWN: lambda data: ("document_withdrawn", {"document": data["document"]}),
    workers.JOINED: lambda data: ("joined", {}),
}
