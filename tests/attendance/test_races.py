"""Two speak of one day, or one writes and one ends, at once: on a database that really commits."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.attendance import service as attendance
from qiaojiejie.booking import service as booking
from qiaojiejie.calendars import queries as calendar_queries
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import BUFFER, bookable
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import races
from tests.attendance.engagement import DAY, Engagement
from tests.attendance.test_workdays import HOUR
from tests.stripe_sandbox import StripeSandbox

ROUNDS = 6


@pytest.fixture()
def it(city: Flask, stripe_server: StripeSandbox) -> Iterator[Engagement]:
    """An engagement of eight days under way; when the test is over nothing is wrong with its money."""
    with races.at_stripe(city, stripe_server):
        with city.app_context():
            made = Engagement(city.test_client(), stripe_server, lambda: races.work(city), days=ROUNDS + 2)
            db.session.commit()
            made.under_way()
            db.session.rollback()
        yield made
        races.work(city)


class Hands:
    """Everybody's hands on one engagement, each with a connection of its own."""

    def __init__(self, city: Flask, it: Engagement) -> None:
        self.city, self.id, self.headers = city, it.id, {"family": it.family, "nurse": it.nurse, "firm": it.firm}
        self.days = {number: (it.day(number), it.evening(number)) for number in range(1, ROUNDS + 3)}

    def post(self, path: str, who: str, **body: Any) -> Callable[[], str]:
        """A request to be made; the code of its refusal, or ``done``."""
        def step() -> str:
            answer = self.city.test_client().post(f"/api/v1{path}", headers=self.headers[who], json=body)
            assert answer.status_code in (200, 201, 409), answer.json
            return str((answer.json or {}).get("code", "done") if answer.status_code == 409 else "done")
        return step

    def write(self, number: int, who: str = "nurse") -> Callable[[], str]:
        """Write a day down."""
        return self.post(f"/bookings/{self.id}/workdays", who, day=self.days[number][0].isoformat(), minutes=600)

    def say(self, workday: str, answer: str, who: str = "family") -> Callable[[], str]:
        """Say something of a day."""
        return self.post(f"/workdays/{workday}/answers", who, answer=answer, minutes=300, reason="other")

    def written(self, number: int) -> str:
        """A day written down in its evening; its id."""
        assert self.at_once([self.write(number)], self.days[number][1]) == ["done"]
        return str(self.one("SELECT id FROM workday WHERE day = :day", day=self.days[number][0]))

    def at_once(self, steps: list[Callable[[], Any]], at: datetime) -> list[Any]:
        """Steps begun together."""
        return races.at_once(self.city, steps, at)

    def one(self, query: str, **values: date | str) -> Any:
        """One value of the database."""
        with self.city.app_context():
            return db.session.execute(sa.text(query), values).scalar_one()

    def facts(self, workday: str) -> list[str]:
        """What the ledger says of a day."""
        with self.city.app_context():
            return list(db.session.execute(sa.text(
                "SELECT fact FROM ledger_entry WHERE data ->> 'workday' = :id ORDER BY id"), {"id": workday}).scalars())

    def released(self) -> int:
        """How many releases the books have."""
        return int(self.one("SELECT count(*) FROM posting_tx WHERE kind = 'released'"))


@pytest.fixture()
def hands(city: Flask, it: Engagement) -> Hands:
    """Hands on the engagement under way."""
    with city.app_context():
        return Hands(city, it)


def test_agreed_and_contested_at_once_one_of_them_was_first(hands: Hands) -> None:
    for number in range(1, ROUNDS + 1):
        workday = hands.written(number)
        told = hands.at_once([hands.say(workday, "contest"), hands.say(workday, "agree")], hands.days[number][1] + HOUR)
        facts = hands.facts(workday)
        if told == ["StepNotPossible", "done"]:
            assert facts == ["workday.recorded", "workday.agreed"]
        else:  # what was contested may still be agreed to
            assert told == ["done", "done"] and facts == ["workday.recorded", "workday.contested", "workday.agreed"]
        assert hands.released() == number


