"""What firms gave back of finished visits of their own accord: a little after some, and one firm more than it had."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from qiaojiejie.booking import facts
from qiaojiejie.booking.rules import GRANT_REASONS
from qiaojiejie.books import rules as books
from qiaojiejie.payments.rules import between
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.money import Purse
from qiaojiejie.sandbox.city.outcomes import Told
from qiaojiejie.sandbox.city.paydays import Run

#: of how many completed visits the firm gives some of the money back later
SHARE = 0.006
#: how many visits one firm gives back whole, and by how much more than it has coming, in fen
MOST, DEBT = 3, 12_000


@dataclass(frozen=True, slots=True)
class Recall:
    """Fen of a finished visit that are taken from its firm again, at a moment, to be given back by a refund."""

    at: datetime
    row: load.Row
    amount: int
    ref: str

    def lines(self, payable: int) -> books.Lines:
        """What is booked when the platform owes the firm ``payable`` fen."""
        row = self.row
        return books.recalled(row["id"], row["firm_id"],
                              between(row["lines"], row["total_fen"], row["total_fen"] - self.amount,
                                      row["total_fen"]), payable)


def show(dice: Dice, diary: load.Diary, purse: Purse, tales: Sequence[Told], runs: Sequence[Run],
         paid_out: Set[UUID]) -> list[Recall]:
    """Grants on finished visits, in order of time. ``paid_out``: the firms that have somewhere to be paid to."""
    found = []
    grants = [*_everywhere(dice, tales), *(_too_much(dice, tales, runs[-3], paid_out) if len(runs) > 2 else ())]
    for told, at, amount in grants:
        row = told.row
        if row["refund_fen"] or at >= dice.as_of:
            continue
        row["refund_fen"] = amount
        diary.note(at, facts.REFUND_GRANTED, told.subject, f"account:{told.visit.hand.firm.manager}", told.about | {
            "by": "firm", "refund": amount, "reason": dice.choice(GRANT_REASONS)})
        refund_id = purse.give_back(row, amount, facts.REFUND_GRANTED, at + timedelta(milliseconds=200))
        found.append(Recall(at + timedelta(milliseconds=200), row, amount, str(refund_id)))
    return sorted(found, key=lambda each: each.at)


def _finished(tales: Sequence[Told]) -> Iterator[Told]:
    return (told for told in tales if told.row["state"] == "completed" and not told.visit.smooth)


def _everywhere(dice: Dice, tales: Sequence[Told]) -> Iterator[tuple[Told, datetime, int]]:
    for told in _finished(tales):
        if dice.chance(SHARE):
            share = dice.choice((100, 150, 200, 300, 500))
            yield told, told.row["closed_at"] + dice.minutes(60, 12 * 1440), told.row["total_fen"] * share // 1000


def _too_much(dice: Dice, tales: Sequence[Told], run: Run, paid_out: Set[UUID]) -> Iterator[
        tuple[Told, datetime, int]]:
    """Just after a payout, the firm that had least coming gives all of some visits back it was paid for.

    So it owes the platform until its next visits pay for it.
    """
    at = run.decided_at + timedelta(hours=2)
    paid: dict[UUID, list[Told]] = defaultdict(list)
    coming: dict[UUID, int] = defaultdict(int)
    for told in _finished(tales):
        firm, closed = told.visit.hand.firm.id, told.row["closed_at"]
        if run.since <= closed < run.until and not told.row["refund_fen"] and firm in paid_out:
            paid[firm].append(told)
        elif run.until <= closed < at + timedelta(hours=1):
            coming[firm] += told.row["total_fen"]
    for firm in sorted(paid, key=lambda each: (coming[each], str(each))):
        visits = sorted(paid[firm], key=_dearest)[:MOST]
        if sum(told.row["total_fen"] for told in visits) > coming[firm] + DEBT:
            for place, told in enumerate(visits):
                yield told, at + timedelta(minutes=7 * place), told.row["total_fen"]
            return


def _dearest(told: Told) -> tuple[int, str]:
    return -told.row["total_fen"], str(told.row["id"])
