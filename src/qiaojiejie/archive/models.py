"""What is on its way into a file, what was written, and what must stay."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.archive import rules
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed


class ArchivedRow(Model):
    """A row as it stood, without its sealed columns, until its month is written. One partition a month, made and
    dropped by the command; there is none for what no command takes."""

    __tablename__ = "archived_row"
    __table_args__ = ({"postgresql_partition_by": "RANGE (month)"},)

    #: the first day of the month (Asia/Shanghai) the booking ended in
    month: Mapped[date] = mapped_column(primary_key=True)
    #: which table it was in
    of: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ArchivedMonth(Model):
    """A file of what was taken of a month at one time; of a month one is open at most.

    ``finished_at`` is set in the transaction that drops the partition: before it all is still in the database.
    """

    __tablename__ = "archived_month"
    __table_args__ = (
        sa.CheckConstraint("num_nulls(bookings, rows, digest, sha256, finished_at) IN (0, 5)", name="finished"),
        sa.Index("uq_archived_month_open", "month", unique=True, postgresql_where=sa.text("finished_at IS NULL")),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    #: who ran the command
    begun_by: Mapped[str]
    begun_at: Mapped[datetime]
    bookings: Mapped[int | None]
    rows: Mapped[int | None]
    #: over the rows in their order (``rules.Digest``), and over the file's bytes
    digest: Mapped[str | None]
    sha256: Mapped[str | None]
    finished_at: Mapped[datetime | None]

    @property
    def file(self) -> str:
        """What its file is called."""
        return rules.file_name(self.month, self.part)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"archive:{self.month:%Y-%m}"


class ArchiveHold(Model):
    """A booking that stays whole because somebody said so, as a court may: until it is let go (the row is deleted)."""

    __tablename__ = "archive_hold"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    because: Mapped[Sealed] = mapped_column(Encrypted("text"))
    held_by: Mapped[str]
    held_at: Mapped[datetime]
