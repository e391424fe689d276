"""What becomes of a series by its payments: it stands on the first, and what is not paid or answered is let go."""

from uuid import UUID

from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.series import facts, queries
from qiaojiejie.series.lifecycle import OCCURRENCE, SERIES, STANDING, UNDECIDED
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.series.service.records import record


def follow(*, entry_id: int) -> None:
    """A booking stands, or expired, was cancelled or declined: if it is a visit of a series, the series takes note."""
    booking_id = UUID(ledger_queries.get(entry_id).subject.removeprefix("booking:"))
    found = queries.of_booking(booking_id)
    if found is not None:
        _settle(found.series_id)
        _lapse(booking_id)
        _note_turned_down(booking_id)


def settle_all() -> None:
    """What no job has settled, a batch of it, each in the order in which series are locked."""
    for series_id in queries.unsettled():
        _settle(series_id)
    for booking_id in queries.unanswered():
        _lapse(booking_id)


def finish_all() -> None:
    """Series whose visits are all over, a batch of them, each in the order in which series are locked."""
    for series_id in queries.over():
        _finish(series_id)


def _finish(series_id: UUID) -> None:
    series = queries.get(series_id, lock=True)
    if not queries.over(series_id):
        return
    rows = [each for each in queries.rows(series) if each.state in STANDING]
    row = SERIES.move(series, "finish", party="system")
    series.settled_at = clock.now()
    record(row.fact, series, ledger.SYSTEM, rows, min((each.starts for each in rows), default=series.starts))


def _settle(series_id: UUID) -> None:
    """The first visit stands: so does the series. It is gone: all others are let go, in this transaction."""
    series = queries.get(series_id, lock=True)
    first = db.session.get_one(Booking, series.first_id, populate_existing=True)
    if series.state != "held" or first.state in UNDECIDED:
        return
    rows = queries.rows(series)
    standing = [each for each in rows if each.state in STANDING]
    row = SERIES.move(series, "confirm" if first.confirmed_at is not None else "let_go", party="system")
    series.settled_at = clock.now()
    if row.name == "let_go":
        held = [booking for booking in queries.bookings(rows, lock=True).values() if booking.state == "held"]
        booking_service.let_go(bookings=sorted(held, key=lambda each: each.start), series=series.id)
        for each in rows:
            each.remind_at = None
    record(row.fact, series, ledger.SYSTEM, standing, first.start)


def _lapse(booking_id: UUID) -> None:
    """A visit of a series that stands was not paid, or, on a holiday, not answered for in time: it alone is gone."""
    found = queries.of_booking(booking_id)
    series = queries.get(found.series_id, lock=True) if found else None
    if found is None or series is None or series.state == "let_go":
        return
    db.session.refresh(found)
    booking = db.session.get_one(Booking, booking_id, populate_existing=True)
    if found.booking_id == booking_id and booking.state == "expired" and found.state in STANDING:
        _gone(series, found, booking)


def _gone(series: Series, found: Occurrence, booking: Booking) -> None:
    found.remind_at = None
    if found.state == "asked":
        row = OCCURRENCE.move(found, "lapse", party="system")
        found.because = "silence"
        record(row.fact, series, ledger.SYSTEM, [found], booking.start, worker=str(booking.worker_id))
    else:
        record(facts.VISIT_EXPIRED, series, ledger.SYSTEM, [found], booking.start, worker=str(booking.worker_id),
               key=f"{facts.VISIT_EXPIRED}:{booking.id}")


def _note_turned_down(booking_id: UUID) -> None:
    """Worker or firm gave an unpaid visit back: it alone is gone, and can be brought back."""
    found = queries.of_booking(booking_id)
    series = queries.get(found.series_id, lock=True) if found else None
    booking = db.session.get_one(Booking, booking_id, populate_existing=True)
    if found is None or series is None or booking.paid_fen or booking.closed_by not in ("worker", "firm"):
        return
    found.remind_at = None
    record(facts.TURNED_DOWN, series, ledger.SYSTEM, [found], booking.start, worker=str(booking.worker_id),
           by=booking.closed_by, key=f"{facts.TURNED_DOWN}:{booking.id}")
