"""Notifications, and text messages that go out with some of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.messages.rules import texts


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


class TextMessage(Model):
    """A text message beside a notification: one of a kind about a thing. The number is the account's, looked up when it
    is sent."""

    __tablename__ = "text_message"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({', '.join(repr(state) for state in sorted(texts.STATES))})", name="state"),
        sa.CheckConstraint(f"because IN ({', '.join(repr(why) for why in sorted(texts.REASONS))})", name="because"),
        sa.UniqueConstraint("account_id", "kind", "subject"),
        sa.Index("ix_text_message_account", "account_id", "id"),
        sa.Index("ix_text_message_day", "account_id", "counted_on"),
        sa.Index("ix_text_message_due", "next_at", postgresql_where=sa.text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    params: Mapped[dict[str, str]] = mapped_column(JSONB)
    state: Mapped[str]
    because: Mapped[str | None]
    next_at: Mapped[datetime]
    tries: Mapped[int]
    #: the day in whose budget it is
    counted_on: Mapped[date | None] = mapped_column(sa.Date)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return texts.STATES[self.state]

    @property
    def due_at(self) -> datetime | None:
        """When it goes out; None when it is over."""
        return self.next_at if self.state == "waiting" else None
