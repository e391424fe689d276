"""Arithmetic of payments: whose each fen of a booking is."""

from collections.abc import Sequence
from typing import Any

from qiaojiejie.books.rules import Share

Lines = Sequence[dict[str, Any]]


def platform_line(lines: Lines) -> int:
    """The platform fee among a booking's price lines, in fen."""
    return sum(line["amount"] for line in lines if line["line"] == "platform_fee")


def promotion_line(lines: Lines) -> int:
    """What the platform's own coupon takes off a booking's price, in fen (a firm's coupon is the firm's affair)."""
    return -sum(line["amount"] for line in lines if line["line"] == "discount" and line["by"] == "platform")


def platform_share(kept: int, *, fee: int, total: int) -> int:
    """The platform's part of ``kept`` fen of a booking of ``total`` fen whose platform fee is ``fee``.

    In proportion, rounded half up once; the remainder is the firm's. All of the booking kept gives exactly ``fee``.
    """
    return (2 * kept * fee + total) // (2 * total)


def between(lines: Lines, total: int, before: int, after: int) -> Share:
    """The part of a booking from its ``before``-th to its ``after``-th fen (0 ≤ before ≤ after ≤ total).

    However a booking is cut, its parts add up to the whole: fee and promotion are differences of rounded shares.
    """
    fee, promotion = platform_line(lines), promotion_line(lines)
    return Share(amount=after - before,
                 fee=platform_share(after, fee=fee, total=total) - platform_share(before, fee=fee, total=total),
                 promotion=platform_share(after, fee=promotion, total=total)
                 - platform_share(before, fee=promotion, total=total))
