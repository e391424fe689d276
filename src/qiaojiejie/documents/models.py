"""Documents in workers' files."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.documents.lifecycle import DOCUMENT
from qiaojiejie.documents.rules import DOCUMENT_KINDS


class WorkerDocument(Model):
    """A dated paper in a worker's file. It counts for nothing until a named reviewer verified it.

    A background check keeps its conclusion, date, source and look-back, never a case history.
    """

    __tablename__ = "worker_document"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in DOCUMENT_KINDS)})", name="kind"),
        sa.CheckConstraint(DOCUMENT.check(), name="state"),
        sa.CheckConstraint("state NOT IN ('verified', 'rejected') OR reviewed_by IS NOT NULL", name="reviewer"),
        sa.Index("ix_worker_document_worker", "worker_id", "kind", "id"),
        sa.Index("ix_worker_document_queue", "id", postgresql_where=sa.text("state = 'recorded'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    kind: Mapped[str]
    state: Mapped[str]
    #: as written on it: "家政服务员四级"
    title: Mapped[str]
    #: of a certificate: what it certifies
    occupation: Mapped[str | None] = mapped_column(sa.ForeignKey("occupation.code"))
    level: Mapped[int | None]
    number: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    issuer: Mapped[str]
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    insurance_class: Mapped[int | None]
    conclusion: Mapped[str | None]
    look_back_years: Mapped[int | None]
    media_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]
    source: Mapped[str | None]
    reason: Mapped[str | None]
    #: of a certificate issued here: its serial, by which alone it is revoked
    serial: Mapped[str | None] = mapped_column(unique=True)

    @property
    def reviewed_on(self) -> date | None:
        """The day it was reviewed, in Asia/Shanghai."""
        return None if self.reviewed_at is None else clock.local(self.reviewed_at).date()
