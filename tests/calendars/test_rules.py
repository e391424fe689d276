"""Days cut into half hours: pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.calendars import rules
from qiaojiejie.calendars.rules import LOCAL, NOT_FREE

DAY = date(2026, 12, 1)  # a Tuesday
NINE_TO_FIVE = {weekday: [(540, 1020)] for weekday in range(1, 8)}


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def test_the_leftmost_bit_is_the_first_half_hour() -> None:
    assert rules.mask(0, 1) == 1 << 47
    assert rules.mask(47, 48) == 1
    assert rules.mask(0, 48) == NOT_FREE
    assert rules.mask(5, 5) == 0


def test_a_span_touches_every_half_hour_it_begins_in_or_ends_in() -> None:
    assert rules.masks(at(9), at(10)) == {DAY: rules.mask(18, 20)}
    assert rules.masks(at(9, 10), at(9, 20)) == {DAY: rules.mask(18, 19)}
    assert rules.masks(at(9, 29), at(9, 31)) == {DAY: rules.mask(18, 20)}


def test_a_span_that_ends_at_midnight_leaves_the_next_day_alone() -> None:
    assert rules.masks(at(23), at(0, day=date(2026, 12, 2))) == {DAY: rules.mask(46, 48)}


def test_a_span_over_midnight_at_the_end_of_a_month_lies_in_both_days() -> None:
    last, first = date(2026, 11, 30), date(2026, 12, 1)
    assert rules.masks(at(23, 30, last), at(0, 30, first)) == {last: rules.mask(47, 48), first: rules.mask(0, 1)}


def test_days_are_cut_by_the_clock_in_suqian_not_by_utc() -> None:
    assert rules.masks(datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC)) == {
        DAY: rules.mask(0, 2)}


def test_outside_her_hours_she_is_not_free() -> None:
    assert rules.hours_bits([]) == NOT_FREE
    assert rules.hours_bits([(540, 600), (600, 660)]) == NOT_FREE & ~rules.mask(18, 22)
    assert rules.hours_bits([(0, 1440)]) == 0


def test_an_interval_closes_the_way_to_the_next_visit_too() -> None:
    assert rules.closed_by(at(10), at(12)) == {DAY: rules.mask(19, 25)}


def test_hours_cover_a_visit_or_not() -> None:
    assert rules.covers(rules.Worktime(NINE_TO_FIVE), at(9), at(17))
    assert not rules.covers(rules.Worktime(NINE_TO_FIVE), at(8, 30), at(10))
    assert not rules.covers(rules.Worktime(NINE_TO_FIVE), at(16), at(17, 1))
    assert rules.covers(rules.Worktime({2: [(0, 1440)], 3: [(0, 60)]}), at(22), at(1, day=date(2026, 12, 2)))
    assert not rules.covers(rules.Worktime({2: [(0, 1440)]}), at(22), at(1, day=date(2026, 12, 2)))


def test_free_spans_are_joined_over_midnight_and_clipped_to_what_was_asked() -> None:
    tomorrow = DAY + timedelta(days=1)
    bits = {DAY: NOT_FREE & ~rules.mask(46, 48), tomorrow: NOT_FREE & ~rules.mask(0, 2)}
    assert rules.free_spans(bits, at(12), at(0, 45, tomorrow)) == [(at(23), at(0, 45, tomorrow))]
    assert rules.free_spans({}, at(0), at(23)) == []


def test_visits_begin_on_the_half_hour_and_end_inside_the_span() -> None:
    assert rules.starts([(at(9, 10), at(11))], 60) == [at(9, 30), at(10)]
    assert rules.starts([(at(9), at(10))], 90) == []


ALWAYS = rules.Worktime({weekday: [(0, 1440)] for weekday in range(1, 8)})
moments = st.integers(0, 7 * 48).map(lambda slot: at(0) + slot * rules.HALF_HOUR)
spans = st.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1])


@given(taken=st.lists(spans, max_size=5), visit=spans)
def test_a_visit_fits_the_bits_exactly_when_it_and_its_travel_meet_no_interval(
        taken: list[rules.Span], visit: rules.Span) -> None:
    days = [DAY + timedelta(days=ahead) for ahead in range(8)]
    bits = dict(zip(days, rules.draw(days, ALWAYS, taken, DAY), strict=True))
    fits = all(bits[day] & mask == 0 for day, mask in rules.masks(*visit).items())
    clear = all(visit[1] + rules.BUFFER <= begins or ends <= visit[0] - rules.BUFFER for begins, ends in taken)
    assert fits == clear


@pytest.mark.parametrize("wanted, before, after", [
    ((1, 2), (1, 2), None), ((8, 9), None, (8, 9)), ((4, 6), None, None), ((3, 7), None, None),
    ((2, 5), (2, 3), None), ((5, 9), None, (7, 9)), ((1, 9), (1, 3), (7, 9)), ((7, 9), None, (7, 9)),
    ((1, 3), (1, 3), None)])
def test_what_of_a_time_another_does_not_cover(wanted: tuple[int, int], before: tuple[int, int] | None,
                                               after: tuple[int, int] | None) -> None:
    def span(of: tuple[int, int]) -> rules.Span:
        day = datetime(2026, 12, 1, tzinfo=UTC)
        return day.replace(hour=of[0]), day.replace(hour=of[1])

    assert rules.beside(span(wanted), span((3, 7))) == (before and span(before), after and span(after))
