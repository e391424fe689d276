"""Read hours, terms, intervals and days; lock days."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.calendars import rules
from qiaojiejie.calendars.errors import LeaveNotFound, SpecialDayNotFound, TooFarBetween
from qiaojiejie.calendars.models import SpecialDay, WeeklyHours, WorkerInterval
from qiaojiejie.calendars.rules import ways
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, read, run
from qiaojiejie.core.paging import Page, keyset
from qiaojiejie.firms import queries as firms
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound

#: weekly hours by weekday, 1 Monday
Week = dict[int, list[rules.Hours]]

#: all that draws days of workers, but intervals: her week, her terms, the bits of days with hours of their own
_WORKTIME = """
    SELECT asked.no, t.works_holidays, t.buffer_before, t.buffer_after, t.notice_minutes, t.horizon_days,
           ARRAY(SELECT ARRAY[weekday, starts, ends] FROM weekly_hours h WHERE h.worker_no = asked.no
                 ORDER BY weekday, starts) AS week,
           ARRAY(SELECT s.day FROM special_day s WHERE s.worker_no = asked.no AND s.day BETWEEN :first AND :last
                 ORDER BY s.day) AS days,
           ARRAY(SELECT s.closed FROM special_day s WHERE s.worker_no = asked.no AND s.day BETWEEN :first AND :last
                 ORDER BY s.day) AS closed
    FROM unnest(CAST(:nos AS bigint[])) AS asked(no) LEFT JOIN worker_terms t ON t.worker_no = asked.no
"""

_TERMS = """
    SELECT worker_no, works_holidays, buffer_before, buffer_after, notice_minutes, horizon_days FROM worker_terms
    WHERE worker_no = ANY(CAST(:nos AS bigint[]))
"""

_BITS = """
    SELECT worker_no, day, bits FROM worker_day
    WHERE worker_no = ANY(CAST(:nos AS bigint[])) AND day = ANY(CAST(:days AS date[]))
"""

_INTERVALS = """
    SELECT worker_no, lower(during), upper(during) FROM worker_interval
    WHERE worker_no = ANY(CAST(:nos AS bigint[])) AND upper(during) > :start AND lower(during) < :until
"""

_PLACES = """
    SELECT worker_no, lower(during), upper(during), buffer_before, buffer_after, cell FROM worker_interval
    WHERE worker_no = ANY(CAST(:nos AS bigint[])) AND cell IS NOT NULL AND ref <> ALL(CAST(:but AS text[]))
    AND upper(during) > :start AND lower(during) < :until
