"""Read a chat: who may, what each reader sees of it, what is unread, what is due to be erased."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from qiaojiejie.booking import facts
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework import queries as casework
from qiaojiejie.chat import rules
from qiaojiejie.chat.errors import ChatImageNotFound
from qiaojiejie.chat.models import Chat, ChatImage, ChatMessage
from qiaojiejie.core import clock, paging
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.media.models import Media

#: facts of a booking by which another worker comes to it
CAME = (facts.SUBSTITUTED, facts.REPLACED, facts.HOLD_RESEATED)


class Shown:
    """A message as one party sees it: until the booking is confirmed, others' numbers are masked."""

    def __init__(self, message: ChatMessage, party: str, confirmed: bool) -> None:
        self._message, self._plain = message, confirmed or message.party == party
        self.mine = message.party == party

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    @property
    def words(self) -> str | None:
        """The text, or as much of it as is shown."""
        sealed = self._message.words
        if sealed is None:
            return None
        return sealed.reveal() if self._plain else rules.masked(sealed.reveal())

    @property
    def masked(self) -> bool:
        """Whether something of the text is not shown."""
        return not self._plain and bool({"phone", "messenger"} & set(self._message.flags))


@dataclass(frozen=True)
class Page:
    """One page of a chat, newest first, with cursors to both sides."""

    items: Sequence[Shown]
    next_cursor: str | None
    newer_cursor: str
    unread: int
    read_through: int
    open: bool
    erased: int


def readable(booking: Booking, party: str) -> sa.ColumnElement[bool]:
    """Which messages a reader has before her: a worker who came instead of another, those since she came."""
    came = [entry.at for entry in ledger.about(booking.ref, *CAME)] if party == "worker" else []
    return sa.and_(ChatMessage.booking_id == booking.id, *([ChatMessage.said_at >= max(came)] if came else []))


def find(booking_id: UUID) -> Chat | None:
    """The chat of a booking, once something was said in it."""
    return db.session.get(Chat, booking_id)


def unread(booking: Booking, party: str) -> int:
    """How many messages of others a party has not read."""
    chat = find(booking.id)
    if chat is None or party not in rules.PARTIES:
        return 0
    return db.session.scalar(sa.select(sa.func.count()).select_from(ChatMessage).where(
        readable(booking, party), ChatMessage.number > chat.read_by(party), ChatMessage.party != party)) or 0


def page(booking: Booking, party: str, *, cursor: str | None, limit: int) -> Page:
    """One page of a chat for a reader: the newest, those before a cursor, or those after one."""
    scope = paging.scope_of("chat", [booking.id, party])
    side, bound = paging.decode(scope, cursor) or ("older", None)
    number, stmt = ChatMessage.number, sa.select(ChatMessage).where(readable(booking, party))
    if bound is not None:
        stmt = stmt.where(number < bound if side == "older" else number > bound)
    stmt = stmt.options(selectinload(ChatMessage.images).joinedload(ChatImage.media))
    rows = list(db.session.scalars(stmt.order_by(number.desc() if side == "older" else number).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    if side == "newer":
        rows, more = rows[::-1], bool(rows)
    chat = find(booking.id)
    return Page(
        items=[Shown(row, party, booking.confirmed_at is not None) for row in rows],
        next_cursor=paging.encode(scope, ["older", rows[-1].number]) if rows and more else None,
        newer_cursor=paging.encode(scope, ["newer", rows[0].number if rows else int(bound or 0)]),
        unread=unread(booking, party), read_through=chat.read_by(party) if chat else 0,
        open=party in rules.PARTIES and rules.is_open(booking.closed_at, clock.now()),
        erased=chat.erased_messages if chat else 0)


def image(booking: Booking, party: str, media_id: UUID) -> Media:
    """An image that was sent in a booking's chat, where the reader has it before her. Raises ChatImageNotFound."""
    stmt = sa.select(Media).join(ChatImage, ChatImage.media_id == Media.id).join(
        ChatMessage, ChatMessage.id == ChatImage.message_id)
    found = db.session.scalars(stmt.where(Media.id == media_id, readable(booking, party))).one_or_none()
    if found is None:
        raise ChatImageNotFound()
    return found


def due(now: datetime, limit: int) -> Sequence[Any]:
    """Chats to look at for erasing (``casework.queries.due``): a complaint that is open holds them."""
    return casework.due(Chat, casework.is_live(Booking.id), now, limit)


def counted(booking_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many messages chats hold."""
    stmt = sa.select(ChatMessage.booking_id, sa.func.count()).where(ChatMessage.booking_id.in_(booking_ids))
    return {row[0]: row[1] for row in db.session.execute(stmt.group_by(ChatMessage.booking_id))}
