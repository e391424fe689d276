"""What cancelling costs, by the policy frozen onto a booking. Pure; moments are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.booking.rules import wall, whole_minutes
from qiaojiejie.booking.rules.words import grace_words, tier_words
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core.money import display, share


class Policy(Protocol):
    """A cancellation policy of the catalogue."""

    code: Any
    name: Any
    tiers: Any
    no_show_permille: Any
    grace_minutes: Any


def frozen(policy: Policy) -> dict[str, Any]:
    """A policy as it is frozen onto a quote and its booking."""
    return {"code": policy.code, "name": policy.name, "tiers": list(policy.tiers),
            "no_show_permille": policy.no_show_permille, "grace_minutes": policy.grace_minutes}


@dataclass(frozen=True)
class Cancellation:
    """What cancelling costs at one moment: ``good_until`` is the last moment at which it costs the same."""

    fee_fen: int
    refund_fen: int
    good_until: datetime | None
    words: str
    words_en: str


class Cancelled(Protocol):
    """What ``cancellation`` reads of a booking."""

    policy: Any
    total_fen: Any
    paid_fen: Any
    confirmed_at: Any
    expires_at: Any
    answer_by: Any
    substitute_sought: Any

    @property
    def start(self) -> datetime:
        """When the visit begins."""

    @property
    def fee_clock(self) -> datetime:
        """The earliest start it ever had."""


@dataclass(frozen=True)
class Tier:
    """What cancelling costs until a moment (inclusive)."""

    bound: timedelta
    permille: int
    until: datetime


def tiers(policy: Mapping[str, Any], start: datetime, fee_clock: datetime) -> list[Tier]:
    """The tiers of a policy in time. They are counted from the earliest start a booking ever had, so that moving it
    makes nothing cheaper; the last one holds until its present start."""
    bounds = [timedelta(minutes=each["from_minutes"]) for each in policy["tiers"]]
    return [Tier(bound, int(each["permille"]), (start if bound == bounds[-1] else fee_clock) - bound)
            for each, bound in zip(policy["tiers"], bounds, strict=True)]


def cancellation(booking: Cancelled, now: datetime, barred: bool = False) -> Cancellation:
    """What a household pays for cancelling now, by its frozen policy: a part of the total, never more than it has paid.

    What was not paid costs nothing and gives nothing back; what the firm has not accepted costs nothing. ``barred``:
    worker or firm is on the block list, so it is free. A tier (``tiers``) holds to its bound and exactly on it. After
    the start it costs as a no-show. Within the grace after confirmation, and before the start, it is free.
    """
    policy, start, paid = booking.policy, booking.start, int(booking.paid_fen)
    if booking.confirmed_at is None and paid:
        return Cancellation(0, paid, booking.answer_by, "企业尚未答复，取消免费",
                            "the firm has not answered yet; cancelling is free")
    if booking.confirmed_at is None:
        return Cancellation(0, 0, booking.expires_at, "尚未付款，取消不收费", "not paid yet; cancelling is free")
    if barred:
        return Cancellation(0, paid, None, "服务人员或企业已列入黑名单，取消不收费",
                            "the worker or her firm is on the block list; cancelling is free")
    if booking.substitute_sought:
        return Cancellation(0, paid, None, "企业提出换人，取消不收费", "the firm can't send her; cancelling is free")
    grace_ends = min(booking.confirmed_at + timedelta(minutes=policy["grace_minutes"]), start)
    tier = next((each for each in tiers(policy, start, booking.fee_clock) if now <= each.until), None)
    permille = int(policy["no_show_permille"]) if tier is None else tier.permille
    if permille and now <= grace_ends:
        return Cancellation(0, paid, grace_ends, *grace_words(policy["grace_minutes"], booking.answer_by is not None))
    fee = min(int(share(int(booking.total_fen), permille)), paid)
    until = None if tier is None else tier.until
    if until is not None and not permille:
        until = max(until, grace_ends)
    words, words_en = tier_words(policy, None if tier is None else tier.bound)
    if tier is not None and booking.fee_clock < start:
        since = booking.fee_clock.astimezone(LOCAL)
        words = f"{words}（改过期，按最早约定的 {wall(since)} 计）"
        words_en = f"{words_en}, counted from {since:%Y-%m-%d %H:%M}, the earliest start it had"
    return Cancellation(fee, paid - fee, until, words, words_en)


def notice(booking: Cancelled, now: datetime) -> int:
    """Whole minutes until the start; negative after it."""
    return whole_minutes(booking.start - now)


def figures(found: Cancellation) -> dict[str, Any]:
    """Fee and refund as CancellationQuoteChanged names them: in fen for programs, in yuan for a family."""
    return {"fee": found.fee_fen, "fee_display": display(found.fee_fen),
            "refund": found.refund_fen, "refund_display": display(found.refund_fen)}


def deadlines(*, policy: Mapping[str, Any], total_fen: int, start: datetime,
              fee_clock: datetime | None = None, paid_fen: int | None = None) -> list[dict[str, Any]]:
    """The tiers as the quote shows them: until when (inclusive), what it costs, what comes back, in words.

    ``fee_clock``: from which start fees are counted; None: from ``start``.
    ``paid_fen``: what was paid so far, of which all fees are taken; None: the total.
    """
    paid = total_fen if paid_fen is None else paid_fen
    shown = []
    for tier in tiers(policy, start, fee_clock or start):
        fee = min(int(share(total_fen, tier.permille)), paid)
        words, words_en = tier_words(policy, tier.bound)
        shown.append({"until": tier.until, "permille": tier.permille, "fee": fee, "refund": paid - fee,
                      "words": words, "words_en": words_en})
    return shown


def no_show_fee(policy: Mapping[str, Any], total_fen: int, paid_fen: int) -> int:
    """What a household pays in fen when nobody was at home: never more than it has paid."""
    return min(int(share(total_fen, policy["no_show_permille"])), paid_fen)
