"""Plan an audit, draw it, share its tasks out, work them, review them, publish the report; look into flags."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.audit import facts, queries, rules
from qiaojiejie.audit.errors import (AuditNotUnderWay, CommitmentUsed, FourEyes, NotAnAuditor, NothingToSample,
                                     TasksUnderWay)
from qiaojiejie.audit.lifecycle import AUDIT, FLAG, TASK
from qiaojiejie.audit.models import AddressPrint, Audit, AuditCall, AuditFinding, AuditFlag, AuditTask
from qiaojiejie.audit.queries import log, odd, records
from qiaojiejie.core import bulk, clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import blind
from qiaojiejie.credit.facts import day_number
from qiaojiejie.credit.rules import sampling
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.transparency.rules import canonical

#: addresses given their digest at a time
AT_ONCE = 2_000


def plan(*, actor: Actor, population: str, from_day: date, to_day: date, rate: int, commitment: bytes, source: str,
         draw_on: date) -> Audit:
    """Say what will be sampled, and hand in SHA-256 of a nonce nobody else knows yet.

    Raises DrawTooSoon, PeriodDoesNotFit, CommitmentUsed.
    """
    rules.check_plan(from_day=from_day, to_day=to_day, draw_on=draw_on, today=clock.today())
    made = Audit(id=ids.new(), state=AUDIT.initial, population=population, from_day=from_day, to_day=to_day, rate=rate,
                 commitment=commitment, source=source, draw_on=draw_on, planned_by=actor.account_id,
                 planned_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) == "uq_audit_commitment":
            raise CommitmentUsed() from error
        raise
    ledger.append(facts.PLANNED, subject=made.ref, actor=actor.ref, data={
        "nonce_hash": commitment.hex(), "population": population, "from": day_number(from_day),
        "to": day_number(to_day), "rate": rate, "draw_on": day_number(draw_on)})
    return made


def draw(*, actor: Actor, audit_id: UUID, nonce: bytes, public_draw: str) -> Audit:
    """Reveal the nonce and the public draw's outcome: the sample follows from them and the log, one task a leaf.

    Raises AuditNotFound, StepNotPossible, TooEarlyToDraw, NonceDoesNotMatch, NoCheckpointYet, NothingToSample.
    """
    audit = queries.get(audit_id, lock=True)
    AUDIT.find("draw", state=audit.state, party="federation")
    rules.check_draw(draw_on=audit.draw_on, today=clock.today(), commitment=audit.commitment, nonce=nonce)
    log_size, root = log.first_checkpoint(clock.midnight(audit.draw_on))
    frame = log.frame(audit.population, audit.from_day, audit.to_day, log_size)
    if not frame:
        raise NothingToSample()
    sample = sampling.sample(sampling.seed(root, nonce, public_draw), frame, sampling.SIZES[audit.rate])
    row = AUDIT.move(audit, "draw", party="federation")
    audit.log_size, audit.root, audit.frame = log_size, root, len(frame)
    audit.nonce, audit.public_draw = nonce, public_draw
    audit.drawn_by, audit.drawn_at = actor.account_id, clock.now()
    due = clock.today() + timedelta(days=rules.DAYS_TO_WORK)
    bulk.insert(AuditTask, [{"id": ids.new(), "audit_id": audit.id, "leaf_index": index, "entry_id": frame[index],
                             "state": TASK.initial, "due_on": due} for index in sample])
    ledger.append(row.fact, subject=audit.ref, actor=actor.ref, data={
        "root": root.hex(), "log_size": log_size, "nonce": nonce.hex(), "public_draw": public_draw,
        "frame": len(frame), "sample": sample})
    return audit


def cancel(*, actor: Actor, audit_id: UUID, reason: str) -> Audit:
    """Give an audit up, for a reason everybody can read. Raises AuditNotFound, StepNotPossible."""
    audit = queries.get(audit_id, lock=True)
    row = AUDIT.move(audit, "cancel", party="federation")
    audit.cancelled_because, audit.cancelled_at = reason, clock.now()
    ledger.append(row.fact, subject=audit.ref, actor=actor.ref)
    return audit


def publish(*, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Publish what came of an audit once every task is accepted; as ``queries.report``.

    Raises AuditNotFound, StepNotPossible, TasksUnderWay.
    """
    audit = queries.get(audit_id, lock=True)
    AUDIT.find("report", state=audit.state, party="federation")
    missing = queries.not_accepted(audit.id)
    if missing:
        raise TasksUnderWay(count=missing)
    found = queries.accepted_findings(audit.id)
    row = AUDIT.move(audit, "report", party="federation")
    audit.report = rules.report(plan=log.plan_as_published(audit), findings=found, frame=audit.frame or 0)
    audit.report_sha256 = sha256(canonical(audit.report)).hexdigest()
    audit.reported_at = clock.now()
    counts = audit.report["counts"]
    ledger.append(row.fact, subject=audit.ref, actor=actor.ref, data={
        "sampled": len(found), "defects": counts["defect"], "unverifiable": counts["unverifiable"],
        "bound_permyriad": audit.report["bound_permyriad"],
        "cautious_permyriad": audit.report["cautious_permyriad"], "sha256": audit.report_sha256})
    db.session.flush()
    return queries.report(audit.id)


