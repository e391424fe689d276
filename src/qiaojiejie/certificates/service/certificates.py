"""Issue certificates, revoke them, sign them again."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Occupation
from qiaojiejie.certificates import facts
from qiaojiejie.certificates.errors import AssessorIsWorker, BodyMayNotIssue, ValidityDoesNotFit
from qiaojiejie.certificates.lifecycle import CERTIFICATE
from qiaojiejie.certificates.models import AwardingBody, BodyKey, Certificate
from qiaojiejie.certificates.queries import bodies, certificates as queries
from qiaojiejie.certificates.rules import credential, serials
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.documents import service as documents
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.models import Worker

#: certificates signed again in one transaction
BATCH = 200


def issue(*, actor: Actor, worker_id: UUID, body_id: UUID, occupation: str, level: int | None, title: str,
          title_en: str, hours: int, issued_on: date, valid_until: date | None, assessed_by: UUID,
          ref: str) -> Certificate:
    """Certify a worker: the credential signed by the body, the verified paper in her file, her card, the word to her.

    ``ref`` says what was passed; asked again for the same, the same certificate is returned. Raises WorkerNotFound,
    BodyNotFound, BodyMayNotIssue, UnknownOccupation, LevelNotOfOccupation, ValidityDoesNotFit, AssessorIsWorker.
    """
    worker = workers.get(worker_id, lock=True)
    body = bodies.get(body_id, lock=True)
    there = queries.of_ref(ref)
    if there is not None:
        return there
    work = catalog.occupation(occupation, level)
    if body.state != "accredited" or occupation not in body.occupations:
        raise BodyMayNotIssue()
    if valid_until is not None and valid_until <= issued_on:
        raise ValidityDoesNotFit()
    if worker.account_id == assessed_by:
        raise AssessorIsWorker()
    serial = serials.fresh(issued_on.year)
    made = Certificate(
        id=ids.new(), serial=serial, body_id=body.id, worker_id=worker.id, state=CERTIFICATE.initial,
        occupation=occupation, level=level, title=title, title_en=title_en, hours=hours, issued_on=issued_on,
        valid_until=valid_until, assessed_by=assessed_by, ref=ref, status_index=body.next_index,
        nonce=secrets.token_hex(16), issued_at=clock.now())
    body.next_index += 1
    _sign(made, body, worker, work)
    said = {"kind": "certificate", "title": title, "occupation": occupation, "level": level, "number": serial,
            "issuer": body.name, "issued_on": issued_on, "valid_until": valid_until, "serial": serial}
    made.document_id = documents.issue(worker=worker, actor=actor, assessed_by=assessed_by, credential=made.sha256,
                                       paper=said).id
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.ISSUED, subject=f"worker:{worker.id}", actor=actor.ref, data={
        **_told(made, body), "occupation": occupation, "level": level})
    _notify("certificate_issued", made, worker)
    return made


def _sign(made: Certificate, body: AwardingBody, worker: Worker, work: Occupation) -> None:
    key = bodies.signing_key(body.id)
    if key is None:
        raise BodyMayNotIssue()
    nonce = made.nonce if isinstance(made.nonce, str) else made.nonce.reveal()
    made.key_id, made.credential = key.id, signed(
        vars(made), body=body, signer=bodies.signer(body), work=work,
        identity=credential.holder(worker.name.reveal(), worker.id_number.reveal(), nonce), salt=secrets.token_hex(16))
    made.sha256 = sha256(made.credential.encode()).hexdigest()


def signed(row: Mapping[str, Any], *, body: AwardingBody, signer: credential.Signer, work: Occupation, identity: str,
           salt: str) -> str:
    """The credential that a certificate's row says, signed with a key of its body."""
    site, until = body.site, row["valid_until"]
    payload = credential.payload(
        site, serial=row["serial"], slug=body.slug, body_name=body.name, body_name_en=body.name_en,
        title=row["title"], title_en=row["title_en"], occupation=row["occupation"], standard=standard(work),
        level=row["level"], hours=row["hours"], begins=clock.local(clock.midnight(row["issued_on"])),
        ends=None if until is None else clock.local(clock.midnight(until + timedelta(days=1))),
        status_index=row["status_index"], identity=identity, salt=salt)
    return signer.sign(payload)


