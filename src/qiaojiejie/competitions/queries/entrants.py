"""Read entrants: who may see which; what is known of somebody who would enter."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from stdnum.cn import ric

from qiaojiejie.competitions.errors import EntrantNotFound
from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionHonour
from qiaojiejie.competitions.rules.admission import Person
from qiaojiejie.core import paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.workers.models import Worker
from qiaojiejie.workers.rules import in_date

_WHO = (joinedload(CompetitionEntrant.worker).load_only(Worker.name, Worker.account_id, Worker.firm_id),
        joinedload(CompetitionEntrant.firm).load_only(Firm.name),
        joinedload(CompetitionEntrant.competition))
_ENTERED = CompetitionEntrant.state == "entered"


def get(entrant_id: UUID) -> CompetitionEntrant:
    """An entrant with who she is. Raises EntrantNotFound."""
    found = db.session.scalars(sa.select(CompetitionEntrant).where(CompetitionEntrant.id == entrant_id)
                               .options(*_WHO)).one_or_none()
    if found is None:
        raise EntrantNotFound()
    return found


def of_party(actor: Actor, competition_id: UUID, entrant_id: UUID) -> CompetitionEntrant:
    """An entrant for herself, the firm she was entered through, the clerk who entered her; locked.

    Raises EntrantNotFound.
    """
    stmt = sa.select(CompetitionEntrant).where(
        CompetitionEntrant.id == entrant_id, CompetitionEntrant.competition_id == competition_id, _of(actor))
    found = db.session.scalars(stmt.options(*_WHO).with_for_update(of=CompetitionEntrant)).one_or_none()
    if found is None:
        raise EntrantNotFound()
    return found


def own(actor: Actor, competition_id: UUID) -> CompetitionEntrant:
    """The worker's own entry in a competition. Raises EntrantNotFound."""
    stmt = sa.select(CompetitionEntrant).where(CompetitionEntrant.competition_id == competition_id, _ENTERED,
                                               _of(actor))
    found = db.session.scalars(stmt.options(*_WHO)).one_or_none()
    if found is None:
        raise EntrantNotFound()
    return found


def _of(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.role == Role.WORKER:
        return CompetitionEntrant.worker_id.in_(sa.select(Worker.id).where(Worker.account_id == actor.account_id))
    if actor.role in FIRM:
        return CompetitionEntrant.firm_id == actor.org_id
    return CompetitionEntrant.entered_by == actor.account_id


def mine(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the entries that are the actor's own, her firm's, or that she made as a clerk; newest first."""
    scope = paging.scope_of("my-entrants", [actor.account_id, actor.role, actor.org_id])
    return paging.keyset(sa.select(CompetitionEntrant).where(_of(actor)).options(*_WHO), [CompetitionEntrant.id],
                         cursor=cursor, limit=limit, scope=scope)


def page(competition_id: UUID, *, limit: int, cursor: str | None = None, event: str | None = None) -> paging.Page:
    """A page of a competition's entrants in the order they entered, those who withdrew too."""
    stmt = sa.select(CompetitionEntrant).where(CompetitionEntrant.competition_id == competition_id).options(*_WHO)
    if event is not None:
        stmt = stmt.where(CompetitionEntrant.event == event)
    return paging.keyset(stmt, [CompetitionEntrant.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("entrants", [competition_id, event]))


def ranking(competition_id: UUID, *, event: str, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of one event's entrants by rank, those who could not be ranked last."""
    stmt = sa.select(CompetitionEntrant).where(
        CompetitionEntrant.competition_id == competition_id, CompetitionEntrant.event == event,
        CompetitionEntrant.number.is_not(None)).options(*_WHO)
    return paging.keyset(stmt, [CompetitionEntrant.place, CompetitionEntrant.number], cursor=cursor, limit=limit,
                         descending=False, scope=paging.scope_of("ranking", [competition_id, event]))


def entered(competition_id: UUID) -> Sequence[CompetitionEntrant]:
    """Everybody who is entered, with who they are, in the order they entered."""
    stmt = sa.select(CompetitionEntrant).where(CompetitionEntrant.competition_id == competition_id, _ENTERED)
    return db.session.scalars(stmt.options(*_WHO).order_by(CompetitionEntrant.id)).all()


def by_numbers(competition_id: UUID, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], UUID]:
    """(event, number) → entrant id, of those that there are."""
    stmt = sa.select(CompetitionEntrant.event, CompetitionEntrant.number, CompetitionEntrant.id).where(
        CompetitionEntrant.competition_id == competition_id,
        sa.tuple_(CompetitionEntrant.event, CompetitionEntrant.number).in_(list(keys)))
    return {(row.event, row.number): row.id for row in db.session.execute(stmt)}


def count_of_firm(competition_id: UUID, firm_id: UUID) -> int:
    """How many a firm has entered."""
    stmt = sa.select(sa.func.count()).select_from(CompetitionEntrant).where(
        CompetitionEntrant.competition_id == competition_id, CompetitionEntrant.firm_id == firm_id, _ENTERED)
    return db.session.scalar(stmt) or 0


def person(worker: Worker, competition: Competition, event: str) -> Person:
    """What the entry rules ask of a worker, of the day the competition is held."""
    titles = db.session.scalars(sa.select(CompetitionHonour.code).where(
        CompetitionHonour.worker_id == worker.id, CompetitionHonour.kind == "title",
        CompetitionHonour.state == "standing")).all()
    rank = db.session.scalar(
        sa.select(sa.func.min(CompetitionEntrant.rank)).join(Competition).where(
            Competition.parent_id == competition.id, Competition.state == "final", _ENTERED,
            CompetitionEntrant.worker_id == worker.id, CompetitionEntrant.event == event))
    return Person(born=ric.get_birth_date(worker.id_number.reveal()), working_since=worker.working_since,
                  certificates=in_date(worker.certificates, competition.held_on), titles=titles,
                  barred=worker.barred, rank=rank)
