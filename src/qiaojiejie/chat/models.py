"""A booking's chat, its messages, their images."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.chat.rules import PARTIES
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.media.models import Media


class Chat(Model):
    """The chat of one booking: its last number, how far each party has read, when it is next looked at for erasing."""

    __tablename__ = "chat"
    __table_args__ = (sa.Index("ix_chat_due", "due_at", postgresql_where=sa.text("erased_at IS NULL")),)

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    last_number: Mapped[int]
    household_read: Mapped[int]
    worker_read: Mapped[int]
    firm_read: Mapped[int]
    due_at: Mapped[datetime]
    erased_messages: Mapped[int]
    erased_at: Mapped[datetime | None]

    def read_by(self, party: str) -> int:
        """The number of the last message a party has read; none for who is no party."""
        return int(getattr(self, f"{party}_read")) if party in PARTIES else 0


class ChatImage(Model):
    """An image that was sent in a message, once."""

    __tablename__ = "chat_image"

    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(sa.ForeignKey("chat_message.id"), index=True)
    position: Mapped[int]

    media: Mapped[Media] = relationship(viewonly=True)


class ChatMessage(Model):
    """One message, numbered within its chat without a gap; its words are sealed as they were written."""

    __tablename__ = "chat_message"
    __table_args__ = (
        sa.CheckConstraint(f"party IN ({', '.join(repr(party) for party in PARTIES)})", name="party"),
        sa.UniqueConstraint("booking_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("chat.booking_id"))
    number: Mapped[int]
    party: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    words: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    flags: Mapped[list[str]] = mapped_column(JSONB)
    said_at: Mapped[datetime]

    images: Mapped[list[ChatImage]] = relationship(viewonly=True, order_by=ChatImage.position)
