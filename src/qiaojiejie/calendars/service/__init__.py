"""Set hours and terms, enter leave, engage, release; and keep the day bitmaps true to them.

One order of locks, everywhere: workers by number, where a time of theirs is given back for another or several are
wanted at once; then intervals or hours; then the day rows by (worker, day). Without the first, two could each wait for
a time the other holds.
Engaging only ever adds bits (``bits | mask`` under the row's lock), so two engagements committing at once keep both.
Everything that may take bits away redraws: it locks the day rows first and reads hours, terms and intervals after
that, so it sees every interval whose bits were already added, and one not yet committed adds its bits afterwards. Terms
decide how wide those bits are: they, too, are read once the day rows are locked.
The way between two visits is looked at after both: under the lock of all days to which a way may lead. Of two visits
engaged at once, too far apart for the time between them, the second to lock sees the first.
"""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range, insert

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars.errors import LeaveNotFound, LeaveOverlaps, SlotsTaken, SlotTaken, TooFarBetween
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.rules import ways
from qiaojiejie.calendars.service.drawing import check_some, differing, redraw, redraw_many
from qiaojiejie.calendars.service.hours import clear_day, set_day, set_hours, set_terms
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db, run

__all__ = ["add_leave", "check_some", "clear_day", "differing", "engage", "engage_all", "engage_beside", "move",
           "move_all", "redraw", "redraw_many", "release", "release_all", "remove_leave", "seat_all", "set_day",
           "set_hours", "set_terms", "shorten"]

_CLOSE = """
    UPDATE worker_day SET bits = bits | closed.mask
    FROM unnest(CAST(:days AS date[]), CAST(:masks AS bigint[])) AS closed(day, mask)
    WHERE worker_day.worker_no = :no AND worker_day.day = closed.day
"""

_ALONE = """
    SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':calendar:' || no, 0)) FROM (
        SELECT worker_no AS no FROM worker_interval WHERE ref = ANY(CAST(:refs AS text[]))
        UNION SELECT unnest(CAST(:nos AS bigint[])) ORDER BY no) AS concerned
"""

_DELETE = """
    DELETE FROM worker_interval WHERE ref = ANY(CAST(:refs AS text[])) RETURNING worker_no, during, cell, ref
"""

_SHORTEN = """
    WITH old AS (
        SELECT id, worker_no, during, lower(during) + buffer_before * interval '1 minute' AS start,
               upper(during) - buffer_after * interval '1 minute' AS until, buffer_after * interval '1 minute' AS after
        FROM worker_interval WHERE ref = :ref ORDER BY lower(during) FOR UPDATE),
    gone AS (DELETE FROM worker_interval USING old WHERE worker_interval.id = old.id AND old.start >= :until),
    kept AS (UPDATE worker_interval SET during = tstzrange(lower(old.during), :until + old.after) FROM old
             WHERE worker_interval.id = old.id AND old.start < :until AND :until < old.until)
    SELECT worker_no, during FROM old
"""


def engage(*, worker_no: int, during: Range[datetime], ref: str, cell: int | None = None) -> WorkerInterval:
    """Engage her for a visit in ``cell``: ``during`` is the visit itself, her buffers are added here.

    ``ref`` names what for (``booking:<id>``) and is engaged once. Raises SlotTaken, TooFarBetween; waits for nobody but
    a transaction that is deciding on the same time, or on the days around it.
    """
    return engage_all(worker_no=worker_no, spans=[_ends(during)], ref=ref, cell=cell)[0]


def engage_all(*, worker_no: int, spans: Sequence[rules.Span], ref: str,
               cell: int | None = None) -> Sequence[WorkerInterval]:
    """Engage her for all these times of work or for none, in one statement; her buffers are added here.

    Raises SlotTaken, TooFarBetween, as ``engage`` does.
    """
    wanted = _wanted(worker_no, spans, ref, cell)
    if len(wanted) > 1:
        _alone([worker_no])
    with db.session.begin_nested() if len(wanted) > 1 else nullcontext():
        taken = _insert(wanted)
        if len(taken) < len(wanted):
            raise SlotTaken()
    _close(taken)
    return taken


