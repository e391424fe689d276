"""Read a booking's photos: who may, which are whose, what is due to be erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework import queries as casework
from qiaojiejie.core import paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.disputes import queries as disputes
from qiaojiejie.photos.errors import NoComplaintOpen, VisitPhotoNotFound
from qiaojiejie.photos.models import Album, VisitPhoto


def reader(actor: Actor, booking_id: UUID) -> tuple[Booking, UUID | None]:
    """A booking whose photos the actor may see, and for a mediator the complaint that lets her.

    Raises BookingNotFound, NoComplaintOpen.
    """
    if actor.role != Role.MEDIATOR:
        return bookings.of_party(actor, booking_id)[0], None
    booking, complaint_id = bookings.get(booking_id), casework.live_of(booking_id)
    if complaint_id is None:
        raise NoComplaintOpen()
    return booking, complaint_id


def page(booking_id: UUID, *, phase: str | None, cursor: str | None, limit: int) -> paging.Page:
    """A booking's photos in the order they were added, one page."""
    stmt = sa.select(VisitPhoto).where(VisitPhoto.booking_id == booking_id).options(joinedload(VisitPhoto.media))
    if phase:
        stmt = stmt.where(VisitPhoto.phase == phase)
    return paging.keyset(stmt, [VisitPhoto.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("photos", [booking_id, phase]))


def photo(booking_id: UUID, photo_id: UUID, lock: bool = False) -> VisitPhoto:
    """A photo of a booking with its media. Raises VisitPhotoNotFound."""
    stmt = sa.select(VisitPhoto).where(VisitPhoto.id == photo_id, VisitPhoto.booking_id == booking_id).options(
        joinedload(VisitPhoto.media))
    if lock:
        stmt = stmt.with_for_update(of=VisitPhoto).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise VisitPhotoNotFound()
    return found


def counted(booking_id: UUID, phase: str) -> int:
    """How many photos of a phase an album holds."""
    return db.session.execute(sa.select(sa.func.count()).select_from(VisitPhoto).where(
        VisitPhoto.booking_id == booking_id, VisitPhoto.phase == phase)).scalar_one()


def is_held(booking_id: Any) -> sa.ColumnElement[bool]:
    """Whether a complaint or a dispute about a booking (a column) is open: its photos may be needed."""
    return sa.or_(casework.is_live(booking_id), disputes.is_open(booking_id))


def held(booking_id: UUID) -> bool:
    """The same of one booking."""
    return db.session.execute(sa.select(is_held(booking_id))).scalar_one()


def due(now: datetime, limit: int) -> Sequence[Any]:
    """(album, when its booking ended, whether it is held) of albums to look at, locked; others' are left."""
    stmt = sa.select(Album, Booking.closed_at, is_held(Booking.id).label("held")).join(
        Booking, Booking.id == Album.booking_id).where(Album.erased_at.is_(None), Album.due_at <= now)
    return db.session.execute(stmt.order_by(Album.due_at).limit(limit).with_for_update(
        of=Album, skip_locked=True)).all()
