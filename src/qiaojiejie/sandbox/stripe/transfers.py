"""Transfers to connected accounts, and their reversals."""

import re
import time

from qiaojiejie.sandbox.stripe.balance import Balance
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal, invalid, missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

_ACCOUNT = re.compile(r"acct_[0-9A-Za-z]{6,40}")


class Transfers:
    """Every change of a transfer. Call inside ``state.changing()``."""

    def __init__(self, state: State, events: Events, balance: Balance) -> None:
        self._state, self._events, self._balance = state, events, balance

    def get(self, ref: str) -> Object:
        """A transfer; 404 when there is none."""
        found = self._state.find(ref, "transfer")
        if found is None:
            raise missing("transfer", ref)
        return found

    def create(self, given: Object) -> Object:
        """Pay ``amount`` fen of what is available to ``destination``."""
        amount, destination = given.get("amount", 0), given["destination"]
        if amount < 1:
            raise invalid("This value must be greater than or equal to 1.", code="parameter_invalid_integer",
                          param="amount")
        if given["currency"] != "cny":
            raise invalid(f"Invalid currency: {given['currency']}: this account holds cny", param="currency")
        if not _ACCOUNT.fullmatch(destination):
            raise StripeRefusal(400, "invalid_request_error", f"No such destination: '{destination}'",
                                code="resource_missing", param="destination")
        if amount > self._balance.available():
            raise invalid("You have insufficient available funds in your Stripe account.", stored=True,
                          code="balance_insufficient")
        ref = new_id("tr")
        made = {"id": ref, "object": "transfer", "amount": amount, "amount_reversed": 0,
                "balance_transaction": self._balance.move("transfer", ref, -amount), "created": int(time.time()),
                "currency": "cny", "description": given.get("description"), "destination": destination,
                "destination_payment": new_id("py"), "livemode": False, "metadata": given.get("metadata") or {},
                "reversals": {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{ref}/reversals"},
                "reversed": False, "source_transaction": given.get("source_transaction"),
                "transfer_group": given.get("transfer_group")}
        return self._save(made, "created")

    def reverse(self, transfer: Object, given: Object) -> Object:
        """Take back ``amount`` fen, all that is left when it is not given; the reversal."""
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = given.get("amount", left)
        if not 0 < amount <= left:
            raise invalid(f"Reversal amount ({amount}) is greater than what is left of the transfer ({left}).",
                          stored=True, param="amount")
        ref = new_id("trr")
        made = {"id": ref, "object": "transfer_reversal", "amount": amount, "created": int(time.time()),
                "balance_transaction": self._balance.move("transfer_refund", ref, amount), "currency": "cny",
                "metadata": given.get("metadata") or {}, "transfer": transfer["id"]}
        self._state.put(made, kind="transfer_reversal", parent=transfer["id"])
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        transfer["reversals"]["data"].insert(0, made)
        self._save(transfer, "reversed")
        return made

    def _save(self, transfer: Object, event: str) -> Object:
        self._state.put(transfer, kind="transfer", parent=transfer["transfer_group"] or "")
        self._events.record(f"transfer.{event}", transfer)
        return transfer
