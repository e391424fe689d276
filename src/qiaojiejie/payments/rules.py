"""Arithmetic of payments: the platform's share."""

from typing import Any


def platform_line(lines: list[dict[str, Any]]) -> int:
    """The platform fee among a booking's price lines, in fen."""
    return sum(line["amount"] for line in lines if line["line"] == "platform_fee")


def platform_share(kept: int, *, fee: int, total: int) -> int:
    """The platform's part of ``kept`` fen of a booking of ``total`` fen whose platform fee is ``fee``.

    In proportion, rounded half up once; the remainder is the firm's. All of the booking kept gives exactly ``fee``.
    """
    return (2 * kept * fee + total) // (2 * total)
