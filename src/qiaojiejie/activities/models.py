"""Activities, places at them, photos of them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.activities.lifecycle import ACTIVITY, PLACE, STANDING
from qiaojiejie.activities.rules import KINDS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.stations.models import CONSENTED, Asked, Station


class Activity(Model):
    """What a station invites to. ``taken`` counts who signed up or came, and passes ``seats`` only at the door."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.CheckConstraint(ACTIVITY.check(), name="state"),
        sa.CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
        sa.CheckConstraint("starts < ends", name="times"),
        sa.CheckConstraint("seats BETWEEN 1 AND 5000 AND taken >= 0", name="seats"),
        sa.CheckConstraint("(state = 'held') = (came IS NOT NULL)", name="held"),
        sa.Index("ix_activity_starts", "starts", "id"),
        sa.Index("ix_activity_host", "host_id", "starts", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    #: the station that invites
    host_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    place: Mapped[str]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=sa.text("0"))
    state: Mapped[str]
    reason: Mapped[str | None]
    report: Mapped[str | None]
    #: how many were there, counted from the places when it was held
    came: Mapped[int | None]
    planned_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    planned_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    host: Mapped[Station] = relationship(viewonly=True)
    photos: Mapped[list["ActivityPhoto"]] = relationship(
        viewonly=True, order_by="ActivityPhoto.id",
        primaryjoin="and_(ActivityPhoto.activity_id == Activity.id, ActivityPhoto.withdrawn_at.is_(None))")

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"activity:{self.id}"

    @property
    def free(self) -> int:
        """Seats nobody has."""
        return max(0, self.seats - self.taken)


class ActivityPlace(Asked, Model):
    """Somebody signed up, by herself or at a station's desk."""

    __tablename__ = "activity_place"
    __table_args__ = (
        sa.CheckConstraint(PLACE.check(), name="state"),
        sa.CheckConstraint(CONSENTED, name="consent"),
        sa.Index("uq_activity_place_person", "activity_id", "account_id", unique=True,
                 postgresql_where=sa.text(f"state IN ({', '.join(map(repr, STANDING))})")),
        sa.Index("ix_activity_place_activity", "activity_id", "id"),
        sa.Index("ix_activity_place_account", "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    activity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("activity.id"))
    state: Mapped[str]
    changed_at: Mapped[datetime]
    activity: Mapped[Activity] = relationship(viewonly=True)


class ActivityPhoto(Model):
    """A photo, with how those on it agreed; gone from sight once withdrawn."""

    __tablename__ = "activity_photo"
    __table_args__ = (
        sa.Index("uq_activity_photo_media", "media_id", unique=True),
        sa.Index("ix_activity_photo_activity", "activity_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    activity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("activity.id"))
    media_id: Mapped[UUID] = mapped_column(sa.ForeignKey("media.id"))
    consent: Mapped[str]
    added_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    activity: Mapped[Activity] = relationship(viewonly=True)
