"""Record papers, review them, withdraw them; push what is verified down to the worker."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import bulk, clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.documents import facts, queries, rules
from qiaojiejie.documents.errors import (ConclusionRequired, InsuranceClassRequired, IssuedHere, NoCertificate,
                                         OwnDocument, ReasonRequired, ValidityRequired)
from qiaojiejie.documents.lifecycle import DOCUMENT
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.identity import queries as identity, service as identity_service
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as worker_queries, service as workers
from qiaojiejie.workers.models import Worker

_CERTIFICATES = sa.text("""
    UPDATE worker SET certificates = coalesce((
        SELECT jsonb_agg(jsonb_build_object('title', paper.title, 'occupation', paper.occupation, 'level', paper.level,
                                            'verified', paper.state = 'verified', 'valid_until', paper.valid_until,
                                            'serial', paper.serial)
                         ORDER BY paper.id)
        FROM worker_document paper
        WHERE paper.worker_id = worker.id AND paper.kind = 'certificate' AND paper.state IN ('recorded', 'verified')),
        '[]') WHERE worker.id = ANY(CAST(:ids AS uuid[]))""")

EMPTY = {"occupation": None, "level": None, "number": None, "issued_on": None, "valid_until": None,
         "insurance_class": None, "conclusion": None, "look_back_years": None, "media_id": None, "serial": None}


def record(*, worker: Worker, actor: Actor, paper: Mapping[str, Any]) -> WorkerDocument:
    """Put a paper in a worker's file: kind, title, issuer and what else it says. It counts once it is verified.

    Raises ValidityRequired, InsuranceClassRequired, ConclusionRequired, NoCertificate, UnknownOccupation,
    LevelNotOfOccupation, ImageNotYours.
    """
    complete(paper)
    if paper.get("media_id"):
        queries.require_image(worker.firm_id, paper["media_id"])
    [document_id] = _insert(actor.account_id, [{"worker_id": worker.id, **paper}])
    show_certificates(worker_ids=[worker.id])
    workers.refresh_many(worker_ids=[worker.id])
    return queries.get(document_id)


def complete(paper: Mapping[str, Any]) -> None:
    """Nothing, when a paper says what its kind must. Raises ValidityRequired, InsuranceClassRequired,
    ConclusionRequired, NoCertificate, UnknownOccupation, LevelNotOfOccupation."""
    if paper["kind"] in rules.DATED and not paper.get("valid_until"):
        raise ValidityRequired()
    if paper["kind"] == "insurance" and not paper.get("insurance_class"):
        raise InsuranceClassRequired()
    if paper["kind"] == "background" and not (paper.get("conclusion") and paper.get("look_back_years")):
        raise ConclusionRequired()
    if paper.get("occupation"):
        if paper["kind"] != "certificate":
            raise NoCertificate()
        catalog.occupation(paper["occupation"], paper.get("level"))


def record_many(*, account_id: UUID, papers: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Put papers (each with its ``worker_id``) in workers' files unless the same is there already, in whatever state.

    Returns the ids of workers whose file grew; the caller then shows their certificates and renders them.
    """
    there = {_same(vars(paper)) for paper in queries.files({paper["worker_id"] for paper in papers})}
    fresh = [paper for paper in papers if _same(paper) not in there]
    _insert(account_id, fresh)
    return {paper["worker_id"] for paper in fresh}


def _same(paper: Mapping[str, Any]) -> tuple[Any, ...]:
    number = paper.get("number")
    return (paper["worker_id"], paper["kind"], paper["title"], paper.get("valid_until"),
            number if isinstance(number, str | None) else number.reveal())


def _insert(account_id: UUID, papers: Sequence[Mapping[str, Any]]) -> list[UUID]:
    moment = clock.now()
    rows = [{**EMPTY, "id": ids.new(), "state": DOCUMENT.initial, "recorded_by": account_id, "recorded_at": moment,
             **paper} for paper in papers]
    bulk.insert(WorkerDocument, rows)
    ledger.append_many(facts.RECORDED, actor=f"account:{account_id}", about=[
        (f"worker:{row['worker_id']}", {"document": str(row["id"]), "kind": row["kind"],
                                        "valid_until": _iso(row["valid_until"])}) for row in rows])
    return [row["id"] for row in rows]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def show_certificates(*, worker_ids: Sequence[UUID]) -> None:
    """Bring the certificates on these workers' cards up to date; the caller renders the cards."""
    db.session.execute(_CERTIFICATES, {"ids": list(worker_ids)})


