"""Paying for a booking over HTTP, against the stand-in for Stripe and the real library."""

import itertools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.payments.gateway import Gateway
from qiaojiejie.sandbox.stripe.courier import signature
from tests import factories
from tests.family import Family
from tests.stripe_sandbox import SECRET, StripeSandbox, free_port

Sweep = Callable[[str], None]
TOTAL = 13800


def balances(world: sa.Connection) -> dict[str, int]:
    """Accounts that do not stand at zero, by the first part of their names."""
    db.session.flush()
    rows = world.execute(sa.text("SELECT split_part(account, ':', 1), sum(amount_fen)::int FROM posting GROUP BY 1"))
    return {account: fen for account, fen in rows if fen}


@pytest.mark.parametrize(("method", "kind"), [("card", "redirect"), ("alipay", "redirect"), ("wechat_pay", "qr_code")])
def test_a_family_pays_and_the_booking_is_confirmed(family: Family, world: sa.Connection, method: str,
                                                    kind: str) -> None:
    answer = family.begin(method)
    assert answer.status_code == 201, answer.json
    assert answer.json["state"] == "requires_action" and answer.json["method"] == method
    assert answer.json["amount"] == {"amount": TOTAL, "currency": "CNY", "display": "¥138.00"}
    assert answer.json["next_action"]["type"] == kind
    assert answer.json["next_action"]["url"].endswith(f"/pay/{family.intent()}")
    assert answer.json["client_secret"].startswith(family.intent())
    assert family.state() == "held"
    family.press()
    family.hear()
    assert family.state() == "confirmed"
    assert family.payment()["state"] == "succeeded" and family.payment()["next_action"] is None
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_stripe_is_told_opaque_ids_and_amounts_only(family: Family) -> None:
    family.paid()
    family.cancel(TOTAL)
    family.run_jobs()
    booking, intent = str(family.booking.id), family.intent()
    told = [entry["params"] for entry in family.stripe.requests() if entry["method"] == "POST"
            and (booking in str(entry["params"]) or intent in str(entry["params"]))]
    assert len(told) == 3
    names = {name for params in told for name in params}
    assert names <= {"amount", "currency", "allowed_payment_method_types", "metadata", "payment_method_data",
                     "payment_method_options", "return_url", "payment_intent"}
    assert {name for params in told for name in params.get("metadata", {})} == {"payment", "booking", "refund"}
    assert booking in told[1]["return_url"]


def test_a_declined_family_is_told_once_and_tries_again(family: Family, world: sa.Connection) -> None:
    family.begin("alipay")
    family.press("decline")
    family.hear()
    family.hear()
    assert family.payment()["decline_code"] == "insufficient_funds"
    assert family.state() == "held" and family.notices().count("payment_failed") == 1
    first = family.intent()
    again = family.begin("alipay")
    assert again.status_code == 201 and again.json["next_action"]["type"] == "redirect"
    assert again.json["decline_code"] is None and family.intent() == first
    family.press()
    family.hear()
    assert family.state() == "confirmed" and balances(world)["escrow"] == -TOTAL


def test_a_second_decline_is_told_too(family: Family) -> None:
    for _ in range(2):
        family.begin("wechat_pay")
        family.press("expire")
        family.hear()
    assert family.notices().count("payment_failed") == 2


def test_the_method_may_be_changed_before_paying(family: Family) -> None:
    assert family.begin("alipay").json["next_action"]["type"] == "redirect"
    intent = family.intent()
    changed = family.begin("wechat_pay")
    assert changed.json["next_action"]["type"] == "qr_code" and changed.json["method"] == "wechat_pay"
    assert family.intent() == intent


def test_asking_again_takes_up_the_same_payment(family: Family, world: sa.Connection) -> None:
    first, again = family.begin(), family.begin()
    assert first.json["id"] == again.json["id"] and first.json["next_action"] == again.json["next_action"]
    assert world.execute(sa.text("SELECT count(*) FROM payment")).scalar_one() == 1


def test_one_key_sent_twice_is_answered_alike_and_another_body_is_refused(family: Family) -> None:
    key = {"Idempotency-Key": "pay-1"}
    first, again = family.begin(**key), family.begin(**key)
    assert first.json == again.json and again.headers["Idempotent-Replayed"] == "true"
    assert family.begin("alipay", **key).status_code == 422


