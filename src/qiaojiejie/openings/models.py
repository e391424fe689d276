"""Openings and applications."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.openings.lifecycle import APPLICATION, LIVE, OPENING
from qiaojiejie.openings.rules import UNITS
from qiaojiejie.stations.models import CONSENTED, Asked


class JobOpening(Model):
    """Places at work: a firm's own, or those of an employer (``employer``) for whom a station asks.

    ``filled`` counts who is placed and can't pass ``places``. Wages in fen a ``wage_unit``.
    """

    __tablename__ = "job_opening"
    __table_args__ = (
        sa.CheckConstraint(OPENING.check(), name="state"),
        sa.CheckConstraint("(firm_id IS NULL) <> (station_id IS NULL)", name="whose"),
        sa.CheckConstraint("places BETWEEN 1 AND 1000 AND filled BETWEEN 0 AND places", name="places"),
        sa.CheckConstraint("wage_low_fen BETWEEN 0 AND wage_high_fen", name="wage"),
        sa.CheckConstraint(f"wage_unit IN ({', '.join(map(repr, UNITS))})", name="unit"),
        sa.Index("ix_job_opening_open", "id", postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_job_opening_region", "region_code", "id", postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_job_opening_firm", "firm_id", "id", postgresql_where=sa.text("firm_id IS NOT NULL")),
        sa.Index("ix_job_opening_station", "station_id", "id", postgresql_where=sa.text("station_id IS NOT NULL")),
        sa.Index("ix_job_opening_until", "until", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))
    employer: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    places: Mapped[int]
    filled: Mapped[int] = mapped_column(server_default=sa.text("0"))
    wage_low_fen: Mapped[int]
    wage_high_fen: Mapped[int]
    wage_unit: Mapped[str]
    until: Mapped[date]
    state: Mapped[str]
    posted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    posted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"opening:{self.id}"

    @property
    def free(self) -> int:
        """Places nobody has."""
        return self.places - self.filled


class JobApplication(Asked, Model):
    """Somebody asks for work, by herself or introduced by a station."""

    __tablename__ = "job_application"
    __table_args__ = (
        sa.CheckConstraint(APPLICATION.check(), name="state"),
        sa.CheckConstraint(CONSENTED, name="consent"),
        sa.CheckConstraint("(state IN ('placed', 'confirmed', 'denied')) = (placed_on IS NOT NULL)", name="placed"),
        sa.Index("uq_job_application_person", "opening_id", "account_id", unique=True,
                 postgresql_where=sa.text(f"state IN ({', '.join(map(repr, LIVE))})")),
        sa.Index("ix_job_application_opening", "opening_id", "id"),
        sa.Index("ix_job_application_account", "account_id", "id"),
        sa.Index("ix_job_application_station", "station_id", "id", postgresql_where=sa.text("station_id IS NOT NULL")),
        sa.Index("ix_job_application_placed", "placed_on", postgresql_where=sa.text("placed_on IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    opening_id: Mapped[UUID] = mapped_column(sa.ForeignKey("job_opening.id"))
    words: Mapped[str]
    state: Mapped[str]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    #: the first day at work
    placed_on: Mapped[date | None]
    opening: Mapped[JobOpening] = relationship(viewonly=True)
