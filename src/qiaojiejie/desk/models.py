"""The day's last number, and the numbers drawn."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.desk.lifecycle import HELD, TICKET
from qiaojiejie.desk.rules import SUBJECTS
from qiaojiejie.stations.models import Station


class DeskDay(Model):
    """The last number drawn at a station on a Shanghai day; who draws holds the row, so there is no hole or double."""

    __tablename__ = "desk_day"

    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class DeskTicket(Model):
    """A number; ``account_id`` is None for who walked in and gave no phone."""

    __tablename__ = "desk_ticket"
    __table_args__ = (
        sa.CheckConstraint(TICKET.check(), name="state"),
        sa.CheckConstraint(f"subject IN ({', '.join(map(repr, SUBJECTS))})", name="subject"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.UniqueConstraint("station_id", "day", "number"),
        sa.Index("uq_desk_ticket_held", "station_id", "day", "account_id", unique=True,
                 postgresql_where=sa.text(f"state IN ({', '.join(map(repr, HELD))}) AND account_id IS NOT NULL")),
        sa.Index("ix_desk_ticket_waiting", "station_id", "day", "number",
                 postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_desk_ticket_account", "account_id", "id", postgresql_where=sa.text("account_id IS NOT NULL")),
        sa.Index("ix_desk_ticket_open", "day", postgresql_where=sa.text("state IN ('waiting', 'called', 'absent')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    day: Mapped[date]
    number: Mapped[int]
    subject: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    state: Mapped[str]
    window: Mapped[int | None]
    drawn_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    drawn_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    station: Mapped[Station] = relationship(viewonly=True)