def test_agreed_withdrawn_and_lapsing_at_once_it_is_settled_once(hands: Hands) -> None:
    agreed = 0
    for number in range(1, ROUNDS + 1):
        workday = hands.written(number)
        told = hands.at_once([
            hands.say(workday, "agree"), hands.say(workday, "withdraw", "nurse"), attendance.agree_due],
            hands.days[number][1] + 48 * HOUR)
        hands.at_once([attendance.agree_due], hands.days[number][1] + 48 * HOUR)
        facts = hands.facts(workday)
        assert len(facts) == 2 and told[2] == "done"
        agreed += facts[1] == "workday.agreed"
        assert sorted(told[:2]).count("done") <= 1 and hands.released() == agreed


def test_a_day_written_down_by_two_at_once_is_written_down_once(hands: Hands) -> None:
    for number in range(1, ROUNDS + 1):
        told = hands.at_once([hands.write(number), hands.write(number, "firm"), hands.write(number)],
                             hands.days[number][1])
        assert sorted(told) == ["DayRecordedAlready", "DayRecordedAlready", "done"]
    assert hands.one("SELECT count(*) FROM workday") == ROUNDS


@pytest.mark.parametrize("turn", range(3))
def test_a_day_written_while_the_family_ends_is_paid_once_or_changes_the_quote(hands: Hands, turn: int) -> None:
    hands.written(1)
    at = hands.days[2][1]
    with hands.city.app_context(), clock.frozen(at):
        quoted = hands.city.test_client().post(f"/api/v1/bookings/{hands.id}/ending-quotes",
                                               headers=hands.headers["family"]).json["refund"]["amount"]
    half = hands.post(f"/bookings/{hands.id}/workdays", "nurse", day=hands.days[2][0].isoformat(), minutes=300)
    end = hands.post(f"/bookings/{hands.id}/endings", "family", expected_refund=quoted, reason="other")
    told = hands.at_once([half, end] if turn else [end, half], at)
    by = dict(zip(("half", "end") if turn else ("end", "half"), told, strict=True))
    assert by["half"] == "done" and by["end"] in ("done", "EndingQuoteChanged")
    refund = hands.one("SELECT refund_fen FROM booking")
    assert refund == (quoted if by["end"] == "done" else 0)
    assert hands.one("SELECT count(*) FROM engagement_ending") == (by["end"] == "done")


def test_family_and_firm_who_end_at_once_end_it_once(hands: Hands, city: Flask) -> None:
    at = hands.days[1][1]
    with city.app_context(), clock.frozen(at):
        quoted = city.test_client().post(f"/api/v1/bookings/{hands.id}/ending-quotes",
                                         headers=hands.headers["family"]).json["refund"]["amount"]
    end = [hands.post(f"/bookings/{hands.id}/endings", who, expected_refund=quoted, reason="other")
           for who in ("family", "firm", "family", "firm")]
    assert sorted(hands.at_once(end, at)) == ["EndedAlready"] * 3 + ["done"]
    races.work(city)
    assert hands.one("SELECT count(*) FROM refund") >= 1
    assert hands.one("SELECT sum(amount_fen)::bigint FROM refund") == quoted


