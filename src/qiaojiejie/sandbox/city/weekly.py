"""A series of the demo's family: its one visit of the weeks ahead comes again every week, eight times in all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import BUFFER
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.outcomes import Told
from qiaojiejie.series import facts as series_facts
from qiaojiejie.series import rules as series_rules
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.series.rules.recurrence import WEEKDAYS

COUNT, WEEK = 8, timedelta(days=7)


class Weekly:
    """Tells it up to the city's day; ``flush`` writes it, when the visits have been written."""

    def __init__(self, dice: Dice, diary: load.Diary) -> None:
        self._dice, self._diary = dice, diary
        self._rows: dict[type, list[load.Row]] = {
            table: [] for table in (Quote, Booking, WorkerInterval, Series, Occurrence)}

    def tell(self, coming: Sequence[Told], home: Family) -> None:
        """The first visit was asked for and paid like any other; the rest is held and not to be paid yet."""
        first = next((told for told in coming if told.visit.family is home), None)
        if first is None:
            return
        row, visit = first.row, first.visit
        weekday = WEEKDAYS[clock.local(visit.start).weekday()]
        series_id = self._dice.id_at(row["created_at"])
        lines = [line for line in row["lines"] if line["line"] != "discount"]
        named = catalog.holiday_names(clock.local(visit.start).date(), clock.local(visit.start + COUNT * WEEK).date())
        self._rows[Series].append({
            "id": series_id, **{name: row[name] for name in (
                "household_id", "worker_id", "firm_id", "service_code", "address_id", "policy", "created_at")},
            "lines": lines, "total_fen": sum(line["amount"] for line in lines), "state": "confirmed",
            "rrule": f"FREQ=WEEKLY;INTERVAL=1;BYDAY={weekday};COUNT={COUNT}",
            "starts": visit.start, "minutes": visit.minutes, "holidays": "skip", "first_id": row["id"],
            "settled_at": row["confirmed_at"]})
        for number in range(COUNT):
            start = visit.start + number * WEEK
            holiday = named.get(clock.local(start).date())
            because = "holiday" if holiday else self._obstacle(first, number) if number else None
            made = row if number == 0 else None if because else self._hold(first, start)
            self._rows[Occurrence].append({**self._occurrence(series_id, start, made), "holiday": holiday,
                                           "because": None if made else because})
        self._note(series_id, first)

    def flush(self) -> None:
        """COPY what is held, the time engaged for it, the series and its occurrences."""
        for table, rows in self._rows.items():
            load.put(table, rows)

    @staticmethod
    def _obstacle(first: Told, number: int) -> str | None:
        """Why she can't come in that week: something else is planned for her, or her papers lapse by then."""
        visit, day = first.visit, first.visit.day + 7 * number
        begins, ends = visit.starts - 30, visit.starts + visit.minutes + 30
        if any(begins < until and since < ends for since, until in visit.hand.taken.get(day, ())):
            return "taken"
        days = visit.hand.care_days if visit.service.care else visit.hand.other_days
        return "papers" if day >= days[1] else None

    def _hold(self, first: Told, start: datetime) -> load.Row:
        """A visit at the price of the series."""
        row, at, end = self._rows[Series][0], first.row["created_at"], start + (first.visit.end - first.visit.start)
        common: load.Row = {name: row[name] for name in (
            "household_id", "worker_id", "firm_id", "service_code", "address_id", "lines", "policy", "total_fen")}
        common["during"] = (start, end)
        quote_id = self._dice.id_at(at)
        self._rows[Quote].append({"id": quote_id, **common, "created_at": at, "expires_at": at + rules.QUOTE_GOOD_FOR})
        made: load.Row = {
            "id": self._dice.id_at(at), "quote_id": quote_id, **common, "state": "held", "paid_fen": 0,
            "refund_fen": 0, "door_code": f"{self._dice.randrange(10_000):04d}", "door_tries": 0,
            "complaint_open": False, "created_at": at, "expires_at": series_rules.expires_at(start, at),
            "payable_from": series_rules.payable_from(start, at, stands=True)}
        self._rows[Booking].append(made)
        self._rows[WorkerInterval].append({
            "id": self._dice.id_at(at), "worker_no": first.visit.hand.no, "kind": "engaged",
            "during": (start - BUFFER, end + BUFFER), "ref": f"booking:{made['id']}", "note": ""})
        self._diary.note(at, facts.HELD, f"booking:{made['id']}", f"account:{first.visit.family.account}", {
            **self._about(first), "category": first.visit.service.category, "start": start.isoformat(),
            "end": end.isoformat(), "total": made["total_fen"], "expires_at": made["expires_at"].isoformat()})
        return made

    def _occurrence(self, series_id: object, start: datetime, made: load.Row | None) -> load.Row:
        at = self._dice.as_of
        return {"id": self._dice.id_at(at), "series_id": series_id, "day": clock.local(start).date(), "starts": start,
                "state": "booked" if made else "skipped", "booking_id": made["id"] if made else None,
                "moved": False, "reseated": False,
                "remind_at": series_rules.reminder(start, at) if made and made["state"] == "held" else None}

    def _note(self, series_id: object, first: Told) -> None:
        rows = [row for row in self._rows[Occurrence] if row["state"] == "booked"]
        data = {**self._about(first), "visits": len(rows), "first": first.visit.start.isoformat(),
                "days": [row["day"].isoformat() for row in rows]}
        subject, home = f"series:{series_id}", f"account:{first.visit.family.account}"
        self._diary.note(first.row["created_at"], series_facts.OPENED, subject, home, {
            **data, "total": self._rows[Series][0]["total_fen"], "skipped": COUNT - len(rows)})
        self._diary.note(first.row["confirmed_at"], series_facts.CONFIRMED, subject, SYSTEM, data)

    @staticmethod
    def _about(first: Told) -> load.Row:
        return {**{name: str(first.row[f"{name}_id"]) for name in ("household", "worker", "firm")},
                "service": first.row["service_code"]}
