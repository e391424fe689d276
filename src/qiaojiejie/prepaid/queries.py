"""Read offers and cards, and lock them (a booking first, then the card, then payments)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.books import queries as books_queries
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.households import queries as households
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.payments import queries as payments
from qiaojiejie.payments.models import Payment
from qiaojiejie.prepaid.errors import PrepaidCardNotFound, PrepaidOfferNotFound
from qiaojiejie.prepaid.models import PrepaidCard, PrepaidLimit, PrepaidOffer
from qiaojiejie.refunds.models import Refund

BATCH = 100
_NAMES = (joinedload(PrepaidCard.firm).load_only(Firm.name), joinedload(PrepaidCard.service))


@dataclass(frozen=True)
class Shown:
    """A card with what is left on it, and its payment where that is asked for."""

    card: PrepaidCard
    balance_fen: int
    payment: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.card, name)


@dataclass(frozen=True)
class Holding:
    """What a firm's families hold on its cards: live cards, fen on all of them, the most on one, and its limit."""

    firm: Firm
    cards: int
    held_fen: int
    largest_fen: int
    limit_fen: int

    @property
    def firm_id(self) -> UUID:
        """The firm's id."""
        return self.firm.id

    @property
    def firm_name(self) -> str:
        """The firm's name."""
        return self.firm.name


def limit(on: date, registered: bool = True) -> int:
    """Fen one card may hold on a day."""
    return db.session.scalars(sa.select(PrepaidLimit.most_fen).where(
        PrepaidLimit.registered == registered, PrepaidLimit.valid_from <= on)
        .order_by(PrepaidLimit.valid_from.desc()).limit(1)).one()


