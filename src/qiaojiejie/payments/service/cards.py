"""Pay from a prepaid card instead of through Stripe. What a card is, and whose, its own room knows."""

from uuid import UUID

from qiaojiejie.booking.models import Booking
from qiaojiejie.payments import queries
from qiaojiejie.payments.errors import PaymentUnderWay, StripeBroke
from qiaojiejie.payments.models import Payment
from qiaojiejie.payments.service.charges import create, stop_awaiting, succeed


def make_way(*, booking_id: UUID) -> None:
    """Have Stripe take no more money for a booking, so that it can be paid otherwise. Call with nothing locked.

    Money that came first stands. Raises StripeDown, StripeBroke: to be tried again.
    """
    if not stop_awaiting(queries.awaited(booking_id)):
        raise StripeBroke()


def close_card(*, card_id: UUID) -> bool:
    """Have Stripe take no more money for a card that is bought; False when that is still to be asked again."""
    return stop_awaiting(queries.awaited_of_card(card_id)) and not queries.awaited_of_card(card_id)


def redeem(*, booking: Booking, card_id: UUID) -> Payment:
    """Pay what is due of a booking from a card; the caller holds booking and card and has looked at the balance.

    Raises PaymentUnderWay while another payment of the same thing may still come.
    """
    due = booking.due
    assert due is not None  # the caller has begun to pay it
    made = create(booking_id=booking.id, from_card_id=card_id, part=due["part"], method="prepaid",
                  amount_fen=due["amount"])
    if made is None:
        raise PaymentUnderWay()
    payment = queries.get(made, lock=True)
    succeed(payment, booking)
    return payment
