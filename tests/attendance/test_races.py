"""Two speak of one day, or one writes and one ends, at once: on a database that really commits."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.attendance import service as attendance
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import races
from tests.attendance.engagement import Engagement
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
