"""Arithmetic of prepaid cards: what may be sold, what is left to spend, what is left to give back. Pure."""

from datetime import timedelta
from typing import Any, Protocol

from qiaojiejie.core.money import display
from qiaojiejie.prepaid.errors import (
    PrepaidBalanceShort, PrepaidCardFrozen, PrepaidCardNotForService, PrepaidCardNotLive, PrepaidCardOfAnotherFirm,
    PrepaidOverLimit)

#: how long a card that was chosen waits for its money
PAID_WITHIN = timedelta(minutes=30)
#: fen of a card at least
LEAST = 100

#: kinds of movements on a card's account, as a family reads them
MOVES = {"charged": "购卡", "redeemed": "支付预约", "returned": "预约退款退回", "refunded": "退卡退款",
         "refund_failed": "退款被退回", "repaid": "转账退还", "dispute_lost": "银行收回", "recovered": "冲抵银行已退款项"}


class Card(Protocol):
    """What is read here of a card."""

    state: Any
    firm_id: Any
    service_code: Any

    @property
    def state_name(self) -> str:
        """Its state in Chinese."""

    @property
    def firm_name(self) -> str:
        """Its firm's name."""

    @property
    def service_name(self) -> str | None:
        """Its service's name."""


class Visit(Protocol):
    """What is read here of a booking."""

    firm_id: Any
    service_code: Any


def check_limit(price_fen: int, most_fen: int) -> None:
    """May a card hold so much? Exactly the limit, yes. Raises PrepaidOverLimit."""
    if price_fen > most_fen:
        raise PrepaidOverLimit(most=most_fen, most_display=display(most_fen))


def check_usable(card: Card, visit: Visit) -> None:
    """May the card pay for a visit at all? Raises PrepaidCardNotLive, …OfAnotherFirm, …NotForService."""
    if card.state != "live":
        raise PrepaidCardNotLive(state=card.state, state_name=card.state_name)
    if card.firm_id != visit.firm_id:
        raise PrepaidCardOfAnotherFirm(firm=card.firm_name)
    if card.service_code not in (None, visit.service_code):
        raise PrepaidCardNotForService(service=card.service_name)


def check_balance(held_fen: int, amount_fen: int, *, disputed_fen: int, lost_fen: int) -> None:
    """Is there enough on it, and is it ours? Raises PrepaidCardFrozen, PrepaidBalanceShort."""
    if disputed_fen or lost_fen:
        raise PrepaidCardFrozen()
    if held_fen < amount_fen:
        raise PrepaidBalanceShort(balance=held_fen, balance_display=display(held_fen),
                                  short_display=display(amount_fen - held_fen))


def parted(rest_fen: int, left_fen: int) -> tuple[int, int]:
    """What stands on a card that is no more: so much goes back to the family, and so much its bank gave it before.

    ``left_fen``: what of the price was neither used nor went back, is to go back or was taken back by its bank.
    """
    rest = max(0, rest_fen)
    back = max(0, min(rest, left_fen))
    return back, rest - back
