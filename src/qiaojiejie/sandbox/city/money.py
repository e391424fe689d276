"""The money of those visits: charged, given back, released; as payments, refunds, postings that balance and Stripe's
own account of it."""

from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.books import rules as books
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.clearing.models import StripeMovement
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.payments import facts
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.rules import between
from qiaojiejie.refunds import facts as refund_facts
from qiaojiejie.refunds.models import Refund
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.outcomes import Told
from qiaojiejie.sandbox.stripe.balance import fee_of

METHODS = (("alipay", 45), ("wechat_pay", 45), ("card", 10))
#: the state a paid booking came to an end in → the fact its refund or release answers
ENDS = {"completed": booking_facts.COMPLETED, "cancelled": booking_facts.CANCELLED,
        "declined": booking_facts.DECLINED, "worker_absent": booking_facts.WORKER_ABSENT,
        "household_absent": booking_facts.HOUSEHOLD_ABSENT}


class Purse:
    """Writes what payments, refunds and books would have written for each booking."""

    def __init__(self, dice: Dice, diary: load.Diary) -> None:
        self._dice, self._diary = dice, diary
        self._payments: list[load.Row] = []
        self._refunds: list[tuple[str, load.Row]] = []
        self._movements: list[load.Row] = []
        self._postings: list[load.Row] = []
        self._statement: list[load.Row] = []
        self._numbers = count(1)

    def settle(self, told: Told) -> None:
        """Everything that was paid for one booking and what became of it."""
        row = told.row
        if row["confirmed_at"] is None:
            return
        payment, method = self._charge(row)
        if row["state"] in ENDS:
            at = row["closed_at"] + timedelta(milliseconds=self._dice.randint(80, 2500))
            if row["refund_fen"]:
                self._give_back(row, payment, method, at)
            self._release(row, at)

    def flush(self) -> None:
        """COPY payments, postings and Stripe's statement."""
        load.put(Payment, self._payments)
        load.put(StripeMovement, self._statement)
        load.put(PostingTx, self._movements)
        load.put(Posting, self._postings)
        load.restart(PostingTx, "id")

    def flush_refunds(self) -> None:
        """COPY refunds, once the facts they answer have their places in the ledger."""
        ended = {(subject, fact): id for id, subject, fact in db.session.execute(sa.select(
            LedgerEntry.id, LedgerEntry.subject, LedgerEntry.fact).where(LedgerEntry.fact.in_(set(ENDS.values()))))}
        load.put(Refund, [{**row, "entry_id": ended[subject, row["because"]]} for subject, row in self._refunds])

    def _charge(self, row: load.Row) -> tuple[UUID, str]:
        dice, begun, amount = self._dice, row["payment_begun_at"], row["total_fen"]
        paid: datetime = row["confirmed_at"] - timedelta(milliseconds=dice.randint(5, 90))
        payment_id = dice.id_at(begun)
        method = dice.choices([name for name, _ in METHODS], [share for _, share in METHODS])[0]
        intent = f"pi_city_{method}_{amount}_{payment_id.hex}"  # as the stand-in for Stripe understands it
        charge = intent.replace("pi_", "ch_", 1)
        self._payments.append({
            "id": payment_id, "booking_id": row["id"], "card_id": None, "part": "full", "state": "succeeded",
            "method": method, "amount_fen": amount, "attempt": 1, "intent_id": intent,
            "charge_id": charge, "client_secret": None, "next_action": None,
            "decline_code": None, "created_at": begun, "checked_at": paid, "succeeded_at": paid})
        self._note(row, paid, facts.SUCCEEDED, {"payment": str(payment_id), "amount": amount, "method": method})
        self._post("charged", intent, row["id"], paid, books.charged(books.escrow(row["id"]), amount))
        self._moved("charge" if method == "card" else "payment", charge, payment_id, amount, paid,
                    fee_of(method, amount))
        return payment_id, method

    def _give_back(self, row: load.Row, payment_id: UUID, method: str, at: datetime) -> None:
        amount, refund_id = row["refund_fen"], self._dice.id_at(at)
        settled = at + timedelta(seconds=self._dice.randint(1, 40))
        self._refunds.append((f"booking:{row['id']}", {
            "id": refund_id, "payment_id": payment_id, "state": "succeeded", "amount_fen": amount,
            "because": ENDS[row["state"]], "attempt": 1, "stripe_id": f"re_city_{refund_id.hex}",
            "failure": None, "bank_reference": None, "created_at": at, "checked_at": settled, "settled_at": settled}))
        about = {"payment": str(payment_id), "refund": str(refund_id), "amount": amount}
        self._note(row, at, refund_facts.REQUESTED, about | {"because": ENDS[row["state"]]})
        self._note(row, settled, refund_facts.SUCCEEDED, about)
        self._post("refunded", str(refund_id), row["id"], settled, books.refunded(books.escrow(row["id"]), amount))
        self._moved("refund" if method == "card" else "payment_refund", f"re_city_{refund_id.hex}", refund_id, -amount,
                    settled)

    def _release(self, row: load.Row, at: datetime) -> None:
        kept = row["total_fen"] - row["refund_fen"]
        if not kept:
            return
        part = between(row["lines"], row["total_fen"], 0, kept)
        self._note(row, at, facts.RELEASED, {"amount": part.amount, "firm": str(row["firm_id"]), "net": part.net,
                                             "fee": part.fee, "promotion": part.promotion})
        self._post("released", str(row["id"]), row["id"], at, books.released(row["id"], row["firm_id"], part))

    def _moved(self, kind: str, source: str, row_id: UUID, amount: int, at: datetime, fee: int = 0) -> None:
        """A movement of Stripe's balance, and its fee in the books."""
        ref = f"txn_city_{row_id.hex}"
        self._statement.append({
            "id": ref, "type": kind, "source": source, "amount_fen": amount, "fee_fen": fee, "net_fen": amount - fee,
            "currency": "cny", "created_at": at, "imported_at": at})
        if fee:
            self._post("stripe_fee", ref, None, at, books.stripe_fee(fee))

    def _post(self, kind: str, ref: str, booking_id: UUID | None, at: datetime, lines: books.Lines) -> None:
        number = next(self._numbers)
        self._movements.append({"id": number, "kind": kind, "ref": ref, "booking_id": booking_id, "at": at})
        self._postings += [{"tx_id": number, "account": account, "amount_fen": amount}
                           for account, amount in lines.items() if amount]

    def _note(self, row: load.Row, at: datetime, fact: str, data: load.Row) -> None:
        self._diary.note(at, fact, f"booking:{row['id']}", SYSTEM, data)
