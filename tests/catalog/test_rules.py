"""Prices to the fen, and places between two maps."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from qiaojiejie.catalog import rules


@dataclass(frozen=True)
class Fee:
    """A fee rule without its table."""

    line: str
    permille: int
    fixed_fen: int = 0


STANDARD = [Fee("firm_fee", 150), Fee("insurance", 0, 200), Fee("platform_fee", 20)]

fees = st.lists(st.builds(Fee, line=st.sampled_from(["firm_fee", "insurance", "platform_fee"]),
                          permille=st.integers(0, 1000), fixed_fen=st.integers(0, 10**6)),
                max_size=3, unique_by=lambda fee: fee.line)


def amounts(wage_fen: int) -> dict[str, int]:
    return {line["line"]: line["amount"] for line in rules.price_lines(wage_fen=wage_fen, fees=STANDARD)}


def test_three_hours_at_forty_yuan_cost_a_hundred_and_forty_two_yuan_forty() -> None:
    assert amounts(12000) == {"wage": 12000, "firm_fee": 1800, "insurance": 200, "platform_fee": 240}
    assert sum(amounts(12000).values()) == 14240


@pytest.mark.parametrize(("wage", "firm_fee", "platform_fee"), [
    (3, 0, 0), (4, 1, 0),    # 0.45 fen is nothing, 0.60 fen is one
    (10, 2, 0),              # 1.5 fen is two: half goes up
    (24, 4, 0), (25, 4, 1),  # 0.48 and 0.50 fen
])
def test_each_line_is_rounded_half_up_once(wage: int, firm_fee: int, platform_fee: int) -> None:
    assert (amounts(wage)["firm_fee"], amounts(wage)["platform_fee"]) == (firm_fee, platform_fee)


@given(wage=st.integers(0, 10**9), rules_in_force=fees)
def test_lines_are_never_negative_never_stray_and_do_not_depend_on_the_order_of_fees(
        wage: int, rules_in_force: list[Fee]) -> None:
    lines = rules.price_lines(wage_fen=wage, fees=rules_in_force)
    assert lines == rules.price_lines(wage_fen=wage, fees=reversed(rules_in_force))
    assert lines[0] == {"line": "wage", "name": "服务人员劳务费", "amount": wage}
    assert all(type(line["amount"]) is int and line["amount"] >= 0 for line in lines)
    exact = wage * 1000 + sum(wage * fee.permille + fee.fixed_fen * 1000 for fee in rules_in_force)
    assert abs(sum(line["amount"] for line in lines) * 1000 - exact) <= 500 * len(rules_in_force)


def test_a_negative_wage_is_no_price() -> None:
    with pytest.raises(ValueError):
        rules.price_lines(wage_fen=-1, fees=STANDARD)


#: published check values of the conversion in general use: WGS-84 (lat, lng), GCJ-02 (lat, lng)
VECTORS = [((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
           ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
           ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657))]


@pytest.mark.parametrize(("true", "shifted"), VECTORS)
def test_a_place_from_a_chinese_map_is_brought_back_to_within_a_centimetre(
        true: tuple[float, float], shifted: tuple[float, float]) -> None:
    assert rules.gcj02(true[1], true[0]) == pytest.approx((shifted[1], shifted[0]), abs=1e-9)
    assert rules.wgs84(shifted[1], shifted[0]) == pytest.approx((true[1], true[0]), abs=1e-7)


@given(lng=st.floats(117.9, 119.2), lat=st.floats(33.1, 34.5))
def test_there_and_back_again_anywhere_in_the_city(lng: float, lat: float) -> None:
    assert rules.wgs84(*rules.gcj02(lng, lat)) == pytest.approx((lng, lat), abs=1e-8)


def test_a_cell_is_a_whole_number_that_fits_a_bigint() -> None:
    cell = rules.cell(118.2735, 33.9391)
    assert 0 < cell < 2**63
    assert rules.cell(118.2736, 33.9391) == cell
    assert rules.cell(118.3244, 33.9423) != cell


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert rules.distance_m(118.0, 33.0, 118.0, 34.0) == pytest.approx(111_195, abs=60)
    assert rules.distance_m(118.0, 33.0, 118.0, 33.0) == 0
