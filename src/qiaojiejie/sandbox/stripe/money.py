"""PaymentIntents and refunds: what Stripe lets happen to them, and the events that tell of it."""

import time
from typing import Any

import segno

from qiaojiejie.sandbox.stripe.balance import Balance, fee_of
from qiaojiejie.sandbox.stripe.disputes import Disputes
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.faults import Faults
from qiaojiejie.sandbox.stripe.history import charged_before, paid_before
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal, invalid, missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

WALLETS = ("alipay", "wechat_pay")
#: what a payer acts on → how she pays
WALLET_OF = {"alipay_handle_redirect": "alipay", "wechat_pay_display_qr_code": "wechat_pay"}
METHODS = ("card", *WALLETS)
#: the largest amount Stripe takes, eight digits
MOST = 99_999_999
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")
#: test payment methods of Stripe: card → decline code, "" when it pays
TEST_CARDS = {"pm_card_visa": "", "pm_card_mastercard": "", "pm_card_createDispute": "",
              "pm_card_chargeDeclined": "generic_decline",
              "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds"}


def unexpected_state(intent: Object, doing: str) -> StripeRefusal:
    """400: the intent is no longer in a state for this."""
    return invalid(f"You cannot {doing} this PaymentIntent because it has a status of {intent['status']}.",
                   stored=True, code="payment_intent_unexpected_state", payment_intent=intent)


