"""A family on trial asks for another worker: who goes on, from when, what is paid, and when the promise is broken."""

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import service as calendar_service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories
from tests.attendance.engagement import DAY
from tests.attendance.test_workdays import HOUR, SECOND, completed, kept, refused
from tests.guarantees.conftest import Guard

Sweep = Callable[[str], None]


def test_it_begins_with_the_engagement_and_says_until_when_she_is_on_trial(guard: Guard) -> None:
    it = guard()
    found = it.guarantee()
    assert (found["state"], found["trial_days"], found["replacement_days"]) == ("on_trial", 3, 3)
    assert found["trial_until"] == it.day(3).isoformat() and found["replacement"] is None


def test_a_visit_has_none(guard: Guard) -> None:
    it = guard()
    visit = factories.booking("held", it.household, start=factories.tomorrow(days=40))
    answer = it.client.post(f"/api/v1/bookings/{visit.id}/replacements", headers=it.family, json={"reason": "other"})
    assert refused(answer) == (404, "GuaranteeNotFound")


def test_another_goes_on_and_as_many_days_are_worked_as_were_agreed(guard: Guard) -> None:
    it = guard()
    first, second = it.worker, it.colleague()
    prices = [price for _, price in it.planned()]
    total = it.booking.total_fen
    it.work(1)
    it.work(2)
    it.replaced(2, 5, second)  # nobody on the third and the fourth
    assert it.booking.worker_id == second.id and it.booking.state == "under_way"
    assert it.planned() == list(zip((1, 2, 5, 6, 7, 8), prices, strict=True))
    assert it.engaged() == [(second.no, it.day(5), it.day(8))]
    assert it.guarantee()["trial_until"] == it.day(7).isoformat() and it.guarantee()["state"] == "on_trial"
    for number in (5, 6, 7, 8):
        it.work_as(number, second)
    assert completed(it) == kept(total, total, 6000)
    who = db.session.execute(sa.text("SELECT worker_id, count(*) FROM workday GROUP BY 1")).all()
    assert dict(map(tuple, who)) == {first.id: 2, second.id: 4}
    assert it.notices(first.account_id).count("booking_completed") == 0
    assert "booking_completed" in it.notices(second.account_id)


def test_her_days_ahead_are_free_the_moment_she_does_not_suit(guard: Guard) -> None:
    it = guard()
    it.work(1)
    with clock.frozen(it.evening(1)):
        assert it.seek().json["days_left"] == 5
        assert calendars.free(it.worker.no, it.start + DAY, it.start + DAY + 3 * HOUR) != []
        assert it.planned() == [(1, it.planned()[0][1])]
        assert it.guarantee()["replacement"]["until"] == clock.local(it.evening(1) + 3 * DAY).isoformat()
    it.run_jobs()
    assert "replacement_due" in it.notices(db.session.execute(sa.text(
        "SELECT account_id FROM membership WHERE org_id = :firm"), {"firm": it.worker.firm_id}).scalars().first())


def test_each_of_three_is_on_trial_anew_and_the_third_is_kept(guard: Guard, sweep: Sweep) -> None:
    it = guard(days=8)
    first, second, third = it.worker, it.colleague(), it.colleague()
    it.work(1)
    it.replaced(1, 2, second)
    it.work_as(2, second)
    it.work_as(3, second)
    with clock.frozen(it.evening(4)):
        assert it.guarantee()["trial_until"] == it.day(4).isoformat()
        assert it.seek().status_code == 201
        assert it.fitting(it.day(6)) == [str(third.id)]  # not who worked in it before
        assert refused(it.offer(it.day(6), first)) == (409, "NotAReplacement")
        assert it.offer(it.day(6), third).status_code == 201
        assert it.take(third).json["trial_until"] == it.day(8).isoformat()
    with clock.frozen(it.evening(8)):
        sweep("keep_tried")
        it.run_jobs()
        assert it.guarantee()["state"] == "on_trial"
    with clock.frozen(clock.midnight(it.day(9))):
        sweep("keep_tried")
        it.run_jobs()
        assert it.guarantee()["state"] == "kept"
        assert refused(it.seek()) == (409, "StepNotPossible")
    assert [number for number, _ in it.planned()] == [1, 2, 3, 4, 6, 7, 8, 9]


