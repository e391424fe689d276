"""What users of comparable systems asked for in public, each told with the way that fails beside it.

More of them where they belong: skip, move, reseat and end within a series (``tests/series/test_edits.py``,
``test_endings.py``), a process killed while it sends (``tests/webhooks/test_races.py``), codes that burn and never lock
a number (``tests/identity/test_sign_in.py``), a refund tried twice (``tests/refunds/test_service.py``), all workers in
one query (``tests/search/test_availability.py``).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries as bookings_queries
from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import queries as calendar
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.catalog.rules import cell
from qiaojiejie.changes import service as changes
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.series import service as series
from qiaojiejie.workers.models import Worker
from tests import factories, races
from tests.booking.test_routes import refused
from tests.factories import tomorrow
from tests.series.scene import DAY, WEEK, Weekly

HOUR = timedelta(hours=1)
BY_OFFSET = sa.text("SELECT id FROM booking WHERE household_id = :id ORDER BY created_at DESC, id DESC"
                    " LIMIT 2 OFFSET :at")
JOBS = sa.text("SELECT count(*) FROM procrastinate_jobs")


class Rival:
    """A family with its visit quoted, on a database that really commits."""

    def __init__(self, by: Worker, start: datetime) -> None:
        family = factories.household()
        self.actor = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)
        self.quote_id: UUID = factories.quote(family, by, start).id

    def book(self) -> str:
        """Its visit is held."""
        return str(bookings.book(actor=self.actor, quote_id=self.quote_id).state)


def free(no: int, start: datetime) -> bool:
    """What a look before the booking says."""
    return calendar.unengaged(no, [(start, start + 3 * HOUR)])


@pytest.mark.parametrize("apart", [0, 1])
def test_two_who_both_saw_her_free_do_not_both_have_her(city: Flask, apart: int) -> None:
    """Easy!Appointments #31, Cal.com #5820: each checks, then each inserts; a unique start stops only equal ones."""
    with city.app_context():
        her, starts = factories.worker_with_account(), [tomorrow(10), tomorrow(10 + apart)]
        rivals, no = [Rival(her, start) for start in starts], her.no
        db.session.commit()

    def careful(rival: Rival, start: datetime) -> Callable[[], str]:
        def step() -> str:
            assert free(no, start)  # the naive way has its answer here, and inserts
            both_looked.wait()
            return rival.book()
        return step

    both_looked = races.Barrier(2, timeout=20)
    told = races.at_once(city, [careful(*each) for each in zip(rivals, starts, strict=True)])
    assert sorted(told) == ["SlotTaken", "held"]


def test_a_visit_that_is_moved_does_not_land_on_one_that_is_being_booked(city: Flask) -> None:
    """Easy!Appointments #1783: the path that inserts was guarded, the one that updates was not."""
    with city.app_context():
        her = factories.worker_with_account()
        mine = factories.booking("confirmed", by=her, start=tomorrow(9, days=3))
        actor, id, no = Actor(mine.household.account_id, ids.new(), Role.HOUSEHOLD, None), mine.id, her.no
        rival = Rival(her, tomorrow(14, days=3))
        db.session.commit()
    wanted = tomorrow(14, days=3)

    def move() -> Any:
        with city.app_context():
            assert free(no, wanted)  # what is not committed nobody sees
            with pytest.raises(SlotTaken):
                changes.reschedule(actor=actor, booking_id=id, start=wanted, expected_difference=0)
            db.session.rollback()

    with ThreadPoolExecutor(1) as pool, city.app_context():
        rival.book()
        moving = pool.submit(move)
        with pytest.raises(TimeoutError):
            moving.result(0.5)
        db.session.commit()
        moving.result(20)
        assert db.session.get_one(Booking, id).start == tomorrow(9, days=3)


def test_one_visit_does_not_begin_where_another_ends_for_she_must_get_there(client: FlaskClient,
                                                                            world: sa.Connection) -> None:
    """Cal.com #29958, Easy!Appointments #1224: buffers were shown and not kept; the way was not asked about."""
    her = factories.worker_with_account()
    factories.booking("confirmed", by=her, start=tomorrow(9))
    family = factories.household()
    me = factories.headers(db.session.get_one(Account, family.account_id))
    touching, after = factories.quote(family, her, tomorrow(12)), factories.quote(family, her, tomorrow(13))
    assert not set(range(9, 12)) & set(range(12, 15))  # by their own hours they do not overlap
    told = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(touching.id)})
    assert refused(told) == (409, "SlotTaken")
    far = factories.quote(family, her, tomorrow(13), address_id=factories.address(
        family, cell=cell(118.4755, 33.9631)).id)
    told = client.post("/api/v1/bookings", headers=me, json={"quote_id": str(far.id)})
    assert refused(told) == (409, "TooFarBetween")
    assert client.post("/api/v1/bookings", headers=me, json={"quote_id": str(after.id)}).status_code == 201


