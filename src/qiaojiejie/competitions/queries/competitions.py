"""Read competitions; their figures by level."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from qiaojiejie.competitions.errors import CompetitionNotFound
from qiaojiejie.competitions.models import Competition, CompetitionEntrant
from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db, read


def get(competition_id: UUID, lock: bool = False, share: bool = False) -> Competition:
    """A competition with its events, locked against every step (``lock``) or so that no step is taken meanwhile
    (``share``). Raises CompetitionNotFound."""
    stmt = sa.select(Competition).where(Competition.id == competition_id).options(selectinload(Competition.events))
    if lock or share:
        stmt = stmt.with_for_update(read=share).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise CompetitionNotFound()
    return found


def shown(visitor: Actor | None, competition_id: UUID) -> Competition:
    """A competition for whoever asks: a draft is the federation's alone. Raises CompetitionNotFound."""
    found = get(competition_id)
    if found.state == "draft" and not (visitor and visitor.role in FEDERATION):
        raise CompetitionNotFound()
    return found


def page(visitor: Actor | None, *, limit: int, cursor: str | None = None, year: int | None = None,
         level: str | None = None, state: str | None = None, parent_id: UUID | None = None) -> paging.Page:
    """A page of competitions, newest year first."""
    officer = visitor is not None and visitor.role in FEDERATION
    stmt = sa.select(Competition).options(selectinload(Competition.events))
    if not officer:
        stmt = stmt.where(Competition.state != "draft")
    for column, value in ((Competition.year, year), (Competition.level, level), (Competition.state, state),
                          (Competition.parent_id, parent_id)):
        if value is not None:
            stmt = stmt.where(column == value)
    scope = paging.scope_of("competitions", [officer, year, level, state, parent_id])
    return paging.keyset(stmt, [Competition.year, Competition.id], cursor=cursor, limit=limit, scope=scope)


def due_to_close(today: date, limit: int) -> Sequence[Competition]:
    """Competitions whose last day of entries is over and for which somebody entered, locked."""
    entered = sa.exists().where(CompetitionEntrant.competition_id == Competition.id,
                                CompetitionEntrant.state == "entered")
    return _due(Competition.state == "entries_open", Competition.entries_until < today, entered, limit=limit)


def due_to_finish(today: date, limit: int) -> Sequence[Competition]:
    """Competitions whose objection period is over, locked."""
    return _due(Competition.state == "provisional", Competition.objection_until < today, limit=limit)


def _due(*which: sa.ColumnElement[bool], limit: int) -> Sequence[Competition]:
    stmt = sa.select(Competition).where(*which).order_by(Competition.id).limit(limit)
    return db.session.scalars(stmt.with_for_update(skip_locked=True)).all()


_FIGURES = """
    WITH held AS (SELECT id, level, year FROM competition WHERE state NOT IN ('draft', 'cancelled')
                  AND (CAST(:year AS bigint) IS NULL OR year = :year))
    SELECT h.level, count(*) AS competitions, coalesce(sum(e.entrants), 0) AS entrants,
           coalesce(sum(e.ranked), 0) AS ranked, coalesce(sum(j.judges), 0) AS judges,
           coalesce(sum(o.gold), 0) AS gold, coalesce(sum(o.silver), 0) AS silver, coalesce(sum(o.bronze), 0) AS bronze
    FROM held h
    LEFT JOIN (SELECT competition_id AS id, count(*) AS entrants, count(rank) AS ranked FROM competition_entrant
               WHERE state = 'entered' GROUP BY 1) e ON e.id = h.id
    LEFT JOIN (SELECT competition_id AS id, count(*) AS judges FROM competition_judge
               WHERE dismissed_at IS NULL AND kind <> 'examiner' GROUP BY 1) j ON j.id = h.id
    LEFT JOIN (SELECT competition_id AS id, count(*) FILTER (WHERE code = 'gold') AS gold,
                      count(*) FILTER (WHERE code = 'silver') AS silver,
                      count(*) FILTER (WHERE code = 'bronze') AS bronze
               FROM competition_honour WHERE kind = 'medal' AND state = 'standing' GROUP BY 1) o ON o.id = h.id
    GROUP BY h.level ORDER BY h.level"""
_PEOPLE = """
    SELECT count(DISTINCT e.worker_id) FROM competition_entrant e JOIN competition c ON c.id = e.competition_id
    WHERE e.state = 'entered' AND c.state NOT IN ('draft', 'cancelled')
      AND (CAST(:year AS bigint) IS NULL OR c.year = :year)"""
_TITLES = """
    SELECT h.code, h.name, h.body, count(*) AS named FROM competition_honour h JOIN competition c
      ON c.id = h.competition_id
    WHERE h.kind = 'title' AND h.state = 'standing' AND (CAST(:year AS bigint) IS NULL OR c.year = :year)
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1"""
_SUMMED = ("competitions", "entrants", "ranked", "judges", "gold", "silver", "bronze", "medals")


def statistics(year: int | None) -> dict[str, Any]:
    """Counted from what there is, of one year or of all: by level, over all levels, people, titles by naming body."""
    levels = [{**row._asdict(), "medals": row.gold + row.silver + row.bronze} for row in read(_FIGURES, {"year": year})]
    levels = [{name: int(value) if name != "level" else value for name, value in each.items()} for each in levels]
    return {"year": year, "levels": levels, "total": {name: sum(each[name] for each in levels) for name in _SUMMED},
            "people": read(_PEOPLE, {"year": year})[0][0],
            "titles": [row._asdict() for row in read(_TITLES, {"year": year})]}
