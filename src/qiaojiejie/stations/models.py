"""Stations."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


class Station(Model):
    """A community station (示范工作站): ``floors`` lists what happens on each floor."""

    __tablename__ = "station"

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
