"""Find what was uploaded."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db, lock_key
from qiaojiejie.media.errors import MediaNotFound
from qiaojiejie.media.models import Media, UnsizedMedia


def find(media_id: UUID) -> Media | None:
    """One stored file's row, or None."""
    return db.session.get(Media, media_id)


def get(media_id: UUID) -> Media:
    """One stored file's row. Raises MediaNotFound."""
    found = find(media_id)
    if found is None:
        raise MediaNotFound()
    return found


def unused(account_id: UUID, kind: str, media_ids: Collection[UUID]) -> Sequence[Media]:
    """Those of these files of an account that wait to be used, locked."""
    stmt = sa.select(Media).where(Media.id.in_(media_ids), Media.account_id == account_id, Media.kind == kind,
                                  Media.unused_until.is_not(None)).order_by(Media.id)
    return db.session.scalars(stmt.with_for_update(), execution_options={"populate_existing": True}).all()


def never_used(now: datetime, limit: int) -> Sequence[UUID]:
    """Files nobody has used in time, locked; those that are taken into use at this moment are left."""
    stmt = sa.select(Media.id).where(Media.unused_until <= now).order_by(Media.unused_until).limit(limit)
    return db.session.scalars(stmt.with_for_update(skip_locked=True)).all()


def to_size(media_id: UUID) -> Media | None:
    """A picture whose sizes are not made yet, locked: it is not erased while they are; None when there is nothing to
    do (any more)."""
    stmt = sa.select(Media).join(UnsizedMedia, UnsizedMedia.media_id == Media.id).where(Media.id == media_id)
    return db.session.scalar(stmt.with_for_update())


def unsized(before: datetime, limit: int) -> Sequence[UUID]:
    """Pictures whose sizes ought to have been made by then."""
    stmt = sa.select(Media.id).join(UnsizedMedia, UnsizedMedia.media_id == Media.id).where(Media.created_at < before)
    return db.session.scalars(stmt.order_by(Media.id).limit(limit)).all()


def hold(key: str, alone: bool = False) -> None:
    """Until this transaction ends, what lies under a key is not dropped (shared), or nobody stores it (``alone``)."""
    lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
    db.session.execute(sa.select(lock(lock_key(f"media:{key}"))))


def stored(after: str, limit: int) -> Sequence[str]:
    """Keys of what is stored, in their order, from the one after."""
    stmt = sa.select(Media.key).distinct().where(Media.key > after).order_by(Media.key).limit(limit)
    return db.session.scalars(stmt).all()


def pointed_to(key: str) -> bool:
    """Whether a row points to the bytes under a key."""
    return db.session.scalar(sa.select(sa.exists().where(Media.key == key))) is True
