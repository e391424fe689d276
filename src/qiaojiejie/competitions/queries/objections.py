"""Read objections: the entrant her own, the federation all of a competition."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.competitions.errors import ObjectionNotFound
from qiaojiejie.competitions.models import CompetitionEntrant, CompetitionObjection
from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db

_WHO = joinedload(CompetitionObjection.entrant).joinedload(CompetitionEntrant.worker)


def get(objection_id: UUID) -> CompetitionObjection:
    """An objection. Raises ObjectionNotFound."""
    return _one(CompetitionObjection.id == objection_id)


def of_party(actor: Actor, competition_id: UUID, objection_id: UUID, lock: bool = False) -> CompetitionObjection:
    """An objection, for who raised it and for the federation. Raises ObjectionNotFound."""
    which = [CompetitionObjection.id == objection_id, CompetitionObjection.competition_id == competition_id]
    if actor.role not in FEDERATION:
        which.append(CompetitionObjection.account_id == actor.account_id)
    return _one(*which, lock=lock)


def _one(*which: sa.ColumnElement[bool], lock: bool = False) -> CompetitionObjection:
    stmt = sa.select(CompetitionObjection).where(*which).options(_WHO)
    if lock:
        stmt = stmt.with_for_update(of=CompetitionObjection).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ObjectionNotFound()
    return found


def page(competition_id: UUID, *, limit: int, cursor: str | None = None, state: str | None = None) -> paging.Page:
    """A page of a competition's objections, oldest first."""
    stmt = sa.select(CompetitionObjection).where(CompetitionObjection.competition_id == competition_id).options(_WHO)
    if state is not None:
        stmt = stmt.where(CompetitionObjection.state == state)
    return paging.keyset(stmt, [CompetitionObjection.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("competition-objections", [competition_id, state]))


def open_ones(competition_id: UUID) -> int:
    """How many are still to be decided."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionObjection).where(
        CompetitionObjection.competition_id == competition_id, CompetitionObjection.state == "submitted")) or 0
