"""What is left of a card, and for what."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.core.errors import Refusal
from qiaojiejie.prepaid import errors, rules

FEN = st.integers(min_value=0, max_value=500_000)


def card(**changes: Any) -> Any:
    return SimpleNamespace(**{"state": "live", "state_name": "可用", "firm_id": 1, "firm_name": "甲",
                              "service_code": "cleaning", "service_name": "保洁", **changes})


@pytest.mark.parametrize(("changes", "refusal"), [
    ({}, None), ({"service_code": None}, None),
    ({"state": "closed"}, errors.PrepaidCardNotLive), ({"state": "bought"}, errors.PrepaidCardNotLive),
    ({"firm_id": 2}, errors.PrepaidCardOfAnotherFirm), ({"service_code": "moving"}, errors.PrepaidCardNotForService)])
def test_a_card_pays_for_visits_of_its_firm_and_service_while_it_is_live(
        changes: Any, refusal: type[Refusal] | None) -> None:
    visit = SimpleNamespace(firm_id=1, service_code="cleaning")
    if refusal is None:
        rules.check_usable(card(**changes), visit)
    else:
        with pytest.raises(refusal):
            rules.check_usable(card(**changes), visit)


@given(held=FEN, amount=FEN)
def test_a_balance_is_enough_exactly_when_it_is_not_less(held: int, amount: int) -> None:
    if held >= amount:
        rules.check_balance(held, amount, disputed_fen=0, lost_fen=0)
    else:
        with pytest.raises(errors.PrepaidBalanceShort) as refused:
            rules.check_balance(held, amount, disputed_fen=0, lost_fen=0)
        assert refused.value.params["balance"] == held


@pytest.mark.parametrize("taken", [{"disputed_fen": 1, "lost_fen": 0}, {"disputed_fen": 0, "lost_fen": 1}])
def test_what_a_bank_took_freezes_all_of_it(taken: dict[str, int]) -> None:
    with pytest.raises(errors.PrepaidCardFrozen):
        rules.check_balance(500_000, 1, **taken)


@given(paid=FEN, data=st.data())
def test_however_a_card_ends_its_family_gets_back_what_it_paid_for_nothing_and_no_more(paid: int, data: Any) -> None:
    used = data.draw(st.integers(0, paid))
    lost = data.draw(st.integers(0, paid))
    came_back = data.draw(st.integers(0, used))
    held = max(0, paid - used - lost)
    short = lost - (paid - used - held)  # what the books had to call a loss
    back, recovered = rules.parted(held, paid - lost - used)
    then, more = rules.parted(held - back - recovered + came_back, paid - lost - back - (used - came_back))
    gone = lost + back + then
    assert gone == max(lost, paid - used + came_back)
    assert recovered == 0 and more <= short