def review(*, document_id: UUID, actor: Actor, verdict: str, source: str, reason: str | None,
           **found: Any) -> WorkerDocument:
    """``verify`` or ``reject`` a recorded paper: who, when and against what source is kept with it.

    ``found``: valid_until, level, insurance_class, conclusion, look_back_years as the reviewer read them, where they
    differ. Raises DocumentNotFound, StepNotPossible, OwnDocument, ReasonRequired, ValidityRequired,
    InsuranceClassRequired, ConclusionRequired, NoCertificate, UnknownOccupation, LevelNotOfOccupation.
    """
    if verdict == "reject" and not reason:
        raise ReasonRequired()
    worker = worker_queries.get(queries.get(document_id).worker_id, lock=True)
    paper = queries.get(document_id, lock=True)
    step = DOCUMENT.move(paper, verdict, party="reviewer")
    if paper.recorded_by == actor.account_id:
        raise OwnDocument()
    paper.reviewed_by, paper.reviewed_at, paper.source, paper.reason = actor.account_id, clock.now(), source, reason
    for name, value in found.items():
        setattr(paper, name, value)
    if verdict == "verify":
        complete(vars(paper))
    _push(worker, paper.kind)
    ledger.append(step.fact, subject=f"worker:{worker.id}", actor=actor.ref, data=_told(worker, paper, verdict))
    _notify(worker, paper)
    return paper


def withdraw(*, document: WorkerDocument, actor: Actor, party: str, reason: str) -> WorkerDocument:
    """Take a paper back, by her ``firm`` or a ``reviewer``; what was verified by it counts no more.

    Raises StepNotPossible, IssuedHere.
    """
    if document.serial is not None:
        raise IssuedHere(serial=document.serial)
    return _withdraw(document.id, actor, party, reason)


def issue(*, worker: Worker, actor: Actor, assessed_by: UUID, credential: str,
          paper: Mapping[str, Any]) -> WorkerDocument:
    """Put a certificate issued here in a worker's file, verified by who assessed her: ``paper`` names its serial.

    ``credential``: SHA-256 of what was signed. The caller knows that the worker is locked.
    """
    [document_id] = _insert(actor.account_id, [{"worker_id": worker.id, **paper}])
    made = queries.get(document_id, lock=True)
    step = DOCUMENT.move(made, "verify", party="reviewer")
    made.reviewed_by, made.reviewed_at, made.source = assessed_by, clock.now(), "考核合格，由认可机构颁发"
    _push(worker, made.kind)
    ledger.append(step.fact, subject=f"worker:{worker.id}", actor=actor.ref, data={
        **_told(worker, made, "verify"), "credential": credential})
    return made


def revoke_issued(*, document_id: UUID, actor: Actor, reason: str) -> WorkerDocument:
    """Withdraw the paper of a certificate that was revoked. Raises DocumentNotFound, StepNotPossible."""
    return _withdraw(document_id, actor, "body", reason)


def _withdraw(document_id: UUID, actor: Actor, party: str, reason: str) -> WorkerDocument:
    document = queries.get(document_id)
    worker = worker_queries.get(document.worker_id, lock=True)
    paper = queries.get(document.id, lock=True)
    step = DOCUMENT.move(paper, "withdraw", party=party)
    paper.reason = reason
    _push(worker, paper.kind)
    ledger.append(step.fact, subject=f"worker:{worker.id}", actor=actor.ref, data=_told(worker, paper, "withdraw"))
    if party == "reviewer":
        _notify(worker, paper)
    return paper


def unmask(*, document: WorkerDocument, actor: Actor, fields: Sequence[str], reason: str) -> dict[str, str | None]:
    """What a reviewer compares a paper with, in plain: name, phone, id_number of the worker, the paper's own number.

    Each leaves a look.
    """
    worker = worker_queries.get(document.worker_id)
    shown: dict[str, str | None] = {**workers.unmask(
        worker=worker, actor=actor, fields=[field for field in fields if field != "number"], reason=reason)}
    if "number" in fields:
        identity_service.look(actor=actor, subject=f"document:{document.id}", field="number", reason=reason)
        shown["number"] = document.number.reveal() if document.number is not None else None
    return shown


def _told(worker: Worker, paper: WorkerDocument, step: str) -> dict[str, Any]:
    if step != "verify":
        return {"document": str(paper.id), "kind": paper.kind}
    return {"document": str(paper.id), "kind": paper.kind, "valid_until": _iso(paper.valid_until),
            "level": paper.level, "insurance_class": paper.insurance_class, "conclusion": paper.conclusion,
            "firm": str(worker.firm_id) if worker.firm_id else None}


def _push(worker: Worker, kind: str) -> None:
    """What her papers of a kind amount to now, in her own columns; and her card after it."""
    db.session.flush()
    if kind == "certificate":
        show_certificates(worker_ids=[worker.id])
    else:
        for column, value in rules.verified(kind, queries.files([worker.id], kind)).items():
            setattr(worker, column, value)
    workers.refresh(worker=worker)


def _notify(worker: Worker, paper: WorkerDocument) -> None:
    if worker.firm_id is None:
        return
    data = {"document": str(paper.id), "worker": str(worker.id), "title": paper.title}
    if paper.reason:
        data["reason"] = paper.reason
    for account_id in identity.accounts_in(worker.firm_id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind=f"document_{paper.state}", data=data,
                        key=f"document:{paper.id}:{paper.state}")
