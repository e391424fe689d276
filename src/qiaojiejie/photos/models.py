"""A booking's album and its photos."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.media.models import Media
from qiaojiejie.photos.rules import PHASES, TAKERS


class Album(Model):
    """The photos of one booking together: when they are next looked at for erasing, how many were erased."""

    __tablename__ = "visit_album"
    __table_args__ = (sa.Index("ix_visit_album_due", "due_at", postgresql_where=sa.text("erased_at IS NULL")),)

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    due_at: Mapped[datetime]
    erased_photos: Mapped[int]
    erased_at: Mapped[datetime | None]


class VisitPhoto(Model):
    """A photo from before or after a service, in one album."""

    __tablename__ = "visit_photo"
    __table_args__ = (
        sa.CheckConstraint(f"phase IN ({', '.join(map(repr, PHASES))})", name="phase"),
        sa.CheckConstraint(f"party IN ({', '.join(map(repr, TAKERS))})", name="party"),
        sa.Index("ix_visit_photo_booking", "booking_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit_album.booking_id"))
    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"), unique=True)
    phase: Mapped[str]
    party: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    added_at: Mapped[datetime]

    media: Mapped[Media] = relationship(viewonly=True)
