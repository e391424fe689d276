"""Prepaid cards over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound, HoldExpired, OnBlockList, PartNotDue, TooEarly, TooLate
from qiaojiejie.catalog.errors import UnknownService
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, checkpoint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.households.errors import HouseholdNotFound
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.errors import PaymentRefused, PaymentUnderWay, StripeBroke, StripeDown
from qiaojiejie.payments.schemas import PaymentOut
from qiaojiejie.prepaid import errors, queries
from qiaojiejie.prepaid import service as prepaid
from qiaojiejie.prepaid.models import PrepaidOffer
from qiaojiejie.prepaid.schemas import (
    CardPaymentIn, OwnPrepaidCardOut, PrepaidCardFilter, PrepaidCardIn, PrepaidCardPageOut, PrepaidClosingIn,
    PrepaidHoldingPageOut, PrepaidMovePageOut, PrepaidOfferFilter, PrepaidOfferIn, PrepaidOfferOut,
    PrepaidOfferPageOut)

blp = Blueprint("prepaid", description="预付卡 · Prepaid cards of visits")


@blp.route("/prepaid-offers", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(UnknownService, errors.PrepaidOfferEnded, errors.PrepaidOverLimit)
@blp.arguments(PrepaidOfferIn)
@blp.response(201, PrepaidOfferOut)
def offer(body: dict[str, Any]) -> PrepaidOffer:
    """发售预付卡 · Offer a prepaid card

    By a manager of a firm on the platform, for its own services; within what one registered card may hold.
    """
    return prepaid.offer(actor=actor(), **body)


@blp.route("/prepaid-offers", methods=["GET"])
@allow()
@blp.arguments(PrepaidOfferFilter, location="query")
@blp.response(200, PrepaidOfferPageOut)
def list_offers(filters: dict[str, Any]) -> Page:
    """在售预付卡 · Prepaid cards that are sold, of all firms or of one, newest first"""
    return queries.offers(**filters)


@blp.route("/prepaid-offers/<uuid:prepaid_offer_id>/withdrawals", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(errors.PrepaidOfferNotFound, StepNotPossible)
@blp.response(200, PrepaidOfferOut)
def withdraw(prepaid_offer_id: UUID) -> PrepaidOffer:
    """停售 · Sell a card no more

    By the firm's manager; cards that were bought stay good.
    """
    return prepaid.withdraw(actor=actor(), offer_id=prepaid_offer_id)


@blp.route("/me/prepaid-cards", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(HouseholdNotFound, errors.PrepaidOfferNotFound, errors.PrepaidOfferEnded, errors.PrepaidOverLimit,
         errors.PrepaidPurchaseOver, errors.PrepaidCardPaid, PaymentRefused, StripeDown, StripeBroke)
@blp.arguments(PrepaidCardIn)
@blp.response(201, OwnPrepaidCardOut)
def buy(body: dict[str, Any]) -> queries.Shown:
    """购买预付卡 · Buy a prepaid card

    By the household. Answers what to do next, as for a booking, within half an hour. Sent again before it is paid, it
    takes up the same purchase, with another method if one is given. The card can be used once Stripe says that the
    money came; it never expires.
    """
    card_id, charge = prepaid.buy(actor=actor(), **body)
    checkpoint()
    payments.present(charge=charge)
    return queries.shown(actor(), card_id)


@blp.route("/me/prepaid-cards", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(PrepaidCardFilter, location="query")
@blp.response(200, PrepaidCardPageOut)
def list_mine(filters: dict[str, Any]) -> Page:
    """我的预付卡 · My prepaid cards and what is left on each, newest first"""
    return queries.mine(actor(), **filters)


@blp.route("/me/prepaid-cards/<uuid:card_id>", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(errors.PrepaidCardNotFound)
@blp.response(200, OwnPrepaidCardOut)
def show(card_id: UUID) -> queries.Shown:
    """查看预付卡 · A prepaid card of mine, what is left on it, and how it is paid for"""
    return queries.shown(actor(), card_id)


@blp.route("/me/prepaid-cards/<uuid:card_id>/movements", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(errors.PrepaidCardNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PrepaidMovePageOut)
def list_moves(query: dict[str, Any], card_id: UUID) -> Page:
    """预付卡明细 · What moved on a card of mine, newest first

    Lines of the books; together they are what is left on the card.
    """
    return queries.moves(actor(), card_id, **query)


@blp.route("/me/prepaid-cards/<uuid:card_id>/closings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.PrepaidCardNotFound, StepNotPossible, errors.PrepaidBalanceChanged)
@blp.arguments(PrepaidClosingIn)
@blp.response(200, OwnPrepaidCardOut)
def close(body: dict[str, Any], card_id: UUID) -> queries.Shown:
    """退卡 · Give a card back

    At any time, for exactly what is left on it, without a fee, the way it was paid. Bookings paid from it stand; what
    is given back of one of them later goes the same way.
    """
    prepaid.close(actor=actor(), card_id=card_id, **body)
    return queries.shown(actor(), card_id)


@blp.route("/bookings/<uuid:booking_id>/card-payments", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, StepNotPossible, NotYourStep, OnBlockList, HoldExpired, TooEarly, TooLate, PartNotDue,
         errors.PrepaidCardNotFound, errors.PrepaidCardNotLive, errors.PrepaidCardOfAnotherFirm,
         errors.PrepaidCardNotForService, errors.PrepaidCardFrozen, errors.PrepaidBalanceShort, PaymentUnderWay,
         PaymentRefused, StripeDown, StripeBroke)
@blp.arguments(CardPaymentIn)
@blp.response(201, PaymentOut)
def pay(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """用预付卡付款 · Pay what is due of a booking from a prepaid card

    By the household, of a booking of the card's firm; the payment succeeds at once. A payment begun otherwise is called
    off first. What is given back of it goes back to the card.
    """
    prepaid.make_way(actor=actor(), booking_id=booking_id, card_id=body["card_id"])
    prepaid.pay(actor=actor(), booking_id=booking_id, **body)
    return payment_queries.shown(actor(), booking_id)


@blp.route("/prepaid-cards", methods=["GET"])
@allow(*FIRM)
@blp.arguments(PrepaidCardFilter, location="query")
@blp.response(200, PrepaidCardPageOut)
def list_sold(filters: dict[str, Any]) -> Page:
    """已售预付卡 · Cards the firm sold and what is left on each, newest first

    Not to whom: the firm learns that with a booking.
    """
    return queries.sold(actor(), **filters)


@blp.route("/federation/prepaid-holdings", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PrepaidHoldingPageOut)
def list_holdings(query: dict[str, Any]) -> Page:
    """预付资金 · What is held on each firm's cards, against the limit

    To the federation; of every firm that sells cards. The money is held by the platform, never by the firm.
    """
    return queries.holdings(**query)
