"""Places in sessions, attendance, marks, and claims of subsidies."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import Model
from qiaojiejie.courses.lifecycle import CLAIM, LIVE, PLACE
from qiaojiejie.courses.models.sessions import CourseSession
from qiaojiejie.workers.models import Worker

_LIVE = ", ".join(f"'{state}'" for state in LIVE)


class CoursePlace(Model):
    """A worker in a session, or in its queue at ``position``: the order in which everybody came."""

    __tablename__ = "course_place"
    __table_args__ = (
        sa.CheckConstraint(PLACE.check(), name="state"),
        sa.CheckConstraint("via IN ('worker', 'firm', 'clerk')", name="via"),
        sa.CheckConstraint("(via = 'clerk') = (consent IS NOT NULL)", name="consent"),
        sa.CheckConstraint("(state = 'offered') <= (offer_until IS NOT NULL)", name="offer"),
        sa.UniqueConstraint("session_id", "position"),
        sa.Index("uq_course_place_worker", "session_id", "worker_id", unique=True,
                 postgresql_where=sa.text(f"state IN ({_LIVE})")),
        sa.Index("ix_course_place_queue", "session_id", "position", postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_course_place_offers", "offer_until", postgresql_where=sa.text("state = 'offered'")),
        sa.Index("ix_course_place_worker", "worker_id", "id"),
        sa.Index("ix_course_place_firm", "firm_id", "id"),
        sa.Index("ix_course_place_enrolled_by", "enrolled_by", "id"),
        sa.Index("ix_course_place_uncertified", "id", postgresql_where=sa.text("state = 'passed' AND serial IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_session.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    #: on whose staff she was when she was enrolled
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    position: Mapped[int]
    via: Mapped[str]
    #: how she agreed, when a clerk enrolled her
    consent: Mapped[str | None]
    enrolled_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    offer_until: Mapped[datetime | None]
    #: attended what is asked for, to the session's end
    completed: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    #: of the certificate she got
    serial: Mapped[str | None]
    session: Mapped[CourseSession] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
    marks: Mapped[list["CourseMark"]] = relationship(order_by="CourseMark.id", viewonly=True)
    attendances: Mapped[list["CourseAttendance"]] = relationship(viewonly=True)

    @property
    def subject(self) -> str:
        """Whom the ledger names."""
        return f"worker:{self.worker_id}"


class CourseAttendance(Model):
    """She was there. Of which meeting it counts is said by the meeting's number, also when she made up elsewhere."""

    __tablename__ = "course_attendance"
    __table_args__ = (sa.CheckConstraint("via IN ('code', 'roll', 'make_up')", name="via"),
                      sa.Index("ix_course_attendance_meeting", "meeting_id"))

    place_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_place.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    meeting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_meeting.id"))
    via: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    at: Mapped[datetime]


class CourseMark(Model):
    """A mark for one part, of 100; each attempt is a row, and none is ever changed."""

    __tablename__ = "course_mark"
    __table_args__ = (
        sa.CheckConstraint("part IN ('theory', 'practice')", name="part"),
        sa.CheckConstraint("points BETWEEN 0 AND 100 AND attempt >= 1", name="points"),
        sa.UniqueConstraint("place_id", "part", "attempt"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    place_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_place.id"))
    part: Mapped[str]
    attempt: Mapped[int]
    points: Mapped[int]
    passed: Mapped[bool]
    assessor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    note: Mapped[str]
    at: Mapped[datetime]

    @property
    def given_on(self) -> date:
        """The day it was given, in Asia/Shanghai."""
        return clock.local(self.at).date()


class SubsidyClaim(Model):
    """What a programme is asked to pay for somebody who passed: one a person, programme and year."""

    __tablename__ = "subsidy_claim"
    __table_args__ = (
        sa.CheckConstraint(CLAIM.check(), name="state"),
        sa.CheckConstraint("decided_by <> claimed_by", name="four_eyes"),
        sa.CheckConstraint("(state = 'submitted') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("(state = 'paid') = (reference IS NOT NULL)", name="paid"),
        sa.Index("uq_subsidy_claim_year", "worker_id", "programme", "year", unique=True,
                 postgresql_where=sa.text("state <> 'refused'")),
        sa.Index("ix_subsidy_claim_state", "state", "id"),
        sa.Index("ix_subsidy_claim_claimed_by", "claimed_by", "id"),
        sa.Index("ix_subsidy_claim_place", "place_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    place_id: Mapped[UUID] = mapped_column(sa.ForeignKey("course_place.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    programme: Mapped[str] = mapped_column(sa.ForeignKey("funding_programme.code"))
    year: Mapped[int]
    amount_fen: Mapped[int]
    state: Mapped[str]
    evidence: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    claimed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    claimed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    reference: Mapped[str | None]
    paid_at: Mapped[datetime | None]
    place: Mapped[CoursePlace] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"claim:{self.id}"
