"""Arithmetic of a guarantee: until when she is on trial, when another must have begun, on which days. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from qiaojiejie.booking.rules import days, wall
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.guarantees import facts
from qiaojiejie.guarantees.errors import BeginsTooLate, ReasonNotYours

#: days of trial, and days within which another worker begins, where the terms do not say
TRIAL_DAYS, REPLACEMENT_DAYS = 3, 3
#: party → why she is to be replaced
REASONS = {"household": ("unskilled", "unsuited", "unpunctual", "unwell", "other"),
           "firm": ("worker_ill", "worker_left", "other")}
#: how many are offered at a time
MOST = 3
#: all weekdays, on which who lives in works
EVERY_DAY = frozenset(range(1, 8))

#: fact → the kind of notification and the parties who are told, but for who said it; who comes is told of the booking
NEWS = {facts.SOUGHT: ("replacement_due", ("firm",)), facts.OFFERED: ("replacement_offered", ("household",)),
        facts.DROPPED: ("replacement_gone", ("firm",)),
        facts.LAPSED: ("replacement_lapsed", ("household", "firm")), facts.KEPT: ("trial_over", ("household", "firm"))}


def terms(plan: days.Plan) -> tuple[int, int]:
    """How many days of trial, and within how many another worker begins; 0 days of these: nothing is promised."""
    return int(plan.get("trial_days", TRIAL_DAYS)), int(plan.get("replacement_days", REPLACEMENT_DAYS))


def trial_until(plan: days.Plan, trial_days: int) -> date | None:
    """The last day of trial of who works at present; None without a trial."""
    hers = [date.fromisoformat(each["day"]) for each in plan["days"] if "worker" not in each]
    return hers[min(trial_days, len(hers)) - 1] if trial_days and hers else None


def check_reason(party: str, reason: str) -> None:
    """Is it a reason this party may give? Raises ReasonNotYours."""
    if reason not in REASONS[party]:
        raise ReasonNotYours(reasons=", ".join(REASONS[party]))


def until(now: datetime, replacement_days: int) -> datetime:
    """Until when another worker must have been taken."""
    return now + timedelta(days=replacement_days)


def check_begins(begins_on: date, *, last: date, until: datetime) -> None:
    """Does she begin after the other's last day and as soon as was promised? Raises BeginsTooLate."""
    latest = until.astimezone(LOCAL).date()
    if not last < begins_on <= latest:
        raise BeginsTooLate(first=(last + timedelta(days=1)).isoformat(), last=latest.isoformat())


def weekdays(plan: days.Plan, mode: str) -> frozenset[int]:
    """On which weekdays the days left fall: those of the plan for who comes by the day, else every day."""
    if mode != "monthly":
        return EVERY_DAY
    return frozenset(date.fromisoformat(each["day"]).isoweekday() for each in (*plan["days"], *plan["waiting"]))


def last_day(plan: days.Plan) -> date:
    """The last day of a plan that has a date."""
    return date.fromisoformat(plan["days"][-1]["day"])


def told(data: Mapping[str, Any]) -> dict[str, str]:
    """What a notification says beside what it says of the booking, from the data of its fact."""
    return {"until": wall(datetime.fromisoformat(data["until"]).astimezone(LOCAL))} if "until" in data else {}
