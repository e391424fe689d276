"""A card's bank takes back a part of an engagement's money, and a firm gives some back: who bears what, to the fen."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, Engagement
from tests.attendance.test_workdays import HOUR, PRICES, TOTAL, completed, kept, refused

Sweep = Callable[[str], None]
DEPOSIT = 52_710
BALANCE = TOTAL - DEPOSIT


def engaged(engage: Engage) -> Engagement:
    """Three days, deposit and balance paid by card."""
    it = engage(days=3)
    it.book()
    it.pay(method="card")
    with clock.frozen(it.start - 2 * DAY):
        it.pay(method="card")
    return it


def intent_of(it: Engagement, part: str) -> str:
    """The intent a part was paid with."""
    return str(db.session.execute(sa.text("SELECT intent_id FROM payment WHERE booking_id = :id AND part = :part"),
                                  {"id": it.id, "part": part}).scalar_one())


def dispute(it: Engagement, part: str) -> str:
    """The bank takes a part back, and it is heard; the dispute's id."""
    answer = it.stripe.dispute(intent_of(it, part))
    assert answer.ok, answer.text
    it.hear()
    return str(answer.json()["id"])


def decide(it: Engagement, found: str, verdict: str) -> None:
    """The bank decides, and it is heard."""
    it.stripe.decide(found, verdict)
    it.hear()


def grant(it: Engagement, amount: int) -> tuple[int, str]:
    """The firm gives back."""
    return refused(it.post(f"/bookings/{it.id}/refund-grants", it.firm, {"amount": amount, "reason": "quality"}))


def alarms() -> list[str]:
    """What the books say is wrong."""
    db.session.flush()
    return [str(row.check) for row in db.session.execute(sa.text("SELECT * FROM ledger_health"))]


def test_days_agreed_while_a_bank_decides_are_released_once_it_decided_for_us(engage: Engage) -> None:
    it = engaged(engage)
    it.arrive()
    it.work(1)
    found = dispute(it, "balance")
    it.work(2)
    assert it.released() == PRICES[0] and alarms() == []
    decide(it, found, "won")
    assert it.released() == sum(PRICES[:2]) and alarms() == []
    it.work(3)
    assert completed(it) == kept(TOTAL)


@pytest.mark.parametrize("part, lost", [("deposit", DEPOSIT), ("balance", BALANCE)])
@pytest.mark.parametrize("when", ["before", "midway", "worked"])
def test_what_a_bank_took_for_good_of_days_that_were_worked_the_firm_and_the_platform_bear(
        engage: Engage, part: str, lost: int, when: str) -> None:
    it = engaged(engage)
    if when == "before":
        decide(it, dispute(it, part), "lost")
    it.arrive()
    it.work(1)
    if when == "midway":
        decide(it, dispute(it, part), "lost")
    it.work(2)
    assert alarms() == []
    it.work(3)
    if when == "worked":
        decide(it, dispute(it, part), "lost")
    assert it.booking.refund_fen == lost and it.given_back() == []
    assert completed(it) == kept(TOTAL - lost)


def test_an_engagement_all_of_which_a_bank_took_is_ended_for_nothing_more(engage: Engage) -> None:
    it = engaged(engage)
    it.arrive()
    it.work(1)
    for part in ("deposit", "balance"):
        decide(it, dispute(it, part), "lost")
    quoted = it.end_quote(1).json
    assert (quoted["kept"]["amount"], quoted["fee"]["amount"], quoted["refund"]["amount"]) == (PRICES[0], 0, 0)
    assert it.end(1, 0).json["state"] == "served"
    it.run_jobs()
    assert it.given_back() == [] and it.booking.refund_fen == TOTAL
    assert completed(it) == {} and grant(it, 1) == (409, "RefundExceedsKept")


