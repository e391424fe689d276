"""An engagement ended early: refunded exactly as quoted, to the fen, whoever ends it and whenever."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.calendars import queries as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, Engagement
from tests.attendance.test_workdays import HOUR, PRICES, SECOND, TOTAL, completed, contested, kept, refused, states

Sweep = Callable[[str], None]


def dear(world: sa.Connection, permille: int = 100) -> None:
    """From now on it costs something to end an engagement early, and none is on trial."""
    world.execute(sa.text("UPDATE engagement_terms SET early_permille = :permille, trial_days = 0"), {
        "permille": permille})


def worked(engage: Engage, upto: int, days: int = 3) -> Engagement:
    """An engagement of which so many days were worked and agreed to."""
    it = engage(days=days).under_way()
    for number in range(1, upto + 1):
        it.work(number)
    return it


@pytest.mark.parametrize("permille", [0, 100])
@pytest.mark.parametrize("party", ["household", "firm"])
@pytest.mark.parametrize("upto", [1, 2])
def test_ended_after_so_many_days_what_was_quoted_goes_back_to_the_fen(
        engage: Engage, world: sa.Connection, upto: int, party: str, permille: int) -> None:
    dear(world, permille)
    it = worked(engage, upto)
    who = it.family if party == "household" else it.firm
    hers = sum(PRICES[:upto])
    fee = round((TOTAL - hers) * permille / 1000 + 1e-9) if party == "household" else 0
    quoted = it.end_quote(upto, who).json
    assert (quoted["days"], quoted["kept"]["amount"], quoted["open_days"], quoted["open"]["amount"]) == (
        upto, hers, 0, 0)
    assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (fee, TOTAL - hers - fee)
    for wrong in (TOTAL - hers - fee + 1, TOTAL - hers - fee - 1, 0):
        answer = it.end(upto, wrong, who)
        assert refused(answer) == (409, "EndingQuoteChanged")
        assert (answer.json["params"]["refund"], answer.json["params"]["fee"]) == (TOTAL - hers - fee, fee)
    ended = it.end(upto, TOTAL - hers - fee, who)
    assert (ended.status_code, ended.json["state"]) == (200, "served")
    it.run_jobs()
    it.hear()
    assert sum(fen for _, _, fen in it.given_back()) == TOTAL - hers - fee
    assert {"booking_ended_early"} <= set(it.notices()) & set(it.notices(it.worker.account_id))
    assert completed(it) == kept(hers + fee)


def test_ended_on_the_first_day_before_it_was_written_down_that_day_is_held_until_it_is(engage: Engage) -> None:
    it = worked(engage, 0)
    quoted = it.end_quote(1).json
    assert (quoted["days"], quoted["open_days"], quoted["open"]["amount"]) == (0, 1, PRICES[0])
    assert quoted["refund"]["amount"] == TOTAL - PRICES[0]
    assert it.end(1, TOTAL - PRICES[0]).json["state"] == "under_way"
    it.work(1)
    it.run_jobs()
    assert completed(it) == kept(PRICES[0])


def test_ended_before_her_first_day_everything_goes_back(engage: Engage, world: sa.Connection) -> None:
    it = engage(days=3)
    it.start = factories.tomorrow(0, 30, days=10)
    it.book()
    it.pay_all()
    with clock.frozen(it.start - 40 * timedelta(minutes=1)):  # she is early, the evening before
        assert it.post(f"/bookings/{it.id}/check-ins", it.nurse, {
            "door_code": it.booking.door_code.reveal()}).status_code == 200
        assert it.post(f"/bookings/{it.id}/ending-quotes", it.family).json["refund"]["amount"] == TOTAL
        ended = it.post(f"/bookings/{it.id}/endings", it.family, {"expected_refund": TOTAL, "reason": "other"})
        assert ended.json["state"] == "served" and calendars.interval_of(it.booking.ref) is None
    it.run_jobs()
    it.hear()
    assert completed(it) == {}


def test_a_day_written_between_quote_and_ending_changes_the_quote(engage: Engage) -> None:
    it = worked(engage, 1)
    quoted = it.end_quote(2).json["refund"]["amount"]
    assert quoted == PRICES[2]  # the second day may still be written down
    it.write_down(2, 480)
    answer = it.end(2, quoted)
    assert refused(answer) == (409, "EndingQuoteChanged")
    assert answer.json["params"]["refund"] == quoted + 29_283 and "878.50" in answer.json["title"]
    assert it.booking.refund_fen == 0 and it.end(2, quoted + 29_283).status_code == 200


def test_a_quote_holds_until_the_moment_it_says_and_no_longer(engage: Engage) -> None:
    it = worked(engage, 1, days=5)

    def quoted(number: int) -> dict[str, object]:
        found = it.end_quote(number).json
        refund, until = found["refund"]["amount"], datetime.fromisoformat(found["good_until"])
        for moment, same in ((until - SECOND, True), (until, False)):
            with clock.frozen(moment):
                later = it.post(f"/bookings/{it.id}/ending-quotes", it.family).json["refund"]["amount"]
            assert (later == refund) is same
        return {"refund": refund, "until": until}

    assert quoted(1)["until"] == clock.midnight(it.day(2))  # then another day may be written down
    it.write_down(5)
    it.write_down(4)
    assert quoted(5)["until"] == clock.midnight(it.day(3)) + 72 * HOUR  # then day 2 can't be any more
    it.write_down(3)
    it.write_down(2)
    assert it.end_quote(5).json["good_until"] is None


def test_a_fee_is_of_the_days_given_up_not_of_those_she_did_not_come(engage: Engage, world: sa.Connection) -> None:
    dear(world)
    it = engage(days=8, price=50_000).under_way()
    price = [each["amount"] for each in it.booking.schedule]
    it.work(6)
    it.answer(it.write_down(5).json["id"], "withdraw", it.nurse, it.evening(5))
    quoted = it.end_quote(6).json  # days 1 and 2 are closed, 3 and 4 open, 5 struck out, 7 and 8 given up
    assert quoted["fee"]["amount"] == round((price[6] + price[7]) / 10)
    assert quoted["open_days"] == 2 and quoted["kept"]["amount"] == price[5]
    assert sum(quoted[part]["amount"] for part in ("kept", "open", "fee", "refund")) == it.booking.total_fen


def test_a_family_that_was_let_down_pays_no_fee(engage: Engage, world: sa.Connection) -> None:
    dear(world)
    it = worked(engage, 1)
    world.execute(sa.text("UPDATE worker SET barred = true WHERE id = :id"), {"id": it.worker.id})
    assert it.end_quote(1).json["fee"]["amount"] == 0
    assert it.end(1, TOTAL - PRICES[0]).status_code == 200


def test_a_day_she_worked_may_still_be_written_down_for_72_hours_after_the_ending(engage: Engage, sweep: Sweep) -> None:
    it = worked(engage, 1, days=5)
    price = [each["amount"] for each in it.booking.schedule]
    it.end(3, it.booking.total_fen - sum(price[:3]))
    assert refused(it.write_down(4)) == (409, "DayNotPlanned")
    assert it.write_down(2, at=clock.midnight(it.day(3)) + 72 * HOUR - SECOND).status_code == 201
    with clock.frozen(clock.midnight(it.day(4)) + 72 * HOUR):
        sweep("agree_in_silence")
        sweep("finish_engagements")
        assert it.booking.state == "under_way"  # the second day is not agreed to yet
    with clock.frozen(clock.midnight(it.day(3)) + 120 * HOUR - SECOND):
        sweep("agree_in_silence")
        it.run_jobs()
    assert states(it) == ["agreed", "agreed"] and it.booking.state == "served"
    it.hear()
    assert it.booking.refund_fen == it.booking.total_fen - sum(price[:2])
    assert completed(it) == kept(sum(price[:2]), it.booking.total_fen, 5000)


def test_half_a_day_cannot_become_a_whole_one_once_its_other_half_went_back(engage: Engage) -> None:
    it = worked(engage, 0)
    workday = it.write_down(1, 300).json["id"]
    refund = it.end_quote(1).json["refund"]["amount"]
    assert refund == TOTAL - 29_284 and it.end(1, refund).status_code == 200
    assert refused(it.answer(workday, "amend", it.nurse, it.evening(1) + 3 * HOUR, minutes=600)) == (
        409, "EndedAlready")
    assert it.answer(workday, "amend", it.nurse, it.evening(1) + 3 * HOUR, minutes=480).json["half"] is True
    it.answer(workday, "agree", at=it.evening(2))
    it.run_jobs()
    it.hear()
    assert completed(it) == kept(29_284)


def test_a_contested_day_keeps_an_ended_engagement_open_until_a_mediator_decides(engage: Engage, sweep: Sweep) -> None:
    it = worked(engage, 1)
    workday = contested(it, 2)
    assert it.end_quote(2).json["refund"]["amount"] == PRICES[2]
    assert it.end(2, PRICES[2]).json["state"] == "under_way"
    with clock.frozen(it.evening(3) + 20 * DAY):
        sweep("finish_engagements")
        assert it.booking.state == "under_way"
        it.answer(workday, "strike", it.mediator, clock.now())
    it.run_jobs()
    it.hear()
    assert it.booking.refund_fen == TOTAL - PRICES[0] and completed(it) == kept(PRICES[0])


def test_her_time_is_free_at_once_and_what_she_worked_stays_hers(engage: Engage) -> None:
    it = worked(engage, 1)
    it.end(1, TOTAL - PRICES[0])
    held = calendars.interval_of(it.booking.ref)
    assert held is not None and held.during.upper == it.evening(1) + timedelta(hours=2, minutes=30)
    with clock.frozen(it.evening(1) + 2 * HOUR):
        assert it.quote(start=(it.start + DAY).isoformat()).status_code == 201


def test_an_engagement_is_ended_once_by_its_household_or_firm_while_it_is_under_way(engage: Engage) -> None:
    it = engage(days=3)
    it.book()
    it.pay_all()
    assert refused(it.end_quote(1)) == refused(it.end(1, 0)) == (409, "NotUnderWay")
    it.arrive()
    assert it.end_quote(1, it.nurse).status_code == it.end(1, 0, it.nurse).status_code == 403
    refund = it.end_quote(1).json["refund"]["amount"]
    who = {**it.family, "Idempotency-Key": "end-1"}
    first, again = it.end(1, refund, who), it.end(1, refund, who)
    assert first.status_code == again.status_code == 200 and first.json == again.json
    assert refused(it.end_quote(1)) == refused(it.end(1, refund, it.firm)) == (409, "EndedAlready")
    it.run_jobs()
    assert [fen for _, _, fen in it.given_back()] == [refund]
    assert db.session.execute(sa.text("SELECT party FROM engagement_ending")).scalars().all() == ["household"]


def test_after_every_day_is_settled_there_is_nothing_left_to_end(engage: Engage) -> None:
    it = worked(engage, 3)
    assert refused(it.end_quote(3)) == (409, "NotUnderWay") and it.booking.state == "served"
