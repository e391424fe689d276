"""When she takes work, and on what terms. What she is engaged for already stands."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars.errors import HoursOverlap
from qiaojiejie.calendars.models import SpecialDay, WeeklyHours, WorkerTerms
from qiaojiejie.calendars.service.drawing import redraw
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import Worker


def set_hours(*, worker_no: int, hours: Iterable[tuple[int, int, int]]) -> Sequence[WeeklyHours]:
    """Replace her weekly hours: (weekday 1–7, from, until in minutes after midnight, whole half hours).

    What she is engaged for already stands. Raises HoursOverlap.
    """
    wanted = sorted(set(hours))
    _check_apart(wanted)
    _one_at_a_time(worker_no)
    db.session.execute(sa.delete(WeeklyHours).where(WeeklyHours.worker_no == worker_no))
    if wanted:
        db.session.execute(sa.insert(WeeklyHours), [
            {"worker_no": worker_no, "weekday": weekday, "starts": starts, "ends": ends}
            for weekday, starts, ends in wanted])
    redraw(worker_no=worker_no)
    return queries.weekly_hours(worker_no)


def set_terms(*, worker_no: int, terms: rules.Terms) -> rules.Terms:
    """Change on what terms she takes visits."""
    _one_at_a_time(worker_no)
    stmt = insert(WorkerTerms).values(worker_no=worker_no, **asdict(terms))
    db.session.execute(stmt.on_conflict_do_update(index_elements=["worker_no"], set_=asdict(terms)))
    redraw(worker_no=worker_no)
    return terms


def set_day(*, worker_no: int, day: date, hours: Iterable[rules.Hours]) -> SpecialDay:
    """Give a day hours of its own (none: she is off), instead of any it has. Raises HoursOverlap."""
    wanted = sorted(set(hours))
    _check_apart([(0, *each) for each in wanted])
    _one_at_a_time(worker_no)
    stmt = insert(SpecialDay).values(id=ids.new(), worker_no=worker_no, day=day, closed=rules.hours_bits(wanted))
    stmt = stmt.on_conflict_do_update(index_elements=["worker_no", "day"], set_={"closed": stmt.excluded.closed})
    made = db.session.scalars(stmt.returning(SpecialDay), execution_options={"populate_existing": True}).one()
    _redraw_day(worker_no, day)
    return made


def clear_day(*, worker_no: int, special_day_id: UUID) -> None:
    """Let a day follow the week again. Raises SpecialDayNotFound."""
    _one_at_a_time(worker_no)
    found = queries.special_day(worker_no, special_day_id)
    db.session.delete(found)
    db.session.flush()
    _redraw_day(worker_no, found.day)


def _check_apart(hours: Sequence[tuple[int, int, int]]) -> None:
    for (weekday, _, ends), (next_weekday, starts, _) in zip(hours, hours[1:], strict=False):
        if weekday == next_weekday and starts < ends:
            raise HoursOverlap()


def _one_at_a_time(worker_no: int) -> None:
    db.session.execute(sa.select(Worker.no).where(Worker.no == worker_no).with_for_update(key_share=True))


def _redraw_day(worker_no: int, day: date) -> None:
    if day in rules.bookable(clock.today()):
        redraw(worker_no=worker_no, days=[day])
