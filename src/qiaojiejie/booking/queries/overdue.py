"""Bookings whose time has come for something, a batch of them, locked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import rules
from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries.shown import AROUND
from qiaojiejie.core import clock, metrics
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Member
from qiaojiejie.households.rules import MEMBER_KEPT


def ahead(*, worker_id: UUID | None = None, firm_id: UUID | None = None) -> Sequence[Booking]:
    """Bookings of a worker, or of a firm, that have not begun and are not over."""
    of = Booking.worker_id == worker_id if worker_id else Booking.firm_id == firm_id
    stmt = sa.select(Booking).where(of, Booking.state.in_(("held", "asked", "confirmed")),
                                    sa.func.upper(Booking.during) > clock.now())
    return db.session.scalars(stmt.options(*AROUND).order_by(Booking.id)).all()


def due_to_expire(now: datetime, limit: int) -> list[Booking]:
    """Holds past their time that nobody began to pay, locked; those another process works on are left to it."""
    stmt = sa.select(Booking).where(Booking.state == "held", Booking.expires_at <= now,
                                    Booking.payment_begun_at.is_(None)).order_by(Booking.expires_at)
    # whose days are drawn next: in the order in which calendars locks them
    return sorted(batch(stmt, limit), key=lambda booking: (booking.worker.no, booking.start))


def due_to_lapse(now: datetime, limit: int) -> list[Booking]:
    """Bookings a firm was asked for and did not answer in time, locked."""
    stmt = sa.select(Booking).where(Booking.state == "asked", Booking.answer_by < now).order_by(Booking.answer_by)
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


def members_to_erase(now: datetime, limit: int) -> Sequence[Member]:
    """Members removed 180 days ago whom no booking names that stands, is complained of or ended since, locked."""
    before = now - MEMBER_KEPT
    ended = sa.func.coalesce(Booking.closed_at, Booking.ended_at, Booking.created_at)
    needed = sa.exists().where(Booking.member_id == Member.id, sa.or_(
        Booking.state.in_(LIVE), Booking.complaint_open, ended > before))
    stmt = sa.select(Member).where(Member.removed_at <= before, Member.erased_at.is_(None), ~needed)
    return db.session.scalars(stmt.order_by(Member.removed_at).limit(limit).with_for_update(skip_locked=True)).all()


def with_old_doors(now: datetime, limit: int) -> Sequence[Booking]:
    """Bookings that began 30 days ago and still say how far from the address, locked."""
    stmt = sa.select(Booking).where(Booking.door_metres.is_not(None), Booking.started_at <= now - rules.DOOR_KEPT)
    return batch(stmt.order_by(Booking.started_at), limit)


def due_to_remind(now: datetime, limit: int) -> Sequence[Booking]:
    """Confirmed bookings whose family is to be told of the balance now, locked."""
    stmt = sa.select(Booking).where(Booking.state == "confirmed", Booking.remind_at <= now)
    return batch(stmt.order_by(Booking.remind_at), limit)


def due_to_begin(latest: date, limit: int) -> Sequence[Booking]:
    """Confirmed bookings whose window ends by a day and of which nobody has said when they begin, locked."""
    stmt = sa.select(Booking).where(Booking.state == "confirmed", Booking.window_ends <= latest)
    return sorted(batch(stmt.order_by(Booking.window_ends), limit), key=lambda booking: booking.worker.no)


def batch(stmt: sa.Select[Any], limit: int) -> Sequence[Booking]:
    """Bookings by a statement of them, locked, with whom they are about; those others work on are left to them."""
    ids = db.session.scalars(stmt.with_only_columns(Booking.id).limit(limit).with_for_update(
        of=Booking, key_share=True, skip_locked=True)).all()
    found = db.session.scalars(sa.select(Booking).where(Booking.id.in_(ids)).options(*AROUND).execution_options(
        populate_existing=True)).all()
    return sorted(found, key=lambda booking: ids.index(booking.id))


@metrics.measure("holds_open", "Bookings held that nobody has paid yet")
def open_holds() -> int:
    """How many bookings are held."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Booking).where(Booking.state == "held")) or 0
