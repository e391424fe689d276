"""Find what was uploaded."""

from uuid import UUID

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
