"""Tell an account something; mark what was read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock
from qiaojiejie.core import ids as identifiers
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.messages import queries, rules
from qiaojiejie.messages.errors import NotificationNotFound
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
        id=identifiers.new(), account_id=account_id, kind=kind, data=data, key=f"{account_id}:{key}" if key else None,
        created_at=clock.now(), read_at=None)
    db.session.execute(stmt.on_conflict_do_nothing(index_elements=[Notification.key]))


def read(*, actor: Actor, ids: Sequence[UUID] | None = None, through: UUID | None = None) -> int:
    """Mark notifications of one's own as read: those named, or all up to and including one. How many are unread now.

    Raises NotificationNotFound when one named is not in the inbox; then none is marked.
    """
    named = {through} if through is not None else set(ids or ())
    if queries.hers(actor.account_id, named) != named:
        raise NotificationNotFound()
    upto = Notification.id <= through if through is not None else Notification.id.in_(named)
    db.session.execute(sa.update(Notification).values(read_at=clock.now()).where(
        Notification.account_id == actor.account_id, Notification.read_at.is_(None), upto))
    return queries.unread_count(actor.account_id)
