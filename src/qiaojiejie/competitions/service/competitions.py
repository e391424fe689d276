"""Draft a competition, open and close its entries, begin its judging, cancel it."""

import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.competitions import facts
from qiaojiejie.competitions.errors import (
    CompetitionNotFound, EntriesStillOpen, JudgeHasConflict, JuryIncomplete, NobodyEntered, ParentDoesNotFit)
from qiaojiejie.competitions.lifecycle import COMPETITION
from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionEvent
from qiaojiejie.competitions.queries import competitions as queries, entrants, jury
from qiaojiejie.competitions.rules import draw, shape
from qiaojiejie.competitions.service import results
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.transparency.rules import canonical

BATCH = 20
#: states in which a parent still takes those its children send
_OPEN_TO_CHILDREN = ("draft", "entries_open", "entries_closed")


def draft(*, actor: Actor, events: Sequence[Mapping[str, Any]], **columns: Any) -> Competition:
    """Prepare a competition; nobody else sees it before its entries open.

    Raises RulesDoNotFit, ParentDoesNotFit, UnknownRegion.
    """
    made = Competition(id=ids.new(), state=COMPETITION.initial, drafted_by=actor.account_id, drafted_at=clock.now(),
                       missing=[], **columns)
    _set_events(made, events)
    _check(made)
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.DRAFTED, subject=made.ref, actor=actor.ref, data={"level": made.level, "year": made.year})
    return made


def change(*, actor: Actor, competition_id: UUID, events: Sequence[Mapping[str, Any]] | None = None,
           **columns: Any) -> Competition:
    """Change a draft. Raises CompetitionNotFound, StepNotPossible, RulesDoNotFit, ParentDoesNotFit, UnknownRegion."""
    competition = queries.get(competition_id, lock=True)
    COMPETITION.find("open_entries", state=competition.state, party="officer")
    for name, value in columns.items():
        setattr(competition, name, value)
    if events is not None:
        competition.events.clear()
        db.session.flush()
        _set_events(competition, events)
    _check(competition)
    db.session.flush()
    return competition


def _set_events(competition: Competition, events: Sequence[Mapping[str, Any]]) -> None:
    competition.events.extend(CompetitionEvent(
        code=event["code"], position=position, name=event["name"], name_en=event["name_en"],
        theory_max=event["theory_max"], criteria=[dict(each) for each in event["criteria"]], **event["medals"])
        for position, event in enumerate(events))


def _check(competition: Competition) -> None:
    shape.check(events=[event.rule for event in competition.events], scoring=competition.scoring,
                titles=competition.titles, entries_from=competition.entries_from,
                entries_until=competition.entries_until, held_on=competition.held_on)
    if competition.region_code is not None:
        catalog.region(competition.region_code)
    if (competition.level == "county") != (competition.region_code is not None):
        raise ParentDoesNotFit()
    if competition.parent_id is None:
        return
    try:
        with db.session.no_autoflush:
            parent = queries.get(competition.parent_id)
    except CompetitionNotFound as unknown:
        raise ParentDoesNotFit() from unknown
    if (parent.level, parent.year) != (shape.ABOVE[competition.level], competition.year) \
            or parent.state not in _OPEN_TO_CHILDREN:
        raise ParentDoesNotFit()


def take_step(*, actor: Actor, competition_id: UUID, step: str, reason: str | None = None) -> Competition:
    """Take an officer's step that makes no results: open_entries, close_entries, begin_judging, cancel.

    Raises CompetitionNotFound, StepNotPossible, EntriesStillOpen, NobodyEntered, JuryIncomplete, JudgeHasConflict.
    """
    competition = queries.get(competition_id, lock=True)
    COMPETITION.find(step, state=competition.state, party="officer")
    if step == "open_entries":
        _open_entries(competition, actor.ref)
    elif step == "close_entries":
        if clock.today() <= competition.entries_until:
            raise EntriesStillOpen(until=competition.entries_until)
        _close_entries(competition, "officer", actor.ref)
    elif step == "begin_judging":
        _begin_judging(competition, actor.ref)
    else:
        competition.cancelled_because = reason or "—"
        _move(competition, step, "officer", actor.ref)
    db.session.flush()
    return competition


def _open_entries(competition: Competition, by: str) -> None:
    """From here on nobody changes the rules, and the draw is committed to."""
    competition.draw_seed = os.urandom(draw.SEED_BYTES)
    competition.draw_commitment = draw.commitment(competition.draw_seed)
    _move(competition, "open_entries", "officer", by, draw_commitment=competition.draw_commitment,
          rule_sha256=rule_hash(competition))


def rule_hash(competition: Competition) -> str:
    """SHA-256 of all the rules the competition goes by."""
    return sha256(canonical({"rule": competition.rule, "admission": competition.admission,
                             "titles": competition.titles})).hexdigest()


def close_due() -> None:
    """Close the entries of competitions whose last day is over, some at a time."""
    for competition in queries.due_to_close(clock.today(), BATCH):
        _close_entries(competition, "system", ledger.SYSTEM)


def _close_entries(competition: Competition, party: str, by: str) -> None:
    """No more entries; every entrant draws her number."""
    there = entrants.entered(competition.id)
    if not there:
        raise NobodyEntered()
    assert competition.draw_seed is not None  # since entries opened
    _move(competition, "close_entries", party, by, entrants=len(there))
    drawn: list[dict[str, Any]] = []
    for event in competition.events:
        numbers = draw.numbers(competition.draw_seed, event.code,
                               [str(each.id) for each in there if each.event == event.code])
        drawn += [{"id": UUID(entrant), "number": number} for entrant, number in numbers.items()]
    db.session.execute(sa.update(CompetitionEntrant), drawn)
    ledger.append_many(facts.NUMBER_DRAWN, actor=by, about=[
        (f"worker:{each.worker_id}", {"competition": str(competition.id), "entrant": str(each.id),
                                      "event": each.event}) for each in there])


def _begin_judging(competition: Competition, by: str) -> None:
    sitting = jury.of(competition.id)
    kinds = {each.kind for each in sitting}
    judging, least = sum(each.marks for each in sitting), competition.scoring["least_judges"]
    if judging < least or "chief" not in kinds or (competition.scoring["theory_permille"] and "examiner" not in kinds):
        raise JuryIncomplete(least=least)
    count = jury.conflicts(competition.id)
    if count:
        raise JudgeHasConflict(count=count)
    _move(competition, "begin_judging", "officer", by, judges=judging)


def _move(competition: Competition, step: str, party: str, by: str, **data: Any) -> None:
    row = COMPETITION.move(competition, step, party=party)
    ledger.append(row.fact, subject=competition.ref, actor=by, data=data)


def step(*, actor: Actor, competition_id: UUID, step: str, reason: str | None) -> Competition:
    """Any of an officer's steps by its name."""
    if step == "publish":
        return results.publish(actor=actor, competition_id=competition_id)
    if step == "finalise":
        return results.finalise(actor=actor, competition_id=competition_id)
    return take_step(actor=actor, competition_id=competition_id, step=step, reason=reason)
