"""Competitions and their events."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.competitions.lifecycle import COMPETITION, SHOWN
from qiaojiejie.competitions.rules.ranking import MEDALS
from qiaojiejie.competitions.rules.shape import LEVELS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model


def one_of(column: str, values: Any) -> str:
    """The SQL condition that keeps a column among these values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Competition(Model):
    """One edition of a competition, with the rules it goes by as data, from its draft to its final results.

    The draw's seed is made when entries open; until the results are published only its SHA-256 is shown.
    """

    __tablename__ = "competition"
    __table_args__ = (
        sa.CheckConstraint(COMPETITION.check(), name="state"),
        sa.CheckConstraint(one_of("level", LEVELS), name="level"),
        sa.CheckConstraint("level <> 'city' OR (parent_id IS NULL AND region_code IS NULL)", name="city"),
        sa.CheckConstraint("entries_from <= entries_until AND entries_until < held_on", name="days"),
        sa.CheckConstraint("state IN ('draft', 'cancelled') OR draw_seed IS NOT NULL", name="drawn"),
        sa.CheckConstraint("encode(sha256(draw_seed), 'hex') = draw_commitment", name="commitment"),
        sa.CheckConstraint("state NOT IN ('sealed', 'provisional', 'final') OR (raw_sha256 IS NOT NULL AND "
                           "sealed_at IS NOT NULL)", name="sealed"),
        sa.CheckConstraint(f"NOT {one_of('state', SHOWN)} OR (published_by IS NOT NULL AND objection_until IS NOT "
                           "NULL)", name="published"),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_because IS NOT NULL)", name="cancelled"),
        sa.Index("ix_competition_year", "year", "id"), sa.Index("ix_competition_parent", "parent_id"),
        sa.Index("ix_competition_closing", "entries_until", postgresql_where=sa.text("state = 'entries_open'")),
        sa.Index("ix_competition_finishing", "objection_until", postgresql_where=sa.text("state = 'provisional'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str]
    edition: Mapped[int]
    year: Mapped[int]
    level: Mapped[str]
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"))
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("competition.id"))
    state: Mapped[str]
    organiser: Mapped[str]
    entries_from: Mapped[date]
    #: the last day on which entries are taken
    entries_until: Mapped[date]
    held_on: Mapped[date]
    admission: Mapped[dict[str, Any]] = mapped_column(JSONB)
    scoring: Mapped[dict[str, Any]] = mapped_column(JSONB)
    titles: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: working days after the results within which an entrant may object
    objection_days: Mapped[int]
    draw_seed: Mapped[bytes | None]
    draw_commitment: Mapped[str | None]
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    raw_sha256: Mapped[str | None]
    #: sheets that were never handed in: [{"judge": "J2" or None, "event", "number", "part"}]
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    missing_because: Mapped[str | None]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    objection_until: Mapped[date | None]
    finalised_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None]

    events: Mapped[list["CompetitionEvent"]] = relationship(order_by="CompetitionEvent.position",
                                                            cascade="all, delete-orphan")

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"competition:{self.id}"

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return COMPETITION.states[self.state]

    @property
    def level_name(self) -> str:
        """The level in Chinese."""
        return LEVELS[self.level]

    @property
    def rule(self) -> dict[str, Any]:
        """What marks are worked by, as ``rules.ranking`` reads it and results publish it."""
        return {"events": [event.rule for event in self.events],
                "scoring": {name: value for name, value in self.scoring.items() if name != "award_levels"}}


class CompetitionEvent(Model):
    """A kind of work that is competed in: what is marked, up to how much, and the medals."""

    __tablename__ = "competition_event"
    __table_args__ = (sa.CheckConstraint("theory_max > 0 AND gold >= 0 AND silver >= 0 AND bronze >= 0",
                                         name="numbers"),)

    competition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("competition.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    theory_max: Mapped[int]
    #: [{"code", "name", "max"}] in hundredths of a point
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    gold: Mapped[int]
    silver: Mapped[int]
    bronze: Mapped[int]

    @property
    def medals(self) -> dict[str, int]:
        """How many of each."""
        return {medal: getattr(self, medal) for medal in MEDALS}

    @property
    def rule(self) -> dict[str, Any]:
        """As ``rules.ranking`` reads it."""
        return {"code": self.code, "theory_max": self.theory_max, "criteria": self.criteria, "medals": self.medals}
