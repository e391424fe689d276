"""Numbers at the desk, over HTTP."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.desk.lifecycle import TICKET
from qiaojiejie.desk.models import DeskTicket
from tests import factories
from tests.stations.scene import PHONE, Station


class Desk(Station):
    """The station's desk."""

    def draw(self, who: dict[str, str] | None = None, subject: str = "elderly_care", status: int = 201,
             **given: Any) -> Any:
        """A number; the clerk draws for who walks in."""
        return self.ask(who or self.clerk, f"{self.path}/tickets", status, subject=subject, **given)

    def call(self, status: int = 200, window: int = 1, **given: Any) -> Any:
        """The next number."""
        return self.ask(self.clerk, f"{self.path}/calls", status, window=window, **given)

    def answer(self, who: dict[str, str], ticket: Any, answer: str, status: int = 200, **given: Any) -> Any:
        """An answer to a number."""
        return self.ask(who, f"/tickets/{ticket['id']}/answers", status, answer=answer, **given)


@pytest.fixture()
def desk(client: FlaskClient) -> Desk:
    """A desk."""
    return Desk(client)


def test_numbers_are_called_in_order_and_the_board_says_where(desk: Desk) -> None:
    drawn = [desk.draw() for _ in range(3)]
    assert [each["number"] for each in drawn] == [1, 2, 3]
    mine = desk.draw(desk.woman, "employment")
    assert desk.ask(desk.woman, f"/tickets/{mine['id']}")["before"] == 3
    assert [desk.call(window=window)["number"] for window in (1, 2)] == [1, 2]
    board = desk.ask(None, f"{desk.path}/queue")
    assert (board["waiting"], sorted((each["number"], each["window"]) for each in board["called"])) == (
        2, [(1, 1), (2, 2)])
    assert desk.ask(desk.woman, f"/tickets/{mine['id']}")["before"] == 1
    assert desk.call(subjects=["employment"], window=3)["number"] == 4, "a window for one subject takes its own"
    assert desk.call()["number"] == 3
    assert desk.call(409)["code"] == "NobodyWaiting"


def test_who_is_called_is_told_and_who_does_not_come_can_be_called_again(desk: Desk, run_jobs: Any) -> None:
    mine = desk.draw(desk.woman)
    desk.call()
    run_jobs()
    assert desk.kinds(desk.woman) == ["desk_called"]
    assert desk.answer(desk.clerk, mine, "miss")["state"] == "absent"
    again = desk.answer(desk.clerk, mine, "call", window=2)
    assert (again["state"], again["window"]) == ("called", 2)
    assert desk.answer(desk.clerk, mine, "serve")["state"] == "served"


def test_somebody_holds_one_number_at_a_station_at_a_time(desk: Desk) -> None:
    first = desk.draw(desk.woman)
    assert desk.draw(desk.woman, status=409)["params"] == {"number": 1}
    desk.answer(desk.woman, first, "leave")
    assert desk.draw(desk.woman)["number"] == 2, "and the refused one left no hole"
    walked_in = desk.draw(phone=PHONE)
    assert desk.draw(phone=PHONE, status=409)["code"] == "TicketHeld"
    assert walked_in["number"] == 3
    assert [each["number"] for each in desk.ask(desk.woman, "/me/tickets")["items"]] == [2, 1]


def test_numbers_begin_again_at_midnight_in_shanghai_and_yesterdays_end(desk: Desk, sweep: Any) -> None:
    tonight = clock.midnight(clock.today() + timedelta(days=1))
    with clock.frozen(tonight - timedelta(seconds=1)):
        late = desk.draw(desk.a_clerk())
    with clock.frozen(tonight + timedelta(seconds=1)):
        clerk = desk.a_clerk()
        assert desk.draw(clerk)["number"] == 1
        assert late["number"] == 1 and late["day"] != clock.today().isoformat()
        sweep("qiaojiejie.desk.tasks.end_day")
        assert desk.ask(clerk, f"/tickets/{late['id']}")["ticket"]["state"] == "left"
        assert desk.ask(None, f"{desk.path}/queue")["waiting"] == 1


@pytest.mark.parametrize("state", TICKET.states)
def test_each_step_is_one_partys_from_some_states(desk: Desk, state: str) -> None:
    made = desk.draw(desk.woman)
    row = db.session.get_one(DeskTicket, made["id"])
    people = [("station", desk.clerk), ("visitor", desk.woman), (None, desk.stranger), (None, desk.somebody())]
    for step, (party, who) in product(TICKET.steps, people):
        db.session.refresh(row)
        row.state = state
        db.session.flush()
        hers = party in TICKET.steps[step].parties
        possible = hers and state in TICKET.steps[step].sources
        desk.answer(who, made, step, 404 if party is None else 200 if possible else 409 if hers else 403)


def test_waits_are_counted_by_subject(desk: Desk) -> None:
    at = clock.midnight(clock.today() + timedelta(days=1)) + timedelta(hours=9)
    waits = {"elderly_care": (60, 120, 600), "employment": (300,)}
    for subject, seconds in waits.items():
        for wait in seconds:
            with clock.frozen(at):
                drawn = desk.draw(desk.a_clerk(), subject)
            with clock.frozen(at + timedelta(seconds=wait)):
                clerk = desk.a_clerk()
                desk.ask(clerk, f"{desk.path}/calls", window=1)
                desk.answer(clerk, drawn, "serve")
    with clock.frozen(at + timedelta(hours=1)):
        shown = desk.ask(None, f"{desk.path}/desk-statistics")
    assert (shown["drawn"], shown["served"], shown["absent"], shown["left"]) == (4, 4, 0, 0)
    assert [(each["subject"], each["waited_median"], each["waited_p90"]) for each in shown["subjects"]] == [
        ("elderly_care", 120, 600), ("employment", 300, 300)]


def test_another_stations_clerk_neither_sees_nor_calls(desk: Desk) -> None:
    desk.draw()
    desk.ask(desk.stranger, f"{desk.path}/calls", 404, window=1)
    desk.ask(desk.stranger, f"{desk.path}/tickets", 404)
    assert len(desk.ask(desk.clerk, f"{desk.path}/tickets?state=waiting")["items"]) == 1
    desk.ask(factories.headers(factories.manager_of(factories.firm())), f"{desk.path}/tickets", 403, subject="other")
