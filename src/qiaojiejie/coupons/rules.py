"""What a coupon takes off, and every reason why it may not. Pure: the day and the counts are given."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.money import display, share
from qiaojiejie.coupons.errors import (
    CouponEnded, CouponNotForService, CouponNotYet, CouponNotYours, CouponOfAnotherFirm, CouponOver, CouponSpendMore,
    CouponTakesNothing, CouponUsedByYou, CouponUsedUp)

#: what a code is made of: no 0, O, 1, I, which people take for one another
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 8
#: a booking costs at least so many fen, whatever is taken off
LEAST_TOTAL = 100
#: a coupon counts as not used when no more than so many fen were kept of its booking
RETURNED_UP_TO = 0
#: days a coupon runs at most
LONGEST = timedelta(days=366)
#: the line of a price that a coupon makes
LINE, NAME = "discount", "优惠券"

KINDS = ("amount", "permille")
PAYERS = ("platform", "firm")
#: who may use it: every family (each sees it among its coupons), whoever has its code, families it was granted to
AUDIENCES = ("everyone", "code", "granted")


class Terms(Protocol):
    """What the arithmetic reads of a coupon."""

    state: Any
    payer: Any
    firm_id: Any
    kind: Any
    amount_fen: Any
    permille: Any
    most_fen: Any
    least_fen: Any
    services: Any
    categories: Any
    audience: Any
    valid_from: Any
    valid_until: Any
    most_uses: Any
    most_per_household: Any
    used: Any

    @property
    def firm_name(self) -> str | None:
        """The issuing firm's name."""


@dataclass(frozen=True)
class Mine:
    """What a coupon has to do with a household: how often it uses it now, and whether it was granted to it."""

    used: int = 0
    granted: bool = False


@dataclass(frozen=True)
class Asked:
    """A visit a coupon is wanted for: whose, of which service, what it costs in fen before, the platform's fee of it.

    What is not known yet is None and is not held against the coupon.
    """

    firm_id: UUID | None = None
    service: str | None = None
    service_name: str | None = None
    category: str | None = None
    total_fen: int | None = None
    fee_fen: int = 0


def normal(code: str) -> str:
    """A code as it is kept, however a person wrote it: full width, small letters, blanks and hyphens."""
    return "".join(char for char in unicodedata.normalize("NFKC", code).upper() if char.isalnum())


def make_code(choice: Callable[[str], str]) -> str:
    """A code of characters chosen by ``choice``."""
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


def fits(*, kind: str, amount_fen: int | None, permille: int | None, most_fen: int | None, valid_from: date,
         valid_until: date, today: date) -> bool:
    """Do the terms of a new coupon make sense?"""
    of_amount = amount_fen is not None and permille is None and most_fen is None
    of_share = amount_fen is None and permille is not None and most_fen is not None
    days = max(valid_from, today) <= valid_until and valid_until - valid_from <= LONGEST
    return days and (of_amount if kind == "amount" else of_share)


def least_left(payer: str, fee_fen: int) -> int:
    """What a booking costs at least. A firm's own coupon leaves the platform's fee too: the firm never owes for a
    visit it was paid for."""
    return max(LEAST_TOTAL, fee_fen) if payer == "firm" else LEAST_TOTAL


def taken_off(coupon: Terms, *, total_fen: int, fee_fen: int) -> int:
    """The fen a coupon takes off a price of ``total_fen``: its amount, or its share (half up once) up to its cap;
    never so much that less than ``least_left`` remains. 0 when nothing can be taken."""
    wanted = coupon.amount_fen if coupon.kind == "amount" else min(share(total_fen, coupon.permille), coupon.most_fen)
    return max(0, min(wanted, total_fen - least_left(coupon.payer, fee_fen)))


def obstacles(coupon: Terms, mine: Mine, on: date, asked: Asked = Asked()) -> Iterator[Refusal]:
    """Every reason why a household may not use a coupon on a day (for what it asks), the plainest first."""
    yield from _of_itself(coupon, on)
    if coupon.audience == "granted" and not mine.granted:
        yield CouponNotYours()
    if mine.used >= coupon.most_per_household:
        yield CouponUsedByYou(most=coupon.most_per_household)
    yield from _of_visit(coupon, asked)


def _of_itself(coupon: Terms, on: date) -> Iterator[Refusal]:
    if coupon.state != "live":
        yield CouponEnded()
    if on < coupon.valid_from:
        yield CouponNotYet(valid_from=coupon.valid_from.isoformat())
    if on > coupon.valid_until:
        yield CouponOver(valid_until=coupon.valid_until.isoformat())
    if coupon.most_uses is not None and coupon.used >= coupon.most_uses:
        yield CouponUsedUp()


def _of_visit(coupon: Terms, asked: Asked) -> Iterator[Refusal]:
    if coupon.firm_id is not None and asked.firm_id not in (None, coupon.firm_id):
        yield CouponOfAnotherFirm(firm=coupon.firm_name)
    if asked.service is not None and not is_for(coupon, asked.service, asked.category):
        yield CouponNotForService(service=asked.service_name)
    if asked.total_fen is None:
        return
    if asked.total_fen < coupon.least_fen:
        yield CouponSpendMore(least=coupon.least_fen, least_display=display(coupon.least_fen),
                              short_display=display(coupon.least_fen - asked.total_fen))
    elif taken_off(coupon, total_fen=asked.total_fen, fee_fen=asked.fee_fen) == 0:
        yield CouponTakesNothing()


def is_for(coupon: Terms, service: str, category: str | None) -> bool:
    """Is it for this service? One that names neither services nor categories is for all."""
    return not (coupon.services or coupon.categories) or service in coupon.services or category in coupon.categories


def line(coupon_id: UUID, payer: str, amount_fen: int) -> dict[str, Any]:
    """The line a coupon makes in a price: negative fen, by whom, which coupon."""
    return {"line": LINE, "name": NAME, "amount": -amount_fen, "by": payer, "coupon": str(coupon_id)}


def line_of(lines: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The line a coupon made in a price, if one did."""
    return next((each for each in lines if each["line"] == LINE), None)
