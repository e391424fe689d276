"""Many at once, on a database that really commits."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from qiaojiejie.core import jobs, worker
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.refunds import service as refunds
from qiaojiejie.refunds.errors import RefundTooLarge
from tests import factories, races
from tests.soak import ground as grounds
from tests.soak import timings
from tests.soak.trial import told
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def city(city: Flask, stripe_server: StripeSandbox) -> Iterator[Flask]:
    """The app, at a Stripe that behaves; nothing is wrong in its books at the end."""
    with races.at_stripe(city, stripe_server):
        yield city


def test_many_who_pay_at_once_pay_once_and_many_refunds_at_once_give_back_once(city: Flask,
                                                                               stripe_server: StripeSandbox) -> None:
    with city.app_context():
        booking = factories.booking("held")
        headers = factories.headers(db.session.get_one(Account, booking.household.account_id))
        booking_id, total = booking.id, booking.total_fen
        db.session.commit()

    def pay(number: int) -> int:
        method = ("alipay", "wechat_pay")[number % 2]
        return city.test_client().post(f"/api/v1/bookings/{booking_id}/payment", json={"method": method},
                                       headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(pay, range(18)))
    assert set(answers) <= {201, 503} and 201 in answers
    mine = [intent for intent in stripe_server.get("/v1/payment_intents", limit=100)["data"]
            if intent["metadata"].get("booking") == str(booking_id)]
    assert len(mine) == 1
    assert stripe_server.act(mine[0]["id"]).ok

    def hear(_: int) -> None:
        with city.app_context():
            payments.look_at(intent_id=mine[0]["id"])
            db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hear, range(12)))

    def give_back(number: int) -> bool:
        with city.app_context():
            payment = payment_queries.live(booking_id)
            assert payment is not None
            try:
                refunds.request(payment_id=payment.id, amount=total, entry_id=factories.cause(f"reason {number}"))
                db.session.commit()
                return True
            except RefundTooLarge:
                db.session.rollback()
                return False

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(give_back, range(20))) == [False] * 19 + [True]


def test_a_hold_that_runs_out_while_its_family_pays_and_cancels_ends_one_way(city: Flask,
                                                                             stripe_server: StripeSandbox) -> None:
    with grounds.opened(city, stripe_server) as ground:
        trial = timings.run(ground, time.time_ns() % 10_000, 20)
    assert not trial.failures, told(trial)
    assert len(trial.counts) > 1, told(trial)


def test_were_late_money_not_answered_for_it_would_be_found(city: Flask, stripe_server: StripeSandbox) -> None:
    with grounds.opened(city, stripe_server) as ground:
        with timings.late_money_forgotten():
            trial = timings.run(ground, time.time_ns() % 10_000, 60, until_wrong=True)
        assert "are kept" in trial.failures[0], told(trial)
        for row in ground.rows("SELECT id FROM ledger_entry WHERE fact = 'payment.overtaken'"):
            worker.run_framed(city, jobs.TASKS["refunds.answer_late"], entry_id=row["id"])
        ground.work()
