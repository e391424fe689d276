"""The stand-in keeps Stripe's rules: the real library speaks to it over real HTTP."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.shop import ALIPAY, CARD, Params, Shop
from tests.stripe_sandbox import SECRET, StripeSandbox, free_port


def test_the_same_key_gives_the_same_intent(shop: Shop) -> None:
    assert shop.sell("key-same")["id"] == shop.sell("key-same")["id"]


def test_a_replayed_answer_says_so(there: StripeSandbox) -> None:
    def send() -> requests.Response:
        return requests.post(f"{there.url}/v1/payment_intents", data={"amount": "1", "currency": "cny"}, timeout=5,
                             headers={"Authorization": "Bearer sk_test", "Idempotency-Key": "key-replay"})

    first, again = send(), send()
    assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()


def test_a_key_with_other_params_is_refused(shop: Shop) -> None:
    shop.sell("key-other")
    with pytest.raises(stripe.IdempotencyError):
        shop.sell("key-other", amount=2000)


def test_one_key_sent_at_once_makes_one_intent(there: StripeSandbox) -> None:
    def send(_: int) -> requests.Response:
        return requests.post(f"{there.url}/v1/payment_intents", data={"amount": "7", "currency": "cny"}, timeout=10,
                             headers={"Authorization": "Bearer sk_test", "Idempotency-Key": "key-at-once"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.ok}) == 1


def test_a_declined_card_is_stored_under_its_key(shop: Shop) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            shop.sell("key-declined", confirm=True, payment_method="pm_card_chargeDeclined")
        assert declined.value.code == "card_declined"
    mine = [event for event in shop.events() if event["type"] == "payment_intent.payment_failed"]
    assert mine[0]["data"]["object"]["last_payment_error"]["decline_code"] == "generic_decline"


def test_a_fault_before_the_work_is_stored_under_its_key(shop: Shop, there: StripeSandbox) -> None:
    there.control(fail_before=1, times=1)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            shop.sell("key-fault")
    assert shop.sell("key-fault-2")["status"] == "requires_payment_method"


def test_an_answer_lost_after_the_work_is_there_under_its_key(shop: Shop, there: StripeSandbox) -> None:
    newest = there.get("/v1/payment_intents", limit=1)["data"]
    there.control(lose_answer=1, times=1)
    with pytest.raises(stripe.APIConnectionError):
        shop.sell("key-lost")
    shop.sell("key-lost")
    since = there.get("/v1/payment_intents", limit=2)["data"]
    assert [each["id"] for each in since[1:]] == [each["id"] for each in newest]


@pytest.mark.parametrize(("fault", "error"), [("rate_limit", stripe.RateLimitError), ("down", stripe.APIError)])
def test_it_breaks_as_told(shop: Shop, there: StripeSandbox, fault: str, error: type[Exception]) -> None:
    there.control(**{fault: 1})
    with pytest.raises(error):
        shop.sell()


@pytest.mark.parametrize("params", [
    {"colour": "red"}, {"payment_method_data": {"type": "alipay", "colour": "red"}}, {"amount": "ten"},
    {"metadata": "x"}, {"currency": "usd"}, {"amount": 0}, {"allowed_payment_method_types": ["ideal"]},
    {"capture_method": "later"}])
def test_what_stripe_does_not_know_is_refused(shop: Shop, params: Params) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.sell(**params)


def test_a_missing_parameter_is_named(there: StripeSandbox) -> None:
    answer = requests.post(f"{there.url}/v1/payment_intents", data={"amount": "1"}, timeout=5,
                           headers={"Authorization": "Bearer sk_test"})
    assert answer.status_code == 400 and answer.json()["error"]["param"] == "currency"


def test_without_a_key_nobody_is_served(there: StripeSandbox) -> None:
    assert requests.get(f"{there.url}/v1/events", timeout=5).status_code == 401


@pytest.mark.parametrize("wallet", ["alipay", "wechat_pay"])
def test_wallets_are_never_captured_by_hand(shop: Shop, wallet: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="manual capture"):
        shop.sell(capture_method="manual", allowed_payment_method_types=[wallet])
    assert shop.sell(capture_method="manual", allowed_payment_method_types=["card"])["capture_method"] == "manual"


def test_alipay_redirects_and_wechat_shows_a_code(shop: Shop) -> None:
    assert shop.sell(**ALIPAY)["next_action"]["type"] == "alipay_handle_redirect"
    shown = shop.sell(confirm=True, payment_method_data={"type": "wechat_pay"},
                      payment_method_options={"wechat_pay": {"client": "web"}})["next_action"]
    assert shown["type"] == "wechat_pay_display_qr_code"
    assert shown["wechat_pay_display_qr_code"]["image_url_svg"].startswith("data:image/svg+xml")
    with pytest.raises(stripe.InvalidRequestError, match="client"):
        shop.sell(confirm=True, payment_method_data={"type": "wechat_pay"})
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        shop.sell(confirm=True, payment_method_data={"type": "alipay"})


def test_the_pay_page_pays_once(shop: Shop, there: StripeSandbox) -> None:
    intent = shop.sell(**ALIPAY)["id"]
    assert there.act(intent).json()["status"] == "succeeded"
    assert there.act(intent).status_code == 400
    assert there.act(intent, "decline").status_code == 400
    assert shop.look(intent)["amount_received"] == 1000


@pytest.mark.parametrize("action", ["decline", "expire"])
def test_a_refused_payment_wants_another_try(shop: Shop, there: StripeSandbox, action: str) -> None:
    intent = shop.sell(**ALIPAY)["id"]
    assert there.act(intent, action).json()["status"] == "requires_payment_method"
    assert there.act(intent).status_code == 400


def test_the_pay_page_is_a_page_for_a_phone(shop: Shop, there: StripeSandbox) -> None:
    intent = shop.sell(**ALIPAY)["id"]
    page = requests.get(f"{there.url}/pay/{intent}", headers={"Accept": "text/html"}, timeout=5)
    assert "确认支付 ¥10.00" in page.text and 'name="viewport"' in page.text and "支付宝" in page.text
    after = requests.post(f"{there.url}/pay/{intent}/pay", headers={"Accept": "text/html"}, timeout=5)
    assert after.url.endswith(intent) and "支付成功" in after.text and 'href="http://localhost/"' in after.text
    assert requests.get(f"{there.url}/pay/pi_none", timeout=5).status_code == 404


def test_a_paid_intent_is_not_cancelled_nor_a_cancelled_one_paid(shop: Shop, there: StripeSandbox) -> None:
    paid, cancelled = shop.sell(**CARD)["id"], shop.sell(**ALIPAY)["id"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.cancel(paid)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert shop.cancel(cancelled)["status"] == "canceled"
    assert there.act(cancelled).status_code == 400


def test_a_card_gives_back_at_once_and_a_wallet_later(shop: Shop, there: StripeSandbox) -> None:
    assert shop.refund(shop.sell(**CARD)["id"])["status"] == "succeeded"
    intent = shop.sell(**ALIPAY)["id"]
    there.act(intent)
    refund = shop.refund(intent, amount=400)
    assert refund["status"] == "pending"
    assert shop.refund_state(refund["id"]) == "succeeded"


def test_twenty_full_refunds_at_once_give_back_once(shop: Shop, there: StripeSandbox) -> None:
    intent = shop.sell(**CARD)["id"]

    def send(number: int) -> int:
        return requests.post(f"{there.url}/v1/refunds", data={"payment_intent": intent}, timeout=10, headers={
            "Authorization": "Bearer sk_test", "Idempotency-Key": f"{intent}:{number}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(20))) == [200, *[400] * 19]


def test_parts_never_exceed_what_was_received(shop: Shop) -> None:
    intent = shop.sell(**CARD)["id"]
    shop.refund(intent, amount=600)
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(intent, amount=401)
    shop.refund(intent, amount=400)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.refund(intent)
    assert refused.value.code == "charge_already_refunded"


def test_an_unpaid_intent_gives_nothing_back(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(shop.sell()["id"], amount=1)


def test_lists_page_from_the_newest(shop: Shop, there: StripeSandbox) -> None:
    made = [shop.sell()["id"] for _ in range(3)]
    first = there.get("/v1/payment_intents", limit=2)
    assert [row["id"] for row in first["data"]] == made[:0:-1] and first["has_more"]
    rest = there.get("/v1/payment_intents", limit=1, starting_after=made[1])
    assert rest["data"][0]["id"] == made[0]


def test_a_charge_moves_the_balance_less_stripes_fee_and_a_refund_gives_no_fee_back(shop: Shop,
                                                                                    there: StripeSandbox) -> None:
    wallet = shop.sell(amount=12345, **ALIPAY)["id"]
    there.act(wallet)
    charge = shop.charge(shop.look(wallet)["latest_charge"])
    moved = shop.movement(charge["balance_transaction"])
    assert (moved["type"], moved["amount"], moved["fee"], moved["net"]) == ("payment", 12345, 272, 12073)
    assert charge["payment_method_details"]["type"] == "alipay" and charge["captured"]
    refund = shop.refund(wallet, amount=345)
    back = shop.movement(refund["balance_transaction"])
    assert (back["type"], back["amount"], back["fee"], back["source"]) == ("payment_refund", -345, 0, refund["id"])
    assert shop.charge(charge["id"])["amount_refunded"] == 345
    assert shop.movements(charge["id"]) == [moved]


def test_a_wallets_failed_refund_comes_back_to_the_balance_and_may_be_tried_again(shop: Shop,
                                                                                  there: StripeSandbox) -> None:
    intent = shop.sell(**ALIPAY)["id"]
    there.act(intent)
    there.control(refund_fail=1)
    refund = shop.refund(intent)
    assert shop.refund_state(refund["id"]) == "failed"
    there.control()
    assert [each["amount"] for each in shop.movements(refund["id"])] == [1000, -1000]
    assert shop.refund_state(shop.refund(intent)["id"]) == "succeeded"


def test_a_declined_try_is_a_charge_that_moved_nothing(shop: Shop, there: StripeSandbox) -> None:
    intent = shop.sell(**ALIPAY)["id"]
    there.act(intent, "decline")
    tried = shop.charge(shop.look(intent)["latest_charge"])
    assert tried["status"] == "failed" and tried["balance_transaction"] is None and not shop.movements(tried["id"])


@pytest.mark.parametrize(("words", "status", "moved"), [
    ("winning_evidence", "won", [1000, -1000]), ("losing_evidence", "lost", [-1000]), ("", "under_review", [-1000])])
def test_a_disputed_card_loses_its_money_until_the_bank_decides(shop: Shop, words: str, status: str,
                                                                moved: list[int]) -> None:
    intent = shop.sell(**{**CARD, "payment_method": "pm_card_createDispute"})
    dispute = shop.disputes(intent["id"])[0]
    assert (dispute["status"], dispute["amount"]) == ("needs_response", 1000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.refund(intent["id"])
    assert refused.value.code == "charge_disputed"
    assert shop.contest(dispute["id"], words)["status"] == status
    assert [each["amount"] for each in shop.movements(dispute["id"])] == moved
    assert shop.movements(dispute["id"])[-1]["fee"] == 10_000
    with pytest.raises(stripe.InvalidRequestError):
        shop.contest(dispute["id"], "winning_evidence")
    kinds = {event["type"] for event in shop.events() if event["data"]["object"]["id"] == dispute["id"]}
    assert {"charge.dispute.created", "charge.dispute.funds_withdrawn"} <= kinds
    assert ("charge.dispute.closed" in kinds) == (status != "under_review")


def test_giving_in_loses_a_dispute_and_a_bank_disputes_cards_only_and_once(shop: Shop, there: StripeSandbox) -> None:
    card, wallet = shop.sell(**CARD)["id"], shop.sell(**ALIPAY)["id"]
    there.act(wallet)
    shop.refund(card, amount=300)
    assert there.dispute(card).json()["amount"] == 700
    assert there.dispute(card).status_code == there.dispute(wallet).status_code == 400
    assert shop.give_in(shop.disputes(card)[0]["id"])["status"] == "lost"


def test_a_payout_takes_what_is_there_and_one_the_bank_did_not_take_brings_it_back(
        shop: Shop, there: StripeSandbox) -> None:
    shop.sell(**{**CARD, "amount": 200_000})
    with pytest.raises(stripe.InvalidRequestError) as short:
        shop.sweep(10**12)
    assert short.value.code == "balance_insufficient"
    made = shop.sweep(9_000)
    assert made["status"] == "pending" and shop.movement(made["balance_transaction"])["amount"] == -9_000
    there.fail_payout(made["id"])
    failed = shop.look_at_payout(made["id"])
    assert failed["status"] == "failed"
    assert [each["amount"] for each in shop.movements(made["id"])] == [9_000, -9_000]


def test_a_transfer_takes_what_is_there_and_its_reversals_never_more_than_it(shop: Shop) -> None:
    shop.sell(**{**CARD, "amount": 50_000})
    made = shop.transfer(20_000, transfer_group="batch-1")
    assert shop.movement(made["balance_transaction"])["amount"] == -20_000
    shop.take_back(made["id"], amount=5_000)
    with pytest.raises(stripe.InvalidRequestError):
        shop.take_back(made["id"], amount=15_001)
    shop.take_back(made["id"])
    assert shop.look_at_transfer(made["id"])["reversed"]
    with pytest.raises(stripe.InvalidRequestError) as short:
        shop.transfer(10**12)
    assert short.value.code == "balance_insufficient"
    with pytest.raises(stripe.InvalidRequestError) as nobody:
        shop.transfer(1, "acct_")
    assert nobody.value.code == "resource_missing"


class Ear(BaseHTTPRequestHandler):
    """Hears webhooks; refuses the first of them."""

    heard: list[tuple[bytes, str]]

    def do_POST(self) -> None:  # noqa: N802  (the standard library's name)
        """Keep what came."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((body, self.headers["Stripe-Signature"]))
        self.send_response(500 if len(self.heard) == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def start(port: int, state: Path, told: str) -> "subprocess.Popen[bytes]":
    """The stand-in as a process of its own, up."""
    child = subprocess.Popen(
        [sys.executable, "-m", "qiaojiejie.sandbox.stripe", "--port", str(port), "--state", str(state),
         "--webhook-url", told, "--webhook-secret", SECRET], env={**os.environ, "PYTHONUNBUFFERED": "1"})
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return child
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the stand-in did not start")


def test_killed_it_forgets_nothing_and_its_webhooks_still_come(tmp_path: Path) -> None:
    Ear.heard = []
    ear_port, port = free_port(), free_port()
    child = start(port, tmp_path / "s.sqlite", f"http://127.0.0.1:{ear_port}/hook")  # nobody listens there yet
    shop = Shop(f"http://127.0.0.1:{port}")
    made = shop.sell("key-kept", **CARD)
    shop.close()
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=5)
    ear = HTTPServer(("127.0.0.1", ear_port), Ear)
    thread = threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    child = start(port, tmp_path / "s.sqlite", f"http://127.0.0.1:{ear_port}/hook")
    try:
        assert shop.sell("key-kept", **CARD) == made
        deadline = time.monotonic() + 15
        while len(Ear.heard) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        shop.close()
        child.terminate()
        assert child.wait(timeout=20) == 0
        ear.shutdown()
        thread.join(timeout=5)
        ear.server_close()
    events = [stripe.Webhook.construct_event(body, header, SECRET) for body, header in Ear.heard]  # signed
    kinds = {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}
    assert {event.type for event in events} == kinds
    assert len(events) == 4  # the refused one came again
