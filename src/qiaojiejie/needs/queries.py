"""Read needs and quotes, and lock them: the need first, then its quotes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking import rules as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.catalog.rules import distance_m
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity.models import Membership
from qiaojiejie.needs import rules
from qiaojiejie.needs.errors import NeedNotFound, NeedQuoteNotFound
from qiaojiejie.needs.models import Need, NeedQuote
from qiaojiejie.search import queries as search
from qiaojiejie.workers.models import Worker, WorkerService

_AROUND = (joinedload(Need.service), joinedload(Need.member),
           joinedload(Need.household).load_only(Household.account_id),
           joinedload(Need.address).load_only(Address.cell, Address.place))
_WHOLE = (joinedload(NeedQuote.firm).load_only(Firm.name, Firm.grade), joinedload(NeedQuote.worker).load_only(
    Worker.called, Worker.no, Worker.cell, Worker.score))
SORTS: dict[str, tuple[Sequence[Any], bool]] = {"total": ((NeedQuote.total_fen, NeedQuote.id), False),
                                                "score": ((NeedQuote.score, NeedQuote.id), True)}


class Shown:
    """A need as its household or a firm sees it: to firms no address, no note, and who it is for without the name."""

    def __init__(self, need: Need, own: bool) -> None:
        self._need, self._own = need, own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._need, name)

    def __private(self, name: str) -> Any:
        return getattr(self._need, name) if self._own else None

    @property
    def address_id(self) -> UUID | None:
        """Where, to the household."""
        found: UUID | None = self.__private("address_id")
        return found

    @property
    def member_id(self) -> UUID | None:
        """Whom it is for, to the household."""
        found: UUID | None = self.__private("member_id")
        return found

    @property
    def booking_id(self) -> UUID | None:
        """What became of it, to the household."""
        found: UUID | None = self.__private("booking_id")
        return found

    @property
    def quotes(self) -> int | None:
        """How many quotes stand, to the household."""
        found: int | None = self.__private("quotes")
        return found

    @property
    def note(self) -> str | None:
        """The note, to the household."""
        note = self.__private("note")
        return note.reveal() if note is not None else None

    @property
    def cared_for(self) -> dict[str, Any] | None:
        """Whom it is for, without the name."""
        return bookings.cared_for(self._need.member, clock.today().year)


def get(need_id: UUID, lock: bool = False) -> Need:
    """A need with what it is about. Raises NeedNotFound."""
    stmt = sa.select(Need).where(Need.id == need_id).options(*_AROUND)
    if lock:
        stmt = stmt.with_for_update(of=Need, key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise NeedNotFound()
    return found


def own(actor: Actor, need_id: UUID, lock: bool = False) -> Need:
    """A need of the actor's household. Raises NeedNotFound, for another's too."""
    found = get(need_id, lock=lock)
    if actor.role != Role.HOUSEHOLD or found.household.account_id != actor.account_id:
        raise NeedNotFound()
    return found


def open_to(actor: Actor, need_id: UUID, lock: bool = False) -> Need:
    """A need the actor's firm may quote for, or has quoted for. Raises NeedNotFound."""
    found = get(need_id, lock=lock)
    served, offered = _reach(actor)
    if found.region_code in served and found.service_code in offered and found.state == "open":
        return found
    quoted = sa.select(NeedQuote.id).where(NeedQuote.need_id == found.id, NeedQuote.firm_id == actor.org_id)
    if db.session.scalar(quoted.limit(1)) is None:
        raise NeedNotFound()
    return found


def _reach(actor: Actor) -> tuple[Sequence[str], Sequence[str]]:
    """The districts the actor's firm serves and the services its listed workers offer; none while it is suspended."""
    firm = firms.get(actor.org_id) if actor.role in FIRM and actor.org_id is not None else None
    if firm is None or firm.state != "on_platform" or firm.barred:
        return [], []
    stmt = sa.select(WorkerService.service_code).distinct().join(Worker, Worker.id == WorkerService.worker_id)
    return firm.region_codes, db.session.scalars(stmt.where(Worker.firm_id == firm.id, Worker.listed)).all()


