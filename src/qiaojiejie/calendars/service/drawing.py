"""Keep the day bitmaps true to hours, terms and intervals."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.calendars import queries, rules
from qiaojiejie.calendars.models import CalendarCheck, SpecialDay, WorkerDay
from qiaojiejie.core import clock
from qiaojiejie.core.db import db, run

_ENSURE = """
    INSERT INTO worker_day (worker_no, day, bits)
    SELECT no, day, :not_free FROM unnest(CAST(:nos AS bigint[])) AS no, unnest(CAST(:days AS date[])) AS day
    ORDER BY no, day ON CONFLICT DO NOTHING
"""

_KEEP = """
    UPDATE worker_day SET bits = new.bits
    FROM unnest(CAST(:nos AS bigint[]), CAST(:days AS date[]), CAST(:bits AS bigint[])) AS new(no, day, bits)
    WHERE worker_day.worker_no = new.no AND worker_day.day = new.day
"""


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
    kept = queries.bits(nos, days, lock=True) if len(nos) == 1 else {}
    if len(kept) < len(nos) * len(days):
        run(_ENSURE, {"nos": nos, "days": days, "not_free": rules.NOT_FREE})
        kept = queries.bits(nos, days, lock=True)
    return _keep(differing(kept, queries.drawn(nos, days)))


def differing(kept: Mapping[tuple[int, date], int], right: Mapping[tuple[int, date], int],
              ) -> dict[tuple[int, date], int]:
    """What the differing days ought to be."""
    return {key: bits for key, bits in right.items() if kept.get(key) != bits}


def _keep(right: Mapping[tuple[int, date], int]) -> int:
    if right:
        run(_KEEP, {"nos": [no for no, _ in right], "days": [day for _, day in right], "bits": list(right.values())})
    return len(right)


def check_some(*, most: int = 500) -> int:
    """Check the next ``most`` workers of tonight's round: drop past days, add the new one, mend what differs.

    Reads without locks first, so that only what looks wrong is locked, and looked at again under the lock. Returns
    how many days that were kept were wrong (a day that is new, or opens as her horizon reaches it, is not wrong). Does
    nothing once the day's round is complete.
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
    for past in (WorkerDay, SpecialDay):
        db.session.execute(sa.delete(past).where(
            past.worker_no == sa.any_(sa.literal(list(nos), sa.ARRAY(sa.BigInteger))), past.day < today))
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
    new = {key for key in suspects if kept.get(key, rules.NOT_FREE) == rules.NOT_FREE}
    redraw_many(worker_nos={no for no, _ in new}, days={day for _, day in new})
    wrong = suspects.keys() - new
    return redraw_many(worker_nos={no for no, _ in wrong}, days={day for _, day in wrong})
