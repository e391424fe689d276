"""What days cost, in which parts they are paid, what ending early comes to: pure arithmetic."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import chinese_calendar
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.attendance import rules
from qiaojiejie.booking.errors import BeyondHorizon, StartNotOnHalfHour, TooEarly, TooLate, TooLittleNotice
from qiaojiejie.booking.rules import days
from qiaojiejie.calendars.rules import USUAL
from qiaojiejie.catalog import queries as catalog

FIRST = date(2027, 1, 28)
NINE = datetime(2027, 1, 28, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass
class Terms:
    """Terms of the catalogue."""

    deposit_permille: int = 300
    balance_days: int = 7
    holiday_times: int = 3
    half_minutes: int = 480
    early_permille: int = 0
    trial_days: int = 0
    replacement_days: int = 0


@dataclass
class Day:
    """A day written down."""

    day: date
    fen: int
    state: str = "agreed"


def plan(count: int = 26, holidays: set[date] | None = None, **terms: int) -> days.Plan:
    """A plan of days on end."""
    return days.plan([FIRST + n * DAY for n in range(count)], holidays or set(), Terms(**terms))


@pytest.mark.parametrize("price, unit, times, wage", [
    (50_000, "day", 26, 1_300_000), (50_000, "day", 28, 1_400_000),
    (520_000, "month", 26, 520_000), (520_000, "month", 13, 260_000), (520_000, "month", 52, 1_040_000),
    (500_000, "month", 1, 19_231), (500_000, "month", 10, 192_308), (13, "month", 1, 1), (12, "month", 1, 0),
])
def test_a_part_month_costs_a_26th_a_day_rounded_once_over_the_whole(price: int, unit: str, times: int,
                                                                     wage: int) -> None:
    assert days.wage(price_fen=price, unit=unit, times=times) == wage


def test_a_holiday_is_paid_as_often_as_the_terms_say_and_the_days_add_up() -> None:
    new_year = {date(2027, 2, 5) + n * DAY for n in range(4)}
    frozen = plan(26, new_year)
    assert days.times(frozen) == 22 + 4 * 3
    prices = days.prices(frozen, 3_400_000)
    assert {prices[day] for day in new_year} == {300_000}
    assert {fen for day, fen in prices.items() if day not in new_year} == {100_000}
    assert days.times(plan(26, new_year, holiday_times=1)) == 26


@given(count=st.integers(1, 78), total=st.integers(1, 10_000_000), holidays=st.sets(st.integers(0, 77)))
def test_the_prices_of_the_days_add_up_to_the_total_whatever_it_is(count: int, total: int,
                                                                   holidays: set[int]) -> None:
    frozen = plan(count, {FIRST + n * DAY for n in holidays})
    prices = days.prices(frozen, total)
    assert sum(prices.values()) == total and len(prices) == count
    each = {price // each["times"] for each, price in zip(frozen["days"], prices.values(), strict=True)}
    assert max(each) - min(each) <= 1


@given(total=st.integers(1, 10_000_000), permille=st.integers(0, 1000))
def test_the_parts_add_up_to_the_total_and_no_part_is_nothing(total: int, permille: int) -> None:
    parts = days.parts(plan(deposit_permille=permille), total, NINE)
    assert sum(part["amount"] for part in parts) == total and all(part["amount"] > 0 for part in parts)
    assert [part["part"] for part in parts] in (["full"], ["deposit", "balance"])
    paid = 0
    for part in parts:
        assert days.due(parts, paid) == part
        for wrong in {"full", "deposit", "balance"} - {part["part"]} - ({"full"} if not paid else set()):
            assert days.paid_after(parts, wrong, paid) is None
        paid = days.paid_after(parts, part["part"], paid) or 0
    assert paid == total and days.due(parts, paid) is None
    assert days.paid_after(parts, "full", 0) == total
    assert all(days.paid_after(parts, part, total) is None for part in ("full", "deposit", "balance"))


@pytest.mark.parametrize("permille", [0, 1000])
def test_no_deposit_or_all_of_it_is_paid_at_once_as_a_visit_is(permille: int) -> None:
    parts = days.parts(plan(deposit_permille=permille), 100, NINE)
    assert parts == days.parts(None, 100, NINE) == [{"part": "full", "amount": 100, "payable_from": None}]


def test_days_run_over_the_end_of_the_month_and_leave_out_days_off() -> None:
    assert days.worked_on(FIRST, 5, range(1, 8))[-1] == date(2027, 2, 1)
    monday_to_saturday = days.worked_on(FIRST, 26, {1, 2, 3, 4, 5, 6})
    assert monday_to_saturday[:4] == [date(2027, 1, 28), date(2027, 1, 29), date(2027, 1, 30), date(2027, 2, 1)]
    assert len(monday_to_saturday) == 26 and monday_to_saturday[-1] == date(2027, 2, 26)


def test_a_start_is_on_the_half_hour_and_neither_too_soon_nor_too_far() -> None:
    days.check_start(start=NINE, now=NINE - timedelta(minutes=60), terms=USUAL)
    days.check_start(start=NINE, now=NINE - 179 * DAY, terms=USUAL)
    for start, now, refused in ((NINE, NINE - timedelta(minutes=60) + SECOND, TooLittleNotice),
                                (NINE, NINE - 180 * DAY, BeyondHorizon),
                                (NINE + timedelta(minutes=5), NINE - DAY, StartNotOnHalfHour)):
        with pytest.raises(refused):
            days.check_start(start=start, now=now, terms=USUAL)


def test_reminders_are_three_days_and_one_day_before() -> None:
    assert days.reminder(NINE, NINE - 30 * DAY) == NINE - 3 * DAY
    assert days.reminder(NINE, NINE - 3 * DAY) == NINE - DAY
    assert days.reminder(NINE, NINE - DAY) is None


@pytest.mark.parametrize("minutes, half", [(60, True), (480, True), (481, False), (1440, False)])
def test_more_than_eight_hours_are_a_day_and_one_to_eight_are_half(minutes: int, half: bool) -> None:
    assert rules.is_half(minutes, 480) is half


def test_half_a_day_is_half_its_price_half_up() -> None:
    assert [rules.price(fen, True) for fen in (100, 101, 1, 0)] == [50, 51, 1, 0]
    assert rules.price(101, False) == 101


def test_a_day_is_written_down_from_its_first_moment_until_72_hours_after_its_last() -> None:
    midnight = datetime(2027, 1, 27, 16, tzinfo=UTC)  # 28 January in Suqian
    until = midnight + 4 * DAY
    first = rules.turns(plan())[FIRST]
    rules.check_day(first, midnight)
    rules.check_day(first, until - SECOND)
    with pytest.raises(TooEarly):
        rules.check_day(first, midnight - SECOND)
    with pytest.raises(TooLate):
        rules.check_day(first, until)


@given(worked=st.lists(st.sampled_from(["whole", "half", "struck", "unwritten"]), max_size=26),
       total=st.integers(26, 5_000_000), early=st.integers(0, 1000))
def test_an_early_ending_divides_what_was_paid_without_remainder(worked: list[str], total: int, early: int) -> None:
    frozen = plan(early_permille=early)
    prices = days.prices(frozen, total)
    rows = [Day(day, rules.price(prices[day], how == "half"), "struck" if how == "struck" else "agreed")
            for day, how in zip(prices, worked, strict=False) if how != "unwritten"]
    today = FIRST + max(0, len(worked) - 1) * DAY
    now = datetime(today.year, today.month, today.day, 14, tzinfo=UTC)  # ten in the evening there
    found = rules.ending(planned=rules.turns(frozen), prices=prices, written=rows, left_fen=total,
                         early_permille=early, now=now)
    assert found.kept_fen + found.open_fen + found.fee_fen + found.refund_fen == total
    assert min(found.kept_fen, found.open_fen, found.fee_fen, found.refund_fen) >= 0
    assert found.days == sum(how in ("whole", "half") for how in worked)
    assert found.open_days == sum(how == "unwritten" for how in worked[-4:] or ["unwritten"])
    assert early or found.fee_fen == 0


def test_an_engagement_is_over_once_the_last_word_on_every_day_is_spoken() -> None:
    planned = rules.turns(plan(2))
    rows = [Day(FIRST, 100), Day(FIRST + DAY, 100)]
    last, evening = FIRST + DAY, NINE + DAY + timedelta(hours=12)
    assert rules.settled(planned=planned, written=rows, last=last, now=evening)
    for state in ("recorded", "contested"):
        assert not rules.settled(planned=planned, written=[rows[0], Day(last, 100, state)], last=last, now=evening)
    assert rules.settled(planned=planned, written=[rows[0], Day(last, 100, "struck")], last=last, now=evening)
    assert not rules.settled(planned=planned, written=rows[:1], last=last, now=planned[last].closes - SECOND)
    assert rules.settled(planned=planned, written=rows[:1], last=last, now=planned[last].closes)
    assert rules.settled(planned=planned, written=rows[:1], last=FIRST, now=evening)


def test_statutory_holidays_are_days_off_by_the_calendar_and_none_is_a_day_swapped(world: sa.Connection) -> None:
    year = catalog.holidays(date(2026, 1, 1), date(2026, 12, 31))
    assert len(year) == 13
    assert all(day in chinese_calendar.holidays and day not in chinese_calendar.constants.in_lieu_days for day in year)
    for later in (2027, 2028):
        found = sorted(catalog.holidays(date(later, 1, 1), date(later, 12, 31)))
        assert len(found) in (12, 13) and sum(other - one == DAY for one, other in pairwise(found)) == 3 + 1 + 2
