"""Engagements by days in the demo's family: two of a maternity nurse, of which one is over, one is under way; and one
of a carer who has just begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from operator import itemgetter

from qiaojiejie.attendance import facts as day_facts, rules as attendance
from qiaojiejie.attendance.models import Workday
from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.booking.rules import hours
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import BUFFER, USUAL
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.guarantees import facts as guarantee_facts, rules as guarantees
from qiaojiejie.guarantees.models import Guarantee
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.money import Purse
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.tariffs import Tariffs

SERVICE, CARE, DAYS = "maternity_nurse", "elder_care", 26
#: so many days before it began the family asked
ASKED_BEFORE = 21
#: the day on which each began, from the city's day, by the nurse's number
BEGAN = {2: -76, 3: -13}
#: a day in the one that is over which was half a day, and the one the family spoke against in the other
HALF_DAY, CONTESTED = 19, 10


@dataclass(frozen=True)
class Stint:
    """Who works for the family by days, from which day on; ``last``: the day, holidays of hers included, it ends by."""

    hand: Hand
    service: str
    began: int
    last: int

    @property
    def week(self) -> hours.Week | None:
        """The hours of each weekday on which she comes; None for who is there all day."""
        return self.hand.week if self.service == CARE else None


def reserve(hands: Sequence[Hand], today: date) -> list[Stint]:
    """The stints there are; nothing else is planned in their days, the day before and after included."""
    nurses = [Stint(hand, SERVICE, BEGAN[hand.no], BEGAN[hand.no] + DAYS) for hand in hands if hand.no in BEGAN]
    carers = (made for hand in hands if hand.firm is hands[0].firm and (made := _care(hand, today)))
    found = [*nurses, *islice(carers, 1)]
    for stint in found:
        stint.hand.taken |= {day: [(0, 24 * 60)] for day in range(stint.began - 1, stint.last + 1)}
    return found


def _care(hand: Hand, today: date) -> Stint | None:
    """A carer's days, which began on the last day before today on which she works; None if she can't."""
    began = next(day for day in range(-1, -8, -1) if hand.week.get((today + timedelta(days=day)).isoweekday()))
    last = (by_days.worked_on(today + timedelta(days=began), DAYS, hand.week)[-1] - today).days + 1
    free = not any(began - 2 <= day <= last for day in hand.taken)
    fits = hand.care_days[0] < began - ASKED_BEFORE and hand.care_days[1] > last
    return Stint(hand, CARE, began, last) if CARE in hand.services and free and fits else None


class Engagements:
    """Tells both up to the city's day; ``flush`` writes them, when the visits have been written."""

    def __init__(self, dice: Dice, diary: load.Diary, tariffs: Tariffs, purse: Purse, family: Family) -> None:
        self._dice, self._diary, self._tariffs = dice, diary, tariffs
        self._purse, self._family = purse, family
        self.rows: list[load.Row] = []
        self._quotes: list[load.Row] = []
        self._workdays: list[load.Row] = []
        self._engaged: list[load.Row] = []
        self._guarantees: list[load.Row] = []

    def tell(self, stints: Sequence[Stint]) -> None:
        """Each one's days, from the family's question to what has been said of the last one."""
        for stint in stints:
            row = self._book(stint)
            self._work(row, stint.hand)
            self._promise(row)

    def flush(self) -> None:
        """COPY quotes, bookings, days worked and the time still engaged."""
        for table, rows in ((Quote, self._quotes), (Booking, self.rows), (Workday, self._workdays),
                            (WorkerInterval, self._engaged), (Guarantee, self._guarantees)):
            load.put(table, rows)

    def _book(self, stint: Stint) -> load.Row:
        """Asked for three weeks before; a deposit paid at once, the balance five days before the start, or all."""
        dice, family, service, hand = self._dice, self._family, catalog.service(stint.service), stint.hand
        day, week = dice.today + timedelta(days=stint.began), stint.week
        at = dice.moment(stint.began - ASKED_BEFORE, 20 * 60 + 12)
        start = dice.sharp(stint.began, 9 * 60 if week is None else week[day.isoweekday()][0][0])
        days = by_days.worked_on(day, DAYS, range(1, 8) if week is None else week)
        plan = by_days.plan(days, catalog.holidays(days[0], days[-1]),
                            catalog.engagement_terms(service.mode, clock.local(at).date()), week)
        wage = by_days.wage(price_fen=hand.services[service.code], unit=service.unit, times=by_days.times(plan))
        lines = price_lines(wage_fen=wage, fees=self._tariffs.fees(service.code, hand.firm.id, at))
        total, until = sum(line["amount"] for line in lines), hours.end(plan["days"])
        common: load.Row = {
            "household_id": family.id, "worker_id": hand.id, "firm_id": hand.firm.id, "service_code": service.code,
            "address_id": family.address, "during": (start, until), "lines": lines,
            "policy": cancelling.frozen(catalog.policy(dice.today)), "total_fen": total, "days": DAYS, "plan": plan}
        quote_id = dice.id_at(at - timedelta(minutes=2))
        self._quotes.append({"id": quote_id, **common, "created_at": at - timedelta(minutes=2),
                             "expires_at": at - timedelta(minutes=2) + rules.QUOTE_GOOD_FOR})
        row: load.Row = {
            "id": dice.id_at(at), "quote_id": quote_id, **common, "state": "under_way", "paid_fen": total,
            "refund_fen": 0, "remind_at": None, "door_code": f"{dice.randrange(10_000):04d}", "door_tries": 0,
            "payment_begun_at": at + timedelta(seconds=50), "complaint_open": False, "created_at": at,
            "expires_at": at + rules.HELD_FOR, "confirmed_at": at + timedelta(minutes=2),
            "started_at": start - timedelta(minutes=6), "ended_at": None, "closed_at": None, "closed_by": None,
            "closed_because": None}
        self.rows.append(row)
        self._pay(row, start, hand)
        self._engage(row, hand)
        return row

    def _pay(self, row: load.Row, start: datetime, hand: Hand) -> None:
        home, nurse = f"account:{self._family.account}", f"account:{hand.account}"
        self._note(row, row["created_at"], facts.HELD, home, {
            "end": row["during"][1].isoformat(), "total": row["total_fen"],
            "expires_at": row["expires_at"].isoformat()})
        first, *rest = by_days.parts(row["plan"], row["total_fen"], start)
        self._purse.charge(row, row["payment_begun_at"], row["confirmed_at"], first["amount"], first["part"])
        self._note(row, row["confirmed_at"], facts.CONFIRMED, SYSTEM, {"paid": first["amount"]})
        for part in rest:
            at = start - timedelta(days=5, hours=-11)
            self._purse.charge(row, at - timedelta(seconds=70), at, part["amount"], part["part"])
            self._note(row, at, facts.BALANCE_PAID, SYSTEM, {"paid": part["amount"]})
        self._note(row, row["started_at"], facts.CHECKED_IN, nurse, {"late_minutes": 0})

    def _promise(self, row: load.Row) -> None:
        """The family was content with her while she was on trial, where the terms promise one and it is over."""
        trial_days, replacement_days = guarantees.terms(row["plan"])
        until = guarantees.trial_until(row["plan"], trial_days)
        if until is None:
            return  # the terms of that day promise nothing
        about = {"worker": str(row["worker_id"]), "firm": str(row["firm_id"]), "by": "system"}
        self._guarantees.append({
            "booking_id": row["id"],
            "state": "ended" if row["state"] == "completed" else "kept" if until < self._dice.today else "on_trial",
            "trial_days": trial_days, "replacement_days": replacement_days, "trial_until": until,
            "made_at": row["started_at"]})
        if until >= self._dice.today:
            return
        over = clock.midnight(until + timedelta(days=1)) + timedelta(minutes=4)
        self._diary.note(over, guarantee_facts.KEPT, f"booking:{row['id']}", SYSTEM, about)
        if row["ended_at"]:
            self._diary.note(row["ended_at"] + timedelta(seconds=1), guarantee_facts.CLOSED, f"booking:{row['id']}",
                             SYSTEM, about)

    def _engage(self, row: load.Row, hand: Hand) -> None:
        for start, until in hours.spans(row["plan"]["days"], *row["during"]):
            if until <= self._dice.as_of:
                continue
            self._engaged.append({
                "id": self._dice.id_at(row["created_at"]), "worker_no": hand.no, "kind": "engaged",
                "during": (start - BUFFER, until + BUFFER), "ref": f"booking:{row['id']}", "note": "",
                "buffer_before": USUAL.buffer_before, "buffer_after": USUAL.buffer_after,
                "cell": self._family.cell})

    def _work(self, row: load.Row, hand: Hand) -> None:
        """Each day up to yesterday: written down in its evening, agreed and released, but for the last and one that is
        contested. After the last of them the engagement is over."""
        over, agreed = row["during"][1] <= self._dice.as_of, list[load.Row]()
        for number, (day, price) in enumerate(by_days.prices(row["plan"], row["total_fen"]).items()):
            if day >= self._dice.today:
                break
            written = clock.midnight(day) + timedelta(hours=20, minutes=40) + self._dice.minutes(0, 50)
            minutes = 420 if over and number == HALF_DAY else self._minutes(row, number)
            made = self._write_down(row, hand, day, price, minutes, written)
            if not over and number == CONTESTED:
                self._contest(row, made)
            elif over or day < self._dice.today - timedelta(days=1):
                self._agree(row, made)
                agreed.append(made)
        kept = self._release(row, agreed)
        if over:
            self._finish(row, kept, max(made["settled_at"] for made in agreed))

    def _minutes(self, row: load.Row, number: int) -> int:
        """How long she was there on a day: as her hours say, or as long as it took."""
        spans = row["plan"]["days"][number].get("hours")
        return sum(ends - starts for starts, ends in spans) if spans else self._dice.choice((600, 630, 660))

    def _release(self, row: load.Row, agreed: Sequence[load.Row]) -> int:
        """Each day's price, in the order in which they were agreed; the fen of all of them."""
        before = 0
        for made in sorted(agreed, key=itemgetter("settled_at")):
            self._purse.release(row, made["settled_at"], before, before + made["fen"], f"{row['id']}:{made['day']}")
            before += made["fen"]
        return before

    def _write_down(self, row: load.Row, hand: Hand, day: date, price: int, minutes: int, at: datetime) -> load.Row:
        half = attendance.is_half(minutes, row["plan"]["half_minutes"])
        made: load.Row = {
            "id": self._dice.id_at(at), "booking_id": row["id"], "worker_id": row["worker_id"], "day": day,
            "minutes": minutes, "half": half, "fen": attendance.price(price, half), "state": "recorded",
            "reason": None, "recorded_by": hand.account, "recorded_at": at, "settled_at": None, "settled_by": None}
        self._workdays.append(made)
        self._tell(row, made, at, day_facts.RECORDED, f"account:{hand.account}", "worker")
        return made

    def _agree(self, row: load.Row, made: load.Row) -> None:
        """The family agrees in the evening, or says nothing for two days."""
        silent = self._dice.chance(0.15) and made["recorded_at"] + timedelta(days=3) < self._dice.as_of
        at: datetime = made["recorded_at"] + (attendance.AGREES_AFTER if silent else self._dice.minutes(10, 70))
        by, actor = ("system", SYSTEM) if silent else ("household", f"account:{self._family.account}")
        made |= {"state": "agreed", "settled_at": at, "settled_by": by}
        self._tell(row, made, at, day_facts.AGREED, actor, by)

    def _contest(self, row: load.Row, made: load.Row) -> None:
        at = made["recorded_at"] + timedelta(hours=11)
        made |= {"state": "contested", "reason": "fewer_hours"}
        self._tell(row, made, at, day_facts.CONTESTED, f"account:{self._family.account}", "household",
                   reason="fewer_hours")

    def _finish(self, row: load.Row, kept: int, done: datetime) -> None:
        """What was paid for what was not worked goes back; the family says the next day that all of it was done."""
        back, closed, home = row["paid_fen"] - kept, done + timedelta(hours=15), f"account:{self._family.account}"
        row |= {"state": "completed", "refund_fen": back, "ended_at": done, "closed_at": closed,
                "closed_by": "household"}
        self._note(row, done, facts.DAYS_UNWORKED, SYSTEM, {"refund": back})
        self._purse.give_back(row, back, facts.DAYS_UNWORKED, done + timedelta(milliseconds=300))
        self._note(row, done, facts.CHECKED_OUT, SYSTEM, {
            "by": "system", "minutes": rules.whole_minutes(done - row["started_at"])})
        self._note(row, closed, facts.COMPLETED, home, {
            "by": "household", "late_minutes": 0, "total": row["total_fen"]})

    def _tell(self, row: load.Row, made: load.Row, at: datetime, fact: str, actor: str, by: str,
              **more: object) -> None:
        self._diary.note(at, fact, f"booking:{row['id']}", actor, {
            "workday": str(made["id"]), "worker": str(made["worker_id"]), "day": made["day"].isoformat(),
            "half": made["half"], "fen": made["fen"], "by": by, **more})

    def _note(self, row: load.Row, at: datetime, fact: str, actor: str, more: load.Row) -> None:
        about = {name: str(row[f"{name}_id"]) for name in ("household", "worker", "firm")}
        service = catalog.service(row["service_code"])
        self._diary.note(at, fact, f"booking:{row['id']}", actor, {
            **about, "service": service.code, "category": service.category,
            "start": row["during"][0].isoformat(), **more})