def test_pages_of_bookings_made_at_one_moment_repeat_none_and_skip_none(
        client: FlaskClient, world: sa.Connection) -> None:
    """Saleor #12555: pages by rank repeat where ranks tie and rows come in between."""
    family = factories.household()
    me = factories.headers(db.session.get_one(Account, family.account_id))
    made = [str(factories.booking("completed", family, created_at=tomorrow()).id) for _ in range(6)]
    found, by_offset, cursor = list[str](), list[str](), ""
    while cursor is not None:
        page = client.get("/api/v1/bookings?limit=2" + (cursor and f"&cursor={cursor}"), headers=me).json
        by_offset += [str(id) for id in world.execute(BY_OFFSET, {"id": family.id, "at": len(found)}).scalars()]
        found, cursor = found + [row["id"] for row in page["items"]], page["next_cursor"]
        if len(found) < 6:
            factories.booking("completed", family, created_at=tomorrow())
    assert found == made[::-1]
    assert len(set(by_offset)) < len(by_offset)  # the naive way shows one twice


@pytest.mark.parametrize("dies", ["before its commit", "after its commit"])
def test_what_follows_a_fact_is_there_once_the_fact_is_and_never_without_it(city: Flask, dies: str) -> None:
    """Cal.com #21171, Saleor #17094: sent after the commit it is lost with the process; before it, it may be a lie."""
    with city.app_context():
        made = factories.booking("held")
        ref, before = made.ref, db.session.scalar(JOBS)
        db.session.commit()
    with city.app_context():
        bookings.confirm_payment(booking_id=UUID(ref.removeprefix("booking:")))
        if dies == "before its commit":
            db.session.rollback()
        else:
            db.session.commit()
        # the process ends here: what the naive way would send next it never sends
    with city.app_context():
        waiting, state = db.session.scalar(JOBS), bookings_queries.get(UUID(ref.removeprefix("booking:"))).state
    assert (state == "confirmed") == (waiting > before) == (dies == "after its commit")


def test_a_visit_of_a_series_that_was_moved_is_not_where_the_rule_had_it_too(client: FlaskClient,
                                                                             world: sa.Connection) -> None:
    """Indico #4092, Cal.com #16203: a series that is computed forgets what was done to one of its days."""
    db.session.execute(sa.text("DELETE FROM statutory_holiday"))
    it = Weekly(client, None, lambda: None, count=4).make()
    bookings.confirm_payment(booking_id=it.series.first_id)
    series.settle_all()
    it.done("moves", day=it.said(2), start=(it.at(2) + DAY).isoformat())
    computed = [it.start + number * WEEK for number in range(4)]
    assert it.at(2) in computed and it.at(2) not in it.engaged()
    assert [it.booking(number).start for number in range(1, 5)] == it.engaged() == [
        it.at(1), it.at(2) + DAY, it.at(3), it.at(4)]


def test_a_paid_visit_that_is_moved_is_not_to_be_paid_again(client: FlaskClient, world: sa.Connection) -> None:
    """Cal.com #2481: a moved booking was a new one, and its family was asked for the money once more."""
    made = factories.booking("confirmed", start=tomorrow(9, days=3))
    me = factories.headers(db.session.get_one(Account, made.household.account_id))
    path, body = f"/api/v1/bookings/{made.id}", {"start": clock.local(tomorrow(14, days=3)).isoformat()}
    difference = client.post(f"{path}/reschedule-quotes", headers=me, json=body).json["difference"]["amount"]
    moved = client.post(f"{path}/reschedules", headers=me, json={**body, "expected_difference": difference})
    assert (moved.status_code, difference) == (201, 0), moved.json
    shown = client.get(path, headers=me).json
    assert (shown["id"], shown["state"], made.paid_fen, made.due) == (str(made.id), "confirmed", 13800, None)
    assert client.post(f"{path}/payment", headers=me, json={"method": "alipay"}).status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).where(Booking.household_id == made.household_id)) == 1


def test_she_is_free_at_once_where_a_booking_was_and_only_there(world: sa.Connection) -> None:
    """Easy!Appointments #1783: a time given back stayed taken, or one that stood was given with it."""
    her = factories.worker_with_account()
    for hour in (9, 14):
        calendars.engage(worker_no=her.no, during=Range(tomorrow(hour), tomorrow(hour) + 2 * HOUR), ref=f"test:{hour}")
    calendars.release(ref="test:9")
    assert free(her.no, tomorrow(9)) and not free(her.no, tomorrow(14))
