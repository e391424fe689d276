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
    """A visit that was quoted and booked, perhaps with a coupon, three days ahead. ``moves``: how it is moved first,
    each time to the next day: same, up, down; ``more``: minutes it is extended by when it runs.
    """

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, minutes: int, coupon: tuple[str, int],
                 ends: str, moves: tuple[str, ...] = (), more: int = 0) -> None:
        client, stripe, run_jobs, world, sweep = hands
        scene.Customer.__init__(self, client, stripe, run_jobs)
        Lived.__init__(self, world, sweep, fortune)
        self.ends, self.moves, self.more = ends, moves, more
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
        for how in self.moves if first and kind != "late" else ():
            self._move(how)
        if kind == "complete":
            self._serve(first)
        elif kind == "late" or not first:
            return
        elif kind == "cancel":
            with self.at(-int(minutes)):
                quoted = self.of("cancellation-quotes", self.headers)["refund"]["amount"]
                self.of("cancellations", self.headers, expected_refund=quoted)
                self.expected += quoted
        elif kind in ("withdrawals", "declines"):
            self.of(kind, self.nurse if kind == "withdrawals" else self.manager, reason="other")
            self.expected += self.booking.paid_fen
        else:
            with self.at(15):
                self.expected += self.of("absences", self.headers if kind == "nobody" else self.manager)["refund"][
                    "amount"]

    def _move(self, how: str) -> None:
        """Moved to the next day, at its length, half an hour more, or less."""
        step = {"same": 0, "up": 30, "down": -30}[how]
        wanted = {"start": (self.booking.start + timedelta(days=1)).isoformat(),
                  "minutes": max(120, self.booking.minutes + step)}
        self._change("reschedule", None, **wanted)

    def _change(self, kind: str, agrees: dict[str, str] | None, **wanted: Any) -> None:
        """Changed for what is quoted, and paid; where a bank took money back it can't be."""
        path = f"/api/v1/bookings/{self.booking.id}/{kind}-quotes"
        quoted = self.client.post(path, headers=self.headers, json=wanted)
        if quoted.status_code == 409 and quoted.json["code"] == "MoneyTakenBack":
            return
        difference = quoted.json["difference"]["amount"]
        made = self.of(f"{kind}s", self.headers, **wanted, expected_difference=difference)
        if agrees is not None:
            made = self.ask(f"/changes/{made['id']}/agreements", agrees, expected_difference=difference)
        if difference > 0:
            assert made["state"] == "to_pay"
            self.of("payment", self.headers, method=self.fortune.method, part="supplement")
            self.press()
            self.hear()
        self.expected += max(0, -difference)
        db.session.expire_all()
        assert self.booking.total_fen == quoted.json["total"]["amount"] == sum(
            line["amount"] for line in self.booking.lines)

    def _serve(self, first: bool) -> None:
        if first:
            with self.at(0):
                self.of("check-ins", self.nurse, door_code=self.booking.door_code.reveal())
        else:
            if self.more:
                with self.at(100):
                    self._change("extension", self.nurse, minutes=self.more)
            with self.at(180):
                self.of("check-outs", self.nurse)
                self.of("confirmations", self.headers)