def engage_beside(*, ref: str, beside: str, during: Range[datetime]) -> None:
    """Engage her for ``ref`` too, where the time wanted is not engaged for ``beside`` already, buffers included: up to
    two pieces, named ``rules.pieces(ref)``. Raises SlotTaken, TooFarBetween, after which the transaction must not be
    committed."""
    old = queries.interval_of(beside)
    if old is None:
        raise SlotTaken()
    start, until = _ends(during)
    queries.check_ways(old.worker_no, [(start, until)], old.cell, (beside,))
    terms = queries.terms(old.worker_no)
    wanted = start - terms.before, until + terms.after
    pieces = zip(rules.pieces(ref), rules.beside(wanted, _ends(old.during)), strict=True)
    rows = [{"id": ids.new(), "worker_no": old.worker_no, "during": Range(*piece), "kind": "engaged", "ref": name,
             "note": "", "buffer_before": terms.buffer_before if piece[0] == wanted[0] else 0,
             "buffer_after": terms.buffer_after if piece[1] == wanted[1] else 0, "cell": old.cell}
            for name, piece in pieces if piece is not None]
    _alone([old.worker_no])
    taken = _insert(rows)
    if len(taken) < len(rows):
        raise SlotTaken()
    _close(taken)


def move(*, ref: str, worker_no: int, during: Range[datetime], beside: Collection[str] = ()) -> None:
    """Give back what is engaged for ``ref`` and engage another time for it, or another worker's, at once.

    ``beside``: what was engaged next to it for this, given back with it (``engage_beside``). Raises SlotTaken,
    TooFarBetween, after which the transaction must not be committed: the old time is given back.
    """
    move_all(ref=ref, worker_no=worker_no, spans=[_ends(during)], beside=beside)


def move_all(*, ref: str, worker_no: int, spans: Sequence[rules.Span], beside: Collection[str] = ()) -> None:
    """Give back all that is engaged for ``ref`` and engage these times of work for it instead; none: only give back.

    Raises SlotTaken, TooFarBetween, as ``move`` does.
    """
    if spans:
        _alone([worker_no], [ref, *beside])
    old = _delete([ref, *beside])
    wanted = _wanted(worker_no, spans, ref, next((gone.cell for gone in old), None)) if spans else []
    taken = _insert(wanted)
    if len(taken) < len(wanted):
        raise SlotTaken()
    _redraw(old, taken)


def seat_all(*, seats: Sequence[rules.Seat]) -> None:
    """Engage many times at once, each for its ``ref``; what was engaged for these is given back.

    Raises SlotsTaken, naming those that could not be had, TooFarBetween, after which the transaction must not be
    committed.
    """
    if not seats:
        return
    ordered = sorted(seats, key=lambda seat: (seat.worker_no, seat.start))
    _alone([seat.worker_no for seat in ordered], [seat.ref for seat in ordered])
    old = _delete([seat.ref for seat in ordered])
    cells, terms = {gone.ref: gone.cell for gone in old}, queries.terms_of({seat.worker_no for seat in ordered})
    wanted = [row for seat in ordered for row in _wanted(
        seat.worker_no, [(seat.start, seat.until)], seat.ref, seat.cell or cells.get(seat.ref),
        seat.terms or terms[seat.worker_no])]
    taken = _insert(wanted)
    had = {each.ref for each in taken}
    lacking = [clock.local(seat.start) for seat in ordered if seat.ref not in had]
    if lacking:
        raise SlotsTaken(times="、".join(f"{start:%m-%d %H:%M}" for start in lacking))
    _redraw(old, taken)


def shorten(*, ref: str, until: datetime) -> None:
    """Let what is engaged for ``ref`` end at ``until``: the rest of the time is free again."""
    old = run(_SHORTEN, {"ref": ref, "until": until})
    redraw_many(worker_nos={row.worker_no for row in old}, days={day for row in old for day in _days(row.during)})


def release(*, ref: str) -> bool:
    """Give all the time engaged for ``ref`` back. False when nothing stood (any more)."""
    gone = _delete([ref])
    _redraw(gone)
    return bool(gone)


def release_all(*, refs: Sequence[str]) -> None:
    """Give the times engaged for these back; of some none may stand."""
    _redraw(_delete(refs))


def add_leave(*, worker_no: int, start: datetime, end: datetime, note: str = "") -> WorkerInterval:
    """Enter leave. Raises LeaveOverlaps when she is engaged or on leave then."""
    leave_id = ids.new()
    taken = _insert([{"id": leave_id, "worker_no": worker_no, "during": Range(start, end), "kind": "leave",
                      "ref": f"leave:{leave_id}", "note": note}])
    if not taken:
        raise LeaveOverlaps()
    _close(taken)
    return taken[0]


