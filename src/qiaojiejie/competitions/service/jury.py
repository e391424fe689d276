"""Appoint the jury; take its sheets in, each judge blind to the others; seal them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.errors import (
    AlreadyOnJury, EntrantNotFound, EventUnknown, ImportRowsDoNotFit, JudgeHasConflict, JuryFixed, MarksMissing,
    NotAJudgesAccount, SheetDoesNotFit)
from qiaojiejie.competitions.lifecycle import COMPETITION
from qiaojiejie.competitions.models import Competition, CompetitionEvent, CompetitionJudge, CompetitionSheet
from qiaojiejie.competitions.queries import competitions, entrants, jury as queries, results
from qiaojiejie.competitions.rules import draw, sheets as rules
from qiaojiejie.core import clock, ids, sheets
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.errors import NotFound, NotYourStep
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.transparency.rules import canonical

_BEFORE_JUDGING = ("draft", "entries_open", "entries_closed")
_SEATS = ("uq_competition_judge_account", "uq_competition_judge_seat")
#: how many problems of an import an answer lists
MOST_PROBLEMS = 200


def appoint(*, actor: Actor, competition_id: UUID, judge_account_id: UUID, kind: str) -> CompetitionJudge:
    """Give an account a seat on the jury, before judging begins. Who has a role in an entrant's firm gets none.

    Raises CompetitionNotFound, JuryFixed, NotAJudgesAccount, AlreadyOnJury, JudgeHasConflict.
    """
    competition = _before_judging(competition_id)
    try:
        identity.account(judge_account_id)
    except NotFound as unknown:
        raise NotAJudgesAccount() from unknown
    made = CompetitionJudge(id=ids.new(), competition_id=competition.id, account_id=judge_account_id, kind=kind,
                            appointed_by=actor.account_id, appointed_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) not in _SEATS:
            raise
        raise AlreadyOnJury() from error
    count = queries.conflicts(competition.id, judge_id=made.id)
    if count:
        raise JudgeHasConflict(count=count)
    _record(facts.JUDGE_APPOINTED, made, actor.ref)
    return made


def dismiss(*, actor: Actor, competition_id: UUID, judge_id: UUID) -> CompetitionJudge:
    """Take a seat away before judging begins. Raises CompetitionNotFound, JuryFixed, JudgeNotFound."""
    competition = _before_judging(competition_id)
    judge = queries.get(competition.id, judge_id)
    judge.dismissed_at = clock.now()
    _record(facts.JUDGE_DISMISSED, judge, actor.ref)
    return judge


def _before_judging(competition_id: UUID) -> Competition:
    competition = competitions.get(competition_id, lock=True)
    if competition.state not in _BEFORE_JUDGING:
        raise JuryFixed()
    return competition


def _record(fact: str, judge: CompetitionJudge, by: str) -> None:
    ledger.append(fact, subject=f"competition:{judge.competition_id}", actor=by,
                  data={"judge": str(judge.id), "kind": judge.kind})


def mark(*, actor: Actor, competition_id: UUID, event: str, number: int, marks: Mapping[str, int]) -> dict[str, Any]:
    """Hand in (or, until it is sealed, change) one's own sheet about a number: event, number, marks, marked_at.

    Raises JudgeNotFound, StepNotPossible, NotYourStep, EventUnknown, EntrantNotFound, SheetDoesNotFit,
    JudgeHasConflict.
    """
    judge, competition = _judging(actor, competition_id)
    if not judge.marks:
        raise NotYourStep(step="mark")
    rules.check_practice(_event(competition, event).criteria, marks)
    entrant_id = entrants.by_numbers(competition.id, [(event, number)]).get((event, number))
    if entrant_id is None:
        raise EntrantNotFound()
    count = queries.conflicts(competition.id, judge_id=judge.id, entrant_id=entrant_id)
    if count:  # she joined the firm after judging began
        raise JudgeHasConflict(count=count)
    moment = clock.now()
    _keep([{"id": ids.new(), "competition_id": competition.id, "entrant_id": entrant_id, "judge_id": judge.id,
            "part": "practice", "marks": dict(marks), "marked_at": moment}])
    return {"event": event, "number": number, "marks": dict(marks), "marked_at": moment}


def mark_theory(*, actor: Actor, competition_id: UUID, marks: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Enter theory marks, all or none: [{event, number, points}]; how many.

    Raises JudgeNotFound, StepNotPossible, NotYourStep, EventUnknown, EntrantNotFound, SheetDoesNotFit.
    """
    judge, competition = _examining(actor, competition_id)
    known = entrants.by_numbers(competition.id, [(each["event"], each["number"]) for each in marks])
    for each in marks:
        if each["points"] > _event(competition, each["event"]).theory_max:
            most = _event(competition, each["event"]).theory_max
            raise SheetDoesNotFit(what_zh=f"理论最高 {most}（百分之一分）", what_en=f"theory has {most} hundredths at most")
        if (each["event"], each["number"]) not in known:
            raise EntrantNotFound()
    return _keep_theory(judge, {known[each["event"], each["number"]]: each["points"] for each in marks})


