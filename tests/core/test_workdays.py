"""Working days: weekends and holidays are off, make-up days are worked, unknown years go by the week."""

from datetime import date

import pytest

from qiaojiejie.core import workdays


@pytest.mark.parametrize(("day", "worked"), [
    (date(2026, 11, 23), True), (date(2026, 11, 21), False), (date(2026, 10, 1), False), (date(2026, 10, 10), True),
    (date(2031, 10, 1), True), (date(2031, 10, 4), False)])
def test_a_day_is_worked_as_the_calendar_of_the_state_council_says(day: date, worked: bool) -> None:
    assert workdays.is_working(day) is worked


def test_fifteen_working_days_pass_over_weekends_and_holidays() -> None:
    assert workdays.after(date(2026, 11, 23), 15) == date(2026, 12, 14)
    assert workdays.after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert workdays.after(date(2026, 11, 21), 0) == date(2026, 11, 21)


def test_days_between_are_the_inverse_of_days_after() -> None:
    for count in range(40):
        assert workdays.between(date(2026, 9, 20), workdays.after(date(2026, 9, 20), count)) == count
    assert workdays.between(date(2026, 11, 23), date(2026, 11, 23)) == 0
