"""A booking that stands gets another time or another worker: the old time is free in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.service.records import record
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker


def reseat(booking: Booking, step: str, *, party: str, by: str, during: Range[datetime] | None = None,
           worker: Worker | None = None, more: dict[str, Any] | None = None) -> None:
    """Move a locked booking by a step of its lifecycle to another time, or to another worker of the same firm.

    The fact names what it was: {was: {worker, start, end}}. Raises NotYourStep, StepNotPossible, SlotTaken,
    TooFarBetween (after either, nothing must be committed).
    """
    row = BOOKING.move(booking, step, party=party)
    was = {"worker": str(booking.worker_id), "start": booking.start.isoformat(), "end": booking.end.isoformat()}
    if worker is not None:
        booking.worker_id = worker.id
    if during is not None:
        booking.during = during
    calendars.move(ref=booking.ref, worker_no=(worker or booking.worker).no, during=booking.during)
    db.session.flush()
    db.session.refresh(booking, ["worker", "during"])
    record(row.fact, booking, by, by=party, was=was, end=booking.end.isoformat(), **(more or {}))
