"""Two taps at once: one address lives, the other never did."""

from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.feeds import service as feeds
from qiaojiejie.feeds.models import CalendarFeed
from tests import factories, races


def owner(city: Flask) -> UUID:
    """Somebody who may act as household."""
    with city.app_context():
        made: UUID = factories.member(Role.HOUSEHOLD).id
        db.session.commit()
        return made


def test_of_feeds_made_at_once_one_lives(city: Flask) -> None:
    actor = Actor(owner(city), ids.new(), Role.HOUSEHOLD, None)
    told = races.at_once(city, [lambda: feeds.make(actor=actor)] * 4)
    tokens = [each["path"].rpartition("/")[2].removesuffix(".ics") for each in told]
    answers = [city.test_client().get(f"/api/v1/calendar-feeds/{token}.ics").status_code for token in tokens]
    assert sorted(answers) == [200, 404, 404, 404]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CalendarFeed)) == 1


def test_a_fetch_and_its_count_stand_although_nothing_else_is_written(city: Flask) -> None:
    actor = Actor(owner(city), ids.new(), Role.HOUSEHOLD, None)
    with city.app_context():
        path = feeds.make(actor=actor)["path"]
        db.session.commit()
    assert [city.test_client().get(path).status_code for _ in range(2)] == [200, 200]
    with city.app_context():
        assert db.session.scalars(sa.select(CalendarFeed.fetched_at)).one() is not None
        assert db.session.scalar(sa.text("SELECT sum(hits) FROM throttle")) == 2
