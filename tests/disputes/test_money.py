"""What a dispute does to the books, to the fen, wherever the booking stands when it comes and when it is decided."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.disputes import service as disputes
from qiaojiejie.disputes.errors import WrongDispute
from qiaojiejie.disputes.rules import Burden, burden
from qiaojiejie.payments.gateway import GivenBack
from qiaojiejie.payments.gateway.disputes import Disputed
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds import service as refunds
from tests import factories
from tests.disputes.conftest import Bank, Sweep
from tests.family import Family
from tests.refunds.test_grants import complete, grant, serve, settle
from tests.refunds.test_service import balances, states

TOTAL, FEE = 13800, 400


def kept(amount: int) -> dict[str, int]:
    """How the books stand when ``amount`` fen were released and nothing else is about."""
    fee = (2 * amount * FEE + TOTAL) // (2 * TOTAL)
    found = {"stripe_clearing": amount, "firm_payable": fee - amount, "platform_fee": -fee}
    return {account: fen for account, fen in found.items() if fen}


def pay_out(family: Family, amount: int) -> None:
    """The firm was sent ``amount`` fen."""
    payable = books.firm_payable(family.booking.firm_id)
    books_service.post(kind="paid_out", ref="by hand", lines={payable: amount, "bank": -amount})


@pytest.mark.parametrize("verdict", ["won", "lost"])
@pytest.mark.parametrize("completed", ["before the verdict", "after it"])
def test_money_still_held_stays_held_until_the_bank_decides(
        bank: Bank, world: sa.Connection, sweep: Sweep, verdict: str, completed: str) -> None:
    dispute = bank.disputed()
    assert balances(world) == {"dispute_hold": TOTAL, "escrow": -TOTAL}
    if completed == "before the verdict":
        complete(bank.family, world, sweep)
        assert balances(world) == {"dispute_hold": TOTAL, "escrow": -TOTAL}
        bank.decide(dispute, verdict)
    else:
        bank.decide(dispute, verdict)
        assert balances(world) == ({"stripe_clearing": TOTAL, "escrow": -TOTAL} if verdict == "won" else {})
        complete(bank.family, world, sweep)
    assert balances(world) == (kept(TOTAL) if verdict == "won" else {})
    assert dispute.state == verdict


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_money_that_was_released_is_recalled_only_when_the_dispute_is_lost(
        bank: Bank, world: sa.Connection, sweep: Sweep, verdict: str) -> None:
    complete(bank.family, world, sweep)
    dispute = bank.disputed()
    assert balances(world) == {"dispute_hold": TOTAL, "firm_payable": FEE - TOTAL, "platform_fee": -FEE}
    bank.decide(dispute, verdict)
    assert balances(world) == (kept(TOTAL) if verdict == "won" else {})


@pytest.mark.parametrize("left", [0, 1000])
@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_what_the_firm_was_paid_out_becomes_its_debt_when_the_dispute_is_lost(
        bank: Bank, world: sa.Connection, sweep: Sweep, verdict: str, left: int) -> None:
    complete(bank.family, world, sweep)
    sent = TOTAL - FEE - left
    pay_out(bank.family, sent)
    dispute = bank.disputed()
    bank.decide(dispute, verdict)
    expected = {"bank": -sent, "firm_receivable": sent} if verdict == "lost" else {
        "stripe_clearing": TOTAL, "bank": -sent, "firm_payable": -left, "platform_fee": -FEE}
    assert balances(world) == {account: fen for account, fen in expected.items() if fen}


@pytest.mark.parametrize("given", [1, 345, 4000, TOTAL - 1])
@pytest.mark.parametrize("verdict", ["won", "lost"])
@pytest.mark.parametrize("released", [False, True])
def test_of_a_payment_given_back_in_part_the_bank_takes_the_rest(
        bank: Bank, world: sa.Connection, sweep: Sweep, given: int, verdict: str, released: bool) -> None:
    (complete(bank.family, world, sweep) if released else serve(world))
    assert grant(bank.family, given) == (201, "")
    settle(bank.family)
    dispute = bank.disputed()
    assert dispute.held_fen == TOTAL - given
    bank.decide(dispute, verdict)
    if not released:
        complete(bank.family, world, sweep)
    assert balances(world) == (kept(TOTAL - given) if verdict == "won" else {})
    assert states(bank.family) == ["succeeded"]


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_booking_cancelled_while_disputed_gives_back_only_what_the_bank_did_not(
        bank: Bank, world: sa.Connection, verdict: str) -> None:
    dispute = bank.disputed()
    with clock.frozen(bank.family.booking.start - timedelta(hours=1)):
        bank.family.cancel(TOTAL // 2)
        bank.family.run_jobs()
        assert states(bank.family) == ["requested"]
        assert bank.family.refunds()[0]["failure"] == "charge_disputed"
        bank.decide(dispute, verdict)
        bank.family.run_jobs()
    assert states(bank.family) == ["succeeded" if verdict == "won" else "disputed"]
    assert balances(world) == (kept(TOTAL // 2) if verdict == "won" else {})
    made = bank.family.stripe.refunds(bank.family.intent())
    assert [refund["amount"] for refund in made] == ([TOTAL // 2] if verdict == "won" else [])


@pytest.mark.parametrize("verdict", ["won", "lost"])
@pytest.mark.parametrize("released", [False, True])
def test_what_a_firm_gives_back_while_disputed_waits_and_is_never_paid_twice(
        bank: Bank, world: sa.Connection, sweep: Sweep, verdict: str, released: bool) -> None:
    (complete(bank.family, world, sweep) if released else serve(world))
    dispute = bank.disputed()
    assert grant(bank.family, 3000) == (201, "")
    settle(bank.family)
    assert states(bank.family) == ["requested"] and balances(world)["escrow"] == (-3000 if released else -TOTAL)
    bank.decide(dispute, verdict)
    bank.family.run_jobs()
    if not released:
        complete(bank.family, world, sweep)
    assert states(bank.family) == ["succeeded" if verdict == "won" else "disputed"]
    assert balances(world) == (kept(TOTAL - 3000) if verdict == "won" else {})


def test_after_a_lost_dispute_there_is_nothing_left_to_give_back(bank: Bank, world: sa.Connection) -> None:
    bank.decide(bank.disputed(), "lost")
    serve(world)
    assert grant(bank.family, 1) == (409, "RefundExceedsKept")


def test_a_booking_cancelled_after_a_lost_dispute_gives_nothing_back_again(bank: Bank, world: sa.Connection) -> None:
    bank.decide(bank.disputed(), "lost")
    bank.family.cancel(TOTAL)
    bank.family.run_jobs()
    assert bank.family.refunds() == [] and balances(world) == {}


def test_a_refund_asked_for_before_the_dispute_was_heard_of_waits_and_is_not_failed(
        bank: Bank, world: sa.Connection, sweep: Sweep) -> None:
    stripe_id = bank.dispute()
    bank.family.cancel(TOTAL)
    bank.family.run_jobs()
    assert states(bank.family) == ["requested"]
    bank.family.stripe.decide(stripe_id, "won")
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        sweep("refunds.tasks.reconcile")
        bank.family.run_jobs()
    assert states(bank.family) == ["succeeded"]
    bank.family.hear()
    assert balances(world) == {} and bank.row(stripe_id).state == "won"


def test_a_refund_stripe_had_made_before_the_dispute_is_found_before_the_loss_is_booked(
        bank: Bank, world: sa.Connection) -> None:
    with clock.frozen(bank.family.booking.start - timedelta(hours=1)):
        bank.family.cancel(TOTAL // 2)
        bank.family.stripe.control(lose_answer=1, times=1)
        with pytest.raises(Exception, match="reached"):
            bank.family.run_jobs()
        assert states(bank.family) == ["requested"]
        stripe_id = bank.dispute()
        bank.family.stripe.decide(stripe_id, "lost")
        bank.family.run_jobs()
        bank.family.hear()
    dispute = bank.row(stripe_id)
    assert (dispute.state, dispute.held_fen) == ("lost", TOTAL // 2)
    assert states(bank.family) == ["succeeded"] and balances(world) == {}


def failed_beside_a_dispute(bank: Bank, world: sa.Connection) -> tuple[str, str]:
    """4000 fen given back, the rest disputed, and then the 4000 come back: (refund's id, dispute's id at Stripe)."""
    serve(world)
    assert grant(bank.family, 4000) == (201, "")
    settle(bank.family)
    dispute = bank.disputed()
    made = bank.family.stripe.refunds(bank.family.intent())[0]
    refund = bank.family.refunds()[0]["id"]
    refunds.apply(news=GivenBack(made["id"], "failed", 4000, bank.family.intent(), UUID(refund), "declined"))
    bank.family.run_jobs()
    return refund, dispute.stripe_id


def test_a_refund_that_came_back_was_no_part_of_the_dispute_and_stays_owed(bank: Bank, world: sa.Connection) -> None:
    refund, stripe_id = failed_beside_a_dispute(bank, world)
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    path, body = f"/api/v1/refunds/{refund}/repayments", {"reference": "2026112800012"}
    answer = bank.family.client.post(path, json=body, headers=admin)
    assert (answer.status_code, answer.json["code"]) == (409, "RefundWaits")  # type: ignore[index]
    bank.decide(bank.row(stripe_id), "lost")
    assert states(bank.family) == ["failed"] and balances(world) == {"stripe_clearing": 4000, "escrow": -4000}
    assert bank.family.client.post(path, json=body, headers=admin).status_code == 201
    assert balances(world) == {"stripe_clearing": 4000, "bank": -4000}


def test_what_went_back_by_transfer_and_by_the_bank_too_is_a_loss(bank: Bank, world: sa.Connection) -> None:
    refund, stripe_id = failed_beside_a_dispute(bank, world)
    bank.decide(bank.row(stripe_id), "won")
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    assert bank.family.client.post(f"/api/v1/refunds/{refund}/repayments", json={"reference": "2026112800012"},
                                   headers=admin).status_code == 201
    hear(bank, "dp_whole", TOTAL, "lost")
    assert balances(world) == {"bank": -4000, "loss": 4000}


def hear(bank: Bank, stripe_id: str, amount: int, status: str, *, inquiry: bool = False, **more: int) -> None:
    """Stripe says this of a dispute of the payment, which the stand-in has no part in."""
    withdrawn = more.get("withdrawn", 0 if inquiry else amount)
    payment = db.session.scalars(sa.select(Payment).where(Payment.booking_id == bank.family.booking.id)).one()
    assert payment.charge_id is not None
    disputes.apply(news=Disputed(
        stripe_id, status, inquiry, amount, "cny", payment.intent_id, payment.charge_id, "general", withdrawn,
        more.get("returned", withdrawn if status == "won" else 0), 0, None, False, 0))
    bank.family.run_jobs()
    db.session.expire_all()


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_of_a_payment_disputed_in_part_the_rest_is_released(bank: Bank, world: sa.Connection, sweep: Sweep,
                                                            verdict: str) -> None:
    hear(bank, "dp_part", 5000, "needs_response")
    complete(bank.family, world, sweep)
    assert balances(world) == {**kept(TOTAL - 5000), "dispute_hold": 5000, "escrow": -5000}
    hear(bank, "dp_part", 5000, verdict)
    assert balances(world) == kept(TOTAL if verdict == "won" else TOTAL - 5000)


@pytest.mark.parametrize("granted", [3000, 8000])
@pytest.mark.parametrize("verdict", ["won", "lost"])
@pytest.mark.parametrize("released", [False, True])
def test_a_bank_that_gave_part_back_settles_so_much_of_what_waits(
        bank: Bank, world: sa.Connection, sweep: Sweep, granted: int, verdict: str, released: bool) -> None:
    (complete(bank.family, world, sweep) if released else serve(world))
    hear(bank, "dp_part", 5000, "needs_response")
    assert grant(bank.family, granted) == (201, "")
    bank.family.run_jobs()
    assert states(bank.family) == ["requested"]
    hear(bank, "dp_part", 5000, verdict)
    if not released:
        complete(bank.family, world, sweep)
    back = granted if verdict == "won" else max(granted, 5000)
    expected = ["succeeded"] if verdict == "won" else ["disputed"] + ["succeeded"] * (granted > 5000)
    assert balances(world) == kept(TOTAL - back) and states(bank.family) == expected


@pytest.mark.parametrize(("fee_hours", "refund", "back"), [(100, TOTAL, TOTAL), (1, TOTAL // 2, TOTAL // 2)])
def test_a_booking_cancelled_after_part_was_lost_gives_back_the_rest_of_what_is_owed(
        bank: Bank, world: sa.Connection, fee_hours: int, refund: int, back: int) -> None:
    hear(bank, "dp_part", 5000, "lost")
    with clock.frozen(bank.family.booking.start - timedelta(hours=fee_hours)):
        bank.family.cancel(refund)
        bank.family.run_jobs()
    assert balances(world) == kept(TOTAL - back)
    assert [each["amount"]["amount"] for each in bank.family.refunds()] == [back - 5000]


def test_two_disputes_of_one_payment_take_no_more_than_was_paid(bank: Bank, world: sa.Connection,
                                                                sweep: Sweep) -> None:
    hear(bank, "dp_one", 5000, "needs_response")
    complete(bank.family, world, sweep)
    hear(bank, "dp_two", TOTAL - 5000, "needs_response")
    hear(bank, "dp_two", TOTAL - 5000, "lost")
    assert balances(world) == {"dispute_hold": 5000, "firm_payable": -4855, "platform_fee": -145}
    with pytest.raises(WrongDispute):
        hear(bank, "dp_three", 5001, "needs_response")
    hear(bank, "dp_one", 5000, "won")
    assert balances(world) == kept(5000)


def test_an_inquiry_moves_no_money_and_lets_refunds_go_on_until_it_becomes_a_dispute(
        bank: Bank, world: sa.Connection) -> None:
    serve(world)
    hear(bank, "dp_asks", TOTAL, "needs_response", inquiry=True)
    assert bank.row("dp_asks").inquiry and balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}
    assert grant(bank.family, 3000) == (201, "")
    settle(bank.family)
    assert states(bank.family) == ["succeeded"]
    hear(bank, "dp_asks", TOTAL, "under_review", inquiry=True)
    assert bank.row("dp_asks").state == "answered"
    hear(bank, "dp_asks", TOTAL - 3000, "needs_response")
    assert bank.row("dp_asks").state == "opened" and not bank.row("dp_asks").inquiry
    assert balances(world) == {"dispute_hold": TOTAL - 3000, "escrow": 3000 - TOTAL}
    hear(bank, "dp_asks", TOTAL - 3000, "lost")
    assert balances(world) == {}


def test_an_inquiry_the_bank_drops_is_closed_without_a_fen_moved(bank: Bank, world: sa.Connection) -> None:
    hear(bank, "dp_asks", TOTAL, "needs_response", inquiry=True)
    hear(bank, "dp_asks", TOTAL, "closed", inquiry=True)
    assert bank.row("dp_asks").state == "closed"
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_a_dispute_is_won_once_its_money_is_back(bank: Bank, world: sa.Connection) -> None:
    hear(bank, "dp_slow", TOTAL, "needs_response", withdrawn=0)
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}
    hear(bank, "dp_slow", TOTAL, "under_review")
    hear(bank, "dp_slow", TOTAL, "won", returned=0)
    assert bank.row("dp_slow").state == "answered" and balances(world)["dispute_hold"] == TOTAL
    hear(bank, "dp_slow", TOTAL, "won")
    assert bank.row("dp_slow").state == "won"


@pytest.mark.parametrize(("lost", "held", "waiting", "released", "expected"), [
    (100, 100, 0, 0, (0, 0)), (100, 0, 0, 100, (100, 0)), (100, 40, 0, 60, (60, 0)), (60, 100, 30, 0, (0, 0)),
    (60, 70, 30, 30, (20, 0)), (100, 70, 0, 0, (0, 30)), (100, 30, 0, 50, (50, 20)), (1, 0, 0, 0, (0, 1)),
    (50, 10, 100, 0, (0, 50))])
def test_who_bears_a_loss(lost: int, held: int, waiting: int, released: int, expected: tuple[int, int]) -> None:
    assert burden(lost=lost, held=held, waiting=waiting, released=released) == Burden(*expected)
