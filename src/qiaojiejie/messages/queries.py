"""Read the inbox and the text messages; which of them are due, and whose budget is spent."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.db import db, lock_key
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.identity.models import Account
from qiaojiejie.messages.models import Notification, TextMessage
from qiaojiejie.messages.rules import texts


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


def unread_of(kind: str, account_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many notifications of a kind accounts have not read; none of who is not named."""
    stmt = sa.select(Notification.account_id, sa.func.count()).where(
        Notification.account_id.in_(account_ids), Notification.read_at.is_(None), Notification.kind == kind)
    return {row[0]: row[1] for row in db.session.execute(stmt.group_by(Notification.account_id))}


def hers(account_id: UUID, notification_ids: Collection[UUID]) -> set[UUID]:
    """Which of some notifications are in an account's inbox."""
    return set(db.session.scalars(sa.select(Notification.id).where(
        Notification.account_id == account_id, Notification.id.in_(notification_ids))))


def text_messages(account_id: UUID, *, cursor: str | None, limit: int) -> paging.Page:
    """An account's text messages, newest first."""
    return paging.keyset(sa.select(TextMessage).where(TextMessage.account_id == account_id), [TextMessage.id],
                         cursor=cursor, limit=limit, scope=paging.scope_of("text-messages", account_id))


def due(now: datetime, limit: int) -> Sequence[UUID]:
    """Text messages that are due, whose job is about to be deferred: due again when it has not sent in time."""
    waiting = sa.select(TextMessage.id).where(TextMessage.state == "waiting", TextMessage.next_at <= now).order_by(
        TextMessage.next_at).limit(limit).with_for_update(skip_locked=True)
    stmt = sa.update(TextMessage).where(TextMessage.id.in_(waiting)).values(next_at=now + texts.LEASE)
    return db.session.scalars(stmt.returning(TextMessage.id).execution_options(synchronize_session=False)).all()


def text_message(id: UUID) -> TextMessage:
    """A text message as it now stands, locked."""
    return db.session.get_one(TextMessage, id, with_for_update=True, populate_existing=True)


def phone_of(account_id: UUID) -> Sealed | None:
    """The number of an account that was not closed."""
    return db.session.scalar(sa.select(Account.phone).where(Account.id == account_id, Account.closed_at.is_(None)))


def counted(account_id: UUID, day: date) -> int:
    """How many of a day's budget an account has used; nobody else counts until this transaction ends."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key(f"texts:{account_id}"))))
    return db.session.scalar(sa.select(sa.func.count()).select_from(TextMessage).where(
        TextMessage.account_id == account_id, TextMessage.counted_on == day)) or 0
