"""Money coming in: charged through Stripe or paid from a prepaid card, held, released."""

from qiaojiejie.payments.service.cards import close_card, make_way, redeem
from qiaojiejie.payments.service.charges import (
    Charge, apply, begin, begin_card, cancel_stray, close, close_change, look_again, look_at, notify, present)
from qiaojiejie.payments.service.releases import dispute, recall, release, settle_dispute

__all__ = ["Charge", "apply", "begin", "begin_card", "cancel_stray", "close", "close_card", "close_change", "dispute",
           "look_again", "look_at", "make_way", "notify", "present", "recall", "redeem", "release", "settle_dispute"]
