"""Sell cards, pay bookings from them, give what is left of them back.

A booking is locked before a card, a card before the payment of its price, the account in the books last; so whoever
spends, closes or takes from one card does so one after the other.
"""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, ids, money
from qiaojiejie.core.access import FIRM, Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.firms import queries as firms
from qiaojiejie.households import queries as households
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payments import facts as payment_facts
from qiaojiejie.payments import queries as payment_queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.models import Payment
from qiaojiejie.prepaid import facts, queries, rules
from qiaojiejie.prepaid.errors import (
    PrepaidBalanceChanged, PrepaidCardPaid, PrepaidOfferEnded, PrepaidPurchaseOver)
from qiaojiejie.prepaid.lifecycle import CARD, OFFER
from qiaojiejie.prepaid.models import PrepaidCard, PrepaidOffer
from qiaojiejie.refunds import facts as refund_facts
from qiaojiejie.refunds import queries as refund_queries
from qiaojiejie.refunds import service as refunds

#: fact → the kind of notification, and whether the firm is told as well
NEWS = {facts.BOUGHT: ("prepaid_bought", True), facts.LAPSED: ("prepaid_lapsed", False),
        facts.CLOSED: ("prepaid_closed", True), facts.RETURNED: ("prepaid_returned", False)}
#: the same of the money for a card
MONEY_NEWS = {payment_facts.DECLINED: "prepaid_payment_failed", refund_facts.SUCCEEDED: "prepaid_refund_succeeded",
              refund_facts.FAILED: "prepaid_refund_failed", refund_facts.REPAID: "prepaid_refund_repaid"}


def offer(*, actor: Actor, name: str, price_fen: int, service_code: str | None) -> PrepaidOffer:
    """A manager offers a card of the firm. Raises UnknownService, PrepaidOfferEnded (the firm may not sell now),
    PrepaidOverLimit."""
    assert actor.org_id is not None  # a manager acts for a firm
    if service_code is not None:
        catalog.service(service_code)
    _check_seller(actor.org_id)
    rules.check_limit(price_fen, queries.limit(clock.today()))
    made = PrepaidOffer(id=ids.new(), firm_id=actor.org_id, service_code=service_code, name=name, price_fen=price_fen,
                        state=OFFER.initial, offered_by=actor.account_id, offered_at=clock.now())
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.OFFERED, subject=made.ref, actor=actor.ref, data={
        "firm": str(made.firm_id), "service": service_code, "price": price_fen})
    return made


def _check_seller(firm_id: UUID) -> None:
    firm = firms.get(firm_id)
    if firm.state != "on_platform" or firm.barred:
        raise PrepaidOfferEnded()


def withdraw(*, actor: Actor, offer_id: UUID) -> PrepaidOffer:
    """A manager ends an offer; cards that were bought stay good. Raises PrepaidOfferNotFound, StepNotPossible."""
    found = queries.own_offer(actor, offer_id)
    row = OFFER.move(found, "withdraw", party="firm")
    found.withdrawn_at = clock.now()
    db.session.flush()
    ledger.append(row.fact, subject=found.ref, actor=actor.ref, data={"firm": str(found.firm_id)})
    return found


def buy(*, actor: Actor, offer_id: UUID, method: str) -> tuple[UUID, payments.Charge]:
    """A household buys a card, or takes up the purchase of this offer it began, with the method now wanted.

    The card's id and what Stripe is to be asked. Raises HouseholdNotFound, PrepaidOfferNotFound, PrepaidOfferEnded,
    PrepaidOverLimit, PrepaidPurchaseOver, PrepaidCardPaid.
    """
    household = households.of_account(actor.account_id)
    offered = queries.offer(offer_id)
    if offered.state != "offered":
        raise PrepaidOfferEnded()
    _check_seller(offered.firm_id)
    now = clock.now()
    rules.check_limit(offered.price_fen, queries.limit(clock.today()))
    db.session.execute(insert(PrepaidCard).values(
        id=ids.new(), household_id=household.id, firm_id=offered.firm_id, offer_id=offered.id, name=offered.name,
        service_code=offered.service_code, value_fen=offered.price_fen, state=CARD.initial, created_at=now,
        expires_at=now + rules.PAID_WITHIN).on_conflict_do_nothing())
    card = queries.awaited(household.id, offered.id)
    if card is not None and queries.price_of(card.id) is not None:
        raise PrepaidCardPaid()
    if card is None or card.expires_at <= now:
        raise PrepaidPurchaseOver()
    return card.id, payments.begin_card(card_id=card.id, amount=card.value_fen, method=method)


def make_way(*, actor: Actor, booking_id: UUID, card_id: UUID) -> None:
    """Before a booking is paid from a card: could it be, and is Stripe to take money for it no more?

    Call with nothing locked; commits. Raises what ``pay`` raises of the card, StripeDown, StripeBroke.
    """
    booking, party = bookings.of_party(actor, booking_id)
    card = queries.own(actor, card_id)
    if party != "household" or booking.due is None or not payment_queries.awaited(booking_id):
        return
    rules.check_usable(card, booking)
    _check_balance(card, queries.price_of(card.id), booking.due["amount"])
    payments.make_way(booking_id=booking_id)
    checkpoint()


