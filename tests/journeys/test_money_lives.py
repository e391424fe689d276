"""Whole lives of a booking's money, made up at random: whatever happens, nobody gains or loses a fen.

Over the real endpoints, the real stand-in for Stripe and the real books. What a family was quoted is what the books say
and what Stripe gave back; what it paid is what it got back, what the firm has and what the platform has. ``LIVES``: how
many of each kind, made up anew each time; without it a few, always the same.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qiaojiejie.core.db import db
from tests.journeys.lives.days import Agreed, Engaged
from tests.journeys.lives.money import BANKS, FAILING, PAYOUTS, Fortune, Lived, ledger
from tests.journeys.lives.prices import Policy
from tests.journeys.lives.visits import Visited
from tests.stripe_sandbox import StripeSandbox

#: minutes before the start at which a family gives up: both sides of each tier's bound
NOTICES = (25 * 60, 24 * 60, 24 * 60 - 1, 2 * 60, 2 * 60 - 1, 1, 0, -30)
VISITS = ("complete", "complete", "complete", *(f"cancel {minutes}" for minutes in NOTICES), "withdrawals", "declines",
          "nobody came", "household", "late")
FATES = ("half", "half silent", "half upheld", "agreed", "upheld", "silent", "struck", "withdrawn", "unwritten")
OURS = Policy(((24 * 60, 0), (2 * 60, 300), (0, 500)), 1000)
LIVES = int(os.environ.get("LIVES", "0"))

#: only what was paid by card does a bank take back, and only a wallet's refund fails
paid = st.one_of(st.tuples(st.just("card"), st.just(""), st.sampled_from(BANKS)),
                 st.tuples(st.sampled_from(["alipay", "wechat_pay"]), st.sampled_from(FAILING), st.just("")))
fortunes = st.builds(
    lambda how, **more: Fortune(method=how[0], failing=how[1], bank=how[2], **more), how=paid,
    disputes_first=st.booleans(), grants=st.lists(st.integers(1, 1000), max_size=2).map(tuple),
    payout=st.sampled_from(PAYOUTS))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """What cancelling costs: ours, or any other, whose bounds are among the notices."""
    if draw(st.booleans()):
        return OURS
    bounds = [*sorted(draw(st.sets(st.sampled_from([24 * 60, 24 * 60 - 1, 2 * 60, 1]), max_size=3)), reverse=True), 0]
    dearer = sorted(draw(st.lists(st.integers(0, 1000), min_size=len(bounds) + 1, max_size=len(bounds) + 1)))
    return Policy(tuple(zip(bounds, dearer, strict=False)), dearer[-1])


visits = st.fixed_dictionaries({
    "price": st.integers(1000, 9999), "minutes": st.sampled_from([120, 150, 180]), "ends": st.sampled_from(VISITS),
    "moves": st.lists(st.sampled_from(["same", "up", "down", "sooner"]), max_size=2).map(tuple),
    "more": st.sampled_from([0, 30, 90]), "policy": policies(),
    "coupon": st.tuples(st.sampled_from(["", "platform", "firm"]), st.integers(1, 2000))})


@st.composite
def agreements(draw: st.DrawFn, service: str, **fixed: Any) -> Agreed:
    """What is agreed: a price by the day or by the month, holidays, a coupon, twins, a due date."""
    nurse, price = service == "maternity_nurse", draw(st.integers(10_000, 99_999))
    due = nurse and draw(st.booleans())
    return Agreed(**{
        "service": service, "price": price if nurse else price * 26 + draw(st.integers(0, 25)),
        "policy": draw(policies()), "deposit": draw(st.sampled_from([0, 1, 300, 333, 1000])),
        "early": draw(st.sampled_from([0, 77, 1000])), "trial": draw(st.sampled_from([0, 1, 3])),
        "times": draw(st.integers(1, 3)), "holidays": tuple(sorted(draw(st.sets(st.integers(-5, 9), max_size=3)))),
        "coupon": draw(st.tuples(st.sampled_from(["", "platform", "firm"]), st.integers(1, 2000))),
        "babies": draw(st.sampled_from([None, 1, 2])) if nurse else None, "due": due,
        "born": draw(st.sampled_from([None, -5, -3, -1, 0, 2, 3, 8])) if due else None,
        "paid_first": due and draw(st.booleans()), **fixed})


@st.composite
def engagements(draw: st.DrawFn) -> dict[str, Any]:
    """Days, what becomes of each, and how it ends: by its days, early after some of them, or before it began."""
    days = draw(st.lists(st.sampled_from(FATES), min_size=2, max_size=5).map(tuple))
    early = [f"{who} {number}" for who in ("family", "firm") for number in range(1, len(days) + 1)]
    off = [f"{paid}cancel {notice}" for paid in ("", "deposit ") for notice in NOTICES]
    ends = draw(st.one_of(st.just("run"), st.sampled_from(early), st.sampled_from(early), st.sampled_from([
        *off, "nobody", "deposit nobody", "late"])))
    service = draw(st.sampled_from(["maternity_nurse", "maternity_nurse", "live_in_help", "elder_care"]))
    in_parts = {"deposit": draw(st.sampled_from([1, 300, 333, 999]))} if "deposit" in ends or ends == "late" else {}
    agreed = draw(agreements(service, **in_parts))
    if ends.endswith("nobody") and agreed.due and agreed.born is None:
        agreed = replace(agreed, born=0)  # nobody is missed before it is known when it begins
    return {"agreed": agreed, "days": days, "ends": ends}


@st.composite
def replacements(draw: st.DrawFn) -> dict[str, Any]:
    """Days in which who works is replaced, again and again; it runs its days, is ended, or nobody comes any more."""
    days = draw(st.lists(st.sampled_from(FATES), min_size=3, max_size=6).map(tuple))
    replaced = draw(st.dictionaries(st.integers(1, len(days) - 1), st.integers(0, 2), min_size=1, max_size=3))
    ends = draw(st.one_of(st.just("run"), st.sampled_from([
        f"{who} {number}" for who in ("family", "firm", "lapse") for number in range(1, len(days))])))
    number = int(ends.partition(" ")[2] or len(days))
    service = draw(st.sampled_from(["maternity_nurse", "live_in_help"]))
    return {"agreed": draw(agreements(service)), "days": days, "ends": ends, "doubted": draw(st.booleans()),
            "replaced": {after: gap for after, gap in replaced.items() if after < number}}


def often(fewest: int) -> Any:
    """How many lives: a few always the same, or as many as are asked for, each time others. One that goes wrong is
    told as it was: a shorter one is looked for by hand."""
    return settings(max_examples=LIVES or fewest, deadline=None, derandomize=not LIVES, print_blob=True, database=None,
                    suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@pytest.fixture()
def hands(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int], world: sa.Connection,
          sweep: Callable[[str], None]) -> tuple[Any, ...]:
    """What a life is lived with."""
    return client, stripe_sandbox, run_jobs, world, sweep


def lived(hands: tuple[Any, ...], made: Callable[[], Lived]) -> None:
    """One life, and what is true at the end of it; then it never was."""
    _, stripe, _, world, _ = hands
    stripe.control()
    db.session.remove()
    try:
        told = made()
        told.live()
        true_at_the_end(told, world)
    finally:
        db.session.remove()
        world.get_transaction().rollback()  # type: ignore[union-attr]
        world.begin()


def share(line: int, kept: int, total: int) -> int:
    """A line's part of what is kept, half up."""
    return int(Fraction(line * kept, total) + Fraction(1, 2))


