"""Complaints."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.lifecycle import COMPLAINT
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed


class Complaint(Model):
    """A family's complaint about one booking; its words are sealed, its outcome is a fact."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.CheckConstraint(COMPLAINT.check(), name="state"),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        sa.CheckConstraint("mediation IN ('settled', 'failed', 'refused')", name="mediation"),
        sa.CheckConstraint("(state IN ('substantiated', 'overturned')) = (severity IS NOT NULL)",
                           name="severity_known"),
        sa.Index("uq_complaint_live", "booking_id", unique=True,
                 postgresql_where=sa.text("state IN ('open', 'answered')")),
        sa.Index("ix_complaint_firm", "firm_id", "id"),
        sa.Index("ix_complaint_state", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"), index=True)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    kind: Mapped[str]
    words: Mapped[Sealed] = mapped_column(Encrypted("text"))
    answer: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    severity: Mapped[int | None]
    finding: Mapped[str | None]
    #: how mediation between the two sides ended, once it was tried, and what the mediator wrote of it
    mediation: Mapped[str | None]
    mediation_words: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    mediated_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))

    booking: Mapped[Booking] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return COMPLAINT.states[self.state]

    @property
    def said(self) -> str:
        """The family's words in plain text: only after the look was recorded."""
        return self.words.reveal()

    @property
    def answered(self) -> str | None:
        """The firm's words in plain text: only after the look was recorded."""
        return None if self.answer is None else self.answer.reveal()

    @property
    def mediated(self) -> str | None:
        """The mediator's words in plain text: only after the look was recorded."""
        return None if self.mediation_words is None else self.mediation_words.reveal()
