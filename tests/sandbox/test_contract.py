"""The same assertions against the stand-in, always, and against Stripe's own test mode when ``STRIPE_TEST_KEY`` is set.

The account of the key must take CNY by card, Alipay and WeChat Pay.
"""

import os
import uuid
from collections.abc import Iterator

import pytest
import stripe

from tests.sandbox.shop import ALIPAY, CARD, Params, Shop
from tests.stripe_sandbox import StripeSandbox

KEY = os.environ.get("STRIPE_TEST_KEY", "")
WECHAT: Params = {"confirm": True, "payment_method_data": {"type": "wechat_pay"}, "return_url": "http://localhost/",
                  "payment_method_options": {"wechat_pay": {"client": "web"}}}
DISPUTED: Params = {**CARD, "payment_method": "pm_card_createDispute"}
LONG_AGO = "pi_3000000000000000000000"


@pytest.fixture(params=["the stand-in", pytest.param("Stripe's test mode", marks=pytest.mark.skipif(
    not KEY.startswith("sk_test_"), reason="STRIPE_TEST_KEY is not set: Stripe itself was not asked"))])
def counter(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop at one of the two."""
    if request.param == "the stand-in":
        there: StripeSandbox = request.getfixturevalue("there")
        made = Shop(there.url)
    else:
        made = Shop("", KEY)
    yield made
    made.close()


def key() -> str:
    """An idempotency key nobody used."""
    return f"contract:{uuid.uuid4()}"


def refused(kind: type[stripe.StripeError], code: str | None) -> "pytest.RaisesExc[stripe.StripeError]":
    """Expect a refusal with Stripe's code."""
    return pytest.RaisesExc(kind, check=lambda error: code is None or error.code == code)


def test_one_key_one_intent_and_other_params_are_an_error(counter: Shop) -> None:
    once = key()
    assert counter.sell(once)["id"] == counter.sell(once)["id"]
    with refused(stripe.IdempotencyError, None):
        counter.sell(once, amount=2000)


def test_a_decline_stands_under_its_key_and_the_intent_wants_another_try(counter: Shop) -> None:
    once = key()
    for _ in range(2):
        with refused(stripe.CardError, "card_declined"):
            counter.sell(once, **{**CARD, "payment_method": "pm_card_chargeDeclined"})


@pytest.mark.parametrize("params", [{"colour": "red"}, {"amount": 0}, {"currency": "xxx"},
                                    {"allowed_payment_method_types": ["carrier_pigeon"]}])
def test_what_stripe_does_not_know_is_refused(counter: Shop, params: Params) -> None:
    with refused(stripe.InvalidRequestError, None):
        counter.sell(**params)


def test_a_wallet_is_never_captured_by_hand(counter: Shop) -> None:
    with refused(stripe.InvalidRequestError, None):
        counter.sell(capture_method="manual", **ALIPAY)


def test_alipay_is_a_redirect_and_wechat_a_code(counter: Shop) -> None:
    assert counter.sell(**ALIPAY)["next_action"]["alipay_handle_redirect"]["url"]
    shown = counter.sell(**WECHAT)["next_action"]["wechat_pay_display_qr_code"]
    assert shown["data"] and shown["image_url_svg"]


def test_a_paid_intent_is_not_cancelled_and_an_unknown_one_is_missing(counter: Shop) -> None:
    paid = counter.sell(**CARD)
    assert paid["status"] == "succeeded" and paid["amount_received"] == 1000
    with refused(stripe.InvalidRequestError, "payment_intent_unexpected_state"):
        counter.cancel(paid["id"])
    with refused(stripe.InvalidRequestError, "resource_missing"):
        counter.look(LONG_AGO)


def test_a_cancelled_intent_stays_cancelled(counter: Shop) -> None:
    intent = counter.sell(**ALIPAY)["id"]
    assert counter.cancel(intent)["status"] == "canceled"
    with refused(stripe.InvalidRequestError, "payment_intent_unexpected_state"):
        counter.cancel(intent)


def test_no_more_goes_back_than_came(counter: Shop) -> None:
    intent = counter.sell(**CARD)["id"]
    once = key()
    part = counter.refund(intent, once, amount=600)
    assert counter.refund(intent, once, amount=600)["id"] == part["id"]
    with refused(stripe.InvalidRequestError, None):
        counter.refund(intent, amount=401)
    counter.refund(intent, amount=400)
    with refused(stripe.InvalidRequestError, "charge_already_refunded"):
        counter.refund(intent)


def test_a_charge_is_on_the_balance_with_its_fee(counter: Shop) -> None:
    charge = counter.charge(counter.sell(**CARD)["latest_charge"])
    moved = counter.movement(charge["balance_transaction"])
    assert moved["type"] == "charge" and moved["source"] == charge["id"] and moved["amount"] == 1000
    assert moved["fee"] > 0 and moved["net"] == moved["amount"] - moved["fee"]


def test_a_disputed_charge_is_not_refunded_and_given_in_it_is_lost(counter: Shop) -> None:
    intent = counter.sell(**DISPUTED)["id"]
    dispute = counter.disputes(intent)[0]
    assert dispute["payment_intent"] == intent and dispute["amount"] == 1000
    with refused(stripe.InvalidRequestError, "charge_disputed"):
        counter.refund(intent)
    assert counter.give_in(dispute["id"])["status"] == "lost"


def test_nobody_is_paid_who_is_not_there(counter: Shop) -> None:
    with refused(stripe.InvalidRequestError, None):
        counter.transfer(1, "acct_")
