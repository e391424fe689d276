"""Stations, their rooms, and who asked at a station or by herself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, query_expression, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.identity.models import Account
from qiaojiejie.stations.lifecycle import RESERVATION
from qiaojiejie.stations.rules import PURPOSES


class Station(Model):
    """A community station (示范工作站).

    ``floors``: [{"floor": 1, "functions": ["咨询接待", …]}]; ``staff``: [{"called": "王老师", "duty": "咨询接待"}], as they
    want to be called in public. ``distance_m`` is filled by a query that knows from where.
    """

    __tablename__ = "station"
    __table_args__ = (sa.Index("ix_station_opened", "opened_on", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str]
    community: Mapped[str]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"), index=True)
    address: Mapped[str]
    lng: Mapped[float] = mapped_column(sa.Double)
    lat: Mapped[float] = mapped_column(sa.Double)
    hours: Mapped[str]
    floors: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    staff: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default=sa.text("'[]'::jsonb"))
    association: Mapped[str]
    opened_on: Mapped[date]
    distance_m: Mapped[int | None] = query_expression()

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"station:{self.id}"


class StationRoom(Model):
    """A room people can have for a time."""

    __tablename__ = "station_room"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "name"),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    no: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), unique=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    name: Mapped[str]
    floor: Mapped[int]
    seats: Mapped[int]
    station: Mapped[Station] = relationship(viewonly=True)


class RoomReservation(Model):
    """A room is somebody's from ``starts`` until ``ends``. No two that are reserved overlap, on any path."""

    __tablename__ = "room_reservation"
    __table_args__ = (
        sa.CheckConstraint(RESERVATION.check(), name="state"),
        sa.CheckConstraint("starts < ends", name="times"),
        sa.CheckConstraint(f"purpose IN ({', '.join(map(repr, PURPOSES))})", name="purpose"),
        ExcludeConstraint((sa.func.int8range(sa.text("room_no"), sa.text("room_no"), sa.text("'[]'")), "="),
                          (sa.func.tstzrange(sa.text("starts"), sa.text("ends")), "&&"),
                          where=sa.text("state = 'reserved'"), name="room_no_overlap", using="gist"),
        sa.Index("ix_room_reservation_room", "room_no", "starts"),
        sa.Index("ix_room_reservation_ref", "ref", postgresql_where=sa.text("ref IS NOT NULL")),
        sa.Index("ix_room_reservation_holder", "reserved_by", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    room_no: Mapped[int] = mapped_column(sa.ForeignKey("station_room.no"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    purpose: Mapped[str]
    title: Mapped[str]
    #: what it is for, ``course_session:<id>``, ``activity:<id>`` or ``interview:<id>``; None when it stands for itself
    ref: Mapped[str | None]
    state: Mapped[str]
    reserved_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    reserved_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    room: Mapped[StationRoom] = relationship(viewonly=True)


class Asked:
    """Columns of what somebody asks for by herself, or by the clerk of a station (``station_id``) with her consent.

    ``account_id`` is hers, by her phone: what a clerk asked for her she finds there once she signs in.
    """

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))
    consent: Mapped[str | None]
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    asked_at: Mapped[datetime]

    @declared_attr
    @classmethod
    def account(cls) -> Mapped[Account]:
        """Whose it is."""
        return relationship(viewonly=True, foreign_keys=lambda: [cls.account_id])

    @property
    def via(self) -> str:
        """Who brought it: ``self`` or ``station``."""
        return "station" if self.station_id else "self"

    @property
    def phone(self) -> Sealed:
        """Hers; shown masked, in full after a look."""
        return self.account.phone


#: a check for tables of what is asked
CONSENTED = "(station_id IS NULL) = (consent IS NULL)"