"""

#: whether what an interval ``i`` engages is too near to a visit of a worker with terms ``t``, by her buffers
TOO_NEAR = f"""i.during && tstzrange(
    {{start}} - coalesce(t.buffer_before, {rules.USUAL.buffer_before}) * interval '1 minute',
    {{until}} + coalesce(t.buffer_after, {rules.USUAL.buffer_after}) * interval '1 minute')"""

#: who of many workers is engaged at one of many times of work, or on her way there or back by her own terms
_ENGAGED = f"""
    SELECT asked.no FROM unnest(CAST(:nos AS bigint[])) AS asked(no) LEFT JOIN worker_terms t ON t.worker_no = asked.no
    WHERE EXISTS (
        SELECT FROM worker_interval i,
             unnest(CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS wanted(start, until)
        WHERE i.worker_no = asked.no AND i.ref <> :but AND upper(i.during) > :since
        AND {TOO_NEAR.format(start="wanted.start", until="wanted.until")})
"""


def weekly_hours(worker_no: int) -> Sequence[WeeklyHours]:
    """Her hours by weekday and start."""
    return db.session.scalars(sa.select(WeeklyHours).where(WeeklyHours.worker_no == worker_no).order_by(
        WeeklyHours.weekday, WeeklyHours.starts)).all()


def weeks(worker_nos: Collection[int]) -> dict[int, Week]:
    """The weekly hours of many workers."""
    found: dict[int, Week] = defaultdict(lambda: defaultdict(list))
    for no, weekday, starts, ends in read("SELECT worker_no, weekday, starts, ends FROM weekly_hours WHERE worker_no ="
                                          " ANY(CAST(:nos AS bigint[]))", {"nos": list(worker_nos)}):
        found[no][weekday].append((starts, ends))
    return found


def terms(worker_no: int) -> rules.Terms:
    """On what terms she takes visits."""
    return terms_of([worker_no])[worker_no]


def terms_of(worker_nos: Collection[int]) -> dict[int, rules.Terms]:
    """On what terms each of many workers takes visits."""
    found = {no: rules.Terms(*terms) for no, *terms in read(_TERMS, {"nos": list(worker_nos)})}
    return {no: found.get(no, rules.USUAL) for no in worker_nos}


def worktimes(worker_nos: Collection[int], first: date, last: date) -> dict[int, rules.Worktime]:
    """When many workers take work on the days from ``first`` to ``last`` (included), whatever they are engaged for."""
    rows = read(_WORKTIME, {"nos": list(worker_nos), "first": first, "last": last})
    off = catalog.holidays(first, last) if any(row.works_holidays is False for row in rows) else set()
    return {row.no: _worktime(row, off) for row in rows}


def _worktime(row: Any, off: Collection[date]) -> rules.Worktime:
    week: Week = defaultdict(list)
    for weekday, starts, ends in row.week:
        week[weekday].append((starts, ends))
    kept = rules.USUAL if row.works_holidays is None else rules.Terms(
        row.works_holidays, row.buffer_before, row.buffer_after, row.notice_minutes, row.horizon_days)
    return rules.Worktime(week, kept, dict(zip(row.days, row.closed, strict=True)),
                          () if kept.works_holidays else off)


def special_days(*, worker_no: int, limit: int, cursor: str | None = None) -> Page:
    """Her days with hours of their own from today on, the nearest first."""
    stmt = sa.select(SpecialDay).where(SpecialDay.worker_no == worker_no, SpecialDay.day >= clock.today())
    return keyset(stmt, [SpecialDay.day], scope=f"special_days:{worker_no}", cursor=cursor, limit=limit,
                  descending=False)


def special_day(worker_no: int, special_day_id: UUID) -> SpecialDay:
    """A day of hers with hours of its own. Raises SpecialDayNotFound."""
    found = db.session.scalar(sa.select(SpecialDay).where(SpecialDay.id == special_day_id,
                                                          SpecialDay.worker_no == worker_no))
    if found is None:
        raise SpecialDayNotFound()
    return found


def intervals(worker_nos: Collection[int], start: datetime, until: datetime) -> dict[int, list[rules.Span]]:
    """The engaged and leave intervals of many workers that touch [``start``, ``until``)."""
    found: dict[int, list[rules.Span]] = defaultdict(list)
    for no, begins, ends in read(_INTERVALS, {"nos": list(worker_nos), "start": start, "until": until}):
        found[no].append((begins, ends))
    return found


def drawn(worker_nos: Collection[int], days: Collection[date],
          today: date | None = None) -> dict[tuple[int, date], int]:
    """What the bits of these days ought to be, from hours, terms and intervals as these statements see them.

    ``today``: from which horizons are counted; the last of the days for all of them, however far ahead.
    """
    ordered = sorted(days)
    start = clock.midnight(ordered[0]) - rules.WIDEST
    until = clock.midnight(ordered[-1] + timedelta(days=1)) + rules.WIDEST
    times, taken = worktimes(worker_nos, ordered[0], ordered[-1]), intervals(worker_nos, start, until)
    return {(no, day): bits for no in worker_nos
            for day, bits in zip(ordered, rules.draw(ordered, times[no], taken.get(no, ()), today or clock.today()),
                                 strict=True)}


def bits(worker_nos: Collection[int], days: Collection[date], lock: bool = False) -> dict[tuple[int, date], int]:
    """The bits kept of these days; ``lock`` holds their rows, in the order (worker, day)."""
    asked = {"nos": list(worker_nos), "days": list(days)}
    rows = run(f"{_BITS} ORDER BY worker_no, day FOR UPDATE", asked) if lock else read(_BITS, asked)
    return {(no, day): kept for no, day, kept in rows}


def free(worker_no: int, start: datetime, until: datetime) -> list[rules.Span]:
    """The stretches of [``start``, ``until``) in which a visit can still be engaged; none beyond the horizon."""
    days = rules.masks(start, until)
    kept = bits([worker_no], days)
    last = clock.midnight(rules.bookable(clock.today())[-1] + timedelta(days=1))
    return rules.free_spans({day: kept[no, day] for no, day in kept}, start, min(until, last))


def places(worker_no: int, start: datetime, until: datetime, but: Collection[str] = ()) -> list[ways.Place]:
    """Where else she is engaged around [``start``, ``until``), as near in time as a way could matter.

    ``but``: what is engaged for these refs is left out.
    """
    return _places([worker_no], start, until, but)[worker_no]


def _places(worker_nos: Collection[int], start: datetime, until: datetime,
            but: Collection[str] = ()) -> dict[int, list[ways.Place]]:
    found: dict[int, list[ways.Place]] = defaultdict(list)
    asked = {"nos": list(worker_nos), "but": list(but), "start": start - ways.LONGEST, "until": until + ways.LONGEST}
    for no, lower, upper, before, after, cell in read(_PLACES, asked):
        found[no].append(ways.Place(lower + timedelta(minutes=before), upper - timedelta(minutes=after), cell))
    return found


def check_ways(worker_no: int, spans: Sequence[rules.Span], cell: int | None, but: Collection[str] = ()) -> None:
    """Do the ways from what is before and to what is after fit, for visits in ``cell`` then?

    Hold beyond this moment only under the lock of her days around them. Raises TooFarBetween.
    """
    if cell is None or not spans:
        return
    near = places(worker_no, min(start for start, _ in spans), max(until for _, until in spans), but)
    for start, until in spans:
        far = ways.too_far(start, until, cell, near)
        if far is not None:
            needed, gap = far
            raise TooFarBetween(minutes=needed, gap=gap)


def availability(worker_id: UUID, *, start: datetime, until: datetime, minutes: int | None = None,
                 cell: int | None = None) -> dict[str, Any]:
    """When a listed worker can still be booked: ``free`` stretches, and ``starts`` of visits of ``minutes``.

    A visit belongs to the window when it begins in it, however long after it ends. With ``cell``, the ways from and to
    her other visits are kept free, too. Raises WorkerNotFound.
    """
    worker = workers.get(worker_id)
    if not worker.listed:
        raise WorkerNotFound()
    start = max(start, clock.now() + terms(worker.no).notice)
    ends = until + timedelta(minutes=minutes or 0)
    spans = free(worker.no, start, ends) if start < until else []
    if cell is not None and spans:
        spans = ways.reachable(spans, cell, places(worker.no, start, ends))
    return {"worker_id": worker.id,
            "free": [{"start": begins, "end": min(ends, until)} for begins, ends in spans if begins < until],
            "starts": None if minutes is None else [
                moment for moment in rules.starts(spans, minutes) if moment < until]}


def staff_no(actor: Actor, firm_id: UUID, worker_id: UUID) -> int:
    """The number of a worker on the staff of the actor's firm. Raises FirmNotFound, WorkerNotFound."""
    firms.require_member(actor, firm_id)
    return workers.of_firm(firm_id, worker_id).no


def within_hours(worker_no: int, start: datetime, end: datetime) -> bool:
    """True when her hours of the week, or of a day of its own, cover all of [``start``, ``end``), whatever she is
    engaged for; not on a holiday she is off."""
    first, last = (clock.local(moment).date() for moment in (start, end))
    return rules.covers(worktimes([worker_no], first, last)[worker_no], start, end)


def intervals_of(ref: str) -> Sequence[WorkerInterval]:
    """The intervals engaged for ``ref`` that stand, in order: several where it takes some hours of many days."""
    return db.session.scalars(sa.select(WorkerInterval).where(WorkerInterval.ref == ref).order_by(
        sa.func.lower(WorkerInterval.during))).all()


def interval_of(ref: str) -> WorkerInterval | None:
    """The first interval engaged for ``ref``, if any stands."""
    return next(iter(intervals_of(ref)), None)


def unengaged(worker_no: int, spans: Sequence[rules.Span], but: str = "") -> bool:
    """True when all these times, her buffers included, could be engaged; what is engaged for ``but`` is hers."""
    return not _engaged([worker_no], spans, but)


def _engaged(worker_nos: Collection[int], spans: Sequence[rules.Span], but: str = "") -> set[int]:
    return {no for no, in read(_ENGAGED, {
        "nos": list(worker_nos), "starts": [start for start, _ in spans], "ends": [until for _, until in spans],
        "since": min(start for start, _ in spans) - rules.WIDEST, "but": but})}


def engageable(worker_nos: Collection[int], spans: Sequence[rules.Span], cell: int) -> set[int]:
    """Those of many workers who could be engaged for all these times of work in ``cell``: free on their own terms, the
    ways from what is before and to what is after included. In two queries, however many they are."""
    left = set(worker_nos) - _engaged(worker_nos, spans)
    near = _places(left, min(start for start, _ in spans), max(until for _, until in spans))
    return {no for no in left if not any(ways.too_far(*span, cell, near.get(no, ())) for span in spans)}


def next_taken(worker_no: int, start: datetime, until: datetime, but: Collection[str] = ()) -> datetime | None:
    """Until when she can work within [``start``, ``until``), the way to what is next included, whatever is engaged for
    ``but``: None when all of it is free."""
    begins, hers = sa.func.lower(WorkerInterval.during), terms(worker_no)
    stmt = sa.select(sa.func.min(begins)).where(
        WorkerInterval.worker_no == worker_no, WorkerInterval.ref.not_in(but),
        sa.func.upper(WorkerInterval.during) > start - hers.before, begins < until + hers.after)
    found: datetime | None = db.session.execute(stmt).scalar_one()
    return None if found is None else found - hers.after


def leave(worker_no: int, leave_id: UUID) -> WorkerInterval:
    """A leave of hers. Raises LeaveNotFound."""
    found = db.session.scalar(sa.select(WorkerInterval).filter_by(id=leave_id, worker_no=worker_no, kind="leave"))
    if found is None:
        raise LeaveNotFound()
    return found


def leaves(*, worker_no: int, limit: int, cursor: str | None = None) -> Page:
    """Her leave that is not over, as entered, newest first."""
    stmt = sa.select(WorkerInterval).where(
        WorkerInterval.worker_no == worker_no, WorkerInterval.kind == "leave",
        sa.func.upper(WorkerInterval.during) > clock.now())
    return keyset(stmt, [WorkerInterval.id], scope=f"leave:{worker_no}", cursor=cursor, limit=limit)


def next_to_check(after_no: int, most: int) -> Sequence[int]:
    """Numbers above ``after_no`` of workers who have hours of the week or of a day, in order."""
    found = sa.union(*(sa.select(table.worker_no).where(table.worker_no > after_no).distinct().order_by(table.worker_no)
                       .limit(most) for table in (WeeklyHours, SpecialDay))).subquery()
    return db.session.scalars(sa.select(found.c.worker_no).order_by(found.c.worker_no).limit(most)).all()
