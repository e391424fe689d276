"""Giving money back: once, never more than was paid, however Stripe and the jobs behave."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock, worker
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.refunds import service as refunds
from qiaojiejie.refunds.errors import RefundTooLarge
from qiaojiejie.refunds.models import Refund
from tests import factories
from tests.family import Family

Sweep = Callable[[str], None]
TOTAL = 13800


def balances(world: sa.Connection) -> dict[str, int]:
    """Accounts that do not stand at zero, by the first part of their names."""
    db.session.flush()
    rows = world.execute(sa.text("SELECT split_part(account, ':', 1), sum(amount_fen)::int FROM posting GROUP BY 1"))
    return {account: fen for account, fen in rows if fen}


def states(family: Family) -> list[str]:
    """The states of the booking's refunds."""
    return [refund["state"] for refund in family.refunds()]


def payment_id(family: Family) -> UUID:
    """The booking's payment."""
    return UUID(family.payment()["id"])


@pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
def test_a_cancelled_booking_gives_all_back_and_the_family_sees_it(family: Family, world: sa.Connection,
                                                                   method: str) -> None:
    family.paid(method)
    family.cancel(TOTAL)
    family.run_jobs()
    assert states(family) == ["pending"] and "refund_submitted" in family.notices()
    family.hear()
    assert states(family) == ["succeeded"] and "refund_succeeded" in family.notices()
    assert family.refunds()[0]["amount"]["amount"] == TOTAL
    assert family.refunds()[0]["because"] == "booking.cancelled"
    assert balances(world) == {}
    assert [refund["amount"] for refund in family.stripe.refunds(family.intent())] == [TOTAL]


def test_a_late_cancellation_gives_part_back_and_releases_the_rest(family: Family, world: sa.Connection) -> None:
    family.paid()
    with clock.frozen(family.booking.start - timedelta(hours=1)):
        family.cancel(TOTAL // 2)
        family.run_jobs()
    assert [refund["amount"] for refund in family.stripe.refunds(family.intent())] == [6900]
    assert balances(world) == {"stripe_clearing": 6900, "firm_payable": -6700, "platform_fee": -200}


def test_a_job_that_runs_twice_gives_back_once(app: Flask, family: Family, world: sa.Connection) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.run_jobs()
    refund = world.execute(sa.text("SELECT id FROM refund")).scalar_one()
    entry = world.execute(sa.text("SELECT id FROM ledger_entry WHERE fact = 'booking.cancelled'")).scalar_one()
    for _ in range(3):
        worker.run_framed(app, worker.jobs.TASKS["refunds.answer"], entry_id=entry)
        worker.run_framed(app, worker.jobs.TASKS["refunds.look_again"], refund_id=str(refund))
    family.run_jobs()
    assert len(family.stripe.refunds(family.intent())) == 1 and len(family.refunds()) == 1
    assert balances(world) == {}


def test_an_answer_lost_after_the_refund_was_made_does_not_make_another(family: Family, sweep: Sweep) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.stripe.control(lose_answer=1, times=1)
    with pytest.raises(Exception, match="reached"):
        family.run_jobs()
    later(family, sweep)
    assert len(family.stripe.refunds(family.intent())) == 1 and states(family)[0] in ("pending", "succeeded")


def test_an_answer_lost_longer_than_stripe_keeps_a_key_is_looked_for_and_not_asked_again(family: Family,
                                                                                         sweep: Sweep) -> None:
    family.paid()
    with clock.frozen(family.booking.start - timedelta(hours=1)):
        family.cancel(TOTAL // 2)
        family.stripe.control(lose_answer=1, times=1)
        with pytest.raises(Exception, match="reached"):
            family.run_jobs()
    with clock.frozen(family.booking.start + timedelta(hours=25)):
        later(family, sweep)
    asked = [entry for entry in family.stripe.requests() if entry["path"] == "/v1/refunds" and entry["method"] == "POST"
             and entry["params"]["payment_intent"] == family.intent()]
    assert len(asked) == 1 and states(family)[0] in ("pending", "succeeded")


def later(family: Family, sweep: Sweep, seconds: int = 31) -> None:
    """The reconciler's next turn."""
    with clock.frozen(clock.now() + timedelta(seconds=seconds)):
        sweep("refunds.tasks.reconcile")
        family.run_jobs()


def test_a_fault_stored_under_the_key_is_passed_by_with_another(family: Family, sweep: Sweep) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.stripe.control(fail_before=1, times=1)
    family.run_jobs()
    assert states(family) == ["requested"]
    later(family, sweep)
    later(family, sweep, 90)
    assert states(family) == ["succeeded"]
    assert len(family.stripe.refunds(family.intent())) == 1


def test_a_refund_whose_webhooks_were_lost_is_found_by_the_reconciler(family: Family, sweep: Sweep) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.run_jobs()
    assert states(family) == ["pending"]
    later(family, sweep)
    assert states(family) == ["succeeded"]


def test_the_events_of_a_refund_in_any_order_end_alike(family: Family, world: sa.Connection) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.run_jobs()
    events = [event for event in family.stripe.events(family.intent()) if event["type"].startswith("refund.")]
    assert len(events) == 2
    for order in itertools.permutations(events * 2):
        with world.begin_nested() as life:
            for event in order:
                family.stripe.deliver(family.client, event)
                family.run_jobs()
            db.session.expire_all()
            assert states(family) == ["succeeded"] and balances(world) == {}
            life.rollback()
            db.session.expire_all()


def test_a_failed_refund_is_held_again_and_said(family: Family, world: sa.Connection) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.stripe.control(refund_fail=1)
    family.run_jobs()
    family.hear()
    assert states(family) == ["failed"] and "refund_failed" in family.notices()
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_money_that_comes_after_the_booking_is_gone_goes_back(family: Family, world: sa.Connection) -> None:
    family.begin()
    family.press()
    family.cancel(0)
    family.run_jobs()
    family.hear()
    assert family.state() == "cancelled" and states(family) == ["succeeded"]
    assert family.refunds()[0]["because"] == "payment.overtaken"
    assert balances(world) == {} and "refund_submitted" in family.notices()


def test_no_more_goes_back_than_was_paid(family: Family) -> None:
    family.paid()
    payment = payment_id(family)
    with pytest.raises(RefundTooLarge):
        refunds.request(payment_id=payment, amount=TOTAL + 1, entry_id=factories.cause("a"))
    once = factories.cause("b")
    refunds.request(payment_id=payment, amount=TOTAL - 1, entry_id=once)
    with pytest.raises(RefundTooLarge):
        refunds.request(payment_id=payment, amount=2, entry_id=factories.cause("c"))
    assert refunds.request(payment_id=payment, amount=TOTAL - 1, entry_id=once).amount_fen == TOTAL - 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 1


def test_an_unpaid_booking_gives_nothing_back(family: Family) -> None:
    family.begin()
    family.cancel(0)
    family.run_jobs()
    assert family.refunds() == []


def test_what_stripe_refuses_to_give_back_is_marked_failed(family: Family, world: sa.Connection) -> None:
    family.paid()
    family.stripe.give_back(family.intent())
    family.cancel(TOTAL)
    family.run_jobs()
    assert states(family) == ["failed"]
    family.hear()
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_strangers_find_no_refunds(family: Family) -> None:
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    path = f"/api/v1/bookings/{family.booking.id}/refunds"
    assert family.client.get(path, headers=stranger).status_code == 404
    assert family.client.get(path).status_code == 401
