"""Rates told honestly: in 1/10000, with Wilson's interval at 95 % (Wilson 1927), its ends rounded outward. Pure."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction

WHOLE = 10_000
_Z = Decimal("1.96")


def rate(of: int, n: int) -> dict[str, int | None]:
    """``of`` in ``n`` in 1/10000 with its interval; None of nothing."""
    return weighted(Fraction(of, n), Fraction(n)) if n else weighted(Fraction(0), Fraction(0))


def weighted(share: Fraction, n: Fraction) -> dict[str, int | None]:
    """A share of an effective number of answers in 1/10000 (a half up) with its interval; None of nothing."""
    if n == 0:
        return {"permyriad": None, "low_permyriad": None, "high_permyriad": None}
    low, high = _wilson(share * n, n)
    return {"permyriad": (share * WHOLE + Fraction(1, 2)).__floor__(), "low_permyriad": low, "high_permyriad": high}


def _wilson(of: Fraction, n: Fraction) -> tuple[int, int]:
    with localcontext(Context(prec=50)):
        square, count, size = _Z * _Z, _decimal(of), _decimal(n)
        middle, wide = 2 * count + square, _Z * (square + 4 * _decimal(of * (n - of) / n)).sqrt()
        ends = [(middle + side * wide) / (2 * (size + square)) * WHOLE for side in (-1, 1)]
        return (int(ends[0].to_integral_value(ROUND_FLOOR)), int(ends[1].to_integral_value(ROUND_CEILING)))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