def test_only_the_household_pays_and_strangers_find_nothing(family: Family) -> None:
    path = f"/api/v1/bookings/{family.booking.id}/payment"
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    assert family.client.post(path, json={"method": "card"}, headers=stranger).status_code == 404
    firm = factories.headers(factories.manager_of(family.booking.firm), Role.FIRM_MANAGER, family.booking.firm_id)
    assert family.client.post(path, json={"method": "card"}, headers=firm).status_code == 403
    assert family.client.get(path, headers=family.headers).status_code == 404
    family.begin()
    assert family.client.get(path, headers=stranger).status_code == 404
    seen = family.client.get(path, headers=firm).json
    assert seen["state"] == "requires_action" and seen["client_secret"] is None and seen["next_action"] is None


@pytest.mark.parametrize("body", [{}, {"method": "cash"}, {"method": "card", "amount": 1}, {"method": None}])
def test_a_payment_of_another_shape_is_refused(family: Family, body: dict[str, object]) -> None:
    path = f"/api/v1/bookings/{family.booking.id}/payment"
    assert family.client.post(path, json=body, headers=family.headers).status_code == 422


def test_a_paid_booking_is_not_paid_again(family: Family) -> None:
    family.paid()
    assert family.begin().status_code == 409
    assert family.begin().json["code"] == "StepNotPossible"


def test_without_any_webhook_the_reconciler_finds_the_money(family: Family, sweep: Sweep) -> None:
    family.begin()
    family.press()
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        sweep("payments.tasks.reconcile")
        family.run_jobs()
    assert family.state() == "confirmed"


@pytest.mark.parametrize("copies", [1, 3])
def test_a_webhook_heard_often_counts_once(family: Family, world: sa.Connection, copies: int) -> None:
    family.begin()
    family.press()
    for event in family.stripe.events(family.intent()):
        for _ in range(copies):
            assert family.stripe.deliver(family.client, event).status_code == 200
    family.run_jobs()
    assert family.state() == "confirmed" and balances(world)["escrow"] == -TOTAL


def test_events_in_any_order_end_alike(family: Family, world: sa.Connection) -> None:
    family.begin()
    family.press("decline")
    family.begin()
    family.press()
    events = family.stripe.events(family.intent())
    kinds = [event["type"].removeprefix("payment_intent.") for event in events]
    assert kinds == ["created", "requires_action", "payment_failed", "requires_action", "succeeded"]
    for order in itertools.islice(itertools.permutations(events), 0, None, 5):  # every fifth of the 120
        with world.begin_nested() as life:
            for event in order:
                assert family.stripe.deliver(family.client, event).status_code == 200
                family.run_jobs()
            assert family.state() == "confirmed" and balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}
            db.session.expire_all()
            life.rollback()


def test_a_webhook_heard_before_the_intent_was_written_down_finds_its_payment(family: Family, app: Flask,
                                                                              world: sa.Connection) -> None:
    family.begin()
    intent = family.intent()
    world.execute(sa.text("UPDATE payment SET intent_id = NULL, state = 'created'"))
    family.stripe.act(intent)
    for event in family.stripe.events(intent):
        family.stripe.deliver(family.client, event)
    family.run_jobs()
    assert family.state() == "confirmed"


