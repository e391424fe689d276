"""Reviews."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import Model
from qiaojiejie.reviews.rules import A_FAMILY

ASPECTS = ("skill", "attitude", "punctuality", "honesty", "communication")


class Review(Model):
    """One side's words on a completed booking. ``side`` wrote it: the household of the worker, or she of the family."""

    __tablename__ = "review"
    __table_args__ = (
        sa.UniqueConstraint("booking_id", "side"),
        sa.CheckConstraint("side IN ('household', 'worker')", name="side"),
        sa.CheckConstraint(" AND ".join(f"{name} BETWEEN 1 AND 5" for name in ("overall", *ASPECTS)), name="marks"),
        sa.Index("ix_review_worker", "worker_id", "id",
                 postgresql_where=sa.text("published_at IS NOT NULL AND side = 'household'")),
        sa.Index("ix_review_written", "written_at", postgresql_where=sa.text("side = 'household'")),
        sa.Index("ix_review_due", "publish_at", postgresql_where=sa.text("published_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"))
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    side: Mapped[str]
    overall: Mapped[int] = mapped_column(sa.SmallInteger)
    skill: Mapped[int] = mapped_column(sa.SmallInteger)
    attitude: Mapped[int] = mapped_column(sa.SmallInteger)
    punctuality: Mapped[int] = mapped_column(sa.SmallInteger)
    honesty: Mapped[int] = mapped_column(sa.SmallInteger)
    communication: Mapped[int] = mapped_column(sa.SmallInteger)
    words: Mapped[str]
    written_at: Mapped[datetime]
    publish_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def aspects(self) -> dict[str, int]:
        """The five marks by name."""
        return {name: getattr(self, name) for name in ASPECTS}

    @property
    def by(self) -> str:
        """How its author is named in public."""
        return A_FAMILY

    @property
    def served_on(self) -> date:
        """The day of the service in Asia/Shanghai."""
        return clock.local(self.booking.start).date()
