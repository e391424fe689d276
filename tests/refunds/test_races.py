"""Many at once, on a database that really commits."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, jobs, worker
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.gateway import Gateway
from qiaojiejie.refunds import service as refunds
from qiaojiejie.refunds.errors import RefundTooLarge
from tests import factories
from tests.conftest import NEXT_JOB
from tests.stripe_sandbox import SECRET, StripeSandbox


@pytest.fixture()
def city(city: Flask, stripe_server: StripeSandbox) -> Iterator[Flask]:
    """The app, at a Stripe that behaves."""
    city.extensions["stripe_gateway"] = gateway = Gateway(
        api_key="sk_test_demo", api_base=stripe_server.url, webhook_secrets=(SECRET,), public_url="http://localhost")
    stripe_server.control()
    yield city
    with city.app_context():
        assert db.session.execute(sa.text("SELECT * FROM ledger_health")).all() == []
    gateway.close()


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


ROUNDS = 20
#: what may come of a hold that runs out while its family pays and cancels: the booking's state, and what went back
ENDS = {("confirmed", 0), ("cancelled", 0), ("cancelled", 13800), ("expired", 0)}


def work(city: Flask) -> None:
    """Every deferred job, again and again until all are done; one that fails is tried again as the worker would."""
    failures = 0
    while True:
        with city.app_context():
            row = db.session.execute(NEXT_JOB).one_or_none()
            db.session.commit()
        if row is None:
            return
        try:
            worker.run_framed(city, jobs.TASKS[row.task_name], **row.args)
        except Exception:
            failures += 1
            assert failures < 20, row
            with city.app_context():
                jobs.defer(row.task_name, **row.args)
                db.session.commit()


def test_a_hold_that_runs_out_while_its_family_pays_and_cancels_ends_one_way(city: Flask,
                                                                             stripe_server: StripeSandbox) -> None:
    seed = time.time_ns() % 10_000
    chance, seen = random.Random(seed), set()
    for _ in range(ROUNDS):
        booking_id, intent = _begun(city)

        def hear(intent: str = intent) -> None:
            if stripe_server.act(intent).ok:
                worker.run_framed(city, payments.look_at, intent_id=intent)

        def close(booking: UUID = booking_id) -> None:
            worker.run_framed(city, payments.close, booking_id=booking)

        def cancel(booking: UUID = booking_id) -> None:
            with city.app_context():
                household = db.session.get_one(Booking, booking).household
                headers = factories.headers(db.session.get_one(Account, household.account_id))
                db.session.commit()
            answer = city.test_client().post(f"/api/v1/bookings/{booking}/cancellations", headers=headers,
                                             json={"expected_refund": chance.choice((0, 13800))})
            assert answer.status_code in (200, 409), (seed, answer.json)

        def after(wait: float, act: Callable[[], None]) -> None:
            time.sleep(wait)
            act()

        with ThreadPoolExecutor(3) as pool:
            for call in [pool.submit(after, chance.uniform(0, 0.06), act) for act in (hear, close, cancel)]:
                call.result()
        work(city)
        state, back = _end(city, stripe_server, booking_id, intent)
        assert (state, back) in ENDS, (seed, state, back)
        seen.add((state, back))
    assert len(seen) > 1, seed


def _begun(city: Flask) -> tuple[UUID, str]:
    """A hold that has just run out and whose payment was begun: its id and its intent's."""
    with city.app_context():
        booking = factories.booking("held")
        headers = factories.headers(db.session.get_one(Account, booking.household.account_id))
        booking_id = booking.id
        db.session.commit()
        assert city.test_client().post(f"/api/v1/bookings/{booking_id}/payment", json={"method": "alipay"},
                                       headers=headers).status_code == 201
        db.session.execute(sa.update(Booking).where(Booking.id == booking_id).values(
            expires_at=clock.now() - timedelta(seconds=1)))
        payment = payment_queries.live(booking_id)
        assert payment is not None and payment.intent_id is not None
        db.session.commit()
        return booking_id, payment.intent_id


def _end(city: Flask, stripe: StripeSandbox, booking_id: UUID, intent: str) -> tuple[str, int]:
    """How it ended: the state, and the fen that went back; what Stripe holds is what the books say."""
    deadline = time.monotonic() + 20
    while any(refund["status"] == "pending" for refund in stripe.refunds(intent)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    back = sum(refund["amount"] for refund in stripe.refunds(intent))
    with city.app_context():
        state = db.session.get_one(Booking, booking_id).state
        held = db.session.execute(sa.text(
            "SELECT coalesce(-sum(amount_fen), 0)::int FROM posting WHERE account = 'escrow:' || :id"),
            {"id": str(booking_id)}).scalar_one()
    paid = stripe.get(f"/v1/payment_intents/{intent}")["amount_received"]
    assert held == paid - back == (13800 if state == "confirmed" else 0), (state, held, paid, back)
    return state, back
