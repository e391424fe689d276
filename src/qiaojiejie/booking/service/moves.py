"""A booking that stands gets another time or another worker: the old time is free in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.service.records import record
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core.db import db
from qiaojiejie.coupons import service as coupons
from qiaojiejie.coupons.rules import line_of
from qiaojiejie.workers.models import Worker


def reseat(booking: Booking, step: str, *, party: str, by: str, during: Range[datetime] | None = None,
           plan: dict[str, Any] | None = None, worker: Worker | None = None, beside: Collection[str] = (),
           more: dict[str, Any] | None = None) -> None:
    """Move a locked booking by a step of its lifecycle to another time, or to another worker of the same firm.

    ``plan``: of an engagement by days, its days then; ``beside``: what was held for it next to its old time, given
    back with that. The fact names what it was: {was: {worker, start, end}}. Raises NotYourStep, StepNotPossible,
    SlotTaken, TooFarBetween (after either, nothing must be committed).
    """
    row = BOOKING.move(booking, step, party=party)
    was = {"worker": str(booking.worker_id), "start": booking.start.isoformat(), "end": booking.end.isoformat()}
    if worker is not None:
        booking.worker_id = worker.id
    if during is not None:
        booking.during = during
    if plan is not None:
        booking.plan = plan
    calendars.move_all(ref=booking.ref, worker_no=(worker or booking.worker).no, spans=booking.spans, beside=beside)
    db.session.flush()
    db.session.refresh(booking, ["worker", "during"])
    record(row.fact, booking, by, by=party, was=was, end=booking.end.isoformat(), **(more or {}))


def change_price(booking: Booking, step: str, *, party: str, by: str, during: Range[datetime],
                 lines: Sequence[dict[str, Any]], beside: Collection[str] = (), clock_kept: bool = True) -> None:
    """Move a locked visit to another time at another price. What it costs more has come; what it costs less goes back.

    ``clock_kept``: fees go on being counted from the earliest start it ever had. Raises what ``reseat`` raises.
    """
    total = sum(line["amount"] for line in lines)
    more, back = max(0, total - booking.total_fen), max(0, booking.total_fen - total)
    if during.lower is not None and during.lower != booking.start:
        booking.fee_start = min(booking.fee_clock, during.lower) if clock_kept else None
    booking.lines, booking.total_fen = list(lines), total
    booking.paid_fen, booking.returned_fen = booking.paid_fen + more - back, booking.returned_fen + back
    money = {name: fen for name, fen in (("paid", more), ("refund", back)) if fen}
    reseat(booking, step, party=party, by=by, during=during, beside=beside, more={"total": total, **money})
    discount = line_of(booking.lines)
    if discount is not None:
        coupons.lower(booking_id=booking.id, coupon_id=UUID(discount["coupon"]), amount=-discount["amount"])
