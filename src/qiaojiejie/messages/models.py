"""Notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class Notification(Model):
    """Something an account should know. ``key`` makes it unique, so a retried job tells nobody twice."""

    __tablename__ = "notification"
    __table_args__ = (sa.Index("ix_notification_account", "account_id", "id"),
                      sa.Index("ix_notification_unread", "account_id", postgresql_where=sa.text("read_at IS NULL")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
