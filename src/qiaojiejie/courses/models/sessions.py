"""Sessions of a course and when they meet."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.courses.lifecycle import SESSION
from qiaojiejie.courses.models.catalogue import Course
from qiaojiejie.stations.models import Station


class CourseSession(Model):
    """One holding of a course: where, when, by whom, for how many.

    ``taken`` counts the seats that are enrolled or offered, and can't pass ``seats``; ``queued`` numbers everybody who
    came in the order she came.
    """

    __tablename__ = "course_session"
    __table_args__ = (
        sa.CheckConstraint(SESSION.check(), name="state"),
        sa.CheckConstraint("seats BETWEEN 1 AND 1000 AND taken BETWEEN 0 AND seats", name="seats"),
        sa.CheckConstraint("offer_hours BETWEEN 1 AND 168", name="offer_hours"),
        sa.Index("ix_course_session_course", "course_id", "starts_at", "id"),
        sa.Index("ix_course_session_starts", "starts_at", "id"),
        sa.Index("ix_course_session_ends", "ends_at"),
        sa.Index("ix_course_session_open", "starts_at", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    course_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course.id"))
    state: Mapped[str]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))
    place: Mapped[str]
    trainer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=sa.text("0"))
    queued: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: how long an offered seat is kept
    offer_hours: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    planned_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    course: Mapped[Course] = relationship(viewonly=True)
    station: Mapped[Station | None] = relationship(viewonly=True)
    meetings: Mapped[list["CourseMeeting"]] = relationship(order_by="CourseMeeting.number", viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"course_session:{self.id}"

    @property
    def free(self) -> int:
        """Seats nobody has."""
        return self.seats - self.taken


class CourseMeeting(Model):
    """One meeting of a session; those of equal number teach the same, so one can make up for another."""

    __tablename__ = "course_meeting"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "number"),
        sa.CheckConstraint("kind IN ('theory', 'practice')", name="kind"),
        sa.CheckConstraint("ends > starts", name="times"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_session.id"))
    number: Mapped[int]
    kind: Mapped[str]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    session: Mapped[CourseSession] = relationship(viewonly=True)

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends - self.starts).total_seconds()) // 60
