"""Stations."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class Station(Model):
    """A community station (示范工作站).

    ``floors``: [{"floor": 1, "functions": ["咨询接待", …]}]. ``distance_m`` is filled by a query that knows from where.
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
    association: Mapped[str]
    opened_on: Mapped[date]
    distance_m: Mapped[int | None] = query_expression()
