"""Say something about a booking, mark what was read, erase what is kept no longer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework import queries as complaints, rules as kept, service as casework
from qiaojiejie.chat import facts, queries, rules
from qiaojiejie.chat.errors import ChatImageNotYours, SaidTooOften
from qiaojiejie.chat.models import Chat, ChatImage, ChatMessage
from qiaojiejie.core import clock, limits
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import service as media
from qiaojiejie.media.models import Media
from qiaojiejie.messages import service as messages

BATCH = 100


def say(*, actor: Actor, booking_id: UUID, words: str | None = None, media_ids: Sequence[UUID] = ()) -> queries.Shown:
    """A party to a booking says something to the others: words, images, or both.

    Raises BookingNotFound, ChatOver, ChatImageNotYours, SaidTooOften.
    """
    booking, party = bookings.of_party(actor, booking_id)
    now = clock.now()
    rules.check_open(booking.closed_at, now)
    limits.hit(f"chat:{actor.account_id}".encode(), limit=rules.MESSAGES_A_MINUTE, seconds=60, refusal=SaidTooOften)
    chat = _locked(booking)
    if not media.use(actor=actor, kind="chat", media_ids=media_ids):
        raise ChatImageNotYours()
    chat.last_number += 1
    said = ChatMessage(booking_id=booking.id, number=chat.last_number, party=party, account_id=actor.account_id,
                       words=words, flags=rules.flags(words or ""), said_at=now)
    db.session.add(said)
    db.session.flush()
    db.session.add_all([ChatImage(media_id=media_id, message_id=said.id, position=position)
                        for position, media_id in enumerate(media_ids)])
    ledger.append(facts.SAID, subject=f"chat:{booking.id}", actor=actor.ref, data={
        "booking": str(booking.id), "number": said.number, "party": party, "flags": said.flags,
        "images": len(media_ids)})
    return queries.Shown(said, party, confirmed=True)


def _locked(booking: Booking) -> Chat:
    """The booking's chat, made when there is none, locked: its numbers have no gap and no double."""
    db.session.execute(insert(Chat).values(
        booking_id=booking.id, last_number=0, household_read=0, worker_read=0, firm_read=0, erased_messages=0,
        due_at=clock.now() + kept.KEPT_AFTER).on_conflict_do_nothing())
    stmt = sa.select(Chat).where(Chat.booking_id == booking.id).with_for_update()
    return db.session.scalars(stmt, execution_options={"populate_existing": True}).one()


def read(*, actor: Actor, booking_id: UUID, cursor: str | None, limit: int) -> queries.Page:
    """One page of a booking's chat. What parties wrote is for each other; a mediator's look is recorded.

    Raises BookingNotFound, NoOpenComplaint.
    """
    booking, party, complaint_id = complaints.reader(actor, booking_id)
    casework.look(actor=actor, booking=booking, complaint_id=complaint_id, field="chat")
    return queries.page(booking, party, cursor=cursor, limit=limit)


def open_image(*, actor: Actor, booking_id: UUID, media_id: UUID, width: int | None = None) -> tuple[Media, bytes]:
    """An image of a booking's chat; a mediator's look is recorded.

    Raises BookingNotFound, NoOpenComplaint, ChatImageNotFound, Unavailable.
    """
    booking, party, complaint_id = complaints.reader(actor, booking_id)
    found = queries.image(booking, party, media_id)
    casework.look(actor=actor, booking=booking, complaint_id=complaint_id, field="chat")
    return found, media.show(found, width).content


def mark_read(*, actor: Actor, booking_id: UUID, through: int) -> int:
    """A party has read up to and including a number; never less than before. How many it has not read.

    Raises BookingNotFound.
    """
    booking, party = bookings.of_party(actor, booking_id)
    column = getattr(Chat, f"{party}_read")
    db.session.execute(sa.update(Chat).where(Chat.booking_id == booking.id).values(
        {column: sa.func.greatest(column, sa.func.least(through, Chat.last_number))}))
    db.session.expire_all()
    return queries.unread(booking, party)


def tell(*, entry_id: int) -> None:
    """The other parties find in the inbox that something was said, and by whom; not what."""
    said = ledger_queries.get(entry_id).data
    booking = bookings.get(UUID(said["booking"]))
    from_zh, from_en = rules.PARTY_NAMES[said["party"]]
    data: dict[str, Any] = {
        **booking_rules.news_data(booking=str(booking.id), service_name=booking.service.name,
                                  worker_called=booking.worker.called, start=clock.local(booking.start),
                                  amount_fen=None),
        "from_zh": from_zh, "from_en": from_en}
    accounts = bookings.accounts_of(booking)
    for account_id in (each for party in rules.PARTIES if party != said["party"] for each in accounts[party]):
        messages.notify(account_id=account_id, kind="chat_message", data=data, key=f"ledger:{entry_id}")


def erase_due() -> None:
    """Erase what was said where the booking ended 180 days ago and no complaint about it is open."""
    _erase(casework.kept_no_longer(queries.due(clock.now(), BATCH)))


def _erase(chats: Sequence[Chat]) -> None:
    """Words and images go; that so many messages were there remains."""
    ids = [chat.booking_id for chat in chats]
    messages_of = queries.counted(ids)
    stmt = sa.delete(ChatImage).where(ChatImage.message_id == ChatMessage.id, ChatMessage.booking_id.in_(ids))
    gone = db.session.execute(stmt.returning(ChatMessage.booking_id, ChatImage.media_id)).all()
    images_of = Counter(row.booking_id for row in gone)
    db.session.execute(sa.delete(ChatMessage).where(ChatMessage.booking_id.in_(ids)))
    media.erase(media_ids=[row.media_id for row in gone])
    for chat in chats:
        chat.erased_messages, chat.erased_at = messages_of.get(chat.booking_id, 0), clock.now()
    ledger.append_many(facts.ERASED, actor=ledger.SYSTEM, about=[
        (f"chat:{each}", {"booking": str(each), "messages": messages_of.get(each, 0), "images": images_of[each]})
        for each in ids])
