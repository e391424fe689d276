"""Read hours, intervals and days; lock days."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range

from qiaojiejie.calendars import rules
from qiaojiejie.calendars.errors import LeaveNotFound
from qiaojiejie.calendars.models import WeeklyHours, WorkerDay, WorkerInterval
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset
from qiaojiejie.firms import queries as firms
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound

#: weekly hours by weekday, 1 Monday
Week = dict[int, list[rules.Hours]]


def weekly_hours(worker_no: int) -> Sequence[WeeklyHours]:
    """Her hours by weekday and start."""
    return db.session.scalars(sa.select(WeeklyHours).where(WeeklyHours.worker_no == worker_no).order_by(
        WeeklyHours.weekday, WeeklyHours.starts)).all()


def weeks(worker_nos: Collection[int]) -> dict[int, Week]:
    """The weekly hours of many workers."""
    found: dict[int, Week] = defaultdict(lambda: defaultdict(list))
    stmt = sa.select(WeeklyHours.worker_no, WeeklyHours.weekday, WeeklyHours.starts, WeeklyHours.ends)
    for no, weekday, starts, ends in db.session.execute(stmt.where(WeeklyHours.worker_no == sa.any_(_nos(worker_nos)))):
        found[no][weekday].append((starts, ends))
    return found


def intervals(worker_nos: Collection[int], start: datetime, until: datetime) -> dict[int, list[rules.Span]]:
    """The engaged and leave intervals of many workers that touch [``start``, ``until``)."""
    found: dict[int, list[rules.Span]] = defaultdict(list)
    stmt = sa.select(WorkerInterval.worker_no, sa.func.lower(WorkerInterval.during),
                     sa.func.upper(WorkerInterval.during))
    stmt = stmt.where(WorkerInterval.worker_no == sa.any_(_nos(worker_nos)),
                      sa.func.upper(WorkerInterval.during) > start, sa.func.lower(WorkerInterval.during) < until)
    for no, begins, ends in db.session.execute(stmt):
        found[no].append((begins, ends))
    return found


def _nos(worker_nos: Collection[int]) -> sa.BindParameter[list[int]]:
    return sa.literal(list(worker_nos), sa.ARRAY(sa.BigInteger))


def drawn(worker_nos: Collection[int], days: Collection[date]) -> dict[tuple[int, date], int]:
    """What the bits of these days ought to be, from hours and intervals as this statement sees them."""
    ordered = sorted(days)
    start = clock.midnight(ordered[0]) - rules.BUFFER
    until = clock.midnight(ordered[-1] + timedelta(days=1)) + rules.BUFFER
    hours, taken = weeks(worker_nos), intervals(worker_nos, start, until)
    return {(no, day): bits for no in worker_nos
            for day, bits in zip(ordered, rules.draw(ordered, hours.get(no, {}), taken.get(no, ())), strict=True)}


def bits(worker_nos: Collection[int], days: Collection[date], lock: bool = False) -> dict[tuple[int, date], int]:
    """The bits kept of these days; ``lock`` holds their rows, in the order (worker, day)."""
    stmt = sa.select(WorkerDay.worker_no, WorkerDay.day, WorkerDay.bits).where(
        WorkerDay.worker_no == sa.any_(_nos(worker_nos)),
        WorkerDay.day == sa.any_(sa.literal(list(days), sa.ARRAY(sa.Date))))
    if lock:
        stmt = stmt.order_by(WorkerDay.worker_no, WorkerDay.day).with_for_update()
    return {(no, day): kept for no, day, kept in db.session.execute(stmt)}


def free(worker_no: int, start: datetime, until: datetime) -> list[rules.Span]:
    """The stretches of [``start``, ``until``) in which a visit can still be engaged; none beyond the horizon."""
    days = rules.masks(start, until)
    kept = bits([worker_no], days)
    last = clock.midnight(rules.bookable(clock.today())[-1] + timedelta(days=1))
    return rules.free_spans({day: kept[no, day] for no, day in kept}, start, min(until, last))


def availability(worker_id: UUID, *, start: datetime, until: datetime, minutes: int | None = None) -> dict[str, Any]:
    """When a listed worker can still be booked: ``free`` stretches, and ``starts`` of visits of ``minutes``.

    Raises WorkerNotFound.
    """
    worker = workers.get(worker_id)
    if not worker.listed:
        raise WorkerNotFound()
    start = max(start, clock.now() + rules.NOTICE)
    spans = free(worker.no, start, until) if start < until else []
    return {"worker_id": worker.id, "free": [{"start": begins, "end": ends} for begins, ends in spans],
            "starts": None if minutes is None else rules.starts(spans, minutes)}


def staff_no(actor: Actor, firm_id: UUID, worker_id: UUID) -> int:
    """The number of a worker on the staff of the actor's firm. Raises FirmNotFound, WorkerNotFound."""
    firms.require_member(actor, firm_id)
    return workers.of_firm(firm_id, worker_id).no


