"""Read who could come instead, substitutions, and bookings that need one; lock a substitution (the booking first)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries.shown import AROUND, Shown
from qiaojiejie.booking.rules import news_data
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import Span
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.search import queries as search
from qiaojiejie.substitutions import rules
from qiaojiejie.substitutions.errors import SubstitutionNotFound
from qiaojiejie.substitutions.models import Substitution, SubstitutionCandidate
from qiaojiejie.workers import rules as workers
from qiaojiejie.workers.models import Worker, WorkerService

_NAMED = (joinedload(Substitution.worker), joinedload(Substitution.booking),
          selectinload(Substitution.candidates).joinedload(SubstitutionCandidate.worker))


@dataclass(frozen=True)
class Candidate:
    """A worker who fits and is free, and what she is ranked by."""

    worker: Worker
    completed_here: int
    metres: int


def candidates(booking: Booking, spans: Sequence[Span]) -> list[Candidate]:
    """Other listed workers of the booking's firm who do this service with the papers for it, serve the place, and are
    at work and free at all these times, best first. In a few queries, however many there are."""
    firm, days = booking.firm, rules.first_and_last(spans[0][0], spans[-1][1])
    if firm.state != "on_platform" or firm.barred:
        return []
    rows = [row for row in db.session.execute(_colleagues(booking))
            if not any(workers.eligible(row.Worker, booking.service, day) for day in days)]
    nos = [row.Worker.no for row in rows]
    hours, free = calendars.worktimes(nos, *days), calendars.engageable(nos, spans, booking.address.cell)
    mode = None if booking.plan is None else booking.service.mode
    found = [Candidate(row.Worker, row.here or 0, rules.metres(row.Worker.cell, booking.address.cell)) for row in rows
             if row.Worker.no in free and rules.fits(hours[row.Worker.no], spans, mode)]
    return sorted(found, key=lambda each: rules.rank(
        grade=each.worker.grade, completed_here=each.completed_here, score=each.worker.score, metres=each.metres,
        no=each.worker.no))


def _colleagues(booking: Booking) -> sa.Select[Any]:
    here = sa.select(Booking.worker_id, sa.func.count().label("here")).where(
        Booking.household_id == booking.household_id, Booking.state == "completed").group_by(
        Booking.worker_id).subquery()
    stmt = sa.select(Worker, here.c.here).join(WorkerService, sa.and_(
        WorkerService.worker_id == Worker.id, WorkerService.service_code == booking.service_code)).outerjoin(
        here, here.c.worker_id == Worker.id).where(
        Worker.firm_id == booking.firm_id, Worker.id != booking.worker_id, Worker.listed, ~Worker.barred)
    region = booking.address.region_code
    return stmt if region in booking.firm.region_codes else stmt.where(Worker.district == region)


def for_booking(booking: Booking) -> list[Candidate]:
    """Who could take a booking as it stands, best first."""
    return candidates(booking, booking.spans)


def shown(actor: Actor, booking_id: UUID) -> paging.Page:
    """Who could take a confirmed booking, the best twenty on one page, to its firm and its household.

    Raises BookingNotFound, StepNotPossible.
    """
    booking, _ = bookings.of_party(actor, booking_id)
    BOOKING.find("substitute", state=booking.state, party="household")
    return page_of(for_booking(booking))


def page_of(found: Sequence[Candidate]) -> paging.Page:
    """The best of some candidates as a family sees them: each card as the search shows it."""
    best = found[:rules.MOST_SHOWN]
    cards = {row.id: row.card for row in search.cards([each.worker.id for each in best])}
    return paging.Page([{"completed_here": each.completed_here,
                         "worker": {**(cards[each.worker.id] or {}), "distance_m": each.metres}}
                        for each in best], None)


def get(id: UUID, lock: bool = False) -> Substitution:
    """A substitution with who is offered. Raises SubstitutionNotFound."""
    stmt = sa.select(Substitution).where(Substitution.id == id).options(*_NAMED)
    if lock:
        stmt = stmt.with_for_update(of=Substitution)
    found = db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise SubstitutionNotFound()
    return found


def of_party(actor: Actor, id: UUID) -> tuple[Booking, Substitution, str]:
    """A substitution under its lock and its booking's, and which party the actor is.

    Raises SubstitutionNotFound, to strangers too.
    """
    booking_id = get(id).booking_id
    try:
        booking, party = bookings.of_party(actor, booking_id, lock=True)
    except BookingNotFound as strange:
        raise SubstitutionNotFound() from strange
    return booking, get(id, lock=True), party


def open_of(booking_id: UUID) -> Substitution | None:
    """The substitution of a booking that waits for an answer, if there is one; locked."""
    stmt = sa.select(Substitution).where(Substitution.booking_id == booking_id, Substitution.state == "offered")
    return db.session.scalars(stmt.with_for_update().execution_options(populate_existing=True)).one_or_none()


def page(actor: Actor, booking_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """Substitutions of a booking, newest first, to its household and firm. Raises BookingNotFound."""
    booking, _ = bookings.of_party(actor, booking_id)
    stmt = sa.select(Substitution).where(Substitution.booking_id == booking.id).options(*_NAMED)
    return paging.keyset(stmt, [Substitution.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("substitutions", [booking.id]))


def needed(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """Confirmed bookings ahead of the actor's firm whose worker left it or is on the block list, newest first."""
    stmt = sa.select(Booking).options(*AROUND).where(Booking.firm_id == actor.org_id, *_orphaned())
    found = paging.keyset(stmt, [Booking.id], cursor=cursor, limit=limit,
                          scope=paging.scope_of("substitutes-needed", [actor.org_id]))
    return paging.Page([Shown(booking, "firm") for booking in found.items], found.next_cursor)


def orphaned(firm_id: UUID, worker_id: UUID) -> int:
    """How many bookings ahead a worker leaves to the firm she left."""
    stmt = sa.select(sa.func.count()).select_from(Booking).where(
        Booking.firm_id == firm_id, Booking.worker_id == worker_id, *_orphaned())
    return db.session.execute(stmt).scalar_one()


def _orphaned() -> tuple[sa.ColumnElement[bool], ...]:
    gone = sa.exists().where(Worker.id == Booking.worker_id, sa.or_(
        Worker.barred, Worker.firm_id.is_distinct_from(Booking.firm_id)))
    return Booking.state == "confirmed", sa.func.lower(Booking.during) > clock.now(), gone


def due(now: datetime, limit: int) -> Sequence[UUID]:
    """Substitutions nobody answered in time."""
    return db.session.scalars(sa.select(Substitution.id).where(
        Substitution.state == "offered", Substitution.until <= now).order_by(Substitution.until).limit(limit)).all()


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a substitution and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    booking, found = bookings.get(UUID(entry.subject.partition(":")[2])), get(UUID(entry.data["substitution"]))
    kind, party = rules.NEWS[entry.fact]
    former = [found.worker.account_id] if found.worker.account_id else []
    data = {**news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=None,
                        worker_called=found.worker.called, start=clock.local(booking.start)),
            "substitution": str(found.id), **rules.told(entry.data)}
    accounts = {**bookings.accounts_of(booking), "former": former}
    return [{"account_id": account, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for account in accounts[party]]