def pay(*, actor: Actor, booking_id: UUID, card_id: UUID, part: str | None = None) -> Payment:
    """Pay what is due of a booking from a card; paid from it already, the same payment.

    Raises BookingNotFound, PrepaidCardNotFound, PrepaidCardNotLive, PrepaidCardOfAnotherFirm, PrepaidCardNotForService,
    PrepaidCardFrozen, PrepaidBalanceShort, PaymentUnderWay, and what ``booking.begin_payment`` raises.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    card = queries.own(actor, card_id, lock=True)
    if party != "household":
        raise NotYourStep(step="confirm_payment")
    paid = payment_queries.paid(booking_id)
    if booking.state in ("asked", "confirmed") and booking.due is None and paid[0].from_card_id == card.id:
        return paid[0]
    booking_service.begin_payment(booking_id=booking_id, actor=actor, part=part)
    rules.check_usable(card, booking)
    due = booking.due
    assert due is not None  # else nothing could have been begun
    price = queries.price_of(card.id, lock=True)
    books_service.lock(card.account)
    _check_balance(card, price, due["amount"])
    payment = payments.redeem(booking=booking, card_id=card.id)
    ledger.append(facts.USED, subject=card.ref, actor=actor.ref, data={
        "booking": str(booking.id), "payment": str(payment.id), "amount": payment.amount_fen})
    return payment


def _check_balance(card: PrepaidCard, price: Payment | None, amount: int) -> None:
    assert price is not None  # a live card's is paid
    rules.check_balance(books_queries.held(card.account), amount, disputed_fen=price.disputed_fen,
                        lost_fen=price.lost_fen)


def close(*, actor: Actor, card_id: UUID, expected_refund: int) -> None:
    """The household gives a card back for exactly what is left on it; bookings paid from it stand.

    Raises PrepaidCardNotFound, StepNotPossible, PrepaidBalanceChanged.
    """
    card = queries.own(actor, card_id, lock=True)
    CARD.find("close", state=card.state, party="household")
    price = queries.price_of(card.id, lock=True)
    assert price is not None  # a live card's is paid
    books_service.lock(card.account)
    held = books_queries.held(card.account)
    if held != expected_refund:
        raise PrepaidBalanceChanged(balance=held, balance_display=money.display(held))
    _close(card, price, "close", party="household", by=actor.ref)


def _close(card: PrepaidCard, price: Payment, step: str, *, party: str, by: str) -> None:
    row = CARD.move(card, step, party=party)
    card.closed_at = clock.now()
    db.session.flush()
    back, recovered = _rest(card, price)
    entry_id = ledger.append(row.fact, subject=card.ref, actor=by, data={"amount": back, "recovered": recovered})
    assert entry_id is not None  # it has no key
    _send(card, price, back, recovered, entry_id)


def _rest(card: PrepaidCard, price: Payment) -> tuple[int, int]:
    """What stands on a card that is no more and is on its way to nobody: the family's part and the platform's."""
    books_service.lock(card.account)
    held, used = queries.standing(card.account)
    return rules.parted(held - refund_queries.unmade(price.id), refunds.left(price) - used)


def _send(card: PrepaidCard, price: Payment, back: int, recovered: int, entry_id: int) -> None:
    if recovered:
        books_service.post(kind="recovered", ref=str(entry_id), lines=books.recovered(card.account, recovered))
    if back:
        refunds.request(payment_id=price.id, amount=back, entry_id=entry_id)


def settle(*, card_id: UUID) -> None:
    """Make a card what its money says: live once it is paid; what comes to one that is no more goes on to the family.

    Done twice, it changes nothing.
    """
    card = queries.get(card_id, lock=True)
    price = queries.price_of(card.id, lock=True)
    if price is None:
        return
    if card.state == "bought":
        row = CARD.move(card, "activate", party="system")
        card.live_at = clock.now()
        db.session.flush()
        ledger.append(row.fact, subject=card.ref, actor=ledger.SYSTEM, data={
            "firm": str(card.firm_id), "household": str(card.household_id), "offer": str(card.offer_id),
            "value": card.value_fen})
    elif card.state == "live" and price.lost_fen:
        _close(card, price, "void", party="system", by=ledger.SYSTEM)
    elif card.state in ("closed", "lapsed"):
        _pass_on(card, price)


def _pass_on(card: PrepaidCard, price: Payment) -> None:
    back, recovered = _rest(card, price)
    if back > 0 or recovered > 0:
        entry_id = ledger.append(facts.RETURNED, subject=card.ref, actor=ledger.SYSTEM, data={
            "amount": back, "recovered": recovered})
        assert entry_id is not None  # it has no key
        _send(card, price, back, recovered, entry_id)


def lapse(*, card_id: UUID) -> None:
    """Let a card go that was not paid in time: first no more at Stripe, then the card. Call with nothing locked.

    Money that came first stands: the card is live.
    """
    if not payments.close_card(card_id=card_id):
        return  # the sweep asks again
    card = queries.get(card_id, lock=True)
    if card.state != "bought" or payment_queries.awaited_of_card(card_id):
        return
    if queries.price_of(card_id) is not None:
        settle(card_id=card_id)
    elif card.expires_at <= clock.now():
        row = CARD.move(card, "lapse", party="system")
        card.closed_at = clock.now()
        db.session.flush()
        ledger.append(row.fact, subject=card.ref, actor=ledger.SYSTEM)


def tell(*, entry_id: int) -> None:
    """Tell the family, and the firm where it concerns it, what became of a card or its money, once each."""
    fact, data, card = queries.of_entry(entry_id)
    if card is None:
        return
    kind, firm_too = NEWS[fact] if fact in NEWS else (MONEY_NEWS[fact], False)
    accounts = {card.household.account_id} | (set(identity.accounts_in(card.firm_id, *FIRM)) if firm_too else set())
    amount = data.get("amount", card.value_fen)
    if fact == facts.RETURNED and not amount:
        return  # its bank had given it back before
    for account_id in sorted(accounts):
        messages.notify(account_id=account_id, kind=kind, key=f"ledger:{entry_id}", data={
            "card": str(card.id), "name": card.name, "amount": money.display(amount)})