def remove_leave(*, worker_no: int, leave_id: UUID) -> None:
    """Take back leave of hers. Raises LeaveNotFound."""
    leave = queries.leave(worker_no, leave_id)
    if not release(ref=leave.ref):
        raise LeaveNotFound()


def _alone(worker_nos: Collection[int], refs: Collection[str] = ()) -> None:
    """Nobody else gives back for another or wants several of these workers' times, and of those who are engaged for
    ``refs``, until this transaction ends."""
    run(_ALONE, {"nos": list(worker_nos), "refs": list(refs)})


def _ends(during: Range[datetime]) -> rules.Span:
    if during.lower is None or during.upper is None or during.lower >= during.upper:
        raise ValueError(f"an interval needs two ends in order, not {during}")
    return during.lower, during.upper


def _wanted(worker_no: int, spans: Sequence[rules.Span], ref: str, cell: int | None,
            terms: rules.Terms | None = None) -> list[dict[str, Any]]:
    """The intervals of times of work, with her buffers of today, in order: two who insert never wait crosswise."""
    terms = terms or queries.terms(worker_no)
    return [{"id": ids.new(), "worker_no": worker_no, "during": Range(*span, bounds="[)"), "kind": "engaged",
             "ref": ref, "note": "", "buffer_before": terms.buffer_before, "buffer_after": terms.buffer_after,
             "cell": cell} for span in rules.engaged(spans, terms)]


def _insert(rows: Sequence[dict[str, Any]]) -> Sequence[WorkerInterval]:
    """Those of the intervals that no other stands in the way of."""
    if not rows:
        return []
    stmt = insert(WorkerInterval).values(rows[0] if len(rows) == 1 else list(rows))  # of one row it is compiled once
    return db.session.scalars(stmt.on_conflict_do_nothing(constraint="no_overlap").returning(WorkerInterval)).all()


def _delete(refs: Sequence[str]) -> Sequence[Any]:
    return run(_DELETE, {"refs": list(refs)})


def _redraw(old: Sequence[Any], taken: Sequence[WorkerInterval] = ()) -> None:
    """Draw the days around what is gone and what was engaged instead. Raises TooFarBetween."""
    days = {day for gone in old for day in _days(gone.during)} | {day for each in taken for day in _days_near(each)}
    redraw_many(worker_nos={each.worker_no for each in (*old, *taken)}, days=days)
    _check_ways(taken)


def _close(taken: Sequence[WorkerInterval]) -> None:
    """Close the half hours of a worker's intervals on the days ahead; a day not kept yet is drawn whole.

    Raises TooFarBetween, the intervals being gone again.
    """
    near = sorted({day for each in taken for day in _days_near(each)})
    if not near:
        return
    no = taken[0].worker_no
    kept = queries.bits([no], near, lock=True)
    redraw(worker_no=no, days=[day for day in near if (no, day) not in kept])
    try:
        _check_ways(taken)
    except TooFarBetween:
        _delete(sorted({each.ref for each in taken}))
        redraw(worker_no=no, days=near)
        raise
    closed, terms = dict[date, int](), queries.terms(no)
    for each in taken:
        for day, bits in rules.closed_by(*_ends(each.during), terms).items():
            closed[day] = closed.get(day, 0) | bits
    run(_CLOSE, {"no": no, "days": list(closed), "masks": list(closed.values())})


def _check_ways(taken: Sequence[WorkerInterval]) -> None:
    """Do the ways to and from all these fit? Raises TooFarBetween."""
    refs = sorted({each.ref for each in taken})
    for (no, cell), those in groupby(taken, key=lambda each: (each.worker_no, each.cell)):
        queries.check_ways(no, [(start + timedelta(minutes=each.buffer_before),
                                 until - timedelta(minutes=each.buffer_after))
                                for each in those for start, until in [_ends(each.during)]], cell, refs)


def _days(during: Range[datetime], margin: timedelta = rules.WIDEST) -> list[date]:
    """The days ahead on which an interval may close half hours."""
    start, until = _ends(during)
    today = clock.today()
    return [day for day in rules.masks(start - margin, until + margin) if day >= today]


def _days_near(taken: WorkerInterval) -> list[date]:
    """The days ahead to which a way from an interval, or to it, may lead."""
    return _days(taken.during, rules.WIDEST if taken.cell is None else ways.LONGEST)
