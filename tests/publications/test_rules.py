"""Periods, intervals and hidden cells."""

from datetime import date
from random import Random

import pytest

from qiaojiejie.publications import rules


@pytest.mark.parametrize("of, n, low, high", [(0, 10, 0, 2776), (10, 10, 7224, 10_000), (1, 12, 148, 3539),
                                              (50, 100, 4038, 5962), (1, 1, 2065, 10_000), (0, 1, 0, 7935)])
def test_the_interval_is_wilsons_with_its_ends_rounded_outward(of: int, n: int, low: int, high: int) -> None:
    found = rules.rate(of, n)
    assert (found["low_permyriad"], found["high_permyriad"]) == (low, high)


def test_half_a_permyriad_is_rounded_up_and_a_rate_of_nothing_is_none() -> None:
    assert rules.rate(1, 20_000)["permyriad"] == 1
    assert rules.rate(1, 3)["permyriad"] == 3333 and rules.rate(2, 3)["permyriad"] == 6667
    assert set(rules.rate(0, 0).values()) == {None}


@pytest.mark.parametrize("kind, name, first, last", [
    ("monthly", "2026-10", "2026-10-01", "2026-10-31"), ("monthly", "2026-12", "2026-12-01", "2026-12-31"),
    ("monthly", "2028-02", "2028-02-01", "2028-02-29"), ("quarterly", "2026-Q1", "2026-01-01", "2026-03-31"),
    ("quarterly", "2026-Q4", "2026-10-01", "2026-12-31")])
def test_a_period_has_its_first_and_last_day(kind: str, name: str, first: str, last: str) -> None:
    found = rules.parse(kind, name)
    assert found is not None and found.name == name
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize("kind, name", [("monthly", "2026-13"), ("monthly", "2026-00"), ("monthly", "2026-Q1"),
                                        ("quarterly", "2026-Q5"), ("quarterly", "2026-10"), ("yearly", "2026"),
                                        ("monthly", "2026-1"), ("monthly", "２０26-10")])
def test_there_is_no_other_period(kind: str, name: str) -> None:
    assert rules.parse(kind, name) is None


def test_a_period_is_published_once_fifteen_days_have_passed_since_its_last() -> None:
    since = date(2026, 8, 20)

    def named(day: date) -> list[str]:
        return sorted(each.name for each in rules.to_publish(since, day))
    assert named(date(2026, 9, 15)) == []
    assert named(date(2026, 9, 16)) == ["2026-08"]
    assert named(date(2026, 10, 15)) == ["2026-08"]
    assert named(date(2026, 10, 16)) == ["2026-08", "2026-09", "2026-Q3"]


def test_a_cell_under_five_is_hidden_and_none_can_be_worked_out_of_the_sums() -> None:
    names = ("AAA", "A", "D")
    dice = Random(7)
    for _ in range(300):
        firms = [{name: dice.choice((0, 0, 1, 3, 4, 5, 6, 40)) for name in names} for _ in range(dice.randint(1, 6))]
        whole = {name: sum(row[name] for row in firms) for name in names}
        shown = rules.suppressed([*firms, whole], names)
        truth = [{**row, "total": sum(row.values())} for row in (*firms, whole)]
        for row, true in zip(shown, truth, strict=True):
            for name in (*names, "total"):
                assert row[name] in (None, true[name])
                assert row[name] is None or row[name] == 0 or true[name] >= rules.SHOWN_FROM
            assert list(row.values()).count(None) != 1
        for name in (*names, "total"):
            assert [row[name] for row in shown].count(None) != 1


def test_nothing_is_hidden_where_every_cell_is_large_enough_or_empty() -> None:
    rows = [{"A": 5, "D": 0}, {"A": 60, "D": 7}, {"A": 65, "D": 7}]
    assert rules.suppressed(rows, ("A", "D")) == [{**row, "total": sum(row.values())} for row in rows]