def assign(*, actor: Actor, audit_id: UUID, account_ids: Sequence[UUID], due_on: date | None) -> Audit:
    """Share the tasks that are nobody's out among accounts of the federation, in turn.

    Raises AuditNotFound, AuditNotUnderWay, NotAnAuditor.
    """
    audit = _under_way(audit_id)
    _require_auditors(account_ids)
    shared = rules.share_out(queries.to_share_out(audit.id), account_ids)
    _assign(actor, audit, shared, due_on)
    return audit


def reassign(*, actor: Actor, task_id: UUID, account_id: UUID, due_on: date | None) -> AuditTask:
    """Give one task to somebody (else). Raises AuditTaskNotFound, AuditNotUnderWay, NotAnAuditor, StepNotPossible."""
    task = _task(task_id)
    _require_auditors([account_id])
    _assign(actor, task.audit, [(task, account_id)], due_on)
    return task


def _assign(actor: Actor, audit: Audit, shared: Sequence[tuple[AuditTask, UUID]], due_on: date | None) -> None:
    counts = Counter(account_id for _, account_id in shared)
    for task, account_id in shared:
        TASK.move(task, "assign", party="federation")
        task.assigned_to, task.due_on = account_id, due_on or task.due_on
    ledger.append_many(facts.ASSIGNED, actor=actor.ref, about=[
        (f"audit_task:{task.id}", {"audit": str(audit.id), "to": str(account_id)}) for task, account_id in shared])
    for account_id in counts.keys() - {actor.account_id}:
        messages.notify(account_id=account_id, kind="audit_tasks_assigned", data={
            "audit": str(audit.id), "count": counts[account_id]})


def read(*, actor: Actor, task_id: UUID) -> dict[str, Any]:
    """A task with the leaf, the platform's records beside it (names masked), calls and findings; the look is recorded.

    Raises AuditTaskNotFound.
    """
    task = queries.task(task_id)
    identity.look(actor=actor, subject=f"audit_task:{task.id}", field="records", reason=f"audit:{task.audit_id}")
    return {"task": task, "leaf": log.leaf(task.leaf_index), "records": records.beside(task.entry_id),
            "calls": queries.calls(task.id), "findings": queries.findings(task.id),
            "questions": rules.FORMS[task.audit.population]}


def unmask(*, actor: Actor, task_id: UUID, reason: str) -> dict[str, Any]:
    """Names and phones of who is to be called for a task, in plain; a look at each is recorded with the reason.

    Raises AuditTaskNotFound, AuditNotUnderWay.
    """
    task = _task(task_id)
    people = records.people(task.entry_id)
    for person in people:
        identity.look(actor=actor, subject=person["subject"], field="contact",
                      reason=f"audit_task:{task.id} {reason}"[:500])
    return {"people": people}


