"""Read certificates."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.catalog.models import Occupation
from qiaojiejie.certificates.errors import CertificateNotFound
from qiaojiejie.certificates.models import AwardingBody, Certificate
from qiaojiejie.certificates.queries import bodies
from qiaojiejie.certificates.rules import credential, offline, serials, status
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.workers import queries as workers

_BOTH = (joinedload(Certificate.body), joinedload(Certificate.worker))


def find(serial: str, lock: bool = False) -> Certificate | None:
    """A certificate by its serial as typed, if it is ours."""
    read = serials.read(serial)
    if read is None:
        return None
    stmt = sa.select(Certificate).where(Certificate.serial == read)
    if lock:
        stmt = stmt.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(stmt)


def get(serial: str, lock: bool = False) -> Certificate:
    """A certificate by its serial. Raises CertificateNotFound."""
    found = find(serial, lock)
    if found is None:
        raise CertificateNotFound()
    return found


def seen(actor: Actor, serial: str) -> Certificate:
    """A certificate its holder, her firm or the federation may see whole. Raises CertificateNotFound to others."""
    found = get(serial)
    allowed = (actor.role in FEDERATION or (actor.role in FIRM and found.worker.firm_id == actor.org_id)
               or (actor.role == Role.WORKER and found.worker.account_id == actor.account_id))
    if not allowed:
        raise CertificateNotFound()
    return found


def own(actor: Actor, serial: str) -> dict[str, Any]:
    """What a holder keeps: the credential, and who it is about, which its hash opens to. Raises CertificateNotFound."""
    found = get(serial)
    if found.worker.account_id != actor.account_id:
        raise CertificateNotFound()
    return {"credential": found.credential, "name": found.worker.name.reveal(),
            "id_number": found.worker.id_number.reveal(), "nonce": found.nonce.reveal()}


def of_ref(ref: str) -> Certificate | None:
    """The certificate that was made for something passed, if it was."""
    return db.session.scalar(sa.select(Certificate).where(Certificate.ref == ref))


def page(*, cursor: str | None = None, limit: int = 20, worker_id: UUID | None = None, body_id: UUID | None = None,
         state: str | None = None) -> paging.Page:
    """Certificates, newest first; of one worker, body or state, or all."""
    stmt = sa.select(Certificate).options(*_BOTH)
    for column, value in ((Certificate.worker_id, worker_id), (Certificate.body_id, body_id),
                          (Certificate.state, state)):
        if value is not None:
            stmt = stmt.where(column == value)
    scope = paging.scope_of("certificates", [str(worker_id), str(body_id), state])
    return paging.keyset(stmt, (Certificate.id,), scope=scope, cursor=cursor, limit=limit)


def of_account(actor: Actor, **given: Any) -> paging.Page:
    """The certificates of who signs in as a worker. Raises WorkerNotFound."""
    return page(worker_id=workers.of_account(actor.account_id).id, **given)


def signed_with(key_id: UUID, limit: int) -> Sequence[Certificate]:
    """Certificates whose credential a key signed, locked, oldest first."""
    stmt = sa.select(Certificate).where(Certificate.key_id == key_id).order_by(Certificate.id).limit(limit)
    return db.session.scalars(stmt.with_for_update(of=Certificate, skip_locked=True)).all()


def status_list(slug: str, number: int) -> str:
    """A body's status list as it is now, signed. Raises BodyNotFound, StatusListNotFound."""
    body = bodies.by_slug(slug)
    return signed_list(body, number)


def signed_list(body: AwardingBody, number: int) -> str:
    """The same, of a body at hand."""
    bodies.require_list(body, number)
    least = number * status.PLACES
    revoked = db.session.scalars(sa.select(Certificate.status_index).where(
        Certificate.body_id == body.id, Certificate.state == "revoked", Certificate.status_index >= least,
        Certificate.status_index < least + status.PLACES))
    payload = credential.status_payload(
        body.site, slug=body.slug, number=number, encoded=status.encode(index - least for index in revoked),
        at=clock.local(clock.now()).replace(microsecond=0))
    return bodies.signer(body).sign(payload)


def verified(serial: str) -> dict[str, Any]:
    """What anybody is told of a serial: ``standing`` valid, not_yet_valid, expired, revoked or not_ours, and of whom.

    It is the stored credential itself that is checked, with the published keys and the list as it is now; one that
    fails that is not ours, whatever a row says.
    """
    told: dict[str, Any] = {"serial": serials.read(serial) or serial.strip().upper(), "standing": "not_ours",
                            "mistyped": serials.read(serial) is None, "checked_at": clock.now()}
    found = find(serial)
    if found is None:
        return told
    try:
        checked = offline.check(found.credential, offline.keys_of([bodies.did_document(found.body.slug)]),
                                [signed_list(found.body, found.status_index // status.PLACES)], clock.now())
    except offline.Untrue:
        return told
    occupation = db.session.get_one(Occupation, found.occupation)
    return {**told, "standing": checked.standing, "mistyped": False, "shown_as": serials.shown(found.serial),
            "name": found.worker.name, "called": found.worker.called, "worker_id": found.worker_id,
            "listed": found.worker.listed, "title": found.title, "title_en": found.title_en,
            "occupation": found.occupation, "occupation_name": occupation.name, "level": found.level,
            "hours": found.hours, "issued_on": found.issued_on, "valid_until": found.valid_until,
            "body_name": found.body.name, "body_did": checked.issuer, "sha256": found.sha256,
            "revoked_at": found.revoked_at,
            "reason": serials.REASONS[found.reason] if found.reason else None}
