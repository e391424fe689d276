"""A visit of a series is skipped, brought back, moved, answered for; the following or all are given another time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.errors import OutsideHours
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import pricing
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import covers
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.series import facts, queries, rules
from qiaojiejie.series.errors import NothingToChange, StillBooked, VisitsPaid
from qiaojiejie.series.lifecycle import OCCURRENCE
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.series.rules import recurrence
from qiaojiejie.series.service.records import record, terms, time
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.models import Worker


def _one(actor: Actor, series_id: UUID, day: date) -> tuple[Series, Occurrence, Booking | None]:
    """An occurrence of a series that stands, with its booking, all locked."""
    series = queries.of_household(actor, series_id, "edit")
    found = queries.row(series, day)
    return series, found, next(iter(queries.bookings([found], lock=True).values()), None)


def skip(*, actor: Actor, series_id: UUID, day: date, expected_refund: int = 0) -> Occurrence:
    """Leave one visit out: what was paid comes back by its own policy, for exactly the refund it was quoted.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, CancellationQuoteChanged.
    """
    series, found, booking = _one(actor, series_id, day)
    row = OCCURRENCE.move(found, "skip", party="household")
    assert booking is not None  # booked and asked have one
    booking_service.cancel_all(bookings=[booking], expected_refund=expected_refund, by=actor.ref, series=series.id)
    found.because, found.remind_at = "family", None
    record(row.fact, series, actor.ref, [found], booking.start, worker=str(booking.worker_id),
           refund=booking.refund_fen)
    return found


def answer(*, actor: Actor, series_id: UUID, day: date, wanted: bool) -> Occurrence:
    """The family says whether it wants a visit on a holiday. Raises SeriesNotFound, StepNotPossible,
    OccurrenceNotFound."""
    series, found, booking = _one(actor, series_id, day)
    row = OCCURRENCE.find("keep", state=found.state, party="household")
    if not wanted:
        return skip(actor=actor, series_id=series_id, day=day)
    OCCURRENCE.move(found, "keep", party="household")
    assert booking is not None  # asked has one
    booking_service.answered(booking=booking, expires_at=rules.expires_at(booking.start, clock.now()))
    found.remind_at = rules.reminder(booking.start, clock.now())
    record(row.fact, series, actor.ref, [found], booking.start)
    return found


def restore(*, actor: Actor, series_id: UUID, day: date) -> Occurrence:
    """Bring back a visit that was skipped, or is gone, at the time it was planned, at the price of the series.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, StillBooked; TooLittleNotice, OnBlockList,
    WorkerNotBookable, WorkerNotEligible, OutsideHours, SlotsTaken.
    """
    series, found, gone = _one(actor, series_id, day)
    if found.state != "skipped" and gone is not None and gone.state not in rules.GONE:
        raise StillBooked(day=day.isoformat())
    OCCURRENCE.find("restore", state=found.state, party="household")
    worker = workers.get(series.worker_id)
    check_possible(series, worker, [found.starts])
    note = db.session.get_one(Booking, series.first_id).note
    [held] = booking_service.hold_all(
        terms=terms(series, worker, series.service, note.reveal() if note else None),
        times=[time(series, found.starts)], by=actor.ref, series=series.id)
    found.booking_id, found.because, found.reseated = held.id, None, False
    row = OCCURRENCE.move(found, "restore", party="household")
    found.remind_at = rules.reminder(held.start, clock.now())
    record(row.fact, series, actor.ref, [found], held.start)
    return found


def move(*, actor: Actor, series_id: UUID, day: date, start: datetime) -> Occurrence:
    """Give one unpaid visit another time; it is an exception from then on.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, VisitsPaid, BeyondSeries, and what ``restore`` raises.
    """
    series, found, booking = _one(actor, series_id, day)
    row = OCCURRENCE.find("move", state=found.state, party="household")
    assert booking is not None  # booked and asked have one
    check_unpaid([(found, booking)])
    check_possible(series, booking.worker, [start])
    was = booking.start
    booking_service.retime_all(times=[(booking, time(series, start))], by=actor.ref, series=series.id)
    OCCURRENCE.move(found, "move", party="household")
    found.starts, found.moved, found.remind_at = start, True, rules.reminder(start, clock.now())
    record(row.fact, series, actor.ref, [found], start, worker=str(booking.worker_id), was=was.isoformat())
    return found


def retime(*, actor: Actor, series_id: UUID, scope: str, minute: int, day: date | None = None) -> dict[str, Any]:
    """Have the following, or all, begin at another time of their days: all of them or none. Exceptions are left, and
    what is paid.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, NothingToChange, VisitsPaid, and what ``restore``
    raises.
    """
    series = queries.of_household(actor, series_id, "edit")
    pairs, kept = plain_ahead(series, scope, day)
    starts = [rules.at(found.day, minute) for found, _ in pairs]
    check_possible(series, series.worker, starts)
    was = pairs[0][1].start
    booking_service.retime_all(by=actor.ref, series=series.id, times=[
        (booking, time(series, start, found.state == "asked"))
        for (found, booking), start in zip(pairs, starts, strict=True)])
    for (found, _), start in zip(pairs, starts, strict=True):
        found.starts = start
        found.remind_at = rules.reminder(start, clock.now()) if found.state == "booked" else None
    changed = [found for found, _ in pairs]
    record(facts.MOVED, series, actor.ref, changed, min(starts), was=was.isoformat())
    return edited(changed, kept)


@dataclass(frozen=True)
class Left:
    """The days of visits an edit of many leaves as they are: edited alone before, or paid."""

    exceptions: Sequence[date] = ()
    paid: Sequence[date] = ()


def edited(changed: Sequence[Occurrence], left: Left) -> dict[str, Any]:
    """What an edit of many changed, and what it left."""
    db.session.flush()
    return {"changed": queries.shown([each.id for each in changed]), "exceptions_kept": left.exceptions,
            "paid_kept": left.paid}


def plain_ahead(series: Series, scope: str, day: date | None) -> tuple[list[tuple[Occurrence, Booking]], Left]:
    """The unpaid visits ahead that an edit of many is about, with their bookings, locked, and what it leaves.

    Raises OccurrenceNotFound, NothingToChange; VisitsPaid when nothing else is ahead.
    """
    rows, now = queries.in_scope(series, scope, day), clock.now()
    found = queries.bookings(rows, lock=True)
    kept = [each.day for each in rows if scope != "one" and each.exceptional and each.starts > now]
    pairs = [(each, booking) for each, booking in queries.ahead(rows, found)
             if scope == "one" or not each.exceptional]
    unpaid = [pair for pair in pairs if pair[1].state == "held"]
    if not unpaid:
        check_unpaid(pairs)
        raise NothingToChange()
    return unpaid, Left(kept, [each.day for each, booking in pairs if booking.state != "held"])


def check_unpaid(pairs: Sequence[tuple[Occurrence, Booking]]) -> None:
    """Can these be changed without money? Raises VisitsPaid, naming those that can't."""
    paid = [(found.day, booking.id) for found, booking in pairs if booking.state != "held"]
    if paid:
        raise VisitsPaid(days=rules.in_words([day for day, _ in paid]), booking=str(paid[0][1]))


