"""What can be a rule, how long notice takes, and how effects are told."""

from datetime import date, timedelta
from typing import Any

import pytest

from qiaojiejie.credit.rules import V1, packaged
from qiaojiejie.governance import rules
from qiaojiejie.governance.errors import NoticeTooLong, NoticeTooShort
from tests.governance.conftest import rule

GRADES = V1.grades


def fields(draft: Any) -> list[str]:
    """Where a draft is faulty."""
    return [fault.field for fault in rules.faults(draft, [V1])]


def test_every_rule_that_comes_with_the_product_is_one() -> None:
    for known in packaged().values():
        assert rules.faults(known.data, packaged().values()) == []


@pytest.mark.parametrize("path, value, field", [
    ("slow_k", "1000", "slow_k"), ("slow_k", 1.5, "slow_k"), ("slow_k", True, "slow_k"), ("slow_k", 0, "slow_k"),
    ("slow_k", None, "slow_k"), ("slow_k", 10_001, "slow_k"), ("no_show_x", 1500, "no_show_x"),
    ("silent__weight", 1001, "silent.weight"), ("rater__perfect__3", -1, "rater.perfect.3"),
    ("complaint__x", [-800, -1600, -2600], "complaint.x"), ("complaint__caps", [[4, 365], [3, 180], [2, 90]],
                                                            "complaint.caps.0"),
    ("decay__step_days", 31, "decay"), ("decay__fast_half_days", 100, "decay"), ("phi", [0] * 1001, "phi"),
    ("decay__millionths", [1] * 18, "decay.millionths"), ("version", "latest", "version"),
    ("version", "v1.1/../x", "version"), ("active_from", "soon", "active_from"), ("marks", [], "marks"),
    ("grades", [["AAA", 780], ["AA", 830], ["A", 700], ["B", 600], ["C", 500], ["D", 0]], "grades"),
    ("grades", [["S", 830], ["AA", 780], ["A", 700], ["B", 600], ["C", 500], ["D", 0]], "grades"),
    ("steps__W05__zh", "如果{when}", "steps.W05.zh"), ("origin", "", "origin"), ("surprise", 1, "surprise"),
    ("repair__from_days", [0, 90, 365, None], "repair.from_days.0")])
def test_a_draft_of_a_wrong_shape_names_the_field(path: str, value: Any, field: str) -> None:
    assert field in fields(rule(**{path: value}))


def test_a_field_left_out_is_named() -> None:
    draft = rule()
    del draft["marks"]["z_least"]
    assert fields(draft) == ["marks.z_least"]


def test_a_draft_within_sensible_ranges_is_a_rule() -> None:
    assert fields(rule("v2.0.1", slow_k=2000, no_show_x=-1900, late_x=0, silent__weight=0)) == []


def test_notice_takes_thirty_days_and_no_longer_than_a_year() -> None:
    today = date(2026, 11, 24)
    rules.check_notice(from_day=date(2026, 12, 24), today=today)
    rules.check_notice(from_day=today + timedelta(days=366), today=today)
    with pytest.raises(NoticeTooShort):
        rules.check_notice(from_day=date(2026, 12, 23), today=today)
    with pytest.raises(NoticeTooLong):
        rules.check_notice(from_day=today + timedelta(days=367), today=today)


@pytest.mark.parametrize("born, band", [(1997, "under 30"), (1996, "30–39"), (1987, "30–39"), (1986, "40–49"),
                                        (1967, "50–59"), (1966, "60 and over"), (1930, "60 and over")])
def test_age_bands_are_tens_of_years(born: int, band: str) -> None:
    assert rules.age_band(born, date(2026, 11, 24)) == band


@pytest.mark.parametrize("place, home", [("江苏沭阳", "江苏"), ("黑龙江哈尔滨", "黑龙江"), ("内蒙古", "内蒙古"), ("沭阳", "unknown"),
                                         ("", "unknown")])
def test_the_home_province_is_read_off_the_native_place(place: str, home: str) -> None:
    assert rules.province(place) == home


def moved(group: str, n: int, before: str = "A", after: str = "A") -> rules.Moved:
    """So many who score 700 by the one and 690 by the other."""
    return rules.Moved(group, before, after, n, 700 * n, 690 * n)


def test_groups_under_ten_are_told_together() -> None:
    found = rules.fairness([moved("a", 40), moved("b", 12), moved("b", 3, "A", "B"), moved("c", 6), moved("d", 4)],
                           GRADES)
    assert [(row["group"], row["n"]) for row in found] == [("a", 40), ("b", 15), ("others", 10)]
    assert found[1] == {"group": "b", "n": 15, "before_tenths": 7000, "after_tenths": 6900, "lost_permyriad": 2000}


def test_others_still_too_few_take_the_next_smallest_group_in() -> None:
    found = rules.fairness([moved("a", 40), moved("b", 12), moved("c", 3)], GRADES)
    assert [(row["group"], row["n"]) for row in found] == [("a", 40), ("others", 15)]


def test_a_town_too_small_is_not_told_at_all() -> None:
    found = rules.fairness([moved("a", 5), moved("b", 4)], GRADES)
    assert found == [{"group": "others", "n": None, "before_tenths": None, "after_tenths": None,
                      "lost_permyriad": None}]


def test_a_rise_is_no_loss() -> None:
    assert rules.fairness([moved("a", 10, "B", "AA")], GRADES)[0]["lost_permyriad"] == 0
    assert rules.fairness([moved("a", 10, "AA", "B")], GRADES)[0]["lost_permyriad"] == 10_000
