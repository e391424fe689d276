"""Read juries and sheets. A judge reads her own sheets and nobody else's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.competitions.errors import JudgeNotFound
from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionJudge, CompetitionSheet
from qiaojiejie.core import paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, read

_SITTING = CompetitionJudge.dismissed_at.is_(None)


def of(competition_id: UUID) -> Sequence[CompetitionJudge]:
    """A competition's jury, in the order they were appointed."""
    return db.session.scalars(sa.select(CompetitionJudge).where(
        CompetitionJudge.competition_id == competition_id, _SITTING).order_by(CompetitionJudge.id)).all()


def page(competition_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of a competition's jury."""
    stmt = sa.select(CompetitionJudge).where(CompetitionJudge.competition_id == competition_id, _SITTING)
    return paging.keyset(stmt, [CompetitionJudge.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("jury", competition_id))


def get(competition_id: UUID, judge_id: UUID) -> CompetitionJudge:
    """A sitting judge. Raises JudgeNotFound."""
    found = db.session.scalars(sa.select(CompetitionJudge).where(
        CompetitionJudge.id == judge_id, CompetitionJudge.competition_id == competition_id, _SITTING)).one_or_none()
    if found is None:
        raise JudgeNotFound()
    return found


def member(actor: Actor, competition_id: UUID) -> CompetitionJudge:
    """The actor's own seat on a jury. Raises JudgeNotFound when she has none."""
    found = find_member(actor.account_id, competition_id)
    if found is None:
        raise JudgeNotFound()
    return found


def find_member(account_id: UUID, competition_id: UUID) -> CompetitionJudge | None:
    """An account's seat on a jury, if it has one."""
    return db.session.scalars(sa.select(CompetitionJudge).where(
        CompetitionJudge.competition_id == competition_id, CompetitionJudge.account_id == account_id,
        _SITTING)).one_or_none()


def mine(actor: Actor, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the juries the actor sits on, newest first."""
    stmt = sa.select(CompetitionJudge).where(CompetitionJudge.account_id == actor.account_id, _SITTING)
    return paging.keyset(stmt.options(joinedload(CompetitionJudge.competition).selectinload(Competition.events)),
                         [CompetitionJudge.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("my-juries", actor.account_id))


def sheets(judge: CompetitionJudge, *, event: str, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of one event's numbers, each with what this judge herself gave, if she did."""
    stmt = sa.select(CompetitionEntrant).where(
        CompetitionEntrant.competition_id == judge.competition_id, CompetitionEntrant.event == event,
        CompetitionEntrant.number.is_not(None))
    found = paging.keyset(stmt, [CompetitionEntrant.number], cursor=cursor, limit=limit, descending=False,
                          scope=paging.scope_of("sheets", [judge.id, event]))
    given = {row.entrant_id: row for row in db.session.scalars(sa.select(CompetitionSheet).where(
        CompetitionSheet.judge_id == judge.id, CompetitionSheet.entrant_id.in_([each.id for each in found.items])))}
    return paging.Page([_as_seen(each, given.get(each.id)) for each in found.items], found.next_cursor)


def _as_seen(entrant: CompetitionEntrant, sheet: CompetitionSheet | None) -> dict[str, Any]:
    return {"event": entrant.event, "number": entrant.number, "marks": sheet and sheet.marks,
            "marked_at": sheet and sheet.marked_at}


_MISSING = """
    SELECT e.event, e.number, 'practice' AS part, j.id AS judge_id FROM competition_entrant e
    JOIN competition_judge j ON j.competition_id = e.competition_id AND j.dismissed_at IS NULL AND j.kind <> 'examiner'
    WHERE e.competition_id = :id AND e.number IS NOT NULL AND NOT EXISTS (
        SELECT FROM competition_sheet s WHERE s.entrant_id = e.id AND s.judge_id = j.id AND s.part = 'practice')
    UNION ALL
    SELECT e.event, e.number, 'theory', NULL FROM competition_entrant e
    WHERE e.competition_id = :id AND e.number IS NOT NULL AND :theory AND NOT EXISTS (
        SELECT FROM competition_sheet s WHERE s.entrant_id = e.id AND s.part = 'theory')
    ORDER BY 1, 2, 3, 4"""


def missing(competition: Competition) -> list[dict[str, Any]]:
    """Sheets that are not handed in: event, number, part, judge_id (None for the theory)."""
    theory = competition.scoring["theory_permille"] > 0
    return [row._asdict() for row in read(_MISSING, {"id": competition.id, "theory": theory})]


_CONFLICTS = """
    SELECT j.id AS judge_id, e.id AS entrant_id FROM competition_judge j
    JOIN competition_entrant e ON e.competition_id = j.competition_id AND e.state = 'entered'
    JOIN worker w ON w.id = e.worker_id
    WHERE j.competition_id = :id AND j.dismissed_at IS NULL
      AND (CAST(:judge AS uuid) IS NULL OR j.id = :judge) AND (CAST(:entrant AS uuid) IS NULL OR e.id = :entrant)
      AND (w.account_id = j.account_id
           OR EXISTS (SELECT FROM membership m WHERE m.account_id = j.account_id AND m.ended_at IS NULL
                      AND m.org_id IN (e.firm_id, w.firm_id))
           OR EXISTS (SELECT FROM worker own WHERE own.account_id = j.account_id
                      AND own.firm_id IN (e.firm_id, w.firm_id)))
    ORDER BY 1, 2"""


def conflicts(competition_id: UUID, *, judge_id: UUID | None = None, entrant_id: UUID | None = None) -> int:
    """How many times somebody on the jury would judge herself, or an entrant of a firm she belongs to."""
    return len(read(_CONFLICTS, {"id": competition_id, "judge": judge_id, "entrant": entrant_id}))
