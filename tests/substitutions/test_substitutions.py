"""Another worker of the firm comes instead: who is offered, who is taken, what becomes of it when nobody is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import service as calendar_service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests import factories
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox
from tests.substitutions.scene import Scene

Sweep = Callable[[str], None]
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")


def engaged(it: Scene, worker: Any, start: Any = None) -> None:
    """Somebody else has her at the hour of the booking."""
    begins = start or it.start
    calendar_service.engage(worker_no=worker.no, during=Range(begins, begins + HOUR), ref=f"test:{worker.no}")


def test_only_who_may_do_it_there_and_is_free_then_is_offered(it: Scene, world: sa.Connection) -> None:
    good = it.colleague()
    busy, on_way = it.colleague(), it.colleague()
    engaged(it, busy)
    engaged(it, on_way, it.start + timedelta(hours=3, minutes=30))  # half an hour after: the ways of both do not fit
    just = it.colleague()
    engaged(it, just, it.start + 4 * HOUR)
    it.colleague(insured_until=clock.today())
    it.colleague(insured_class=0)
    it.colleague(identity_verified_on=None)
    it.colleague(services={"organising": 5000})
    it.colleague(barred=True)
    it.colleague(listed=False, identity_verified_on=None)
    calendar_service.set_hours(worker_no=it.colleague().no, hours=[(day, 720, 1200) for day in range(1, 8)])
    factories.working(factories.worker(services={"cleaning": 4000}))  # of another firm
    assert set(it.fitting()) == {str(good.id), str(just.id)}
    assert it.fitting(it.family) == it.fitting()
    world.execute(sa.text("UPDATE address SET region_code = '321311' WHERE id = :id"), {"id": it.booking.address_id})
    there = it.colleague(district="321311")
    assert it.fitting() == [str(there.id)]  # the firm does not serve it, but she lives there


def test_they_are_ranked_by_grade_then_by_how_often_she_was_there_then_by_score(it: Scene) -> None:
    known, better, best, last = (it.colleague(score=score, grade=grade) for score, grade in (
        (700, "B"), (740, "B"), (800, "A"), (690, "B")))
    factories.booking("completed", it.household, known, start=it.start - timedelta(days=5))
    assert it.fitting() == [str(each.id) for each in (best, known, better, last)]


def test_the_same_few_queries_find_them_however_many_there_are(it: Scene, world: sa.Connection) -> None:
    seen = list[str]()

    def count(*args: Any) -> None:
        seen.append(args[2])

    sa.event.listen(world, "before_cursor_execute", count)
    numbers = []
    for more in (1, 12):
        for _ in range(more):
            it.colleague()
        db.session.expire_all()
        seen.clear()
        assert len(it.fitting()) in (1, 13)
        numbers.append(len(seen))
    sa.event.remove(world, "before_cursor_execute", count)
    assert numbers[0] == numbers[1]


def test_the_family_takes_one_and_everybody_knows(it: Scene) -> None:
    first, second, other = it.first, it.colleague(), it.colleague("赵玉梅")
    before, total = it.booking.door_code.reveal(), it.booking.total_fen
    made = it.offer(second, other)
    assert made.status_code == 201 and [each["worker_called"] for each in made.json["candidates"]] == ["李阿姨", "赵阿姨"]
    assert it.notices(it.household.account_id)[-1] == "substitute_proposed"
    taken = it.answer(made.json["id"], second)
    assert (taken.status_code, taken.json["state"], taken.json["taken_id"]) == (200, "taken", str(second.id))
    booking = it.booking
    assert (booking.worker_id, booking.state, booking.total_fen) == (second.id, "confirmed", total)
    held = calendars.interval_of(booking.ref)
    assert held is not None and held.worker_no == second.no
    assert calendars.free(first.no, booking.start, booking.end) == [(booking.start, booking.end)]
    assert booking.door_code.reveal() != before or booking.door_tries == 0
    assert it.notices(first.account_id) == ["booking_taken_over"]
    assert it.notices(second.account_id) == ["booking_substituted"]
    assert it.notices(it.household.account_id)[-1] == "booking_substituted"
    assert it.facts()[-3:] == ["substitution.offered", "booking.substituted", "substitution.taken"]
    hers = factories.headers(db.session.get_one(Account, first.account_id))
    assert it.client.get(f"/api/v1/bookings/{it.id}/contact", headers=hers).status_code == 404
    assert it.client.get(f"/api/v1/bookings/{it.id}/contact", headers=it.family).json["name"] == "李阿姨"
    assert refused(it.answer(made.json["id"], other)) == (409, "StepNotPossible")


def test_taking_nobody_costs_nothing_and_counts_as_the_firms_declining(it: Scene) -> None:
    it.start = it.booking.start
    with clock.frozen(it.start - 3 * HOUR):  # a cancellation would cost something now
        made = it.offer(it.colleague())
        assert it.ask(f"/bookings/{it.id}/cancellation-quotes", it.family).json["fee"]["amount"] == 0
        answer = it.answer(made.json["id"], None)
    assert answer.json["state"] == "refused"
    booking = it.booking
    assert (booking.state, booking.refund_fen, booking.closed_by) == ("declined", booking.total_fen, "household")
    assert calendars.interval_of(booking.ref) is None
    data = db.session.execute(sa.text("SELECT data FROM ledger_entry WHERE fact = 'booking.declined'")).scalar_one()
    assert (data["by"], data["fee"], data["refund"], data["reason"]) == ("household", 0, 13800, "worker_ill")
    assert data["notice_minutes"] == 180


def test_without_an_answer_the_booking_is_declined_and_refunded(it: Scene, sweep: Sweep) -> None:
    with clock.frozen(it.start - 10 * HOUR):
        made = it.offer(it.colleague()).json
    assert made["until"] == clock.local(it.start - 2 * HOUR).isoformat()
    for moment, state in ((it.start - 2 * HOUR - SECOND, "confirmed"), (it.start - 2 * HOUR, "declined")):
        with clock.frozen(moment):
            sweep("substitutions.tasks.lapse_unanswered")
            it.run_jobs()
        assert it.booking.state == state
    assert it.booking.refund_fen == it.booking.total_fen and it.booking.closed_by == "system"
    assert it.facts()[-2:] == ["substitution.lapsed", "booking.declined"]


def test_when_the_visit_is_moved_earlier_it_is_answered_before_that(it: Scene, sweep: Sweep) -> None:
    def moved(start: datetime) -> str:
        answer = it.ask(f"/bookings/{it.id}/reschedules", it.family, start=start.isoformat(), expected_difference=0)
        assert answer.status_code == 201, answer.json
        it.run_jobs()
        it.run_jobs()
        found = it.client.get(f"/api/v1/bookings/{it.id}/substitutions", headers=it.family).json["items"][0]
        return str(found["until"])

    with clock.frozen(it.start - 6 * HOUR):
        made = it.offer(it.colleague()).json
        assert moved(it.start + HOUR) == made["until"], "later: it is answered when it was to be"
        assert moved(it.start - HOUR) == clock.local(it.start - 3 * HOUR).isoformat()
        assert it.notices(it.household.account_id).count("substitute_proposed") == 2
    with clock.frozen(it.start - 7 * HOUR / 2):
        until = clock.local(it.start - 3 * HOUR)
        assert moved(it.start - 2 * HOUR) == until.isoformat(), "half an hour is left at the least"
    with clock.frozen(until):
        sweep("substitutions.tasks.lapse_unanswered")
        it.run_jobs()
    assert it.booking.state == "declined" and it.facts()[-2:] == ["substitution.lapsed", "booking.declined"]


def test_withdrawn_she_comes_after_all_and_cancelling_costs_what_it_did(it: Scene, sweep: Sweep) -> None:
    with clock.frozen(it.start - 10 * HOUR):
        made = it.offer(it.colleague()).json
        assert it.ask(f"/substitutions/{made['id']}/withdrawals", it.firm).json["state"] == "withdrawn"
        assert it.ask(f"/bookings/{it.id}/cancellation-quotes", it.family).json["fee"]["amount"] > 0
    with clock.frozen(it.start - HOUR):
        sweep("substitutions.tasks.lapse_unanswered")
        it.run_jobs()
    assert it.booking.state == "confirmed" and it.booking.worker_id == it.first.id
    assert it.notices(it.household.account_id)[-1] == "substitute_withdrawn"


def test_who_left_or_is_barred_does_not_come_after_all(it: Scene, world: sa.Connection) -> None:
    made = it.offer(it.colleague()).json
    world.execute(sa.text("UPDATE worker SET barred = true WHERE id = :id"), {"id": it.first.id})
    assert refused(it.ask(f"/substitutions/{made['id']}/withdrawals", it.firm)) == (409, "StillNeeded")


def test_one_who_is_engaged_meanwhile_is_dropped_and_the_others_remain(it: Scene) -> None:
    second, third = it.colleague(), it.colleague()
    made = it.offer(second, third).json
    engaged(it, second)
    assert refused(it.answer(made["id"], second)) == (409, "SubstituteGone")
    assert it.booking.worker_id == it.first.id
    assert refused(it.answer(made["id"], second)) == (409, "SubstituteNotOffered")
    fourth, fifth = it.colleague(), it.colleague()
    more = it.ask(f"/substitutions/{made['id']}/candidates", it.firm, worker_ids=[str(fourth.id), str(fifth.id)])
    assert more.status_code == 201
    assert [each["dropped_at"] is None for each in more.json["candidates"]] == [False, True, True, True]
    assert refused(it.ask(f"/substitutions/{made['id']}/candidates", it.firm, worker_ids=[str(it.colleague().id)])) == (
        409, "TooManySubstitutes")
    assert it.answer(made["id"], fourth).json["state"] == "taken" and it.booking.worker_id == fourth.id


def test_nobody_is_offered_who_does_not_fit_and_nothing_twice(it: Scene) -> None:
    second = it.colleague()
    elsewhere = factories.worker_with_account()
    for wrong in (elsewhere, it.first, it.colleague(insured_class=0)):
        assert refused(it.offer(second, wrong)) == (409, "NotASubstitute")
    assert it.offer(second).status_code == 201
    assert refused(it.offer(second)) == (409, "SubstitutionOpen")


@pytest.mark.parametrize("state", ["held", "under_way", "served", "cancelled"])
def test_only_of_a_confirmed_booking(it: Scene, world: sa.Connection, state: str) -> None:
    world.execute(sa.text("UPDATE booking SET state = :state WHERE id = :id"), {"state": state, "id": it.id})
    assert refused(it.offer(it.colleague())) == (409, "StepNotPossible")
    assert it.client.get(f"/api/v1/bookings/{it.id}/substitutes", headers=it.firm).status_code == 409


def test_not_once_it_should_have_begun(it: Scene) -> None:
    with clock.frozen(it.start + SECOND):
        assert refused(it.offer(it.colleague())) == (409, "TooLate")


def test_a_booking_the_family_cancels_asks_nobody_any_more(it: Scene) -> None:
    made = it.offer(it.colleague()).json
    it.ask(f"/bookings/{it.id}/cancellations", it.family, expected_refund=it.booking.total_fen)
    it.run_jobs()
    listed = it.client.get(f"/api/v1/bookings/{it.id}/substitutions", headers=it.family).json["items"]
    assert [(each["id"], each["state"]) for each in listed] == [(made["id"], "closed")]


def test_strangers_find_nothing(it: Scene) -> None:
    made = it.offer(it.colleague()).json
    family = factories.headers(db.session.get_one(Account, factories.household().account_id))
    firm = factories.headers(factories.manager_of(factories.firm()))
    assert it.ask(f"/substitutions/{made['id']}/answers", family, worker_id=None).status_code == 404
    assert it.ask(f"/substitutions/{made['id']}/withdrawals", firm).status_code == 404
    assert it.client.get(f"/api/v1/bookings/{it.id}/substitutes", headers=firm).status_code == 404
    assert it.client.get(f"/api/v1/bookings/{it.id}/substitutions", headers=family).status_code == 404


def test_a_worker_who_leaves_with_bookings_ahead_leaves_them_to_her_firm(it: Scene) -> None:
    manager = factories.manager_of(it.firm_row)
    by = Actor(manager.id, manager.id, Role.FIRM_MANAGER, it.firm_row.id)
    workers.leave(worker=it.first, actor=by, left_on=clock.today(), reason="other")
    db.session.flush()
    needed = it.client.get("/api/v1/substitutes-needed", headers=it.firm).json["items"]
    assert [each["id"] for each in needed] == [str(it.id)]
    assert it.notices(manager.id) == ["substitutes_needed"]
    made = it.offer(second := it.colleague(), reason="worker_left")
    assert it.answer(made.json["id"], second).status_code == 200
    assert it.client.get("/api/v1/substitutes-needed", headers=it.firm).json["items"] == []
    other = factories.headers(factories.manager_of(factories.firm()))
    assert it.client.get("/api/v1/substitutes-needed", headers=other).json["items"] == []


def test_who_lives_in_is_replaced_before_she_begins_if_somebody_is_free_for_all_of_it(
        client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int]) -> None:
    family = Guarded(client, stripe_sandbox, run_jobs, days=10)
    other, busy = family.colleague(), family.colleague()
    family.book()
    family.pay_all()
    busy_on = family.start + timedelta(days=9)
    calendar_service.engage(worker_no=busy.no, during=Range(busy_on, busy_on + HOUR), ref="test:other")
    found = client.get(f"/api/v1/bookings/{family.id}/substitutes", headers=family.firm).json["items"]
    assert [each["worker"]["id"] for each in found] == [str(other.id)]
    made = family.of_booking("substitutions", family.firm, reason="worker_left", worker_ids=[str(other.id)]).json
    taken = client.post(f"/api/v1/substitutions/{made['id']}/answers", headers=family.family,
                        json={"worker_id": str(other.id)})
    assert taken.json["state"] == "taken" and family.engaged() == [(other.no, family.day(1), family.day(10))]


def test_another_time_that_was_asked_of_the_first_is_off_once_somebody_else_comes(it: Scene) -> None:
    second = it.colleague()
    asked = {"start": (it.start + 48 * HOUR).isoformat(), "expected_difference": 0}
    assert it.ask(f"/bookings/{it.id}/reschedules", it.firm, **asked).json["state"] == "asked"
    assert it.answer(it.offer(second).json["id"], second).status_code == 200
    it.run_jobs()
    assert it.facts()[-1] == "change.lapsed"
    assert calendars.next_taken(it.first.no, it.start, it.start + 72 * HOUR) is None, "the first is free again"
    assert it.ask(f"/bookings/{it.id}/reschedules", it.firm, **asked).json["state"] == "asked", "and it is asked anew"
