"""What holds for the visits of a series: until when each is held, who is told what. Pure; moments are given."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from qiaojiejie.booking.rules import HELD_FOR, check_half_hour, check_notice, wall
from qiaojiejie.calendars.rules import LOCAL, Terms
from qiaojiejie.core.money import display
from qiaojiejie.series import facts
from qiaojiejie.series.errors import BeyondSeries

#: what becomes of a visit on a statutory holiday
HOLIDAYS = ("keep", "skip", "ask")
#: why an occurrence is skipped
BECAUSE = {"family": "家庭跳过", "holiday": "节假日", "silence": "节假日未答复", "taken": "时间已约满",
           "outside_hours": "不在工作时间", "papers": "届时证件过期"}
SCOPES = ("one", "following", "all")
MOST_VISITS, MONTHS = 60, 6
#: how long before its start a visit can be paid, and until when it must be
PAYABLE_BEFORE, EXPIRES_BEFORE = timedelta(hours=72), timedelta(hours=24)
#: how long before its start the family is told that it is to be paid
REMINDERS = (timedelta(hours=72), timedelta(hours=36))
#: until when a family says whether it wants a visit on a holiday
ANSWER_BEFORE = timedelta(days=7)
#: states of a booking after which its occurrence can be brought back
GONE = ("expired", "cancelled", "declined")

#: fact → the kind of notification and who is told
NEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    facts.CONFIRMED: ("series_confirmed", ("household", "worker", "firm")),
    facts.LET_GO: ("series_let_go", ("household",)),
    facts.SKIPPED: ("series_skipped", ("household", "worker", "firm")),
    facts.LAPSED: ("series_lapsed", ("household", "worker", "firm")),
    facts.RESTORED: ("series_restored", ("household", "worker", "firm")),
    facts.MOVED: ("series_moved", ("household", "worker", "firm")),
    facts.RESEATED: ("series_reseated", ("household", "worker", "firm")),
    facts.VISIT_EXPIRED: ("series_visit_expired", ("household", "worker", "firm")),
    facts.TURNED_DOWN: ("series_visit_turned_down", ("household", "worker", "firm")),
    facts.CANCELLED: ("series_cancelled", ("household", "worker", "firm")),
    facts.ENDED: ("series_cancelled", ("household", "worker", "firm")),
}


def expires_at(start: datetime, now: datetime, asked: bool = False) -> datetime:
    """Until when a visit is held unpaid, or, of one that is asked, unanswered; ten minutes at least."""
    return max(start - (ANSWER_BEFORE if asked else EXPIRES_BEFORE), now + HELD_FOR)


def payable_from(start: datetime, now: datetime, stands: bool) -> datetime:
    """From when on a visit after the first can be paid: not before it is known whether the series stands."""
    return start - PAYABLE_BEFORE if stands else max(start - PAYABLE_BEFORE, now + HELD_FOR)


def can_be_asked(start: datetime, now: datetime) -> bool:
    """Whether there is time to ask a family; of what is nearer, not paying is the answer."""
    return start - ANSWER_BEFORE > now


def reminder(start: datetime, after: datetime) -> datetime | None:
    """When a family is told next that a visit is to be paid; None when it was told often enough."""
    return next((start - ahead for ahead in REMINDERS if start - ahead > after), None)


def check_start(*, start: datetime, now: datetime, latest: datetime, terms: Terms) -> None:
    """May a visit be moved there, on her terms? Raises StartNotOnHalfHour, TooLittleNotice, BeyondSeries."""
    check_half_hour(start)
    check_notice(start=start, now=now, terms=terms)
    if start >= latest:
        raise BeyondSeries(until=wall(latest.astimezone(LOCAL)))


def at(day: date, minute: int) -> datetime:
    """So many minutes after midnight of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(minutes=minute)


def in_words(days: Sequence[date]) -> str:
    """Days as a family reads them, the first ten by name."""
    named = "、".join(f"{day.month}月{day.day}日" for day in days[:10])
    return named if len(days) <= 10 else f"{named} 等 {len(days)} 天"


def news_data(*, series: str, service_name: str, worker_called: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a notification about a series is worded from."""
    days = [date.fromisoformat(day) for day in data.get("days", ())]
    first = datetime.fromisoformat(data["first"]).astimezone(LOCAL)
    refund = data.get("refund")
    return {"series": series, "service_name": service_name, "worker_called": worker_called, "start": wall(first),
            "visits": data["visits"], "days": in_words(days) if days else None,
            "amount": display(refund) if refund else None}
