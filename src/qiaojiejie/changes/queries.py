"""Read changes and what one comes to; lock them (the booking first)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.errors import BookingNotFound, OutsideHours
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.queries import overdue
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.rules.repricing import reprice
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.changes import facts, rules
from qiaojiejie.changes.errors import ChangeNotFound
from qiaojiejie.changes.lifecycle import OPEN
from qiaojiejie.changes.models import Change
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger

BATCH = 100


def get(id: UUID) -> Change:
    """A change; lock its booking first where it is to be moved. Raises ChangeNotFound."""
    found = db.session.get(Change, id, populate_existing=True)
    if found is None:
        raise ChangeNotFound()
    return found


def of_party(actor: Actor, id: UUID) -> tuple[Booking, Change, str]:
    """A change under the lock of its booking, and which party to that the actor is. Raises ChangeNotFound, to
    strangers too."""
    booking_id = get(id).booking_id
    try:
        booking, party = bookings.of_party(actor, booking_id, lock=True)
    except BookingNotFound as strange:
        raise ChangeNotFound() from strange
    return booking, get(id), party


def open_of(booking_id: UUID) -> Change | None:
    """The one change of a booking that is neither done nor off."""
    stmt = sa.select(Change).where(Change.booking_id == booking_id, Change.state.in_(OPEN))
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def mine(actor: Actor, booking_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A booking's changes, newest first, one page, to its parties. Raises BookingNotFound."""
    booking, _ = bookings.of_party(actor, booking_id)
    return paging.keyset(sa.select(Change).where(Change.booking_id == booking.id), [Change.id],
                         scope=paging.scope_of("changes", [booking.id]), cursor=cursor, limit=limit)


def due_to_lapse(now: datetime) -> list[tuple[Booking, Change]]:
    """Open changes past their time that nobody began to pay, with their bookings, locked; those others work on are left
    to them."""
    due = (Change.state.in_(OPEN), Change.expires_at <= now, Change.payment_begun_at.is_(None))
    of = sa.select(Change.booking_id).where(*due).order_by(Change.expires_at).limit(BATCH)
    locked = {booking.id: booking for booking in overdue.batch(sa.select(Booking).where(Booking.id.in_(of)), BATCH)}
    stmt = sa.select(Change).where(Change.booking_id.in_(locked), *due).execution_options(populate_existing=True)
    found = [(locked[change.booking_id], change) for change in db.session.scalars(stmt)]
    # whose days are drawn next: in the order in which calendars locks them
    return sorted(found, key=lambda each: (each[0].worker.no, each[1].start))


def due_to_close(now: datetime) -> Sequence[UUID]:
    """Open changes past their time whose payment was begun: only payments may let them lapse."""
    stmt = sa.select(Change.id).where(Change.state.in_(OPEN), Change.expires_at <= now,
                                      Change.payment_begun_at.is_not(None))
    return db.session.scalars(stmt.order_by(Change.expires_at).limit(BATCH)).all()


def moved(booking: Booking, start: datetime, minutes: int, *, clock_kept: bool) -> rules.Offer:
    """What another time of a visit comes to; ``clock_kept``: its fees stay counted from its earliest start.

    Raises what ``check_time`` raises, OutsideHours, SlotTaken, TooFarBetween.
    """
    until, hers = start + timedelta(minutes=minutes), calendars.terms(booking.worker.no)
    booking_rules.check_time(start=start, minutes=minutes, least_minutes=booking.service.min_minutes, now=clock.now(),
                             terms=hers)
    if not calendars.within_hours(booking.worker.no, start, until):
        raise OutsideHours()
    if calendars.next_taken(booking.worker.no, start, until, but=(booking.ref,)) is not None:
        raise SlotTaken()
    calendars.check_ways(booking.worker.no, [(start, until)], booking.address.cell, (booking.ref,))
    return _offer(booking, start, until, good_until=rules.moves_until(booking, start, hers.notice),
                  fee_clock=min(booking.fee_clock, start) if clock_kept else start)


def longer(booking: Booking, more: int) -> rules.Offer:
    """What a running visit comes to when it lasts ``more`` minutes longer. Raises EngagedNext."""
    until = booking.end + timedelta(minutes=more)
    rules.check_free_until(until, calendars.next_taken(booking.worker.no, booking.start, until, but=(booking.ref,)))
    return _offer(booking, booking.start, until, good_until=booking.end, fee_clock=booking.fee_clock)


def _offer(booking: Booking, start: datetime, until: datetime, **terms: datetime) -> rules.Offer:
    quoted_at = db.session.execute(sa.select(Quote.created_at).where(Quote.id == booking.quote_id)).scalar_one()
    fees = catalog.fees(booking.service_code, clock.local(quoted_at).date(), booking.firm_id)
    lines = reprice(booking.lines, unit=booking.service.unit, minutes=booking.minutes,
                    wanted=(until - start) // timedelta(minutes=1), fees=fees)
    total = sum(line["amount"] for line in lines)
    tiers = cancelling.deadlines(policy=booking.policy, total_fen=total, start=start, fee_clock=terms["fee_clock"])
    return rules.Offer(start=start, end=until, lines=lines, total_fen=total, difference_fen=total - booking.total_fen,
                       tiers=tiers, **terms)


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a change and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    booking = bookings.get(UUID(entry.subject.partition(":")[2]))
    if entry.fact == facts.LAPSED and booking.state not in ("confirmed", "under_way"):
        return []  # it is over, which everybody was told
    kind, told = rules.NEWS[entry.fact]
    chinese, english = rules.in_words(entry.data["kind"])
    start, end = (clock.local(datetime.fromisoformat(entry.data[name])) for name in ("start", "end"))
    data = {**booking_rules.news_data(booking=str(booking.id), service_name=booking.service.name,
                                      worker_called=booking.worker.called, start=clock.local(booking.start),
                                      amount_fen=entry.data["difference"] or None),
            "change": entry.data["change"], "kind_zh": chinese, "kind_en": english,
            "wanted": f"{booking_rules.wall(start)}–{end:%H:%M}"}
    accounts = bookings.accounts_of(booking)
    return [{"account_id": account_id, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in rules.parties(told, entry.data) for account_id in accounts[party]]
