"""What a visit may be and what cancelling costs: pure arithmetic."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.booking import rules
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.errors import BeyondHorizon, LengthNotPossible, StartNotOnHalfHour, TooLittleNotice
from qiaojiejie.calendars.rules import USUAL, Terms

START = datetime(2026, 12, 10, 2, tzinfo=UTC)  # 10:00 in Suqian
SECOND = timedelta(seconds=1)
POLICY = {"code": "p", "name": "标准", "grace_minutes": 5, "no_show_permille": 1000,
          "tiers": [{"from_minutes": 1440, "permille": 0}, {"from_minutes": 120, "permille": 300},
                    {"from_minutes": 0, "permille": 500}]}


@dataclass
class Paid:
    """A booking as the arithmetic sees it."""

    total_fen: int = 10_000
    start: datetime = START
    confirmed_at: datetime | None = START - timedelta(days=10)
    expires_at: datetime = START - timedelta(days=10)
    answer_by: datetime | None = None
    substitute_sought: bool = False
    policy: dict[str, Any] = field(default_factory=lambda: POLICY)
    earliest: datetime | None = None

    @property
    def fee_clock(self) -> datetime:
        """The earliest start it ever had."""
        return self.earliest or self.start

    @property
    def paid_fen(self) -> int:
        """All of it, once it was paid."""
        return 0 if self.confirmed_at is None else self.total_fen


def fee(notice: timedelta, **fields: Any) -> int:
    """The fee with so much notice."""
    booking = Paid(**fields)
    return cancelling.cancellation(booking, booking.start - notice).fee_fen


@pytest.mark.parametrize("notice, expected", [
    (timedelta(days=5), 0), (timedelta(hours=24), 0), (timedelta(hours=24) - SECOND, 3000),
    (timedelta(hours=2), 3000), (timedelta(hours=2) - SECOND, 5000), (timedelta(0), 5000), (-SECOND, 10_000),
])
def test_a_tier_holds_to_its_bound_and_exactly_on_it(notice: timedelta, expected: int) -> None:
    assert fee(notice) == expected


def test_cancelling_is_free_for_five_minutes_after_paying_and_no_second_longer() -> None:
    paid_at = START - timedelta(hours=1)
    within = cancelling.cancellation(Paid(confirmed_at=paid_at), paid_at + timedelta(minutes=5))
    assert (within.fee_fen, within.refund_fen, within.good_until) == (0, 10_000, paid_at + timedelta(minutes=5))
    assert cancelling.cancellation(Paid(confirmed_at=paid_at), paid_at + timedelta(minutes=5) + SECOND).fee_fen == 5000


def test_the_grace_ends_with_the_start() -> None:
    assert fee(-SECOND, confirmed_at=START - timedelta(minutes=1)) == 10_000


def test_what_was_not_paid_costs_nothing_and_gives_nothing_back() -> None:
    held = cancelling.cancellation(Paid(confirmed_at=None), START - timedelta(minutes=1))
    assert (held.fee_fen, held.refund_fen) == (0, 0)


def test_the_quote_says_until_when_it_is_good() -> None:
    booking = Paid()
    for notice, bound in ((timedelta(days=3), timedelta(days=1)), (timedelta(hours=5), timedelta(hours=2)),
                          (timedelta(hours=1), timedelta(0))):
        assert cancelling.cancellation(booking, START - notice).good_until == START - bound
    assert cancelling.cancellation(booking, START + SECOND).good_until is None


def test_tiers_are_said_in_words_with_their_deadlines() -> None:
    first, second, third = cancelling.deadlines(policy=POLICY, total_fen=9_999, start=START)
    assert (first["words"], first["words_en"]) == ("开始前 24 小时以上取消，免费", "24 h or more before the start: free")
    assert (second["until"], second["fee"], second["refund"]) == (START - timedelta(hours=2), 3000, 6999)
    assert second["words_en"] == "2 h to 24 h before the start: 30 %"
    assert third["words"] == "开始前不足 2 小时取消，收取 50 %"


notices = st.timedeltas(min_value=timedelta(hours=-5), max_value=timedelta(days=40))
totals = st.integers(min_value=1, max_value=10**9)


@given(totals, notices, notices)
def test_fee_and_refund_are_the_total_never_negative_and_more_notice_never_costs_more(
        total: int, one: timedelta, other: timedelta) -> None:
    booking = Paid(total_fen=total)
    less, more = (cancelling.cancellation(booking, START - notice) for notice in sorted((one, other)))
    for found in (less, more):
        assert found.fee_fen + found.refund_fen == total
        assert found.fee_fen >= 0 and found.refund_fen >= 0
    assert more.fee_fen <= less.fee_fen


@given(totals, notices, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)))
def test_a_cancellation_costs_the_same_until_good_until_and_more_right_after(
        total: int, notice: timedelta, paid_before: timedelta) -> None:
    booking = Paid(total_fen=total, confirmed_at=START - notice - paid_before)
    found = cancelling.cancellation(booking, START - notice)
    if found.good_until is not None:
        assert found.good_until >= START - notice
        assert cancelling.cancellation(booking, found.good_until).fee_fen == found.fee_fen
        later = cancelling.cancellation(booking, found.good_until + timedelta(microseconds=1))
        assert later.fee_fen >= found.fee_fen


@given(totals)
def test_a_no_show_costs_everything(total: int) -> None:
    assert cancelling.no_show_fee(POLICY, total, total) == total


@pytest.mark.parametrize("unit, minutes, expected", [
    ("hour", 180, 12_000), ("hour", 150, 10_000), ("hour", 30, 2_000), ("visit", 180, 4_000), ("visit", 60, 4_000)])
def test_a_wage_is_by_the_hour_or_for_the_visit(unit: str, minutes: int, expected: int) -> None:
    assert rules.wage(price_fen=4_000, unit=unit, minutes=minutes) == expected


def test_a_half_fen_of_wage_is_rounded_up_once() -> None:
    assert rules.wage(price_fen=4_001, unit="hour", minutes=30) == 2_001


NOW = START - timedelta(days=1)


def check(start: datetime, minutes: int = 120, now: datetime = NOW, terms: Terms = USUAL) -> None:
    """Ask for a time of a service of two hours at least."""
    rules.check_time(start=start, minutes=minutes, least_minutes=120, now=now, terms=terms)


@pytest.mark.parametrize("past", [timedelta(minutes=1), timedelta(minutes=15), SECOND, timedelta(microseconds=1)])
def test_a_visit_starts_on_the_hour_or_half_hour(past: timedelta) -> None:
    check(START)
    check(START + timedelta(minutes=30))
    with pytest.raises(StartNotOnHalfHour):
        check(START + past)


@pytest.mark.parametrize("minutes", [0, 90, 121, 135, 750, 10_000])
def test_a_visit_is_as_long_as_its_service_needs_and_twelve_hours_at_most(minutes: int) -> None:
    for possible in (120, 150, 720):
        check(START, possible)
    with pytest.raises(LengthNotPossible):
        check(START, minutes)


def test_a_visit_is_asked_for_an_hour_ahead_and_that_is_enough() -> None:
    check(START, now=START - timedelta(minutes=60))
    with pytest.raises(TooLittleNotice):
        check(START, now=START - timedelta(minutes=60) + SECOND)
    with pytest.raises(TooLittleNotice):
        check(START, now=START + timedelta(days=3))


def test_a_worker_may_need_more_notice_and_look_less_far_ahead_and_the_refusal_names_her_figures() -> None:
    hers = Terms(notice_minutes=24 * 60, horizon_days=14)
    check(START, now=START - timedelta(days=1), terms=hers)
    with pytest.raises(TooLittleNotice) as soon:
        check(START, now=START - timedelta(days=1) + SECOND, terms=hers)
    with pytest.raises(BeyondHorizon) as far:
        check(START, now=START - timedelta(days=14), terms=hers)
    assert (soon.value.params, far.value.params) == ({"minutes": 1440}, {"days": 14})


def test_a_visit_may_be_on_the_sixtieth_day_and_not_run_into_the_next() -> None:
    today_late = START.replace(hour=15, minute=59)  # 23:59 in Suqian
    last_day = START + timedelta(days=59)
    check(last_day, 720, now=today_late)
    with pytest.raises(BeyondHorizon):
        check(last_day + timedelta(hours=13), 120, now=today_late)
    with pytest.raises(BeyondHorizon):
        check(last_day + timedelta(days=1), now=today_late)


def test_lateness_is_in_whole_minutes_and_coming_early_is_not_late() -> None:
    assert rules.late_minutes(start=START, came_at=START + timedelta(minutes=7, seconds=59)) == 7
    assert rules.late_minutes(start=START, came_at=START - timedelta(minutes=30)) == 0


def test_notice_is_rounded_towards_less() -> None:
    assert rules.whole_minutes(timedelta(minutes=59, seconds=59)) == 59
    assert rules.whole_minutes(timedelta(seconds=-1)) == -1
