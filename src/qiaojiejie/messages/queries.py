"""Read the inbox."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.messages.models import Notification


def inbox(account_id: UUID, *, unread: bool | None, cursor: str | None, limit: int) -> paging.Page:
    """An account's notifications, newest first: all of them, or the unread, or those read."""
    stmt = sa.select(Notification).where(Notification.account_id == account_id)
    if unread is not None:
        stmt = stmt.where(Notification.read_at.is_(None) == unread)
    return paging.keyset(stmt, [Notification.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("notifications", [account_id, unread]))


def unread_count(account_id: UUID) -> int:
    """How many notifications an account has not read."""
    stmt = sa.select(sa.func.count()).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    return db.session.scalar(stmt) or 0


def hers(account_id: UUID, notification_ids: Collection[UUID]) -> set[UUID]:
    """Which of some notifications are in an account's inbox."""
    return set(db.session.scalars(sa.select(Notification.id).where(
        Notification.account_id == account_id, Notification.id.in_(notification_ids))))
