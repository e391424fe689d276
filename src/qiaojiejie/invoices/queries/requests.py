"""Read requests for invoices and lock them (the booking first); who may see which."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.identity import queries as identity
from qiaojiejie.invoices.errors import InvoiceFileNotFound, InvoiceRequestNotFound
from qiaojiejie.invoices.lifecycle import LIVE
from qiaojiejie.invoices.models import InvoiceRequest
from qiaojiejie.media import queries as media, service as files
from qiaojiejie.media.models import Media

_BOOKING = joinedload(InvoiceRequest.booking).options(
    load_only(Booking.household_id, Booking.firm_id, Booking.service_code, Booking.during),
    joinedload(Booking.service), joinedload(Booking.firm).load_only(Firm.name),
    joinedload(Booking.household).load_only(Household.account_id))


def get(request_id: UUID, lock: bool = False) -> InvoiceRequest:
    """A request with its booking beside it. Raises InvoiceRequestNotFound."""
    stmt = sa.select(InvoiceRequest).where(InvoiceRequest.id == request_id).options(_BOOKING)
    if lock:
        stmt = stmt.with_for_update(of=InvoiceRequest).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise InvoiceRequestNotFound()
    return found


def of_party(actor: Actor, request_id: UUID, lock: bool = False) -> tuple[InvoiceRequest, str]:
    """A request and what the actor is to it: ``household`` or ``firm``. Raises InvoiceRequestNotFound to strangers."""
    found = get(request_id, lock=lock)
    if actor.role in FIRM and found.firm_id == actor.org_id:
        return found, "firm"
    if actor.role == Role.HOUSEHOLD and found.booking.household.account_id == actor.account_id:
        return found, "household"
    raise InvoiceRequestNotFound()


def find_live(booking_id: UUID, lock: bool = False) -> InvoiceRequest | None:
    """The request of a booking that is waiting or was issued, if there is one."""
    stmt = sa.select(InvoiceRequest).where(InvoiceRequest.booking_id == booking_id, InvoiceRequest.state.in_(LIVE))
    if lock:
        stmt = stmt.with_for_update(of=InvoiceRequest).execution_options(populate_existing=True)
    return db.session.scalars(stmt.options(_BOOKING)).one_or_none()


def mine(account_id: UUID, *, state: str | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the requests of the family an account opened, newest first."""
    stmt = sa.select(InvoiceRequest).options(_BOOKING).where(InvoiceRequest.household_id == sa.select(
        Household.id).where(Household.account_id == account_id).scalar_subquery())
    if state is not None:
        stmt = stmt.where(InvoiceRequest.state == state)
    return paging.keyset(stmt, [InvoiceRequest.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("own-invoice-requests", [account_id, state]))


def page(*, firm_id: UUID | None = None, state: str | None = None, overdue: bool | None = None,
         cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a firm's requests, or of all: newest first; the late ones alone, the latest of them first."""
    stmt = sa.select(InvoiceRequest).options(_BOOKING)
    if firm_id is not None:
        stmt = stmt.where(InvoiceRequest.firm_id == firm_id)
    if state is not None:
        stmt = stmt.where(InvoiceRequest.state == state)
    scope = paging.scope_of("invoice-requests", [firm_id, state, overdue])
    late = sa.and_(InvoiceRequest.state == "requested", InvoiceRequest.due_on < clock.today())
    if overdue:
        return paging.keyset(stmt.where(late), [InvoiceRequest.due_on, InvoiceRequest.id], scope=scope, cursor=cursor,
                             limit=limit, descending=False)
    if overdue is False:
        stmt = stmt.where(~late)
    return paging.keyset(stmt, [InvoiceRequest.id], scope=scope, cursor=cursor, limit=limit)


def file(actor: Actor, request_id: UUID) -> tuple[InvoiceRequest, str, Media]:
    """The invoice's file, with the request and what the actor is to it.

    Raises InvoiceRequestNotFound, InvoiceFileNotFound.
    """
    found, party = of_party(actor, request_id)
    if found.media_id is None:
        raise InvoiceFileNotFound()
    return found, party, media.get(found.media_id)


def read_file(stored: Media) -> bytes:
    """The bytes of an invoice's file: only after the look was recorded. Raises MediaNotFound, Unavailable."""
    return files.read(stored)


def late(on: date, limit: int) -> Sequence[InvoiceRequest]:
    """Requests that were due before ``on`` whose firm was not told so yet, locked."""
    stmt = sa.select(InvoiceRequest).where(InvoiceRequest.state == "requested", InvoiceRequest.due_on < on,
                                           InvoiceRequest.overdue_at.is_(None))
    return db.session.scalars(stmt.options(_BOOKING).order_by(InvoiceRequest.due_on, InvoiceRequest.id).limit(limit)
                              .with_for_update(of=InvoiceRequest, skip_locked=True)).all()


def accounts_of(request: InvoiceRequest) -> dict[str, list[UUID]]:
    """The accounts that are told of a request, by party."""
    return {"household": [request.booking.household.account_id], "firm": identity.accounts_in(request.firm_id, *FIRM)}
