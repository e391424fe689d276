"""Weekly hours, engaged intervals, and the bitmap derived from both."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class WeeklyHours(Model):
    """Minutes after midnight (Asia/Shanghai) between which she takes work on a weekday (1 Monday … 7 Sunday)."""

    __tablename__ = "weekly_hours"
    __table_args__ = (sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
                      sa.CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="order"),
                      sa.CheckConstraint("starts % 30 = 0 AND ends % 30 = 0", name="half_hours"))

    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    starts: Mapped[int] = mapped_column(primary_key=True)
    ends: Mapped[int]


class WorkerInterval(Model):
    """A time a worker is not free: an engagement with its travel buffer, or leave. No two overlap, on any path."""

    __tablename__ = "worker_interval"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('engaged', 'leave')", name="kind"),
        sa.CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
        ExcludeConstraint((sa.func.int8range(sa.text("worker_no"), sa.text("worker_no"), sa.text("'[]'")), "="),
                          (sa.column("during"), "&&"), name="no_overlap", using="gist"),
        sa.Index("ix_worker_interval_worker", "worker_no", sa.text("upper(during)")),
        sa.Index("ix_worker_interval_ref", "ref", sa.text("lower(during)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[str]
    #: what it is for: ``booking:<id>``, ``interview:<id>``, ``leave:<id>``; an engagement of some hours a day has one
    #: for each day
    ref: Mapped[str]
    note: Mapped[str]


class WorkerDay(Model):
    """48 half hours of a day, first on the left: 1 where she is not free. Derived from hours and intervals.

    Kept for today and the bookable days ahead by ``service.redraw``; a test and a nightly sweep compare.
    """

    __tablename__ = "worker_day"
    __table_args__ = ({"postgresql_with": {"fillfactor": 70}},)

    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    bits: Mapped[int]


class CalendarCheck(Model):
    """How far the round that checks and rolls forward everybody's days has come; one row."""

    __tablename__ = "calendar_check"
    __table_args__ = (sa.CheckConstraint("single", name="one_row"),)

    single: Mapped[bool] = mapped_column(primary_key=True)
    day: Mapped[date]
    #: the last worker number seen to
    checked_to: Mapped[int]
    complete: Mapped[bool]
