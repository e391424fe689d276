"""Propose, accredit, suspend bodies; rotate their keys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.certificates import facts, gateway
from qiaojiejie.certificates.errors import KeyTooYoung, SecondAccountNeeded, SlugTaken
from qiaojiejie.certificates.lifecycle import BODY
from qiaojiejie.certificates.models import AwardingBody, BodyKey
from qiaojiejie.certificates.queries import bodies
from qiaojiejie.certificates.rules import credential
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger

#: job: sign again what a compromised key signed
RESIGN = "certificates.resign"


def propose(*, actor: Actor, slug: str, name: str, name_en: str, occupations: Sequence[str],
            basis: str) -> dict[str, Any]:
    """Propose a body for accreditation. Raises SlugTaken, UnknownOccupation."""
    catalog.known_occupations(occupations)
    if db.session.scalar(sa.select(AwardingBody.id).where(AwardingBody.slug == slug)) is not None:
        raise SlugTaken(slug=slug)
    body = AwardingBody(id=ids.new(), slug=slug, name=name, name_en=name_en, occupations=sorted(set(occupations)),
                        basis=basis, state=BODY.initial, proposed_by=actor.account_id, proposed_at=clock.now(),
                        public_url=gateway.public_url(), next_index=0)
    db.session.add(body)
    db.session.flush()
    ledger.append(facts.PROPOSED, subject=body.ref, actor=actor.ref, data={"occupations": body.occupations})
    return bodies.shown(body)


def decide(*, actor: Actor, body_id: UUID, step: str, reason: str | None) -> dict[str, Any]:
    """``accredit`` (with a first key) or ``decline``, by another officer; ``suspend`` or ``resume`` by any.

    Raises BodyNotFound, StepNotPossible, SecondAccountNeeded.
    """
    body = bodies.get(body_id, lock=True)
    party = "second" if step in ("accredit", "decline") else "officer"
    BODY.find(step, state=body.state, party=party)
    if party == "second" and actor.account_id == body.proposed_by:
        raise SecondAccountNeeded()
    row = BODY.move(body, step, party=party)
    if party == "second":
        body.decided_by, body.decided_at = actor.account_id, clock.now()
    body.reason = reason
    data: dict[str, Any] = {"slug": body.slug} if step != "decline" else {}
    if step == "accredit":
        key = _new_key(body)
        data |= {"name": body.name, "occupations": body.occupations, **_told(key)}
    if step == "suspend":
        data["reason"] = reason
    ledger.append(row.fact, subject=body.ref, actor=actor.ref, data=data)
    db.session.flush()
    return _again(body)


def rotate(*, actor: Actor, body_id: UUID, compromised: bool) -> dict[str, Any]:
    """A new key signs from now on. The old one still verifies; unless it was ``compromised``: then nothing it signed
    does, and every certificate is signed again with the new one by a job.

    Raises BodyNotFound, BodyMayNotIssue, KeyTooYoung.
    """
    body = bodies.get(body_id, lock=True)
    bodies.signer(body)
    old = bodies.signing_key(body.id)
    assert old is not None  # it could sign
    now = clock.now()
    if not compromised and clock.local(old.made_at).date() == clock.today():
        raise KeyTooYoung()
    old.retired_at, old.compromised_at = now, now if compromised else None
    db.session.flush()
    key = _new_key(body)
    if compromised:
        jobs.defer(RESIGN, key_id=str(old.id))
    ledger.append(facts.KEY_ROTATED, subject=body.ref, actor=actor.ref, data={
        "slug": body.slug, **_told(key), "replaces": old.kid, "compromised": compromised})
    return _again(body)


def _new_key(body: AwardingBody) -> BodyKey:
    seed = credential.new_seed()
    public = credential.public_of(seed)
    key = BodyKey(body_id=body.id, kid=credential.thumbprint(public), public=public, seed=seed.hex(),
                  made_at=clock.now())
    db.session.add(key)
    db.session.flush()
    return key


def _told(key: BodyKey) -> dict[str, str]:
    return {"key": key.kid, "public": credential.b64(key.public)}


def _again(body: AwardingBody) -> dict[str, Any]:
    db.session.refresh(body)
    return bodies.shown(body)
