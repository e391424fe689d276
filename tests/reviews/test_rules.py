"""When a review may be written, and the mean of marks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.reviews import rules
from qiaojiejie.reviews.errors import ReviewClosed, ReviewNotOpen

CLOSED = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("state", sorted(set(BOOKING.states) - {"completed"}))
def test_only_what_was_completed_is_reviewed(state: str) -> None:
    with pytest.raises(ReviewNotOpen):
        rules.check_open(state=state, closed_at=CLOSED, now=CLOSED)


def test_thirty_days_are_open_and_no_second_longer() -> None:
    rules.check_open(state="completed", closed_at=CLOSED, now=CLOSED + timedelta(days=30))
    with pytest.raises(ReviewClosed):
        rules.check_open(state="completed", closed_at=CLOSED, now=CLOSED + timedelta(days=30, seconds=1))


@pytest.mark.parametrize("counts, expected", [
    ({}, None), ({5: 1}, "5.0"), ({5: 3, 4: 1}, "4.8"), ({4: 1, 5: 1}, "4.5"), ({1: 19, 2: 1}, "1.1"), ({3: 0}, None)])
def test_a_mean_has_one_decimal_half_up(counts: dict[int, int], expected: str | None) -> None:
    assert rules.mean(counts) == expected


@given(st.dictionaries(st.integers(1, 5), st.integers(1, 1000), min_size=1))
def test_a_mean_is_within_half_a_tenth_of_the_marks(counts: dict[int, int]) -> None:
    exact = sum(mark * count for mark, count in counts.items()) / sum(counts.values())
    assert abs(float(rules.mean(counts) or 0) - exact) <= 0.05 + 1e-9
