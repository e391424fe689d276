"""Stripe's addresses, and the control endpoint."""

from flask import Blueprint, Response, request

from qiaojiejie.sandbox.stripe.frame import answer, as_json, desk
from qiaojiejie.sandbox.stripe.refusals import invalid, missing
from qiaojiejie.sandbox.stripe.state import Object

api = Blueprint("stripe", __name__)


def _page(kind: str, url: str, given: Object, *filters: str) -> Object:
    """Newest first, of the time ``created``; ``filters``: the parameter that names their parent, where one is given."""
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("This value must be between 1 and 100.", param="limit")
    taken = set(given) - {"limit", "starting_after", "created", *filters}
    if taken:
        raise invalid(f"The stand-in does not filter by {sorted(taken)[0]}.", param=sorted(taken)[0])
    parent = next((given[name] for name in filters if name in given), "")
    created = given.get("created")
    found = desk().state.newest(kind, parent=parent, after=given.get("starting_after", ""), limit=limit + 1,
                                created={"gte": created, "lte": created} if isinstance(created, int) else created)
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
    return answer("refund.list", lambda given: _page("refund", request.path, given, "payment_intent"))


@api.post("/v1/refunds")
def create_refund() -> Response:
    """Give money back."""
    return answer("refund.create", lambda given: desk().money.create_refund(given))


@api.get("/v1/refunds/<ref>")
def retrieve_refund(ref: str) -> Response:
    """One refund, settled when its time has come."""
    desk().money.settle_due()
    return answer("refund.retrieve", lambda given: desk().money.refund(ref))


@api.get("/v1/charges/<ref>")
def retrieve_charge(ref: str) -> Response:
    """One charge: a try to pay, good or not."""
    return answer("charge.retrieve", lambda given: desk().money.charge(ref))


@api.get("/v1/balance_transactions")
def list_balance() -> Response:
    """Newest first; of one source where ``source`` is given, with their sources whole where ``expand`` says so."""
    desk().money.settle_due()
    return answer("balance.list", _statement)


def _statement(given: Object) -> Object:
    expand = given.pop("expand", [])
    if set(expand) - {"data.source"}:
        raise invalid("The stand-in expands data.source alone.", param="expand")
    page = _page("balance_transaction", request.path, given, "source")
    if expand:
        page["data"] = [{**each, "source": desk().state.any(each["source"]) or each["source"]} for each in page["data"]]
    return page


@api.get("/v1/balance_transactions/<ref>")
def retrieve_balance(ref: str) -> Response:
    """One movement of the balance."""
    return answer("balance.retrieve", lambda given: desk().balance.get(ref))


@api.get("/v1/disputes")
def list_disputes() -> Response:
    """Newest first; of one intent where ``payment_intent`` is given."""
    return answer("dispute.list", lambda given: _page("dispute", request.path, given, "payment_intent"))


@api.get("/v1/disputes/<ref>")
def retrieve_dispute(ref: str) -> Response:
    """One dispute."""
    return answer("dispute.retrieve", lambda given: desk().disputes.get(ref))


@api.post("/v1/disputes/<ref>")
def update_dispute(ref: str) -> Response:
    """Give evidence; handed in (``submit``), the bank looks at it."""
    return answer("dispute.update", lambda given: desk().disputes.update(desk().disputes.get(ref), given))


@api.post("/v1/disputes/<ref>/close")
def close_dispute(ref: str) -> Response:
    """Give in: lost."""
    return answer("dispute.close", lambda given: desk().disputes.close(desk().disputes.get(ref)))


@api.get("/v1/transfers")
def list_transfers() -> Response:
    """Newest first; of one group where ``transfer_group`` is given."""
    return answer("transfer.list", lambda given: _page("transfer", request.path, given, "transfer_group"))


@api.post("/v1/transfers")
def create_transfer() -> Response:
    """Pay a connected account."""
    return answer("transfer.create", lambda given: desk().transfers.create(given))


@api.get("/v1/transfers/<ref>")
def retrieve_transfer(ref: str) -> Response:
    """One transfer."""
    return answer("transfer.retrieve", lambda given: desk().transfers.get(ref))


@api.post("/v1/transfers/<ref>/reversals")
def reverse_transfer(ref: str) -> Response:
    """Take a transfer back, whole or in part."""
    return answer("transfer.reverse", lambda given: desk().transfers.reverse(desk().transfers.get(ref), given))


@api.post("/v1/payouts")
def create_payout() -> Response:
    """Send some of the balance to the account's own bank."""
    return answer("payout.create", lambda given: desk().payouts.create(given))


@api.get("/v1/payouts/<ref>")
def retrieve_payout(ref: str) -> Response:
    """One payout."""
    return answer("payout.retrieve", lambda given: desk().payouts.get(ref))


@api.post("/_control/payouts/<ref>/fail")
def fail_payout(ref: str) -> Response:
    """What the account's own bank does: not take a payout."""
    with desk().state.changing():
        return as_json(desk().payouts.fail(desk().payouts.get(ref)))


@api.post("/_control/disputes")
def open_dispute() -> Response:
    """What a cardholder's bank does: dispute the charge of an intent, ``{"payment_intent": "pi_…"}``."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("payment_intent"), str):
        raise invalid("/_control/disputes takes {payment_intent}")
    money = desk().money
    with desk().state.changing():
        charge = money.charge(money.intent(given["payment_intent"])["latest_charge"] or "")
        return as_json(desk().disputes.open(charge))


@api.post("/_control/disputes/<ref>/<verdict>")
def decide_dispute(ref: str, verdict: str) -> Response:
    """What a cardholder's bank does: decide a dispute, ``won`` or ``lost`` for us."""
    with desk().state.changing():
        return as_json(desk().disputes.decide(desk().disputes.get(ref), verdict))


@api.get("/v1/events")
def list_events() -> Response:
    """Newest first; of one type where ``type`` is given."""
    desk().money.settle_due()
    return answer("event.list", lambda given: _page("event", request.path, given, "type"))


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
    return as_json(desk().faults.set(given))


@api.get("/_control/requests")
def requests_so_far() -> Response:
    """Every request under /v1 so far, with its parameters."""
    return as_json(desk().state.requests())


@api.get("/healthz")
def healthz() -> Response:
    """Whether it is up."""
    return as_json({"status": "ok"})
