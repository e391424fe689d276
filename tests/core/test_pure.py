"""Money, clock, lifecycle and refusals: what needs no database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.core import clock, errors, money, translations
from qiaojiejie.core.lifecycle import Lifecycle, step


def test_amounts_read_as_people_write_them() -> None:
    assert [money.display(fen) for fen in (0, 5, 12345, -5, 123456789)] == [
        "¥0.00", "¥0.05", "¥123.45", "-¥0.05", "¥1,234,567.89"]


@given(st.integers(0, 10**12), st.integers(0, 1000))
def test_a_share_is_rounded_half_up_and_never_exceeds_the_whole(amount: int, permille: int) -> None:
    part = money.share(amount, permille)
    assert 0 <= part <= amount
    assert abs(part * 1000 - amount * permille) <= 500


def test_half_a_fen_is_rounded_up() -> None:
    assert money.share(1, 500) == 1
    assert money.share(1, 499) == 0


def test_the_day_turns_at_midnight_in_shanghai() -> None:
    with clock.frozen(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 30)
    with clock.frozen(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 12, 1)
    assert clock.midnight(date(2026, 12, 1)) == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


TABLE = Lifecycle("door", "closed", {"closed": "关", "open": "开"}, [
    step("open", "closed", "open", "owner", "door.opened"),
    step("close", "open", "closed", "owner guest", "door.closed"),
])


class Door:
    """Something with a state."""

    state = "closed"


def test_a_step_in_the_table_moves_the_state_and_names_the_fact() -> None:
    door = Door()
    assert TABLE.move(door, "open", party="owner").fact == "door.opened"
    assert door.state == "open"


def test_a_step_from_another_state_or_by_another_party_is_refused() -> None:
    door = Door()
    with pytest.raises(errors.NotYourStep):
        TABLE.move(door, "open", party="guest")
    with pytest.raises(errors.StepNotPossible) as refused:
        TABLE.move(door, "close", party="guest")
    assert "关" in refused.value.message("zh")
    assert door.state == "closed"


def test_a_table_with_an_unknown_state_is_not_a_lifecycle() -> None:
    with pytest.raises(ValueError, match="ajar"):
        Lifecycle("door", "closed", {"closed": "关"}, [step("pull", "closed", "ajar", "owner", "x")])


def test_a_refusal_speaks_both_languages() -> None:
    refusal = errors.StepNotPossible(step="open", state="open", state_name="已开")
    assert refusal.message("zh") == "现在是“已开”状态，不能进行这一步。"
    assert refusal.message("en") == "The step open is not possible in the state open."


def test_field_messages_are_translated() -> None:
    assert translations.message("Missing data for required field.", "zh") == "必填"
    assert translations.message("手机号不对|Not a mobile number", "en") == "Not a mobile number"
    assert "2026-12-01T09:00:00+08:00" in translations.message("Not a valid aware datetime.", "zh")
    assert translations.message("Not a valid integer.", "zh") == "须为整数"
    assert translations.message("Length must be between 1 and 20.", "zh") == "长度须在 1 到 20 之间"
