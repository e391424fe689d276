"""Two hundred at once, and the same request fifty times, over real HTTP against the real server."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.app import create_app
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.workers import service as workers
from tests import factories
from tests.conftest import config_for
from tests.journeys.conftest import Live

Headers = dict[str, str]


@pytest.fixture(scope="module")
def beside(live: Live) -> Iterator[Flask]:
    """An app of our own on the live service's database, to prepare people and look at what came of it."""
    app = create_app(config_for(live.database_url))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["db_reader"].dispose()


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """A moment some days from now, by the wall clock in Suqian."""
    return datetime.combine(clock.today() + timedelta(days=days), time_of_day(hour, minute), clock.SHANGHAI)


def a_free_worker() -> str:
    """A cleaner of a firm on the platform who works from six to twenty-two every day; her id."""
    made = factories.worker(services={"cleaning": 4000})
    calendars.set_hours(worker_no=made.no, hours=[(day, 360, 1320) for day in range(1, 8)])
    workers.refresh(worker=made)
    return str(made.id)


def families(count: int) -> list[tuple[Headers, str]]:
    """Families signed in, each with an address: (headers, address id)."""
    found = []
    for _ in range(count):
        home = factories.household()
        who = db.session.get_one(factories.Account, home.account_id)
        found.append((factories.headers(who, Role.HOUSEHOLD), str(factories.address(home).id)))
    return found


def quote(live: Live, family: tuple[Headers, str], worker: str, start: datetime, minutes: int = 180) -> str:
    """A quote's id."""
    status, made = live.call("POST", "/api/v1/quotes", {
        "worker_id": worker, "service_code": "cleaning", "address_id": family[1], "start": start.isoformat(),
        "minutes": minutes}, family[0])
    assert status == 201, made
    return str(made["id"])


def test_two_hundred_families_want_one_worker_and_one_gets_her(live: Live, beside: Flask) -> None:
    with beside.app_context():
        worker, homes = a_free_worker(), families(50)
        db.session.commit()
    starts = [at(3, 9), at(3, 9, 30), at(3, 10), at(3, 11)]
    wanted = [(home, quote(live, home, worker, start)) for home in homes for start in starts]
    assert len(wanted) == 200

    def book(one: tuple[tuple[Headers, str], str]) -> tuple[int, Any]:
        return live.call("POST", "/api/v1/bookings", {"quote_id": one[1]}, one[0][0])

    with ThreadPoolExecutor(200) as crowd:
        answers = list(crowd.map(book, wanted))
    assert Counter(status for status, _ in answers) == {201: 1, 409: 199}
    assert {body["code"] for status, body in answers if status == 409} == {"SlotTaken"}
    with beside.app_context():
        held = db.session.execute(sa.text("SELECT count(*) FROM worker_interval i JOIN worker w ON w.no = i.worker_no"
                                          " WHERE w.id = :id"), {"id": worker})
        assert held.scalar_one() == 1
        time.sleep(1.1)  # PostgreSQL's processes report their counts once a second
        deadlocks = db.session.execute(sa.text("SELECT deadlocks FROM pg_stat_database"
                                               " WHERE datname = current_database()"))
        assert deadlocks.scalar_one() == 0
    assert "deadlock" not in live.log.read_text() and '"status": 5' not in live.log.read_text()


def test_one_request_sent_fifty_times_at_once_books_once(live: Live, beside: Flask) -> None:
    with beside.app_context():
        worker, (home,) = a_free_worker(), families(1)
        db.session.commit()
    first, second = quote(live, home, worker, at(4, 9)), quote(live, home, worker, at(5, 9))
    keyed = {**home[0], "Idempotency-Key": "fifty-at-once"}

    def book(_: int) -> tuple[int, Any]:
        return live.call("POST", "/api/v1/bookings", {"quote_id": first}, keyed)

    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(book, range(50)))
    assert [status for status, _ in answers] == [201] * 50
    assert all(body == answers[0][1] for _, body in answers)
    with beside.app_context():
        count = db.session.execute(sa.text("SELECT count(*) FROM booking WHERE quote_id = :id"), {"id": first})
        assert count.scalar_one() == 1
    status, refused = live.call("POST", "/api/v1/bookings", {"quote_id": second}, keyed)
    assert (status, refused["code"]) == (422, "KeyReused")


def test_a_key_belongs_to_its_account(live: Live, beside: Flask) -> None:
    with beside.app_context():
        worker, (one, other) = a_free_worker(), families(2)
        db.session.commit()
    key = {"Idempotency-Key": "shared-by-chance"}
    for home, day in ((one, 6), (other, 7)):
        status, made = live.call("POST", "/api/v1/bookings", {"quote_id": quote(live, home, worker, at(day, 9))},
                                 {**home[0], **key})
        assert status == 201, made


def test_a_refused_request_leaves_its_key_free(live: Live, beside: Flask) -> None:
    with beside.app_context():
        worker, (home,) = a_free_worker(), families(1)
        db.session.commit()
    keyed = {**home[0], "Idempotency-Key": "refused-first"}
    status, _ = live.call("POST", "/api/v1/bookings", {"quote_id": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}, keyed)
    assert status == 404
    status, made = live.call("POST", "/api/v1/bookings", {"quote_id": quote(live, home, worker, at(8, 9))}, keyed)
    assert status == 201, made
    assert datetime.fromisoformat(made["expires_at"]) > datetime.now(UTC)
