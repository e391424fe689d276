"""Read raw marks, what was put right, published results, honours."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.competitions.errors import HonourNotFound, ResultsNotFound
from qiaojiejie.competitions.models import Competition, CompetitionHonour, CompetitionResult
from qiaojiejie.core import paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, read
from qiaojiejie.media.models import Media
from qiaojiejie.workers.models import Worker

_WHO = (joinedload(CompetitionHonour.worker).load_only(Worker.name, Worker.account_id, Worker.called),
        joinedload(CompetitionHonour.firm), joinedload(CompetitionHonour.competition))

_RAW = """
    SELECT e.event, e.number, e.id AS entrant,
           (SELECT (s.marks ->> 'paper')::bigint FROM competition_sheet s
            WHERE s.entrant_id = e.id AND s.part = 'theory') AS theory,
           (SELECT coalesce(jsonb_object_agg(j.label, s.marks), '{}') FROM competition_sheet s
            JOIN competition_judge j ON j.id = s.judge_id
            WHERE s.entrant_id = e.id AND s.part = 'practice') AS practice
    FROM competition_entrant e JOIN competition_event v ON v.competition_id = e.competition_id AND v.code = e.event
    WHERE e.competition_id = :id AND e.number IS NOT NULL ORDER BY v.position, e.number"""
_CORRECTIONS = """
    SELECT e.event, e.number, s.part, CASE s.part WHEN 'practice' THEN j.label END AS judge, c.criterion,
           c.points_before AS before, c.points, c.objection_id AS objection
    FROM competition_correction c JOIN competition_sheet s ON s.id = c.sheet_id
    JOIN competition_entrant e ON e.id = s.entrant_id JOIN competition_judge j ON j.id = s.judge_id
    WHERE c.competition_id = :id ORDER BY c.id"""
_SHEETS = """
    SELECT s.id, s.part, s.marks, j.label FROM competition_sheet s JOIN competition_judge j ON j.id = s.judge_id
    WHERE s.entrant_id = :id ORDER BY s.part, j.label"""


def raw(competition_id: UUID) -> list[dict[str, Any]]:
    """Every mark as it was given, by event and number, judges by their labels."""
    return [{**row._asdict(), "entrant": str(row.entrant)} for row in read(_RAW, {"id": competition_id})]


def corrections(competition_id: UUID) -> list[dict[str, Any]]:
    """Every mark that was put right: what it was, what it is, by which objection; in order."""
    return [{**row._asdict(), "objection": str(row.objection)} for row in read(_CORRECTIONS, {"id": competition_id})]


def sheets_of(entrant_id: UUID) -> dict[tuple[str, str | None], sa.Row[Any]]:
    """(part, judge's label; None for the theory) → id and marks, as they were given."""
    return {(row.part, row.label if row.part == "practice" else None): row for row in read(_SHEETS, {"id": entrant_id})}


def editions(competition_id: UUID) -> Sequence[CompetitionResult]:
    """Every edition of a competition's results, newest first."""
    return db.session.scalars(sa.select(CompetitionResult).where(CompetitionResult.competition_id == competition_id)
                              .order_by(CompetitionResult.edition.desc())).all()


def published(competition_id: UUID, edition: int | None = None) -> CompetitionResult:
    """An edition of the results, the newest unless one is named. Raises ResultsNotFound."""
    stmt = sa.select(CompetitionResult).where(CompetitionResult.competition_id == competition_id)
    if edition is not None:
        stmt = stmt.where(CompetitionResult.edition == edition)
    found = db.session.scalars(stmt.order_by(CompetitionResult.edition.desc()).limit(1)).one_or_none()
    if found is None:
        raise ResultsNotFound()
    return found


def honours(competition_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of a competition's medals and titles, those that were revoked too."""
    stmt = sa.select(CompetitionHonour).where(CompetitionHonour.competition_id == competition_id).options(*_WHO)
    return paging.keyset(stmt, [CompetitionHonour.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("honours", competition_id))


def honour(competition_id: UUID, honour_id: UUID, lock: bool = False) -> CompetitionHonour:
    """A medal or title. Raises HonourNotFound."""
    stmt = sa.select(CompetitionHonour).where(CompetitionHonour.id == honour_id,
                                              CompetitionHonour.competition_id == competition_id).options(*_WHO)
    if lock:
        stmt = stmt.with_for_update(of=CompetitionHonour)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise HonourNotFound()
    return found


def titles_given(competition: Competition, code: str) -> int:
    """How many of a title stand."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionHonour).where(
        CompetitionHonour.competition_id == competition.id, CompetitionHonour.kind == "title",
        CompetitionHonour.code == code, CompetitionHonour.state == "standing")) or 0


def is_evidence_of(actor: Actor, media_id: UUID) -> bool:
    """Whether it is a file of the kind evidence that the actor uploaded herself."""
    return db.session.scalar(sa.select(sa.exists().where(
        Media.id == media_id, Media.account_id == actor.account_id, Media.kind == "evidence"))) is True
