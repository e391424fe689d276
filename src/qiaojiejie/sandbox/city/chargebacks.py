"""Card payments whose holder's bank took them back: answered by the firm, won or lost some weeks later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qiaojiejie.books import rules as books
from qiaojiejie.disputes import facts
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.books import Books
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.goodwill import Recall
from qiaojiejie.sandbox.city.money import Purse
from qiaojiejie.sandbox.city.outcomes import Told
from qiaojiejie.sandbox.stripe.balance import DISPUTE_FEE

#: one in so many payments by card, and two at least
OF_SO_MANY, LEAST = 250, 2
REASONS = ("fraudulent", "product_not_received", "product_unacceptable")
#: how long the bank thinks, and how old the newest one is that it has decided
DECIDES_AFTER, LONG_AGO = timedelta(days=26), timedelta(days=60)
ANSWER_WITHIN = timedelta(days=7)


class Chargebacks:
    """Disputes of the past year; all are decided, as nobody at Stripe knows of them."""

    def __init__(self, dice: Dice, diary: load.Diary, purse: Purse, ledger: Books) -> None:
        self._dice, self._diary, self._purse, self._books = dice, diary, purse, ledger
        self._rows: list[load.Row] = []

    def tell(self, tales: Sequence[Told]) -> list[Recall]:
        """Every second one is lost; what that recalls from firms."""
        able = [told for told in tales if told.row["state"] == "completed" and not told.row["refund_fen"]
                and not told.visit.smooth and told.row["closed_at"] < self._dice.as_of - LONG_AGO
                and self._purse.paid(told.row["id"])["method"] == "card"]
        count = min(len(able), max(LEAST, len(able) // OF_SO_MANY))
        found = [self._dispute(able[place * len(able) // count], "lost" if place % 2 else "won")
                 for place in range(count)]
        return [recall for recall in found if recall]

    def flush(self) -> None:
        """COPY the disputes."""
        load.put(Dispute, self._rows)

    def _dispute(self, told: Told, verdict: str) -> Recall | None:
        dice, row, payment = self._dice, told.row, self._purse.paid(told.row["id"])
        at: datetime = row["closed_at"] + dice.minutes(2 * 1440, 20 * 1440)
        answered, decided, amount = at + dice.minutes(600, 4 * 1440), at + DECIDES_AFTER, row["total_fen"]
        dispute_id = dice.id_at(at)
        stripe_id = f"dp_city_{dispute_id.hex}"
        self._rows.append({
            "id": dispute_id, "payment_id": payment["id"], "booking_id": row["id"], "firm_id": row["firm_id"],
            "stripe_id": stripe_id, "state": verdict, "inquiry": False, "reason": dice.choice(REASONS),
            "amount_fen": amount, "held_fen": amount, "fee_fen": DISPUTE_FEE, "due_by": at + ANSWER_WITHIN,
            "evidence": f"订单 {row['id']}：服务人员按时到达并完成服务，家庭当时未提出异议。", "attempt": 1,
            "failure": None, "opened_at": at, "checked_at": decided, "answered_at": answered,
            "sent_at": answered + timedelta(seconds=3), "decided_at": decided})
        self._note(told, at, facts.OPENED, SYSTEM, reason=self._rows[-1]["reason"],
                   due=(at + ANSWER_WITHIN).isoformat())
        self._note(told, answered, facts.ANSWERED, f"account:{told.visit.hand.firm.manager}", by="firm")
        self._books.post("disputed", stripe_id, at, books.disputed(amount), row["id"])
        self._books.moved("adjustment", stripe_id, dispute_id, -amount, at, DISPUTE_FEE)
        if verdict == "lost":
            return self._lose(told, decided)
        self._win(told, decided)
        return None

    def _win(self, told: Told, at: datetime) -> None:
        dispute, amount = self._rows[-1], told.row["total_fen"]
        self._books.post("dispute_won", dispute["stripe_id"], at, books.reverse(books.disputed(amount)),
                         told.row["id"])
        self._books.moved("adjustment", dispute["stripe_id"], self._dice.id_at(at), amount, at)
        self._note(told, at, facts.WON, SYSTEM, held=amount)

    def _lose(self, told: Told, at: datetime) -> Recall:
        """All of it had been released: the firm and the platform's fee bear it."""
        dispute, row, amount = self._rows[-1], told.row, told.row["total_fen"]
        self._purse.paid(row["id"])["lost_fen"] = amount
        row["refund_fen"] = amount
        self._books.post("dispute_lost", dispute["stripe_id"], at + timedelta(milliseconds=1),
                         books.dispute_lost(books.escrow(row["id"]), amount), row["id"])
        self._note(told, at, facts.LOST, SYSTEM, held=amount, recalled=amount, loss=0)
        return Recall(at, row, amount, dispute["stripe_id"])

    def _note(self, told: Told, at: datetime, fact: str, actor: str, **more: object) -> None:
        dispute = self._rows[-1]
        self._diary.note(at, fact, told.subject, actor, {
            "payment": str(dispute["payment_id"]), "dispute": str(dispute["id"]), "amount": dispute["amount_fen"],
            "firm": str(dispute["firm_id"]), **more})
