"""Object to one's results; decide objections; put marks right without changing what was given."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.errors import (
    AlreadyObjected, NothingToCorrect, ObjectionPeriodOver, OwnFirmConcerned, SecondOfficerNeeded,
    SheetDoesNotFit)
from qiaojiejie.competitions.lifecycle import COMPETITION, OBJECTION
from qiaojiejie.competitions.models import (
    Competition, CompetitionCorrection, CompetitionEntrant, CompetitionObjection)
from qiaojiejie.competitions.queries import competitions, entrants, jury, objections as queries, results
from qiaojiejie.competitions.rules.sheets import PAPER
from qiaojiejie.competitions.service.results import write_edition
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.identity import queries as identity, service as identity_service
from qiaojiejie.ledger import service as ledger


def object_to(*, actor: Actor, competition_id: UUID, ground: str, words: str) -> CompetitionObjection:
    """Object to one's own results while the period runs; its last day counts.

    Raises EntrantNotFound, StepNotPossible, ObjectionPeriodOver, AlreadyObjected.
    """
    entrant = entrants.own(actor, competition_id)
    competition = competitions.get(competition_id, share=True)
    COMPETITION.find("correct", state=competition.state, party="second")
    assert competition.objection_until is not None  # since it was published
    if clock.today() > competition.objection_until:
        raise ObjectionPeriodOver(until=competition.objection_until)
    made = CompetitionObjection(id=ids.new(), competition_id=competition.id, entrant_id=entrant.id,
                                account_id=actor.account_id, state=OBJECTION.initial, ground=ground,
                                words=Sealed("text", words), filed_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_competition_objection_open":
            raise
        raise AlreadyObjected() from error
    _record(facts.OBJECTED, made, entrant.worker_id, actor, ground=ground)
    return queries.get(made.id)


def withdraw(*, actor: Actor, competition_id: UUID, objection_id: UUID) -> CompetitionObjection:
    """Take one's objection back before it is decided. Raises ObjectionNotFound, StepNotPossible."""
    objection = queries.of_party(actor, competition_id, objection_id, lock=True)
    row = OBJECTION.move(objection, "withdraw", party="entrant")
    _record(row.fact, objection, objection.entrant.worker_id, actor)
    return objection


def read(*, actor: Actor, competition_id: UUID, objection_id: UUID) -> CompetitionObjection:
    """An objection with its words; an officer's look is recorded. Raises ObjectionNotFound."""
    objection = queries.of_party(actor, competition_id, objection_id)
    if actor.role in FEDERATION:
        identity_service.look(actor=actor, subject=f"competition_objection:{objection.id}", field="words",
                              reason=f"competition:{competition_id}")
    return objection


def decide(*, actor: Actor, competition_id: UUID, objection_id: UUID, upheld: bool, note: str,
           corrections: Sequence[Mapping[str, Any]] = ()) -> CompetitionObjection:
    """Uphold an objection by putting marks right, or dismiss it. By neither who published nor who judged.

    ``corrections``: [{part, judge, criterion, points}]. What was given stays; the ranks are worked out again and
    published as a further edition. Raises CompetitionNotFound, ObjectionNotFound, StepNotPossible, SecondOfficerNeeded,
    OwnFirmConcerned, NothingToCorrect, SheetDoesNotFit.
    """
    competition = competitions.get(competition_id, lock=True)
    objection = queries.of_party(actor, competition_id, objection_id, lock=True)
    step = "uphold" if upheld else "dismiss"
    OBJECTION.find(step, state=objection.state, party="second")
    _require_second(actor, competition, objection)
    if upheld != bool(corrections):
        raise NothingToCorrect()
    row = OBJECTION.move(objection, step, party="second")
    objection.decided_by, objection.decided_at = actor.account_id, clock.now()
    objection.note = Sealed("text", note)
    db.session.flush()
    if upheld:
        again = COMPETITION.move(competition, "correct", party="second")
        _correct(competition, objection, actor, corrections)
        write_edition(competition, actor, fact=again.fact, objection_id=objection.id)
    more = {"marks": len(corrections)} if upheld else {}
    _record(row.fact, objection, objection.entrant.worker_id, actor, **more)
    return objection


def _require_second(actor: Actor, competition: Competition, objection: CompetitionObjection) -> None:
    if actor.account_id in (competition.published_by, objection.account_id) \
            or jury.find_member(actor.account_id, competition.id) is not None:
        raise SecondOfficerNeeded()
    if objection.entrant.firm_id in {held.org_id for held in identity.memberships(actor.account_id) if held.org_id}:
        raise OwnFirmConcerned()


def _correct(competition: Competition, objection: CompetitionObjection, actor: Actor,
             corrections: Sequence[Mapping[str, Any]]) -> None:
    sheets = results.sheets_of(objection.entrant_id)
    now = _standing(competition.id, objection.entrant, sheets)
    most = _most(competition, objection.entrant.event)
    for each in corrections:
        part, judge, criterion = each["part"], each.get("judge"), each.get("criterion") or PAPER
        before = now.get((part, judge, criterion))
        if before is None:
            raise SheetDoesNotFit(what_zh="没有这份评分或评分项", what_en="there is no such sheet or criterion")
        if each["points"] > most[criterion]:
            raise SheetDoesNotFit(what_zh="超过满分", what_en="it is beyond the maximum")
        if each["points"] == before:
            raise NothingToCorrect()
        now[part, judge, criterion] = each["points"]
        db.session.add(CompetitionCorrection(
            competition_id=competition.id, sheet_id=sheets[part, judge].id, objection_id=objection.id,
            criterion=criterion, points_before=before, points=each["points"], corrected_by=actor.account_id,
            corrected_at=clock.now()))
    db.session.flush()


def _standing(competition_id: UUID, entrant: CompetitionEntrant, sheets: Mapping[tuple[str, str | None], Any]
              ) -> dict[tuple[str, str | None, str], int]:
    """What her marks are now: as given, or as earlier objections put them right."""
    marks = {(part, judge, criterion): points for (part, judge), sheet in sheets.items()
             for criterion, points in sheet.marks.items()}
    return marks | {(each["part"], each["judge"], each["criterion"]): each["points"]
                    for each in results.corrections(competition_id)
                    if (each["event"], each["number"]) == (entrant.event, entrant.number)}


def _most(competition: Competition, code: str) -> dict[str, int]:
    event = next(each for each in competition.events if each.code == code)
    return {PAPER: event.theory_max, **{each["code"]: each["max"] for each in event.criteria}}


def _record(fact: str, objection: CompetitionObjection, worker_id: UUID, actor: Actor, /, **more: Any) -> None:
    ledger.append(fact, subject=f"worker:{worker_id}", actor=actor.ref, data={
        "competition": str(objection.competition_id), "objection": str(objection.id),
        "entrant": str(objection.entrant_id), **more})
