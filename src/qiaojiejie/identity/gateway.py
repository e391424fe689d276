"""Text messages: to the console in demo, over a signed HTTP request to a provider otherwise."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app

from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.core.secrets import mask_phone
from qiaojiejie.identity import rules

log = structlog.get_logger()

#: seconds to connect, seconds to answer
TIMEOUT = (3.05, 5)


class Sms(Protocol):
    """Whoever carries text messages."""

    def send(self, phone: str, kind: str, params: Mapping[str, str], message_id: str) -> None:
        """Send one message; ``message_id`` sent again is the same message. Raises Unavailable."""


class ConsoleSms:
    """Says in the log that a message would have been sent. Neither the number nor the code is in it."""

    def send(self, phone: str, kind: str, params: Mapping[str, str], message_id: str) -> None:
        """One line in the log."""
        log.info("text message", to=mask_phone(phone), kind=kind, message_id=message_id)


class HttpSms:
    """POSTs ``{"id", "to", "template", "params"}`` to a provider.

    The request carries ``X-Timestamp`` (unix seconds), ``X-Nonce`` and ``X-Signature``: hex HMAC-SHA256 with the
    shared secret over ``timestamp.nonce.body``. ``id`` (also ``Idempotency-Key``) makes a repeated request one message.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret.encode()

    def send(self, phone: str, kind: str, params: Mapping[str, str], message_id: str) -> None:
        """Send; anything but a 2xx answer is Unavailable, to be tried again."""
        import requests

        body = json.dumps({"id": message_id, "to": phone, "template": kind, "params": dict(params)}).encode()
        try:
            answer = requests.post(self._url, data=body, timeout=TIMEOUT, allow_redirects=False,
                                   headers={"Content-Type": "application/json", "Idempotency-Key": message_id,
                                            **self.sign(body)})
        except requests.RequestException as failed:
            # not chained: requests puts the address, and libraries below it may put the body, into their messages
            raise Unavailable() from RuntimeError(type(failed).__name__)
        if not answer.ok or answer.is_redirect:
            log.warning("text message refused", status=answer.status_code, message_id=message_id)
            raise Unavailable()

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that prove a request is ours and new; real time, not the demo's clock."""
        timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
        digest = hmac.new(self._secret, f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256)
        return {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": digest.hexdigest()}


@dataclass(frozen=True)
class Terms:
    """How signing in works here: who carries the codes, how often one may try, and the code itself in demo mode."""

    sms: Sms
    limits: rules.Limits
    fixed_code: str | None


def terms() -> Terms:
    """The terms of the running app."""
    found: Terms = current_app.extensions["sign_in"]
    return found


def init_app(app: Flask, config: Config) -> None:
    """Choose the carrier and the limits. Raises BadSetting when production has no provider."""
    sms = ConsoleSms() if config.demo and config.sms_url == "console" else _provider(config)
    app.extensions["sign_in"] = Terms(
        sms=sms, limits=rules.DEMO_LIMITS if config.demo else rules.LIMITS,
        fixed_code=rules.DEMO_CODE if config.demo else None)


def _provider(config: Config) -> HttpSms:
    address = urlsplit(config.sms_url)
    here = address.hostname in ("localhost", "127.0.0.1", "::1")
    if not address.hostname or address.scheme not in (("http", "https") if here else ("https",)):
        raise BadSetting("SMS_URL must be the https address of a text message provider (or `console`, in demo only)")
    return HttpSms(config.sms_url, config.sms_secret)
