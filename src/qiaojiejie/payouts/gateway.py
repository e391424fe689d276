"""How a payout leaves: by a bank, where a person sees to it, or by Stripe, which the service asks itself.

Each way is a driver behind one small interface; Stripe's library is asked through ``payments.gateway``.
"""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, current_app

from qiaojiejie.books import rules as books
from qiaojiejie.core.config import Config
from qiaojiejie.payments.errors import PaymentRefused
from qiaojiejie.payments.gateway import CURRENCY, gateway as stripe


@dataclass(frozen=True)
class Order:
    """What is to be sent, taken from the row before it is let go: fen, and to which account of the driver's kind."""

    item: UUID
    amount: int
    destination: str
    key: str


@dataclass(frozen=True)
class Transfer:
    """A transfer as the outside says it is: ``item`` is our row's id as it was told, ``taken_back`` fen of it."""

    id: str
    amount: int
    taken_back: int
    destination: str
    item: UUID | None


class Driver(Protocol):
    """A way to pay a firm."""

    #: the account of the books through which it leaves
    account: str

    @property
    def by_itself(self) -> bool:
        """Whether ``send`` pays; else a person does, and records what the bank said."""

    def send(self, order: Order, *, asked_before: bool) -> Transfer | None:
        """Pay; the same key pays once. None: a person must.

        ``asked_before``: look first whether it was paid under an earlier key.
        Raises PaymentRefused (it will not be), StripeDown (the same again), StripeBroke (again with another key).
        """

    def find(self, transfer_id: str) -> Transfer | None:
        """How a transfer stands; None when there is none of that id."""


class BankTransfer:
    """A clerk uploads the batch's list at the bank and records the reference of each transfer."""

    account, by_itself = books.BANK, False

    def send(self, order: Order, *, asked_before: bool) -> Transfer | None:
        """Nothing: a person sees to it."""
        return None

    def find(self, transfer_id: str) -> Transfer | None:
        """Nothing: the bank is not asked."""
        return None


class StripeTransfer:
    """A transfer of Stripe's balance to the firm's connected account."""

    account, by_itself = books.STRIPE_CLEARING, True

    def send(self, order: Order, *, asked_before: bool) -> Transfer | None:
        """Have Stripe transfer it; the one it made already, if any, when it was asked before."""
        found = self._made_for(order.item) if asked_before else None
        return found or self._create(order)

    def _create(self, order: Order) -> Transfer:
        params: Any = {"amount": order.amount, "currency": CURRENCY, "destination": order.destination,
                       "transfer_group": str(order.item), "metadata": {"payout": str(order.item)}}
        return _transfer(stripe().ask(lambda api: api.v1.transfers.create(params, {"idempotency_key": order.key})))

    def _made_for(self, item: UUID) -> Transfer | None:
        listed = stripe().ask(lambda api: api.v1.transfers.list({"transfer_group": str(item), "limit": 100}))
        return next((found for found in map(_transfer, listed["data"]) if found.item == item), None)

    def find(self, transfer_id: str) -> Transfer | None:
        """How a transfer stands at Stripe."""
        try:
            return _transfer(stripe().ask(lambda api: api.v1.transfers.retrieve(transfer_id)))
        except PaymentRefused as refused:
            if refused.params["code"] != "resource_missing":
                raise
            return None


def _transfer(raw: dict[str, Any]) -> Transfer:
    try:
        item = UUID((raw.get("metadata") or {}).get("payout", ""))
    except ValueError:
        item = None  # not one of ours
    return Transfer(raw["id"], raw["amount"], raw["amount_reversed"], raw["destination"], item)


def init_app(app: Flask, config: Config) -> None:
    """Give the app its drivers, by the kind of account each pays to."""
    app.extensions["payout_drivers"] = {"bank": BankTransfer(), "stripe": StripeTransfer()}


def driver(kind: str) -> Driver:
    """The driver that pays to accounts of a kind."""
    found: dict[str, Driver] = current_app.extensions["payout_drivers"]
    return found[kind]