def offer(offer_id: UUID, lock: bool = False) -> PrepaidOffer:
    """An offer. Raises PrepaidOfferNotFound."""
    stmt = sa.select(PrepaidOffer).where(PrepaidOffer.id == offer_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise PrepaidOfferNotFound()
    return found


def own_offer(actor: Actor, offer_id: UUID) -> PrepaidOffer:
    """An offer of the actor's firm, locked. Raises PrepaidOfferNotFound, for another firm's too."""
    found = offer(offer_id, lock=True)
    if found.firm_id != actor.org_id:
        raise PrepaidOfferNotFound()
    return found


def offers(*, firm_id: UUID | None = None, state: str = "offered", cursor: str | None = None,
           limit: int = paging.LIMIT) -> paging.Page:
    """Offers of all firms or of one, newest first, one page."""
    stmt = sa.select(PrepaidOffer).where(PrepaidOffer.state == state).options(
        joinedload(PrepaidOffer.firm).load_only(Firm.name), joinedload(PrepaidOffer.service))
    if firm_id is not None:
        stmt = stmt.where(PrepaidOffer.firm_id == firm_id)
    return paging.keyset(stmt, [PrepaidOffer.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("prepaid-offers", [firm_id, state]))


def get(card_id: UUID, lock: bool = False) -> PrepaidCard:
    """A card. Raises PrepaidCardNotFound."""
    stmt = sa.select(PrepaidCard).where(PrepaidCard.id == card_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    found = db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise PrepaidCardNotFound()
    return found


def own(actor: Actor, card_id: UUID, lock: bool = False) -> PrepaidCard:
    """A card of the actor's household. Raises PrepaidCardNotFound, for another family's too."""
    household = households.find_of_account(actor.account_id)
    found = get(card_id, lock=lock)
    if household is None or found.household_id != household.id:
        raise PrepaidCardNotFound()
    return found


def awaited(household_id: UUID, offer_id: UUID) -> PrepaidCard | None:
    """The card of an offer for which a household is to pay, locked."""
    return db.session.scalars(sa.select(PrepaidCard).where(
        PrepaidCard.household_id == household_id, PrepaidCard.offer_id == offer_id, PrepaidCard.state == "bought")
        .with_for_update(key_share=True).execution_options(populate_existing=True)).one_or_none()


def price_of(card_id: UUID, lock: bool = False) -> Payment | None:
    """The payment a card was bought with, once it succeeded."""
    found = payments.live_of_card(card_id, lock=lock)
    return found if found is not None and found.state == "succeeded" else None


def standing(account: str) -> tuple[int, int]:
    """Fen on a card's account, and fen of its price that bookings were paid with and keep; both of one moment."""
    spent = sa.func.sum(Posting.amount_fen).filter(PostingTx.kind.in_(("redeemed", "returned")))
    held, used = db.session.execute(sa.select(
        sa.func.coalesce(-sa.func.sum(Posting.amount_fen), 0), sa.func.coalesce(spent, 0))
        .join(PostingTx, PostingTx.id == Posting.tx_id).where(Posting.account == account)).one()
    return int(held), int(used)


def _with_balances(page: paging.Page) -> paging.Page:
    held = books_queries.held_on(card.account for card in page.items)
    return paging.Page([Shown(card, held.get(card.account, 0)) for card in page.items], page.next_cursor)


def mine(actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = paging.LIMIT,
         ) -> paging.Page:
    """A page of a family's cards, newest first, each with what is left on it."""
    household = households.find_of_account(actor.account_id)
    return _cards(PrepaidCard.household_id == (household.id if household else None),
                  name="my-prepaid-cards", of=actor.account_id, state=state, cursor=cursor, limit=limit)


def sold(actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = paging.LIMIT,
         ) -> paging.Page:
    """A page of the cards of the actor's firm, newest first, each with what is left on it."""
    return _cards(PrepaidCard.firm_id == actor.org_id, name="prepaid-cards-sold", of=actor.org_id, state=state,
                  cursor=cursor, limit=limit)


def _cards(whose: sa.ColumnElement[bool], *, name: str, of: UUID | None, state: str | None, cursor: str | None,
           limit: int) -> paging.Page:
    stmt = sa.select(PrepaidCard).where(whose).options(*_NAMES)
    if state is not None:
        stmt = stmt.where(PrepaidCard.state == state)
    return _with_balances(paging.keyset(stmt, [PrepaidCard.id], cursor=cursor, limit=limit,
                                        scope=paging.scope_of(name, [of, state])))


def shown(actor: Actor, card_id: UUID) -> Shown:
    """A card as its family sees it, with what to do to pay for it. Raises PrepaidCardNotFound."""
    card = own(actor, card_id)
    payment = payments.newest_of_card(card.id)
    said = payments.in_words(payment, pays=card.state == "bought", until=card.expires_at) if payment else None
    return Shown(card, books_queries.held(card.account), said)


def moves(actor: Actor, card_id: UUID, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """What moved on a card of the actor's household, newest first, one page. Raises PrepaidCardNotFound."""
    return books_queries.moves(own(actor, card_id).account, cursor=cursor, limit=limit)


def holdings(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """What is held on the cards of each firm that sells any, one page, by firm."""
    page = paging.keyset(sa.select(Firm).where(sa.exists().where(PrepaidOffer.firm_id == Firm.id)), [Firm.id],
                         cursor=cursor, limit=limit, descending=False, scope=paging.scope_of("prepaid-holdings"))
    most = _limit_today()
    totals = _totals([firm.id for firm in page.items])
    return paging.Page([Holding(firm, *totals.get(firm.id, (0, 0, 0)), most) for firm in page.items],
                       page.next_cursor)


def _limit_today() -> int:
    return limit(clock.today())


def _totals(firm_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Of each firm: live cards, fen held on all cards, the most on one."""
    held = sa.select(PrepaidCard.firm_id, PrepaidCard.state, sa.func.coalesce(
        sa.select(-sa.func.sum(Posting.amount_fen)).where(
            Posting.account == sa.literal("prepaid:") + sa.cast(PrepaidCard.id, sa.Text)).scalar_subquery(), 0)
        .label("fen")).where(PrepaidCard.firm_id.in_(firm_ids)).subquery()
    stmt = sa.select(held.c.firm_id, sa.func.count().filter(held.c.state == "live"), sa.func.sum(held.c.fen),
                     sa.func.max(held.c.fen)).group_by(held.c.firm_id)
    return {firm_id: (int(cards), int(fen), int(most)) for firm_id, cards, fen, most in db.session.execute(stmt)}


def overdue(now: datetime) -> Sequence[UUID]:
    """Cards that were not paid for in time, oldest first, a batch."""
    return db.session.scalars(sa.select(PrepaidCard.id).where(
        PrepaidCard.state == "bought", PrepaidCard.expires_at <= now).order_by(PrepaidCard.expires_at)
        .limit(BATCH)).all()


def unsettled() -> Sequence[UUID]:
    """Cards about which something is to be done although nobody was told, a batch: paid and not live, taken back by a
    bank and live, or no more with something left on them that is on its way to nobody."""
    paid = sa.select(Payment.id).where(Payment.card_id == PrepaidCard.id, Payment.state == "succeeded")
    held = sa.select(sa.func.coalesce(-sa.func.sum(Posting.amount_fen), 0)).where(
        Posting.account == sa.literal("prepaid:") + sa.cast(PrepaidCard.id, sa.Text)).scalar_subquery()
    unmade = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).join(
        Payment, Payment.id == Refund.payment_id).where(
        Payment.card_id == PrepaidCard.id, Refund.state.in_(("requested", "failed"))).scalar_subquery()
    return db.session.scalars(sa.select(PrepaidCard.id).where(sa.or_(
        sa.and_(PrepaidCard.state == "bought", paid.exists()),
        sa.and_(PrepaidCard.state == "live", paid.where(Payment.lost_fen > 0).exists()),
        sa.and_(PrepaidCard.state.in_(("closed", "lapsed")), held > unmade))).order_by(PrepaidCard.id)
        .limit(BATCH)).all()


def of_entry(entry_id: int) -> tuple[str, dict[str, Any], PrepaidCard | None]:
    """An entry of the ledger: its fact, its data, and the card it is about; None when it is about something else."""
    entry = ledger.get(entry_id)
    kind, _, id = entry.subject.partition(":")
    return entry.fact, entry.data, get(UUID(id)) if kind == "prepaid" else None


def moved_by(entry_id: int) -> UUID | None:
    """The card whose money an entry about a payment moved: the one it is about, or was paid from."""
    entry = ledger.get(entry_id)
    payment = payments.get(UUID(entry.data["payment"]))
    return payment.card_id or payment.from_card_id
