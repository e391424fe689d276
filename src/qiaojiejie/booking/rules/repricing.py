"""The price of a visit at another length, by what was frozen: her wage per unit, the fees of then, its coupon. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from qiaojiejie.booking.rules import wage
from qiaojiejie.catalog.rules import Fee, price_lines
from qiaojiejie.coupons.errors import CouponTakesNothing
from qiaojiejie.coupons.rules import least_left, line_of

Lines = Sequence[dict[str, Any]]


def unit_price(wage_fen: int, *, unit: str, minutes: int) -> int | None:
    """Her wage per unit, of which so many minutes came to ``wage_fen``; None when none comes to exactly that.

    From an hour on no two prices come to the same.
    """
    near = wage_fen if unit == "visit" else (2 * wage_fen * 60 + minutes) // (2 * minutes)
    return next((price for price in (near, near - 1, near + 1)
                 if price >= 0 and wage(price_fen=price, unit=unit, minutes=minutes) == wage_fen), None)


def reprice(lines: Lines, *, unit: str, minutes: int, wanted: int, fees: Iterable[Fee]) -> list[dict[str, Any]]:
    """The lines of a price for ``wanted`` minutes instead of ``minutes``; ``fees``: those it was quoted by.

    Just as it would have been quoted for that length then. A price that was not made of these fees is agreed upon:
    each of its lines grows or shrinks with the time, half up. Raises CouponTakesNothing.
    """
    if wanted == minutes or unit == "visit":
        return [dict(line) for line in lines]
    old, discount, fees = [line for line in lines if line is not line_of(lines)], line_of(lines), list(fees)
    price = unit_price(sum(line["amount"] for line in old if line["line"] == "wage"), unit=unit, minutes=minutes)
    if price is not None and _amounts(price_lines(wage_fen=wage(price_fen=price, unit=unit, minutes=minutes),
                                                  fees=fees)) == _amounts(old):
        new = price_lines(wage_fen=wage(price_fen=price, unit=unit, minutes=wanted), fees=fees)
    else:
        new = [{**line, "amount": (2 * line["amount"] * wanted + minutes) // (2 * minutes)} for line in old]
    return new if discount is None else [*new, _at_most(discount, new)]


def _amounts(lines: Lines) -> list[tuple[str, int]]:
    return [(line["line"], line["amount"]) for line in lines]


def _at_most(discount: dict[str, Any], lines: Lines) -> dict[str, Any]:
    """A coupon takes off what it took, and leaves what every price must leave."""
    fee = sum(line["amount"] for line in lines if line["line"] == "platform_fee")
    left = sum(line["amount"] for line in lines) - least_left(discount["by"], fee)
    if left <= 0:
        raise CouponTakesNothing()
    return {**discount, "amount": -min(-discount["amount"], left)}
