"""What a coupon takes off, to the fen, and what a code is."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from qiaojiejie.coupons import rules
from qiaojiejie.payments.rules import between

TODAY = date(2026, 12, 1)


@dataclass(frozen=True)
class Coupon:
    """A coupon without its table."""

    state: str = "live"
    payer: str = "platform"
    firm_id: UUID | None = None
    firm_name: str | None = None
    kind: str = "amount"
    amount_fen: int | None = 2000
    permille: int | None = None
    most_fen: int | None = None
    least_fen: int = 0
    services: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    audience: str = "everyone"
    valid_from: date = TODAY
    valid_until: date = TODAY
    most_uses: int | None = None
    most_per_household: int = 1
    used: int = 0


def share(permille: int, most: int, payer: str = "platform") -> Coupon:
    """A coupon of a share of the price."""
    return Coupon(kind="permille", amount_fen=None, permille=permille, most_fen=most, payer=payer)


@pytest.mark.parametrize(("coupon", "total", "fee", "off"), [
    (Coupon(), 14240, 240, 2000), (Coupon(), 2101, 40, 2000), (Coupon(), 2100, 40, 2000), (Coupon(), 2099, 40, 1999),
    (Coupon(), 101, 2, 1), (Coupon(), 100, 2, 0), (Coupon(), 99, 2, 0),
    (share(100, 5000), 14240, 240, 1424), (share(100, 1000), 14240, 240, 1000), (share(15, 5000), 14233, 240, 213),
    (share(15, 5000), 14234, 240, 214), (share(1000, 500_000), 14240, 240, 14140),
    (share(1000, 500_000, "firm"), 14240, 240, 14000), (share(1000, 500_000, "firm"), 3000, 60, 2900),
    (Coupon(payer="firm"), 14240, 12000, 2000), (Coupon(payer="firm"), 14240, 13000, 1240)])
def test_what_is_taken_off_leaves_one_yuan_and_of_a_firms_coupon_the_platforms_fee(
        coupon: Coupon, total: int, fee: int, off: int) -> None:
    assert rules.taken_off(coupon, total_fen=total, fee_fen=fee) == off


@given(wage=st.integers(100, 10**7), permille=st.integers(0, 500), off=st.integers(1, 500_000),
       payer=st.sampled_from(rules.PAYERS), parts=st.lists(st.integers(0, 1000), max_size=4))
def test_however_a_discounted_booking_is_cut_the_parts_add_up_and_the_firm_never_owes(
        wage: int, permille: int, off: int, payer: str, parts: list[int]) -> None:
    fee = wage * permille // 1000
    full = wage + fee
    off = rules.taken_off(Coupon(amount_fen=off, payer=payer), total_fen=full, fee_fen=fee)
    total = full - off
    assert off == 0 or total >= rules.LEAST_TOTAL
    lines: list[dict[str, Any]] = [{"line": "wage", "amount": wage}, {"line": "platform_fee", "amount": fee}]
    lines += [rules.line(UUID(int=1), payer, off)] if off else []
    cuts = [0, *sorted(total * part // 1000 for part in parts), total]
    shares = [between(lines, total, before, after) for before, after in zip(cuts, cuts[1:], strict=False)]
    assert sum(each.fee for each in shares) == fee
    assert sum(each.promotion for each in shares) == (off if payer == "platform" else 0)
    assert sum(each.net for each in shares) == (wage if payer == "platform" else wage - off)
    assert all(each.net >= 0 for each in shares)


def test_a_code_has_eight_characters_nobody_confuses_and_is_read_however_it_is_written() -> None:
    letters = cycle(rules.ALPHABET)
    code = rules.make_code(lambda _: next(letters))
    assert len(code) == 8 and not set(rules.ALPHABET) & set("0O1I") and len(rules.ALPHABET) == 32
    assert rules.normal(" qjj2-k7mx ") == rules.normal("ＱＪＪ２Ｋ７ＭＸ") == "QJJ2K7MX"


FIRM, OTHER = UUID(int=1), UUID(int=2)
CLEANING = rules.Asked(FIRM, "cleaning", "日常保洁", "cleaning", 14240, 240)


@pytest.mark.parametrize(("coupon", "mine", "on", "asked", "why"), [
    (Coupon(), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(state="ended"), rules.Mine(), TODAY, CLEANING, ["CouponEnded"]),
    (Coupon(), rules.Mine(), TODAY - timedelta(days=1), CLEANING, ["CouponNotYet"]),
    (Coupon(), rules.Mine(), TODAY + timedelta(days=1), CLEANING, ["CouponOver"]),
    (Coupon(most_uses=3, used=2), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(most_uses=3, used=3), rules.Mine(), TODAY, CLEANING, ["CouponUsedUp"]),
    (Coupon(most_per_household=2), rules.Mine(used=1), TODAY, CLEANING, []),
    (Coupon(most_per_household=2), rules.Mine(used=2), TODAY, CLEANING, ["CouponUsedByYou"]),
    (Coupon(audience="granted"), rules.Mine(granted=True), TODAY, CLEANING, []),
    (Coupon(audience="granted"), rules.Mine(), TODAY, CLEANING, ["CouponNotYours"]),
    (Coupon(payer="firm", firm_id=FIRM), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(payer="firm", firm_id=OTHER, firm_name="甲"), rules.Mine(), TODAY, CLEANING, ["CouponOfAnotherFirm"]),
    (Coupon(payer="firm", firm_id=OTHER), rules.Mine(), TODAY, rules.Asked(), []),
    (Coupon(services=["moving"]), rules.Mine(), TODAY, CLEANING, ["CouponNotForService"]),
    (Coupon(services=["moving"], categories=["cleaning"]), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(services=["cleaning"], categories=["elder"]), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(least_fen=14240), rules.Mine(), TODAY, CLEANING, []),
    (Coupon(least_fen=14241), rules.Mine(), TODAY, CLEANING, ["CouponSpendMore"]),
    (Coupon(), rules.Mine(), TODAY, rules.Asked(total_fen=100), ["CouponTakesNothing"]),
    (Coupon(state="ended", services=["moving"]), rules.Mine(used=1), TODAY + timedelta(days=9), CLEANING,
     ["CouponEnded", "CouponOver", "CouponUsedByYou", "CouponNotForService"]),
])
def test_every_reason_why_not_has_its_own_code_and_words(
        coupon: Coupon, mine: rules.Mine, on: date, asked: rules.Asked, why: list[str]) -> None:
    found = list(rules.obstacles(coupon, mine, on, asked))
    assert [refusal.code for refusal in found] == why
    assert all(refusal.message(tongue) and "{" not in refusal.message(tongue)
               for refusal in found for tongue in ("zh", "en"))


@pytest.mark.parametrize(("terms", "good"), [
    ({}, True), ({"amount_fen": None}, False), ({"permille": 100}, False), ({"most_fen": 100}, False),
    ({"kind": "permille", "amount_fen": None, "permille": 100, "most_fen": 5000}, True),
    ({"kind": "permille", "amount_fen": None, "permille": 100}, False),
    ({"kind": "permille", "permille": 100, "most_fen": 5000}, False),
    ({"valid_until": TODAY - timedelta(days=1), "valid_from": TODAY - timedelta(days=9)}, False),
    ({"valid_from": TODAY - timedelta(days=9)}, True), ({"valid_from": TODAY + timedelta(days=1)}, False),
    ({"valid_until": TODAY + rules.LONGEST}, True), ({"valid_until": TODAY + rules.LONGEST + timedelta(1)}, False)])
def test_only_terms_that_make_sense_are_issued(terms: dict[str, Any], good: bool) -> None:
    assert rules.fits(**{"kind": "amount", "amount_fen": 2000, "permille": None, "most_fen": None, "valid_from": TODAY,
                         "valid_until": TODAY, "today": TODAY, **terms}) is good
