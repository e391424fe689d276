"""Where the money of a card is, to the fen: refunds of bookings, of the card, what banks take back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock, jobs, worker
from qiaojiejie.core.db import db
from tests import factories
from tests.attendance.conftest import days_balance, engage  # noqa: F401
from tests.attendance.engagement import DAY, Engagement
from tests.conftest import NEXT_JOB
from tests.coupons.scene import FEE, balances
from tests.prepaid.scene import PRICE, TOTAL, Holder

Sweep = Callable[[str], None]
LEFT = PRICE - TOTAL


def test_a_cancelled_booking_goes_back_to_the_card_at_once_and_stripe_is_not_asked(family: Holder,
                                                                                   world: sa.Connection) -> None:
    family.holds_card()
    family.paid_with_card()
    family.cancel(TOTAL)
    family.run_jobs()
    assert [(each["state"], each["amount"]["amount"]) for each in family.refunds()] == [("succeeded", TOTAL)]
    assert family.balance() == PRICE and family.at_stripe() == 0
    assert family.moves() == [("charged", PRICE), ("redeemed", -TOTAL), ("returned", TOTAL)]
    assert balances(world) == {"stripe_clearing": PRICE, "prepaid": -PRICE}
    assert "refund_returned" in family.notices()


def test_a_late_cancellation_gives_the_quoted_part_back_to_the_card_and_the_rest_to_the_firm(
        family: Holder, world: sa.Connection) -> None:
    family.holds_card()
    family.paid_with_card()
    with clock.frozen(family.booking.start - timedelta(hours=3)):
        refund = family.post(f"/bookings/{family.booking.id}/cancellation-quotes").json["refund"]["amount"]
        assert 0 < refund < TOTAL
        family.cancel(refund)
        family.run_jobs()
    assert family.balance() == LEFT + refund
    kept = TOTAL - refund
    fee = (2 * kept * FEE + TOTAL) // (2 * TOTAL)
    assert balances(world) == {"stripe_clearing": PRICE, "prepaid": -LEFT - refund, "platform_fee": -fee,
                               "firm_payable": fee - kept}


def test_a_firm_that_declines_gives_all_of_it_back_to_the_card(family: Holder) -> None:
    family.holds_card()
    family.paid_with_card()
    answer = family.post(f"/bookings/{family.booking.id}/declines", {"reason": "overbooked"}, family.manager)
    assert answer.status_code == 200, answer.json
    family.run_jobs()
    assert family.balance() == PRICE


def test_a_worker_who_does_not_come_costs_the_card_nothing(family: Holder) -> None:
    family.holds_card()
    family.paid_with_card()
    with clock.frozen(family.booking.start + timedelta(minutes=20)):
        answer = family.post(f"/bookings/{family.booking.id}/absences")
        assert answer.status_code == 200, answer.json
        family.run_jobs()
    assert family.balance() == PRICE


def test_a_completed_visit_is_released_and_a_grant_takes_it_back_from_the_firm_onto_the_card(
        family: Holder, world: sa.Connection) -> None:
    family.holds_card()
    family.paid_with_card()
    family.served()
    assert balances(world) == {"stripe_clearing": PRICE, "prepaid": -LEFT, "platform_fee": -FEE,
                               "firm_payable": FEE - TOTAL}
    _grant(family, 3_000)
    assert family.balance() == LEFT + 3_000
    assert balances(world)["firm_payable"] == FEE - TOTAL + 3_000 - _fee(3_000)


def _fee(part: int) -> int:
    kept = TOTAL - part
    return FEE - (2 * kept * FEE + TOTAL) // (2 * TOTAL)


def _grant(family: Holder, amount: int) -> None:
    answer = family.post(f"/bookings/{family.booking.id}/refund-grants", {"amount": amount, "reason": "quality"},
                         family.manager)
    assert answer.status_code in (200, 201), answer.json
    family.run_jobs()


def test_a_card_given_back_gives_what_is_left_the_way_it_was_paid_and_bookings_stand(family: Holder,
                                                                                     world: sa.Connection) -> None:
    family.holds_card()
    family.paid_with_card()
    changed = family.close(PRICE)
    assert (changed.status_code, changed.json["code"]) == (409, "PrepaidBalanceChanged")
    assert "¥157.60" in changed.json["title"]
    assert family.close(LEFT).json["state"] == "closed"
    family.run_jobs()
    family.hear_card()
    assert family.card_refunds() == [("succeeded", LEFT)] and family.at_stripe() == LEFT
    assert family.state() == "confirmed" and family.balance() == 0
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}
    assert family.close(0).json["code"] == "StepNotPossible"
    family.holds(start=factories.tomorrow(days=5).isoformat())
    assert family.pay_with().json["code"] == "PrepaidCardNotLive"


def test_a_refund_to_a_card_that_was_given_back_goes_on_to_the_original_payment(family: Holder,
                                                                                world: sa.Connection) -> None:
    family.holds_card()
    family.paid_with_card()
    family.close(LEFT)
    family.run_jobs()
    family.cancel(TOTAL)
    family.run_jobs()
    family.hear_card()
    family.hear_card()
    assert family.card_refunds() == [("succeeded", LEFT), ("succeeded", TOTAL)] and family.at_stripe() == PRICE
    assert balances(world) == {}
    assert [kind for kind, _ in family.moves()] == ["charged", "redeemed", "refunded", "returned", "refunded"]


def test_it_goes_on_though_the_job_was_lost(family: Holder, world: sa.Connection, sweep: Sweep) -> None:
    family.holds_card()
    family.paid_with_card()
    family.close(LEFT)
    family.run_jobs()
    family.cancel(TOTAL)
    _work_but_lose(family, "prepaid.")
    assert family.balance() == TOTAL
    sweep("settle_unsettled")
    family.run_jobs()
    family.hear_card()
    assert family.at_stripe() == PRICE and balances(world) == {}


def _work_but_lose(family: Holder, room: str) -> None:
    """Every deferred job is done, but for those of a room, which are lost."""
    lost = sa.text("DELETE FROM procrastinate_jobs WHERE starts_with(task_name, :room)")
    kept = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
    while db.session.execute(lost, {"room": room}) and db.session.execute(kept).scalar_one():
        row = db.session.execute(NEXT_JOB).one()
        worker.run_framed(family.client.application, jobs.TASKS[row.task_name], **row.args)
        db.session.expire_all()


def test_an_empty_card_is_given_back_without_a_refund(family: Holder) -> None:
    family.holds_card(TOTAL)
    family.paid_with_card()
    assert family.close(0).json["state"] == "closed"
    family.run_jobs()
    assert family.card_refunds() == []


def test_a_refund_of_a_card_that_came_back_is_held_until_it_is_paid_by_transfer(family: Holder,
                                                                                world: sa.Connection) -> None:
    family.holds_card()
    family.stripe.give_back(family.card_intent())  # somebody did it at Stripe: ours is refused
    family.close(PRICE)
    family.run_jobs()
    assert family.card_refunds() == [("failed", PRICE)] and balances(world)["prepaid"] == -PRICE
    refund = db.session.execute(sa.text("SELECT id FROM refund")).scalar_one()
    answer = family.post(f"/refunds/{refund}/repayments", {"reference": "2026112800012345"}, family.officer)
    assert answer.status_code == 201, answer.json
    family.run_jobs()
    assert balances(world) == {"stripe_clearing": PRICE, "bank": -PRICE}
    assert {"prepaid_refund_failed", "prepaid_refund_repaid"} <= set(family.notices())


def test_a_card_whose_price_is_disputed_is_frozen_until_the_bank_decides(family: Holder) -> None:
    family.holds_card(method="card")
    dispute = family.disputed()
    family.holds()
    assert family.pay_with().json["code"] == "PrepaidCardFrozen"
    family.decided(dispute, "won")
    assert family.pay_with().status_code == 201 and family.balance() == LEFT


@pytest.mark.parametrize("cancels", [False, True])
def test_a_price_the_bank_gave_back_ends_the_card_and_nothing_is_given_twice(
        family: Holder, world: sa.Connection, sweep: Sweep, cancels: bool) -> None:
    family.holds_card(method="card")
    family.paid_with_card()
    dispute = family.disputed()
    family.decided(dispute, "lost")
    assert family.balance() == 0
    sweep("settle_unsettled")
    family.run_jobs()
    assert family.shown()["state"] == "closed" and family.card_refunds() == []
    assert balances(world) == {"escrow": -TOTAL, "loss": TOTAL}
    if cancels:
        family.cancel(TOTAL)
        family.run_jobs()
        assert family.card_refunds() == []  # the family has the price of the card already
        assert balances(world) == {}


def test_money_from_a_bank_that_was_used_already_is_made_good_first_by_what_comes_back(
        family: Holder, world: sa.Connection, sweep: Sweep) -> None:
    family.holds_card(TOTAL + 1_000, method="card")
    family.paid_with_card()
    dispute = family.disputed()
    family.decided(dispute, "lost")
    sweep("settle_unsettled")
    family.run_jobs()
    with clock.frozen(family.booking.start - timedelta(hours=3)):
        refund = family.post(f"/bookings/{family.booking.id}/cancellation-quotes").json["refund"]["amount"]
        family.cancel(refund)
        family.run_jobs()
    assert family.card_refunds() == [] and balances(world)["loss"] == TOTAL - refund
    assert family.moves()[-2:] == [("returned", refund), ("recovered", -refund)]


def test_what_a_month_of_cards_came_to_is_in_the_report(family: Holder) -> None:
    family.holds_card()
    family.paid_with_card()
    family.paid_with_card(days=2)
    family.cancel(TOTAL)
    family.run_jobs()
    month = clock.today().strftime("%Y-%m")
    report = family.get(f"/federation/money-report?month={month}", family.officer)
    assert {name: report[name]["amount"] for name in ("taken", "redeemed", "returned", "held", "refunded")} == {
        "taken": PRICE, "redeemed": 2 * TOTAL, "returned": TOTAL, "held": PRICE, "refunded": 0}


def test_days_not_worked_of_an_engagement_go_back_to_the_card(
        family: Holder, engage: Callable[..., Engagement]) -> None:  # noqa: F811
    stay = engage(days=2, price=1_000)
    card = _card_for(stay, family)
    stay.book()
    for _ in range(2):
        if stay.booking.due:
            with clock.frozen(stay.start - 2 * DAY if stay.booking.state == "confirmed" else clock.now()):
                paid = stay.post(f"/bookings/{stay.id}/card-payments", stay.family, {"card_id": card})
                assert paid.status_code == 201, paid.json
                stay.run_jobs()
    total = stay.booking.total_fen
    assert stay.booking.paid_fen == total and _left(card) == PRICE - total
    assert stay.arrive().status_code == 200
    stay.work(1)
    stay.run_jobs()
    ending = stay.end_quote(1)
    refund = ending.json["refund"]["amount"]
    assert refund > 0 and stay.end(1, refund).status_code == 200
    stay.run_jobs()
    assert _left(card) == PRICE - total + refund and stay.released() == total - refund


def _card_for(stay: Engagement, family: Holder) -> str:
    """A card of the nurse's firm that is paid, of the family that engages her."""
    family.manager, family.headers = stay.firm, stay.family
    return family.holds_card(service_code=None)


def _left(card: str) -> int:
    return int(db.session.execute(sa.text("SELECT -sum(amount_fen) FROM posting WHERE account = 'prepaid:' || :id"),
                                  {"id": card}).scalar_one())
