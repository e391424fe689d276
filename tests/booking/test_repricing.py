"""The price of a visit at another length."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.booking import rules
from qiaojiejie.booking.rules.repricing import reprice, unit_price
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.coupons.errors import CouponTakesNothing


@dataclass
class Rule:
    """A fee."""

    line: str
    permille: int
    fixed_fen: int


fees = st.tuples(st.builds(Rule, st.just("firm_fee"), st.integers(0, 400), st.integers(0, 500)),
                 st.builds(Rule, st.just("platform_fee"), st.integers(0, 200), st.integers(0, 300)))
lengths = st.integers(2, 24).map(lambda half_hours: half_hours * 30)


def quoted(price: int, unit: str, minutes: int, of: Any) -> list[dict[str, Any]]:
    """The lines of a quote."""
    return price_lines(wage_fen=rules.wage(price_fen=price, unit=unit, minutes=minutes), fees=of)


@given(price=st.integers(0, 99_999), unit=st.sampled_from(rules.VISIT_UNITS), minutes=lengths)
def test_her_price_per_unit_is_found_again_from_the_wage(price: int, unit: str, minutes: int) -> None:
    assert unit_price(rules.wage(price_fen=price, unit=unit, minutes=minutes), unit=unit, minutes=minutes) == price


@given(price=st.integers(500, 99_999), unit=st.sampled_from(rules.VISIT_UNITS), minutes=lengths, wanted=lengths,
       of=fees)
def test_a_visit_costs_what_it_would_have_been_quoted_at_that_length(price: int, unit: str, minutes: int, wanted: int,
                                                                     of: Any) -> None:
    before = quoted(price, unit, minutes, of)
    after = reprice(before, unit=unit, minutes=minutes, wanted=wanted, fees=of)
    assert after == quoted(price, unit, wanted, of)
    assert reprice(after, unit=unit, minutes=wanted, wanted=minutes, fees=of) == before, "and back again"


@given(lines=st.lists(st.integers(1, 50_000), min_size=2, max_size=2), minutes=lengths, wanted=lengths)
def test_a_price_agreed_upon_otherwise_grows_with_the_time(lines: list[int], minutes: int, wanted: int) -> None:
    wage, extra = lines
    agreed = [{"line": "wage", "name": "劳务费", "amount": wage}, {"line": "insurance", "name": "保险费", "amount": extra}]
    after = reprice(agreed, unit="hour", minutes=minutes, wanted=wanted, fees=())
    assert all(abs(line["amount"] * minutes - of * wanted) * 2 <= minutes
               for line, of in zip(after, lines, strict=True))


def discounted(amount: int, by: str = "platform") -> list[dict[str, Any]]:
    """Three hours at 40 yuan with a coupon."""
    return [*quoted(4000, "hour", 180, ()),
            {"line": "discount", "name": "立减", "amount": -amount, "by": by, "coupon": "x"}]


@pytest.mark.parametrize("amount, wanted, taken", [(2000, 240, 2000), (2000, 120, 2000), (9000, 120, 7900)])
def test_a_coupon_takes_off_what_it_took_and_leaves_one_yuan(amount: int, wanted: int, taken: int) -> None:
    after = reprice(discounted(amount), unit="hour", minutes=180, wanted=wanted, fees=())
    assert after[-1]["amount"] == -taken


def test_where_nothing_can_be_taken_off_it_is_not_made_shorter() -> None:
    cheap = [{"line": "wage", "name": "劳务费", "amount": 300},
             {"line": "discount", "name": "立减", "amount": -100, "by": "platform", "coupon": "x"}]
    with pytest.raises(CouponTakesNothing):
        reprice(cheap, unit="hour", minutes=180, wanted=60, fees=())
