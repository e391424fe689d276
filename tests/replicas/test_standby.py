"""Who reads from the standby, and that nobody notices when it lags, breaks off, dies and comes back."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking.models import Booking
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.replicas import READ_AFTER, REST_SECONDS
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories, races
from tests.conftest import config_for
from tests.replicas import servers
from tests.replicas.servers import Pair, asked, soon

LAST_ASKED = ("SELECT max(query_start) FROM pg_stat_activity WHERE application_name = 'app'"
              " AND query NOT LIKE 'SELECT CASE WHEN pg_is_in_recovery%'")
Seen = tuple[float, float, int, str]


@pytest.fixture(scope="module")
def pair(new_database: Callable[[], str]) -> Iterator[Pair]:
    """A primary with today's schema, and its standby."""
    with servers.pair() as made:
        made.fill(new_database())
        yield made


def opened(pair: Pair, **settings: str) -> Any:
    """The whole app on both."""
    return races.opened(config_for(pair.url, DATABASE_READ_URL=f"{pair.standby_url}&application_name=app", **settings))


def chosen(city: Flask) -> bool:
    """Whether the standby is asked."""
    return city.extensions["db_replicas"].for_read({"REQUEST_METHOD": "GET"}) is not None


@pytest.fixture(scope="module")
def city(pair: Pair) -> Iterator[Flask]:
    """The whole app on both, once it has seen the standby."""
    with opened(pair) as made:
        soon(lambda: chosen(made))
        yield made


def listed(city: Flask, called: str) -> UUID:
    """A worker who can be found."""
    with city.app_context():
        made = factories.worker(called=called)
        workers.refresh(worker=made)
        db.session.commit()
        return made.id


def renamed(city: Flask, worker_id: UUID, called: str) -> None:
    """She is called otherwise from now on."""
    with city.app_context():
        worker = db.session.get_one(Worker, worker_id)
        worker.called = called
        workers.refresh(worker=worker)
        db.session.commit()


def called(city: Flask, worker_id: UUID, **headers: str) -> str:
    """What a reader is told she is called, the short way and the long."""
    answers = [city.test_client().get(f"/api/v1/workers/{worker_id}", headers={**headers, **more})
               for more in ({}, {"If-None-Match": '"another"'})]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].json == answers[1].json
    return str(answers[0].json["card"]["name"] if "card" in answers[0].json else answers[0].json["name"])


def family(city: Flask) -> dict[str, str]:
    """A signed-in family."""
    with city.app_context():
        made = factories.headers(factories.member(Role.HOUSEHOLD))
        db.session.commit()
        return made


def test_whoever_is_not_signed_in_reads_from_the_standby_and_whoever_is_from_the_primary(
        city: Flask, pair: Pair) -> None:
    worker, hers = listed(city, "王阿姨"), family(city)
    with pair.standing_still():
        renamed(city, worker, "李阿姨")
        assert called(city, worker) == "王阿姨"
        assert called(city, worker, **hers) == "李阿姨"
        assert called(city, worker, **{READ_AFTER: "0/0"}) == called(city, worker, **hers, **{READ_AFTER: "0/0"})
        assert called(city, worker, **hers, **{READ_AFTER: "0/0"}) == "王阿姨"
        assert called(city, worker, **hers, **{READ_AFTER: "nonsense"}) == "李阿姨"
        new = listed(city, "赵阿姨")  # what the standby does not know yet is there all the same
        assert called(city, new) == "赵阿姨"
    assert called(city, worker) == "李阿姨"


def test_a_family_that_just_booked_sees_its_booking_while_replay_stands_still_for_five_seconds(
        city: Flask, pair: Pair) -> None:
    with city.app_context():
        household = factories.household()
        quote_id, hers = factories.quote(household).id, factories.headers(db.session.get_one(
            Account, household.account_id))
        db.session.commit()
    worker, client = listed(city, "王阿姨"), city.test_client()
    with opened(pair, DATABASE_READ_LAG="1") as hasty, pair.standing_still():
        soon(lambda: chosen(hasty))
        began = time.monotonic()
        made = client.post("/api/v1/bookings", headers=hers, json={"quote_id": str(quote_id)})
        assert made.status_code == 201
        path, after = f"/api/v1/bookings/{made.json['id']}", {READ_AFTER: made.headers[READ_AFTER]}
        renamed(city, worker, "李阿姨")
        while time.monotonic() < began + 5:
            assert client.get(path, headers=hers).json["state"] == "held"
            assert client.get(path, headers={**hers, **after}).json["state"] == "held"
            assert called(city, worker) == "王阿姨" and called(city, worker, **after) == "李阿姨"
            time.sleep(0.25)
        assert not chosen(hasty) and called(hasty, worker) == "李阿姨"  # it lags by more than this one bears
    before = asked(pair.standby_url, LAST_ASKED)
    soon(lambda: client.get(path, headers={**hers, **after}).json["state"] == "held"
         and asked(pair.standby_url, LAST_ASKED) > before)  # its own token in hand she reads there, once it is there


