"""A batch a month: made by one officer, approved by another, carried out by the bank; some fail or come back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from qiaojiejie.books import rules as books
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.payouts import facts
from qiaojiejie.payouts.models import PayoutBatch, PayoutItem, PayoutLine
from qiaojiejie.payouts.queries import accounts as terms
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.books import Books
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.goodwill import Recall
from qiaojiejie.sandbox.city.payouts.accounts import BankAccounts
from qiaojiejie.sandbox.city.payouts.balances import FACTS, Balance, told
from qiaojiejie.sandbox.city.paydays import Run
from qiaojiejie.sandbox.city.town import FirmSeat, Officials

FAILURE, REVERSAL = "收款账户状态异常，银行退回", "收款行退汇：户名不符"
#: counted from the newest run: in which one payment failed, in which one came back
FAILS_IN, COMES_BACK_IN = 4, 5


class Paydays:
    """Pays the firms of the city through the year; ``flush`` writes it once the books have written theirs."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, ledger: Books,
                 seats: Sequence[FirmSeat], recalls: Sequence[Recall]) -> None:
        self._dice, self._diary, self._officials, self._books = dice, diary, officials, ledger
        self._accounts = BankAccounts(dice, diary, officials)
        self._accounts.open(seats)
        of, back = ledger.of_firms(), defaultdict(list)
        for recall in recalls:
            back[str(recall.row["firm_id"])].append(recall)
        self._balances = [Balance.of(firm, ledger, of.get(str(firm), ()), back[str(firm)])
                          for firm in sorted(seat.id for seat in seats)]
        self._batches: list[load.Row] = []

    def pay(self, runs: Sequence[Run]) -> None:
        """Every run, and what happens to the firms' accounts up to the city's day."""
        for place, run in enumerate(runs):
            self._run(run, len(runs) - place)
        for balance in self._balances:
            balance.upto(self._dice.as_of)

    def flush(self) -> None:
        """COPY accounts, batches, statements and what stands on them."""
        self._accounts.flush()
        load.put(PayoutBatch, self._batches)
        load.put(PayoutItem, [item for balance in self._balances for item in balance.items])
        load.put(PayoutLine, [{"tx_id": line.movement.number, "item_id": line.item, "carrier_id": line.carrier}
                              for balance in self._balances for line in balance.lines])

    def _run(self, run: Run, from_the_end: int) -> None:
        """The administrator makes it, the auditor approves it, the administrator writes down what the bank did."""
        maker, other = self._officials.admin, self._officials.auditor
        batch: load.Row = {"id": self._dice.id_at(run.made_at), "state": "approved", "through": run.through,
                           "made_by": maker, "made_at": run.made_at, "decided_by": other,
                           "decided_at": run.decided_at, "note": "已核对各企业账单"}
        paid: list[tuple[Balance, load.Row]] = []
        for balance in self._balances:
            at = run.made_at + timedelta(milliseconds=70 * len(paid) + 300)
            if balance.upto(at) > 0 and balance.waits(run.until):
                item = self._take_up(balance, batch, run, at)
                paid += [(balance, item)] if item["state"] != "accrued" else []
        if not paid:
            return
        self._batches.append(batch)
        for number, (balance, item) in enumerate(paid):
            self._note(balance, facts.APPROVED, item, run.decided_at, f"account:{other}", batch=str(batch["id"]))
            self._carry_out(balance, item, run.paid_at + timedelta(seconds=40 * number), f"account:{maker}",
                            "fails" if (from_the_end, number) == (FAILS_IN, 1) else
                            "comes back" if (from_the_end, number) == (COMES_BACK_IN, 2) else "")

    def _take_up(self, balance: Balance, batch: load.Row, run: Run, at: datetime) -> load.Row:
        """A firm's statement through the run's last day: offset, set aside, carried."""
        item = balance.items[-1] if balance.items and balance.items[-1]["state"] == "accrued" else self._open(
            balance, run, at)
        account = self._accounts.verified(str(balance.firm), at)
        movements = balance.claim(item, run.until)
        found = balance.split(item, movements, terms.minimum(run.made_at.date()), account is not None)
        item |= {"movements_fen": movements, "carried_fen": found.carried, "through": run.through,
                 "offset_fen": item["offset_fen"] + found.offset}
        if found.offset:
            balance.post("offset", f"{item['id']}:{item['offset_fen']}", at, books.offset(balance.firm, found.offset))
        if found.amount:
            item |= {"state": "batched", "amount_fen": found.amount, "batch_id": batch["id"], "account_id": account,
                     "times": 1}
            balance.post("set_aside", str(item["id"]), at, books.set_aside(item["id"], balance.firm, found.amount))
            self._note(balance, facts.BATCHED, item, at, SYSTEM, batch=str(batch["id"]), offset=item["offset_fen"])
        return item

    def _open(self, balance: Balance, run: Run, at: datetime) -> load.Row:
        opening = balance.items[-1]["carried_fen"] if balance.items else 0
        item: load.Row = {
            "id": self._dice.id_at(at), "firm_id": balance.firm, "number": len(balance.items) + 1, "state": "accrued",
            "batch_id": None, "account_id": None, "since": min(balance.since(), run.through), "through": run.through,
            "opening_fen": opening, "movements_fen": 0, "offset_fen": 0, "amount_fen": 0, "carried_fen": opening,
            "times": 0, "attempt": 1, "transfer_id": None, "bank_reference": None, "reversed_fen": 0, "failure": None,
            "made_at": at, "sent_at": None, "paid_at": None, "ended_at": None, "checked_at": at}
        balance.items.append(item)
        return item

    def _carry_out(self, balance: Balance, item: load.Row, at: datetime, officer: str, how: str) -> None:
        """What the bank did, as an officer wrote it down."""
        item |= {"state": "approved", "checked_at": at}
        firm, amount = balance.firm, item["amount_fen"]
        if how == "fails":
            item |= {"state": "failed", "failure": FAILURE, "ended_at": at}
            balance.post("returned", str(item["id"]), at, books.reverse(books.set_aside(item["id"], firm, amount)),
                         True)
            self._note(balance, FACTS["failed"], item, at, officer, failure=FAILURE)
            return
        item |= {"state": "paid", "sent_at": at, "paid_at": at,
                 "bank_reference": f"{at:%Y%m%d}{self._dice.randrange(10 ** 10):010d}"}
        balance.post("paid_out", str(item["id"]), at, books.paid_out(item["id"], amount, books.BANK))
        self._note(balance, FACTS["sent"], item, at, officer)
        self._note(balance, FACTS["paid"], item, at, officer)
        if how == "comes back":
            self._take_back(balance, item, at + timedelta(days=2, hours=3), officer)

    def _take_back(self, balance: Balance, item: load.Row, at: datetime, officer: str) -> None:
        item |= {"state": "reversed", "failure": REVERSAL, "ended_at": at, "reversed_fen": item["amount_fen"]}
        balance.post("payout_reversed", str(item["id"]), at,
                     books.sent_back(balance.firm, item["amount_fen"], books.BANK), True)
        self._note(balance, FACTS["reversed"], item, at, officer)

    def _note(self, balance: Balance, fact: str, item: load.Row, at: datetime, actor: str, **more: object) -> None:
        self._diary.note(at, fact, f"firm:{balance.firm}", actor, told(item, **more))