def test_events_about_what_is_not_ours_are_taken_and_change_nothing(family: Family, world: sa.Connection) -> None:
    event = {"id": "evt_1", "type": "customer.created", "data": {"object": {"id": "cus_1"}}}
    assert family.stripe.deliver(family.client, event).status_code == 200
    assert world.execute(sa.text("SELECT handled_at IS NOT NULL FROM webhook_event")).scalar_one()
    gone = {"id": "evt_2", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_foreign"}}}
    assert family.stripe.deliver(family.client, gone).status_code == 200
    assert family.run_jobs() == 1
    assert family.state() == "held"


def test_an_intent_of_another_amount_confirms_nothing(family: Family, world: sa.Connection) -> None:
    family.begin()
    world.execute(sa.text("UPDATE payment SET amount_fen = amount_fen + 1"))
    family.press()
    with pytest.raises(Exception, match="differ"):
        family.hear()
    assert family.state() == "held" and balances(world) == {}
    world.execute(sa.text("DELETE FROM webhook_event"))


EVENT = {"id": "evt_x", "type": "payment_intent.succeeded", "data": {"object": {"id": "cus_x"}}}


@pytest.mark.parametrize(("signing", "status"), [
    ({}, 200), ({"secret": "whsec_other"}, 400), ({"at": -310}, 400), ({"at": -240}, 200), ({"at": 3600}, 400)])
def test_a_signature_must_be_ours_and_of_the_present(client: FlaskClient, stripe_sandbox: StripeSandbox,
                                                     signing: dict[str, Any], status: int) -> None:
    if "at" in signing:
        signing = {"at": int(time.time()) + signing["at"]}
    assert stripe_sandbox.deliver(client, EVENT, **signing).status_code == status


@pytest.mark.parametrize("header", [
    None, "", "t=1", "v1=ab", "t=x,v1=y", "t=1,v1=é", "=,=", "t=99999999999999999999,v1=0"])
def test_a_broken_signature_is_a_plain_refusal(client: FlaskClient, stripe_sandbox: StripeSandbox,
                                               header: str | None) -> None:
    headers = {} if header is None else {"Stripe-Signature": header}
    answer = client.post("/api/v1/webhooks/stripe", data=b"{}", headers=headers)
    assert answer.status_code == 400 and answer.json["code"] == "BadSignature"


def signed(body: bytes) -> dict[str, str]:
    """A right signature for any bytes."""
    return {"Stripe-Signature": signature(body, SECRET, int(time.time()))}


@pytest.mark.parametrize("body", [
    b"\xff\xfe", b"", b"null", b"[]", b"{", b'{"id": 1}', b'{"id": "e", "type": "t", "data": {"object": 5}}',
    b'{"id": "e\\u0000", "type": "t", "data": {"object": {"id": "pi_1"}}}', b"[" * 100_000])
def test_a_signed_body_that_is_no_event_is_a_plain_refusal(client: FlaskClient, stripe_sandbox: StripeSandbox,
                                                           body: bytes) -> None:
    answer = client.post("/api/v1/webhooks/stripe", data=body, headers=signed(body))
    assert answer.status_code == 400, answer.json


def test_a_webhook_of_two_megabytes_is_refused(client: FlaskClient, stripe_sandbox: StripeSandbox) -> None:
    body = b" " * 2**21
    assert client.post("/api/v1/webhooks/stripe", data=body, headers=signed(body)).status_code == 413


def test_while_secrets_change_both_are_good(app: Flask, client: FlaskClient, stripe_sandbox: StripeSandbox) -> None:
    app.extensions["stripe_gateway"] = Gateway(api_key="sk_test", api_base=stripe_sandbox.url, public_url="",
                                               webhook_secrets=("whsec_new", SECRET))
    assert stripe_sandbox.deliver(client, EVENT).status_code == 200
    assert stripe_sandbox.deliver(client, {**EVENT, "id": "evt_y"}, secret="whsec_new").status_code == 200
    assert stripe_sandbox.deliver(client, EVENT, secret="whsec_third").status_code == 400


def test_while_stripe_is_down_the_family_waits_and_the_same_key_resumes(family: Family, world: sa.Connection) -> None:
    family.stripe.control(down=1)
    answer = family.begin(**{"Idempotency-Key": "pay-2"})
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.json["code"] == "StripeDown"
    family.stripe.control()
    resumed = family.begin(**{"Idempotency-Key": "pay-2"})
    assert resumed.status_code == 201 and resumed.json["next_action"]["type"] == "qr_code"
    assert world.execute(sa.text("SELECT count(*) FROM payment")).scalar_one() == 1


def test_a_stripe_nobody_answers_at_is_down(app: Flask, family: Family) -> None:
    pointed = app.extensions["stripe_gateway"]
    app.extensions["stripe_gateway"] = Gateway(api_key="sk", api_base=f"http://127.0.0.1:{free_port()}", retries=0,
                                               webhook_secrets=(SECRET,), public_url="")
    assert family.begin().status_code == 503
    app.extensions["stripe_gateway"] = pointed
    assert family.begin().status_code == 201


def test_too_many_requests_at_stripe_are_a_wait(family: Family) -> None:
    family.stripe.control(rate_limit=1)
    assert family.begin().status_code == 503


def test_an_answer_lost_after_the_work_leaves_one_intent(family: Family) -> None:
    family.stripe.control(lose_answer=1, times=1)
    assert family.begin().status_code == 503
    assert family.begin().status_code == 201
    mine = [intent for intent in family.stripe.get("/v1/payment_intents", limit=100)["data"]
            if intent["metadata"].get("booking") == str(family.booking.id)]
    assert len(mine) == 1
    family.press()
    family.hear()
    assert family.state() == "confirmed"


def test_a_fault_of_stripes_is_stored_under_its_key_so_the_next_try_has_another(family: Family) -> None:
    family.stripe.control(fail_before=1, times=1)
    answer = family.begin()
    assert answer.status_code == 503 and answer.json["code"] == "StripeBroke"
    assert family.begin().status_code == 201
    family.press()
    family.hear()
    assert family.state() == "confirmed"


def test_the_library_itself_tries_again_with_the_same_key(app: Flask, family: Family) -> None:
    app.extensions["stripe_gateway"] = Gateway(api_key="sk_test", api_base=family.stripe.url, webhook_secrets=(SECRET,),
                                               public_url="http://localhost", retries=2)
    family.stripe.control(lose_answer=1, times=1)
    assert family.begin().status_code == 201


def test_a_hold_that_ran_out_unpaid_is_closed_at_stripe_before_it_expires(family: Family, sweep: Sweep) -> None:
    family.begin()
    with clock.frozen(family.booking.expires_at + timedelta(seconds=1)):
        family.stripe.control(down=1)
        sweep("close_overdue")
        with pytest.raises(Exception, match="provider"):
            family.run_jobs()
        assert family.state() == "held"
        family.stripe.control()
        sweep("close_overdue")
        family.run_jobs()
    assert family.state() == "expired" and family.payment()["state"] == "cancelled"
    assert family.stripe.act(family.intent()).status_code == 400


def test_money_that_came_before_the_hold_ran_out_confirms(family: Family, sweep: Sweep) -> None:
    family.begin()
    family.press()
    with clock.frozen(family.booking.expires_at + timedelta(seconds=1)):
        sweep("close_overdue")
        family.run_jobs()
    assert family.state() == "confirmed"


def test_a_begun_payment_without_an_intent_expires_too(family: Family, sweep: Sweep) -> None:
    family.stripe.control(down=1)
    family.begin()
    family.stripe.control()
    with clock.frozen(family.booking.expires_at + timedelta(seconds=1)):
        sweep("close_overdue")
        family.run_jobs()
    assert family.state() == "expired"


def test_a_payment_stripe_never_took_on_does_not_keep_the_hold(family: Family, world: sa.Connection,
                                                               sweep: Sweep) -> None:
    family.stripe.control(down=1)
    assert family.begin().status_code == 503
    family.stripe.control()
    world.execute(sa.text("UPDATE payment SET amount_fen = 100000000"))  # more than Stripe takes
    with clock.frozen(family.booking.expires_at + timedelta(seconds=1)):
        sweep("close_overdue")
        family.run_jobs()
    assert family.state() == "expired" and family.payment()["state"] == "failed"


def test_cancelling_before_paying_closes_the_intent(family: Family) -> None:
    family.begin()
    family.cancel(0)
    family.run_jobs()
    assert family.state() == "cancelled" and family.payment()["state"] == "cancelled"
    assert family.stripe.act(family.intent()).status_code == 400


def test_a_completed_booking_releases_the_firms_part_and_the_platforms(family: Family, world: sa.Connection,
                                                                       sweep: Sweep) -> None:
    family.paid()
    world.execute(sa.text("UPDATE booking SET state = 'served', started_at = confirmed_at, ended_at = confirmed_at"))
    db.session.expire_all()
    with clock.frozen(clock.now() + timedelta(hours=49)):
        sweep("complete_served")
        family.run_jobs()
    assert family.state() == "completed"
    assert balances(world) == {"stripe_clearing": TOTAL, "firm_payable": -(TOTAL - 400), "platform_fee": -400}
