"""The demo's family has a prepaid card of the demo's firm and paid a visit from it, all on the city's day.

Told through the rooms themselves: it is one card, and what they would have written is exactly what is wanted.
"""

from collections.abc import Sequence

from qiaojiejie.booking import service as booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.prepaid import service as prepaid
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.present import orders
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat

#: 保洁卡: name and fen; the first is the one the family has
OFFERS = (("保洁六次卡", 80_000), ("保洁二十次卡", 260_000))


def keep_cards(dice: Dice, seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    """The firm sells two cards; the family has one and paid a visit of one of the firm's ``hands`` from it."""
    with ids.drawn(lambda: dice.id_at(clock.now())):
        _keep_cards(seat, family, [hand for hand in hands if hand.firm is seat])


def _keep_cards(seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    offers = [prepaid.offer(actor=orders.manager(seat), name=name, price_fen=fen, service_code="cleaning").id
              for name, fen in OFFERS]
    home = orders.household(family)
    card_id, charge = prepaid.buy(actor=home, offer_id=offers[0], method=orders.METHOD)
    orders.pay(charge)
    prepaid.settle(card_id=card_id)
    quoted = orders.quoted(family, hands, "cleaning", 180, orders.starts(1))
    if quoted is not None:
        held = booking.book(actor=home, quote_id=quoted.id)
        prepaid.pay(actor=home, booking_id=held.id, card_id=card_id)
    db.session.flush()