def test_once_the_trial_is_over_the_family_has_to_end_it_but_the_firm_may_still_ask(
        guard: Guard, world: sa.Connection) -> None:
    it = guard(days=8)
    second = it.colleague()
    with clock.frozen(clock.midnight(it.day(4)) - SECOND):
        with world.begin_nested() as undo:
            assert it.seek().status_code == 201
            undo.rollback()
    db.session.expire_all()
    with clock.frozen(clock.midnight(it.day(4))):
        assert refused(it.seek()) == (409, "TrialOver")
        assert refused(it.seek(it.firm, "unsuited")) == (409, "ReasonNotYours")
        assert it.seek(it.firm, "worker_ill").status_code == 201
        assert it.offer(it.day(5), second).status_code == 201 and it.take(second).status_code == 200
    assert it.guarantee()["state"] == "on_trial" and it.guarantee()["trial_until"] == it.day(7).isoformat()


def test_when_nobody_is_taken_in_time_it_ends_and_what_was_not_worked_goes_back(guard: Guard, sweep: Sweep,
                                                                                world: sa.Connection) -> None:
    world.execute(sa.text("UPDATE engagement_terms SET early_permille = 500"))
    it = guard()
    total, hers = it.booking.total_fen, it.planned()[0][1]
    it.work(1)
    with clock.frozen(it.evening(1)):
        it.seek()
    for moment, state in ((it.evening(1) + 3 * DAY - SECOND, "replacing"), (it.evening(1) + 3 * DAY, "lapsed")):
        with clock.frozen(moment):
            sweep("lapse_broken")
            it.run_jobs()
            assert it.guarantee()["state"] == state
    assert it.booking.state == "served" and it.booking.refund_fen == total - hers
    it.run_jobs()
    it.hear()
    assert completed(it) == kept(hers, total, 6000)
    assert "replacement_lapsed" in it.notices()


def test_a_family_that_takes_nobody_pays_only_the_days_worked_and_no_fee(guard: Guard, world: sa.Connection) -> None:
    world.execute(sa.text("UPDATE engagement_terms SET early_permille = 500"))
    it = guard()
    total, prices = it.booking.total_fen, [price for _, price in it.planned()]
    it.work(1)
    with clock.frozen(it.evening(2)):
        it.seek()
        assert it.take(None).json["state"] == "refused"
    assert it.booking.state == "under_way"  # the second day may still be written down
    assert it.booking.refund_fen == total - prices[0] - prices[1]
    it.work(2)
    assert it.booking.state == "served"
    it.hear()
    assert completed(it) == kept(prices[0] + prices[1], total, 6000)


def test_while_another_is_looked_for_ending_it_costs_nothing_and_nothing_is_finished(
        guard: Guard, sweep: Sweep, world: sa.Connection) -> None:
    world.execute(sa.text("UPDATE engagement_terms SET early_permille = 500"))
    it = guard()
    total, hers = it.booking.total_fen, it.planned()[0][1]
    with clock.frozen(it.evening(1)):
        it.seek()
    it.work(1)
    assert it.booking.state == "under_way"  # every day that has a date is settled, but five wait
    quoted = it.end_quote(2).json
    assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (0, total - hers)
    assert it.end(2, total - hers).status_code == 200
    it.run_jobs()
    assert it.guarantee()["state"] == "ended"
    it.hear()
    assert completed(it) == kept(hers, total, 6000)


