"""Arithmetic of an engagement by days: which days, what each costs, in which parts it is paid. Pure.

A ``plan`` is frozen onto quote and booking: {"days": [{"day", "times"}], "deposit_permille", "balance_days",
"half_minutes", "early_permille"}. Its amounts are never stored: they follow from it and the total.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, Protocol

from qiaojiejie.booking.errors import BalanceDue, BeyondHorizon, OnBlockList, StartNotOnHalfHour
from qiaojiejie.booking.rules import STEP_MINUTES, check_notice, check_window
from qiaojiejie.calendars.rules import LOCAL, Terms as CalendarTerms
from qiaojiejie.core.money import display, share

#: a price by the month is the price of so many days
MONTH_DAYS = 26
#: the longest engagement: three such months
MOST_DAYS = 3 * MONTH_DAYS
#: how far ahead an engagement may begin: a birth is planned for
START_HORIZON = 180
#: how long before the start a family is told that the balance is due
REMINDERS = (timedelta(days=3), timedelta(days=1))

Plan = Mapping[str, Any]
Part = dict[str, Any]


class Terms(Protocol):
    """The catalogue's terms of a mode."""

    deposit_permille: Any
    balance_days: Any
    holiday_times: Any
    half_minutes: Any
    early_permille: Any


def check_start(*, start: datetime, now: datetime, terms: CalendarTerms) -> None:
    """May an engagement be asked for that begins then? Raises StartNotOnHalfHour, TooLittleNotice, BeyondHorizon."""
    if start.minute % STEP_MINUTES or start.second or start.microsecond:
        raise StartNotOnHalfHour()
    check_notice(start=start, now=now, terms=terms)
    if start.astimezone(LOCAL).date() - now.astimezone(LOCAL).date() >= timedelta(days=START_HORIZON):
        raise BeyondHorizon(days=START_HORIZON)


def worked_on(first: date, count: int, weekdays: Collection[int]) -> list[date]:
    """The first ``count`` days from ``first`` on that fall on ``weekdays`` (1 Monday … 7; not empty)."""
    found, day = list[date](), first
    while len(found) < count:
        if day.isoweekday() in weekdays:
            found.append(day)
        day += timedelta(days=1)
    return found


def plan(days: Sequence[date], holidays: Collection[date], terms: Terms) -> dict[str, Any]:
    """What is frozen of an engagement on these days; a statutory holiday counts ``holiday_times``."""
    return {"days": [{"day": day.isoformat(), "times": terms.holiday_times if day in holidays else 1} for day in days],
            "deposit_permille": terms.deposit_permille, "balance_days": terms.balance_days,
            "half_minutes": terms.half_minutes, "early_permille": terms.early_permille}


def wage(*, price_fen: int, unit: str, times: int) -> int:
    """Her wage in fen for ``times`` days, a holiday counted as often as it is paid: by the day, or month ÷ 26 × days,
    rounded half up once over the whole."""
    return price_fen * times if unit == "day" else (2 * price_fen * times + MONTH_DAYS) // (2 * MONTH_DAYS)


def times(frozen: Plan) -> int:
    """How many days are paid, a holiday counted as often as it is paid."""
    return sum(each["times"] for each in frozen["days"])


def prices(frozen: Plan, total_fen: int) -> dict[date, int]:
    """Each day of a plan and its price in fen, fees included: they add up to the total exactly."""
    whole = times(frozen)
    upto = [0, *((2 * total_fen * so_far + whole) // (2 * whole)
                 for so_far in accumulate(each["times"] for each in frozen["days"]))]
    return {date.fromisoformat(each["day"]): until - before
            for each, (before, until) in zip(frozen["days"], pairwise(upto), strict=True)}


def half(price_fen: int) -> int:
    """Half a day's price, half up."""
    return (price_fen + 1) // 2


def schedule(frozen: Plan | None, total_fen: int) -> list[dict[str, Any]]:
    """The days of a plan with their prices, in order; none of a visit."""
    if frozen is None:
        return []
    priced = prices(frozen, total_fen)
    return [{"day": day, "times": each["times"], "amount": priced[day]}
            for each in frozen["days"] for day in [date.fromisoformat(each["day"])]]


def parts(frozen: Plan | None, total_fen: int, start: datetime) -> list[Part]:
    """In what parts it is paid, in order, summing to the total: all at once, or a deposit and, ``payable_from``, the
    balance."""
    deposit = 0 if frozen is None else int(share(total_fen, frozen["deposit_permille"]))
    if frozen is None or not 0 < deposit < total_fen:
        return [{"part": "full", "amount": total_fen, "payable_from": None}]
    return [{"part": "deposit", "amount": deposit, "payable_from": None},
            {"part": "balance", "amount": total_fen - deposit,
             "payable_from": start - timedelta(days=frozen["balance_days"])}]


def due(in_parts: Sequence[Part], paid_fen: int) -> Part | None:
    """The part that is to be paid next; None when all is paid."""
    before = 0
    for part in in_parts:
        if paid_fen <= before:
            return part
        before += part["amount"]
    return None


def paid_after(in_parts: Sequence[Part], part: str, paid_fen: int) -> int | None:
    """What is paid once this part came too; None when it is not what is to be paid next.

    All at once (``full``) may be paid where a deposit is asked for.
    """
    total, following = sum(each["amount"] for each in in_parts), due(in_parts, paid_fen)
    if part == "full":
        return total if paid_fen == 0 else None
    return paid_fen + int(following["amount"]) if following is not None and following["part"] == part else None


class Engaged(Protocol):
    """What is read here of a booking."""

    total_fen: Any
    paid_fen: Any

    @property
    def start(self) -> datetime:
        """When it begins."""

    @property
    def end(self) -> datetime:
        """When it ends."""


def check_balance(booking: Engaged, payable_from: datetime, now: datetime, barred: bool) -> None:
    """May a balance be paid now: some days before the start until the agreed end?

    Raises OnBlockList, TooEarly, TooLate.
    """
    if barred:
        raise OnBlockList()
    check_window(now=now, earliest=payable_from, latest=booking.end)


def check_paid(booking: Engaged) -> None:
    """Is all of it paid? Raises BalanceDue with what is not."""
    left = int(booking.total_fen - booking.paid_fen)
    if left > 0:
        raise BalanceDue(amount=left, amount_display=display(left))


def reminder(start: datetime, after: datetime) -> datetime | None:
    """When a family is told next that the balance is due; None when it was told often enough."""
    return next((start - ahead for ahead in REMINDERS if start - ahead > after), None)


def possible(step: str, by_days: bool) -> bool:
    """Whether a step is one of such an engagement: only what goes by days is ended early, and it ends by its days."""
    return step != "check_out" if by_days else step != "end_early"
