"""Hours of weeks and days, terms, engaged intervals, and the bitmap derived from all of them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.calendars import rules
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


class WorkerTerms(Model):
    """On what terms she takes visits, where they are not ``rules.USUAL``; intervals keep the buffers they had."""

    __tablename__ = "worker_terms"
    __table_args__ = (
        sa.CheckConstraint("buffer_before BETWEEN 0 AND 120 AND buffer_before % 30 = 0 AND"
                           " buffer_after BETWEEN 0 AND 120 AND buffer_after % 30 = 0", name="buffers"),
        sa.CheckConstraint("notice_minutes BETWEEN 0 AND 10080", name="notice"),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 60", name="horizon"))

    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"), primary_key=True)
    works_holidays: Mapped[bool]
    buffer_before: Mapped[int]
    buffer_after: Mapped[int]
    notice_minutes: Mapped[int]
    horizon_days: Mapped[int]


class SpecialDay(Model):
    """A day with hours of its own instead of the week's, a holiday's too: ``closed`` are its bits as in WorkerDay."""

    __tablename__ = "special_day"
    __table_args__ = (sa.UniqueConstraint("worker_no", "day"),
                      sa.CheckConstraint("closed BETWEEN 0 AND 281474976710655", name="closed"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"))
    day: Mapped[date]
    closed: Mapped[int]

    @property
    def hours(self) -> list[dict[str, int]]:
        """Its stretches, in minutes after midnight."""
        return [{"starts": starts, "ends": ends} for starts, ends in rules.hours_of(self.closed)]


class WorkerInterval(Model):
    """A time a worker is not free: an engagement with its buffers, or leave. No two overlap, on any path."""

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
    #: minutes of ``during`` before and after the visit itself
    buffer_before: Mapped[int] = mapped_column(server_default="0")
    buffer_after: Mapped[int] = mapped_column(server_default="0")
    #: where it is, as an H3 cell; null for leave, and where no place is known
    cell: Mapped[int | None]


class WorkerDay(Model):
    """48 half hours of a day, first on the left: 1 where she is not free. Derived from hours, terms, intervals.

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
