"""Favourites."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class Favourite(Model):
    """A worker a family marked, once."""

    __tablename__ = "favourite"
    __table_args__ = (sa.UniqueConstraint("household_id", "worker_id"),
                      sa.Index("ix_favourite_household", "household_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    created_at: Mapped[datetime]
