"""How a firm stands as the year goes by: what it is owed, what it owes, its statements and what is on each."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from qiaojiejie.books import rules
from qiaojiejie.core import clock
from qiaojiejie.payouts import facts
from qiaojiejie.payouts.rules import Split, split
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.books import Books, Movement
from qiaojiejie.sandbox.city.goodwill import Recall


@dataclass(slots=True)
class Line:
    """A movement on a statement, and the statement that carries its money now."""

    movement: Movement
    item: UUID
    carrier: UUID


@dataclass(slots=True)
class Balance:
    """One firm's accounts in the books, replayed in order up to the moment it is asked about."""

    firm: UUID
    books: Books
    coming: deque[Movement | Recall]
    items: list[load.Row] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    _loose: list[Movement] = field(default_factory=list)
    _owed: int = 0
    _owes: int = 0

    @classmethod
    def of(cls, firm: UUID, books: Books, movements: Iterable[Movement], recalls: Iterable[Recall]) -> "Balance":
        """A firm with all that will be released to it and recalled."""
        coming: list[Movement | Recall] = [*movements, *recalls]
        return cls(firm, books, deque(sorted(coming, key=lambda each: each.at)))

    def upto(self, moment: datetime) -> int:
        """Everything before a moment happens; what the firm is owed then."""
        while self.coming and self.coming[0].at < moment:
            each = self.coming.popleft()
            if isinstance(each, Recall):
                each = self.books.post("recalled", each.ref, each.at, each.lines(self._owed), each.row["id"])
            self._loose.append(each)
            self._count(each.lines)
        return self._owed

    def post(self, kind: str, ref: str, at: datetime, lines: rules.Lines, stands_on_a_statement: bool = False) -> None:
        """Book something about this firm now."""
        self.upto(at)
        made = self.books.post(kind, ref, at, lines)
        self._count(lines)
        if stands_on_a_statement:
            self._loose.append(made)

    def claim(self, item: load.Row, until: datetime) -> int:
        """Put what is on no statement yet and was booked before ``until`` on this one: the net fen of all on it."""
        taken = [each for each in self._loose if each.at < until]
        self._loose = [each for each in self._loose if each.at >= until]
        self.lines += [Line(each, item["id"], item["id"]) for each in taken]
        again = {each.ref for each in taken if each.kind in ("payout_failed", "payout_reversed")}
        for line in self.lines:
            if str(line.carrier) in again:
                line.carrier = item["id"]
        payable = rules.firm_payable(self.firm)
        return -sum(line.movement.lines.get(payable, 0) for line in self.lines if line.item == item["id"])

    def waits(self, until: datetime) -> bool:
        """Whether something stands on no statement, or is carried from the last one."""
        return any(each.at < until for each in self._loose) or bool(self.items and self.items[-1]["carried_fen"] > 0)

    def since(self) -> date:
        """The first day of the next statement."""
        if self.items:
            last: date = self.items[-1]["through"]
            return last + timedelta(days=1)
        return clock.local(self._loose[0].at).date()

    def split(self, item: load.Row, movements: int, minimum: int, somewhere: bool) -> Split:
        """What becomes of a statement's sum, as ``payouts`` would have it."""
        return split(owed=item["opening_fen"] + movements - item["offset_fen"], payable=self._owed,
                     receivable=self._owes, minimum=minimum, somewhere=somewhere)

    def _count(self, lines: rules.Lines) -> None:
        self._owed -= lines.get(rules.firm_payable(self.firm), 0)
        self._owes += lines.get(rules.firm_receivable(self.firm), 0)


def told(item: load.Row, **more: object) -> load.Row:
    """Data of a fact about an item."""
    return {"item": str(item["id"]), "amount": item["amount_fen"], **more}


#: what happened to an item → its fact
FACTS = {"sent": facts.SENT, "paid": facts.PAID, "failed": facts.FAILED, "reversed": facts.REVERSED}
