"""What moved on our balance at Stripe, as plain values; its library is asked through ``payments.gateway``."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app

from qiaojiejie.core.config import Config
from qiaojiejie.payments.gateway import gateway as stripe

#: the most Stripe lists at a time
PAGE = 100


@dataclass(frozen=True)
class Moved:
    """A balance transaction: its smallest units of a currency, and what it is about."""

    id: str
    type: str
    source: str | None
    amount: int
    fee: int
    net: int
    currency: str
    created: datetime


class Statement:
    """Stripe's statement of our balance, ``page`` movements at a time."""

    def __init__(self, page: int = PAGE) -> None:
        self._page = page

    def since(self, moment: datetime | None) -> list[Moved]:
        """All that moved at or after a moment by Stripe's clock (ever, for None), newest first.

        Each page is a call of its own. Raises StripeDown, StripeBroke or PaymentRefused, and then tells nothing.
        """
        params: dict[str, Any] = {"limit": self._page, "expand": ["data.source"]}
        if moment is not None:
            params["created"] = {"gte": int(moment.timestamp())}
        found: list[Moved] = []
        more = True
        while more:
            listed = self._ask(params)
            found += map(_moved, listed["data"])
            more = listed["has_more"]
            params = {**params, "starting_after": found[-1].id} if more else params
        return found

    def _ask(self, params: Any) -> dict[str, Any]:
        return stripe().ask(lambda api: api.v1.balance_transactions.list(params))


def _moved(raw: dict[str, Any]) -> Moved:
    return Moved(raw["id"], raw["type"], _about(raw["source"]), raw["amount"], raw["fee"], raw["net"], raw["currency"],
                 datetime.fromtimestamp(raw["created"], UTC))


def _about(source: Any) -> str | None:
    """The id of what moved; of a transfer that was taken back, the transfer's."""
    if isinstance(source, dict):
        source = source["transfer" if source["object"] == "transfer_reversal" else "id"]
    return None if source is None else str(source)


def init_app(app: Flask, config: Config) -> None:
    """Give the app its statement."""
    app.extensions["stripe_statement"] = Statement()


def statement() -> Statement:
    """The running app's statement."""
    found: Statement = current_app.extensions["stripe_statement"]
    return found