def follow_booking(*, booking_id: UUID) -> None:
    """A visit that stands was moved, or given to another worker, as a booking of its own: it is an exception from then
    on."""
    found = queries.of_booking(booking_id)
    if found is None:
        return
    series = queries.get(found.series_id, lock=True)
    db.session.refresh(found)
    booking = db.session.get_one(Booking, booking_id, populate_existing=True)
    if found.booking_id == booking_id:
        found.moved, found.starts = found.moved or booking.start != found.starts, booking.start
        found.reseated = found.reseated or booking.worker_id != series.worker_id


def check_possible(series: Series, worker: Worker, starts: Sequence[datetime]) -> None:
    """Is she at work then, and do her papers allow it? That she is free, holding her time will say.

    Raises StartNotOnHalfHour, TooLittleNotice, BeyondSeries, OnBlockList, WorkerNotBookable, WorkerNotEligible,
    OutsideHours.
    """
    days = [clock.local(start).date() for start in starts]
    hours = calendars.worktimes([worker.no], min(days), max(days) + timedelta(days=1))[worker.no]
    for start in starts:
        rules.check_start(start=start, now=clock.now(), latest=recurrence.latest(series.starts), terms=hours.terms)
        pricing.check_bookable(worker, series.firm_id, series.service, clock.local(start).date())
        if not covers(hours, start, start + series.length):
            raise OutsideHours()
