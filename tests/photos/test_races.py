"""Photos added at once, on a database that really commits."""

from functools import partial
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.media.models import Media
from qiaojiejie.photos import service as photos
from tests import factories, races


def started(city: Flask, bookings: int, pictures: int) -> tuple[list[UUID], list[UUID], Actor]:
    """Visits under way of one family, images it uploaded, and the family."""
    with city.app_context():
        family = factories.household()
        made = [factories.booking("under_way", of=family).id for _ in range(bookings)]
        actor = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)
        images = [Media(account_id=family.account_id, org_id=None, kind="visit", content_type="image/jpeg", size=9,
                        key=str(each), sha256=b"x", public=False, created_at=clock.now(), unused_until=clock.now())
                  for each in range(pictures)]
        db.session.add_all(images)
        db.session.flush()
        kept = [each.id for each in images]
        db.session.commit()
        return made, kept, actor


def add(actor: Actor, booking_id: UUID, media_id: UUID) -> str:
    """One photo."""
    photos.add(actor=actor, booking_id=booking_id, phase="before", media_id=media_id)
    return "added"


def test_of_twelve_added_at_once_nine_are_there(city: Flask) -> None:
    [booking_id], images, actor = started(city, 1, 12)
    told = races.at_once(city, [partial(add, actor, booking_id, each) for each in images])
    assert sorted(told) == ["PhotosFull"] * 3 + ["added"] * 9
    with city.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM visit_photo")) == 9


def test_one_image_added_to_two_bookings_at_once_is_in_one(city: Flask) -> None:
    bookings, [image], actor = started(city, 2, 1)
    told = races.at_once(city, [partial(add, actor, each, image) for each in bookings])
    assert sorted(told) == ["VisitPhotoNotYours", "added"]
