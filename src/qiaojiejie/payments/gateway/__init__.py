"""Stripe. The one place that imports its library; everything it says leaves here as plain values.

Opaque ids and amounts are all Stripe is told. At most ``MOST_CALLS`` calls run at once in a process, so that a hanging
Stripe can't take every thread.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import structlog
from flask import Flask, current_app

from qiaojiejie.core import cities
from qiaojiejie.core.config import Config
from qiaojiejie.payments.errors import BadEvent, BadSignature, PaymentRefused, StripeBroke, StripeDown
from qiaojiejie.payments.gateway.disputes import DisputeVerbs
from qiaojiejie.payments.gateway.places import Places

if TYPE_CHECKING:
    import stripe

log = structlog.get_logger()

API_VERSION = "2026-10-28.endive"
CURRENCY = "cny"
T = TypeVar("T")
METHODS = ("card", "alipay", "wechat_pay")
#: half of the threads of a web or job process: the other half goes on serving while Stripe hangs
MOST_CALLS = 2
#: seconds a webhook may be old, and may be ahead of our clock
SIGNATURE_AGE, SIGNATURE_AHEAD = 300, 60


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent: amount in fen; ``payment`` is our row's id as Stripe was told it."""

    id: str
    status: str
    amount: int
    currency: str
    payment: UUID | None
    client_secret: str | None
    charge: str | None
    decline_code: str | None
    #: {"type": redirect|qr_code, "url", "image"}, or None
    action: dict[str, Any] | None
    #: the method the action belongs to, or None
    action_method: str | None


@dataclass(frozen=True)
class GivenBack:
    """A Refund: amount in fen; ``refund`` is our row's id as Stripe was told it."""

    id: str
    status: str
    amount: int
    intent: str
    refund: UUID | None
    failure: str | None


@dataclass(frozen=True)
class Event:
    """A webhook event: what it says of the object is not believed, only that the object is worth a look."""

    id: str
    type: str
    object_id: str


class Gateway(DisputeVerbs):
    """Stripe behind few verbs. Each raises StripeDown, StripeBroke (a 5xx came) or PaymentRefused (a 4xx came)."""

    def __init__(self, *, api_key: str, api_base: str, webhook_secrets: tuple[str, ...], public_url: str,
                 retries: int = 2) -> None:
        """``api_base``: another address than Stripe's own, for all four of its services; "" for Stripe's."""
        self._api_key, self._api_base, self._retries = api_key, api_base, retries
        self._secrets, self._public_url = webhook_secrets, public_url
        self._places = Places(MOST_CALLS)

    @cached_property
    def _client(self) -> "stripe.StripeClient":  # type: ignore[override]
        import stripe

        bases: Any = dict.fromkeys(("api", "connect", "files", "meter_events"), self._api_base)
        return stripe.StripeClient(
            self._api_key, stripe_version=API_VERSION, base_addresses=bases if self._api_base else None,
            max_network_retries=self._retries, http_client=self._wire)

    @cached_property
    def _wire(self) -> "stripe.RequestsClient":
        import stripe

        return stripe.RequestsClient(timeout=(2, 10))

    def close(self) -> None:
        """End this thread's connections."""
        if "_wire" in vars(self):
            self._wire.close()

    def create(self, *, key: str, payment: UUID, booking: UUID | None, amount: int) -> Intent:
        """An intent of ``amount`` fen that any method of ours may pay; the same ``key`` gives the same intent."""
        params: Any = {"amount": amount, "currency": CURRENCY, "allowed_payment_method_types": list(METHODS),
                       "metadata": {"payment": str(payment), **({"booking": str(booking)} if booking else {})}}
        with self._calling():
            return _intent(self._client.v1.payment_intents.create(params, {"idempotency_key": key}).to_dict())

    def confirm(self, intent_id: str, *, key: str, method: str, booking: UUID | None) -> Intent:
        """Ask a wallet for the money: the intent then has the action the family takes."""
        params: Any = {"payment_method_data": {"type": method}, "return_url":
                       f"{cities.address(self._public_url)}/#/{f'b/{booking}' if booking else 'cards'}"}
        if method == "wechat_pay":
            params["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        with self._calling():
            made = self._client.v1.payment_intents.confirm(intent_id, params, {"idempotency_key": key})
            return _intent(made.to_dict())

    def retrieve(self, intent_id: str) -> Intent:
        """How an intent stands."""
        with self._calling():
            return _intent(self._client.v1.payment_intents.retrieve(intent_id).to_dict())

    def find(self, intent_id: str) -> Intent | None:
        """How an intent stands, or None when our account has none of that id."""
        return _unless_missing(lambda: self.retrieve(intent_id))

    def cancel(self, intent_id: str) -> Intent:
        """Have an intent never paid; how it stands then, which may be ``succeeded`` when that came first."""
        try:
            with self._calling():
                return _intent(self._client.v1.payment_intents.cancel(intent_id).to_dict())
        except PaymentRefused as refused:
            if refused.params["code"] != "payment_intent_unexpected_state":
                raise
            return self.retrieve(intent_id)

    def give_back(self, intent_id: str, *, key: str, refund: UUID, amount: int) -> GivenBack:
        """Refund ``amount`` fen of an intent; the same ``key`` refunds once."""
        params: Any = {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": str(refund)}}
        with self._calling():
            return _given_back(self._client.v1.refunds.create(params, {"idempotency_key": key}).to_dict())

    def find_refund(self, intent_id: str, refund: UUID) -> GivenBack | None:
        """The refund Stripe made for our row, if any; to be asked before a second key is used for it."""
        with self._calling():
            listed = self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100}).to_dict()
        return next((found for found in map(_given_back, listed["data"]) if found.refund == refund), None)

    def retrieve_refund(self, refund_id: str) -> GivenBack:
        """How a refund stands."""
        with self._calling():
            return _given_back(self._client.v1.refunds.retrieve(refund_id).to_dict())

    def read_event(self, body: bytes, signature: str) -> Event:
        """The event in a webhook's raw body. Raises BadSignature or BadEvent."""
        try:
            text = body.decode()
        except UnicodeDecodeError as broken:
            raise BadEvent() from broken
        if not signature.isascii() or not any(_signed(text, signature, secret) for secret in self._secrets):
            raise BadSignature()
        return _event(text)

    def find_given_back(self, refund_id: str) -> GivenBack | None:
        """How a refund stands, or None when our account has none of that id."""
        return _unless_missing(lambda: self.retrieve_refund(refund_id))

    def ask(self, call: "Callable[[stripe.StripeClient], Any]") -> dict[str, Any]:
        """What Stripe answers a room's own ``call`` of its client, as plain values; its errors get our names."""
        with self._calling():
            answer: dict[str, Any] = call(self._client).to_dict()
            return answer

    @contextmanager
    def _calling(self) -> Iterator[None]:
        """Take one of the places and give Stripe's errors our names."""
        import stripe

        place = self._places.take()
        if place is None:
            raise StripeDown(retry_after=5)
        try:
            yield
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            log.warning("stripe refused", code=refused.code, request=refused.request_id)
            raise PaymentRefused(code=refused.code or "invalid_request") from refused
        except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError,
                stripe.PermissionError) as down:
            log.warning("stripe down", error=type(down).__name__, request=down.request_id)
            raise StripeDown(retry_after=5) from down
        except stripe.StripeError as broke:
            log.warning("stripe broke", error=type(broke).__name__, status=broke.http_status)
            if broke.http_status in (409, 503):
                raise StripeDown(retry_after=2) from broke
            raise StripeBroke(retry_after=2) from broke
        finally:
            self._places.leave(place)


