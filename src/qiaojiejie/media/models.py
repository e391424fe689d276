"""What was uploaded; the bytes lie in the store under ``key``."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class Media(Model):
    """One stored file. ``public`` ones (photos) are served to anyone, others to their uploader and who a room lets."""

    __tablename__ = "media"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('photo', 'licence', 'document', 'evidence', 'sheet', 'chat', 'visit')",
                           name="kind"),
        sa.Index("ix_media_unused", "unused_until", postgresql_where=sa.text("unused_until IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID] = mapped_column(index=True)
    org_id: Mapped[UUID | None]
    kind: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    width: Mapped[int | None]
    height: Mapped[int | None]
    key: Mapped[str] = mapped_column(index=True)
    public: Mapped[bool]
    created_at: Mapped[datetime]
    #: until when a room must have used it (``rules.BY_THE_ROOM``), or it is forgotten; null: it stays
    unused_until: Mapped[datetime | None]


class UnsizedMedia(Model):
    """A picture whose smaller sizes (``rules.images.sizes``) are not made yet."""

    __tablename__ = "unsized_media"

    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
