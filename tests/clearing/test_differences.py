"""Whatever is changed behind everybody's back is named, that and nothing else; what is right is not."""

import pytest

from qiaojiejie.clearing import service as clearing
from tests.clearing.bench import Bench, Difference
from tests.clearing.test_service import FEES, cancelled
from tests.refunds.test_service import TOTAL

HALF, FEE = TOTAL // 2, FEES["wechat_pay"]
GONE = "DELETE FROM stripe_movement WHERE type = "
UNBOOKED = "DELETE FROM posting WHERE account = 'stripe_clearing' AND tx_id = (SELECT id FROM posting_tx WHERE kind = "
MORE = "UPDATE posting SET amount_fen = amount_fen + 1 WHERE account = 'stripe_clearing' AND tx_id ="
#: what is done → kind, of what, fen at Stripe, fen in the books; charge, refund, txn: this life's ids
TAMPERINGS: dict[str, tuple[list[str], list[Difference]]] = {
    "a charge Stripe does not know": (
        [GONE + "'payment'"], [("only_in_books", "charge", 0, TOTAL), ("only_in_books", "txn", 0, -FEE)]),
    "a refund Stripe does not know": ([GONE + "'payment_refund'"], [("only_in_books", "refund", 0, -HALF)]),
    "a charge that was not booked": ([UNBOOKED + "'charged')"], [("only_at_stripe", "charge", TOTAL, 0)]),
    "a refund that was not booked": ([UNBOOKED + "'refunded')"], [("only_at_stripe", "refund", -HALF, 0)]),
    "a fee that was not booked": ([UNBOOKED + "'stripe_fee')"], [("only_at_stripe", "txn", -FEE, 0)]),
    "a fen too much booked": (
        [MORE + "(SELECT id FROM posting_tx WHERE kind = 'charged')"],
        [("amounts_differ", "charge", TOTAL, TOTAL + 1)]),
    "a fen of a fee too little booked": (
        [MORE + "(SELECT id FROM posting_tx WHERE kind = 'stripe_fee')"], [("amounts_differ", "txn", -FEE, 1 - FEE)]),
    "a fen too much at Stripe": (
        ["UPDATE stripe_movement SET amount_fen = amount_fen + 1, net_fen = net_fen + 1 WHERE amount_fen < 0"],
        [("amounts_differ", "refund", 1 - HALF, -HALF)]),
    "a fee Stripe did not take": (
        ["UPDATE stripe_movement SET net_fen = amount_fen, fee_fen = 0 WHERE fee_fen > 0"],
        [("only_in_books", "txn", 0, -FEE)]),
    "a movement Stripe made twice": (
        ["INSERT INTO stripe_movement SELECT 'txn_more', type, source, amount_fen, 0, amount_fen, currency, created_at,"
         " imported_at FROM stripe_movement WHERE amount_fen > 0"], [("amounts_differ", "charge", 2 * TOTAL, TOTAL)]),
    "a payment of another charge": (
        ["UPDATE payment SET charge_id = 'ch_0'"],
        [("only_in_books", "ch_0", 0, TOTAL), ("only_at_stripe", "charge", TOTAL, 0)]),
    "a refund of another id": (
        ["UPDATE refund SET stripe_id = 're_0'"],
        [("only_in_books", "re_0", 0, -HALF), ("only_at_stripe", "refund", -HALF, 0)]),
    "another currency": (
        ["UPDATE stripe_movement SET currency = 'usd' WHERE amount_fen < 0"], [("other_currency", "refund", 0, -HALF)]),
}


@pytest.fixture()
def lived(bench: Bench) -> Bench:
    """A family that paid, cancelled late and got half of it back; all of it fetched."""
    bench.family.paid("wechat_pay")
    cancelled(bench, HALF)
    clearing.fetch()
    return bench


def named(bench: Bench, expected: list[Difference]) -> list[Difference]:
    """The differences with this life's ids in them, in the order of their lists."""
    ids = {"charge": bench.one("SELECT charge_id FROM payment"), "refund": bench.one("SELECT stripe_id FROM refund"),
           "txn": bench.one("SELECT ref FROM posting_tx WHERE kind = 'stripe_fee'")}
    return sorted([(kind, ids.get(source, source), there, here) for kind, source, there, here in expected],
                  key=lambda each: each[1])


def test_each_tampering_is_named_exactly(lived: Bench) -> None:
    found = {}
    expected = {what: named(lived, differences) for what, (_, differences) in TAMPERINGS.items()}
    for what, (statements, _) in TAMPERINGS.items():
        with lived.tampered(*statements):
            found[what] = lived.night()
            assert [run["in_flight"] for run in lived.list_runs()] == [0], what
    assert found == expected
    assert lived.night() == []


def test_the_administrators_are_told_and_health_says_so_until_a_comparison_is_right(lived: Bench) -> None:
    told = f"SELECT count(*) FROM notification WHERE kind = 'clearing_differs' AND account_id = '{lived.admin.id}'"
    health = "SELECT string_agg(\"check\" || ' ' || detail, ';') FROM clearing_health"
    with lived.tampered(UNBOOKED + "'charged')"):
        assert len(lived.night()) == 1 and lived.one(told) == 1
        assert lived.one(health) == "clearing 1 differences from Stripe's account"
        assert len(lived.night(8)) == 1 and lived.one(told) == 2
        lived.post("charged_late", lived.one("SELECT charge_id FROM payment"), "bank", TOTAL)
        assert lived.night(9) == [] and lived.one(told) == 2 and lived.one(health) is None


def test_a_fee_that_is_not_booked_is_in_the_health_view(lived: Bench) -> None:
    with lived.tampered("UPDATE posting_tx SET ref = 'x' WHERE kind = 'stripe_fee'"):
        assert lived.one("SELECT \"check\" || ' ' || subject FROM clearing_health") == (
            "fee stripe_movement:" + lived.one("SELECT id FROM stripe_movement WHERE fee_fen > 0"))


def test_what_is_younger_than_ten_minutes_is_in_flight_and_does_not_count(lived: Bench) -> None:
    path = "/api/v1/federation/clearing"
    with lived.tampered(UNBOOKED + "'charged')"):
        young = lived.family.client.post(path, headers=lived.headers).json
        assert young is not None and (young["differences"], young["in_flight"]) == (0, 1)
        old = lived.compared()
        assert (old["differences"], old["in_flight"]) == (1, 0)


def test_a_movement_lost_here_is_fetched_again_before_it_is_missed(lived: Bench) -> None:
    with lived.tampered(GONE + "'payment'"):
        run = lived.compared()
        assert run["differences"] == 0 and run["movements"] == 2
        assert lived.one("SELECT count(*) FROM posting_tx WHERE kind = 'stripe_fee'") == 1