def true_at_the_end(told: Lived, world: sa.Connection) -> None:
    """What the family was told came back, to the fen, and what is left is whose the price's lines say."""
    cash, moved = sum(each.net for each in told.moved()), ledger()
    on = {account: sum(fen for (_, each), fen in moved.items() if each == account) for _, account in moved}
    assert world.execute(sa.text("SELECT * FROM ledger_health")).all() == [] and sum(on.values()) == 0
    assert world.execute(sa.text("SELECT * FROM attendance_health")).all() == []
    assert on.get("escrow", 0) == on.get("dispute_hold", 0) == 0 and on.get("stripe_clearing", 0) == cash

    paid = sum(each["amount_received"] for each in [told.stripe.get(f"/v1/payment_intents/{intent}")
                                                    for intent in told.intents()])
    by_hand, loss = -moved.get(("repaid", "bank"), 0), on.get("loss", 0)
    taken = -moved.get(("dispute_lost", "dispute_hold"), 0)
    refunds = sum(each["amount"] for intent in told.intents() for each in told.stripe.refunds(intent)
                  if each["status"] == "succeeded")
    family = refunds + by_hand + taken
    assert family >= told.expected and (taken or family == told.expected), "what was quoted came back"
    back = min(family - told.booking.returned_fen, told.booking.paid_fen)
    assert told.booking.refund_fen == back or told.ends == "late"

    sent = -sum(fen for (kind, account), fen in moved.items() if account in ("bank", "stripe_clearing") and kind in (
        "paid_out", "payout_reversed", "transferred", "transfer_reversed"))
    firm = sent - sum(on.get(account, 0) for account in ("firm_payable", "firm_receivable", "payout"))
    platform, promotion = -on.get("platform_fee", 0), on.get("promotion", 0)
    assert paid + loss == family + firm + platform - promotion, "nobody gains or loses a fen"

    lines, total, kept = told.booking.lines, told.booking.total_fen, paid + loss - family
    fee = sum(line["amount"] for line in lines if line["line"] == "platform_fee")
    off = -sum(line["amount"] for line in lines if line.get("by") == "platform")
    assert (platform, promotion) == (share(fee, kept, total), share(off, kept, total)), "each line to the fen"
    assert firm == kept - platform + promotion and min(kept, firm, platform, promotion, told.booking.refund_fen) >= 0


@pytest.mark.timeout(0 if LIVES else 300)
@often(12)
@given(fortune=fortunes, visit=visits)
def test_nobody_gains_or_loses_a_fen_of_a_visit(hands: tuple[Any, ...], fortune: Fortune,
                                                visit: dict[str, Any]) -> None:
    lived(hands, lambda: Visited(hands, fortune, **visit))


@pytest.mark.timeout(0 if LIVES else 300)
@often(12)
@given(fortune=fortunes, engagement=engagements())
def test_nobody_gains_or_loses_a_fen_of_days(hands: tuple[Any, ...], fortune: Fortune,
                                             engagement: dict[str, Any]) -> None:
    lived(hands, lambda: Engaged(hands, fortune, **engagement))


@pytest.mark.timeout(0 if LIVES else 300)
@often(6)
@given(fortune=fortunes, engagement=replacements())
def test_nobody_gains_or_loses_a_fen_when_who_works_is_replaced(hands: tuple[Any, ...], fortune: Fortune,
                                                                engagement: dict[str, Any]) -> None:
    lived(hands, lambda: Engaged(hands, fortune, **engagement))
