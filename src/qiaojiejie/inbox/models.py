"""The inbox."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core.db import Model


class WebhookEvent(Model):
    """An event as it was sent: its own id, its type, the object it speaks of."""

    __tablename__ = "webhook_event"
    __table_args__ = (sa.Index("ix_webhook_event_open", "received_at",
                               postgresql_where=sa.text("handled_at IS NULL")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
