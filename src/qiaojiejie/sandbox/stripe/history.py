"""What the sample city paid before the stand-in was started: its intents' ids say what they are about."""

import re
from typing import Any

_CITY = re.compile(r"pi_city_(alipay|wechat_pay|card)_([1-9]\d{0,11})_[0-9a-f]{32}")


def paid_before(ref: str) -> dict[str, Any] | None:
    """The succeeded intent ``pi_city_<method>_<fen>_<hex>`` speaks of, so that it can be refunded; else None."""
    told = _CITY.fullmatch(ref)
    if told is None:
        return None
    method, amount = told[1], int(told[2])
    return {
        "id": ref, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_received": amount,
        "canceled_at": None, "cancellation_reason": None, "capture_method": "automatic_async",
        "client_secret": f"{ref}_secret", "confirmation_method": "automatic", "created": 0, "currency": "cny",
        "description": None, "last_payment_error": None, "latest_charge": ref.replace("pi_", "ch_", 1),
        "livemode": False, "metadata": {}, "next_action": None, "last_action": None,
        "payment_method": "pm_card_visa" if method == "card" else f"pm_{method}",
        "payment_method_types": ["card", "alipay", "wechat_pay"], "status": "succeeded"}


def charged_before(ref: str) -> dict[str, Any] | None:
    """The charge ``ch_city_…`` of such an intent, as it was before anything of it was refunded here; else None."""
    intent = paid_before(ref.replace("ch_", "pi_", 1)) if ref.startswith("ch_") else None
    if intent is None:
        return None
    method = ref.removeprefix("ch_city_").rsplit("_", 2)[0]
    return {
        "id": ref, "object": "charge", "amount": intent["amount"], "amount_refunded": 0, "captured": True,
        "balance_transaction": None, "created": 0, "currency": "cny", "disputed": False, "livemode": False,
        "metadata": {}, "paid": True, "payment_intent": intent["id"], "payment_method": intent["payment_method"],
        "payment_method_details": {"type": method}, "refunded": False, "status": "succeeded"}
