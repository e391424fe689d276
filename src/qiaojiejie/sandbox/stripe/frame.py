"""What every request to Stripe goes through: authentication, faults, parameters, idempotency, answers."""

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request

from qiaojiejie.sandbox.stripe import params
from qiaojiejie.sandbox.stripe.balance import Balance
from qiaojiejie.sandbox.stripe.courier import Courier
from qiaojiejie.sandbox.stripe.disputes import Disputes
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.faults import Faults
from qiaojiejie.sandbox.stripe.money import Money
from qiaojiejie.sandbox.stripe.payouts import Payouts
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal
from qiaojiejie.sandbox.stripe.state import Object, State, new_id
from qiaojiejie.sandbox.stripe.transfers import Transfers


class Desk:
    """What the routes work with."""

    def __init__(self, path: str, *, webhook_url: str, webhook_secret: str, public_url: str) -> None:
        self.state = State(path)
        self.faults = Faults(self.state)
        self.events = Events(self.state, self.faults, told=bool(webhook_url))
        self.balance = Balance(self.state)
        self.disputes = Disputes(self.state, self.events, self.balance)
        self.money = Money(self.state, self.events, self.faults, self.balance, self.disputes, public_url)
        self.transfers = Transfers(self.state, self.events, self.balance)
        self.payouts = Payouts(self.state, self.events, self.balance)
        self.courier = Courier(self.state, self.money, url=webhook_url, secret=webhook_secret)
        self.busy: set[str] = set()
        self.lock = threading.Lock()


def desk() -> Desk:
    """The running app's desk."""
    found: Desk = current_app.extensions["desk"]
    return found


def as_json(body: Any, status: int = 200) -> Response:
    """An answer with a request id."""
    answer = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json")
    answer.headers["Request-Id"] = new_id("req")
    return answer


def answer(kind: str, work: Callable[[Object], Object]) -> Response:
    """Check who asks and what; break where told to; do the work once per idempotency key."""
    body = request.get_data(as_text=True)
    raw = params.nested((request.form if request.method == "POST" else request.args).items(multi=True))
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    lost = False
    try:
        lost = _before_work()
        made = _once(kind, raw, key, work) if request.method == "POST" else as_json(work(params.check(kind, raw)))
    except StripeRefusal as refusal:
        made = as_json(refusal.body, refusal.status)
    desk().state.log_request({
        "method": request.method, "path": request.path, "headers": _headers(), "body": body,
        "params": raw, "key": key, "status": made.status_code})
    if lost:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return made


def _headers() -> dict[str, str]:
    """The request's headers but for the key it is let in with."""
    return {name: value.encode("latin-1").decode("utf-8", "replace")
            for name, value in request.headers.items() if name != "Authorization"}


def _before_work() -> bool:
    """Refuse whoever brings no key, break where told to; whether the answer is to be lost."""
    if not request.headers.get("Authorization", "").startswith("Bearer sk_"):
        raise StripeRefusal(401, "invalid_request_error", "You did not provide an API key.")
    faults = desk().faults
    time.sleep(faults.pause())
    if faults.strike("rate_limit"):
        raise StripeRefusal(429, "invalid_request_error", "Too many requests hit the API too quickly.",
                            code="rate_limit")
    if faults.strike("down"):
        raise StripeRefusal(503, "api_error", "Stripe is down (as told).")
    return faults.strike("lose_answer")


def _once(kind: str, raw: Object, key: str, work: Callable[[Object], Object]) -> Response:
    digest = hashlib.sha256(json.dumps([request.path, raw], sort_keys=True).encode()).hexdigest()
    with desk().lock:
        if key and key in desk().busy:
            raise StripeRefusal(409, "idempotency_error", "There is currently another in-progress request using this"
                                " Idempotent Key.", code="idempotency_key_in_use")
        desk().busy.add(key)
    try:
        return _replayed(key, digest) or _first_time(kind, raw, key, digest, work)
    finally:
        with desk().lock:
            desk().busy.discard(key)


def _replayed(key: str, digest: str) -> Response | None:
    row = desk().state.connection().execute("SELECT * FROM answer WHERE key = ?", (key,)).fetchone() if key else None
    if row is None:
        return None
    if row["hash"] != digest:
        raise StripeRefusal(400, "idempotency_error", "Keys for idempotent requests can only be used with the same"
                            f" parameters they were first used with. Try using a key other than '{key}'.")
    made = as_json(json.loads(row["body"]), row["status"])
    made.headers["Idempotent-Replayed"] = "true"
    if row["status"] >= 500:
        made.headers["Stripe-Should-Retry"] = "false"
    return made


def _first_time(kind: str, raw: Object, key: str, digest: str, work: Callable[[Object], Object]) -> Response:
    given = params.check(kind, raw)
    state = desk().state
    with state.changing() as connection:
        if desk().faults.strike("fail_before"):
            status, body = 500, {"error": {"type": "api_error", "message": "An unknown error occurred (as told)."}}
        else:
            status, body = _work(given, work)
        if key:
            connection.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", (key, digest, status, json.dumps(body)))
    return as_json(body, status)


def _work(given: Object, work: Callable[[Object], Object]) -> tuple[int, Object]:
    try:
        return 200, work(given)
    except StripeRefusal as refusal:
        if not refusal.stored:
            raise
        return refusal.status, refusal.body