def test_each_writes_down_her_own_days_and_the_firm_any(guard: Guard) -> None:
    it = guard()
    first, second = it.nurse, it.colleague()
    it.replaced(2, 3, second)
    hers = it.hands_of(second)
    assert refused(it.write_down(2, who=hers)) == (409, "NotHerDay")
    assert refused(it.write_down(3, who=first)) == (409, "NotHerDay")
    mine = it.write_down(2, who=first, at=it.evening(3))  # she has 72 hours, though she is gone
    assert mine.status_code == 201 and mine.json["worker_id"] == str(it.worker.id)
    assert it.write_down(3, who=hers).status_code == 201
    assert it.write_down(1, who=it.firm, at=it.evening(3)).json["worker_id"] == str(it.worker.id)
    assert it.write_down(4, who=it.firm).json["worker_id"] == str(second.id)
    workday = mine.json["id"]
    assert it.answer(workday, "amend", hers, it.evening(3), minutes=300).status_code == 404
    assert it.answer(workday, "amend", first, it.evening(3), minutes=300).json["half"] is True

    def listed(who: dict[str, str]) -> list[int]:
        rows = it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=who).json["items"]
        return [(date.fromisoformat(row["day"]) - it.day(1)).days + 1 for row in rows]

    assert (listed(first), listed(hers), listed(it.family)) == ([1, 2], [3, 4, 5, 6], [1, 2, 3, 4, 5, 6])
    stranger = factories.headers(factories.member(factories.Role.WORKER))
    assert it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=stranger).status_code == 404


def test_each_sees_the_wages_of_her_own_days_and_together_they_are_the_wage(guard: Guard) -> None:
    it = guard(days=5)
    second = it.colleague()
    it.work(1)
    it.work(2, 300)
    it.replaced(2, 3, second)
    for number in (3, 4, 5):
        it.work_as(number, second)
    completed(it)
    earned = {}
    for who in (it.nurse, it.hands_of(second)):
        wages = it.client.get("/api/v1/me/wages", headers=who).json
        [one] = wages["items"]
        assert sum(month["earned"]["amount"] for month in wages["months"]) == one["earned"]["amount"]
        earned[len(earned)] = one["earned"]["amount"]
    assert earned[0] + earned[1] == 225_000 and abs(earned[0] - 75_000) <= 1


def test_one_who_is_engaged_meanwhile_is_dropped_and_the_others_remain(guard: Guard) -> None:
    it = guard()
    second, third = it.colleague(), it.colleague()
    with clock.frozen(it.evening(1)):
        it.seek()
        assert it.offer(it.day(2), second, third).status_code == 201
        begins = it.start + 4 * DAY
        calendar_service.engage(worker_no=second.no, during=Range(begins, begins + HOUR), ref="test:other")
        assert refused(it.take(second)) == (409, "ReplacementGone")
        assert it.booking.worker_id == it.worker.id
        assert refused(it.take(second)) == (409, "ReplacementNotOffered")
        assert it.take(third).json["state"] == "on_trial"


def test_she_begins_within_the_days_promised_and_not_in_the_past(guard: Guard) -> None:
    it = guard(days=8)
    second = it.colleague()
    with clock.frozen(it.evening(1)):
        it.seek()
        for wrong in (1, 5):
            assert refused(it.offer(it.day(wrong), second)) == (409, "BeginsTooLate")
        assert it.offer(it.day(2), second).status_code == 201
    with clock.frozen(it.evening(2)):
        assert refused(it.take(second)) == (409, "TooLate")
        assert it.offer(it.day(4), second).status_code == 201
        assert it.take(second).status_code == 200


def test_on_the_last_day_nothing_is_left_and_before_the_first_it_is_too_early(guard: Guard) -> None:
    it = guard(days=2)
    with clock.frozen(it.evening(2)):
        assert refused(it.seek()) == (409, "NothingLeft")
    with clock.frozen(clock.midnight(it.day(1)) - SECOND):
        assert refused(it.seek()) == (409, "TooEarly")


def test_strangers_and_the_worker_may_not(guard: Guard) -> None:
    it = guard()
    family = factories.headers(factories.member(factories.Role.HOUSEHOLD))
    assert it.seek(family, "other").status_code == 404
    assert it.seek(it.nurse, "other").status_code == 403
    with clock.frozen(it.evening(1)):
        it.seek()
        assert it.take(it.colleague()).status_code == 409
        assert refused(it.seek()) == (409, "StepNotPossible")