def shown(actor: Actor, need_id: UUID) -> Shown:
    """A need as the actor sees it. Raises NeedNotFound."""
    if actor.role == Role.HOUSEHOLD:
        return Shown(own(actor, need_id), own=True)
    return Shown(open_to(actor, need_id), own=False)


def mine(actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the needs of the actor's household, newest first."""
    stmt = sa.select(Need).where(Need.household_id == sa.select(Household.id).where(
        Household.account_id == actor.account_id).scalar_subquery())
    if state is not None:
        stmt = stmt.where(Need.state == state)
    return _page(stmt, ["mine", actor.account_id, state], cursor, limit, own=True)


def wanted(actor: Actor, *, service: str | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the open needs the actor's firm may quote for, newest first."""
    served, offered = _reach(actor)
    stmt = sa.select(Need).where(Need.state == "open", Need.closes_at > clock.now(), Need.region_code.in_(served),
                                 Need.service_code.in_([code for code in offered if service in (None, code)]))
    return _page(stmt, ["wanted", actor.org_id, service], cursor, limit, own=False)


def _page(stmt: sa.Select[Any], scope: list[Any], cursor: str | None, limit: int, own: bool) -> paging.Page:
    page = paging.keyset(stmt.options(*_AROUND), [Need.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("needs", scope))
    return paging.Page([Shown(need, own) for need in page.items], page.next_cursor)


def ordered_as(household_id: UUID, booking_id: UUID) -> Need | None:
    """The need of a household that was ordered as a booking, locked."""
    stmt = sa.select(Need).where(Need.household_id == household_id, Need.booking_id == booking_id,
                                 Need.state == "ordered")
    return db.session.scalars(stmt.with_for_update(of=Need, key_share=True).execution_options(
        populate_existing=True)).one_or_none()


def accounts_near(need: Need, most: int) -> Sequence[UUID]:
    """The accounts of firms that serve a need's district and offer its service, of the ``most`` best of them."""
    offers = sa.exists().where(WorkerService.worker_id == Worker.id, Worker.firm_id == Firm.id, Worker.listed,
                               WorkerService.service_code == need.service_code)
    near = sa.select(Firm.id).where(Firm.state == "on_platform", ~Firm.barred, offers,
                                    Firm.region_codes.contains([need.region_code]))
    return _members(near.order_by(Firm.score.desc().nulls_last(), Firm.id).limit(most))


def accounts_that_quoted(need: Need) -> Sequence[UUID]:
    """The accounts of firms that have quoted for a need."""
    return _members(sa.select(NeedQuote.firm_id).where(NeedQuote.need_id == need.id))


def _members(firm_ids: sa.Select[Any]) -> Sequence[UUID]:
    stmt = sa.select(Membership.account_id).distinct().where(
        Membership.org_id.in_(firm_ids), Membership.role.in_(FIRM), Membership.ended_at.is_(None))
    return db.session.scalars(stmt.order_by(Membership.account_id)).all()


def count_open(household_id: UUID) -> int:
    """How many needs of a household are open, or would be again if what was ordered is not paid."""
    unpaid = sa.and_(Need.state == "ordered", Need.closes_at > clock.now(), Booking.state.in_(("held", "expired")))
    stmt = (sa.select(sa.func.count(Need.id)).outerjoin(Booking, Booking.id == Need.booking_id)
            .where(Need.household_id == household_id, sa.or_(Need.state == "open", unpaid)))
    return db.session.scalars(stmt).one()


def count_quotes(need_id: UUID, firm_id: UUID) -> int:
    """How many quotes a firm has made for a need, those it withdrew too."""
    stmt = sa.select(sa.func.count(NeedQuote.id)).where(NeedQuote.need_id == need_id, NeedQuote.firm_id == firm_id)
    return db.session.scalars(stmt).one()


def quote(quote_id: UUID, lock: bool = False) -> NeedQuote:
    """A quote with firm and worker. Raises NeedQuoteNotFound."""
    stmt = sa.select(NeedQuote).where(NeedQuote.id == quote_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=NeedQuote, key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise NeedQuoteNotFound()
    return found


def quote_of_firm(actor: Actor, quote_id: UUID, lock: bool = False) -> NeedQuote:
    """A quote of the actor's firm. Raises NeedQuoteNotFound, for another's too."""
    found = quote(quote_id, lock=lock)
    if actor.role not in FIRM or found.firm_id != actor.org_id:
        raise NeedQuoteNotFound()
    return found


def standing(need_ids: Sequence[UUID]) -> Sequence[NeedQuote]:
    """The quotes of locked needs that stand, locked."""
    return db.session.scalars(sa.select(NeedQuote).where(NeedQuote.need_id.in_(need_ids), NeedQuote.state == "offered")
                              .order_by(NeedQuote.id).with_for_update(of=NeedQuote, key_share=True)).all()


def quotes_of_firm(actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the quotes of the actor's firm, newest first."""
    stmt = sa.select(NeedQuote).where(NeedQuote.firm_id == actor.org_id).options(*_WHOLE)
    if state is not None:
        stmt = stmt.where(NeedQuote.state == state)
    return paging.keyset(stmt, [NeedQuote.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("need-quotes", [actor.org_id, state]))


def compared(actor: Actor, need_id: UUID, *, sort: str, cursor: str | None = None, limit: int) -> dict[str, Any]:
    """A page of the quotes that stand for a need of the actor's, side by side (``schemas.ComparedPageOut``).

    Raises NeedNotFound.
    """
    need = own(actor, need_id)
    stmt = sa.select(NeedQuote).where(NeedQuote.need_id == need.id, NeedQuote.state == "offered",
                                      NeedQuote.good_until > clock.now()).options(*_WHOLE)
    columns, descending = SORTS[sort]
    page = paging.keyset(stmt, columns, cursor=cursor, limit=limit, descending=descending,
                         scope=paging.scope_of("quotes-of-need", [need.id, sort]))
    least = db.session.scalar(sa.select(sa.func.min(NeedQuote.total_fen)).where(
        NeedQuote.need_id == need.id, NeedQuote.state == "offered", NeedQuote.good_until > clock.now()))
    cheapest = db.session.scalars(stmt.order_by(NeedQuote.total_fen, NeedQuote.id).limit(rules.MOST_COMPARED)).all()
    looked_at = {each.id: each for each in (*cheapest, *page.items)}
    cards = {row.id: row.card for row in search.cards(list({each.worker_id for each in looked_at.values()}))}
    place = (need.address.lng, need.address.lat)
    metres = {each.id: distance_m(*place, *rules.middle(each.worker.cell)) for each in looked_at.values()}
    rows = [{"quote": each, "worker": _near(cards[each.worker_id], metres[each.id]),
             "above_least": each.total_fen - (least or 0),
             "within_budget": None if need.budget_fen is None else each.total_fen <= need.budget_fen}
            for each in page.items]
    return {"items": rows, "next_cursor": page.next_cursor, "differs": rules.differing(
        rules.facts_of(each, cards[each.worker_id], metres[each.id]) for each in cheapest)}


def _near(card: dict[str, Any] | None, metres: int) -> dict[str, Any] | None:
    return None if card is None else {**card, "distance_m": metres}


def due_to_lapse(now: datetime, limit: int) -> Sequence[Need]:
    """Open needs whose time is over, locked; those another process works on are left to it."""
    stmt = sa.select(Need).where(Need.state == "open", Need.closes_at <= now).order_by(Need.closes_at).limit(limit)
    return db.session.scalars(stmt.with_for_update(of=Need, key_share=True, skip_locked=True)).all()


def quotes_due_to_lapse(now: datetime, limit: int) -> Sequence[NeedQuote]:
    """Quotes that stand and are good no more, locked with their needs; those others work on are left to them."""
    stmt = sa.select(NeedQuote).join(Need, Need.id == NeedQuote.need_id).where(
        NeedQuote.state == "offered", NeedQuote.good_until <= now).order_by(NeedQuote.good_until).limit(limit)
    return db.session.scalars(stmt.with_for_update(of=(Need, NeedQuote), key_share=True, skip_locked=True)).all()
