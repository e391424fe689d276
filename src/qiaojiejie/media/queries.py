"""Find what was uploaded."""

from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.media.errors import MediaNotFound
from qiaojiejie.media.models import Media


def find(media_id: UUID) -> Media | None:
    """One stored file's row, or None."""
    return db.session.get(Media, media_id)


def get(media_id: UUID) -> Media:
    """One stored file's row. Raises MediaNotFound."""
    found = find(media_id)
    if found is None:
        raise MediaNotFound()
    return found


def hold(key: str, alone: bool = False) -> None:
    """Until this transaction ends, what lies under a key is not dropped (shared), or nobody stores it (``alone``)."""
    lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
    db.session.execute(sa.select(lock(sa.func.hashtextextended(f"media:{key}", 0))))


def pointed_to(key: str) -> bool:
    """Whether a row points to the bytes under a key."""
    return db.session.scalar(sa.select(sa.exists().where(Media.key == key))) is True
