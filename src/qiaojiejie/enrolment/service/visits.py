"""Plan a visit to a firm, report on it, take the firm's answer, follow up and close it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.errors import (AnswerStillDue, FollowUpRequired, OwnVisit, VisitInThePast, VisitYetToCome,
                                         WordsRequired)
from qiaojiejie.enrolment.lifecycle import VISIT
from qiaojiejie.enrolment.models import FirmVisit
from qiaojiejie.enrolment.queries import gradings as gradings, visits as queries
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.enrolment.service.reviews import require_outsider
from qiaojiejie.firms import queries as firms
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger


def plan(*, actor: Actor, firm_id: UUID, kind: str, planned_on: date, purpose: str) -> FirmVisit:
    """Plan a visit, ``announced`` to the firm or ``unannounced``, for today or later.

    Raises FirmNotFound, OwnFirm, VisitInThePast.
    """
    firms.get(firm_id)
    require_outsider(actor, firm_id)
    if planned_on < clock.today():
        raise VisitInThePast()
    visit = FirmVisit(firm_id=firm_id, state=VISIT.initial, kind=kind, standard=standards.CURRENT.version,
                      purpose=purpose, planned_by=actor.account_id, planned_on=planned_on, since=clock.now(),
                      due_on=planned_on, findings=[], summary="", outcome="")
    db.session.add(visit)
    db.session.flush()
    _record(facts.VISIT_PLANNED, visit, actor, kind=kind)
    return visit


def cancel(*, actor: Actor, visit_id: UUID, reason: str) -> FirmVisit:
    """Call a planned visit off. Raises VisitNotFound, OwnFirm, StepNotPossible."""
    visit = _locked(actor, visit_id)
    row = VISIT.move(visit, "cancel", party="federation")
    visit.outcome, visit.closed_by, visit.closed_at = reason, actor.account_id, clock.now()
    _record(row.fact, visit, actor, kind=visit.kind)
    return visit


def report(*, actor: Actor, visit_id: UUID, findings: Sequence[Mapping[str, Any]], summary: str,
           follow_up_on: date | None) -> FirmVisit:
    """Report what was found, [{item, result, note, photos}] for the whole checklist; the firm is asked to answer.

    Faults need a day by which they are mended. Raises VisitNotFound, OwnFirm, EvidenceNotYours, StepNotPossible,
    VisitYetToCome, FindingsIncomplete, FollowUpRequired.
    """
    visit = _locked(actor, visit_id)
    gradings.require_evidence(actor, [each for one in findings for each in one["photos"]])
    row = VISIT.move(visit, "report", party="federation")
    today, standard = clock.today(), standards.standard(visit.standard)
    if today < visit.planned_on:
        raise VisitYetToCome(planned_on=visit.planned_on)
    standards.check_findings(standard, [one["item"] for one in findings])
    faults = {result: sum(one["result"] == result for one in findings) for result in ("minor", "serious")}
    if (follow_up_on is None or follow_up_on <= today) if any(faults.values()) else follow_up_on is not None:
        raise FollowUpRequired()
    visit.findings = [{**one, "photos": [str(each) for each in one["photos"]]} for one in findings]
    visit.summary, visit.follow_up_on = summary, follow_up_on
    visit.visited_by, visit.visited_on = actor.account_id, today
    visit.answer_by = visit.due_on = today + standard.days("visit_answer")
    visit.since = clock.now()
    _record(row.fact, visit, actor, kind=visit.kind, **faults)
    return visit


def answer(*, actor: Actor, firm_id: UUID, visit_id: UUID, step: str, words: str | None) -> FirmVisit:
    """The firm's manager ``acknowledge``s a report or ``object``s to it in words.

    Raises FirmNotFound, VisitNotFound, StepNotPossible, WordsRequired.
    """
    firms.require_member(actor, firm_id)
    visit = queries.of_insider(actor, firm_id, visit_id, lock=True)
    row = VISIT.move(visit, step, party="firm")
    if (step == "object") != bool(words):
        raise WordsRequired()
    visit.objection = None if words is None else Sealed("text", words)
    visit.answered_at = visit.since = clock.now()
    visit.due_on = clock.today() if visit.follow_up_on is None or step == "object" else visit.follow_up_on
    _record(row.fact, visit, actor)
    return visit


def close(*, actor: Actor, visit_id: UUID, outcome: str) -> FirmVisit:
    """Close a visit with what came of it; one the firm has not answered only after its time to answer, one it objected
    to only by somebody other than its visitor.

    Raises VisitNotFound, OwnFirm, StepNotPossible, AnswerStillDue, OwnVisit.
    """
    visit = _locked(actor, visit_id)
    unanswered = visit.state == "reported"
    row = VISIT.move(visit, "close", party="federation")
    if unanswered and visit.answer_by is not None and clock.today() <= visit.answer_by:
        raise AnswerStillDue(answer_by=visit.answer_by)
    if visit.objection is not None and visit.visited_by == actor.account_id:
        raise OwnVisit()
    visit.outcome, visit.closed_by, visit.closed_at = outcome, actor.account_id, clock.now()
    _record(row.fact, visit, actor)
    return visit


def read(*, actor: Actor, firm_id: UUID, visit_id: UUID) -> FirmVisit:
    """A visit with the firm's words; the federation's look at them is recorded. Raises FirmNotFound, VisitNotFound."""
    visit = queries.of_insider(actor, firm_id, visit_id)
    if visit.objection is not None and actor.org_id != firm_id:
        identity.look(actor=actor, subject=f"visit:{visit.id}", field="objection", reason="visit")
    return visit


def _locked(actor: Actor, visit_id: UUID) -> FirmVisit:
    visit = queries.get(visit_id, lock=True)
    require_outsider(actor, visit.firm_id)
    return visit


def _record(fact: str, visit: FirmVisit, actor: Actor, **data: Any) -> None:
    ledger.append(fact, subject=f"firm:{visit.firm_id}", actor=actor.ref, data={"visit": str(visit.id), **data})
