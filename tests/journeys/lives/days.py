"""The life of an engagement by days."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from tests.attendance.engagement import DAY, Engagement
from tests.guarantees.scene import Replacing
from tests.journeys.lives.money import Fortune, Lived


class Engaged(Replacing, Lived, Engagement):
    """An engagement of some days. ``days``: what becomes of each; ``ends``: how it ends; ``replaced``: after which day
    who works is replaced, and how many days nobody comes then."""

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, days: tuple[str, ...],
                 deposit: int, early: int, ends: str, replaced: Mapping[int, int] = MappingProxyType({})) -> None:
        client, stripe, run_jobs, world, sweep = hands
        Engagement.__init__(self, client, stripe, run_jobs, days=len(days), price=price)
        Lived.__init__(self, world, sweep, fortune)
        self.fates, self.ends, self.gaps, self.hands = days, ends, dict(replaced), [self.nurse]
        world.execute(sa.text("UPDATE engagement_terms SET deposit_permille = :deposit, early_permille = :early"),
                      {"deposit": deposit, "early": early})
        self.book()
        self.prices = [each["amount"] for each in self.booking.schedule]
        self.kept = 0

    def pay_for_it(self) -> None:
        """A deposit at once and the balance two days before, or late, or never."""
        self.pay(method=self.fortune.method)
        if self.ends.startswith("deposit") or not self.booking.due:
            return
        with clock.frozen(self.start - 2 * DAY):
            assert self.begin(method=self.fortune.method).status_code == 201
            if self.ends == "late":
                self.of("declines", self.firm, reason="other")
            assert self.stripe.act(self.intent()).ok
            self.hear()

    def come_to_its_end(self, first: bool) -> None:
        """As this life says; what the family is told it gets back is kept."""
        kind, _, number = self.ends.removeprefix("deposit ").partition(" ")
        if kind in ("run", "family", "firm", "lapse"):
            self._work(first, kind, int(number or len(self.fates)))
        elif first and kind == "cancel":
            with clock.frozen(self.start - timedelta(minutes=int(number))):
                self.expected = self.of("cancellation-quotes", self.family)["refund"]["amount"]
                self.of("cancellations", self.family, expected_refund=self.expected)
        elif first and kind == "nobody":
            with clock.frozen(self.start + timedelta(minutes=15)):
                self.expected = self.of("absences", self.nurse)["refund"]["amount"]
        elif kind == "late":
            self.expected = sum(self.prices)

    def _work(self, first: bool, kind: str, last: int) -> None:
        half = last // 2
        if first:
            assert self.arrive().status_code == 200
        for number in range(1, half + 1) if first else range(half + 1, last + 1):
            self._day(number, self.fates[number - 1])
            if number in self.gaps and number < last:
                self._replace(number)
        if not first:
            self._over(kind, last)

    def _day(self, number: int, fate: str) -> None:
        """A day is written down (or not), and the last word on it spoken (or not yet)."""
        if fate == "unwritten":
            return
        there = self.at(number)
        minutes, at = 300 if fate.startswith("half") else 600, self.evening(there) + timedelta(hours=1)
        workday = self.write_down(there, minutes, self.hands[-1]).json["id"]
        said = {"agreed": ["agree"], "half": ["agree"], "upheld": ["contest", "uphold"], "half upheld": [
            "contest", "uphold"], "struck": ["contest", "strike"], "withdrawn": ["withdraw"], "half silent": []}
        for each in said.get(fate, []):
            who = {"uphold": self.mediator, "strike": self.mediator, "withdraw": self.hands[-1]}.get(each)
            assert self.answer(workday, each, who, at, reason="other").status_code == 200
        if fate not in ("struck", "withdrawn"):
            price = self.prices[number - 1]
            self.kept += (price + 1) // 2 if minutes == 300 else price

    def at(self, number: int) -> int:
        """On which day, counted from the first, the so-manieth day of work falls."""
        return number + sum(gap for after, gap in self.gaps.items() if after < min(number, len(self.fates)))

    def _replace(self, number: int) -> None:
        """After a day she can't go on; another does, some days later."""
        other = self.colleague()
        with clock.frozen(self.evening(self.at(number)) + timedelta(hours=2)):
            assert self.seek(self.firm, "worker_ill").status_code == 201
            assert self.offer(self.day(self.at(number + 1)), other).status_code == 201
            assert self.take(other).status_code == 200
        self.hands.append(self.hands_of(other))

    def _lapse(self, last: int) -> None:
        """After a day she can't go on, and nobody else does."""
        with clock.frozen(self.evening(self.at(last)) + timedelta(hours=2)):
            assert self.seek(self.firm, "worker_left").status_code == 201
        with clock.frozen(self.evening(self.at(last)) + timedelta(hours=2) + 3 * DAY):
            self.sweep("lapse_broken")
            self.run_jobs()
            assert self.guarantee()["state"] == "lapsed"

    def _over(self, kind: str, last: int) -> None:
        """Ended early for what was quoted, or by its days; then time passes and silence agrees."""
        if kind == "lapse" and self.booking.state == "under_way":
            self._lapse(last)
        elif kind != "run" and self.booking.state == "under_way":
            who = self.family if kind == "family" else self.firm
            quoted = self.end_quote(self.at(last), who).json
            ended = self.end(self.at(last), quoted["refund"]["amount"], who)
            assert ended.status_code == 200, ended.json
            self.kept += quoted["fee"]["amount"]
        for days in (4, 8, 12):
            with clock.frozen(self.evening(self.at(len(self.fates))) + days * DAY):
                for name in ("agree_in_silence", "finish_engagements", "complete_served"):
                    self.sweep(name)
                self.run_jobs()
        self.expected = max(0, self.booking.paid_fen - self.kept)
        assert self.booking.state == "completed"
