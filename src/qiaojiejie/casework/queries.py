"""Read complaints and lock them; who may read which."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.errors import ComplaintNotFound, NoOpenComplaint
from qiaojiejie.casework.lifecycle import LIVE
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.households import queries as households
from qiaojiejie.identity import queries as identity

_BOOKING = joinedload(Complaint.booking).options(
    load_only(Booking.household_id, Booking.worker_id, Booking.firm_id, Booking.during),
    joinedload(Booking.service), joinedload(Booking.worker), joinedload(Booking.household))


def get(id: UUID, lock: bool = False) -> Complaint:
    """A complaint with its booking beside it. Raises ComplaintNotFound."""
    stmt = sa.select(Complaint).where(Complaint.id == id).options(_BOOKING)
    if lock:
        stmt = stmt.with_for_update(of=Complaint).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ComplaintNotFound()
    return found


def of_party(actor: Actor, id: UUID, lock: bool = False) -> tuple[Complaint, str]:
    """A complaint and which party to it the actor is: household, firm or mediator. Raises ComplaintNotFound."""
    complaint = get(id, lock=lock)
    if actor.role == Role.MEDIATOR:
        return complaint, "mediator"
    if actor.role in FIRM and complaint.firm_id == actor.org_id:
        return complaint, "firm"
    if actor.role == Role.HOUSEHOLD and complaint.booking.household.account_id == actor.account_id:
        return complaint, "household"
    raise ComplaintNotFound()


def mine(actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Complaints a household made, those about a firm, or to a mediator all; newest first, one page."""
    stmt = sa.select(Complaint).options(_BOOKING)
    if actor.role in FIRM:
        stmt = stmt.where(Complaint.firm_id == actor.org_id)
    elif actor.role == Role.HOUSEHOLD:
        own = households.find_of_account(actor.account_id)
        stmt = stmt.where(Complaint.household_id == (own.id if own else None))
    if state:
        stmt = stmt.where(Complaint.state == state)
    scope = paging.scope_of("complaints", [actor.account_id, actor.role, actor.org_id, state])
    return paging.keyset(stmt, [Complaint.id], scope=scope, cursor=cursor, limit=limit)


def is_live(booking_id: Any) -> sa.ColumnElement[bool]:
    """Whether a complaint about a booking (a column) waits to be answered or decided."""
    return sa.exists().where(Complaint.booking_id == booking_id, Complaint.state.in_(LIVE))


def live_of(booking_id: UUID) -> UUID | None:
    """The complaint about a booking that waits to be answered or decided, if there is one."""
    return db.session.scalar(sa.select(Complaint.id).where(
        Complaint.booking_id == booking_id, Complaint.state.in_(LIVE)))


def reader(actor: Actor, booking_id: UUID) -> tuple[Booking, str, UUID | None]:
    """A booking, as whom the actor sees what its parties said and showed each other, and for a mediator the complaint
    that lets her.

    Raises BookingNotFound, NoOpenComplaint.
    """
    if actor.role != Role.MEDIATOR:
        return *bookings.of_party(actor, booking_id), None
    booking, complaint_id = bookings.get(booking_id), live_of(booking_id)
    if complaint_id is None:
        raise NoOpenComplaint()
    return booking, "mediator", complaint_id


def due(kept: Any, held: sa.ColumnElement[bool], now: datetime, limit: int) -> Sequence[Any]:
    """(it, when its booking ended, whether it is ``held``) of what is ``kept`` of bookings (a model with booking_id,
    due_at, erased_at) and is to be looked at, locked; what another has is left."""
    stmt = sa.select(kept, Booking.closed_at, held.label("held")).join(Booking, Booking.id == kept.booking_id)
    stmt = stmt.where(kept.erased_at.is_(None), kept.due_at <= now).order_by(kept.due_at).limit(limit)
    return db.session.execute(stmt.with_for_update(of=kept, skip_locked=True)).all()


def accounts_of(complaint: Complaint) -> dict[str, list[UUID]]:
    """The accounts that are told of a complaint, by party."""
    worker = complaint.booking.worker.account_id
    return {"household": [complaint.booking.household.account_id], "worker": [worker] if worker else [],
            "firm": identity.accounts_in(complaint.firm_id, *FIRM), "mediator": identity.accounts_with(Role.MEDIATOR)}
