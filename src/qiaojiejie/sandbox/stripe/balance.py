"""What the account holds at Stripe: every movement a balance transaction, with Stripe's fee."""

import time

from qiaojiejie.sandbox.stripe.refusals import missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

#: Stripe's share of a charge in thousandths, rounded half up; what it keeps when the money goes back
FEES = {"card": 34, "alipay": 22, "wechat_pay": 22}
#: what a dispute costs in fen, whoever wins it
DISPUTE_FEE = 10_000
#: a movement's type → the category Stripe reports it under
CATEGORIES = {"charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund",
              "refund_failure": "refund_failure", "payment_failure_refund": "refund_failure", "adjustment": "dispute",
              "transfer": "transfer", "transfer_refund": "transfer_reversal",
              "payout": "payout", "payout_failure": "payout_reversal"}


def fee_of(method: str, amount: int) -> int:
    """Stripe's fee on a charge of ``amount`` fen."""
    return (amount * FEES[method] + 500) // 1000


class Balance:
    """Movements; call inside ``state.changing()``."""

    def __init__(self, state: State) -> None:
        self._state = state

    def move(self, kind: str, source: str, amount: int, fee: int = 0) -> str:
        """One movement of ``amount`` fen (signed), of which Stripe takes ``fee``; its id."""
        now = int(time.time())
        made = {"id": new_id("txn"), "object": "balance_transaction", "amount": amount, "available_on": now,
                "created": now, "currency": "cny", "description": None, "exchange_rate": None, "fee": fee,
                "fee_details": [{"amount": fee, "application": None, "currency": "cny",
                                 "description": "Stripe processing fees", "type": "stripe_fee"}] if fee else [],
                "net": amount - fee, "reporting_category": CATEGORIES[kind], "source": source, "status": "available",
                "type": kind}
        self._state.put(made, kind="balance_transaction", parent=source)
        return str(made["id"])

    def get(self, ref: str) -> Object:
        """A movement; 404 when there is none."""
        found = self._state.find(ref, "balance_transaction")
        if found is None:
            raise missing("balance transaction", ref)
        return found

    def available(self) -> int:
        """What can be transferred, in fen."""
        row = self._state.connection().execute(
            "SELECT coalesce(sum(json_extract(body, '$.net')), 0) FROM object WHERE kind = 'balance_transaction'")
        return int(row.fetchone()[0])