def _unless_missing(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except PaymentRefused as refused:
        if refused.params["code"] != "resource_missing":
            raise
        return None


def _signed(text: str, signature: str, secret: str) -> bool:
    """Whether one secret signed it lately. By the real clock, not the demo's: the signature is the wire's."""
    import stripe

    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=SIGNATURE_AGE)
    except stripe.SignatureVerificationError:
        return False
    at = dict(part.split("=", 1) for part in signature.split(",") if "=" in part).get("t", "")
    return at.isdecimal() and int(at) <= time.time() + SIGNATURE_AHEAD


def _event(text: str) -> Event:
    try:
        raw = json.loads(text)
        found = Event(raw["id"], raw["type"], raw["data"]["object"]["id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise BadEvent() from broken
    if not all(isinstance(value, str) and 0 < len(value) <= 255 and "\x00" not in value
               for value in (found.id, found.type, found.object_id)):
        raise BadEvent()
    return found


def _ours(raw: dict[str, Any], name: str) -> UUID | None:
    try:
        return UUID((raw.get("metadata") or {})[name])
    except (KeyError, ValueError):
        return None


def _intent(raw: dict[str, Any]) -> Intent:
    failed = raw.get("last_payment_error") or {}
    method, action = _action(raw.get("next_action") or {})
    return Intent(raw["id"], raw["status"], raw["amount"], raw["currency"], _ours(raw, "payment"),
                  raw.get("client_secret"), raw.get("latest_charge"), failed.get("decline_code") or failed.get("code"),
                  action, method)


_ACTIONS: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "alipay_handle_redirect": ("alipay", lambda raw: {"type": "redirect", "url": raw["url"], "image": None}),
    "redirect_to_url": ("card", lambda raw: {"type": "redirect", "url": raw["url"], "image": None}),
    "wechat_pay_display_qr_code": (
        "wechat_pay", lambda raw: {"type": "qr_code", "url": raw["data"], "image": raw["image_url_svg"]}),
}


def _action(raw: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    kind = raw.get("type", "")
    if kind not in _ACTIONS:
        return None, None
    method, read = _ACTIONS[kind]
    return method, read(raw[kind])


def _given_back(raw: dict[str, Any]) -> GivenBack:
    return GivenBack(raw["id"], raw["status"], raw["amount"], raw["payment_intent"], _ours(raw, "refund"),
                     raw.get("failure_reason"))


def init_app(app: Flask, config: Config) -> None:
    """Give the app its gateway, and one to each city's own account."""
    accounts = (("", config.stripe_api_key, config.stripe_webhook_secrets), *config.stripe_of_cities)
    made = {code: Gateway(api_key=key, api_base=config.stripe_api_base, webhook_secrets=secrets,
                          public_url=config.public_url) for code, key, secrets in accounts}
    app.extensions.update(stripe_gateway=made.pop(""), stripe_of_cities=made)


def gateway() -> Gateway:
    """The running app's gateway, to the account of the city we are in."""
    city, shared = cities.here(), current_app.extensions["stripe_gateway"]
    found: Gateway = current_app.extensions["stripe_of_cities"].get(city.code, shared) if city else shared
    return found
