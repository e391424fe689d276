"""Delivers webhooks and settles wallet refunds in a background thread; at least once, with backoff, across restarts."""

import hashlib
import hmac
import logging
import threading
import time

import requests

from qiaojiejie.sandbox.stripe.money import Money
from qiaojiejie.sandbox.stripe.state import State

log = logging.getLogger(__name__)
TURN_SECONDS = 0.05
LONGEST_BACKOFF = 60.0
MOST_TRIES = 40


def signature(payload: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header: ``t=…,v1=HMAC-SHA-256(secret, "t.payload")``."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Courier(threading.Thread):
    """One thread; stop it with ``stop()``."""

    def __init__(self, state: State, money: Money, *, url: str, secret: str) -> None:
        super().__init__(name="stripe-courier", daemon=True)
        self._state, self._money, self._url, self._secret = state, money, url, secret
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Turn after turn until stopped."""
        with requests.Session() as session:
            while not self._stop_asked.wait(TURN_SECONDS):
                self._money.settle_due()
                if self._url:
                    self._deliver_due(session)
        self._state.close()

    def stop(self) -> None:
        """Finish the turn and end."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout=15)

    def _deliver_due(self, session: requests.Session) -> None:
        rows = self._state.connection().execute(
            "SELECT seq, event, tries FROM outbox WHERE sent = 0 AND due <= ? AND tries < ? ORDER BY due LIMIT 20",
            (time.time(), MOST_TRIES)).fetchall()
        for row in rows:
            if self._stop_asked.is_set():
                return
            sent = self._deliver(session, row["event"].encode())
            backoff = min(0.2 * 2 ** min(row["tries"], 20), LONGEST_BACKOFF)
            with self._state.changing() as connection:
                connection.execute("UPDATE outbox SET sent = ?, tries = tries + 1, due = ? WHERE seq = ?",
                                   (int(sent), time.time() + backoff, row["seq"]))

    def _deliver(self, session: requests.Session, payload: bytes) -> bool:
        headers = {"Content-Type": "application/json", "User-Agent": "Stripe/1.0 (stand-in)",
                   "Stripe-Signature": signature(payload, self._secret, int(time.time()))}
        try:
            answer = session.post(self._url, data=payload, headers=headers, timeout=(2, 10))
        except requests.RequestException as error:
            log.info("webhook not delivered: %s", type(error).__name__)
            return False
        return answer.ok
