"""Several want the same worker, or edit the same series, at once: on a database that really commits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core.db import db
from qiaojiejie.series import service as series
from tests import races
from tests.series.scene import HERS, HOUR, PRICE, Weekly, orphans
from tests.stripe_sandbox import StripeSandbox

ROUNDS = 4


@pytest.fixture()
def town(city: Flask, stripe_server: StripeSandbox) -> Iterator[Callable[..., Weekly]]:
    """Makes families that want a cleaner; when the test is over no time is engaged twice, or for nothing."""
    def make(**changes: Any) -> Weekly:
        with city.app_context():
            db.session.execute(sa.text("DELETE FROM statutory_holiday"))
            made = Weekly(city.test_client(), stripe_server, lambda: races.work(city), **changes)
            db.session.commit()
            return made

    with races.at_stripe(city, stripe_server):
        yield make
        races.work(city)
        with city.app_context():
            assert orphans() == []


def asks(city: Flask, it: Weekly, path: str, **body: Any) -> Callable[[], str]:
    """A request of a family to be made; the code of its refusal, or ``done``."""
    def step() -> str:
        answer = city.test_client().post(f"/api/v1{path}", headers=it.family, json=body)
        assert answer.status_code in (200, 201, 409), answer.json
        return str((answer.json or {}).get("code", "done") if answer.status_code == 409 else "done")
    return step


def engaged(city: Flask, it: Weekly) -> int:
    """How many times the cleaner's time is engaged."""
    with city.app_context():
        return int(db.session.execute(sa.text(
            "SELECT count(*) FROM worker_interval WHERE worker_no = :no"), {"no": it.worker_no}).scalar_one())


def bits_are_right(city: Flask, it: Weekly) -> bool:
    """The days kept of the cleaner are what hours and intervals say."""
    with city.app_context():
        wrong = calendars.redraw(worker_no=it.worker_no)
        db.session.rollback()
        return wrong == 0


def test_of_series_that_want_one_worker_at_once_one_gets_all_and_the_others_nothing(
        city: Flask, town: Callable[..., Weekly]) -> None:
    them = [town(count=8) for _ in range(3)]
    wanted = {"worker_id": them[0].cleaner_id, "expected_price": PRICE}
    told = races.at_once(city, [asks(city, it, "/series", **{**it.body, **wanted}) for it in them])
    assert sorted(told)[-1] == "done" and told.count("done") == 1
    assert set(told) - {"done"} <= {"SlotsTaken", "OccurrencesTaken"}
    assert engaged(city, them[0]) == 8 and bits_are_right(city, them[0])


def test_a_series_and_a_single_booking_that_meet_in_its_fifth_visit(
        city: Flask, town: Callable[..., Weekly]) -> None:
    for _ in range(ROUNDS):
        it, single = town(count=6), town()
        with city.app_context():
            quoted = single.post("/quotes", {
                "worker_id": it.cleaner_id, "service_code": "cleaning", "address_id": single.body["address_id"],
                "start": (it.at(5) + HOUR).isoformat(), "minutes": 120})
        assert quoted.status_code == 201, quoted.json
        told = races.at_once(city, [
            asks(city, it, "/series", **it.body, expected_price=PRICE),
            asks(city, single, "/bookings", quote_id=quoted.json["id"])])
        if told[0] == "done":
            assert told[1] == "SlotTaken" and engaged(city, it) == 6
        else:
            assert told[0] in ("SlotsTaken", "OccurrencesTaken") and told[1] == "done" and engaged(city, it) == 1
        assert bits_are_right(city, it)


def test_two_edits_of_one_series_at_once_come_one_after_the_other(
        city: Flask, town: Callable[..., Weekly]) -> None:
    it = town(count=6)
    made = it.client.post("/api/v1/series", headers=it.family, json={**it.body, "expected_price": PRICE})
    it.id = made.json["id"]
    with city.app_context():
        first = it.series.first_id
        db.session.rollback()
    with city.app_context():
        it.pay(first)
    edits = f"/series/{it.id}"
    told = races.at_once(city, [
        asks(city, it, f"{edits}/retimings", scope="following", day=it.said(2), time="15:00"),
        asks(city, it, f"{edits}/worker-changes", scope="following", day=it.said(2), worker_id=it.other_id,
             expected_price=HERS),
        asks(city, it, f"{edits}/skips", day=it.said(4))])
    assert told == ["done", "done", "done"]
    told = races.at_once(city, [
        asks(city, it, f"{edits}/cancellations", scope="following", day=it.said(3), expected_refund=0),
        asks(city, it, f"{edits}/moves", day=it.said(5), start=(it.at(5) + 2 * HOUR).isoformat()),
        asks(city, it, f"{edits}/restorations", day=it.said(4))])
    assert told[0] == "done" and set(told[1:]) <= {"done", "StepNotPossible", "SlotsTaken"}
    races.work(city)
    with city.app_context():
        assert [each["day"] for each in it.occurrences()] == [it.said(number) for number in range(1, 7)]
        states = it.states()
    assert states[:3] == ["confirmed", "held", "cancelled"] and states[5] == "cancelled"
    assert bits_are_right(city, it)


def test_a_first_visit_that_is_cancelled_twice_over_lets_all_go_once(city: Flask, town: Callable[..., Weekly]) -> None:
    it = town(count=4)
    made = it.client.post("/api/v1/series", headers=it.family, json={**it.body, "expected_price": PRICE})
    it.id = made.json["id"]
    told = races.at_once(city, [
        asks(city, it, f"/bookings/{made.json['first_booking_id']}/cancellations", expected_refund=0),
        series.settle_all, series.settle_all,
        asks(city, it, f"/series/{it.id}/cancellations", scope="all", expected_refund=0)])
    assert told[1:3] == ["done", "done"] and set(told) <= {"done", "StepNotPossible"}
    races.work(city)
    assert engaged(city, it) == 0
