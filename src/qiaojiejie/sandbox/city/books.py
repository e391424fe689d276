"""What the books and Stripe's account would say of the city's year: gathered in any order, written as it happened."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from qiaojiejie.books import rules
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.clearing.models import StripeMovement
from qiaojiejie.sandbox.city import load

#: the accounts of a firm: what it is owed, what it owes
FIRMS = ("firm_payable:", "firm_receivable:")


@dataclass(slots=True)
class Movement:
    """One movement of money. ``number``: its id, once it is written."""

    at: datetime
    kind: str
    ref: str
    booking_id: UUID | None
    lines: rules.Lines
    number: int = 0


class Books:
    """Keeps movements until ``flush``; their ids then follow the order in which they happened."""

    def __init__(self) -> None:
        self._movements: list[Movement] = []
        self._statement: list[load.Row] = []

    def post(self, kind: str, ref: str, at: datetime, lines: rules.Lines, booking_id: UUID | None = None) -> Movement:
        """One movement, its lines those of ``books.rules``."""
        made = Movement(at, kind, ref, booking_id, lines)
        self._movements.append(made)
        return made

    def moved(self, kind: str, source: str, row_id: UUID, amount: int, at: datetime, fee: int = 0) -> None:
        """A movement of Stripe's balance, and its fee in the books."""
        ref = f"txn_city_{row_id.hex}"
        self._statement.append({
            "id": ref, "type": kind, "source": source, "amount_fen": amount, "fee_fen": fee, "net_fen": amount - fee,
            "currency": "cny", "created_at": at, "imported_at": at})
        if fee:
            self.post("stripe_fee", ref, at, rules.stripe_fee(fee))

    def sweep(self, at: datetime, row_id: UUID) -> None:
        """Stripe sends all it holds at a moment on to the platform's bank."""
        held = sum(each["net_fen"] for each in self._statement if each["created_at"] < at)
        if held > 0:
            ref = f"po_city_{row_id.hex}"
            self.moved("payout", ref, row_id, -held, at)
            self.post("swept", f"{ref}:{self._statement[-1]['id']}", at, rules.swept(held))

    def of_firms(self) -> dict[str, list[Movement]]:
        """The movements on each firm's accounts, by the firm's id, in order."""
        found: dict[str, list[Movement]] = defaultdict(list)
        for movement in self._movements:
            for firm in {firm for account in movement.lines for firm in _firm(account)}:
                found[firm].append(movement)
        for movements in found.values():
            movements.sort(key=attrgetter("at"))
        return found

    def flush(self) -> None:
        """COPY movements, their lines and Stripe's statement."""
        self._movements.sort(key=attrgetter("at"))
        for number, movement in enumerate(self._movements, 1):
            movement.number = number
        load.put(StripeMovement, self._statement)
        load.put(PostingTx, [{"id": each.number, "kind": each.kind, "ref": each.ref, "booking_id": each.booking_id,
                              "at": each.at} for each in self._movements])
        load.put(Posting, [{"tx_id": each.number, "account": account, "amount_fen": amount}
                           for each in self._movements for account, amount in each.lines.items() if amount])
        load.restart(PostingTx, "id")


def _firm(account: str) -> Iterator[str]:
    if account.startswith(FIRMS):
        yield account.partition(":")[2]
