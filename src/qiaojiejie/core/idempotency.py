"""The same request twice: an ``Idempotency-Key`` is a row inserted first in the request's own transaction.

A second request with the key waits on that row, then finds the stored answer. A refused request rolls its row back:
nothing happened, so the key may be used again. A request that commits half way (see ``http.checkpoint``) leaves the
row without an answer; the same key then resumes the work.

An answer may hold what was revealed to its asker (a phone, a door code): it is sealed as personal data is. Of the
request only a keyed digest is kept, from which a short body can't be guessed.
"""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Response, g, request
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import clock
from qiaojiejie.core.db import Model, db
from qiaojiejie.core.errors import Invalid, KeyReused
from qiaojiejie.core.secrets import Encrypted, Sealed, blind

KEPT = timedelta(hours=24)


class BadIdempotencyKey(Invalid):
    """Idempotency-Key 须为 1 到 255 个可见字符。
    An Idempotency-Key has 1 to 255 visible ASCII characters."""


class IdempotencyRecord(Model):
    """One key of one actor, the request it stood for and, once there is one, the answer."""

    __tablename__ = "idempotency_record"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    body: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    headers: Mapped[dict[str, str] | None] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)


def _request_hash() -> bytes:
    acting = request.headers.get("X-Acting-As", "")
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n{acting}\n".encode())
    if request.mimetype == "multipart/form-data":  # the boundary differs from one sending to the next
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            digest.update(f"{name}:{file.filename}\n".encode())
            digest.update(hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return blind("request", digest.hexdigest())


def begin(actor: str) -> Response | None:
    """Claim the request's key for ``actor``; the stored answer if it was given already, else None.

    Raises BadIdempotencyKey, or KeyReused when the key stood for a different request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadIdempotencyKey()
    digest = _request_hash()
    stmt = insert(IdempotencyRecord).values(actor=actor, key=key, request_hash=digest, created_at=clock.now())
    fresh = db.session.execute(stmt.on_conflict_do_nothing().returning(IdempotencyRecord.key)).scalar()
    g.idempotency = (actor, key)
    if fresh is not None:
        return None
    record = db.session.get_one(IdempotencyRecord, (actor, key))
    if record.request_hash != digest:
        raise KeyReused()
    if record.status is None:
        return None
    g.idempotency = None
    answer = Response(record.body.reveal() if record.body else None, status=record.status, headers=record.headers)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def finish(response: Response) -> None:
    """Store the answer beside the claimed key, in the transaction that did the work."""
    claimed = getattr(g, "idempotency", None)
    if claimed is None:
        return
    kept = {name: value for name, value in response.headers.items() if name in ("Content-Type", "Location")}
    db.session.execute(
        sa.update(IdempotencyRecord)
        .where(IdempotencyRecord.actor == claimed[0], IdempotencyRecord.key == claimed[1])
        .values(status=response.status_code, body=response.get_data(as_text=True), headers=kept))


def sweep() -> None:
    """Forget keys older than a day."""
    db.session.execute(sa.delete(IdempotencyRecord).where(IdempotencyRecord.created_at < clock.now() - KEPT))
