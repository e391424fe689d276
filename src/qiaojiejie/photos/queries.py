"""Read a booking's photos: who may, which are whose, what is due to be erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking.models import Booking
from qiaojiejie.casework import queries as casework
from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.disputes import queries as disputes
from qiaojiejie.photos.errors import VisitPhotoNotFound
from qiaojiejie.photos.models import Album, VisitPhoto


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
    """Albums to look at for erasing (``casework.queries.due``)."""
    return casework.due(Album, is_held(Booking.id), now, limit)
