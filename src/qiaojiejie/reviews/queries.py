"""Read reviews, and lock those to be published."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.reviews import rules
from qiaojiejie.reviews.models import Review
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound

_BOOKING = joinedload(Review.booking).options(
    load_only(Booking.household_id, Booking.worker_id, Booking.firm_id, Booking.service_code, Booking.during),
    joinedload(Booking.service))


def get(id: UUID) -> Review:
    """A review with its booking beside it."""
    return db.session.scalars(sa.select(Review).where(Review.id == id).options(_BOOKING)).one()


def of_booking(actor: Actor, booking_id: UUID) -> paging.Page:
    """What the actor may read of a booking's reviews: her own, and those published. Raises BookingNotFound."""
    _, party = bookings.of_party(actor, booking_id)
    stmt = sa.select(Review).where(Review.booking_id == booking_id,
                                   sa.or_(Review.side == party, Review.published_at.is_not(None)))
    return paging.Page(db.session.scalars(stmt.order_by(Review.id)).all(), None)


def _public(worker_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(Review.worker_id == worker_id, Review.side == "household", Review.published_at.is_not(None))


def of_worker(worker_id: UUID, *, cursor: str | None, limit: int) -> paging.Page:
    """Published reviews of a listed worker by households, newest first, one page. Raises WorkerNotFound."""
    if not workers.get(worker_id).listed:
        raise WorkerNotFound()
    stmt = sa.select(Review).where(_public(worker_id)).options(_BOOKING)
    return paging.keyset(stmt, [Review.id], scope=paging.scope_of("reviews", worker_id), cursor=cursor, limit=limit)


def stars(worker_id: UUID) -> dict[int, int]:
    """How many published household reviews of a worker gave each overall mark."""
    stmt = sa.select(Review.overall, sa.func.count()).where(_public(worker_id)).group_by(Review.overall)
    return {mark: count for mark, count in db.session.execute(stmt)}


def hidden_of(booking_id: UUID) -> Sequence[Review]:
    """The reviews of a booking that are not published yet, locked."""
    stmt = sa.select(Review).where(Review.booking_id == booking_id, Review.published_at.is_(None)).options(_BOOKING)
    return db.session.scalars(stmt.order_by(Review.id).with_for_update(of=Review)).all()


def due(now: datetime, limit: int) -> list[Review]:
    """Reviews that have been hidden long enough, locked, in the order of their workers (who are locked next)."""
    stmt = sa.select(Review).where(Review.published_at.is_(None), Review.publish_at <= now).options(_BOOKING)
    found = db.session.scalars(stmt.order_by(Review.publish_at).limit(limit).with_for_update(
        of=Review, skip_locked=True)).all()
    return sorted(found, key=lambda review: review.worker_id)


def count(booking_id: UUID) -> int:
    """How many sides have reviewed a booking."""
    stmt = sa.select(sa.func.count()).select_from(Review).where(Review.booking_id == booking_id)
    return db.session.execute(stmt).scalar_one()


def page_of_worker(worker_id: UUID, *, cursor: str | None, limit: int) -> dict[str, object]:
    """A page of a worker's public reviews with their summary. Raises WorkerNotFound."""
    page = of_worker(worker_id, cursor=cursor, limit=limit)
    counts = stars(worker_id)
    return {"items": page.items, "next_cursor": page.next_cursor, "summary": {
        "average": rules.mean(counts), "count": sum(counts.values()),
        "stars": {f"stars_{mark}": counts.get(mark, 0) for mark in range(5, 0, -1)}}}
