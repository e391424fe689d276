"""The money of those visits: charged, given back, released; as payments, refunds, movements of the books and Stripe's
own account of it."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.books import rules as books
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.payments import facts
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.rules import between
from qiaojiejie.refunds import facts as refund_facts
from qiaojiejie.refunds.models import Refund
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.books import Books
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.stripe.balance import fee_of

METHODS = (("alipay", 45), ("wechat_pay", 45), ("card", 10))
#: the state a paid booking came to an end in → the fact its refund or release answers
ENDS = {"completed": booking_facts.COMPLETED, "cancelled": booking_facts.CANCELLED,
        "declined": booking_facts.DECLINED, "worker_absent": booking_facts.WORKER_ABSENT,
        "household_absent": booking_facts.HOUSEHOLD_ABSENT}


class Purse:
    """Writes what payments, refunds and books would have written for each booking."""

    def __init__(self, dice: Dice, diary: load.Diary, books: Books) -> None:
        self._dice, self._diary, self._books = dice, diary, books
        self._payments: list[load.Row] = []
        self._refunds: list[tuple[str, load.Row]] = []
        #: booking → what was paid of it last
        self._paid: dict[UUID, load.Row] = {}

    def settle(self, row: load.Row, change: load.Row | None = None) -> None:
        """Everything that was paid for one booking, a change of it apart, and what became of it."""
        if row["confirmed_at"] is None:
            return
        more = change["difference_fen"] if change else 0
        self.charge(row, row["payment_begun_at"], row["confirmed_at"], row["total_fen"] - more)
        if change:
            self.charge(row, change["payment_begun_at"], change["settled_at"], more, "supplement", change["id"])
        if row["state"] in ENDS:
            at = row["closed_at"] + timedelta(milliseconds=self._dice.randint(80, 2500))
            if row["refund_fen"]:
                self.give_back(row, row["refund_fen"], ENDS[row["state"]], at)
            self.release(row, at, 0, row["total_fen"] - row["refund_fen"])

    def charge(self, row: load.Row, begun: datetime, confirmed: datetime, amount: int, part: str = "full",
               change_id: UUID | None = None) -> None:
        """The family paid a part of a booking, or all of it, begun and confirmed at these moments."""
        dice = self._dice
        paid: datetime = confirmed - timedelta(milliseconds=dice.randint(5, 90))
        payment_id = dice.id_at(begun)
        method = dice.choices([name for name, _ in METHODS], [share for _, share in METHODS])[0]
        intent = f"pi_city_{method}_{amount}_{payment_id.hex}"  # as the stand-in for Stripe understands it
        charge = intent.replace("pi_", "ch_", 1)
        self._payments.append({
            "id": payment_id, "booking_id": row["id"], "card_id": None, "change_id": change_id, "part": part,
            "state": "succeeded", "method": method, "amount_fen": amount, "attempt": 1, "intent_id": intent,
            "charge_id": charge, "client_secret": None, "next_action": None,
            "decline_code": None, "lost_fen": 0, "created_at": begun, "checked_at": paid, "succeeded_at": paid})
        self._note(row, paid, facts.SUCCEEDED, {"payment": str(payment_id), "amount": amount, "method": method})
        self._books.post("charged", intent, paid, books.charged(books.escrow(row["id"]), amount), row["id"])
        self._books.moved("charge" if method == "card" else "payment", charge, payment_id, amount, paid,
                          fee_of(method, amount))
        self._paid[row["id"]] = self._payments[-1]

    def paid(self, booking_id: UUID) -> load.Row:
        """The payment that was made last of a booking."""
        return self._paid[booking_id]

    def give_back(self, row: load.Row, amount: int, because: str, at: datetime) -> UUID:
        """A refund of what was paid last, which succeeds within a minute; its id."""
        refund_id, paid = self._dice.id_at(at), self._paid[row["id"]]
        settled = at + timedelta(seconds=self._dice.randint(1, 40))
        stripe_id = f"re_city_{refund_id.hex}"
        self._refunds.append((f"booking:{row['id']}", {
            "id": refund_id, "payment_id": paid["id"], "state": "succeeded", "amount_fen": amount,
            "because": because, "attempt": 1, "stripe_id": stripe_id, "failure": None, "bank_reference": None,
            "created_at": at, "checked_at": settled, "settled_at": settled}))
        about = {"payment": str(paid["id"]), "refund": str(refund_id), "amount": amount}
        self._note(row, at, refund_facts.REQUESTED, about | {"because": because})
        self._note(row, settled, refund_facts.SUCCEEDED, about)
        self._books.post("refunded", str(refund_id), settled, books.refunded(books.escrow(row["id"]), amount),
                         row["id"])
        self._books.moved("refund" if paid["method"] == "card" else "payment_refund", stripe_id, refund_id, -amount,
                          settled)
        return refund_id

    def release(self, row: load.Row, at: datetime, before: int, after: int, ref: str | None = None) -> None:
        """A booking's fen from ``before`` to ``after`` become the firm's and the platform's."""
        if after <= before:
            return
        part = between(row["lines"], row["total_fen"], before, after)
        self._note(row, at, facts.RELEASED, {"amount": part.amount, "firm": str(row["firm_id"]), "net": part.net,
                                             "fee": part.fee, "promotion": part.promotion})
        self._books.post("released", ref or str(row["id"]), at, books.released(row["id"], row["firm_id"], part),
                         row["id"])

    def flush(self) -> None:
        """COPY payments."""
        load.put(Payment, self._payments)

    def flush_refunds(self) -> None:
        """COPY refunds, once the facts they answer have their places in the ledger."""
        answered = {row["because"] for _, row in self._refunds}
        entries = {(subject, fact): id for id, subject, fact in db.session.execute(sa.select(
            LedgerEntry.id, LedgerEntry.subject, LedgerEntry.fact).where(LedgerEntry.fact.in_(answered)))}
        load.put(Refund, [{**row, "entry_id": entries[subject, row["because"]]} for subject, row in self._refunds])

    def _note(self, row: load.Row, at: datetime, fact: str, data: load.Row) -> None:
        self._diary.note(at, fact, f"booking:{row['id']}", SYSTEM, data)
