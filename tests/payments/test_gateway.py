"""The gateway's bulkhead, and what it leaves of Stripe's words."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from qiaojiejie.core import ids
from qiaojiejie.payments.errors import PaymentRefused, StripeDown
from qiaojiejie.payments.gateway import MOST_CALLS, Gateway, Intent
from tests.stripe_sandbox import SECRET, StripeSandbox


def at(sandbox: StripeSandbox, retries: int = 0) -> Gateway:
    """A gateway at the stand-in."""
    return Gateway(api_key="sk_test", api_base=sandbox.url, webhook_secrets=(SECRET,), public_url="http://localhost",
                   retries=retries)


def an_intent(gateway: Gateway) -> Intent:
    """An intent of ten yuan."""
    return gateway.create(key=str(ids.new()), payment=ids.new(), booking=ids.new(), amount=1000)


def test_a_hanging_stripe_takes_only_so_many_threads(stripe_sandbox: StripeSandbox) -> None:
    gateway = at(stripe_sandbox)
    intent = an_intent(gateway).id
    stripe_sandbox.control(hang=2.5, times=MOST_CALLS)
    with ThreadPoolExecutor(MOST_CALLS) as pool:
        hanging = [pool.submit(gateway.retrieve, intent) for _ in range(MOST_CALLS)]
        time.sleep(0.3)
        began = time.monotonic()
        with pytest.raises(StripeDown):
            gateway.retrieve(intent)
        assert time.monotonic() - began < 1.5
        assert all(call.result().id == intent for call in hanging)
    assert gateway.retrieve(intent).id == intent


def test_cancelling_what_was_paid_says_that_it_was_paid(stripe_sandbox: StripeSandbox) -> None:
    gateway = at(stripe_sandbox)
    intent = an_intent(gateway).id
    stripe_sandbox.act(intent)
    assert gateway.cancel(intent).status == "succeeded"


def test_an_unknown_intent_is_none_and_a_refusal_carries_stripes_code(stripe_sandbox: StripeSandbox) -> None:
    gateway = at(stripe_sandbox)
    assert gateway.find("pi_nobody") is None and gateway.find_given_back("re_nobody") is None
    with pytest.raises(PaymentRefused) as refused:
        gateway.retrieve("pi_nobody")
    assert refused.value.params == {"code": "resource_missing"}


def test_the_refund_of_a_row_is_found_among_an_intents(stripe_sandbox: StripeSandbox) -> None:
    gateway = at(stripe_sandbox)
    intent, ours = an_intent(gateway).id, ids.new()
    stripe_sandbox.act(intent)
    gateway.give_back(intent, key="part-of-" + intent, refund=ids.new(), amount=100)
    assert gateway.find_refund(intent, ours) is None
    made = gateway.give_back(intent, key=str(ours), refund=ours, amount=200)
    assert gateway.find_refund(intent, ours) is not None and made.refund == ours and made.amount == 200
