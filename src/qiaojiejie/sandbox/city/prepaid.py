"""The demo's family has a prepaid card of the demo's firm and paid a visit from it, all on the city's day.

Told through the rooms themselves: it is one card, and what they would have written is exactly what is wanted.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product

from qiaojiejie.booking import service as booking
from qiaojiejie.booking.models import Quote
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.clearing.models import StripeMovement
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.gateway import CURRENCY, Intent
from qiaojiejie.prepaid import service as prepaid
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat
from qiaojiejie.sandbox.stripe.balance import fee_of

#: 保洁卡: name and fen; the first is the one the family has
OFFERS = (("保洁六次卡", 80_000), ("保洁二十次卡", 260_000))
METHOD = "wechat_pay"


def keep_cards(dice: Dice, seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    """The firm sells two cards; the family has one and paid a visit of one of the firm's ``hands`` from it."""
    with ids.drawn(lambda: dice.id_at(clock.now())):
        _keep_cards(seat, family, [hand for hand in hands if hand.firm is seat])


def _keep_cards(seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    manager = Actor(seat.manager, ids.new(), Role.FIRM_MANAGER, seat.id)
    offers = [prepaid.offer(actor=manager, name=name, price_fen=fen, service_code="cleaning").id
              for name, fen in OFFERS]
    family_actor = Actor(family.account, ids.new(), Role.HOUSEHOLD, None)
    card_id, charge = prepaid.buy(actor=family_actor, offer_id=offers[0], method=METHOD)
    _pay(charge)
    prepaid.settle(card_id=card_id)
    quoted = _quoted(family_actor, family, hands)
    if quoted is not None:
        held = booking.book(actor=family_actor, quote_id=quoted.id)
        prepaid.pay(actor=family_actor, booking_id=held.id, card_id=card_id)
    db.session.flush()


def _pay(charge: payments.Charge) -> None:
    """What Stripe would have said of the card's money, and what its statement says."""
    intent_id = f"pi_city_{METHOD}_{charge.amount}_{charge.payment.hex}"  # as the stand-in for Stripe understands it
    charged, ref = intent_id.replace("pi_", "ch_", 1), f"txn_city_{charge.payment.hex}"
    fee = fee_of(METHOD, charge.amount)
    payments.apply(intent=Intent(id=intent_id, status="succeeded", amount=charge.amount, currency=CURRENCY,
                                 payment=charge.payment, client_secret=None, charge=charged, decline_code=None,
                                 action=None, action_method=None))
    now = clock.now()
    db.session.add(StripeMovement(id=ref, type="payment", source=charged, amount_fen=charge.amount, fee_fen=fee,
                                  net_fen=charge.amount - fee, currency=CURRENCY, created_at=now, imported_at=now))
    books_service.post(kind="stripe_fee", ref=ref, lines=books.stripe_fee(fee))


def _quoted(actor: Actor, family: Family, hands: Sequence[Hand]) -> Quote | None:
    """The price of the first three hours from tomorrow on in which one of them may come."""
    for start, hand in product(_starts(), hands):
        try:
            return booking.quote(actor=actor, worker_id=hand.id, service_code="cleaning", address_id=family.address,
                                 start=start, minutes=180)
        except Refusal:
            continue
    return None


def _starts() -> Iterator[datetime]:
    for day in range(1, 22):
        for hour in (9, 14):
            yield clock.midnight(clock.today() + timedelta(days=day)) + timedelta(hours=hour)
