"""The platform's share of what is kept."""

import pytest

from qiaojiejie.payments.rules import platform_line, platform_share


@pytest.mark.parametrize(("kept", "share"), [(13800, 400), (0, 0), (6900, 200), (4140, 120), (17, 0), (18, 1), (1, 0)])
def test_the_platforms_share_is_in_proportion_and_rounded_half_up_once(kept: int, share: int) -> None:
    assert platform_share(kept, fee=400, total=13800) == share


def test_a_booking_without_a_platform_fee_leaves_all_to_the_firm() -> None:
    assert platform_line([{"line": "wage", "name": "", "amount": 5}]) == 0
    assert platform_share(5, fee=0, total=5) == 0


def test_all_kept_is_exactly_the_fee() -> None:
    assert all(platform_share(total, fee=fee, total=total) == fee for total in range(1, 60) for fee in range(total))
