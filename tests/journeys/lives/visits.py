"""A visit's life."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.coupons import scene
from tests.journeys.lives.money import Fortune, Lived


class Visited(Lived, scene.Customer):
    """A visit that was quoted and booked, perhaps with a coupon, three days ahead."""

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, minutes: int, coupon: tuple[str, int],
                 ends: str) -> None:
        client, stripe, run_jobs, world, sweep = hands
        scene.Customer.__init__(self, client, stripe, run_jobs)
        Lived.__init__(self, world, sweep, fortune)
        self.ends = ends
        world.execute(sa.text("UPDATE worker_service SET price_fen = :fen"), {"fen": price})
        by, amount = coupon
        code = scene.coupon(scene.manager(self.firm) if by == "firm" else None, amount_fen=amount).code if by else None
        self.holds(code, start=factories.tomorrow(9, days=3).isoformat(), minutes=minutes)
        self.nurse = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.manager = factories.headers(factories.manager_of(self.firm))

    def at(self, minutes: int) -> Any:
        """The clock stands so many minutes after the start."""
        return clock.frozen(self.booking.start + timedelta(minutes=minutes))

    def pay_for_it(self) -> None:
        """In time, or too late."""
        assert self.begin(self.fortune.method).status_code == 201
        self.press()
        if self.ends == "late":
            self.cancel(0)
            self.run_jobs()
            self.expected = self.booking.total_fen
        self.hear()

    def come_to_its_end(self, first: bool) -> None:
        """As this life says; what the family is told it gets back is kept."""
        kind, _, minutes = self.ends.partition(" ")
        if kind == "complete":
            self._serve(first)
        elif kind == "late" or not first:
            return
        elif kind == "cancel":
            with self.at(-int(minutes)):
                self.expected = self.of("cancellation-quotes", self.headers)["refund"]["amount"]
                self.of("cancellations", self.headers, expected_refund=self.expected)
        elif kind in ("withdrawals", "declines"):
            self.of(kind, self.nurse if kind == "withdrawals" else self.manager, reason="other")
            self.expected = self.booking.paid_fen
        else:
            with self.at(15):
                self.expected = self.of("absences", self.headers if kind == "nobody" else self.manager)["refund"][
                    "amount"]

    def _serve(self, first: bool) -> None:
        if first:
            with self.at(0):
                self.of("check-ins", self.nurse, door_code=self.booking.door_code.reveal())
        else:
            with self.at(180):
                self.of("check-outs", self.nurse)
                self.of("confirmations", self.headers)
