"""Which kinds of notification go out as a text message too, with what in them, when, and how many a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_VISIT = ("service_name", "worker_called", "start", "amount")
_INTERVIEW = ("service_name", "worker_called", "start", "station")

#: text messages a person is sent in a day at most, codes for signing in apart
A_DAY = 10
#: nothing that can wait is sent from 22:00 to 07:00
QUIET_FROM, QUIET_UNTIL = 22, 7
#: a job that has not sent in this time is deferred again; the provider takes a repeated id for the same message
LEASE = timedelta(minutes=2)
MOST_TRIES = 10
KEPT = timedelta(days=180)

STATES = {"waiting": "待发送", "sent": "已发送", "held_back": "未发送", "given_up": "发送失败"}
#: why one was held back
REASONS = {"budget": "当日短信已达上限", "closed": "账号已注销"}

#: what of a notification's data says what it is about: there is one text message of a kind for each
_ABOUT = ("complaint", "interview", "booking", "firm", "webhook")


@dataclass(frozen=True)
class Template:
    """A template the provider knows by the kind's name: what is filled in, and whether it goes out at night."""

    params: tuple[str, ...]
    urgent: bool = False


#: kind → its template; no other kind goes out
TEXTS: dict[str, Template] = {
    "booking_confirmed": Template(_VISIT),
    "booking_balance_due": Template(_VISIT),
    "booking_cancelled": Template(_VISIT, urgent=True),
    "booking_declined": Template(_VISIT, urgent=True),
    "booking_barred": Template(_VISIT[:3], urgent=True),
    "booking_worker_absent": Template(_VISIT, urgent=True),
    "booking_household_absent": Template(_VISIT, urgent=True),
    "interview_booked": Template(_INTERVIEW),
    "interview_cancelled": Template(_INTERVIEW, urgent=True),
    "workday_recorded": Template(("service_name", "worker_called", "start", "day")),
    "payment_failed": Template(("service_name", "start", "amount"), urgent=True),
    "refund_failed": Template(("service_name", "amount")),
    "refund_repaid": Template(("service_name", "amount")),
    "complaint_opened": Template(("service_name", "start")),
    "complaint_decided": Template(("service_name",)),
    "firm_returned": Template(("firm_name",)),
    "firm_accepted": Template(("firm_name",)),
    "firm_suspended": Template(("firm_name",)),
    "list_proposed": Template(("list_zh", "objection_until")),
    "credit_fall": Template(("before", "grade", "after", "until")),
    "webhook_switched_off": Template(("host",)),
}


def wait(tries: int) -> timedelta:
    """How long after a try that failed the next is made: 2 minutes, 4 … 2 hours."""
    return min(LEASE * 2 ** (tries - 1), timedelta(hours=2))


def params(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What of a notification's data is filled into its template."""
    return {name: str(data[name]) for name in TEXTS[kind].params if data.get(name) is not None}


def subject(data: Mapping[str, Any], otherwise: str) -> str:
    """What a notification is about."""
    return next((f"{name}:{data[name]}" for name in _ABOUT if data.get(name)), otherwise)


def when(moment: datetime, urgent: bool) -> datetime:
    """The first moment from ``moment`` (as the clock on the wall shows it) on at which a message may go out."""
    if urgent or QUIET_UNTIL <= moment.hour < QUIET_FROM:
        return moment
    morning = moment.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning + timedelta(days=1) if moment.hour >= QUIET_FROM else morning
