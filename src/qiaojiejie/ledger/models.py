"""The ledger's one table. A trigger (see migrations) refuses UPDATE, DELETE and TRUNCATE."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class LedgerEntry(Model):
    """One fact: what, about whom (``kind:id``), by whom (``account:id`` or ``system``), and what was true then."""

    __tablename__ = "ledger_entry"
    __table_args__ = (sa.Index("ix_ledger_entry_subject", "subject", "id"),
                      sa.Index("ix_ledger_entry_fact", "fact", "id"),
                      sa.Index("ix_ledger_entry_at", "at", postgresql_using="brin"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime]
    fact: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    key: Mapped[str | None] = mapped_column(unique=True)