def call(*, actor: Actor, task_id: UUID, whom: str, unreached: str | None, answers: dict[str, str]) -> AuditCall:
    """Write down a call: what was answered, or why nobody was asked.

    Raises AuditTaskNotFound, AuditNotUnderWay, NotYourStep unless it is her task, AnswersDoNotFit.
    """
    task = _task(task_id)
    TASK.find("find", state=task.state, party=_party(actor, task))
    rules.check_answers(population=task.audit.population, whom=whom, unreached=unreached, answers=answers)
    made = AuditCall(task_id=task.id, whom=whom, reached=unreached is None, unreached=unreached, answers=answers,
                     called_by=actor.account_id, called_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def find(*, actor: Actor, task_id: UUID, verdict: str, defect: str | None, words: str) -> AuditFinding:
    """Say what was found; another account reviews it.

    Raises AuditTaskNotFound, AuditNotUnderWay, NotYourStep unless it is her task, StepNotPossible, DefectDoesNotFit.
    """
    task = _task(task_id)
    row = TASK.move(task, "find", party=_party(actor, task))
    rules.check_verdict(verdict=verdict, defect=defect)
    made = AuditFinding(id=ids.new(), task_id=task.id, verdict=verdict, defect=defect, words=words,
                        found_by=actor.account_id, found_at=clock.now())
    db.session.add(made)
    db.session.flush()
    _record(row.fact, task, actor, finding=str(made.id), verdict=verdict)
    return made


def review(*, actor: Actor, task_id: UUID, accepted: bool, reason: str | None) -> AuditFinding:
    """Accept what another account found, or return it to her with a reason.

    Raises AuditTaskNotFound, AuditNotUnderWay, FourEyes, StepNotPossible, ReasonMissing.
    """
    task = _task(task_id)
    TASK.find("accept", state=task.state, party="reviewer")
    finding = queries.standing_finding(task.id)
    if finding.found_by == actor.account_id:
        raise FourEyes()
    rules.check_review(accepted=accepted, reason=reason)
    row = TASK.move(task, "accept" if accepted else "return", party="reviewer")
    finding.accepted, finding.returned_because = accepted, None if accepted else reason  # type: ignore[assignment]
    finding.reviewed_by, finding.reviewed_at = actor.account_id, clock.now()
    _record(row.fact, task, actor, finding=str(finding.id))
    if not accepted:
        messages.notify(account_id=finding.found_by, kind="audit_finding_returned", key=f"audit_finding:{finding.id}",
                        data={"task": str(task.id), "audit": str(task.audit_id)})
    db.session.flush()
    return finding


def step_flag(*, actor: Actor, flag_id: UUID, step: str, words: str | None) -> AuditFlag:
    """``look`` into a flag, or ``close`` it with words. Raises FlagNotFound, StepNotPossible, ReasonMissing."""
    flag = queries.flag(flag_id, lock=True)
    row = FLAG.move(flag, step, party="federation")
    rules.check_review(accepted=step != "close", reason=words)
    flag.words, flag.taken_by = words or flag.words, actor.account_id  # type: ignore[assignment]
    flag.closed_at = clock.now() if flag.state == "closed" else None
    ledger.append(row.fact, subject=f"audit_flag:{flag.id}", actor=actor.ref, data={"kind": flag.kind})
    db.session.flush()
    return flag


def print_addresses() -> None:
    """Give every address its keyed digest: families' once (a row of theirs never changes), firms' anew."""
    db.session.execute(sa.delete(AddressPrint).where(AddressPrint.of.between("firm:", "firm;")))
    _print(odd.firms_addresses())
    while homes := odd.homes_without_print(AT_ONCE):
        _print(homes)


def _print(places: Sequence[tuple[str, str]]) -> None:
    bulk.insert(AddressPrint, [{"of": of, "digest": blind("street_and_door", rules.street_and_door(text))}
                               for of, text in places], skip_conflicts=True)


def raise_flags() -> None:
    """Note what is odd today, and what was odd already with today's numbers."""
    db.session.execute(sa.text(odd.RAISE), {"now": clock.now()})


def _under_way(audit_id: UUID) -> Audit:
    audit = queries.get(audit_id, lock=True)
    if audit.state != "drawn":
        raise AuditNotUnderWay()
    return audit


def _task(task_id: UUID) -> AuditTask:
    """A task of an audit that is under way, both locked, the audit first."""
    _under_way(queries.task(task_id).audit_id)
    return queries.task(task_id, lock=True)


def _party(actor: Actor, task: AuditTask) -> str:
    return "assignee" if task.assigned_to == actor.account_id else "stranger"


def _require_auditors(account_ids: Sequence[UUID]) -> None:
    if not set(account_ids) <= queries.auditors():
        raise NotAnAuditor()


def _record(fact: str, task: AuditTask, actor: Actor, /, **more: Any) -> None:
    ledger.append(fact, subject=f"audit_task:{task.id}", actor=actor.ref, data={"audit": str(task.audit_id), **more})
