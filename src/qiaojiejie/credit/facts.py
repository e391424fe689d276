"""What credit writes in the ledger (subject ``worker:id``, ``firm:id``, ``household:id``, ``month:day`` or
``rule:version``), and what it makes of the facts of the rooms below."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.competitions import facts as competitions
from qiaojiejie.core import clock
from qiaojiejie.documents import facts as documents
from qiaojiejie.firms import facts as firms
from qiaojiejie.reviews import facts as reviews
from qiaojiejie.workers import facts as workers

CALIBRATED = "credit.calibrated"          # {month}
ACTIVATED = "credit.rule_activated"       # {version, hash, from: day}
VOIDED = "credit.voided"                  # {ref: ledger id}
REPAIRED = "credit.repaired"              # {ref: ledger id}
BLOCKED = "credit.blocked"
UNBLOCKED = "credit.unblocked"
HONOURED = "credit.honoured"
UNHONOURED = "credit.unhonoured"
SANCTIONED = "credit.sanctioned"          # {level: 1–3, until: day number}
SENT_BLOCKED = "credit.blocked_worker_sent"
RATER_RESTORED = "credit.rater_restored"  # about a household
FALL_NOTICED = "credit.fall_noticed"      # {score, grade, reasons, neff, households, until: day number}

#: type of event → the fact by which a room above has it recorded (``service.record``); all they say goes to the rule
RECORDED = {"appeal_upheld": VOIDED, "credit_repair": REPAIRED, "blacklist_on": BLOCKED, "blacklist_off": UNBLOCKED,
            "honour_on": HONOURED, "honour_off": UNHONOURED, "sanction": SANCTIONED,
            "blocked_worker_sent": SENT_BLOCKED, "rater_restored": RATER_RESTORED, "fall_noticed": FALL_NOTICED}

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
    if data["by"] == "household":
        return "cancel_household", {}
    if data.get("barred") or data.get("early"):
        return None  # giving back what may not be done, or early what nobody could pay yet, is nobody's fault
    return "cancel_worker", {"notice_h": max(0, data["notice_minutes"]) // 60}


def _declined(data: Data) -> Reading:
    """What a firm had not accepted yet, or nobody could pay for yet, it may decline: no promise is broken."""
    return None if any(data.get(why) for why in ("barred", "asked", "early")) else ("cancel_firm", {})


def _answered(type_: str, *more: str) -> Callable[[Data], Reading]:
    """With the working days it took to be answered, where the fact knows them."""
    known = ("working_days", "unanswered_days")
    return lambda data: (type_, {name: data[name] for name in ("complaint", *more, *known) if name in data})


def _day(said: str | None) -> int | None:
    return None if said is None else day_number(date.fromisoformat(said))


def _verified(data: Data) -> Reading:
    paper = {"document": data["document"], "valid_until": _day(data.get("valid_until"))}
    if data["kind"] == "identity":
        return "identity_verified", {"document": data["document"]}
    if data["kind"] == "health":
        return "health_cert", paper
    if data["kind"] == "background":
        return "background_check", {**paper, "result": data.get("conclusion") or "unknown"}
    if data["kind"] == "insurance":
        return "insurance", paper
    if data["kind"] == "certificate" and data.get("level"):
        return "certificate", {**paper, "level": 6 - data["level"]}  # national levels: five is the lowest
    return None


def _awarded(data: Data) -> Reading:
    """A medal or title with what the competition's rules say it weighs, if anything."""
    return ("award", {"level": data["level"]}) if data.get("level") else None


def _unawarded(data: Data) -> Reading:
    """What was taken back counts as never given."""
    return ("appeal_upheld", {"ref": data["ref"]}) if data.get("ref") else None


def _recorded(type_: str) -> Callable[[Data], Reading]:
    return lambda data: (type_, {name: value for name, value in data.items()
                                 if name not in ("worker", "firm", "household")})


#: fact → how it reads as an event of the rule
READINGS: dict[str, Callable[[Data], Reading]] = {
    booking.COMPLETED: _completed,
    booking.CANCELLED: _cancelled,
    booking.DECLINED: _declined,
    booking.WORKER_ABSENT: lambda data: ("no_show", {}),
    reviews.PUBLISHED: _rated,
    casework.OPENED: _answered("complaint_opened"),
    casework.ANSWERED: _answered("complaint_answered"),
    casework.SUBSTANTIATED: _answered("complaint_substantiated", "severity"),
    casework.DISMISSED: _answered("complaint_dismissed"),
    casework.MEDIATED: _answered("mediation", "outcome"),
    documents.VERIFIED: _verified,
    documents.WITHDRAWN: lambda data: ("document_withdrawn", {"document": data["document"]}),
    competitions.MEDAL_AWARDED: _awarded,
    competitions.TITLE_NAMED: _awarded,
    competitions.HONOUR_REVOKED: _unawarded,
    workers.JOINED: lambda data: ("joined", {}),
    workers.LEFT: lambda data: ("left", {}),
    firms.ACCEPTED: lambda data: ("licence", {"valid_until": _day(data.get("valid_until"))}),
    firms.RENEWAL_ACCEPTED: lambda data: ("licence", {"valid_until": _day(data["valid_until"])}),
    **{fact: _recorded(type_) for type_, fact in RECORDED.items()},
}
#: events that bear on a firm's own points, whoever they are about
OF_FIRM = ("cancel_firm", "complaint_opened", "complaint_answered", "complaint_substantiated", "complaint_dismissed",
           "mediation")


def made_of(entry_id: int, at: datetime, fact: str, subject: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event a ledger entry makes, by its columns; None when it says nothing the rule reads."""
    read = READINGS[fact](data)
    if read is None:
        return None
    kind, _, about = subject.partition(":")
    who = {"worker": data.get("worker"), "firm": data.get("firm"), "household": data.get("household")}
    if kind in who:
        who[kind] = about
    return {"entry_id": entry_id, "type": read[0], "day": clock.local(at).date(),
            **{f"{name}_id": value and UUID(value) for name, value in who.items()},
            "category": data.get("category"), "order_ref": about if kind == "booking" else None, "data": read[1]}
