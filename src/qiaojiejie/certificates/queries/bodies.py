"""Read awarding bodies and their keys."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.certificates.errors import BodyMayNotIssue, BodyNotFound, StatusListNotFound
from qiaojiejie.certificates.models import AwardingBody, BodyKey
from qiaojiejie.certificates.rules import credential, status
from qiaojiejie.core import paging
from qiaojiejie.core.db import db

#: bodies that have published keys: whatever they signed is checked by them
WITH_KEYS = ("accredited", "suspended")


def get(body_id: UUID, lock: bool = False) -> AwardingBody:
    """A body. Raises BodyNotFound."""
    found = db.session.get(AwardingBody, body_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise BodyNotFound()
    return found


def by_slug(slug: str) -> AwardingBody:
    """A body that has keys, by its name in addresses. Raises BodyNotFound."""
    found = db.session.scalar(sa.select(AwardingBody).where(
        AwardingBody.slug == slug, AwardingBody.state.in_(WITH_KEYS)))
    if found is None:
        raise BodyNotFound()
    return found


def page(*, cursor: str | None = None, limit: int = 20, state: str | None = None) -> paging.Page:
    """Bodies, newest first, of one state or of all: their columns with ``did`` and ``keys``."""
    stmt = sa.select(AwardingBody)
    if state is not None:
        stmt = stmt.where(AwardingBody.state == state)
    found = paging.keyset(stmt.options(sa.orm.selectinload(AwardingBody.keys)), (AwardingBody.id,),
                          scope=paging.scope_of("bodies", state), cursor=cursor, limit=limit)
    return paging.Page([shown(body) for body in found.items], found.next_cursor)


def public(body_id: UUID) -> dict[str, Any]:
    """A body as everybody sees it. Raises BodyNotFound."""
    return shown(get(body_id))


def shown(body: AwardingBody) -> dict[str, Any]:
    """A body with its DID and its keys that count."""
    return {**{column.key: getattr(body, column.key) for column in AwardingBody.__table__.columns},
            "did": body.site.did(body.slug),
            "keys": [{"kid": key.kid, "public": credential.b64(key.public), "made_at": key.made_at,
                      "retired_at": key.retired_at, "compromised_at": key.compromised_at} for key in body.keys]}


def signing_key(body_id: UUID) -> BodyKey | None:
    """The key a body signs with now, if it has one."""
    return db.session.scalar(sa.select(BodyKey).where(BodyKey.body_id == body_id, BodyKey.retired_at.is_(None)))


def did_document(slug: str) -> dict[str, Any]:
    """A body's DID document: every key that was not compromised, the signing one first. Raises BodyNotFound."""
    body = by_slug(slug)
    good = sorted((key for key in body.keys if key.compromised_at is None), key=lambda key: key.retired_at is not None)
    return credential.did_document(body.site.did(slug), [(key.kid, key.public) for key in good])


def key_set() -> dict[str, Any]:
    """The keys of all bodies as one JWK set, each named by its DID: what one saves to check offline."""
    stmt = (sa.select(AwardingBody, BodyKey).join(BodyKey, BodyKey.body_id == AwardingBody.id)
            .where(BodyKey.compromised_at.is_(None), AwardingBody.state.in_(WITH_KEYS)).order_by(BodyKey.id))
    return {"keys": [{**credential.jwk(key.public), "kid": f"{body.site.did(body.slug)}#{key.kid}", "alg": "EdDSA",
                      "use": "sig"} for body, key in db.session.execute(stmt)]}


def signer(body: AwardingBody) -> credential.Signer:
    """What signs for a body now. Raises BodyMayNotIssue when it has no key."""
    key = signing_key(body.id)
    if key is None:
        raise BodyMayNotIssue()
    return credential.Signer(body.site.did(body.slug), key.kid, bytes.fromhex(key.seed.reveal()))


def require_list(body: AwardingBody, number: int) -> None:
    """Nothing, when the body has a status list of this number; list 0 is there from the start. Raises
    StatusListNotFound."""
    if number > max(0, body.next_index - 1) // status.PLACES:
        raise StatusListNotFound()
