"""A shop that sells through Stripe's own library."""

from typing import Any

import stripe

from qiaojiejie.payments.gateway import API_VERSION

Params = dict[str, Any]
SALE: Params = {"amount": 1000, "currency": "cny"}
ALIPAY: Params = {"confirm": True, "payment_method_data": {"type": "alipay"}, "return_url": "http://localhost/"}
CARD: Params = {"confirm": True, "payment_method": "pm_card_visa", "return_url": "http://localhost/"}


class Shop:
    """The library, pointed at a stand-in or at Stripe, without tries of its own."""

    def __init__(self, url: str, key: str = "sk_test_x") -> None:
        """``url``: a stand-in's; "" for Stripe's own."""
        self._wire = stripe.RequestsClient(timeout=(5, 30))
        bases: Any = dict.fromkeys(("api", "connect", "files", "meter_events"), url) if url else None
        self._client = stripe.StripeClient(key, http_client=self._wire, max_network_retries=0, base_addresses=bases,
                                           stripe_version=API_VERSION)

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def sell(self, key: str | None = None, **params: Any) -> Any:
        """Create an intent."""
        given: Any = {**SALE, **params}
        return self._client.v1.payment_intents.create(given, {"idempotency_key": key} if key else {}).to_dict()

    def look(self, intent: str) -> Any:
        """Retrieve an intent."""
        return self._client.v1.payment_intents.retrieve(intent).to_dict()

    def cancel(self, intent: str) -> Any:
        """Cancel an intent."""
        return self._client.v1.payment_intents.cancel(intent).to_dict()

    def refund(self, intent: str, key: str | None = None, **params: Any) -> Any:
        """Refund."""
        given: Any = {"payment_intent": intent, **params}
        return self._client.v1.refunds.create(given, {"idempotency_key": key} if key else {}).to_dict()

    def refund_state(self, refund: str) -> str:
        """How a refund stands."""
        return str(self._client.v1.refunds.retrieve(refund).to_dict()["status"])

    def events(self, limit: int = 100) -> list[Any]:
        """Events, newest first."""
        found: list[Any] = self._client.v1.events.list({"limit": limit}).to_dict()["data"]
        return found

    def movement(self, ref: str) -> Any:
        """One movement of the balance."""
        return self._client.v1.balance_transactions.retrieve(ref).to_dict()

    def movements(self, source: str) -> list[Any]:
        """The movements of a charge, refund, dispute, transfer, … , newest first."""
        found: list[Any] = self._client.v1.balance_transactions.list({"source": source}).to_dict()["data"]
        return found

    def charge(self, ref: str) -> Any:
        """One try to pay."""
        return self._client.v1.charges.retrieve(ref).to_dict()

    def disputes(self, intent: str) -> list[Any]:
        """The disputes of an intent, newest first."""
        found: list[Any] = self._client.v1.disputes.list({"payment_intent": intent}).to_dict()["data"]
        return found

    def contest(self, dispute: str, text: str) -> Any:
        """Hand in evidence."""
        return self._client.v1.disputes.update(dispute, {"evidence": {"uncategorized_text": text}}).to_dict()

    def give_in(self, dispute: str) -> Any:
        """Close a dispute as lost."""
        return self._client.v1.disputes.close(dispute).to_dict()

    def transfer(self, amount: int, destination: str = "acct_1Qiaojiejie", **params: Any) -> Any:
        """Pay a connected account."""
        given: Any = {"amount": amount, "currency": "cny", "destination": destination, **params}
        return self._client.v1.transfers.create(given).to_dict()

    def take_back(self, transfer: str, **params: Any) -> Any:
        """Reverse a transfer."""
        given: Any = params
        return self._client.v1.transfers.reversals.create(transfer, given).to_dict()

    def look_at_transfer(self, ref: str) -> Any:
        """One transfer."""
        return self._client.v1.transfers.retrieve(ref).to_dict()

    def sweep(self, amount: int) -> Any:
        """Have some of the balance sent to the bank."""
        return self._client.v1.payouts.create({"amount": amount, "currency": "cny"}).to_dict()

    def look_at_payout(self, ref: str) -> Any:
        """One payout."""
        return self._client.v1.payouts.retrieve(ref).to_dict()