def import_theory(*, actor: Actor, competition_id: UUID, content: bytes) -> dict[str, int]:
    """Enter theory marks from a spreadsheet with the columns 工种, 号码, 成绩, all or none; how many.

    Raises JudgeNotFound, StepNotPossible, NotYourStep, ``core.sheets``' refusals, ImportRowsDoNotFit.
    """
    judge, competition = _examining(actor, competition_id)
    words = {word: event.code for event in competition.events for word in (event.code, event.name)}
    read, problems = rules.theory_rows(sheets.read(content), words)
    known = entrants.by_numbers(competition.id, [(each["event"], each["number"]) for each in read])
    most = {event.code: event.theory_max for event in competition.events}
    points: dict[UUID, int] = {}
    for each in read:
        entrant_id = known.get((each["event"], each["number"]))
        if entrant_id is None or entrant_id in points:
            problems.append(rules.problem(each["row"], "号码", "number_unknown", "没有这个号码或重复 · unknown or twice"))
        elif each["points"] > most[each["event"]]:
            problems.append(rules.problem(each["row"], "成绩", "points_too_many", "超过满分 · beyond the maximum"))
        else:
            points[entrant_id] = each["points"]
    if problems:
        raise ImportRowsDoNotFit(count=len(problems), errors=problems[:MOST_PROBLEMS])
    return _keep_theory(judge, points)


def _judging(actor: Actor, competition_id: UUID) -> tuple[CompetitionJudge, Competition]:
    """The actor's seat, and the competition held so that it is not sealed meanwhile."""
    judge = queries.member(actor, competition_id)
    competition = competitions.get(competition_id, share=True)
    COMPETITION.find("seal", state=competition.state, party="chief")
    return judge, competition


def _examining(actor: Actor, competition_id: UUID) -> tuple[CompetitionJudge, Competition]:
    judge, competition = _judging(actor, competition_id)
    if judge.marks:
        raise NotYourStep(step="mark_theory")
    return judge, competition


def _event(competition: Competition, code: str) -> CompetitionEvent:
    for event in competition.events:
        if event.code == code:
            return event
    raise EventUnknown(event=code)


def _keep_theory(judge: CompetitionJudge, points: Mapping[UUID, int]) -> dict[str, int]:
    moment = clock.now()
    _keep([{"id": ids.new(), "competition_id": judge.competition_id, "entrant_id": entrant_id, "judge_id": judge.id,
            "part": "theory", "marks": {rules.PAPER: each}, "marked_at": moment}
           for entrant_id, each in sorted(points.items())])
    return {"marks": len(points)}


def _keep(rows: Sequence[Mapping[str, Any]]) -> None:
    theory = rows[0]["part"] == "theory"
    columns = [CompetitionSheet.entrant_id] if theory else [CompetitionSheet.entrant_id, CompetitionSheet.judge_id]
    stmt = insert(CompetitionSheet)
    db.session.execute(stmt.on_conflict_do_update(
        index_elements=columns, index_where=sa.text(f"part = '{rows[0]['part']}'"),
        set_={"marks": stmt.excluded.marks, "marked_at": stmt.excluded.marked_at}), list(rows))


def seal(*, actor: Actor, competition_id: UUID, missing_because: str | None = None) -> Competition:
    """Seal the marks, by the chief: from now on nobody changes one. What is missing is named, and why.

    The judges' labels are drawn here, and the hash of all raw marks goes into the ledger before anybody saw a result.
    Raises JudgeNotFound, NotYourStep, StepNotPossible, MarksMissing.
    """
    judge = queries.member(actor, competition_id)
    competition = competitions.get(competition_id, lock=True)
    party = "chief" if judge.kind == "chief" else "judge"
    COMPETITION.find("seal", state=competition.state, party=party)
    missing = queries.missing(competition)
    if missing and missing_because is None:
        raise MarksMissing(count=len(missing))
    labels = _label(competition)
    competition.missing = [{"event": each["event"], "number": each["number"], "part": each["part"],
                            "judge": labels.get(each["judge_id"])} for each in missing]
    competition.missing_because = missing_because if missing else None
    db.session.flush()
    raw = results.raw(competition.id)
    competition.raw_sha256, competition.sealed_at = sha256(canonical(raw)).hexdigest(), clock.now()
    row = COMPETITION.move(competition, "seal", party=party)
    sheets_ = sum(len(each["practice"]) + (each["theory"] is not None) for each in raw)
    ledger.append(row.fact, subject=competition.ref, actor=actor.ref, data={
        "raw_sha256": competition.raw_sha256, "sheets": sheets_, "missing": len(missing)})
    db.session.flush()
    return competition


def _label(competition: Competition) -> dict[UUID | None, str]:
    assert competition.draw_seed is not None  # since entries opened
    judging = {str(each.id): each for each in queries.of(competition.id) if each.marks}
    labels = draw.labels(competition.draw_seed, judging)
    for judge_id, label in labels.items():
        judging[judge_id].label = label
    return {judging[judge_id].id: label for judge_id, label in labels.items()}