def standard(work: Occupation) -> str:
    """By what an occupation is judged, as it is printed."""
    return f"{work.name} {work.number}（{work.edition}）" if work.number else work.name


def revoke(*, actor: Actor, serial: str, reason: str, note: str) -> Certificate:
    """Take a certificate back: its bit in the status list is set, the paper in her file counts no more.

    ``reason``: one of ``serials.REASONS``, shown to whoever verifies; ``note`` is for those concerned.
    Raises CertificateNotFound, StepNotPossible.
    """
    worker = workers.get(queries.get(serial).worker_id, lock=True)
    found = queries.get(serial, lock=True)
    row = CERTIFICATE.move(found, "revoke", party="officer")
    found.revoked_at, found.revoked_by, found.reason = clock.now(), actor.account_id, reason
    found.note = note
    documents.revoke_issued(document_id=found.document_id, actor=actor, reason=serials.REASONS[reason][0])
    ledger.append(row.fact, subject=f"worker:{worker.id}", actor=actor.ref, data={
        "serial": found.serial, "credential": found.sha256, "body": found.body.slug, "reason": reason})
    _notify("certificate_revoked", found, worker)
    db.session.flush()
    return found


def resign(*, key_id: UUID) -> None:
    """Sign again, with their body's key of now, some certificates that a compromised key signed; the rest follow."""
    old = db.session.get_one(BodyKey, key_id)
    body = bodies.get(old.body_id)
    batch = queries.signed_with(key_id, BATCH)
    if not batch:
        return
    works = {work.code: work for work in catalog.occupations()}
    for each in batch:
        _sign(each, body, each.worker, works[each.occupation])
    ledger.append_many(facts.RESIGNED, actor=ledger.SYSTEM, about=[
        (f"worker:{each.worker_id}", _told(each, body)) for each in batch])
    db.session.flush()
    jobs.defer("certificates.resign", key_id=str(key_id))


def _told(made: Certificate, body: AwardingBody) -> dict[str, Any]:
    key = db.session.get_one(BodyKey, made.key_id)
    return {"serial": made.serial, "credential": made.sha256, "body": body.slug, "key": key.kid}


def printed(*, actor: Actor, serial: str) -> bytes:
    """The certificate on paper, with its holder's name in full: for her, her firm and the federation.

    Raises CertificateNotFound.
    """
    from qiaojiejie.certificates.rules import paper

    found = queries.seen(actor, serial)
    work = db.session.get_one(Occupation, found.occupation)
    return paper.pdf({
        "name": found.worker.name.reveal(), "id_number": found.worker.id_number.masked, "title": found.title,
        "title_en": found.title_en, "hours": found.hours, "standard": standard(work), "body": found.body.name,
        "issued_on": found.issued_on.isoformat(),
        "valid_until": "长期" if found.valid_until is None else found.valid_until.isoformat(),
        "serial": serials.shown(found.serial), "url": found.body.site.verify_url(found.serial), "sha256": found.sha256})


def _notify(kind: str, made: Certificate, worker: Worker) -> None:
    told = set(identity.accounts_in(worker.firm_id, *FIRM)) if worker.firm_id else set()
    if worker.account_id is not None:
        told.add(worker.account_id)
    data = {"serial": made.serial, "title": made.title, "worker": str(worker.id)}
    if made.reason is not None:
        data["reason_zh"], data["reason_en"] = serials.REASONS[made.reason]
    for account_id in sorted(told):
        messages.notify(account_id=account_id, kind=kind, key=f"certificate:{made.id}:{kind}", data=data)