def test_a_session_that_is_over_is_over_at_once_though_the_standby_does_not_know(city: Flask, pair: Pair) -> None:
    hers, client = family(city), city.test_client()
    old = {**hers, READ_AFTER: "0/0"}
    with pair.standing_still():
        [session] = client.get("/api/v1/me/sessions", headers=old).json["items"]
        assert client.delete(f"/api/v1/me/sessions/{session['id']}", headers=hers).status_code == 204
        assert client.get("/api/v1/me", headers=old).status_code == 401


def test_a_read_that_leaves_a_record_leaves_one(city: Flask, pair: Pair) -> None:
    with city.app_context():
        made: Booking = factories.booking("confirmed")
        hers = factories.headers(db.session.get_one(Account, made.household.account_id))
        path, subject = f"/api/v1/bookings/{made.id}/contact", f"worker:{made.worker_id}"
        db.session.commit()
    pair.follow()
    assert city.test_client().get(path, headers={**hers, READ_AFTER: "0/0"}).status_code == 200
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Look.subject == subject)) == 1


def reading(city: Flask, paths: list[str], seen: list[Seen], stop: threading.Event) -> None:
    """Read one after another until stopped: when each began, how long it took, its status and text."""
    client = city.test_client()
    while not stop.is_set():
        for path in paths:
            began = time.monotonic()
            answer = client.get(path)
            seen.append((began, time.monotonic() - began, answer.status_code, answer.text))


def test_when_the_standby_breaks_off_and_dies_reads_go_on_from_the_primary_and_it_is_used_again_once_it_is_back(
        city: Flask, pair: Pair) -> None:
    worker = listed(city, "王阿姨")
    pair.follow()
    seen, stop = list[Seen](), threading.Event()
    paths = [f"/api/v1/workers/{worker}", "/api/v1/workers?limit=5", "/api/v1/firms",
             f"/api/v1/workers/{worker}/reviews"]
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(reading, city, paths, seen, stop) for _ in range(4)]
        try:
            for _ in range(3):  # every connection to it breaks, whatever is under way on it
                time.sleep(0.2)
                asked(pair.standby_url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                        " WHERE application_name = 'app'")
            rested = asked(pair.url, "SELECT now()")
            soon(lambda: (asked(pair.standby_url, LAST_ASKED) or rested) > rested)
            killed = time.monotonic()
            pair.kill()
            renamed(city, worker, "李阿姨")
            soon(lambda: time.monotonic() > killed + 2.5 and len(seen) > 300, 60)
        finally:
            stop.set()
        assert [reader.result() for reader in readers] and {status for _, _, status, _ in seen} == {200}
    slowest = [max(took for began, took, _, _ in seen if (began + took > killed) == after) for after in (False, True)]
    assert slowest[1] < slowest[0] + 2
    hers = [text for began, _, _, text in seen if began > killed + 2 and str(worker) in text and "阿姨" in text]
    assert hers and all("李阿姨" in text for text in hers)
    pair.revive()
    pair.follow()
    back = asked(pair.url, "SELECT now()")
    soon(lambda: called(city, worker) == "李阿姨" and (asked(pair.standby_url, LAST_ASKED) or back) > back,
         REST_SECONDS + 5)


def test_a_standby_that_was_promoted_is_no_replica_any_more(city: Flask, pair: Pair) -> None:
    worker = listed(city, "王阿姨")
    pair.follow()
    assert asked(pair.standby_url, "SELECT pg_promote()")
    soon(lambda: not chosen(city), 3)
    renamed(city, worker, "李阿姨")
    assert called(city, worker) == "李阿姨"
