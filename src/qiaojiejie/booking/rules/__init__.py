"""Arithmetic of a visit: when it may be, what it costs, who is told what. Pure; moments are given."""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from qiaojiejie.booking import facts
from qiaojiejie.booking.errors import (
    BeyondHorizon,
    HoldExpired,
    LengthNotPossible,
    OnBlockList,
    RefundExceedsKept,
    RefundNotNow,
    StartNotOnHalfHour,
    TooEarly,
    TooLate,
    TooLittleNotice,
)
from qiaojiejie.calendars.rules import LOCAL, Terms
from qiaojiejie.core.money import display
from qiaojiejie.households import rules as households

QUOTE_GOOD_FOR = timedelta(minutes=15)
HELD_FOR = timedelta(minutes=10)
#: unpaid bookings a household may hold at once
MOST_HOLDS = 5
STEP_MINUTES = 30
MOST_MINUTES = 12 * 60
CHECK_IN_EARLY = timedelta(minutes=60)
DOOR_TRIES = 5
#: from how many metres on a check-in counts as far from the address, and how long the distance is kept
FAR_METRES = 500
DOOR_KEPT = timedelta(days=30)
#: how long after the start one side may report that the other is absent
ABSENT_AFTER = timedelta(minutes=15)
#: how long after the agreed end a visit nobody checked out of counts as served, with that end
FORGOTTEN_AFTER = timedelta(hours=12)
#: how long after the service a household may still speak before the booking completes by itself
COMPLETES_AFTER = timedelta(hours=48)
CONTACT_AFTER = timedelta(hours=24)
#: why a firm gives money back
GRANT_REASONS = ("quality", "shortened", "damage", "overcharged", "settled", "goodwill")
#: states in which a firm may give more back than the policy does
GRANTABLE = ("served", "completed", "cancelled", "household_absent")
CONTACT_STATES = ("confirmed", "under_way", "served", "completed")
#: states in which who works is told what care is needed
TOLD_STATES = ("held", "asked", *CONTACT_STATES)
#: units of services that are booked by the visit
VISIT_UNITS = ("hour", "visit")

#: why a worker withdraws or a firm declines
WITHDRAWAL_REASONS = ("ill", "family", "weather", "transport", "unsafe", "other")
DECLINE_REASONS = ("worker_ill", "worker_left", "overbooked", "weather", "unsafe", "other")

#: reasons of ``workers.rules.eligible`` as a family reads them
INELIGIBLE = {
    "identity_not_verified": "身份未核实", "background_missing": "无背景核查", "background_lapsed": "背景核查已过期",
    "health_missing": "无健康证", "health_lapsed": "健康证已过期", "insurance_missing": "无保险",
    "insurance_lapsed": "保险已过期", "insurance_class_too_low": "保险类别不足",
    "certificate_missing": "无此服务要求的证书", "certificate_lapsed": "此服务要求的证书届时已过期",
}

#: fact → the kind of notification and the parties who are told
NEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    facts.HELD: ("booking_held", ("household",)),
    facts.CONFIRMED: ("booking_confirmed", ("household", "worker", "firm")),
    facts.ASKED: ("booking_asked", ("household", "firm")),
    facts.ACCEPTED: ("booking_accepted", ("household", "worker", "firm")),
    facts.LAPSED: ("booking_lapsed", ("household", "firm")),
    facts.EXPIRED: ("booking_expired", ("household",)),
    facts.BEGINNING_SAID: ("booking_beginning_said", ("household", "worker", "firm")),
    facts.BALANCE_PAID: ("booking_balance_paid", ("household", "firm")),
    facts.ENDED_EARLY: ("booking_ended_early", ("household", "worker", "firm")),
    facts.REPLACEMENT_SOUGHT: ("booking_replacement_sought", ("household", "worker", "firm")),
    facts.REPLACED: ("booking_replaced", ("household", "worker", "firm")),
    facts.DAYS_UNWORKED: ("booking_days_unworked", ("household", "firm")),
    facts.RESCHEDULED: ("booking_rescheduled", ("household", "worker", "firm")),
    facts.EXTENDED: ("booking_extended", ("household", "worker", "firm")),
    facts.CANCELLED: ("booking_cancelled", ("household", "worker", "firm")),
    facts.DECLINED: ("booking_declined", ("household", "worker", "firm")),
    facts.SUBSTITUTED: ("booking_substituted", ("household", "worker", "firm")),
    facts.CHECKED_IN: ("booking_checked_in", ("household", "firm")),
    facts.CHECKED_OUT: ("booking_served", ("household", "firm")),
    facts.COMPLETED: ("booking_completed", ("household", "worker", "firm")),
    facts.WORKER_ABSENT: ("booking_worker_absent", ("household", "worker", "firm")),
    facts.HOUSEHOLD_ABSENT: ("booking_household_absent", ("household", "worker", "firm")),
    facts.REFUND_GRANTED: ("booking_refund_granted", ("household", "firm")),
}


def check_time(*, start: datetime, minutes: int, least_minutes: int, now: datetime, terms: Terms) -> None:
    """May a visit be asked for this time at all, on the worker's terms? Today is among the days of her horizon.

    Raises StartNotOnHalfHour, LengthNotPossible, TooLittleNotice, BeyondHorizon.
    """
    check_half_hour(start)
    check_length(minutes=minutes, least_minutes=least_minutes)
    check_notice(start=start, now=now, terms=terms)
    last_moment = start + timedelta(minutes=minutes, microseconds=-1)
    if last_moment.astimezone(LOCAL).date() - now.astimezone(LOCAL).date() >= timedelta(days=terms.horizon_days):
        raise BeyondHorizon(days=terms.horizon_days)


