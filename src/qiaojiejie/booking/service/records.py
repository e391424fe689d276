"""Every step of a booking leaves one fact; those that end it give the worker her time back."""

from typing import Any

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.ledger import service as ledger


def close(booking: Booking, step: str, *, party: str, by: str, refund: int | None = None,
          because: str | None = None, more: dict[str, Any] | None = None) -> None:
    """End a booking by a step that gives the worker her time back."""
    row = BOOKING.move(booking, step, party=party)
    booking.closed_at, booking.closed_by, booking.closed_because = clock.now(), party, because
    booking.refund_fen = refund or 0
    calendars.release(ref=booking.ref)
    record(row.fact, booking, by, **(more or {}), **({} if refund is None else {"refund": refund}))


def record(fact: str, booking: Booking, by: str, /, **more: Any) -> None:
    """Write a fact about a booking, with whom and what it concerns."""
    ledger.append(fact, subject=booking.ref, actor=by, data={
        "household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
        "service": booking.service_code, "category": booking.service.category, "start": booking.start.isoformat(),
        **more})
