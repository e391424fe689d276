"""Staff imports and their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed


class StaffImport(Model):
    """One spreadsheet a firm sent: how far it has been read and what came of it."""

    __tablename__ = "staff_import"
    __table_args__ = (sa.CheckConstraint("state IN ('queued', 'running', 'done', 'refused')", name="state"),
                      sa.Index("ix_staff_import_firm", "firm_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    #: as its sender calls the file, which may be by a person's name
    filename: Mapped[Sealed] = mapped_column(Encrypted("text"))
    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"))
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int]
    added: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    #: the code of the refusal, when the whole file was refused
    refusal: Mapped[str | None]
    #: the file's own header, under which rejected rows are given back
    header: Mapped[list[str]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class StaffImportRow(Model):
    """One row of the file that was not taken: its number, why, and its cells as they were (sealed)."""

    __tablename__ = "staff_import_row"

    import_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff_import.id", ondelete="CASCADE"), primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True)
    #: [{"code", "column", "message_zh", "message_en"}]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cells: Mapped[Sealed] = mapped_column(Encrypted("text"))