def within_hours(worker_no: int, start: datetime, end: datetime) -> bool:
    """True when her weekly hours cover all of [``start``, ``end``), whatever she is engaged for."""
    return rules.covers(weeks([worker_no]).get(worker_no, {}), start, end)


def intervals_of(ref: str) -> Sequence[WorkerInterval]:
    """The intervals engaged for ``ref`` that stand, in order: several where it takes some hours of many days."""
    return db.session.scalars(sa.select(WorkerInterval).where(WorkerInterval.ref == ref).order_by(
        sa.func.lower(WorkerInterval.during))).all()


def interval_of(ref: str) -> WorkerInterval | None:
    """The first interval engaged for ``ref``, if any stands."""
    return next(iter(intervals_of(ref)), None)


def unengaged(worker_no: int, spans: Sequence[rules.Span], but: str | None = None) -> bool:
    """True when all these times, the ways between included, could be engaged; what is engaged for ``but`` is hers."""
    wanted = rules.engaged(spans)
    stmt = sa.select(WorkerInterval.id).where(
        WorkerInterval.worker_no == worker_no, sa.func.upper(WorkerInterval.during) > wanted[0][0],
        WorkerInterval.during.op("&&")(sa.any_(sa.literal(
            [Range(*span, bounds="[)") for span in wanted], sa.ARRAY(TSTZRANGE)))))
    if but is not None:
        stmt = stmt.where(WorkerInterval.ref != but)
    return db.session.scalar(stmt.limit(1)) is None


def next_taken(worker_no: int, start: datetime, until: datetime, but: Collection[str] = ()) -> datetime | None:
    """Until when she can work within [``start``, ``until``), the way to what is next included, whatever is engaged for
    ``but``: None when all of it is free."""
    begins = sa.func.lower(WorkerInterval.during)
    stmt = sa.select(sa.func.min(begins)).where(
        WorkerInterval.worker_no == worker_no, WorkerInterval.ref.not_in(but),
        sa.func.upper(WorkerInterval.during) > start - rules.BUFFER, begins < until + rules.BUFFER)
    found: datetime | None = db.session.execute(stmt).scalar_one()
    return None if found is None else found - rules.BUFFER


def leave(worker_no: int, leave_id: UUID) -> WorkerInterval:
    """A leave of hers. Raises LeaveNotFound."""
    found = db.session.scalar(sa.select(WorkerInterval).where(
        WorkerInterval.id == leave_id, WorkerInterval.worker_no == worker_no, WorkerInterval.kind == "leave"))
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
    """Numbers above ``after_no`` of workers who have weekly hours, in order."""
    stmt = sa.select(WeeklyHours.worker_no).distinct().where(WeeklyHours.worker_no > after_no)
    return db.session.scalars(stmt.order_by(WeeklyHours.worker_no).limit(most)).all()
