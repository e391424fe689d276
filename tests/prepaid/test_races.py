"""Many at once with one card, on a database that really commits."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock, ids, worker
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.payments import service as payments
from qiaojiejie.prepaid import service as prepaid
from qiaojiejie.prepaid import tasks
from tests import factories, races
from tests.stripe_sandbox import StripeSandbox

VISIT = 13_800
ROUNDS = 10


@pytest.fixture()
def city(city: Flask, stripe_server: StripeSandbox) -> Iterator[Flask]:
    """The app, at a Stripe that behaves; nothing is wrong in its books at the end."""
    with races.at_stripe(city, stripe_server):
        yield city


@dataclass
class Family:
    """A family with a card, its held bookings of the card's firm, and its hands on the API."""

    city: Flask
    stripe: StripeSandbox
    headers: dict[str, str]
    card: str
    intent: str
    bookings: list[UUID]

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        """One request, of a client of its own."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.city.test_client().post(f"/api/v1{path}", headers=headers, json=body)

    def pay(self, booking: UUID, key: str | None = None) -> Any:
        """Pay a booking from the card."""
        return self.post(f"/bookings/{booking}/card-payments", {"card_id": self.card}, key)

    def close(self, expected: int) -> Any:
        """Give the card back."""
        return self.post(f"/me/prepaid-cards/{self.card}/closings", {"expected_refund": expected})

    def cancel(self, booking: UUID) -> Any:
        """Cancel a booking, all of it being given back."""
        return self.post(f"/bookings/{booking}/cancellations", {"expected_refund": VISIT})

    def hear(self) -> None:
        """Ask Stripe how the card's payment stands."""
        worker.run_framed(self.city, payments.look_at, intent_id=self.intent)
        races.work(self.city)

    def settle(self) -> None:
        """Every job and sweep of cards, until Stripe has said its last word of what goes back."""
        deadline = time.monotonic() + 20
        while True:
            worker.run_framed(self.city, tasks.settle_unsettled)
            races.work(self.city)
            if all(refund["status"] != "pending" for refund in self.stripe.refunds(self.intent)):
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def state(self) -> str:
        """The card's state."""
        return str(self.city.test_client().get(f"/api/v1/me/prepaid-cards/{self.card}", headers=self.headers
                                               ).json["state"])

    def held(self) -> int:
        """What stands on the card in the books."""
        with self.city.app_context():
            return int(db.session.execute(sa.text(
                "SELECT coalesce(-sum(amount_fen), 0) FROM posting WHERE account = 'prepaid:' || :id"),
                {"id": self.card}).scalar_one())

    def went_back(self) -> int:
        """Fen of the card's price that Stripe gave back."""
        return sum(refund["amount"] for refund in self.stripe.refunds(self.intent))


def begun(city: Flask, stripe: StripeSandbox, price: int, bookings: int = 0) -> Family:
    """A family that has begun to buy a card."""
    with city.app_context():
        household, by = factories.household(), factories.worker_with_account()
        headers = factories.headers(db.session.get_one(Account, household.account_id))
        manager = Actor(factories.member(Role.FIRM_MANAGER, by.firm_id).id, ids.new(), Role.FIRM_MANAGER, by.firm_id)
        offer = prepaid.offer(actor=manager, name="卡", price_fen=price, service_code=None).id
        held = [factories.booking("held", household, by, factories.tomorrow(days=2 + number)).id
                for number in range(bookings)]
        db.session.commit()
    made = Family(city, stripe, headers, "", "", held)
    answer = made.post("/me/prepaid-cards", {"offer_id": str(offer), "method": "alipay"})
    assert answer.status_code == 201, answer.json
    made.card, made.intent = answer.json["id"], answer.json["payment"]["next_action"]["url"].rpartition("/")[2]
    return made


def bought(city: Flask, stripe: StripeSandbox, price: int, bookings: int) -> Family:
    """A family with a live card."""
    made = begun(city, stripe, price, bookings)
    assert stripe.act(made.intent).ok
    made.hear()
    assert made.state() == "live"
    return made


def together(steps: list[Callable[[], Any]], chance: random.Random | None = None) -> list[Any]:
    """Each step in a thread of its own; with ``chance``, each a moment late."""
    def run(step: Callable[[], Any], wait: float) -> Any:
        time.sleep(wait)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        calls = [pool.submit(run, step, chance.uniform(0, 0.03) if chance else 0) for step in steps]
        return [call.result() for call in calls]


def test_of_many_bookings_at_once_a_card_pays_for_as_many_as_it_can(city: Flask, stripe_server: StripeSandbox) -> None:
    family = bought(city, stripe_server, 2 * VISIT + VISIT - 1, 5)
    answers = together([lambda booking=booking: family.pay(booking) for booking in family.bookings])
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"PrepaidBalanceShort"}
    assert family.held() == VISIT - 1


def test_one_booking_paid_many_times_at_once_under_one_key_is_paid_once(
        city: Flask, stripe_server: StripeSandbox) -> None:
    family = bought(city, stripe_server, 3 * VISIT, 1)
    answers = together([lambda: family.pay(family.bookings[0], key="one")] * 10)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert family.held() == 2 * VISIT