def test_an_engagement_ended_after_a_bank_took_the_deposit_gives_back_what_is_left_beyond_the_days(
        engage: Engage) -> None:
    it = engaged(engage)
    it.arrive()
    it.work(1)
    decide(it, dispute(it, "deposit"), "lost")
    refund = it.end_quote(1).json["refund"]["amount"]
    assert refund == BALANCE - PRICES[0]
    it.end(1, refund)
    it.run_jobs()
    it.hear()
    assert [fen for _, _, fen in it.given_back()] == [refund] and it.booking.refund_fen == DEPOSIT + refund
    assert completed(it) == kept(PRICES[0])


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_an_ending_refund_waits_for_the_bank_and_is_not_paid_twice(engage: Engage, verdict: str) -> None:
    it = engaged(engage)
    it.arrive()
    it.work(1)
    found = dispute(it, "balance")
    refund = TOTAL - PRICES[0]
    assert it.end(1, refund).status_code == 200
    it.run_jobs()
    assert it.given_back() == [("booking.ended_early", "requested", refund)]
    decide(it, found, verdict)
    it.run_jobs()
    it.hear()
    if verdict == "won":
        assert it.given_back() == [("booking.ended_early", "succeeded", refund)]
        assert completed(it) == kept(PRICES[0])
    else:  # the bank took the balance, which is more
        assert it.given_back() == [("booking.ended_early", "disputed", refund)] and it.booking.refund_fen == BALANCE
        assert completed(it) == kept(DEPOSIT)


def test_a_deposit_disputed_after_the_firm_declined_and_the_late_balance_went_back(engage: Engage) -> None:
    it = engage(days=3)
    it.book()
    it.pay(method="card")
    with clock.frozen(it.start - DAY):
        assert it.begin().status_code == 201
        late = it.intent()
        assert it.stripe.dispute(intent_of(it, "deposit")).ok
        it.hear()
        assert it.post(f"/bookings/{it.id}/declines", it.firm, {"reason": "worker_ill"}).status_code == 200
        assert it.stripe.act(late).ok
        it.hear()
    [found] = db.session.execute(sa.text("SELECT stripe_id FROM dispute")).scalars()
    decide(it, found, "lost")
    it.hear()
    assert it.booking.refund_fen == it.booking.paid_fen == DEPOSIT
    assert it.balances() == {}


@pytest.mark.parametrize("amount", [1, BALANCE, BALANCE + 1, TOTAL])
def test_what_a_firm_gives_back_of_an_engagement_comes_from_the_balance_first(engage: Engage, amount: int) -> None:
    it = engage(days=3).under_way()
    assert grant(it, 1) == (409, "RefundNotNow")
    for number in (1, 2, 3):
        it.work(number)
    assert completed(it) == kept(TOTAL)
    assert grant(it, TOTAL + 1) == (409, "RefundExceedsKept")
    assert grant(it, amount)[0] == 201
    it.run_jobs()
    it.hear()
    assert [fen for _, _, fen in it.given_back()] == [part for part in (min(amount, BALANCE), amount - BALANCE)
                                                      if part > 0]
    assert it.balances() == kept(TOTAL - amount) and grant(it, TOTAL - amount + 1) == (409, "RefundExceedsKept")


def test_a_refund_for_days_not_worked_that_fails_is_repaid_by_hand(engage: Engage, sweep: Sweep) -> None:
    it = engage(days=3).under_way()
    it.work(1)
    it.stripe.control(refund_fail=1)
    with clock.frozen(it.evening(3) + 4 * DAY):
        sweep("finish_engagements")
        it.run_jobs()
        it.hear()
        assert [(state, fen) for _, state, fen in it.given_back()] == [("failed", TOTAL - PRICES[0])]
    it.stripe.control()
    assert completed(it) == {**kept(PRICES[0]), "stripe_clearing": TOTAL, "escrow": PRICES[0] - TOTAL}


def test_cancelling_between_deposit_and_balance_when_the_bank_took_the_deposit(engage: Engage) -> None:
    it = engage(days=3)
    it.book()
    it.pay(method="card")
    decide(it, dispute(it, "deposit"), "lost")
    with clock.frozen(it.start - HOUR):
        quoted = it.post(f"/bookings/{it.id}/cancellation-quotes", it.family).json
        assert it.post(f"/bookings/{it.id}/cancellations", it.family,
                       {"expected_refund": quoted["refund"]["amount"]}).status_code == 200
        it.run_jobs()
        it.hear()
    assert it.given_back() == [] and it.balances() == {}
    assert it.booking.refund_fen == DEPOSIT and grant(it, 1) == (409, "RefundExceedsKept")
