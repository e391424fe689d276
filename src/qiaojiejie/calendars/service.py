"""Set hours, enter leave, engage, release; and keep the day bitmaps true to them.

Two orders of locks, everywhere: an interval or hours first, then the day rows by (worker, day).
Engaging only ever adds bits (``bits | mask`` under the row's lock), so two engagements committing at once keep both.
Everything that may take bits away redraws: it locks the day rows first and reads hours and intervals after that, so
it sees every interval whose bits were already added, and one not yet committed adds its bits afterwards.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range, insert

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars.errors import HoursOverlap, LeaveNotFound, LeaveOverlaps, SlotsTaken, SlotTaken
from qiaojiejie.calendars.models import CalendarCheck, WeeklyHours, WorkerDay, WorkerInterval
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker

_CLOSE = sa.text("""
    WITH held AS (
        SELECT day FROM worker_day WHERE worker_no = :no AND day = ANY(CAST(:days AS date[])) ORDER BY day FOR UPDATE)
    UPDATE worker_day SET bits = bits | closed.mask
    FROM held JOIN unnest(CAST(:days AS date[]), CAST(:masks AS bigint[])) AS closed(day, mask) USING (day)
    WHERE worker_day.worker_no = :no AND worker_day.day = held.day
    RETURNING worker_day.day
""")

_ENSURE = sa.text("""
    INSERT INTO worker_day (worker_no, day, bits)
    SELECT no, day, :not_free FROM unnest(CAST(:nos AS bigint[])) AS no, unnest(CAST(:days AS date[])) AS day
    ORDER BY no, day ON CONFLICT DO NOTHING
""")

_KEEP = sa.text("""
    UPDATE worker_day SET bits = new.bits
    FROM unnest(CAST(:nos AS bigint[]), CAST(:days AS date[]), CAST(:bits AS bigint[])) AS new(no, day, bits)
    WHERE worker_day.worker_no = new.no AND worker_day.day = new.day
