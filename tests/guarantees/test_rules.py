"""The days left of an engagement, moved to another worker: as many, and never dearer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.attendance import rules as attendance
from qiaojiejie.booking.rules import days

FIRST, DAY = date(2026, 12, 1), timedelta(days=1)
#: total in fen, times of each day, on which day she goes, how long nobody comes, how often days after are paid
histories = st.tuples(
    st.integers(1, 5_000_000), st.lists(st.sampled_from([1, 1, 1, 3]), min_size=2, max_size=42),
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.sets(st.integers(0, 60))), min_size=1, max_size=4))


@dataclass
class Written:
    """A day that was written down."""

    day: date
    fen: int
    state: str


def planned(times: Sequence[int]) -> dict[str, Any]:
    """A plan of days in a row."""
    return {"days": [{"day": (FIRST + number * DAY).isoformat(), "times": count} for number, count in enumerate(times)]}


def moved(plan: dict[str, Any], total: int, last: date, gap: int, holidays: set[int], worker: str) -> dict[str, Any]:
    """Its worker goes after a day; another begins some days later."""
    parted = days.parted(plan, total, last, worker)
    begins = last + gap * DAY
    dates = days.worked_on(begins, len(parted["waiting"]), range(1, 8)) if parted["waiting"] else []
    return days.resumed(parted, dates, {FIRST + number * DAY for number in holidays}, 3) if dates else parted


@given(histories)
def test_as_many_days_at_no_higher_price_and_those_before_cost_what_they_did(history: Any) -> None:
    total, times, changes = history
    plan, last = planned(times), FIRST - DAY
    for number, (more, gap, holidays) in enumerate(changes):
        before, last = days.prices(plan, total), last + (more + 1) * DAY
        plan = moved(plan, total, last, gap, holidays, str(number))
        after = days.prices(plan, total)
        assert len(after) == len(times) and sum(after.values()) <= sum(before.values()) <= total
        assert {day: fen for day, fen in after.items() if day <= last} == {
            day: fen for day, fen in before.items() if day <= last}
        assert all(fen >= 0 for fen in after.values()) and list(after) == sorted(after)
        if "waiting" in plan:
            break
        last += gap * DAY


@given(st.integers(1, 5_000_000), st.integers(2, 42), st.integers(1, 41), st.integers(1, 4))
def test_without_holidays_every_day_keeps_its_price(total: int, count: int, worked: int, gap: int) -> None:
    plan = planned([1] * count)
    before = list(days.prices(plan, total).values())
    after = moved(plan, total, FIRST + (min(worked, count - 1) - 1) * DAY, gap, set(), "one")
    assert list(days.prices(after, total).values()) == before


@given(histories, st.lists(st.sampled_from(["whole", "half", "open", "never"]), min_size=60, max_size=60),
       st.integers(0, 70), st.sampled_from([0, 77, 1000]))
def test_whenever_it_ends_what_was_worked_what_is_open_the_fee_and_the_refund_are_what_was_paid(
        history: Any, fates: list[str], over: int, early: int) -> None:
    total, times, changes = history
    plan, last = planned(times), FIRST - DAY
    for number, (more, gap, holidays) in enumerate(changes):
        last += (more + 1) * DAY
        plan = moved(plan, total, last, gap, holidays, str(number))
        last += gap * DAY
        if "waiting" in plan:
            break
    prices, today = days.prices(plan, total), FIRST + over * DAY
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    written = [Written(day, attendance.price(fen, fate == "half"), "agreed")
               for (day, fen), fate in zip(prices.items(), fates, strict=False)
               if day <= today and fate in ("whole", "half")]
    found = attendance.ending(planned=attendance.turns(plan), prices=prices, written=written, left_fen=total,
                              early_permille=early, now=now)
    assert found.kept_fen == sum(each.fen for each in written) and min(found.fee_fen, found.refund_fen) >= 0
    assert found.kept_fen + found.open_fen + found.fee_fen + found.refund_fen == total
    if "waiting" in plan and today >= last:
        assert found.fee_fen == 0


def test_a_holiday_that_falls_away_makes_it_cheaper_by_what_it_cost() -> None:
    plan = planned([1, 1, 3, 1])
    after = moved(plan, 60_000, FIRST, 4, set(), "one")
    assert list(days.prices(plan, 60_000).values()) == [10_000, 10_000, 30_000, 10_000]
    assert list(days.prices(after, 60_000).values()) == [10_000] * 4


def test_a_holiday_it_comes_to_fall_on_makes_it_no_dearer() -> None:
    after = moved(planned([1, 1, 1, 1]), 40_000, FIRST, 4, {5}, "one")
    assert list(days.prices(after, 40_000).values()) == [10_000, 6_000, 18_000, 6_000]
    assert [each["times"] for each in after["days"]] == [1, 1, 3, 1]


def test_whose_day_it_was() -> None:
    once = moved(planned([1] * 5), 50_000, FIRST + DAY, 1, set(), "one")
    twice = moved(once, 50_000, FIRST + 2 * DAY, 2, set(), "two")
    dates = [date.fromisoformat(each["day"]) for each in twice["days"]]
    assert [days.worker_of(twice, day, "three") for day in dates] == ["one", "one", "two", "three", "three"]
    assert days.formers(twice) == {"one", "two"}
