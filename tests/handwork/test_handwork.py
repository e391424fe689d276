"""Piece-work from the board to the money, over HTTP."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.handwork.lifecycle import JUDGED, TAKE
from qiaojiejie.handwork.models import HandworkTake
from tests.stations.scene import PHONE, Station


class Board(Station):
    """The station's board."""

    def post(self, **changed: Any) -> str:
        """An order of 100 flowers at 0.80 each: its id."""
        return str(self.ask(self.clerk, "/handwork-orders", 201, **{
            "customer": "绢花工艺厂", "title": "绢花牡丹", "description": "五瓣", "pieces": 100, "unit_fen": 80,
            "due_on": (clock.today() + timedelta(days=30)).isoformat(), **changed})["id"])

    def take(self, order: str, pieces: int, who: dict[str, str] | None = None, status: int = 201, **given: Any) -> Any:
        """Pieces somebody takes home."""
        return self.ask(who or self.woman, f"/handwork-orders/{order}/takes", status, pieces=pieces, name="王秀英",
                        **given)

    def answer(self, who: dict[str, str], take: Any, answer: str, status: int = 200, **given: Any) -> Any:
        """What became of them."""
        return self.ask(who, f"/handwork-takes/{take['id']}/answers", status, answer=answer, **given)

    def free(self, order: str) -> int:
        """Pieces nobody took."""
        return int(self.ask(None, f"/handwork-orders/{order}")["free"])


@pytest.fixture()
def board(client: FlaskClient) -> Board:
    """A board."""
    return Board(client)


def test_she_takes_delivers_is_paid_for_the_good_ones_and_says_she_has_it(board: Board, run_jobs: Any) -> None:
    order = board.post()
    taken = board.take(order, 50)
    assert (taken["state"], taken["via"], board.free(order)) == ("taken", "self", 50)
    board.answer(board.clerk, taken, "deliver")
    assert board.answer(board.clerk, taken, "judge", 422, accepted=48)["code"] == "PiecesDoNotFit", "why two are not"
    judged = board.answer(board.clerk, taken, "judge", accepted=48, reason="两朵脱胶")
    assert (judged["pay"]["amount"], judged["pay"]["display"], board.free(order)) == (3840, "¥38.40", 52)
    assert board.answer(board.clerk, taken, "pay", 422)["code"] == "PaymentReferenceMissing"
    board.answer(board.clerk, taken, "pay", reference="20261124-017")
    run_jobs()
    assert board.kinds(board.woman) == ["handwork_paid", "handwork_judged"]
    assert board.answer(board.woman, taken, "receive")["state"] == "received"
    counted = board.ask(None, f"/handwork-orders/statistics?station_id={board.station.id}")
    assert [counted[name]["amount"] for name in ("earned", "paid", "received")] == [3840, 3840, 3840]
    assert (counted["makers"], counted["pieces"]) == (1, 48)


def test_what_she_did_not_receive_is_not_counted_as_paid_until_paid_again(board: Board) -> None:
    taken = board.take(board.post(), 10)
    board.answer(board.clerk, taken, "deliver")
    board.answer(board.clerk, taken, "judge", accepted=10)
    board.answer(board.clerk, taken, "pay", reference="A1")
    board.answer(board.woman, taken, "miss", reason="没有收到转账")
    assert board.ask(None, "/handwork-orders/statistics")["paid"]["amount"] == 0
    board.answer(board.clerk, taken, "pay", reference="A2")
    assert board.ask(None, "/handwork-orders/statistics")["paid"]["amount"] == 800


def test_never_more_is_taken_than_is_left_and_what_comes_back_can_be_taken(board: Board) -> None:
    order = board.post(pieces=60)
    first = board.take(order, 50)
    assert board.take(order, 11, status=409)["params"] == {"left": 10}
    board.answer(board.woman, first, "give_back")
    assert board.free(order) == 60
    board.take(order, 60, board.somebody())


def test_a_clerk_takes_for_who_has_no_phone_app(board: Board) -> None:
    order = board.post()
    assert board.take(order, 5, board.clerk, 422)["code"] == "VisitorUnknown"
    taken = board.take(order, 5, board.clerk, phone=PHONE, consent="到站口头同意")
    assert (taken["via"], taken["phone"]) == ("station", "139****1234")
    shown = board.ask(board.clerk, f"/handwork-orders/{order}/takes")["items"]
    assert [each["id"] for each in shown] == [taken["id"]]
    board.ask(board.stranger, f"/handwork-orders/{order}/takes", 404)


@pytest.mark.parametrize("state", TAKE.states)
def test_each_step_is_one_partys_from_some_states(board: Board, state: str) -> None:
    order = board.post()
    taken = board.take(order, 10)
    row = db.session.get_one(HandworkTake, taken["id"])
    people = [("station", board.clerk), ("maker", board.woman), (None, board.stranger), (None, board.somebody())]
    for step, (party, who) in product(TAKE.steps, people):
        db.session.refresh(row)
        row.state, row.accepted, row.pay_fen = state, *((10, 800) if state in JUDGED else (None, None))
        row.order.free = 90
        db.session.flush()
        hers = party in TAKE.steps[step].parties
        possible = hers and state in TAKE.steps[step].sources
        board.answer(who, taken, step, 404 if party is None else 200 if possible else 409 if hers else 403,
                     accepted=10, reference="A1")
        db.session.expire_all()


def test_an_order_is_over_after_its_day_and_what_was_taken_goes_on(board: Board, sweep: Any) -> None:
    today = clock.today()
    order = board.post(due_on=today.isoformat())
    taken = board.take(order, 5)
    with clock.frozen(clock.midnight(today + timedelta(days=1))):
        assert board.take(order, 5, board.somebody(), 409)["code"] == "HandworkOver"
        sweep("qiaojiejie.handwork.tasks.close")
        assert board.ask(None, f"/handwork-orders/{order}")["state"] == "closed"
        assert board.answer(board.a_clerk(), taken, "deliver")["state"] == "delivered"


@pytest.mark.parametrize("days", [-1, 181])
def test_days_an_order_cannot_be_due_on(board: Board, days: int) -> None:
    due = (clock.today() + timedelta(days=days)).isoformat()
    refused = board.ask(board.clerk, "/handwork-orders", 422, customer="厂", title="花", description="花", pieces=1,
                        unit_fen=1, due_on=due)
    assert refused["code"] == "HandworkDaysDoNotFit"
