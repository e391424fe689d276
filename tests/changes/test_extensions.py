"""A running visit goes on longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from tests.changes.scene import FOUR, HOUR, THREE, Mover, with_way

Sweep = Callable[[str], None]


@pytest.fixture()
def running(family: Mover) -> Mover:
    """A visit under way."""
    family.confirmed()
    family.under_way()
    return family


@pytest.mark.parametrize("asks", ["household", "worker"])
def test_both_agree_the_difference_is_paid_and_she_stays(running: Mover, asks: str) -> None:
    start = running.start
    who, other = (running.headers, running.nurse) if asks == "household" else (running.nurse, running.headers)
    with clock.frozen(start + 2 * HOUR):
        asked = running.ask("extension", who, minutes=60)
        running.run_jobs()
        assert (asked.status_code, asked.json["state"], asked.json["difference"]["amount"]) == (
            201, "asked", FOUR - THREE), asked.json
        assert running.engaged() == [with_way(start, start + 4 * HOUR)], "held while it is asked"
        assert running.say(asked, "agreements", who, expected_difference=FOUR - THREE).json["code"] == "NotYourStep"
        agreed = running.say(asked, "agreements", other, expected_difference=FOUR - THREE)
        assert agreed.json["state"] == "to_pay", agreed.json
        running.run_jobs()
        assert "change_to_pay" in running.notices()
        running.pay_difference()
        assert running.booking.end == start + 4 * HOUR and running.money() == (FOUR, FOUR, 0, 0)
        assert running.engaged() == [with_way(start, start + 4 * HOUR)] and running.state() == "under_way"
    with clock.frozen(start + 4 * HOUR):
        assert running.send("check-outs", running.nurse).status_code == 200
        assert running.send("confirmations").status_code == 200
        running.run_jobs()
    assert running.state() == "completed"


def test_unpaid_the_visit_ends_as_agreed(running: Mover, sweep: Sweep) -> None:
    start = running.start
    with clock.frozen(start + 2 * HOUR):
        asked = running.ask("extension", running.headers, minutes=60)
        running.say(asked, "agreements", running.nurse, expected_difference=FOUR - THREE)
    with clock.frozen(start + 2 * HOUR + timedelta(minutes=10)):
        sweep("lapse_changes")
        running.run_jobs()
    assert running.booking.end == start + 3 * HOUR and running.engaged() == [with_way(start, start + 3 * HOUR)]
    assert running.money() == (THREE, THREE, 0, 0) and running.notices()[-1] == "change_lapsed"


def test_she_who_is_engaged_next_says_until_when_she_can_stay(running: Mover) -> None:
    start = running.start
    calendars.add_leave(worker_no=running.worker.no, start=start + 4 * HOUR, end=start + 6 * HOUR)
    with clock.frozen(start + HOUR):
        refused = running.send("extension-quotes", minutes=60)
        assert (refused.status_code, refused.json["code"]) == (409, "EngagedNext")
        assert refused.json["params"]["until"] == clock.local(start + 3.5 * HOUR).isoformat(timespec="minutes")
        assert running.ask("extension", running.headers, minutes=30).status_code == 201


def test_who_has_gone_is_not_asked_for_more(running: Mover, sweep: Sweep) -> None:
    start = running.start
    with clock.frozen(start + 2 * HOUR):
        asked = running.ask("extension", running.headers, minutes=60)
        running.say(asked, "agreements", running.nurse, expected_difference=FOUR - THREE)
        assert running.supplement().status_code == 201
        running.press()
        assert running.send("check-outs", running.nurse).status_code == 200
        running.hear()
        running.hear()
    assert running.money() == (THREE, THREE, 0, 0) and running.state() == "served"
    assert [each["because"] for each in running.refunds()] == ["payment.overtaken"]


@pytest.mark.parametrize("minutes, code", [(15, "Invalid"), (45, "LengthNotPossible"), (270, "Invalid")])
def test_half_hours_only_and_four_at_most(running: Mover, minutes: int, code: str) -> None:
    with clock.frozen(running.start + HOUR):
        assert running.send("extension-quotes", minutes=minutes).json["code"] == code


def test_only_what_runs_is_extended(family: Mover) -> None:
    family.confirmed()
    assert family.send("extension-quotes", minutes=60).json["code"] == "StepNotPossible"
    family.under_way()
    assert family.move(family.start + 24 * HOUR).json["code"] == "StepNotPossible"
    with clock.frozen(family.booking.end + timedelta(seconds=1)):
        assert family.send("extension-quotes", minutes=60).json["code"] == "TooLate"


def test_a_refusal_costs_nothing(running: Mover) -> None:
    start = running.start
    with clock.frozen(start + HOUR):
        asked = running.ask("extension", running.nurse, minutes=60)
        assert running.say(asked, "refusals", running.headers).json["state"] == "refused"
        assert running.engaged() == [with_way(start, start + 3 * HOUR)]
        again = running.ask("extension", running.nurse, minutes=60)
        assert running.say(again, "withdrawals", running.headers).json["code"] == "NotYourStep"
        assert running.say(again, "withdrawals", running.nurse).json["state"] == "withdrawn"
