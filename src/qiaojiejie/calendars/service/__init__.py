"""Set hours and terms, enter leave, engage, release; and keep the day bitmaps true to them.

Two orders of locks, everywhere: an interval or hours first, then the day rows by (worker, day).
Engaging only ever adds bits (``bits | mask`` under the row's lock), so two engagements committing at once keep both.
Everything that may take bits away redraws: it locks the day rows first and reads hours, terms and intervals after
that, so it sees every interval whose bits were already added, and one not yet committed adds its bits afterwards. Terms
decide how wide those bits are: they, too, are read once the day rows are locked.
The way between two visits is looked at after both: under the lock of all days to which a way may lead. Of two visits
engaged at once, too far apart for the time between them, the second to lock sees the first.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range, insert

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars.errors import LeaveNotFound, LeaveOverlaps, SlotTaken, TooFarBetween
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import ways
from qiaojiejie.calendars.service.drawing import check_some, differing, redraw, redraw_many
from qiaojiejie.calendars.service.hours import clear_day, set_day, set_hours, set_terms
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db

__all__ = ["add_leave", "check_some", "clear_day", "differing", "engage", "move", "redraw", "redraw_many", "release",
           "remove_leave", "set_day", "set_hours", "set_terms", "shorten"]

_CLOSE = sa.text("""
    UPDATE worker_day SET bits = bits | closed.mask
    FROM unnest(CAST(:days AS date[]), CAST(:masks AS bigint[])) AS closed(day, mask)
    WHERE worker_day.worker_no = :no AND worker_day.day = closed.day
""")

_SHORTEN = sa.text("""
    WITH old AS (
        SELECT id, worker_no, during, lower(during) + buffer_before * interval '1 minute' AS start,
               upper(during) - buffer_after * interval '1 minute' AS until, buffer_after * interval '1 minute' AS after
        FROM worker_interval WHERE ref = :ref ORDER BY lower(during) FOR UPDATE),
    gone AS (DELETE FROM worker_interval USING old WHERE worker_interval.id = old.id AND old.start >= :until),
    kept AS (UPDATE worker_interval SET during = tstzrange(lower(old.during), :until + old.after) FROM old
             WHERE worker_interval.id = old.id AND old.start < :until AND :until < old.until)
    SELECT worker_no, during FROM old
