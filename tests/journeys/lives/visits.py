"""A visit's life."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.coupons import scene
from tests.journeys.lives.money import Fortune, Lived
from tests.journeys.lives.prices import Policy, half_up, taken_off, total


class Visited(Lived, scene.Customer):
    """A visit that was quoted and booked, perhaps with a coupon, three days ahead. ``moves``: how it is moved first, to
    the next day: same, up, down, or to the day before: sooner; ``more``: minutes it is extended by when it runs;
    ``policy``: what cancelling costs.
    """

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, minutes: int, coupon: tuple[str, int],
                 ends: str, policy: Policy, moves: tuple[str, ...] = (), more: int = 0) -> None:
        client, stripe, run_jobs, world, sweep = hands
        scene.Customer.__init__(self, client, stripe, run_jobs)
        Lived.__init__(self, world, sweep, fortune)
        self.ends, self.moves, self.more, self.policy, self.price = ends, moves, more, policy, price
        policy.written(world)
        world.execute(sa.text("UPDATE worker_service SET price_fen = :fen"), {"fen": price})
        by, amount = coupon
        self.most_off = amount if by else 0
        code = scene.coupon(scene.manager(self.firm) if by == "firm" else None, amount_fen=amount).code if by else None
        self.holds(code, start=factories.tomorrow(9, days=3).isoformat(), minutes=minutes)
        self.nurse = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.manager = factories.headers(factories.manager_of(self.firm))
        self.earliest, self.went = self.booking.start, False
        self.costs_what_was_agreed()

    def costs_what_was_agreed(self) -> None:
        """Its length at her price, with what is added and what the coupon takes off."""
        db.session.expire_all()
        wage = half_up(Fraction(self.price * self.booking.minutes, 60))
        assert self.booking.total_fen == total(wage, taken_off(self.booking.lines, self.most_off)) == sum(
            line["amount"] for line in self.booking.lines)

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
            with self.at(-int(minutes)) as now:
                quoted = self.of("cancellation-quotes", self.headers)
                fee, refund = quoted["fee"]["amount"], quoted["refund"]["amount"]
                assert fee == self.policy.fee(now, start=self.booking.start, earliest=self.earliest,
                                              total=self.booking.total_fen, paid=self.booking.paid_fen)
                assert fee + refund == self.booking.paid_fen and min(fee, refund) >= 0
                assert self.of("cancellations", self.headers, expected_refund=refund)["refund"] == quoted["refund"]
                self.expected += refund
        elif kind in ("withdrawals", "declines"):
            self.of(kind, self.nurse if kind == "withdrawals" else self.manager, reason="other")
            self.expected += self.booking.paid_fen
        else:
            paid, kept = self.booking.paid_fen, self.policy.no_show(self.booking.total_fen, self.booking.paid_fen)
            with self.at(15):
                back = self.of("absences", self.headers if kind == "nobody" else self.manager)["refund"]["amount"]
            assert back == (paid if kind == "nobody" else paid - kept)
            self.expected += back

    def _move(self, how: str) -> None:
        """Moved to the next day, at its length, half an hour more, or less; once perhaps to the day before."""
        step, days = {"up": 30, "down": -30}.get(how, 0), -1 if how == "sooner" and not self.went else 1
        self.went = True
        wanted = {"start": (self.booking.start + timedelta(days=days)).isoformat(),
                  "minutes": max(120, self.booking.minutes + step)}
        self._change("reschedule", None, **wanted)
        self.earliest = min(self.earliest, self.booking.start)

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
        assert self.booking.total_fen == quoted.json["total"]["amount"]
        self.costs_what_was_agreed()

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
