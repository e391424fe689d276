"""Read quotes and bookings, and lock them; who is a party to a booking, and what each party sees of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking import rules
from qiaojiejie.booking.errors import (
    AddressNotServed, BookingNotFound, NotAVisit, NotByDays, OnBlockList, OutsideHours, QuoteNotFound,
    ServiceNotOffered, WorkerNotBookable, WorkerNotEligible)
from qiaojiejie.booking.lifecycle import BOOKING, LIVE
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.rules import days
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.workers import rules as workers
from qiaojiejie.workers.models import Worker, WorkerService

#: whom and what a booking is about, beside it in one query
_AROUND = (joinedload(Booking.worker).load_only(Worker.called, Worker.no, Worker.account_id, Worker.barred),
           joinedload(Booking.firm).load_only(Firm.name, Firm.state, Firm.barred),
           joinedload(Booking.household).load_only(Household.account_id),
           joinedload(Booking.address).load_only(Address.label, Address.region_code),
           joinedload(Booking.service), joinedload(Booking.member))


class Shown:
    """A booking as one of its parties sees it: the door code and the note are the household's alone."""

    def __init__(self, booking: Booking, party: str) -> None:
        self._booking, self._party = booking, party

    def __getattr__(self, name: str) -> Any:
        return getattr(self._booking, name)

    @property
    def party(self) -> str:
        """Who is looking: household, worker or firm."""
        return self._party

    @property
    def door_code(self) -> str | None:
        """Four digits, to the household."""
        return self._booking.door_code.reveal() if self._party == "household" else None

    @property
    def note(self) -> str | None:
        """The household's note, to the household (the worker reads it with the address)."""
        note = self._booking.note
        return note.reveal() if note is not None and self._party == "household" else None

    @property
    def member_id(self) -> UUID | None:
        """Whom of the household it is for, to the household."""
        return self._booking.member_id if self._party == "household" else None

    @property
    def cared_for(self) -> dict[str, Any] | None:
        """Whom it is for, without the name: to the household always, to who works while they have to know."""
        booking, closes = self._booking, rules.contact_closes(self._booking.end, self._booking.ended_at)
        told = self._party == "household" or (booking.state in rules.TOLD_STATES and clock.now() <= closes)
        return rules.cared_for(booking.member, clock.today().year) if booking.member and told else None

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return BOOKING.states[self._booking.state]

    @property
    def unattended(self) -> bool:
        """Confirmed, over, and nobody has said what happened; it stays open until someone does."""
        return self._booking.state == "confirmed" and self._booking.end <= clock.now()

    @property
    def steps(self) -> list[str]:
        """Steps this party may take from this state (their times are checked when they are taken)."""
        return [row.name for row in BOOKING.steps.values()
                if self._booking.state in row.sources and self._party in row.parties
                and days.possible(row.name, self._booking.plan is not None)]


