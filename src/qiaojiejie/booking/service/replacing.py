"""Who works in an engagement by days is replaced while it is under way (see ``guarantees``)."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.service.records import record
from qiaojiejie.booking.service.visits import free_rest
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker


def seek_replacement(*, booking: Booking, party: str, by: str, plan: dict[str, Any], reason: str,
                     until: datetime) -> None:
    """Who works in a locked engagement is to be replaced: her time ahead is free, and the days left wait (``plan``).

    Raises NotYourStep, StepNotPossible.
    """
    row = BOOKING.move(booking, "seek_replacement", party=party)
    free_rest(booking, clock.now())
    booking.plan = plan
    record(row.fact, booking, by, by=party, reason=reason, until=until.isoformat())


def replace(*, booking: Booking, worker: Worker, party: str, by: str, plan: dict[str, Any],
            during: Range[datetime]) -> None:
    """Another worker goes on with a locked engagement: she is engaged for ``during``, the days left fall as ``plan``
    says.

    Raises NotYourStep, StepNotPossible; SlotTaken, after which nothing of this may be committed.
    """
    row, was = BOOKING.move(booking, "replace", party=party), str(booking.worker_id)
    begins_on = clock.local(during.lower or booking.start).date()
    booking.worker_id, booking.plan, booking.during = worker.id, plan, Range(booking.start, during.upper)
    calendars.move_all(ref=booking.ref, worker_no=worker.no, spans=booking.spans)
    db.session.flush()
    db.session.refresh(booking, ["worker", "during"])
    record(row.fact, booking, by, by=party, was=was, begins_on=begins_on.isoformat(), end=booking.end.isoformat())