def check_half_hour(start: datetime) -> None:
    """Does it begin on the hour or the half hour? Raises StartNotOnHalfHour."""
    if start.minute % STEP_MINUTES or start.second or start.microsecond:
        raise StartNotOnHalfHour()


def check_notice(*, start: datetime, now: datetime, terms: Terms) -> None:
    """Is it early enough for her? Raises TooLittleNotice."""
    if start - now < terms.notice:
        raise TooLittleNotice(minutes=terms.notice_minutes)


def check_length(*, minutes: int, least_minutes: int) -> None:
    """May a visit last so long? Raises LengthNotPossible."""
    if minutes % STEP_MINUTES or not least_minutes <= minutes <= MOST_MINUTES:
        raise LengthNotPossible(least=least_minutes, most=MOST_MINUTES)


def wage(*, price_fen: int, unit: str, minutes: int) -> int:
    """Her wage in fen: by the hour, half up once, or for the visit however long it lasts."""
    return price_fen if unit == "visit" else (price_fen * minutes + 30) // 60


def whole_minutes(span: timedelta) -> int:
    """Minutes of a span, rounded down (towards less notice when it is negative)."""
    return span // timedelta(minutes=1)


class Held(Protocol):
    """What ``check_payable`` reads of a booking."""

    payable_from: Any
    payment_begun_at: Any
    expires_at: Any


def check_payable(booking: Held, now: datetime, barred: bool) -> None:
    """May a hold be paid now? Begun in time, it may be finished later. Raises OnBlockList, HoldExpired; TooEarly for
    a visit of a series that is not payable yet."""
    if barred:
        raise OnBlockList()
    if booking.payable_from is not None:
        check_window(now=now, earliest=booking.payable_from)
    if booking.payment_begun_at is None and booking.expires_at <= now:
        raise HoldExpired()


def turned_down(step: str, state: str, payable_from: datetime | None) -> bool:
    """Whether a worker or firm may take this step of a booking in this state: what is unpaid she gives back only when
    it is a visit of a series, held for long."""
    return step not in ("withdraw", "decline") or state != "held" or payable_from is not None


class Kept(Protocol):
    """What ``check_grant`` reads of a booking."""

    state: Any
    confirmed_at: Any
    paid_fen: Any
    refund_fen: Any


def check_grant(booking: Kept, amount: int) -> None:
    """May a firm give ``amount`` fen back? Of what was paid, once the work is over. Raises RefundNotNow,
    RefundExceedsKept."""
    if booking.confirmed_at is None or booking.state not in GRANTABLE:
        raise RefundNotNow()
    left = int(booking.paid_fen - booking.refund_fen)
    if amount > left:
        raise RefundExceedsKept(left=left, left_display=display(left))


def late_minutes(*, start: datetime, came_at: datetime) -> int:
    """How late she came, in whole minutes; 0 when she was early."""
    return max(0, whole_minutes(came_at - start))


def news_data(*, booking: str, service_name: str, worker_called: str, start: datetime,
              amount_fen: int | None) -> dict[str, str]:
    """What a notification about a booking is worded from; ``start`` as the clock on the wall shows it."""
    data = {"booking": booking, "service_name": service_name, "worker_called": worker_called, "start": wall(start)}
    return data if amount_fen is None else {**data, "amount": display(amount_fen)}


def wall(moment: datetime) -> str:
    """A local moment as a family says it: ``12月1日 09:00``."""
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def when(moment: datetime) -> dict[str, Any]:
    """A moment as TooEarly and TooLate name it: for programs and for a family."""
    there = moment.astimezone(LOCAL)
    return {"at": there.isoformat(timespec="minutes"), "at_display": wall(there)}


def check_window(*, now: datetime, earliest: datetime, latest: datetime | None = None) -> None:
    """May a step be taken now? Raises TooEarly, TooLate."""
    if now < earliest:
        raise TooEarly(**when(earliest))
    if latest is not None and now > latest:
        raise TooLate(**when(latest))


def door(metres: int | None) -> dict[str, Any] | None:
    """How far from the address she checked in, as the parties read it: to the nearest 10 m."""
    if metres is None:
        return None
    about = (metres + 5) // 10 * 10
    words = f"{about} 米" if about < 1000 else f"{about / 1000:.1f} 公里"
    words_en = f"{about} m" if about < 1000 else f"{about / 1000:.1f} km"
    return {"metres": about, "far": metres > FAR_METRES, "words": f"签到处距服务地址约 {words}",
            "words_en": f"checked in about {words_en} from the address"}


def contact_closes(end: datetime, ended_at: datetime | None) -> datetime:
    """The last moment at which the two sides see each other's contacts."""
    return max(end, ended_at or end) + CONTACT_AFTER


def contact_subject(party: str, *, worker: UUID, household: UUID) -> tuple[str, str]:
    """Whose contact a party looks at and which field of it, as the record of looks names them."""
    return (f"worker:{worker}", "phone") if party == "household" else (f"household:{household}", "address")


def cared_for(member: Any, year: int) -> dict[str, Any] | None:
    """A household's member as who works for them is told: no name, a wide band of ages. None of nobody, and of one who
    was erased."""
    if member is None or member.birth_year is None:
        return None
    band = households.age_band(member.birth_year, year)
    return {"relation": member.relation, "age_band": band, "needs": member.care,
            "words": households.in_words(member.relation, band, member.care)}