def quote(quote_id: UUID, household_id: UUID, lock: bool = False) -> Quote:
    """A household's own quote. Raises QuoteNotFound, for another's too."""
    stmt = sa.select(Quote).where(Quote.id == quote_id, Quote.household_id == household_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise QuoteNotFound()
    return found


def live_of(quote_id: UUID) -> bool:
    """True when a quote has made a booking that still stands."""
    return db.session.scalar(sa.select(Booking.id).where(
        Booking.quote_id == quote_id, Booking.state.in_(LIVE)).limit(1)) is not None


def price(worker: Worker, service: Service, by_days: bool = False) -> int:
    """Her wage in fen per unit of a service, booked by the visit or by days.

    Raises NotAVisit, NotByDays, ServiceNotOffered.
    """
    if by_days == (service.unit in rules.VISIT_UNITS):
        raise (NotByDays if by_days else NotAVisit)(service=service.name)
    found = db.session.get(WorkerService, (worker.id, service.code))
    if found is None:
        raise ServiceNotOffered(service=service.name)
    return found.price_fen


def check_bookable(worker: Worker, firm_id: UUID | None, service: Service, on: date) -> None:
    """Does she take bookings, through this firm, and may she do this work on that day?

    Raises OnBlockList, WorkerNotBookable, WorkerNotEligible.
    """
    firm = db.session.get(Firm, worker.firm_id) if worker.firm_id else None
    if worker.barred or (firm is not None and firm.barred):
        raise OnBlockList()
    if not worker.listed or firm is None or firm.id != firm_id or firm.state != "on_platform":
        raise WorkerNotBookable()
    reasons = workers.eligible(worker, service, on)
    if reasons:
        raise WorkerNotEligible(reasons=", ".join(reasons), words="、".join(map(rules.INELIGIBLE.__getitem__, reasons)))


def check_place(worker: Worker, region_code: str) -> None:
    """Does she or her firm serve this district? Raises AddressNotServed."""
    firm = db.session.get_one(Firm, worker.firm_id)
    if region_code not in (worker.district, *firm.region_codes):
        raise AddressNotServed()


def check_place_and_hours(worker: Worker, region_code: str, start: datetime, until: datetime) -> None:
    """Does she or her firm serve this district, and is she at work and free then?

    Raises AddressNotServed, OutsideHours, SlotTaken.
    """
    check_place(worker, region_code)
    if not calendars.within_hours(worker.no, start, until):
        raise OutsideHours()
    if calendars.free(worker.no, start, until) != [(start, until)]:
        raise SlotTaken()


def get(id: UUID, lock: bool = False) -> Booking:
    """A booking with its worker, firm, service and address beside it. Raises BookingNotFound."""
    stmt = sa.select(Booking).where(Booking.id == id).options(*_AROUND)
    if lock:
        stmt = stmt.with_for_update(of=Booking, key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise BookingNotFound()
    return found


def of_party(actor: Actor, id: UUID, lock: bool = False) -> tuple[Booking, str]:
    """A booking and which party to it the actor is. Raises BookingNotFound, to strangers too."""
    booking = get(id, lock=lock)
    return booking, party_of(actor, booking)


def party_of(actor: Actor, booking: Booking) -> str:
    """``household``, ``worker`` or ``firm``: what the actor, in her present role, is to the booking.

    Raises BookingNotFound for strangers.
    """
    if actor.role == Role.HOUSEHOLD and booking.household.account_id == actor.account_id:
        return "household"
    if actor.role == Role.WORKER and booking.worker.account_id == actor.account_id:
        return "worker"
    if actor.role in FIRM and booking.firm_id == actor.org_id:
        return "firm"
    raise BookingNotFound()


def shown(actor: Actor, id: UUID) -> Shown:
    """A booking as the actor sees it. Raises BookingNotFound."""
    return Shown(*of_party(actor, id))


def mine(actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Bookings of the actor in her present role, newest first, one page of ``Shown``."""
    stmt = sa.select(Booking).options(*_AROUND)
    if actor.role == Role.HOUSEHOLD:
        party, stmt = "household", stmt.where(Booking.household_id == sa.select(Household.id).where(
            Household.account_id == actor.account_id).scalar_subquery())
    elif actor.role == Role.WORKER:
        party, stmt = "worker", stmt.where(Booking.worker_id == sa.select(Worker.id).where(
            Worker.account_id == actor.account_id).scalar_subquery())
    else:
        party, stmt = "firm", stmt.where(Booking.firm_id == actor.org_id)
    if state:
        stmt = stmt.where(Booking.state == state)
    scope = paging.scope_of("bookings", [actor.account_id, party, actor.org_id, state])
    page = paging.keyset(stmt, [Booking.id], scope=scope, cursor=cursor, limit=limit)
    return paging.Page([Shown(booking, party) for booking in page.items], page.next_cursor)


def history(actor: Actor, id: UUID) -> paging.Page:
    """What the ledger says of a booking, in order, to its parties. Raises BookingNotFound."""
    booking, _ = of_party(actor, id)
    entries: Sequence[LedgerEntry] = ledger.about(booking.ref)
    return paging.Page(entries, None)


def holds(household_id: UUID) -> int:
    """How many unpaid bookings a household holds."""
    return db.session.execute(sa.select(sa.func.count()).select_from(Booking).where(
        Booking.household_id == household_id, Booking.state == "held")).scalar_one()


def ahead(*, worker_id: UUID | None = None, firm_id: UUID | None = None) -> Sequence[Booking]:
    """Bookings of a worker, or of a firm, that are held or confirmed and not over."""
    of = Booking.worker_id == worker_id if worker_id else Booking.firm_id == firm_id
    stmt = sa.select(Booking).where(of, Booking.state.in_(("held", "confirmed")),
                                    sa.func.upper(Booking.during) > clock.now())
    return db.session.scalars(stmt.options(*_AROUND).order_by(Booking.id)).all()


def due_to_expire(now: datetime, limit: int) -> list[Booking]:
    """Holds past their time that nobody began to pay, locked; those another process works on are left to it."""
    stmt = sa.select(Booking).where(Booking.state == "held", Booking.expires_at <= now,
                                    Booking.payment_begun_at.is_(None)).order_by(Booking.expires_at)
    # whose days are drawn next: in the order in which calendars locks them
    return sorted(batch(stmt, limit), key=lambda booking: (booking.worker.no, booking.start))


def due_to_end(now: datetime, limit: int) -> Sequence[Booking]:
    """Visits under way whose agreed end is long past, locked."""
    end = sa.func.upper(Booking.during)
    stmt = sa.select(Booking).where(Booking.state == "under_way", end <= now - rules.FORGOTTEN_AFTER,
                                    Booking.plan.is_(None))
    return batch(stmt.order_by(end), limit)


def due_to_complete(now: datetime, limit: int) -> list[Booking]:
    """Served bookings the household has not spoken on in time, without an open complaint, locked."""
    stmt = sa.select(Booking).where(Booking.state == "served", Booking.ended_at <= now - rules.COMPLETES_AFTER,
                                    Booking.complaint_open.is_(False)).order_by(Booking.ended_at)
    # whose rows are counted up next: in the order in which all who write many workers take them
    return sorted(batch(stmt, limit), key=lambda booking: booking.worker_id)


def due_to_remind(now: datetime, limit: int) -> Sequence[Booking]:
    """Confirmed bookings whose family is to be told of the balance now, locked."""
    stmt = sa.select(Booking).where(Booking.state == "confirmed", Booking.remind_at <= now)
    return batch(stmt.order_by(Booking.remind_at), limit)


def batch(stmt: sa.Select[Any], limit: int) -> Sequence[Booking]:
    """Bookings by a statement of them, locked, with whom they are about; those others work on are left to them."""
    return db.session.scalars(stmt.options(*_AROUND).limit(limit).with_for_update(
        of=Booking, key_share=True, skip_locked=True)).all()


def accounts_of(booking: Booking) -> dict[str, list[UUID]]:
    """The accounts that are told of a booking, by party."""
    worker = booking.worker.account_id
    return {"household": [booking.household.account_id], "worker": [worker] if worker else [],
            "firm": identity.accounts_in(booking.firm_id, *FIRM)}


def contact(booking: Booking, party: str) -> dict[str, str | None]:
    """How to reach the other side, in plain text: only after the look was recorded."""
    if party == "household":
        return {"name": booking.worker.called, "phone": booking.worker.phone.reveal(), "address": None, "note": None}
    place = booking.address
    return {"name": place.contact_name.masked, "phone": place.contact_phone.reveal(),
            "address": place.detail.reveal(), "note": booking.note.reveal() if booking.note else None}


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a booking and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    booking = get(UUID(entry.subject.partition(":")[2]))
    kind, parties = rules.NEWS[entry.fact]
    data = rules.news_data(booking=str(booking.id), service_name=booking.service.name,
                           worker_called=booking.worker.called, start=clock.local(booking.start),
                           amount_fen=entry.data.get("refund", entry.data.get("paid", entry.data.get("total"))))
    accounts = accounts_of(booking)
    return [{"account_id": account_id, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in parties for account_id in accounts[party]]