""")


def set_hours(*, worker_no: int, hours: Iterable[tuple[int, int, int]]) -> Sequence[WeeklyHours]:
    """Replace her weekly hours: (weekday 1–7, from, until in minutes after midnight, whole half hours).

    What she is engaged for already stands. Raises HoursOverlap.
    """
    wanted = sorted(set(hours))
    for (weekday, _, ends), (next_weekday, starts, _) in zip(wanted, wanted[1:], strict=False):
        if weekday == next_weekday and starts < ends:
            raise HoursOverlap()
    db.session.execute(sa.select(Worker.no).where(Worker.no == worker_no).with_for_update(key_share=True))
    db.session.execute(sa.delete(WeeklyHours).where(WeeklyHours.worker_no == worker_no))
    if wanted:
        db.session.execute(sa.insert(WeeklyHours), [
            {"worker_no": worker_no, "weekday": weekday, "starts": starts, "ends": ends}
            for weekday, starts, ends in wanted])
    redraw(worker_no=worker_no)
    return queries.weekly_hours(worker_no)


def engage(*, worker_no: int, during: Range[datetime], ref: str) -> WorkerInterval:
    """Engage her for a visit: ``during`` is the visit itself, the way there and back (``BUFFER``) is added here.

    ``ref`` names what for (``booking:<id>``) and is engaged once. Raises SlotTaken; waits for nobody but a
    transaction that is deciding on the same time.
    """
    return engage_all(worker_no=worker_no, spans=[_ends(during)], ref=ref)[0]


def engage_all(*, worker_no: int, spans: Sequence[rules.Span], ref: str) -> Sequence[WorkerInterval]:
    """Engage her for all these times of work or for none, in one statement; the ways there and back are added here.

    Raises SlotTaken, as ``engage`` does.
    """
    wanted = rules.engaged(spans)
    with db.session.begin_nested() if len(wanted) > 1 else nullcontext():
        taken = _insert(worker_no, wanted, "engaged", ref)
        if len(taken) < len(wanted):
            raise SlotTaken()
    _close(worker_no, _closed(wanted))
    return taken


def move(*, ref: str, worker_no: int, during: Range[datetime], beside: Collection[str] = ()) -> None:
    """Give back what is engaged for ``ref`` and engage another time for it, or another worker's, at once.

    ``beside``: what was engaged next to it for this, given back with it (``engage_beside``).
    Raises SlotTaken, after which the transaction must not be committed: the old time is given back already.
    """
    move_all(ref=ref, worker_no=worker_no, spans=[_ends(during)], beside=beside)


def move_all(*, ref: str, worker_no: int, spans: Sequence[rules.Span], beside: Collection[str] = ()) -> None:
    """Give back all that is engaged for ``ref`` and engage these times of work for it instead; none: only give back.

    Raises SlotTaken, as ``move`` does.
    """
    old, wanted = _delete([ref, *beside]), rules.engaged(spans)
    if wanted and len(_insert(worker_no, wanted, "engaged", ref)) < len(wanted):
        raise SlotTaken()
    _redraw_around({*old, *((worker_no, *span) for span in wanted)})


def seat_all(*, seats: Sequence[rules.Seat]) -> None:
    """Engage many times at once, each for its ``ref``; what was engaged for these is given back.

    All intervals come before all days, both in order, whatever else seats many. Raises SlotsTaken, naming those that
    could not be had, after which the transaction must not be committed.
    """
    if not seats:
        return
    ordered = sorted(seats, key=lambda seat: (seat.worker_no, seat.start))
    old = _delete([seat.ref for seat in ordered])
    stmt = insert(WorkerInterval).values([
        {"id": ids.new(), "worker_no": seat.worker_no, "during": Range(*seat.engaged, bounds="[)"), "kind": "engaged",
         "ref": seat.ref, "note": ""} for seat in ordered])
    had = set(db.session.scalars(stmt.on_conflict_do_nothing(constraint="no_overlap").returning(WorkerInterval.ref)))
    lacking = [clock.local(seat.start) for seat in ordered if seat.ref not in had]
    if lacking:
        raise SlotsTaken(times="、".join(f"{start:%m-%d %H:%M}" for start in lacking))
    _redraw_around({*old, *((seat.worker_no, *seat.engaged) for seat in ordered)})


def release_all(*, refs: Sequence[str]) -> None:
    """Give the times engaged for these back; of some none may stand."""
    _redraw_around(set(_delete(refs)))


def _delete(refs: Sequence[str]) -> list[tuple[int, datetime, datetime]]:
    stmt = sa.delete(WorkerInterval).where(WorkerInterval.ref == sa.any_(sa.literal(list(refs), sa.ARRAY(sa.Text))))
    gone = db.session.execute(stmt.returning(WorkerInterval.worker_no, WorkerInterval.during)).all()
    return [(each.worker_no, *_ends(each.during)) for each in gone]


def _redraw_around(spans: Collection[tuple[int, datetime, datetime]]) -> None:
    """Draw the days anew that these intervals touch, of today and ahead."""
    today = clock.today()
    days = {day for _, start, until in spans for day in rules.closed_by(start, until) if day >= today}
    redraw_many(worker_nos={no for no, _, _ in spans}, days=days)


def engage_beside(*, ref: str, beside: str, during: Range[datetime]) -> None:
    """Engage her for ``ref`` too, where the time wanted is not engaged for ``beside`` already, the way included: up to
    two pieces, named ``rules.pieces(ref)``. Raises SlotTaken, after which the transaction must not be committed."""
    start, until = _ends(during)
    old = queries.interval_of(beside)
    if old is None:
        raise SlotTaken()
    wanted = rules.beside((start - rules.BUFFER, until + rules.BUFFER), _ends(old.during))
    pieces = [(name, span) for name, span in zip(rules.pieces(ref), wanted, strict=True) if span is not None]
    for name, span in pieces:
        if not _insert(old.worker_no, [span], "engaged", name):
            raise SlotTaken()
    _close(old.worker_no, _closed([span for _, span in pieces]))


def release(*, ref: str) -> bool:
    """Give all the time engaged for ``ref`` back. False when nothing stood (any more)."""
    gone = _delete([ref])
    _redraw_around(set(gone))
    return bool(gone)


def add_leave(*, worker_no: int, start: datetime, end: datetime, note: str = "") -> WorkerInterval:
    """Enter leave. Raises LeaveOverlaps when she is engaged or on leave then."""
    leave_id = ids.new()
    found = _insert(worker_no, [(start, end)], "leave", f"leave:{leave_id}", note, leave_id)
    if not found:
        raise LeaveOverlaps()
    _close(worker_no, rules.closed_by(start, end))
    return found[0]


def remove_leave(*, worker_no: int, leave_id: UUID) -> None:
    """Take back leave of hers. Raises LeaveNotFound."""
    leave = queries.leave(worker_no, leave_id)
    if not release(ref=leave.ref):
        raise LeaveNotFound()


def _ends(during: Range[datetime]) -> rules.Span:
    if during.lower is None or during.upper is None or during.lower >= during.upper:
        raise ValueError(f"an interval needs two ends in order, not {during}")
    return during.lower, during.upper


def _insert(worker_no: int, spans: Sequence[rules.Span], kind: str, ref: str, note: str = "",
            interval_id: UUID | None = None) -> Sequence[WorkerInterval]:
    """Those of the intervals that no other stands in the way of. They are given in order: two never wait crosswise."""
    stmt = insert(WorkerInterval).values([
        {"id": interval_id or ids.new(), "worker_no": worker_no, "during": Range(*span, bounds="[)"), "kind": kind,
         "ref": ref, "note": note} for span in spans])
    return db.session.scalars(stmt.on_conflict_do_nothing(constraint="no_overlap").returning(WorkerInterval)).all()


def _closed(spans: Iterable[rules.Span]) -> dict[date, int]:
    """The half hours that several intervals close, by day."""
    closed: dict[date, int] = {}
    for span in spans:
        for day, bits in rules.closed_by(*span).items():
            closed[day] = closed.get(day, 0) | bits
    return closed


def _close(worker_no: int, closed: Mapping[date, int]) -> None:
    """Add bits to the days ahead; a day not kept yet is drawn whole."""
    today = clock.today()
    days = [day for day in closed if day >= today]
    if not days:
        return
    done = set(db.session.scalars(_CLOSE, {"no": worker_no, "days": days, "masks": [closed[day] for day in days]}))
    missing = [day for day in days if day not in done]
    if missing:
        redraw(worker_no=worker_no, days=missing)


def redraw(*, worker_no: int, days: Collection[date] | None = None) -> int:
    """Draw days of hers anew (default: all that can be booked); how many were not as they should be."""
    return redraw_many(worker_nos=[worker_no], days=days)


def redraw_many(*, worker_nos: Collection[int], days: Collection[date] | None = None) -> int:
    """Draw days of many workers anew, in a handful of statements; how many were not as they should be.

    Give some hundred to some thousand workers at a time: every row drawn is locked until the transaction ends.
    """
    days = sorted(rules.bookable(clock.today()) if days is None else days)
    nos = sorted(set(worker_nos))
    if not nos or not days:
        return 0
    db.session.execute(_ENSURE, {"nos": nos, "days": days, "not_free": rules.NOT_FREE})
    kept = queries.bits(nos, days, lock=True)
    return _keep(differing(kept, queries.drawn(nos, days)))


def differing(kept: Mapping[tuple[int, date], int], right: Mapping[tuple[int, date], int],
              ) -> dict[tuple[int, date], int]:
    """What the differing days ought to be."""
    return {key: bits for key, bits in right.items() if kept.get(key) != bits}


def _keep(right: Mapping[tuple[int, date], int]) -> int:
    if right:
        db.session.execute(_KEEP, {"nos": [no for no, _ in right], "days": [day for _, day in right],
                                   "bits": list(right.values())})
    return len(right)


def check_some(*, most: int = 500) -> int:
    """Check the next ``most`` workers of tonight's round: drop past days, add the new one, mend what differs.

    Reads without locks first, so that only what looks wrong is locked, and looked at again under the lock. Returns
    how many days that were kept were wrong (a new day is not wrong). Does nothing once the day's round is complete.
    """
    today = clock.today()
    check = _round(today)
    if check is None or check.complete:
        return 0
    nos = queries.next_to_check(check.checked_to, most)
    check.complete = len(nos) < most
    if not nos:
        return 0
    check.checked_to = nos[-1]
    db.session.execute(sa.delete(WorkerDay).where(
        WorkerDay.worker_no == sa.any_(sa.literal(list(nos), sa.ARRAY(sa.BigInteger))), WorkerDay.day < today))
    return _mend(nos, rules.bookable(today))


def _round(today: date) -> CalendarCheck | None:
    """Where today's round stands, locked; begun anew on a new day; None while another process has it."""
    db.session.execute(insert(CalendarCheck).values(
        single=True, day=today - timedelta(days=1), checked_to=0, complete=True).on_conflict_do_nothing())
    check = db.session.scalar(sa.select(CalendarCheck).with_for_update(skip_locked=True))
    if check is not None and check.day != today:
        check.day, check.checked_to, check.complete = today, 0, False
    return check


def _mend(nos: Sequence[int], days: Sequence[date]) -> int:
    kept = queries.bits(nos, days)
    suspects = differing(kept, queries.drawn(nos, days))
    new = {key for key in suspects if key not in kept}
    redraw_many(worker_nos={no for no, _ in new}, days={day for _, day in new})
    wrong = suspects.keys() - new
    return redraw_many(worker_nos={no for no, _ in wrong}, days={day for _, day in wrong})
