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
