"""The life of an engagement by days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from tests.attendance.engagement import DAY, Engagement
from tests.coupons import scene
from tests.guarantees.scene import Replacing
from tests.journeys.lives.money import Fortune, Lived
from tests.journeys.lives.prices import Policy, half_up, taken_off, total

HOUR = timedelta(hours=1)
#: how a life ends in which she comes
WORKED = ("run", "family", "firm", "lapse")


@dataclass(frozen=True)
class Agreed:
    """What is agreed of an engagement. ``price``: fen a day, or of 26 days where her price is by the month;
    ``holidays``: so many days from its first day (or the due date), each paid ``times`` times; ``deposit``, ``early``:
    thousandths; ``trial``: days; ``coupon``: by whom and how many fen; ``policy``: what cancelling costs; ``babies``:
    more than one at half as much again; ``due``: it is engaged for a due date, ``born``: and begins so many days from
    it, said before or after the balance is paid (``paid_first``), or nobody says anything (None)."""

    price: int
    policy: Policy
    service: str = "maternity_nurse"
    deposit: int = 300
    early: int = 0
    trial: int = 3
    times: int = 3
    holidays: tuple[int, ...] = ()
    coupon: tuple[str, int] = ("", 0)
    babies: int | None = None
    due: bool = False
    born: int | None = None
    paid_first: bool = False

    def written(self, world: sa.Connection, first: date) -> None:
        """Its terms are the catalogue's, its holidays are the calendar's."""
        self.policy.written(world)
        world.execute(sa.text(
            "UPDATE engagement_terms SET deposit_permille = :deposit, early_permille = :early, trial_days = :trial,"
            " holiday_times = :times, half_minutes = 300, balance_days = 7,"
            " replacement_days = 3"), {
                "deposit": self.deposit, "early": self.early, "trial": self.trial, "times": self.times})
        for ahead in self.holidays:
            world.execute(sa.text("INSERT INTO statutory_holiday (day, name) VALUES (:day, '节日')"),
                          {"day": first + ahead * DAY})

    def wage(self, first: int, count: int) -> int:
        """Of so many days, from so many days after the due date (or the first day) on."""
        paid = sum(self.times if day in self.holidays else 1 for day in range(first, first + count))
        twins = Fraction(3, 2) if (self.babies or 1) > 1 else Fraction(1)
        return half_up(Fraction(self.price * paid, 1 if self.service == "maternity_nurse" else 26) * twins)


class Engaged(Replacing, Lived, Engagement):
    """An engagement of some days. ``days``: what becomes of each; ``ends``: how it ends; ``replaced``: after which day
    who works is replaced, and how many days nobody comes then; ``doubted``: by the family, while she is on trial."""

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, agreed: Agreed, days: tuple[str, ...], ends: str,
                 replaced: Mapping[int, int] = MappingProxyType({}), doubted: bool = False) -> None:
        client, stripe, run_jobs, world, sweep = hands
        Engagement.__init__(self, client, stripe, run_jobs, days=len(days), price=agreed.price, service=agreed.service,
                            starts=30 if agreed.due else 10)
        Lived.__init__(self, world, sweep, fortune)
        self.agreed, self.fates, self.ends, self.gaps, self.hands = agreed, days, ends, dict(replaced), [self.nurse]
        self.doubted, self.hers, self.kept = doubted, 0, 0
        agreed.written(world, self.day(1))
        self.book()
        self.earliest = self.booking.start
        self.costs(0)

    def quote(self, **changes: Any) -> Any:
        """What is agreed is asked for, perhaps with a coupon."""
        (by, fen), it = self.agreed.coupon, self.agreed
        firm = db.session.get_one(Firm, self.worker.firm_id)
        code = scene.coupon(scene.manager(firm) if by == "firm" else None, amount_fen=fen).code if by else None
        due = {"start": None, "due_on": self.day(1).isoformat()} if it.due else {}
        return super().quote(coupon_code=code, babies=it.babies, **due, **changes)

    def costs(self, first: int, stands: bool = False) -> None:
        """The total is that of days that begin so many days after the due date, where those cost less; unless what was
        paid ``stands``. The days add up to what they are worth."""
        booking, off = self.booking, taken_off(self.booking.lines, self.agreed.coupon[1])
        quoted, found = (total(self.agreed.wage(each, len(self.fates)), off) for each in (0, first))
        assert booking.total_fen == (quoted if stands or found <= booking.paid_fen else min(quoted, found))
        assert sum(line["amount"] for line in booking.lines) == booking.total_fen
        fens = [each["amount"] for each in booking.schedule]
        assert sum(fens) == min(quoted, found) and min(fens) >= 0

    def pay_for_it(self) -> None:
        """A deposit at once; the balance days before it begins, or late, or never. When it begins is said, or not."""
        self.pay(method=self.fortune.method)
        silent, before = self.agreed.born is None, self.earliest - 5 * DAY
        if not silent and not self.agreed.paid_first:
            self._say(before + HOUR)
        if self.booking.due and not self.ends.startswith("deposit"):
            with clock.frozen(before + (0 if self.agreed.paid_first else 2) * HOUR):
                self._balance()
        if self.agreed.due and (silent or self.agreed.paid_first):
            self._say(before + HOUR)

    def _balance(self) -> None:
        assert self.begin(method=self.fortune.method).status_code == 201
        if self.ends == "late":
            self.of("declines", self.firm, reason="other")
        assert self.stripe.act(self.intent()).ok
        self.hear()

    def _say(self, at: datetime) -> None:
        """The baby is born, and it is said when it begins; or silence says it, of what is not called off before."""
        said, booking = self.agreed.born, self.booking
        if booking.state != "confirmed" or (said is None and self.ends.split()[0] not in WORKED):
            return
        born, stands = 3 if said is None else said, booking.paid_fen == booking.total_fen
        with clock.frozen(at if said is not None else self.start + 3 * DAY - 12 * HOUR):
            if said is None:
                self.sweep("begin_in_silence")
            else:
                self.of("beginnings", self.family, starts_on=self.day(1 + born).isoformat())
        self.start += born * DAY
        assert self.booking.start == self.start and self.booking.window_ends is None
        self.earliest = min(self.earliest, self.start)
        self.costs(born, stands)

    def come_to_its_end(self, first: bool) -> None:
        """As this life says; what the family is told it gets back is kept."""
        kind, _, number = self.ends.removeprefix("deposit ").partition(" ")
        if kind in WORKED:
            self._work(first, kind, int(number or len(self.fates)))
        elif first and kind == "cancel":
            start = self.booking.start
            with clock.frozen(start - timedelta(minutes=int(number))) as now:
                paid, quoted = self.booking.paid_fen, self.of("cancellation-quotes", self.family)
                fee, self.expected = quoted["fee"]["amount"], quoted["refund"]["amount"]
                assert fee + self.expected == paid and min(fee, self.expected) >= 0
                assert fee == self.agreed.policy.fee(now, start=start, earliest=self.earliest, paid=paid,
                                                     total=self.booking.total_fen)
                self.of("cancellations", self.family, expected_refund=self.expected)
        elif first and kind == "nobody":
            paid = self.booking.paid_fen
            with clock.frozen(self.start + timedelta(minutes=15)):
                self.expected = self.of("absences", self.nurse)["refund"]["amount"]
            assert self.expected == paid - self.agreed.policy.no_show(self.booking.total_fen, paid)
        elif kind == "late":
            self.expected = self.booking.total_fen

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
            [price] = [each["amount"] for each in self.booking.schedule if each["day"] == self.day(there)]
            self.kept += (price + 1) // 2 if minutes == 300 else price

    def at(self, number: int) -> int:
        """On which day, counted from the first, the so-manieth day of work falls."""
        return number + sum(gap for after, gap in self.gaps.items() if after < min(number, len(self.fates)))

    def _replace(self, number: int) -> None:
        """After a day she can't go on, or does not suit; another does, some days later, and never for more."""
        other, worth = self.colleague(), sum(each["amount"] for each in self.booking.schedule)
        doubted = self.doubted and number - self.hers <= self.agreed.trial
        with clock.frozen(self.evening(self.at(number)) + timedelta(hours=2)):
            sought = self.seek() if doubted else self.seek(self.firm, "worker_ill")
            assert sought.status_code == 201, sought.json
            assert self.offer(self.day(self.at(number + 1)), other).status_code == 201
            assert self.take(other).status_code == 200
        self.hands.append(self.hands_of(other))
        self.hers = number
        fens = [each["amount"] for each in self.booking.schedule]
        assert sum(fens) <= worth and min(fens) >= 0 and len(fens) == len(self.fates)

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
            self._end(kind, last)
        for days in (4, 8, 12):
            with clock.frozen(self.evening(self.at(len(self.fates))) + days * DAY):
                for name in ("agree_in_silence", "finish_engagements", "complete_served"):
                    self.sweep(name)
                self.run_jobs()
        self.expected = max(0, self.booking.paid_fen - self.kept)
        assert self.booking.state == "completed"

    def _end(self, kind: str, last: int) -> None:
        """Ended for the refund quoted; the family alone pays a fee, of the days given up, and none on trial."""
        who, booking = self.family if kind == "family" else self.firm, self.booking
        left = booking.paid_fen - booking.refund_fen
        given_up = sum(each["amount"] for each in booking.schedule if each["day"] > self.day(self.at(last)))
        quoted = self.end_quote(self.at(last), who).json
        kept, held, fee, refund = (quoted[name]["amount"] for name in ("kept", "open", "fee", "refund"))
        assert min(kept, held, fee, refund) >= 0 and max(left, kept + held) == kept + held + fee + refund
        free = kind == "firm" or last - self.hers <= self.agreed.trial
        asked = 0 if free else half_up(Fraction(given_up * self.agreed.early, 1000))
        assert fee == min(asked, max(0, left - kept - held))
        ended = self.end(self.at(last), refund, who)
        assert ended.status_code == 200, ended.json
        assert self.booking.refund_fen >= booking.refund_fen
        self.kept += fee
