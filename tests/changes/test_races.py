"""Moved while something else happens: on a database that really commits."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.changes import service as changes
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.payments import service as payments
from tests import factories, races
from tests.changes.scene import FOUR, HOUR, THREE, TWO, Mover
from tests.stripe_sandbox import StripeSandbox

#: her intervals that are not those of a live booking, the way included, or of an open change
ASTRAY = sa.text("""
    SELECT held.ref FROM worker_interval held LEFT JOIN booking ON held.ref = 'booking:' || booking.id
    WHERE held.ref NOT LIKE 'change:%' AND (booking.id IS NULL OR booking.state NOT IN ('held', 'confirmed')
        OR held.during <> tstzrange(lower(booking.during) - interval '30 minutes',
                                    upper(booking.during) + interval '30 minutes'))""")


class Hands:
    """Hands on one confirmed visit, each with a connection of its own."""

    def __init__(self, city: Flask, it: Mover) -> None:
        self.city, self.id, self.headers, self.start = city, it.booking.id, it.headers, it.start
        self.worker_id = it.worker.id

    def post(self, path: str, who: dict[str, str] | None = None, **body: Any) -> Callable[[], str]:
        """A request to be made; the code of its refusal, or ``done``."""
        def step() -> str:
            answer = self.city.test_client().post(f"/api/v1{path}", headers=who or self.headers, json=body)
            assert answer.status_code in (200, 201, 409), answer.json
            return str(answer.json["code"]) if answer.status_code == 409 else "done"
        return step

    def move(self, start: datetime, minutes: int = 180, difference: int = 0) -> Callable[[], str]:
        """Another time."""
        return self.post(f"/bookings/{self.id}/reschedules", start=start.isoformat(), minutes=minutes,
                         expected_difference=difference)

    def at_once(self, *steps: Callable[[], Any]) -> list[Any]:
        """Steps begun together; then every job, and nobody's time is astray."""
        told = races.at_once(self.city, steps) if steps else []
        races.work(self.city)
        with self.city.app_context():
            assert db.session.execute(ASTRAY).all() == []
            assert db.session.execute(sa.text("SELECT * FROM ledger_health")).all() == []
        return told

    def one(self, query: str) -> Any:
        """One value of the booking's, ``:id``."""
        with self.city.app_context():
            return db.session.execute(sa.text(query), {"id": self.id}).scalar_one()

    def given_back(self) -> int:
        """Fen that went back or will."""
        return int(self.one("SELECT coalesce(sum(refund.amount_fen), 0) FROM refund"
                            " JOIN payment ON payment.id = payment_id WHERE booking_id = :id"))


@pytest.fixture()
def hands(city: Flask, stripe_server: StripeSandbox) -> Iterator[Hands]:
    """A visit that is paid, in three days at ten; when the test is over nothing is wrong with its money."""
    with races.at_stripe(city, stripe_server):
        with city.app_context():
            made = Mover(city.test_client(), stripe_server, lambda: races.work(city))
            db.session.commit()
            made.confirmed()
            db.session.rollback()
            hands = Hands(city, made)
            db.session.rollback()
        yield hands
        races.work(city)


def test_moved_twice_at_once_it_stands_at_one_of_the_times(hands: Hands) -> None:
    for turn in range(3):
        wanted = [hands.start + (24 * turn + hours) * HOUR for hours in (24, 26)]
        assert hands.at_once(*map(hands.move, wanted)) == ["done", "done"]
        assert hands.one("SELECT lower(during) FROM booking WHERE id = :id") in wanted
    assert hands.one("SELECT fee_start FROM booking WHERE id = :id") == hands.start


def test_two_longer_times_at_once_only_one_waits_for_its_money(hands: Hands) -> None:
    wanted = [hands.move(hands.start + days * 24 * HOUR, 240, FOUR - THREE) for days in (0, 1, 2)]
    assert sorted(hands.at_once(*wanted)) == ["ChangeOpen", "ChangeOpen", "done"]
    assert hands.one("SELECT count(*) FROM change WHERE booking_id = :id AND state = 'to_pay'") == 1


@pytest.mark.parametrize("turn", range(4))
def test_moved_to_a_time_another_family_books_one_of_them_has_it(hands: Hands, turn: int) -> None:
    wanted = hands.start + 48 * HOUR
    with hands.city.app_context():
        other = factories.household()
        quoted = factories.quote(other, db.session.get_one(factories.Worker, hands.worker_id), wanted)
        who, quote_id = factories.headers(db.session.get_one(Account, other.account_id)), str(quoted.id)
        db.session.commit()
    steps = [hands.move(wanted, 240, FOUR - THREE) if turn % 2 else hands.move(wanted),
             hands.post("/bookings", who, quote_id=quote_id)]
    told = hands.at_once(*(steps if turn < 2 else reversed(steps)))
    assert sorted(told) == ["SlotTaken", "done"]


@pytest.mark.parametrize("turn", range(4))
def test_moved_and_cancelled_at_once_the_family_gets_what_the_first_of_them_says(hands: Hands, turn: int) -> None:
    steps = [hands.move(hands.start + 24 * HOUR, 120, TWO - THREE),
             hands.post(f"/bookings/{hands.id}/cancellations", expected_refund=THREE)]
    told = hands.at_once(*(steps if turn % 2 else reversed(steps)))
    moved, cancelled = told if turn % 2 else reversed(told)
    assert (moved, cancelled) in (("done", "CancellationQuoteChanged"), ("StepNotPossible", "done"))
    assert hands.given_back() == (THREE if cancelled == "done" else THREE - TWO)
    assert hands.at_once(hands.post(f"/bookings/{hands.id}/cancellations", expected_refund=TWO)) == [
        "StepNotPossible" if cancelled == "done" else "done"]
    assert hands.given_back() == THREE


@pytest.mark.parametrize("turn", range(4))
def test_money_that_comes_as_the_change_lapses_moves_it_or_goes_back(hands: Hands, stripe_server: StripeSandbox,
                                                                     turn: int) -> None:
    assert hands.move(hands.start + 24 * HOUR, 240, FOUR - THREE)() == "done"
    assert hands.post(f"/bookings/{hands.id}/payment", method="alipay", part="supplement")() == "done"
    intent = hands.one("SELECT intent_id FROM payment WHERE booking_id = :id AND part = 'supplement'")
    change_id: UUID = hands.one("SELECT id FROM change WHERE booking_id = :id")
    assert stripe_server.act(intent).ok
    steps: list[Callable[[], Any]] = [lambda: payments.look_at(intent_id=intent),
                                      lambda: changes.lapse(change_id=change_id)]
    late = clock.now() + timedelta(minutes=11)
    races.at_once(hands.city, steps if turn % 2 else steps[::-1], late)
    assert hands.at_once() == []
    moved = hands.one("SELECT lower(during) FROM booking WHERE id = :id") == hands.start + 24 * HOUR
    assert hands.one("SELECT state FROM change WHERE booking_id = :id") == ("done" if moved else "lapsed")
    assert hands.given_back() == (0 if moved else FOUR - THREE)
