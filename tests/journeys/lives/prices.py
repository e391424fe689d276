"""What a life costs, by a second reckoning: in fractions, from what was agreed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

#: the firm's and the platform's part of a wage in thousandths, and fen of insurance
FIRM, PLATFORM, INSURANCE = 150, 20, 200


def half_up(fen: Fraction) -> int:
    """Whole fen."""
    return int(fen + Fraction(1, 2))


def total(wage: int, off: int) -> int:
    """A wage with all that is added, less what a coupon takes off."""
    return wage + half_up(Fraction(wage * FIRM, 1000)) + half_up(Fraction(wage * PLATFORM, 1000)) + INSURANCE - off


def taken_off(lines: Sequence[dict[str, Any]], most: int) -> int:
    """What the coupon of a price takes off: never more than it is good for."""
    off = -sum(line["amount"] for line in lines if "by" in line)
    assert 0 <= off <= most
    return off


@dataclass(frozen=True)
class Policy:
    """What cancelling costs: (minutes before the start, thousandths of the total), most notice first and at last none,
    and the thousandths after the start."""

    tiers: tuple[tuple[int, int], ...]
    after: int

    def written(self, world: sa.Connection) -> None:
        """It is what the catalogue says."""
        tiers = [{"from_minutes": minutes, "permille": permille} for minutes, permille in self.tiers]
        world.execute(sa.text("UPDATE cancellation_policy SET tiers = :tiers, no_show_permille = :after").bindparams(
            sa.bindparam("tiers", type_=sa.JSON)), {"tiers": tiers, "after": self.after})

    def fee(self, now: datetime, *, start: datetime, earliest: datetime, total: int, paid: int) -> int:
        """Of a booking that begins at ``start`` and once was to begin at ``earliest``; more than was paid is never
        kept."""
        for minutes, permille in self.tiers:
            if now <= (earliest if minutes else start) - timedelta(minutes=minutes):
                return min(paid, half_up(Fraction(total * permille, 1000)))
        return self.no_show(total, paid)

    def no_show(self, total: int, paid: int) -> int:
        """Nobody was at home."""
        return min(paid, half_up(Fraction(total * self.after, 1000)))
