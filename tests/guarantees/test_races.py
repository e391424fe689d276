"""Several speak of one replacement at once, or somebody else engages her meanwhile; all really commits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core.db import db
from qiaojiejie.guarantees import service as guarantees
from tests import races
from tests.attendance.engagement import DAY
from tests.attendance.test_workdays import HOUR
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox


class Hands:
    """What is known of one engagement, outside any session."""

    def __init__(self, city: Flask, it: Guarded) -> None:
        others = [it.colleague(), it.colleague()]
        db.session.commit()
        self.city, self.id, self.booking = city, it.id, f"booking:{it.id}"
        self.headers = {"family": it.family, "firm": it.firm}
        self.others, self.nos = [str(each.id) for each in others], [each.no for each in others]
        self.start, self.evening, self.next_day = it.start, it.evening(1), it.day(2).isoformat()

    def post(self, step: str, who: str = "family", **body: Any) -> Callable[[], str]:
        """A request to be made; the code of its refusal, or ``done``."""
        def ask() -> str:
            answer = self.city.test_client().post(f"/api/v1/bookings/{self.id}/{step}", headers=self.headers[who],
                                                  json=body)
            return "done" if answer.status_code in (200, 201) else str(answer.json["code"])  # type: ignore[index]
        return ask

    def at_once(self, *steps: Callable[[], Any]) -> list[Any]:
        """Steps begun together in the evening of the first day."""
        return races.at_once(self.city, steps, self.evening)

    def rows(self, query: str) -> list[Any]:
        """What the database says."""
        with self.city.app_context():
            return [tuple(row) for row in db.session.execute(sa.text(query))]


@pytest.fixture()
def hands(city: Flask, stripe_server: StripeSandbox) -> Iterator[Hands]:
    """An engagement of six days under way; when the test is over nothing is wrong with its money."""
    with races.at_stripe(city, stripe_server):
        with city.app_context():
            made = Guarded(city.test_client(), stripe_server, lambda: races.work(city), days=6)
            db.session.commit()
            made.under_way()
            db.session.rollback()
            found = Hands(city, made)
        races.work(city)
        yield found
        races.work(city)


def test_asked_for_and_answered_by_several_at_once_it_happens_once(hands: Hands) -> None:
    seek = [hands.post("replacements", reason="other"), hands.post("replacements", "firm", reason="other")]
    assert sorted(hands.at_once(*seek, *seek)) == ["StepNotPossible"] * 3 + ["done"]
    assert hands.rows("SELECT count(*) FROM replacement") == [(1,)]
    offer = hands.post("replacement-offers", "firm", begins_on=hands.next_day, worker_ids=hands.others)
    assert hands.at_once(offer) == ["done"]
    one, two = hands.others
    told = hands.at_once(*(hands.post("replacement-answers", worker_id=each) for each in (one, two, None)))
    assert sorted(told) == ["StepNotPossible"] * 2 + ["done"]
    races.work(hands.city)
    [(state, worker)] = hands.rows(
        "SELECT guarantee.state, booking.worker_id::text FROM guarantee JOIN booking ON booking.id = booking_id")
    engaged = hands.rows(f"SELECT worker_no FROM worker_interval WHERE ref = '{hands.booking}'"
                         f" AND upper(during) > '{hands.evening + DAY}'")
    if state == "on_trial":
        assert engaged == [(hands.nos[hands.others.index(worker)],)]
    else:
        assert state == "refused" and engaged == []


def test_taken_at_the_moment_another_engages_her_one_of_them_has_her(hands: Hands) -> None:
    hands.at_once(hands.post("replacements", reason="other"))
    hands.at_once(hands.post("replacement-offers", "firm", begins_on=hands.next_day, worker_ids=hands.others[:1]))

    def engage() -> None:
        begins = hands.start + 3 * DAY
        calendars.engage(worker_no=hands.nos[0], during=Range(begins, begins + HOUR), ref="test:other")

    told = hands.at_once(hands.post("replacement-answers", worker_id=hands.others[0]), engage)
    assert told in (["done", "SlotTaken"], ["ReplacementGone", "done"])
    assert hands.rows("SELECT * FROM ledger_health") == []


def test_taken_at_the_moment_the_promise_lapses_it_goes_on_or_ends_but_not_both(hands: Hands) -> None:
    hands.at_once(hands.post("replacements", reason="other"))
    hands.at_once(hands.post("replacement-offers", "firm", begins_on=hands.next_day, worker_ids=hands.others[:1]))
    with hands.city.app_context():
        db.session.execute(sa.text("UPDATE replacement SET until = :now"), {"now": hands.evening})
        db.session.commit()
    told = hands.at_once(hands.post("replacement-answers", worker_id=hands.others[0]),
                         lambda: guarantees.lapse(booking_id=hands.id))
    races.work(hands.city)
    [(state, refund)] = hands.rows(
        "SELECT guarantee.state, refund_fen FROM guarantee JOIN booking ON booking.id = booking_id")
    assert (told[0], state, refund > 0) in (("done", "on_trial", False), ("StepNotPossible", "lapsed", True))
