"""Payouts: what Stripe sends on to the account's own bank."""

import time

from qiaojiejie.sandbox.stripe.balance import Balance
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.refusals import invalid, missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id


class Payouts:
    """Every change of a payout. Call inside ``state.changing()``."""

    def __init__(self, state: State, events: Events, balance: Balance) -> None:
        self._state, self._events, self._balance = state, events, balance

    def get(self, ref: str) -> Object:
        """A payout; 404 when there is none."""
        found = self._state.find(ref, "payout")
        if found is None:
            raise missing("payout", ref)
        return found

    def create(self, given: Object) -> Object:
        """Send ``amount`` fen of what is available to the bank."""
        amount = given.get("amount", 0)
        if amount < 1:
            raise invalid("This value must be greater than or equal to 1.", code="parameter_invalid_integer",
                          param="amount")
        if given["currency"] != "cny":
            raise invalid(f"Invalid currency: {given['currency']}: this account holds cny", param="currency")
        if amount > self._balance.available():
            raise invalid("You have insufficient funds in your Stripe account.", stored=True,
                          code="balance_insufficient")
        ref, now = new_id("po"), int(time.time())
        made = {"id": ref, "object": "payout", "amount": amount, "arrival_date": now, "automatic": False,
                "balance_transaction": self._balance.move("payout", ref, -amount), "created": now, "currency": "cny",
                "description": given.get("description"), "failure_balance_transaction": None, "failure_code": None,
                "livemode": False, "metadata": given.get("metadata") or {}, "method": "standard",
                "status": "pending", "type": "bank_account"}
        return self._save(made, "created")

    def fail(self, payout: Object) -> Object:
        """The bank did not take it: what was sent is on the balance again."""
        if payout["status"] == "failed":
            raise invalid("This payout has failed already.")
        payout |= {"status": "failed", "failure_code": "account_closed",
                   "failure_balance_transaction": self._balance.move("payout_failure", payout["id"], payout["amount"])}
        return self._save(payout, "failed")

    def _save(self, payout: Object, event: str) -> Object:
        self._state.put(payout, kind="payout", parent="")
        self._events.record(f"payout.{event}", payout)
        return payout
