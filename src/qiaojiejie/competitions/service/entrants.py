"""Enter workers and let them withdraw."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.errors import (
    AlreadyEntered, EntryWindowClosed, EventUnknown, FirmQuotaFull, NotAdmitted)
from qiaojiejie.competitions.lifecycle import COMPETITION, ENTRANT
from qiaojiejie.competitions.models import Competition, CompetitionEntrant
from qiaojiejie.competitions.queries import competitions, entrants as queries
from qiaojiejie.competitions.rules import admission
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound
from qiaojiejie.workers.models import Worker


def enter(*, actor: Actor, competition_id: UUID, event: str, worker_id: UUID | None = None) -> CompetitionEntrant:
    """Enter a worker in one event: herself, somebody of the firm's staff, or who asked at a station.

    The competition stays locked meanwhile, so that a firm's quota holds however many enter at once. Raises
    CompetitionNotFound, WorkerNotFound, EventUnknown, StepNotPossible, EntryWindowClosed, AlreadyEntered, NotAdmitted,
    FirmQuotaFull.
    """
    worker, via = _whom(actor, worker_id)
    competition = competitions.get(competition_id, lock=True)
    if competition.state == "draft":
        competitions.shown(actor, competition_id)
    COMPETITION.find("close_entries", state=competition.state, party="officer")
    if event not in {each.code for each in competition.events}:
        raise EventUnknown(event=event)
    if not competition.entries_from <= clock.today() <= competition.entries_until:
        raise EntryWindowClosed(opens=competition.entries_from, until=competition.entries_until)
    _require_admission(competition, worker, event)
    made = CompetitionEntrant(
        id=ids.new(), competition_id=competition.id, event=event, worker_id=worker.id, firm_id=worker.firm_id,
        state=ENTRANT.initial, via=via, entered_by=actor.account_id, entered_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_competition_entrant_worker":
            raise
        raise AlreadyEntered() from error
    _record(facts.ENTERED, made, actor.ref, via=via)
    return queries.get(made.id)


def _whom(actor: Actor, worker_id: UUID | None) -> tuple[Worker, str]:
    if actor.role == Role.WORKER:
        own = workers.of_account(actor.account_id)
        if worker_id not in (None, own.id):
            raise WorkerNotFound()
        return own, "worker"
    if worker_id is None:
        raise WorkerNotFound()
    if actor.role in FIRM and actor.org_id is not None:
        return workers.of_firm(actor.org_id, worker_id), "firm"
    return workers.get(worker_id), "station"


def _require_admission(competition: Competition, worker: Worker, event: str) -> None:
    rules = competition.admission
    person = queries.person(worker, competition, event)
    reasons = admission.reasons(rules, person, competition.held_on)
    if reasons:
        raise NotAdmitted(reasons_zh="；".join(each.zh for each in reasons), reasons_en="; ".join(
            each.en for each in reasons), errors=[{
                "in": "body", "pointer": "/event", "code": each.code, "message": f"{each.zh} · {each.en}"}
                for each in reasons])
    most = rules["per_firm"]
    if most is not None and worker.firm_id is not None \
            and queries.count_of_firm(competition.id, worker.firm_id) >= most:
        raise FirmQuotaFull(most=most)


def withdraw(*, actor: Actor, competition_id: UUID, entrant_id: UUID) -> CompetitionEntrant:
    """Take an entry back while entries are open. Raises EntrantNotFound, StepNotPossible."""
    queries.of_party(actor, competition_id, entrant_id)
    competition = competitions.get(competition_id, lock=True)
    COMPETITION.find("close_entries", state=competition.state, party="officer")
    entrant = queries.of_party(actor, competition_id, entrant_id)
    row = ENTRANT.move(entrant, "withdraw", party="entrant")
    entrant.withdrawn_at = clock.now()
    _record(row.fact, entrant, actor.ref)
    return entrant


def _record(fact: str, entrant: CompetitionEntrant, by: str, /, **more: Any) -> None:
    ledger.append(fact, subject=f"worker:{entrant.worker_id}", actor=by, data={
        "competition": str(entrant.competition_id), "entrant": str(entrant.id), "event": entrant.event, **more})
