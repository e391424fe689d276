"""Tell an account something; mark what was read."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.messages import rules
from qiaojiejie.messages.models import Notification


def notify(*, account_id: UUID, kind: str, data: dict[str, Any], key: str | None = None) -> None:
    """Put a notification of a kind (rules.TEMPLATES) in an account's inbox.

    ``data``: JSON values the words are made of, and ids; never a full name, phone or ID number.
    ``key``: with it the account is told once, however often the job that tells it runs.
    Raises KeyError for an unknown kind or when ``data`` lacks what its words need.
    """
    for language in ("zh", "en"):
        rules.words(kind, data, language)  # a missing word breaks the sender, not the reader
    stmt = insert(Notification).values(
        id=ids.new(), account_id=account_id, kind=kind, data=data, key=f"{account_id}:{key}" if key else None,
        created_at=clock.now(), read_at=None)
    db.session.execute(stmt.on_conflict_do_nothing(index_elements=[Notification.key]))
