"""Orders of families on the city's day, through the rooms themselves: quoted, booked, paid as Stripe would say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

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
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat
from qiaojiejie.sandbox.stripe.balance import fee_of

METHOD = "wechat_pay"
#: the hours of a day at which visits are asked for
HOURS = (9, 14)


def household(family: Family) -> Actor:
    """A family that acts."""
    return Actor(family.account, ids.new(), Role.HOUSEHOLD, None)


def manager(seat: FirmSeat) -> Actor:
    """A firm that acts."""
    return Actor(seat.manager, ids.new(), Role.FIRM_MANAGER, seat.id)


def worker(hand: Hand) -> Actor:
    """A worker who acts."""
    return Actor(hand.account, ids.new(), Role.WORKER, None)


def starts(first: int, last: int = 21, hours: Sequence[float] = HOURS) -> Iterator[datetime]:
    """When a visit may begin, from the day ``first`` after the city's on."""
    for day in range(first, last + 1):
        for hour in hours:
            yield clock.midnight(clock.today() + timedelta(days=day)) + timedelta(hours=hour)


def quoted(family: Family, hands: Sequence[Hand], code: str, minutes: int, times: Iterable[datetime]) -> Quote | None:
    """The price of the first of these times at which one of them may come."""
    able = [hand for hand in hands if code in hand.services]
    for start, hand in product(times, able):
        try:
            return booking.quote(actor=household(family), worker_id=hand.id, service_code=code, minutes=minutes,
                                 address_id=family.address, start=start)
        except Refusal:
            continue
    return None


def placed(family: Family, hands: Sequence[Hand], code: str, minutes: int, times: Iterable[datetime]) -> UUID | None:
    """The same, booked and paid: the booking's id."""
    quote = quoted(family, hands, code, minutes, times)
    if quote is None:
        return None
    held = booking.book(actor=household(family), quote_id=quote.id)
    settle(family, held.id)
    return held.id


def settle(family: Family, booking_id: UUID, part: str | None = None) -> None:
    """A family pays what is due of a booking."""
    pay(payments.begin(actor=household(family), booking_id=booking_id, method=METHOD, part=part))


def pay(charge: payments.Charge) -> None:
    """What Stripe would have said of a charge's money, and what its statement says."""
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
