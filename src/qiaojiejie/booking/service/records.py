"""Every step of a booking leaves one fact; those that end it give the worker her time back, and an unused coupon."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.coupons import service as coupons
from qiaojiejie.coupons.rules import line_of
from qiaojiejie.ledger import service as ledger


def close(booking: Booking, step: str, *, party: str, by: str, refund: int | None = None,
          because: str | None = None, more: dict[str, Any] | None = None) -> None:
    """End a booking by a step that gives the worker her time back; a coupon too, when nothing is kept."""
    _end(booking, step, party=party, by=by, refund=refund, because=because, more=more)
    _give_back_coupons([booking])


def expire_all(bookings: Sequence[Booking], *, by: str) -> None:
    """Let many holds go, in the order given. All calendars are locked before the first coupon, as elsewhere."""
    for booking in bookings:
        _end(booking, "expire", party="system", by=by)
    _give_back_coupons(bookings)


def lapse_all(bookings: Sequence[Booking], *, by: str) -> None:
    """Firms did not answer for these: each is off and refunded in full, in the order given."""
    for booking in bookings:
        _end(booking, "lapse", party="system", by=by, refund=booking.paid_fen, because="no_answer",
             more={"by": "system", "fee": 0})
    _give_back_coupons(bookings)


def close_all(bookings: Sequence[Booking], step: str, *, party: str, by: str,
              more: Mapping[UUID, dict[str, Any]]) -> None:
    """End locked bookings of a few workers by one step, each with what its fact adds (``refund`` among it)."""
    for booking in bookings:
        row = BOOKING.move(booking, step, party=party)
        booking.closed_at, booking.closed_by = clock.now(), party
        booking.refund_fen = max(booking.refund_fen, more[booking.id].get("refund", 0))
    calendars.release_all(refs=[booking.ref for booking in bookings])
    if bookings:
        ledger.append_many(row.fact, about=[(each.ref, about(each, **more[each.id])) for each in bookings], actor=by)
    _give_back_coupons(bookings)


def _end(booking: Booking, step: str, *, party: str, by: str, refund: int | None = None, because: str | None = None,
         more: dict[str, Any] | None = None) -> None:
    row = BOOKING.move(booking, step, party=party)
    booking.closed_at, booking.closed_by, booking.closed_because = clock.now(), party, because
    booking.refund_fen = max(booking.refund_fen, refund or 0)  # a bank may have taken more back already
    calendars.release(ref=booking.ref)
    record(row.fact, booking, by, **(more or {}), **({} if refund is None else {"refund": refund}))


def _give_back_coupons(ended: Sequence[Booking]) -> None:
    kept = {booking.id: booking.paid_fen - booking.refund_fen if booking.confirmed_at else 0 for booking in ended
            if line_of(booking.lines)}
    if kept:
        coupons.give_back(kept=kept)


def record(fact: str, booking: Booking, by: str, /, **more: Any) -> None:
    """Write a fact about a booking, with whom and what it concerns."""
    ledger.append(fact, subject=booking.ref, actor=by, data=about(booking, **more))


def about(booking: Booking, /, **more: Any) -> dict[str, Any]:
    """What a fact about a booking says: whom and what it concerns, and what it adds."""
    return {"household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
            "service": booking.service_code, "category": booking.service.category, "start": booking.start.isoformat(),
            **more}
