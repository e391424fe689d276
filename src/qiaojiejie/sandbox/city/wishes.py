"""What families looked for in the past: some visits were ordered from a firm's quote, some needs lapsed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qiaojiejie.booking import rules
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.needs import facts
from qiaojiejie.needs.models import Need, NeedQuote
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.outcomes import Told
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.tariffs import Tariffs

#: one completed visit in so many was ordered from a need, and two at least
OF_SO_MANY, LEAST = 400, 2
#: how many needs of other families nobody ordered from, beside one of the demo's
LAPSED = 3
SERVICE, MINUTES = "deep_cleaning", 240
MESSAGE = "可按您的时间上门，自带工具。"


class Wishes:
    """Tells needs that are over; ``flush`` writes them, when the visits have been written."""

    def __init__(self, dice: Dice, diary: load.Diary, tariffs: Tariffs) -> None:
        self._dice, self._diary, self._tariffs = dice, diary, tariffs
        self._needs: list[load.Row] = []
        self._quotes: list[load.Row] = []
        self._policy = cancelling.frozen(catalog.policy(dice.today))

    def tell(self, tales: Sequence[Told], homes: Sequence[Family], hands: Sequence[Hand]) -> None:
        """Of finished visits without a coupon; and of the demo's family and others what lapsed of late."""
        able = [told for told in tales if told.row["state"] == "completed" and not told.visit.smooth
                and told.visit.family is not homes[0]
                and all(line["line"] != "discount" for line in told.row["lines"])]
        for told in able[::-1][:max(LEAST, len(able) // OF_SO_MANY)]:
            self._order(told)
        known = [home for home in homes[1:] if home.opened_on < -40][:LAPSED]
        cleaner = next((hand for hand in hands if SERVICE in hand.services and hand.firm is not hands[0].firm
                        and hand.other_days[0] < -40), None)
        for number, home in enumerate([homes[0], *known]):
            self._lapse(home, -9 - 3 * number, None if number % 2 else cleaner)

    def flush(self) -> None:
        """COPY needs and quotes."""
        load.put(Need, self._needs)
        load.put(NeedQuote, self._quotes)

    def _order(self, told: Told) -> None:
        """Some minutes before it was booked the family asked; the firm quoted what the visit came to."""
        row, visit = told.row, told.visit
        ordered: datetime = row["created_at"]
        at = ordered - self._dice.minutes(40, 100)
        need = self._post(visit.family, visit.service.code, visit.minutes, at, start=visit.start, from_day=None,
                          to_day=None, closes_at=min(at + timedelta(days=2), visit.start - timedelta(hours=2)),
                          state="ordered", closed_at=ordered, booking_id=row["id"])
        quote = self._quote(need, visit.hand, at + timedelta(minutes=20), visit.start, row["lines"], "chosen", ordered)
        about = self._about(quote)
        actor = f"account:{visit.family.account}"
        self._note(need, ordered, facts.ORDERED, actor, {
            **about, "booking": str(row["id"]), "total": quote["total_fen"]})
        self._diary.note(ordered, facts.CHOSEN, f"need:{need['id']}", actor, about)

    def _lapse(self, home: Family, day: int, hand: Hand | None) -> None:
        """It was open for three days; at most one firm quoted."""
        at = self._dice.moment(day, 19 * 60 + 40)
        over, on = at + timedelta(days=3), self._dice.today + timedelta(days=day)
        told = over + timedelta(seconds=self._dice.randint(1, 29))
        need = self._post(home, SERVICE, MINUTES, at, start=None, from_day=on + timedelta(days=5),
                          to_day=on + timedelta(days=8), closes_at=over, state="lapsed", closed_at=told,
                          booking_id=None)
        self._note(need, told, facts.LAPSED, SYSTEM, {})
        if hand is not None:
            start = self._dice.sharp(day + 6, 9 * 60)
            wage = rules.wage(price_fen=hand.services[SERVICE], unit="hour", minutes=MINUTES)
            lines = price_lines(wage_fen=wage, fees=self._tariffs.fees(SERVICE, hand.firm.id, at))
            quote = self._quote(need, hand, at + timedelta(hours=15), start, lines, "lapsed", told)
            self._diary.note(told, facts.QUOTE_LAPSED, f"need:{need['id']}", SYSTEM, self._about(quote))

    def _post(self, home: Family, code: str, minutes: int, at: datetime, **more: object) -> load.Row:
        row: load.Row = {
            "id": self._dice.id_at(at), "household_id": home.id, "service_code": code, "address_id": home.address,
            "region_code": home.district, "minutes": minutes, "budget_fen": None, "note": None, "posted_at": at, **more}
        self._needs.append(row)
        self._note(row, at, facts.POSTED, f"account:{home.account}", {"district": home.district})
        return row

    def _quote(self, need: load.Row, hand: Hand, at: datetime, start: datetime, lines: list[load.Row], state: str,
               closed: datetime) -> load.Row:
        row: load.Row = {
            "id": self._dice.id_at(at), "need_id": need["id"], "firm_id": hand.firm.id, "worker_id": hand.id,
            "state": state, "price_fen": hand.services[need["service_code"]],
            "during": (start, start + timedelta(minutes=need["minutes"])), "lines": lines,
            "policy": self._policy, "total_fen": sum(line["amount"] for line in lines), "message": MESSAGE,
            "good_until": need["closes_at"], "quoted_by": hand.firm.manager, "quoted_at": at, "closed_at": closed}
        self._quotes.append(row)
        self._diary.note(at, facts.QUOTED, f"need:{need['id']}", f"account:{hand.firm.manager}",
                         {**self._about(row), "total": row["total_fen"]})
        return row

    def _note(self, need: load.Row, at: datetime, fact: str, actor: str, more: load.Row) -> None:
        self._diary.note(at, fact, f"need:{need['id']}", actor, {
            "household": str(need["household_id"]), "service": need["service_code"], **more})

    @staticmethod
    def _about(quote: load.Row) -> load.Row:
        return {"quote": str(quote["id"]), "firm": str(quote["firm_id"]), "worker": str(quote["worker_id"])}
