"""A live-in worker is replaced in the trial and again, and the third is kept; another family's firm finds nobody."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.calendars import queries as calendars
from qiaojiejie.core import clock
from tests.attendance.conftest import days_balance  # noqa: F401
from tests.attendance.engagement import DAY
from tests.attendance.test_workdays import HOUR, completed, kept
from tests.family import books_balance  # noqa: F401
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox

Sweep = Callable[[str], None]
#: 5,200 yuan a month: 200 a day for eight days, 15 % for the firm, 2 % for the platform, 2 yuan of insurance
TOTAL, DAILY, PLATFORM = 187_400, 23_425, 3_200


@pytest.fixture()
def it(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
       books_balance: None, days_balance: None) -> Guarded:  # noqa: F811
    """Eight days of live-in help that have begun."""
    made = Guarded(client, stripe_sandbox, run_jobs, days=8, service="live_in_help", price=520_000)
    made.under_way()
    run_jobs()
    assert (made.booking.total_fen, made.booking.schedule[0]["amount"]) == (TOTAL, DAILY)
    return made


def earned(it: Guarded, headers: dict[str, str]) -> int:
    """What a worker's own list of wages says of it, in fen."""
    answer = it.client.get("/api/v1/me/wages", headers=headers)
    return sum(int(each["earned"]["amount"]) for each in answer.json["items"])


def test_replaced_in_the_trial_and_again_the_third_is_kept(it: Guarded, sweep: Sweep) -> None:
    first, second, third = it.worker, it.colleague(price=480_000), it.colleague(price=600_000)
    it.work(1)
    with clock.frozen(it.evening(1)):
        assert it.seek(reason="unsuited").json["days_left"] == 7
        assert set(it.fitting(it.day(3))) == {str(second.id), str(third.id)}
        assert it.offer(it.day(3), second, third).status_code == 201
        taken = it.take(second).json
    assert (taken["worker_called"], taken["trial_until"]) == ("李阿姨", it.day(5).isoformat())
    assert it.booking.total_fen == TOTAL, "whoever comes, at the price agreed"
    for number in (3, 4):
        it.work_as(number, second)
    with clock.frozen(it.evening(4) + HOUR):
        assert it.seek(reason="unskilled").json["days_left"] == 5
        assert it.offer(it.day(6), third).status_code == 201
        assert it.take(third).json["trial_until"] == it.day(8).isoformat()
        assert calendars.free(second.no, it.start + 5 * DAY, it.start + 5 * DAY + 2 * HOUR) != []
    for number in range(6, 9):
        it.work_as(number, third)
    with clock.frozen(clock.midnight(it.day(9))):
        sweep("keep_tried")
        it.run_jobs()
        assert it.guarantee()["state"] == "kept"
    for number in (9, 10):
        it.work_as(number, third)
    assert [number for number, _ in it.planned()] == [1, 3, 4, 6, 7, 8, 9, 10]
    assert completed(it) == kept(TOTAL, TOTAL, PLATFORM)
    assert [earned(it, it.hands_of(each)) for each in (first, second, third)] == [20_000, 40_000, 100_000]
    listed = it.client.get(f"/api/v1/bookings/{it.id}/replacements", headers=it.family).json["items"]
    assert [(each["reason"], each["taken_id"]) for each in listed] == [
        ("unskilled", str(third.id)), ("unsuited", str(second.id))]
    assert it.guarantee()["state"] == "ended"


def test_a_promise_nobody_keeps_ends_it_and_all_that_was_not_worked_goes_back(
        it: Guarded, sweep: Sweep, world: sa.Connection) -> None:
    world.execute(sa.text("UPDATE booking SET plan = plan || '{\"early_permille\": 1000}'"))  # ending early is dear
    it.work(1)
    it.work(2, 300)  # half a day
    with clock.frozen(it.evening(2)):
        it.seek()
    with clock.frozen(it.evening(2) + 3 * DAY):
        sweep("lapse_broken")
        it.run_jobs()
    hers = DAILY + (DAILY + 1) // 2
    assert (it.guarantee()["state"], it.booking.state, it.booking.refund_fen) == ("lapsed", "served", TOTAL - hers)
    it.hear()
    assert sum(fen for _, _, fen in it.given_back()) == TOTAL - hers == 152_262
    assert completed(it) == kept(hers, TOTAL, PLATFORM)
    assert earned(it, it.nurse) == 30_000
