"""Stripe's HTTP: authentication, parameters, idempotency, answers; and the control endpoint."""

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request

from qiaojiejie.sandbox.stripe import pages, params
from qiaojiejie.sandbox.stripe.courier import Courier
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.faults import Faults
from qiaojiejie.sandbox.stripe.money import Money
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal, invalid, missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

api = Blueprint("stripe", __name__)


class Desk:
    """What the routes work with."""

    def __init__(self, path: str, *, webhook_url: str, webhook_secret: str, public_url: str) -> None:
        self.state = State(path)
        self.faults = Faults(self.state)
        self.events = Events(self.state, self.faults, told=bool(webhook_url))
        self.money = Money(self.state, self.events, self.faults, public_url)
        self.courier = Courier(self.state, self.money, url=webhook_url, secret=webhook_secret)
        self.busy: set[str] = set()
        self.lock = threading.Lock()


def desk() -> Desk:
    """The running app's desk."""
    found: Desk = current_app.extensions["desk"]
    return found


def create_app(path: str, *, webhook_url: str, webhook_secret: str, public_url: str) -> Flask:
    """The stand-in as a Flask app, its courier started. ``path``: the SQLite file."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    made = Desk(path, webhook_url=webhook_url, webhook_secret=webhook_secret, public_url=public_url)
    app.extensions.update(desk=made, courier=made.courier)
    app.register_blueprint(api)
    app.register_blueprint(pages.pages(made.money, made.state))
    app.register_error_handler(StripeRefusal, lambda refusal: _json(refusal.body, refusal.status))
    app.teardown_appcontext(lambda _: made.state.close())
    made.courier.start()
    return app


def _json(body: Any, status: int = 200) -> Response:
    answer = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json")
    answer.headers["Request-Id"] = new_id("req")
    return answer


def answer(kind: str, work: Callable[[Object], Object]) -> Response:
    """Check who asks and what; break where told to; do the work once per idempotency key."""
    if not request.headers.get("Authorization", "").startswith("Bearer sk_"):
        raise StripeRefusal(401, "invalid_request_error", "You did not provide an API key.")
    raw = params.nested((request.form if request.method == "POST" else request.args).items(multi=True))
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    lost = _faults_first()
    try:
        made = _once(kind, raw, key, work) if request.method == "POST" else _json(work(params.check(kind, raw)))
    except StripeRefusal as refusal:
        made = _json(refusal.body, refusal.status)
    desk().state.log_request(request.method, request.path, raw, key, made.status_code)
    if lost:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return made


def _faults_first() -> bool:
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
    made = _json(json.loads(row["body"]), row["status"])
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
    return _json(body, status)


def _work(given: Object, work: Callable[[Object], Object]) -> tuple[int, Object]:
    try:
        return 200, work(given)
    except StripeRefusal as refusal:
        if not refusal.stored:
            raise
        return refusal.status, refusal.body


def _page(kind: str, url: str, given: Object, parent: str = "") -> Object:
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("This value must be between 1 and 100.", param="limit")
    taken = set(given) - {"limit", "starting_after", "payment_intent", "type"}
    if taken:
        raise invalid(f"The stand-in does not filter by {sorted(taken)[0]}.", param=sorted(taken)[0])
    found = desk().state.newest(kind, parent=parent, after=given.get("starting_after", ""), limit=limit + 1)
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}


@api.get("/v1/payment_intents")
def list_intents() -> Response:
    """Newest first."""
    return answer("intent.list", lambda given: _page("payment_intent", request.path, given))


@api.post("/v1/payment_intents")
def create_intent() -> Response:
    """A new intent."""
    return answer("intent.create", lambda given: desk().money.create(given))


@api.get("/v1/payment_intents/<ref>")
def retrieve_intent(ref: str) -> Response:
    """One intent."""
    return answer("intent.retrieve", lambda given: desk().money.intent(ref))


@api.post("/v1/payment_intents/<ref>/confirm")
def confirm_intent(ref: str) -> Response:
    """Try to pay."""
    return answer("intent.confirm", lambda given: desk().money.confirm(desk().money.intent(ref), given))


@api.post("/v1/payment_intents/<ref>/cancel")
def cancel_intent(ref: str) -> Response:
    """Never to be paid."""
    return answer("intent.cancel", lambda given: desk().money.cancel(desk().money.intent(ref),
                                                                     given.get("cancellation_reason")))


@api.get("/v1/refunds")
def list_refunds() -> Response:
    """Newest first; of one intent where ``payment_intent`` is given."""
    return answer("refund.list", lambda given: _page("refund", request.path, given, given.get("payment_intent", "")))


@api.post("/v1/refunds")
def create_refund() -> Response:
    """Give money back."""
    return answer("refund.create", lambda given: desk().money.create_refund(given))


@api.get("/v1/refunds/<ref>")
def retrieve_refund(ref: str) -> Response:
    """One refund, settled when its time has come."""
    desk().money.settle_due()
    return answer("refund.retrieve", lambda given: desk().money.refund(ref))


@api.get("/v1/events")
def list_events() -> Response:
    """Newest first; of one type where ``type`` is given."""
    desk().money.settle_due()
    return answer("event.list", lambda given: _page("event", request.path, given, given.get("type", "")))


@api.get("/v1/events/<ref>")
def retrieve_event(ref: str) -> Response:
    """One event."""

    def find(given: Object) -> Object:
        found = desk().state.find(ref, "event")
        if found is None:
            raise missing("event", ref)
        return found

    return answer("event.retrieve", find)


@api.post("/_control")
def control() -> Response:
    """How to break from now on (``faults.DEFAULTS``); what is not named is put right."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise invalid("/_control takes a JSON object")
    return _json(desk().faults.set(given))


@api.get("/_control/requests")
def requests_so_far() -> Response:
    """Every request under /v1 so far, with its parameters."""
    return _json(desk().state.requests())


@api.get("/healthz")
def healthz() -> Response:
    """Whether it is up."""
    return _json({"status": "ok"})
