"""What came of each visit: its quote, its booking and every fact on the way, in the words of booking's own rules."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import BUFFER, USUAL
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.changes.models import Change
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import extensions, load
from qiaojiejie.sandbox.city.coupons import Coupons
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.tariffs import Tariffs
from qiaojiejie.sandbox.city.visits import Visit

#: What else may come of a past visit: its share of all visits, and how much a bad worker (quality −1) adds to it.
TROUBLE = (("expired", 0.025, 0.0), ("unpaid", 0.008, 0.0), ("cancelled", 0.05, 0.0), ("withdrawn", 0.009, 0.6),
           ("declined", 0.012, 0.0), ("worker_absent", 0.005, 0.9), ("household_absent", 0.005, 0.0))
#: Notice of a cancelling family in minutes, and how often: days before, the day before, the last hours.
NOTICES = (((1500, 6000), 0.6), ((130, 1380), 0.28), ((10, 115), 0.12))


@dataclass(slots=True)
class Told:
    """A booking as it stands: its row, and what reviews, complaints and money need to know beside it."""

    visit: Visit
    row: load.Row
    #: what each of its facts says of it
    about: load.Row
    late_minutes: int = 0
    #: how it came to go on longer
    change: load.Row | None = None

    @classmethod
    def of(cls, visit: Visit, row: load.Row) -> "Told":
        """A booking just asked for."""
        return cls(visit, row, {
            "household": str(visit.family.id), "worker": str(visit.hand.id), "firm": str(visit.hand.firm.id),
            "service": visit.service.code, "category": visit.service.category, "start": visit.start.isoformat()})

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"booking:{self.row['id']}"


@dataclass(slots=True)
class Terms:
    """What booking's rules read of a booking to price its cancellation."""

    policy: dict[str, Any]
    total_fen: int
    paid_fen: int
    confirmed_at: datetime
    expires_at: datetime
    start: datetime
    answer_by: datetime | None = None
    substitute_sought: bool = False

    @property
    def fee_clock(self) -> datetime:
        """None was moved."""
        return self.start