""")


def engage(*, worker_no: int, during: Range[datetime], ref: str, cell: int | None = None) -> WorkerInterval:
    """Engage her for a visit in ``cell``: ``during`` is the visit itself, her buffers are added here.

    ``ref`` names what for (``booking:<id>``) and is engaged once. Raises SlotTaken, TooFarBetween; waits for nobody but
    a transaction that is deciding on the same time, or on the days around it.
    """
    taken = _insert(**_visit(worker_no, during, ref, cell))
    if taken is None:
        raise SlotTaken()
    _close(taken)
    return taken


def move(*, ref: str, worker_no: int, during: Range[datetime]) -> None:
    """Give back what is engaged for ``ref`` and engage another time for it, or another worker's, at once.

    Raises SlotTaken, TooFarBetween, after which the transaction must not be committed: the old time is given back.
    """
    stmt = sa.delete(WorkerInterval).where(WorkerInterval.ref == ref)
    old = db.session.execute(stmt.returning(WorkerInterval.worker_no, WorkerInterval.during, WorkerInterval.cell)).all()
    taken = _insert(**_visit(worker_no, during, ref, next((gone.cell for gone in old), None)))
    if taken is None:
        raise SlotTaken()
    days = {day for gone in old for day in _days(gone.during)} | set(_days_near(taken))
    redraw_many(worker_nos={worker_no, *(gone.worker_no for gone in old)}, days=days)
    _check_way(taken)


def shorten(*, ref: str, until: datetime) -> None:
    """Let what is engaged for ``ref`` end at ``until``: the rest of the time is free again."""
    old = db.session.execute(_SHORTEN, {"ref": ref, "until": until}).all()
    redraw_many(worker_nos={row.worker_no for row in old}, days={day for row in old for day in _days(row.during)})


def release(*, ref: str) -> bool:
    """Give the time engaged for ``ref`` back. False when nothing stood (any more)."""
    stmt = sa.delete(WorkerInterval).where(WorkerInterval.ref == ref)
    gone = db.session.execute(stmt.returning(WorkerInterval.worker_no, WorkerInterval.during)).one_or_none()
    if gone is None:
        return False
    redraw(worker_no=gone.worker_no, days=_days(gone.during))
    return True


def add_leave(*, worker_no: int, start: datetime, end: datetime, note: str = "") -> WorkerInterval:
    """Enter leave. Raises LeaveOverlaps when she is engaged or on leave then."""
    leave_id = ids.new()
    taken = _insert(id=leave_id, worker_no=worker_no, during=Range(start, end), kind="leave", ref=f"leave:{leave_id}",
                    note=note)
    if taken is None:
        raise LeaveOverlaps()
    _close(taken)
    return taken


def remove_leave(*, worker_no: int, leave_id: UUID) -> None:
    """Take back leave of hers. Raises LeaveNotFound."""
    leave = queries.leave(worker_no, leave_id)
    if not release(ref=leave.ref):
        raise LeaveNotFound()


def _ends(during: Range[datetime]) -> rules.Span:
    if during.lower is None or during.upper is None or during.lower >= during.upper:
        raise ValueError(f"an interval needs two ends in order, not {during}")
    return during.lower, during.upper


def _visit(worker_no: int, during: Range[datetime], ref: str, cell: int | None) -> dict[str, Any]:
    """The interval of a visit, with her buffers of today."""
    (start, until), terms = _ends(during), queries.terms(worker_no)
    return {"id": ids.new(), "worker_no": worker_no, "during": Range(start - terms.before, until + terms.after),
            "kind": "engaged", "ref": ref, "note": "", "buffer_before": terms.buffer_before,
            "buffer_after": terms.buffer_after, "cell": cell}


def _insert(**values: Any) -> WorkerInterval | None:
    """The interval, unless another stands in its way."""
    stmt = insert(WorkerInterval).values(**values)
    return db.session.scalar(stmt.on_conflict_do_nothing(constraint="no_overlap").returning(WorkerInterval))


def _close(taken: WorkerInterval) -> None:
    """Close the half hours of an interval on the days ahead; a day not kept yet is drawn whole.

    Raises TooFarBetween, the interval being gone again.
    """
    near = _days_near(taken)
    if not near:
        return
    kept = queries.bits([taken.worker_no], near, lock=True)
    redraw(worker_no=taken.worker_no, days=[day for day in near if (taken.worker_no, day) not in kept])
    try:
        _check_way(taken)
    except TooFarBetween:
        db.session.delete(taken)
        db.session.flush()
        redraw(worker_no=taken.worker_no, days=near)
        raise
    closed = rules.closed_by(*_ends(taken.during), queries.terms(taken.worker_no))
    db.session.execute(_CLOSE, {"no": taken.worker_no, "days": list(closed), "masks": list(closed.values())})


def _check_way(taken: WorkerInterval) -> None:
    start, until = _ends(taken.during)
    queries.check_way(taken.worker_no, start + timedelta(minutes=taken.buffer_before),
                      until - timedelta(minutes=taken.buffer_after), taken.cell, taken.ref)


def _days(during: Range[datetime], margin: timedelta = rules.WIDEST) -> list[date]:
    """The days ahead on which an interval may close half hours."""
    start, until = _ends(during)
    today = clock.today()
    return [day for day in rules.masks(start - margin, until + margin) if day >= today]


def _days_near(taken: WorkerInterval) -> list[date]:
    """The days ahead to which a way from an interval, or to it, may lead."""
    return _days(taken.during, rules.WIDEST if taken.cell is None else ways.LONGEST)
