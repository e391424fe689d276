"""Whole lives of money at Stripe: each movement is fetched once, its fee booked, and nothing differs from the books."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.clearing import service as clearing
from qiaojiejie.clearing.gateway import Moved, Statement
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.payments.errors import StripeDown
from qiaojiejie.disputes import service as disputes
from tests.clearing.bench import Bench, four_at_night, night_of
from tests.refunds.test_service import TOTAL, balances
from tests.sandbox.shop import CARD

FEES = {"card": 469, "alipay": 304, "wechat_pay": 304}


def cancelled(bench: Bench, refund: int = TOTAL) -> None:
    """The family cancels, in time or late, and the money is back."""
    with clock.frozen(bench.family.booking.start - timedelta(hours=48 if refund == TOTAL else 1)):
        bench.family.cancel(refund)
        bench.run_jobs()
    bench.family.hear()


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_what_a_family_pays_is_at_stripe_less_a_fee_and_so_it_is_in_the_books(bench: Bench, method: str) -> None:
    bench.family.paid(method)
    run = bench.compared()
    assert run["differences"] == run["in_flight"] == 0 and run["movements"] == 1
    assert run["stripe"] == run["books"] and run["stripe"]["amount"] == TOTAL - FEES[method]
    assert balances(bench.world) == {"stripe_clearing": TOTAL - FEES[method], "stripe_fees": FEES[method],
                                     "escrow": -TOTAL}
    assert run["upto"] == bench.one("SELECT ref FROM posting_tx WHERE kind = 'stripe_fee'")
    assert run["night"] is None and bench.found(run) == []


@pytest.mark.parametrize("method", ["card", "wechat_pay"])
@pytest.mark.parametrize("refund", [TOTAL, TOTAL // 2])
def test_what_goes_back_leaves_stripes_fee_behind(bench: Bench, method: str, refund: int) -> None:
    bench.family.paid(method)
    cancelled(bench, refund)
    run = bench.compared()
    assert run["differences"] == 0 and run["movements"] == 2
    assert run["stripe"] == run["books"] and run["stripe"]["amount"] == TOTAL - refund - FEES[method]


def test_a_refund_that_fails_and_the_one_that_replaces_it_agree(bench: Bench) -> None:
    bench.family.paid("alipay")
    bench.family.stripe.control(refund_fail=1)
    cancelled(bench)
    bench.family.stripe.control()
    assert bench.family.refunds()[0]["state"] == "failed"
    assert bench.compared()["differences"] == 0
    refund = bench.family.refunds()[0]["id"]
    assert bench.family.client.post(f"/api/v1/refunds/{refund}/retries", headers=bench.headers).status_code == 201
    bench.run_jobs()
    bench.family.hear()
    run = bench.compared()
    assert run["differences"] == 0 and run["movements"] == 4 and run["books"]["amount"] == -FEES["alipay"]


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_its_fee_and_its_end_agree(bench: Bench, won: bool) -> None:
    bench.family.paid("card")
    dispute = bench.family.stripe.dispute(bench.family.intent()).json()["id"]
    disputes.look_at(stripe_id=dispute)
    run = bench.compared()
    assert run["differences"] == 0 and run["stripe"]["amount"] == -FEES["card"] - 10_000
    bench.shop.contest(dispute, "winning_evidence" if won else "losing_evidence")
    disputes.look_at(stripe_id=dispute)
    run = bench.compared()
    assert run["differences"] == 0 and run["stripe"]["amount"] == (TOTAL if won else 0) - FEES["card"] - 10_000


def test_a_transfer_and_what_comes_back_of_it_agree(bench: Bench) -> None:
    bench.family.paid("card")
    transfer = bench.shop.transfer(5_000)["id"]
    bench.post("transferred", transfer, "bank", -5_000)
    assert bench.compared()["differences"] == 0
    for back, total in ((2_000, 2_000), (1_500, 3_500)):
        bench.shop.take_back(transfer, amount=back)
        bench.post("transfer_reversed", f"{transfer}:{total}", "bank", back)
    run = bench.compared()
    assert run["differences"] == 0 and run["stripe"]["amount"] == TOTAL - FEES["card"] - 1_500
    assert bench.one(f"SELECT count(*) FROM stripe_movement WHERE source = '{transfer}'") == 3


def test_what_stripe_sends_on_to_our_bank_is_booked_and_what_comes_back_too(bench: Bench) -> None:
    bench.family.paid("card")
    kept = TOTAL - FEES["card"]
    payout = bench.shop.sweep(kept)["id"]
    run = bench.compared()
    assert run["differences"] == 0 and run["stripe"]["amount"] == run["books"]["amount"] == 0
    assert balances(bench.world) == {"bank": kept, "stripe_fees": FEES["card"], "escrow": -TOTAL}
    bench.family.stripe.fail_payout(payout)
    run = bench.compared()
    assert run["differences"] == 0 and run["books"]["amount"] == kept
    assert bench.compared()["movements"] == 3
    assert balances(bench.world) == {"stripe_clearing": kept, "stripe_fees": FEES["card"], "escrow": -TOTAL}


def test_money_nobody_asked_for_is_named(bench: Bench) -> None:
    bench.family.paid("card")
    sold = bench.shop.sell(**{**CARD, "amount": 700})["latest_charge"]
    bench.family.stripe.give_back(bench.family.intent())
    run = bench.compared()
    refund = bench.family.stripe.refunds(bench.family.intent())[0]["id"]
    assert bench.found(run) == [("only_at_stripe", sold, 700, 0), ("only_at_stripe", refund, -TOTAL, 0)]
    assert run["stripe"]["amount"] == run["books"]["amount"] + 700 - TOTAL
    bench.post("taken_in", sold, "bank", 700)
    bench.post("refunded", refund, "bank", -TOTAL)
    assert bench.compared()["differences"] == 0


def moved(ref: str, kind: str, source: str | None, amount: int, fee: int, currency: str = "cny") -> Moved:
    """A movement of a kind the stand-in does not make."""
    return Moved(ref, kind, source, amount, fee, amount - fee, currency, datetime.now(UTC))


def test_a_fee_given_back_is_booked_backwards_and_one_that_stands_alone_forwards(bench: Bench) -> None:
    fees = [moved("txn_1", "adjustment", "dp_1", 0, 1500), moved("txn_2", "stripe_fee", None, -300, 0)]
    assert clearing.keep(fees) == 2
    assert balances(bench.world) == {"stripe_fees": 1800, "stripe_clearing": -1800}
    clearing.keep([moved("txn_3", "adjustment", "dp_1", 0, -1500)])
    assert balances(bench.world) == {"stripe_fees": 300, "stripe_clearing": -300}
    assert bench.night() == []


def test_what_moved_in_another_currency_is_named_and_added_to_nothing(bench: Bench) -> None:
    clearing.keep([moved("txn_usd", "charge", "ch_usd", 500, 20, "usd")])
    assert balances(bench.world) == {}
    assert bench.night() == [("other_currency", "ch_usd", 0, 0), ("other_currency", "txn_usd", 0, 0)]
    assert bench.list_runs()[0]["stripe"]["amount"] == 0
    bench.world.execute(sa.text("ALTER TABLE stripe_movement DISABLE TRIGGER USER"))
    bench.world.execute(sa.text("DELETE FROM stripe_movement"))
    assert bench.night(8) == []


def test_what_is_fetched_again_is_there_once(bench: Bench) -> None:
    bench.family.paid("card")
    assert [clearing.fetch() for _ in range(3)] == [1, 0, 0]
    cancelled(bench)
    assert [clearing.fetch() for _ in range(2)] == [1, 0]
    assert bench.one("SELECT count(*) FROM posting_tx WHERE kind = 'stripe_fee'") == 1


def test_what_stripe_lists_late_is_found_within_the_overlap(bench: Bench) -> None:
    bench.family.paid("card")
    late = datetime.now(UTC) - clearing.OVERLAP + timedelta(minutes=5)
    bench.shop.sell(**CARD)
    clearing.fetch()
    bench.world.execute(sa.text("ALTER TABLE stripe_movement DISABLE TRIGGER USER"))
    bench.world.execute(sa.text("DELETE FROM stripe_movement WHERE amount_fen = 1000"))
    bench.world.execute(sa.text("UPDATE stripe_movement SET created_at = created_at + (now() - :late)"), {"late": late})
    assert clearing.fetch() == 1
    bench.world.execute(sa.text("DELETE FROM stripe_movement WHERE amount_fen = 1000"))
    bench.world.execute(sa.text("UPDATE stripe_movement SET created_at = created_at + interval '10 minutes'"))
    assert clearing.fetch() == 0


def test_more_than_a_page_moves_and_none_is_missed_or_double(bench: Bench) -> None:
    for _ in range(103):
        bench.shop.sell(**CARD)
    assert clearing.fetch() == 103
    assert bench.one("SELECT count(DISTINCT source) FROM stripe_movement") == 103
    assert bench.one("SELECT sum(amount_fen) FROM posting WHERE account = 'stripe_fees'") == 103 * 34
    asked = [each for each in bench.family.stripe.requests() if each["path"] == "/v1/balance_transactions"]
    assert len(asked) == 2 and asked[1]["params"]["starting_after"]


def test_when_stripe_goes_down_between_two_pages_nothing_is_half_done(app: Flask, bench: Bench) -> None:
    for _ in range(4):
        bench.shop.sell(**CARD)
    seed = next(seed for seed in itertools.count() if answered_once(random.Random(seed)))
    app.extensions["stripe_statement"] = Statement(page=2)
    try:
        bench.family.stripe.control(down=0.5, seed=seed)
        with pytest.raises(StripeDown):
            clearing.fetch()
        assert bench.one("SELECT count(*) FROM stripe_movement") == bench.one("SELECT count(*) FROM posting_tx") == 0
        bench.family.stripe.control()
        assert clearing.fetch() == 4
    finally:
        app.extensions["stripe_statement"] = Statement()


def answered_once(chance: random.Random) -> bool:
    """Whether the first request is answered and the second is not."""
    return chance.random() >= 0.5 > chance.random()


def test_each_night_is_compared_once_from_half_past_three_on(bench: Bench, sweep: Callable[[str], None]) -> None:
    bench.family.paid("card")
    with clock.frozen(four_at_night() - timedelta(minutes=30, seconds=1)):
        sweep("clearing.tasks.look_again")
        bench.run_jobs()
    assert bench.one("SELECT count(*) FROM stripe_movement") == 1 and bench.list_runs() == []
    due = four_at_night() - timedelta(minutes=30)
    for minutes in (0, 5, 600):
        with clock.frozen(due + timedelta(minutes=minutes)):
            sweep("clearing.tasks.look_again")
            sweep("clearing.tasks.look_again")
            bench.run_jobs()
    assert bench.night(2) == []
    assert [run["night"] for run in bench.list_runs()] == [night_of(each) for each in (2, 1)]
    facts = [dict(row) for row in bench.world.execute(sa.text(
        "SELECT data FROM ledger_entry WHERE fact = 'clearing.compared'")).scalars()]
    assert facts == [{"movements": 1, "differences": 0}] * 2


def test_a_night_on_which_stripe_is_down_is_compared_when_it_is_back(bench: Bench,
                                                                     sweep: Callable[[str], None]) -> None:
    bench.family.paid("card")
    bench.family.stripe.control(down=1)
    night = night_of()
    with clock.frozen(four_at_night()):
        sweep("clearing.tasks.look_again")
        with pytest.raises(StripeDown):
            bench.run_jobs()
    assert bench.list_runs() == []
    bench.family.stripe.control()
    with clock.frozen(four_at_night() + timedelta(hours=5)):
        sweep("clearing.tasks.look_again")
        bench.run_jobs()
    [run] = bench.list_runs()
    assert run["night"] == night and run["differences"] == 0 and run["movements"] == 1
    db.session.expire_all()