class Outcomes:
    """Tells each visit to its end, or as far as the city's day; keeps quotes, bookings and engaged times."""

    def __init__(self, dice: Dice, diary: load.Diary, tariffs: Tariffs, coupons: Coupons) -> None:
        self._dice, self._diary, self._tariffs, self._coupons = dice, diary, tariffs, coupons
        self._policy = cancelling.frozen(catalog.policy(dice.today))
        self._prices: dict[tuple[str, int, int, bool], list[dict[str, Any]]] = {}
        self._quotes: list[load.Row] = []
        self._changes: list[load.Row] = []
        self.told: list[Told] = []
        self._courses: dict[str, Callable[[Told], None]] = {
            "expired": self._expire, "unpaid": self._drop, "cancelled": self._cancel, "withdrawn": self._withdraw,
            "declined": self._decline, "worker_absent": self._miss_worker, "household_absent": self._miss_household}

    def tell(self, visit: Visit) -> Told:
        """One visit of the past year."""
        told = self._ask(visit)
        trouble = self._trouble(visit)
        if trouble not in ("expired", "unpaid"):
            self._confirm(told)
        self._courses.get(trouble, self._serve)(told)
        self._check(told)
        return told

    def promise(self, visit: Visit) -> Told:
        """One visit of the weeks ahead: paid and confirmed."""
        told = self._ask(visit)
        self._confirm(told)
        self._check(told)
        return told

    def flush(self) -> None:
        """COPY quotes, bookings and the times still engaged."""
        load.put(Quote, self._quotes)
        load.put(Booking, [told.row for told in self.told])
        load.put(Change, self._changes)
        load.put(WorkerInterval, [{
            "id": self._dice.id_at(told.row["created_at"]), "worker_no": told.visit.hand.no, "kind": "engaged",
            "during": (told.visit.start - BUFFER, told.visit.end + BUFFER), "ref": f"booking:{told.row['id']}",
            "note": "", "buffer_before": USUAL.buffer_before, "buffer_after": USUAL.buffer_after,
            "cell": told.visit.family.cell} for told in self.told if told.row["state"] in ("confirmed", "served")])

    def complete(self, told: Told, by: str, at: datetime) -> None:
        """Complete a served visit; unless that lies beyond the city's day."""
        if at >= self._dice.as_of:
            return
        row, visit = told.row, told.visit
        row |= {"state": "completed", "closed_at": at, "closed_by": by}
        self._note(told, at, facts.COMPLETED, self._household(visit) if by == "household" else SYSTEM, {
            "by": by, "late_minutes": told.late_minutes, "total": row["total_fen"]})

    def _trouble(self, visit: Visit) -> str:
        throw = 1.0 if visit.smooth else self._dice.random()
        for name, share, fault in TROUBLE:
            throw -= share * math.exp(-fault * visit.hand.quality)
            if throw < 0:
                return name
        return "served"

    def _ask(self, visit: Visit) -> Told:
        dice, at = self._dice, visit.asked_at
        quoted_at = at - timedelta(seconds=dice.randint(20, 400))
        lines = self._lines(visit, visit.minutes - visit.longer)
        total = sum(line["amount"] for line in lines)
        common: load.Row = {
            "household_id": visit.family.id, "worker_id": visit.hand.id, "firm_id": visit.hand.firm.id,
            "service_code": visit.service.code, "address_id": visit.family.address,
            "during": (visit.start, visit.end - timedelta(minutes=visit.longer)), "lines": lines,
            "policy": self._policy, "total_fen": total}
        quote_id = dice.id_at(quoted_at)
        self._quotes.append({"id": quote_id, **common, "created_at": quoted_at,
                             "expires_at": quoted_at + rules.QUOTE_GOOD_FOR})
        row: load.Row = {
            "id": visit.id, "quote_id": quote_id, **common, "state": "held", "paid_fen": 0, "refund_fen": 0,
            "door_code": f"{dice.randrange(10_000):04d}", "door_tries": 0, "payment_begun_at": None,
            "complaint_open": False, "created_at": at, "expires_at": at + rules.HELD_FOR, "confirmed_at": None,
            "started_at": None, "ended_at": None, "closed_at": None, "closed_by": None, "closed_because": None}
        told = Told.of(visit, row)
        self.told.append(told)
        self._note(told, at, facts.HELD, self._household(visit), {
            "end": row["during"][1].isoformat(), "total": total, "expires_at": row["expires_at"].isoformat()})
        return told

    def _lines(self, visit: Visit, minutes: int) -> list[dict[str, Any]]:
        """The price in lines, by the fees of the day it is asked for, less what a coupon takes off."""
        firm, at = visit.hand.firm.id, visit.asked_at
        lines = self._priced(visit, minutes)
        off = self._coupons.take(visit.id, visit.family.id, firm, visit.service, at, lines)
        return [*lines, off] if off else lines

    def _priced(self, visit: Visit, minutes: int) -> list[dict[str, Any]]:
        code, firm, at = visit.service.code, visit.hand.firm.id, visit.asked_at
        key = (code, visit.hand.services[code], minutes, self._tariffs.own(firm, at))
        if key not in self._prices:
            wage = rules.wage(price_fen=key[1], unit=visit.service.unit, minutes=minutes)
            self._prices[key] = price_lines(wage_fen=wage, fees=self._tariffs.fees(code, firm, at))
        return self._prices[key]

    def _confirm(self, told: Told) -> None:
        row = told.row
        begun = row["created_at"] + timedelta(seconds=self._dice.randint(15, 200))
        row |= {"payment_begun_at": begun, "confirmed_at": begun + timedelta(seconds=self._dice.randint(10, 240)),
                "state": "confirmed", "paid_fen": row["total_fen"]}
        self._note(told, row["confirmed_at"], facts.CONFIRMED, SYSTEM, {"paid": row["total_fen"]})

    def _expire(self, told: Told) -> None:
        self._close(told, "expired", told.row["expires_at"] + timedelta(seconds=self._dice.randint(1, 9)), "system",
                    SYSTEM, facts.EXPIRED, {})

    def _drop(self, told: Told) -> None:
        """The family thinks better of it before paying."""
        at = told.row["created_at"] + self._dice.minutes(1, 8)
        self._close(told, "cancelled", at, "household", self._household(told.visit), facts.CANCELLED, {
            "by": "household", "notice_minutes": self._notice(told, at), "fee": 0, "refund": 0})

    def _cancel(self, told: Told) -> None:
        visit, row = told.visit, told.row
        bounds, = self._dice.choices([bounds for bounds, _ in NOTICES], [share for _, share in NOTICES])
        at = max(visit.start - self._dice.minutes(*bounds), row["confirmed_at"] + self._dice.minutes(6, 30))
        cost = cancelling.cancellation(Terms(self._policy, row["total_fen"], row["paid_fen"], row["confirmed_at"],
                                             row["expires_at"], visit.start), at)
        row["refund_fen"] = cost.refund_fen
        self._close(told, "cancelled", at, "household", self._household(visit), facts.CANCELLED, {
            "by": "household", "notice_minutes": self._notice(told, at), "fee": cost.fee_fen,
            "refund": cost.refund_fen})

    def _withdraw(self, told: Told) -> None:
        at = self._between(told)
        told.row["refund_fen"] = told.row["total_fen"]
        self._close(told, "cancelled", at, "worker", self._worker(told.visit), facts.CANCELLED, {
            "by": "worker", "notice_minutes": self._notice(told, at), "fee": 0, "refund": told.row["total_fen"]},
            self._dice.choice(rules.WITHDRAWAL_REASONS))

    def _decline(self, told: Told) -> None:
        at = self._between(told)
        told.row["refund_fen"] = told.row["total_fen"]
        manager = f"account:{told.visit.hand.firm.manager}"
        self._close(told, "declined", at, "firm", manager, facts.DECLINED, {
            "by": "firm", "notice_minutes": self._notice(told, at), "fee": 0, "refund": told.row["total_fen"]},
            self._dice.choice(rules.DECLINE_REASONS))

    def _miss_worker(self, told: Told) -> None:
        told.row["refund_fen"] = told.row["total_fen"]
        self._close(told, "worker_absent", told.visit.start + rules.ABSENT_AFTER + self._dice.minutes(5, 60),
                    "household", self._household(told.visit), facts.WORKER_ABSENT,
                    {"by": "household", "fee": 0, "refund": told.row["total_fen"]})

    def _miss_household(self, told: Told) -> None:
        fee = cancelling.no_show_fee(self._policy, told.row["total_fen"], told.row["paid_fen"])
        told.row["refund_fen"] = told.row["total_fen"] - fee
        self._close(told, "household_absent", told.visit.start + rules.ABSENT_AFTER + self._dice.minutes(5, 40),
                    "worker", self._worker(told.visit), facts.HOUSEHOLD_ABSENT,
                    {"by": "worker", "fee": fee, "refund": told.row["refund_fen"]})

    def _serve(self, told: Told) -> None:
        """She comes, perhaps late; stays as long as agreed, more or less."""
        dice, visit, row = self._dice, told.visit, told.row
        late = not visit.smooth and dice.chance(min(0.5, 0.05 * math.exp(-0.7 * visit.hand.quality)))
        came = visit.start + (dice.minutes(12, 55) if late else dice.minutes(-15, 3))
        left = max(came, visit.start) + timedelta(minutes=visit.minutes) + dice.minutes(-5, 12)
        told.late_minutes = rules.late_minutes(start=visit.start, came_at=came)
        if late:
            visit.pleasure -= 0.5
        row |= {"state": "served", "started_at": came, "ended_at": left}
        self._note(told, came, facts.CHECKED_IN, self._worker(visit), {"late_minutes": told.late_minutes})
        if visit.longer:
            self._extend(told)
        self._note(told, left, facts.CHECKED_OUT, self._worker(visit),
                   {"minutes": rules.whole_minutes(left - came)})

    def _extend(self, told: Told) -> None:
        """Half an hour before it was to end the family asks for more time; she agrees, and the difference is paid."""
        discounts = [line for line in told.row["lines"] if line["line"] == "discount"]
        told.change = extensions.extend(
            self._dice, told.row, told.visit.end, [*self._priced(told.visit, told.visit.minutes), *discounts])
        self._changes.append(told.change)
        for at, fact, by, data in extensions.story(told.row, told.change):
            actor = {"household": self._household(told.visit), "worker": self._worker(told.visit)}.get(by, SYSTEM)
            self._diary.note(at, fact, told.subject, actor, data if fact in extensions.ASIDE else told.about | data)

    def _between(self, told: Told) -> datetime:
        """Some time after the confirmation, before the start."""
        confirmed, start = told.row["confirmed_at"], told.visit.start
        return confirmed + (start - confirmed) * self._dice.uniform(0.15, 0.95)

    def _notice(self, told: Told, at: datetime) -> int:
        return rules.whole_minutes(told.visit.start - at)

    def _close(self, told: Told, state: str, at: datetime, by: str, actor: str, fact: str, data: load.Row,
               because: str | None = None) -> None:
        told.row |= {"state": state, "closed_at": at, "closed_by": by, "closed_because": because}
        if because is not None:
            data["reason"] = because
        self._note(told, at, fact, actor, data)

    def _note(self, told: Told, at: datetime, fact: str, actor: str, data: load.Row) -> None:
        self._diary.note(at, fact, told.subject, actor, told.about | data)

    def _check(self, told: Told) -> None:
        last = told.row["closed_at"] or told.row["ended_at"] or told.row["confirmed_at"]
        if last >= self._dice.as_of:
            raise ValueError(f"a visit of the past year ends after the city's day: {told.row['id']} at {last}")

    @staticmethod
    def _household(visit: Visit) -> str:
        return f"account:{visit.family.account}"

    @staticmethod
    def _worker(visit: Visit) -> str:
        return f"account:{visit.hand.account}"
