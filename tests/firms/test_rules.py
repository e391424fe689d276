"""What a firm's file may say, and why it is returned."""

from datetime import date

import pytest

from qiaojiejie.firms import rules
from qiaojiejie.firms.lifecycle import FIRM


@pytest.mark.parametrize(("written", "kept"), [
    ("0527-84350000", "0527 8435 0000"), ("(0527)84350000", "0527 8435 0000"), ("+86 527 8435 0000", "0527 8435 0000"),
    ("13800000001", "138 0000 0001"), ("400-800-1234", "400 800 1234"),
    ("84350000", None), ("0527-8435", None), ("12345", None), ("+1 650 253 0000", None), ("没有", None)])
def test_a_firm_is_reached_by_a_fixed_line_a_mobile_or_a_400_number(written: str, kept: str | None) -> None:
    assert rules.telephone(written) == kept


def test_every_state_says_what_may_be_changed_in_it() -> None:
    assert set(rules.CHANGEABLE) == set(FIRM.states)
    assert not any("uscc" in fields for fields in rules.CHANGEABLE.values())
    assert rules.frozen_fields("returned", ["name", "phone"]) == []
    assert rules.frozen_fields("on_platform", ["phone", "name", "mode"]) == ["mode", "name"]
    assert rules.frozen_fields("under_review", ["phone"]) == ["phone"]


def test_every_reason_goes_with_a_step_that_needs_one_and_reads_in_both_languages() -> None:
    for reason in rules.REASONS.values():
        assert reason.steps and reason.steps <= rules.NEEDS_REASONS <= set(FIRM.steps)
        assert reason.chinese and reason.english.isascii()
    assert rules.misfit("return", ["stamp_missing", "complaints_unanswered"]) == "complaints_unanswered"
    assert rules.misfit("accept", ["other"]) == "other"
    assert rules.misfit("suspend", ["other", "licence_lapsed"]) is None


def test_a_licence_counts_on_its_last_day_and_not_the_day_after() -> None:
    assert rules.in_date(date(2026, 12, 1), date(2026, 12, 1))
    assert not rules.in_date(date(2026, 12, 1), date(2026, 12, 2))
    assert rules.in_date(None, date(2099, 1, 1)), "long-term licences have no end"


def test_years_are_counted_whole() -> None:
    assert rules.years(date(2015, 6, 1), date(2026, 5, 31)) == 10
    assert rules.years(date(2015, 6, 1), date(2026, 6, 1)) == 11
    assert rules.years(date(2016, 2, 29), date(2027, 2, 28)) == 10
    assert rules.years(None, date(2026, 6, 1)) is None
