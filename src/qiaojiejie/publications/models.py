"""The one table of publications: each edition of each period, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.publications import rules


class Publication(Model):
    """One edition of a period's figures. ``body``: their canonical JSON, byte for byte what ``sha256`` is of.

    A trigger refuses UPDATE, DELETE and TRUNCATE: a correction is a further edition, with its reason.
    """

    __tablename__ = "publication"
    __table_args__ = (
        sa.UniqueConstraint("kind", "period", "edition"),
        sa.CheckConstraint("kind IN ({})".format(", ".join(map(repr, rules.KINDS))), name="kind"),
        sa.CheckConstraint("from_day <= to_day", name="period"),
        sa.CheckConstraint("encode(sha256(convert_to(body, 'UTF8')), 'hex') = sha256", name="sha256"),
        sa.CheckConstraint("edition >= 1 AND (edition = 1) = (reason IS NULL)"
                           " AND (edition = 1) = (published_by IS NULL)", name="corrected"),
        sa.Index("ix_publication_newest", "to_day", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    kind: Mapped[str]
    #: 2026-10, or 2026-Q3
    period: Mapped[str]
    from_day: Mapped[date]
    to_day: Mapped[date]
    edition: Mapped[int]
    body: Mapped[str]
    sha256: Mapped[str]
    #: why an edition after the first was made, and who made it
    reason: Mapped[str | None]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    published_at: Mapped[datetime]

    @property
    def files(self) -> dict[str, Any]:
        """Where the edition is read, by format."""
        address = f"/api/v1/publications/{self.kind}/{self.period}"
        return {name: f"{address}{ending}?edition={self.edition}"
                for name, ending in (("json", ""), ("xlsx", ".xlsx"), ("pdf", ".pdf"))}
