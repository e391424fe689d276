"""Invoices of the year: families' titles, what they asked for, what firms issued, refused or are late with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.invoices import facts
from qiaojiejie.invoices.models import InvoiceRequest, InvoiceTitle
from qiaojiejie.invoices.rules import due_on
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import load, papers
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.outcomes import Told

#: of how many finished visits an invoice is asked for
SHARE = 0.05
#: what firms do with a request, and how often
ANSWERS = {"issued": 92, "refused": 4, "late": 4}
#: what becomes of the requests of the demo's family: of its newest visit, and of the newest an invoice can be late of
OF_DEMO, LONG_AGO = ("asked",), ("late", "issued", "refused")
#: working days pass slowly over a long holiday
LATE_AFTER = timedelta(days=18)
#: nobody is left waiting longer than so many days
LATEST = timedelta(days=40)
REASONS = ("title_wrong", "kind_not_possible", "invoiced_already")
COMPANIES = ("宿迁市某某贸易有限公司", "江苏某某信息科技有限公司", "宿迁某某建材有限公司")
#: the codes of these companies come after those of the city's firms
FIRST_CODE = 500_000


class Invoices:
    """Asks for invoices and answers; ``flush`` writes it."""

    def __init__(self, dice: Dice, diary: load.Diary) -> None:
        self._dice, self._diary = dice, diary
        self._titles: dict[UUID, load.Row] = {}
        self._requests: list[load.Row] = []

    def ask(self, tales: Sequence[Told], demo: Family) -> None:
        """One finished visit in twenty; of the demo's family some of each kind. Nothing went back of any."""
        done = [told for told in tales if told.row["state"] == "completed" and not told.row["refund_fen"]]
        own = sorted((told for told in done if told.visit.family is demo), key=_closed, reverse=True)
        old = [told for told in own[1:] if _closed(told) < self._dice.as_of - LATE_AFTER]
        for told, how in [*zip(own, OF_DEMO, strict=False), *zip(old, LONG_AGO, strict=False)]:
            self._request(told, how, timedelta(hours=20))
        for told in done:
            if told.visit.family is not demo and self._dice.chance(SHARE):
                how = self._dice.choices(list(ANSWERS), list(ANSWERS.values()))[0]
                self._request(told, how, self._dice.minutes(5, 5 * 1440))

    def flush(self) -> None:
        """COPY titles and requests."""
        load.put(InvoiceTitle, list(self._titles.values()))
        load.put(InvoiceRequest, self._requests)

    def _request(self, told: Told, how: str, later: timedelta) -> None:
        at = told.row["closed_at"] + later
        if how == "asked":
            at = max(at, self._dice.as_of - timedelta(hours=5))
        if how == "late":
            at = max(at, self._dice.as_of - LATEST)
        if at >= self._dice.as_of:
            return
        title = self._title(told.visit.family, at)
        title["created_at"] = min(title["created_at"], at)
        asked_on = clock.local(at).date()
        row: load.Row = {
            "id": self._dice.id_at(at), "booking_id": told.row["id"], "household_id": told.visit.family.id,
            "firm_id": told.visit.hand.firm.id, "state": "requested", "kind": "electronic_ordinary",
            "amount_fen": told.row["paid_fen"], "title_kind": title["kind"], "name": title["name"],
            "uscc": title["uscc"], "email": title["email"], "asked_at": at, "due_on": due_on(asked_on), "number": None,
            "issued_on": None, "media_id": None, "red_number": None, "reason": None, "kept_fen": None,
            "overdue_at": None, "changed_at": at}
        self._requests.append(row)
        self._note(row, at, facts.REQUESTED, f"account:{told.visit.family.account}",
                   kind=row["kind"], due_on=row["due_on"].isoformat())
        self._answer(row, how, f"account:{told.visit.hand.firm.manager}")

    def _answer(self, row: load.Row, how: str, manager: str) -> None:
        at = row["asked_at"] + self._dice.minutes(60, 6 * 1440)
        if how in ("issued", "refused") and at < self._dice.as_of:
            row |= {"state": how, "changed_at": at}
            if how == "refused":
                row["reason"] = self._dice.choice(REASONS)
                self._note(row, at, facts.REFUSED, manager, reason=row["reason"])
            else:
                on = clock.local(at).date()
                row |= {"issued_on": on, "number": f"{on:%y}{self._dice.randrange(10 ** 18):018d}"}
                self._note(row, at, facts.ISSUED, manager, number=row["number"], issued_on=on.isoformat())
        elif row["due_on"] < self._dice.today:
            row["overdue_at"] = told_at = clock.midnight(row["due_on"] + timedelta(days=1)) + timedelta(seconds=30)
            if told_at >= self._dice.as_of:
                row["overdue_at"] = None  # the sweep of the city's day will say so
            else:
                self._note(row, told_at, facts.OVERDUE, SYSTEM, due_on=row["due_on"].isoformat())

    def _title(self, family: Family, at: datetime) -> load.Row:
        """The one a family keeps: itself, or for one in three the company that pays."""
        if family.id not in self._titles:
            company = self._dice.chance(0.3)
            self._titles[family.id] = {
                "id": self._dice.id_at(at), "household_id": family.id, "kind": "company" if company else "personal",
                "name": self._dice.choice(COMPANIES) if company else "个人",
                "uscc": papers.credit_code(FIRST_CODE + len(self._titles)) if company else None, "email": None,
                "created_at": at}
        return self._titles[family.id]

    def _note(self, row: load.Row, at: datetime, fact: str, actor: str, **more: object) -> None:
        self._diary.note(at, fact, f"invoice_request:{row['id']}", actor, {
            "booking": str(row["booking_id"]), "household": str(row["household_id"]), "firm": str(row["firm_id"]),
            "amount": row["amount_fen"], **more})


def _closed(told: Told) -> datetime:
    at: datetime = told.row["closed_at"]
    return at
