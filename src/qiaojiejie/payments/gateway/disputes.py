"""Disputes at Stripe: a cardholder's bank takes a card payment back."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qiaojiejie.payments.errors import PaymentRefused

if TYPE_CHECKING:
    import stripe

#: what Stripe calls a bank's question before it takes the money
_INQUIRY = "warning_"
PAGE = 100


@dataclass(frozen=True)
class Disputed:
    """A Dispute and what it moved: amounts in fen.

    ``status``: Stripe's, without ``warning_``, which ``inquiry`` says: the bank only asks and has taken nothing yet.
    """

    id: str
    status: str
    inquiry: bool
    amount: int
    currency: str
    intent: str | None
    charge: str
    reason: str
    #: taken from us, and given back, by the movements of Stripe's balance
    withdrawn: int
    returned: int
    #: Stripe's own fee for it
    fee: int
    #: until when evidence is taken
    due_by: datetime | None
    #: whether evidence was handed in
    submitted: bool
    #: when it began, by Stripe's clock, in seconds since 1970
    created: int


class DisputeVerbs:
    """The gateway's verbs about disputes; each raises what the gateway's verbs raise."""

    _client: "stripe.StripeClient"

    def _calling(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def find_dispute(self, dispute_id: str) -> Disputed | None:
        """How a dispute stands, or None when our account has none of that id."""
        try:
            with self._calling():
                return _disputed(self._client.v1.disputes.retrieve(dispute_id).to_dict())
        except PaymentRefused as refused:
            if refused.params["code"] != "resource_missing":
                raise
            return None

    def hand_in(self, dispute_id: str, *, key: str, text: str) -> Disputed:
        """Hand evidence in, once and for all; the bank then decides."""
        params: Any = {"evidence": {"uncategorized_text": text}, "submit": True}
        with self._calling():
            return _disputed(self._client.v1.disputes.update(dispute_id, params, {"idempotency_key": key}).to_dict())

    def give_in(self, dispute_id: str, *, key: str) -> Disputed:
        """Let a dispute be lost."""
        with self._calling():
            return _disputed(self._client.v1.disputes.close(dispute_id, {}, {"idempotency_key": key}).to_dict())

    def recent_disputes(self, seconds: int) -> Iterator[list[Disputed]]:
        """Disputes of the last so many seconds by the real clock, newest first, page by page."""
        since, params = time.time() - seconds, dict[str, Any](limit=PAGE)
        while True:
            with self._calling():
                listed = self._client.v1.disputes.list(params).to_dict()  # type: ignore[arg-type]
            found = [_disputed(raw) for raw in listed["data"]]
            yield [each for each in found if each.created >= since]
            if not listed["has_more"] or found[-1].created < since:
                return
            params["starting_after"] = found[-1].id


def _disputed(raw: dict[str, Any]) -> Disputed:
    moved = [movement["amount"] for movement in raw["balance_transactions"]]
    said = raw.get("evidence_details") or {}
    return Disputed(
        raw["id"], raw["status"].removeprefix(_INQUIRY), raw["status"].startswith(_INQUIRY), raw["amount"],
        raw["currency"], raw.get("payment_intent"), raw["charge"], raw["reason"],
        withdrawn=-sum(amount for amount in moved if amount < 0),
        returned=sum(amount for amount in moved if amount > 0),
        fee=sum(movement["fee"] for movement in raw["balance_transactions"]),
        due_by=datetime.fromtimestamp(said["due_by"], UTC) if said.get("due_by") else None,
        submitted=said.get("submission_count", 0) > 0, created=raw["created"])
