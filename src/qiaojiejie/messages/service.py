"""Tell an account something, by text message too where its kind asks for it; mark what was read."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock
from qiaojiejie.core import ids as identifiers
from qiaojiejie.core import jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.identity import gateway as identity
from qiaojiejie.messages import queries, rules
from qiaojiejie.messages.errors import NotificationNotFound
from qiaojiejie.messages.models import Notification, TextMessage
from qiaojiejie.messages.rules import texts

log = structlog.get_logger()

BATCH = 200


def notify(*, account_id: UUID, kind: str, data: dict[str, Any], key: str | None = None) -> None:
    """Put a notification of a kind (rules.TEMPLATES) in an account's inbox.

    ``data``: JSON values the words are made of, and ids; never a full name, phone or ID number.
    ``key``: with it the account is told once, however often the job that tells it runs.
    Raises KeyError for an unknown kind or when ``data`` lacks what its words need.
    """
    notify_all(account_ids=[account_id], kind=kind, data=data, key=key)


def notify_all(*, account_ids: Collection[UUID], kind: str, data: dict[str, Any], key: str | None = None) -> None:
    """The same to many, in one statement. Raises as ``notify``."""
    for language in ("zh", "en"):
        rules.words(kind, data, language)  # a missing word breaks the sender, not the reader
    now = clock.now()
    rows = [{"id": identifiers.new(), "account_id": each, "kind": kind, "data": data,
             "key": f"{each}:{key}" if key else None, "created_at": now, "read_at": None}
            for each in sorted(set(account_ids))]
    if not rows:
        return
    stmt = insert(Notification).values(rows).on_conflict_do_nothing(index_elements=[Notification.key])
    told = db.session.execute(stmt.returning(Notification.id, Notification.account_id)).all()
    for row in told if kind in texts.TEXTS else ():
        _text(row.account_id, kind, data, row.id)


def _text(account_id: UUID, kind: str, data: dict[str, Any], told: UUID) -> None:
    """A text message beside a notification, unless there was one of its kind about the same thing."""
    now = clock.now()
    due = texts.when(clock.local(now), texts.TEXTS[kind].urgent)
    stmt = insert(TextMessage).values(
        id=identifiers.new(), account_id=account_id, kind=kind, subject=texts.subject(data, f"notification:{told}"),
        params=texts.params(kind, data), state="waiting", next_at=due, tries=0, created_at=now)
    db.session.execute(stmt.on_conflict_do_nothing(
        index_elements=[TextMessage.account_id, TextMessage.kind, TextMessage.subject]))


def send_due() -> None:
    """Defer a job for each text message that is due."""
    jobs.defer_many("messages.send_text", [{"text_id": str(each)} for each in queries.due(clock.now(), BATCH)])


def send_text(*, text_id: UUID) -> None:
    """Send a text message if its person has some of the day's budget left; sent again it is the same message.

    While the provider can't be reached the row says when it is tried again.
    """
    text = queries.text_message(text_id)
    phone = _ready(text)
    if phone is None:
        return
    kind, params = text.kind, dict(text.params)
    checkpoint()
    try:
        identity.terms().sms.send(phone.reveal(), kind, params, str(text_id))
    except Unavailable:
        log.warning("text message not sent", message_id=str(text_id))
        return
    text = queries.text_message(text_id)
    text.state, text.sent_at = "sent", clock.now()


def _ready(text: TextMessage) -> Sealed | None:
    """The number to send to, the message being counted; None when it is over, not now, or not at all."""
    now, phone = clock.local(clock.now()), queries.phone_of(text.account_id)
    template = texts.TEXTS.get(text.kind, texts.GONE)
    due = texts.when(now, template.urgent)
    if text.state != "waiting":
        return None
    if due > now:
        text.next_at = due
    elif text.tries >= texts.MOST_TRIES:
        text.state = "given_up"
    elif phone is None:
        text.state, text.because = "held_back", "closed"
    elif (template.counted and text.counted_on is None
          and queries.counted(text.account_id, now.date()) >= texts.A_DAY):
        text.state, text.because = "held_back", "budget"
    else:
        text.counted_on = (text.counted_on or now.date()) if template.counted else None
        text.tries += 1
        text.next_at = now + texts.wait(text.tries)
        return phone
    return None


def forget() -> None:
    """Delete text messages of more than 180 days ago."""
    db.session.execute(sa.delete(TextMessage).where(TextMessage.created_at < clock.now() - texts.KEPT))


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
