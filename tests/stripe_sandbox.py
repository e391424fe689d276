"""The stand-in for Stripe, running, and a test's hands on it: break it, pay at it, carry its webhooks."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from flask import json
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from qiaojiejie.sandbox.stripe.courier import signature
from qiaojiejie.sandbox.stripe.server import create_app

SECRET = "whsec_demo"
JSON = {"Accept": "application/json"}


class StripeSandbox:
    """A running stand-in at ``url``; it tells nobody of events, so a test decides what is heard and when."""

    def __init__(self, url: str) -> None:
        self.url, self._session = url, requests.Session()
        self._session.headers["Authorization"] = "Bearer sk_test_demo"

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def control(self, **faults: float) -> None:
        """Break so from now on; without faults: behave."""
        assert self._session.post(f"{self.url}/_control", json={"refund_delay": 0, **faults}).ok

    def act(self, intent: str, action: str = "pay") -> requests.Response:
        """What the payer presses on the pay page: pay, decline or expire."""
        return self._session.post(f"{self.url}/pay/{intent}/{action}", headers=JSON)

    def get(self, path: str, **query: Any) -> Any:
        """An answer of the API."""
        found = self._session.get(f"{self.url}{path}", params=query)
        assert found.ok, found.text
        return found.json()

    def cancel(self, intent: str) -> requests.Response:
        """Cancel an intent from outside the service."""
        return self._session.post(f"{self.url}/v1/payment_intents/{intent}/cancel")

    def give_back(self, intent: str) -> None:
        """Refund an intent in full from outside the service."""
        assert self._session.post(f"{self.url}/v1/refunds", data={"payment_intent": intent}).ok

    def dispute(self, intent: str) -> requests.Response:
        """What a cardholder's bank does: dispute an intent's charge."""
        return self._session.post(f"{self.url}/_control/disputes", json={"payment_intent": intent})

    def decide(self, dispute: str, verdict: str) -> None:
        """What a cardholder's bank does in the end: ``won`` or ``lost`` for us."""
        assert self._session.post(f"{self.url}/_control/disputes/{dispute}/{verdict}").ok

    def fail_payout(self, payout: str) -> None:
        """What our own bank does: not take what Stripe sends it."""
        assert self._session.post(f"{self.url}/_control/payouts/{payout}/fail").ok

    def contest(self, dispute: str, text: str) -> None:
        """Hand evidence in from outside the service."""
        assert self._session.post(f"{self.url}/v1/disputes/{dispute}", data={"evidence[uncategorized_text]": text}).ok

    def refunds(self, intent: str) -> list[dict[str, Any]]:
        """An intent's refunds at Stripe, newest first."""
        found: list[dict[str, Any]] = self.get("/v1/refunds", payment_intent=intent)["data"]
        return found

    def events(self, intent: str) -> list[dict[str, Any]]:
        """Events about an intent and its refunds, in order."""
        self.get("/v1/refunds", payment_intent=intent)
        newest = self.get("/v1/events", limit=100)["data"]
        return [event for event in reversed(newest) if event["data"]["object"]["object"] != "charge"
                and intent in (event["data"]["object"]["id"], event["data"]["object"].get("payment_intent"))]

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far."""
        found: list[dict[str, Any]] = self.get("/_control/requests")
        return found

    @staticmethod
    def deliver(client: FlaskClient, event: dict[str, Any], **signing: Any) -> Any:
        """Post an event to the service as Stripe would."""
        body = json.dumps(event).encode()
        at = signing.get("at", int(time.time()))
        headers = {"Stripe-Signature": signature(body, signing.get("secret", SECRET), at)}
        return client.post("/api/v1/webhooks/stripe", data=body, headers=headers, content_type="application/json")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(folder: Path) -> Iterator[StripeSandbox]:
    """A stand-in over real HTTP in a thread of its own, its state in ``folder``."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(str(folder / "stripe.sqlite"), webhook_url="", webhook_secret=SECRET, public_url=url)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    sandbox = StripeSandbox(url)
    try:
        yield sandbox
    finally:
        sandbox.close()
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        app.extensions["courier"].stop()