class Awaiting:
    """A package held for a birth thirty days ahead, its deposit paid, and hands on it."""

    def __init__(self, city: Flask, stripe: StripeSandbox) -> None:
        self.city = city
        with city.app_context():
            made = Engagement(city.test_client(), stripe, lambda: races.work(city), starts=30)
            db.session.commit()
            quoted = made.quote(start=None, due_on=clock.local(made.start).date().isoformat())
            made.id = made.post("/bookings", made.family, {"quote_id": quoted.json["id"]}).json["id"]
            made.pay()
            self.no, self.ref, self.start = made.worker.no, made.booking.ref, made.start
            self.others = f"{self.ref}:others"
            self.id, self.headers = made.id, {"family": made.family, "firm": made.firm}
            db.session.rollback()

    def say(self, ahead: int, who: str = "family") -> Callable[[], str]:
        """Say that it begins so many days from the due date."""
        day = clock.local(self.start + ahead * DAY).date().isoformat()

        def step() -> str:
            answer = self.city.test_client().post(f"/api/v1/bookings/{self.id}/beginnings", headers=self.headers[who],
                                                  json={"starts_on": day})
            assert answer.status_code in (200, 409), answer.json
            return str((answer.json or {}).get("code", "")) if answer.status_code == 409 else "done"
        return step

    def wanted(self, ahead: int) -> Callable[[], None]:
        """An hour of two days, the first so many days from the due date, for another family."""
        spans = [(begins, begins + HOUR) for begins in (self.start + ahead * DAY, self.start + (ahead + 1) * DAY)]

        def step() -> None:
            calendars.engage_all(worker_no=self.no, spans=spans, ref=self.others)
        return step

    def at_once(self, *steps: Callable[[], Any]) -> list[Any]:
        """Steps begun together, ten days before the due date."""
        return races.at_once(self.city, list(steps), self.start - 10 * DAY)

    def engaged(self, ref: str) -> list[Any]:
        """Her intervals for something, the ways there and back left out."""
        with self.city.app_context():
            return [(row.during.lower + BUFFER, row.during.upper - BUFFER)
                    for row in calendar_queries.intervals_of(ref)]

    def true(self) -> bool:
        """Whether her days are as her intervals say."""
        with self.city.app_context(), clock.frozen(self.start - 10 * DAY):
            days = bookable(clock.today())
            kept, drawn = calendar_queries.bits([self.no], days), calendar_queries.drawn([self.no], days)
            return bool(kept) and kept == {key: drawn[key] for key in kept}


@pytest.fixture()
def awaiting(city: Flask, stripe_server: StripeSandbox) -> Iterator[Callable[[], Awaiting]]:
    """Makes packages that wait for a birth."""
    with races.at_stripe(city, stripe_server):
        yield lambda: Awaiting(city, stripe_server)
        races.work(city)


def test_a_baby_early_and_another_family_at_once_her_days_are_the_ones_or_the_others(
        awaiting: Callable[[], Awaiting]) -> None:
    for turn in range(4):
        it = awaiting()
        steps = [it.say(-6), it.wanted(-5)]
        told = it.at_once(*(steps if turn % 2 else reversed(steps)))
        said, other = told if turn % 2 else reversed(told)
        assert sorted((said == "done", other == "done")) == [False, True] and other in ("done", "SlotTaken")
        assert said in ("done", "NotFreeToBegin", "SlotTaken")
        assert it.engaged(it.ref)[0][0] == it.start - (6 if said == "done" else 3) * DAY
        assert len(it.engaged(it.others)) == (2 if other == "done" else 0) and it.true()


def test_a_birth_said_while_another_asks_for_the_days_that_fall_free_books_nothing_twice(
        awaiting: Callable[[], Awaiting]) -> None:
    for _ in range(3):
        it = awaiting()
        said, other = it.at_once(it.say(-3), it.wanted(24))
        assert said == "done" and other in ("done", "SlotTaken")
        assert it.engaged(it.ref) == [(it.start - 3 * DAY, it.start + 23 * DAY - 9 * HOUR)] and it.true()
        assert len(it.engaged(it.others)) == (2 if other == "done" else 0)


def test_family_firm_and_silence_that_say_when_it_begins_at_once_say_it_once(
        awaiting: Callable[[], Awaiting]) -> None:
    it = awaiting()
    told = races.at_once(it.city, [it.say(3), it.say(3, "firm"), booking.begin_due], it.start + 3 * DAY - 12 * HOUR)
    assert told[2] == "done" and sorted(told[:2]) in (["NothingToBegin", "NothingToBegin"], ["NothingToBegin", "done"])
    with it.city.app_context():
        assert db.session.execute(sa.text(
            "SELECT count(*) FROM ledger_entry WHERE fact = 'booking.beginning_said' AND subject = :ref"),
            {"ref": it.ref}).scalar_one() == 1