def test_a_card_bought_many_times_at_once_is_one_card_and_one_charge(city: Flask, stripe_server: StripeSandbox) -> None:
    family = begun(city, stripe_server, VISIT)
    with city.app_context():
        offer = str(db.session.execute(sa.text("SELECT offer_id FROM prepaid_card")).scalar_one())
        db.session.execute(sa.text("DELETE FROM payment"))
        db.session.execute(sa.text("DELETE FROM prepaid_card"))
        db.session.commit()
    answers = together([lambda method=method: family.post("/me/prepaid-cards", {"offer_id": offer, "method": method})
                        for method in ("alipay", "wechat_pay") * 4])
    assert {answer.status_code for answer in answers} <= {201, 503} and 201 in {each.status_code for each in answers}
    with city.app_context():
        [card] = db.session.execute(sa.text("SELECT id FROM prepaid_card")).scalars()
        [payment] = db.session.execute(sa.text("SELECT id FROM payment")).scalars()
    assert {answer.json["id"] for answer in answers if answer.status_code == 201} == {str(card)}
    intents = stripe_server.get("/v1/payment_intents", limit=100)["data"]
    assert len([each for each in intents if each["metadata"].get("payment") == str(payment)]) == 1


def test_one_booking_paid_by_card_and_at_stripe_at_once_is_paid_once(city: Flask, stripe_server: StripeSandbox) -> None:
    family = bought(city, stripe_server, 3 * VISIT, 3)
    chance = random.Random(seed := time.time_ns() % 10_000)
    for booking in family.bookings:
        answers = together([lambda booking=booking: family.pay(booking),
                            lambda booking=booking: family.post(f"/bookings/{booking}/payment", {"method": "alipay"})],
                           chance)
        while family.pay(booking).status_code != 201:  # the other payment was under way
            races.work(city)
        races.work(city)
        assert {answer.status_code for answer in answers} <= {201, 409}, (seed, [answer.json for answer in answers])
    assert family.held() == 0


def test_a_card_given_back_while_it_pays_does_one_or_the_other(city: Flask, stripe_server: StripeSandbox) -> None:
    chance, seen = random.Random(seed := time.time_ns() % 10_000), set()
    for _ in range(ROUNDS):
        family = bought(city, stripe_server, 2 * VISIT, 1)
        paid, closed = together([lambda family=family: family.pay(family.bookings[0]),
                                 lambda family=family: family.close(2 * VISIT)], chance)
        family.settle()
        if paid.status_code == 201:
            assert closed.json["code"] == "PrepaidBalanceChanged", seed
            assert (family.held(), family.went_back(), family.state()) == (VISIT, 0, "live"), seed
        else:
            assert (paid.json["code"], closed.status_code) == ("PrepaidCardNotLive", 200), seed
            assert (family.held(), family.went_back(), family.state()) == (0, 2 * VISIT, "closed"), seed
        seen.add(paid.status_code)
    assert seen


def test_a_card_given_back_while_a_booking_comes_back_to_it_loses_nothing(
        city: Flask, stripe_server: StripeSandbox) -> None:
    chance = random.Random(seed := time.time_ns() % 10_000)
    for _ in range(ROUNDS):
        family = bought(city, stripe_server, 2 * VISIT, 1)
        assert family.pay(family.bookings[0]).status_code == 201
        cancelled, closed, _ = together([lambda family=family: family.cancel(family.bookings[0]),
                                         lambda family=family: family.close(VISIT), lambda: races.work(city)], chance)
        assert cancelled.status_code == 200, (seed, cancelled.json)
        family.settle()
        if closed.status_code == 200:
            assert (family.held(), family.went_back()) == (0, 2 * VISIT), seed
        else:
            assert (family.held(), family.went_back(), closed.json["code"]) == (
                2 * VISIT, 0, "PrepaidBalanceChanged"), seed


def test_a_card_whose_time_runs_out_while_its_money_comes_is_live_or_was_never_paid(
        city: Flask, stripe_server: StripeSandbox) -> None:
    chance, seen = random.Random(seed := time.time_ns() % 10_000), set()
    for _ in range(ROUNDS):
        family = begun(city, stripe_server, VISIT)
        with city.app_context():
            db.session.execute(sa.text("UPDATE prepaid_card SET expires_at = :then WHERE id = :id"),
                               {"then": clock.now() - timedelta(seconds=1), "id": family.card})
            db.session.commit()

        def money(family: Family = family) -> None:
            if stripe_server.act(family.intent).ok:
                worker.run_framed(city, payments.look_at, intent_id=family.intent)

        def lapse(family: Family = family) -> None:
            worker.run_framed(city, prepaid.lapse, card_id=UUID(family.card))

        together([money, lapse], chance)
        races.work(city)
        worker.run_framed(city, tasks.lapse_overdue)
        family.settle()
        paid = stripe_server.get(f"/v1/payment_intents/{family.intent}")["amount_received"]
        assert (family.state(), family.held(), family.went_back()) == (
            ("live", VISIT, 0) if paid else ("lapsed", 0, 0)), seed
        seen.add(paid)
    assert seen
