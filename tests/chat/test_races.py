"""Parties that talk at once; images that are sent twice at once; bytes two rows point to."""

from functools import partial
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.chat import service as chat
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.media import service as media
from qiaojiejie.media.models import Media
from tests import factories, races


def bookings(city: Flask, number: int = 1) -> tuple[list[UUID], Actor]:
    """Confirmed bookings of one family, and the family."""
    with city.app_context():
        family = factories.household()
        made = [factories.booking("confirmed", of=family).id for _ in range(number)]
        db.session.commit()
        return made, Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)


def picture(by: Actor, key: str) -> UUID:
    """An image for a chat."""
    made = Media(account_id=by.account_id, org_id=None, kind="chat", content_type="image/jpeg", size=9, key=key,
                 sha256=b"x", public=False, created_at=clock.now(), unused_until=clock.now())
    db.session.add(made)
    db.session.flush()
    return made.id


def test_messages_said_at_once_are_numbered_without_gap_or_double(city: Flask) -> None:
    [booking_id], family = bookings(city)
    told = races.at_once(city, [lambda: chat.say(actor=family, booking_id=booking_id, words="在吗").number] * 8)
    assert sorted(told) == list(range(1, 9))


def test_an_image_sent_in_two_chats_at_once_is_in_one(city: Flask) -> None:
    made, family = bookings(city, 2)
    with city.app_context():
        image = picture(family, "a" * 64)
        db.session.commit()

    def send(booking_id: UUID) -> str:
        chat.say(actor=family, booking_id=booking_id, media_ids=[image])
        return "sent"

    told = races.at_once(city, [lambda: send(made[0]), lambda: send(made[1])])
    assert sorted(told) == ["ChatImageNotYours", "sent"]
    with city.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM chat_message")) == 1


def test_an_image_sent_at_the_moment_it_would_be_forgotten_is_sent_or_gone(city: Flask) -> None:
    [booking_id], family = bookings(city)
    with city.app_context():
        images = [picture(family, str(number) * 64) for number in range(4)]
        db.session.commit()
    told = races.at_once(city, [media.forget_unused, *(
        partial(chat.say, actor=family, booking_id=booking_id, media_ids=[image]) for image in images)])
    sent = [each for each in told[1:] if each != "ChatImageNotYours"]
    with city.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM chat_image")) == len(sent)
        media.forget_unused()
        db.session.commit()
        assert db.session.scalar(sa.text("SELECT count(*) FROM media")) == len(sent)


def test_bytes_somebody_else_uploaded_too_are_not_dropped(city: Flask) -> None:
    _, family = bookings(city)
    with city.app_context():
        mine = media.store_bytes(actor=family, kind="sheet", content=b"same", content_type="text/plain")
        key, one, other = mine.key, picture(family, mine.key), picture(family, mine.key)
        db.session.commit()
        for erased, there in (([one], True), ([other, mine.id], False)):
            media.erase(media_ids=erased)
            db.session.commit()
            races.work(city)
            assert media.gateway.store()._path(key).exists() is there  # type: ignore[attr-defined]