class Money:
    """Every change of an intent, its charges and refunds. Call inside ``state.changing()`` unless said otherwise."""

    def __init__(self, state: State, events: Events, faults: Faults, balance: Balance, disputes: Disputes,
                 public_url: str) -> None:
        self._state, self._events, self._faults, self.public_url = state, events, faults, public_url
        self._balance, self._disputes = balance, disputes

    def intent(self, ref: str) -> Object:
        """An intent by its id, of the sample city's past too; 404 when there is none."""
        found = self._state.find(ref, "payment_intent") or paid_before(ref)
        if found is None:
            raise missing("payment_intent", ref)
        return found

    def charge(self, ref: str) -> Object:
        """A charge by its id, of the sample city's past too; 404 when there is none."""
        found = self._state.find(ref, "charge") or charged_before(ref)
        if found is None:
            raise missing("charge", ref)
        return found

    def create(self, given: Object) -> Object:
        """A new intent; confirmed at once where ``confirm`` is true."""
        methods = given.get("allowed_payment_method_types") or list(METHODS)
        self._check_new(given, methods)
        ref = new_id("pi")
        intent = {
            "id": ref, "object": "payment_intent", "amount": given["amount"], "amount_capturable": 0,
            "amount_received": 0, "canceled_at": None, "cancellation_reason": None,
            "capture_method": given.get("capture_method", "automatic_async"),
            "client_secret": f"{ref}_secret_{new_id('s')[2:]}", "confirmation_method": "automatic",
            "created": int(time.time()), "currency": given["currency"], "description": given.get("description"),
            "last_payment_error": None, "latest_charge": None, "livemode": False,
            "metadata": given.get("metadata") or {}, "next_action": None, "payment_method": None,
            "payment_method_types": methods,
            "last_action": None, "last_return_url": given.get("return_url"), "status": "requires_payment_method"}
        if "card" in methods:
            intent["next_action"] = intent["last_action"] = self._redirect(ref, given.get("return_url"))
        self._save(intent, "created")
        return self.confirm(intent, given) if given.get("confirm") else intent

    def _check_new(self, given: Object, methods: list[str]) -> None:
        if given["amount"] > MOST:
            raise invalid("Amount must be no more than ¥999,999.99", code="amount_too_large", param="amount")
        if given["amount"] < 1:
            raise invalid("This value must be greater than or equal to 1.", code="parameter_invalid_integer",
                          param="amount")
        if given["currency"] != "cny":
            raise invalid(f"Invalid currency: {given['currency']}: this account charges cny", param="currency")
        unknown = sorted(set(methods) - set(METHODS))
        if unknown:
            raise invalid(f"The payment method type {unknown[0]} is not activated.",
                          param="allowed_payment_method_types")
        wallets = sorted(set(methods) & set(WALLETS))
        if given.get("capture_method") == "manual" and wallets:
            raise invalid(f"The payment method type {wallets[0]} does not support manual capture.",
                          code="payment_intent_invalid_parameter", param="capture_method")

    def confirm(self, intent: Object, given: Object) -> Object:
        """Try to pay by a method: a test card pays or declines, a wallet asks the payer to act."""
        if intent["status"] not in OPEN or intent["status"] == "processing":
            raise unexpected_state(intent, "confirm")
        card = given.get("payment_method")
        if card is not None:
            return self._charge_card(intent, card)
        method = (given.get("payment_method_data") or {}).get("type")
        if method is None:
            raise invalid("You cannot confirm this PaymentIntent because it's missing a payment method.", stored=True,
                          code="payment_intent_unexpected_state", payment_intent=intent)
        if method not in intent["payment_method_types"] or method == "card":
            raise invalid(f"The payment method type {method} can't be confirmed here.", param="payment_method_data")
        if not given.get("return_url") and method == "alipay":
            raise invalid("A return_url must be provided.", code="parameter_missing", param="return_url")
        options = (given.get("payment_method_options") or {}).get("wechat_pay") or {}
        if method == "wechat_pay" and options.get("client") not in ("web", "android", "ios"):
            raise invalid("payment_method_options[wechat_pay][client] must be provided.", code="parameter_missing",
                          param="payment_method_options[wechat_pay][client]")
        intent.update(status="requires_action", payment_method=new_id("pm"), last_payment_error=None,
                      next_action=self._wallet_action(intent["id"], method, given.get("return_url")))
        intent["last_action"], intent["last_return_url"] = intent["next_action"], given.get("return_url")
        return self._save(intent, "requires_action")

    def _charge_card(self, intent: Object, card: str) -> Object:
        if card not in TEST_CARDS:
            raise missing("PaymentMethod", card)
        intent["payment_method"] = card
        if not TEST_CARDS[card]:
            intent["next_action"] = None
            paid = self.pay(intent)
            if card == "pm_card_createDispute":
                self._disputes.open(self.charge(paid["latest_charge"]))
            return paid
        self.decline(intent, TEST_CARDS[card])
        raise StripeRefusal(402, "card_error", "Your card was declined.", stored=True, code="card_declined",
                            decline_code=TEST_CARDS[card], payment_intent=intent)

    def _redirect(self, ref: str, return_url: str | None) -> Object:
        return {"type": "redirect_to_url",
                "redirect_to_url": {"url": f"{self.public_url}/pay/{ref}", "return_url": return_url}}

    def _wallet_action(self, ref: str, method: str, return_url: str | None) -> Object:
        url = f"{self.public_url}/pay/{ref}"
        if method == "alipay":
            return {"type": "alipay_handle_redirect",
                    "alipay_handle_redirect": {"url": url, "return_url": return_url, "native_data": None,
                                               "native_url": None}}
        picture = segno.make(url, error="m").svg_data_uri(scale=6)
        return {"type": "wechat_pay_display_qr_code",
                "wechat_pay_display_qr_code": {"data": url, "image_data_url": picture, "image_url_svg": picture,
                                               "image_url_png": None, "hosted_instructions_url": url}}

    def pay(self, intent: Object) -> Object:
        """The payer paid."""
        if intent["status"] not in OPEN:
            raise unexpected_state(intent, "pay")
        charge = self._charge(intent, "succeeded")
        intent.update(status="succeeded", amount_received=intent["amount"], next_action=None, last_payment_error=None,
                      latest_charge=charge["id"])
        self._events.record("charge.succeeded", charge)
        return self._save(intent, "succeeded")

    def _charge(self, intent: Object, status: str) -> Object:
        """One try to pay, and what it moved."""
        method = WALLET_OF.get((intent["next_action"] or {}).get("type", ""), "card")
        ref, amount, paid = new_id("ch"), intent["amount"], status == "succeeded"
        made = {"id": ref, "object": "charge", "amount": amount, "amount_refunded": 0, "captured": paid,
                "balance_transaction": None, "created": int(time.time()), "currency": intent["currency"],
                "disputed": False, "livemode": False, "metadata": intent["metadata"], "paid": paid,
                "payment_intent": intent["id"], "payment_method": intent["payment_method"],
                "payment_method_details": {"type": method}, "refunded": False, "status": status}
        if paid:
            made["balance_transaction"] = self._balance.move("charge" if method == "card" else "payment", ref, amount,
                                                             fee_of(method, amount))
        return self._state.put(made, kind="charge", parent=intent["id"])

    def decline(self, intent: Object, decline_code: str, code: str = "card_declined") -> Object:
        """The payer's bank or the payer said no: the intent lives on and wants another try."""
        if intent["status"] not in OPEN:
            raise unexpected_state(intent, "decline")
        charge = self._charge(intent, "failed")["id"]
        page = (intent["next_action"] or {}).get("type") == "redirect_to_url"
        intent.update(
            status="requires_payment_method", payment_method=None, latest_charge=charge,
            next_action=intent["next_action"] if page else None,
            last_payment_error={"type": "card_error" if code == "card_declined" else "invalid_request_error",
                                "code": code, "decline_code": decline_code, "charge": charge,
                                "message": "The payment was declined."})
        return self._save(intent, "payment_failed")

    def cancel(self, intent: Object, reason: str | None) -> Object:
        """Nobody can pay it any more."""
        if intent["status"] not in OPEN:
            raise unexpected_state(intent, "cancel")
        intent.update(status="canceled", canceled_at=int(time.time()), cancellation_reason=reason, next_action=None)
        return self._save(intent, "canceled")

    def _save(self, intent: Object, event: str) -> Object:
        self._state.put(intent, kind="payment_intent")
        self._events.record(f"payment_intent.{event}", intent)
        return intent

    def refund(self, ref: str) -> Object:
        """A refund by its id; 404 when there is none."""
        found = self._state.find(ref, "refund")
        if found is None:
            raise missing("refund", ref)
        return found

    def create_refund(self, given: Object) -> Object:
        """Give money back: at once on a card, a little later on a wallet; never more than was received."""
        if not given.get("payment_intent"):
            raise invalid("One of payment_intent or charge is required.", code="parameter_missing",
                          param="payment_intent")
        intent = self.intent(given["payment_intent"])
        charge, amount = self._refundable(intent, given.get("amount"))
        wallet = charge["payment_method_details"]["type"] != "card"
        ref = new_id("re")
        refund = {"id": ref, "object": "refund", "amount": amount,
                  "balance_transaction": self._balance.move("payment_refund" if wallet else "refund", ref, -amount),
                  "charge": charge["id"], "created": int(time.time()), "currency": intent["currency"],
                  "metadata": given.get("metadata") or {}, "payment_intent": intent["id"],
                  "reason": given.get("reason"), "status": "pending" if wallet else "succeeded"}
        self._state.put(refund, kind="refund", parent=intent["id"])
        self._refunded(charge, amount)
        self._events.record("refund.created", refund)
        if wallet:
            with self._state.changing() as connection:
                connection.execute("INSERT INTO settlement VALUES (?, ?)",
                                   (ref, time.time() + self._faults.now["refund_delay"]))
        return refund

    def _refundable(self, intent: Object, wanted: int | None) -> tuple[Object, int]:
        """The charge a refund is of, and its fen: ``wanted``, or all that is left."""
        charge = self.charge(intent["latest_charge"]) if intent["status"] == "succeeded" else None
        left = charge["amount"] - charge["amount_refunded"] if charge else 0
        amount = left if wanted is None else wanted
        if charge is not None and self._disputes.standing(intent["id"]):
            raise invalid("The charge has been charged back; it can't be refunded.", stored=True,
                          code="charge_disputed")
        if charge is None or not 0 < amount <= left:
            raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
                          stored=True, code="charge_already_refunded" if charge and not left else "amount_too_large",
                          param="amount")
        return charge, amount

    def _refunded(self, charge: Object, amount: int) -> None:
        total = charge["amount_refunded"] + amount
        self._state.put({**charge, "amount_refunded": total, "refunded": total == charge["amount"]}, kind="charge",
                        parent=charge["payment_intent"])

    def settle_due(self) -> None:
        """Settle wallet refunds whose time has come. Opens its own transaction."""
        due = "SELECT id FROM settlement WHERE due <= ? ORDER BY due LIMIT 50"
        if not self._state.connection().execute(due, (time.time(),)).fetchone():
            return
        with self._state.changing() as connection:
            for row in connection.execute(due, (time.time(),)).fetchall():
                self._settle(self.refund(row["id"]))
                connection.execute("DELETE FROM settlement WHERE id = ?", (row["id"],))

    def _settle(self, refund: Object) -> None:
        failed = self._faults.draw("refund_fail")
        outcome: dict[str, Any] = {"status": "failed", "failure_reason": "declined"} if failed else {
            "status": "succeeded"}
        if failed:
            outcome["failure_balance_transaction"] = self._balance.move("payment_failure_refund", refund["id"],
                                                                        refund["amount"])
            self._refunded(self.charge(refund["charge"]), -refund["amount"])
        self._state.put({**refund, **outcome}, kind="refund", parent=refund["payment_intent"])
        self._events.record("refund.failed" if failed else "refund.updated", {**refund, **outcome})
