"""Arithmetic of an engagement by days: which days, what each costs, in which parts it is paid. Pure.

A ``plan`` is frozen onto quote and booking: {"days": [{"day", "times", "hours": of a day not taken whole}],
"deposit_permille", "balance_days", "half_minutes", "early_permille", "holiday_times", "trial_days", "replacement_days",
"wage_permille": for twins or by shift}; and where they are {"shift", "shift_name"}, {"babies"}, {"window": {"due_on",
"earliest", "latest", "price_fen": of a day, "times": how many were quoted}}, {"deposit_fen", "worth_fen"}: see
``fallen``. Other amounts are never stored: they follow from it and the total. Only once who works has been replaced
each day has its own, {"fen"}, and those of who worked before {"worker"}; "waiting" are days that have no date until
another worker begins.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, Protocol

from qiaojiejie.booking.errors import BalanceDue, BeyondHorizon, DaysNotOffered, OnBlockList
from qiaojiejie.booking.rules import check_half_hour, check_notice, check_window, hours
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.calendars.rules import Terms as CalendarTerms
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
    trial_days: Any
    replacement_days: Any


def check_count(count: int, allowed: Sequence[int]) -> None:
    """Can it be engaged for so many days? Raises DaysNotOffered, with the choices."""
    if allowed and count not in allowed:
        raise DaysNotOffered(choices="、".join(map(str, allowed)))


def check_start(*, start: datetime, now: datetime, terms: CalendarTerms) -> None:
    """May an engagement be asked for that begins then? Raises StartNotOnHalfHour, TooLittleNotice, BeyondHorizon."""
    check_half_hour(start)
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


def plan(days: Sequence[date], holidays: Collection[date], terms: Terms, week: hours.Week | None = None,
         wage_permille: int = 1000) -> dict[str, Any]:
    """What is frozen of an engagement on these days, at the hours of each weekday (none: all of each day).

    A statutory holiday counts ``holiday_times``.
    """
    return {"days": _days(days, holidays, terms.holiday_times, week),
            "deposit_permille": terms.deposit_permille, "balance_days": terms.balance_days,
            "half_minutes": terms.half_minutes, "early_permille": terms.early_permille,
            "holiday_times": terms.holiday_times, "trial_days": terms.trial_days,
            "replacement_days": terms.replacement_days, "wage_permille": wage_permille}


def _days(days: Sequence[date], holidays: Collection[date], holiday_times: int,
          week: hours.Week | None = None) -> list[dict[str, Any]]:
    return [{"day": day.isoformat(), "times": holiday_times if day in holidays else 1,
             **({} if week is None else {"hours": [list(each) for each in week[day.isoweekday()]]})} for day in days]


def moved(frozen: Plan, days: Sequence[date], holidays: Collection[date]) -> dict[str, Any]:
    """A plan of whole days on other days; its holidays are counted anew."""
    return {**frozen, "days": _days(days, holidays, frozen["holiday_times"])}


def fallen(frozen: Plan, worth_fen: int, paid_fen: int, balance_begun: bool) -> tuple[dict[str, Any], bool]:
    """A plan whose days are worth less than was quoted, and whether its total becomes that.

    It does while only the deposit is paid, and no payment of the balance was begun: the balance is then what is left.
    Else what was paid stands, and the difference goes back with what is left when the days are settled.
    """
    if 0 < paid_fen < worth_fen and not balance_begun:
        return {**frozen, "deposit_fen": paid_fen}, True
    return {**frozen, "worth_fen": worth_fen}, False


def wage(*, price_fen: int, unit: str, times: int, permille: int = 1000) -> int:
    """Her wage in fen for ``times`` days, a holiday counted as often as it is paid: by the day, or month ÷ 26 × days,
    times ``permille`` (twins, a shift), rounded half up once over the whole."""
    parts = 1000 * (1 if unit == "day" else MONTH_DAYS)
    return (2 * price_fen * times * permille + parts) // (2 * parts)


def times(frozen: Plan) -> int:
    """How many days are paid, a holiday counted as often as it is paid."""
    return sum(each["times"] for each in frozen["days"])


def prices(frozen: Plan, total_fen: int) -> dict[date, int]:
    """Each day of a plan and its price in fen, fees included: they add up exactly to the total, or to what it became
    worth (``fallen``)."""
    if frozen["days"] and "fen" in frozen["days"][0]:
        return {date.fromisoformat(each["day"]): each["fen"] for each in frozen["days"]}
    whole, worth = times(frozen), int(frozen.get("worth_fen", total_fen))
    upto = [0, *((2 * worth * so_far + whole) // (2 * whole)
                 for so_far in accumulate(each["times"] for each in frozen["days"]))]
    return {date.fromisoformat(each["day"]): until - before
            for each, (before, until) in zip(frozen["days"], pairwise(upto), strict=True)}


def parted(frozen: Plan, total_fen: int, last: date, worker: str) -> dict[str, Any]:
    """A plan once its worker is gone: the days up to ``last`` are hers, the others wait, all at the price they had."""
    priced = [(day, {**each, "fen": fen}) for each, (day, fen)
              in zip(frozen["days"], prices(frozen, total_fen).items(), strict=True)]
    kept = [{"worker": worker, **each} for day, each in priced if day <= last]
    waiting = [each for day, each in priced if day > last]
    return {**frozen, "days": kept, "waiting": waiting}


def resumed(frozen: Plan, days: Sequence[date], holidays: Collection[date], holiday_times: int) -> dict[str, Any]:
    """A plan once another worker begins: what waited falls on ``days``, each at the price it had. Where other days are
    holidays they are counted anew: together they cost less where fewer days are paid, and never more."""
    waiting = frozen["waiting"]
    paid = [holiday_times if day in holidays else 1 for day in days]
    fens = [each["fen"] for each in waiting]
    if paid != [each["times"] for each in waiting]:
        before, worth, whole = times({"days": waiting}), sum(fens), sum(paid)
        worth = worth if whole >= before else (2 * worth * whole + before) // (2 * before)
        upto = [0, *((2 * worth * so_far + whole) // (2 * whole) for so_far in accumulate(paid))]
        fens = [until - since for since, until in pairwise(upto)]
    moved = [{**each, "day": day.isoformat(), "times": count, "fen": fen}
             for each, day, count, fen in zip(waiting, days, paid, fens, strict=True)]
    rest = {name: value for name, value in frozen.items() if name != "waiting"}
    return {**rest, "days": [*frozen["days"], *moved]}


def worker_of(frozen: Plan, day: date, present: str) -> str:
    """Whose day of a plan it is: of who worked before, or of who works at ``present``."""
    return next((str(each["worker"]) for each in frozen["days"]
                 if each["day"] == day.isoformat() and "worker" in each), present)


def formers(frozen: Plan) -> set[str]:
    """Who worked before."""
    return {str(each["worker"]) for each in frozen["days"] if "worker" in each}


def hers(frozen: Plan | None) -> list[Mapping[str, Any]]:
    """The days of who works at present; none of a visit."""
    return [] if frozen is None else [each for each in frozen["days"] if "worker" not in each]


def began(frozen: Plan | None, start: datetime) -> datetime | None:
    """When who works at present begins, at the hour of ``start``; None while the days left wait for another worker."""
    if frozen is None or not formers(frozen):
        return start
    ahead = hers(frozen)
    return at_hour_of(start, date.fromisoformat(ahead[0]["day"])) if ahead else None


def at_hour_of(start: datetime, day: date) -> datetime:
    """The moment of a day at which work begins."""
    return datetime.combine(day, start.astimezone(LOCAL).time(), LOCAL)


def half(price_fen: int) -> int:
    """Half a day's price, half up."""
    return (price_fen + 1) // 2


def schedule(frozen: Plan | None, total_fen: int) -> list[dict[str, Any]]:
    """The days of a plan with their prices, in order; none of a visit."""
    if frozen is None:
        return []
    priced = prices(frozen, total_fen)
    return [{"day": day, "times": each["times"], "amount": priced[day],
             "hours": [{"start": hours.at(day, starts), "end": hours.at(day, ends)}
                       for starts, ends in each.get("hours", ())]}
            for each in frozen["days"] for day in [date.fromisoformat(each["day"])]]


def parts(frozen: Plan | None, total_fen: int, start: datetime) -> list[Part]:
    """In what parts it is paid, in order, summing to the total: all at once, or a deposit and, ``payable_from``, the
    balance."""
    deposit = 0 if frozen is None else int(frozen.get("deposit_fen", share(total_fen, frozen["deposit_permille"])))
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


def possible(step: str, by_days: bool, awaited: bool) -> bool:
    """Whether a step is one of such an engagement: only what goes by days is ended early, and it ends by its days; only
    of what waits for a birth it is said when it begins; only a visit is moved or extended."""
    if step == "say_beginning":
        return awaited
    return step not in ("check_out", "reschedule", "extend") if by_days else step != "end_early"
