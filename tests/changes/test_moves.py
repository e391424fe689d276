"""A visit is moved: at once, for more money, for less; what it never does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests import factories
from tests.coupons import scene
from tests.changes.scene import FOUR, HOUR, THREE, TWO, Mover, with_way
from tests.factories import tomorrow

Sweep = Callable[[str], None]
MINUTE = timedelta(minutes=1)


def test_a_paid_booking_that_is_moved_is_not_paid_for_again(family: Mover) -> None:
    family.confirmed()
    wanted = tomorrow(14, days=5)
    quoted = family.send("reschedule-quotes", start=wanted.isoformat())
    assert (quoted.status_code, quoted.json["difference"]["amount"], quoted.json["total"]["amount"]) == (200, 0, THREE)
    moved = family.move(wanted)
    assert (moved.status_code, moved.json["state"]) == (201, "done"), moved.json
    assert family.start == wanted and family.money() == (THREE, THREE, 0, 0) and family.state() == "confirmed"
    assert family.engaged() == [with_way(wanted, wanted + 3 * HOUR)], "the old time is free again"
    family.run_jobs()
    assert family.send("payment", method="alipay").json["code"] == "StepNotPossible", "nothing is due"
    [intent] = db.session.scalars(sa.text("SELECT intent_id FROM payment WHERE booking_id = :id"),
                                  {"id": family.booking.id}).all()
    assert family.stripe.refunds(intent) == []
    assert family.refunds() == [] and family.notices()[-1] == "booking_rescheduled"
    [told] = family.told("booking.rescheduled")
    assert told["start"] == wanted.isoformat() and told["was"]["start"] == tomorrow(10, days=3).isoformat()


def test_a_shorter_visit_gives_the_difference_back(family: Mover) -> None:
    family.confirmed()
    moved = family.move(tomorrow(11, days=3), 120)
    assert (moved.json["state"], moved.json["difference"]["amount"]) == ("done", TWO - THREE)
    assert family.money() == (TWO, TWO, 0, THREE - TWO)
    assert sum(line["amount"] for line in family.booking.lines) == TWO
    family.run_jobs()
    family.hear()
    [refund] = family.refunds()
    assert (refund["amount"]["amount"], refund["state"], refund["because"]) == (
        THREE - TWO, "succeeded", "booking.rescheduled")
    family.served()
    assert family.state() == "completed" and family.money() == (TWO, TWO, 0, THREE - TWO)


def test_a_longer_visit_holds_the_new_time_beside_the_old_until_its_difference_is_paid(family: Mover) -> None:
    family.confirmed()
    old, wanted = family.start, tomorrow(11, days=3)
    moved = family.move(wanted, 240)
    assert (moved.json["state"], moved.json["difference"]["amount"]) == ("to_pay", FOUR - THREE), moved.json
    assert family.start == old and family.money() == (THREE, THREE, 0, 0), "the old time stands"
    assert family.engaged() == [with_way(old, wanted + 4 * HOUR)], "both are held"
    begun = family.supplement()
    assert (begun.status_code, begun.json["part"], begun.json["amount"]["amount"]) == (201, "supplement", FOUR - THREE)
    assert begun.json["expires_at"] == moved.json["expires_at"]
    family.press()
    family.hear()
    assert family.start == wanted and family.money() == (FOUR, FOUR, 0, 0)
    assert family.engaged() == [with_way(wanted, wanted + 4 * HOUR)]
    [told] = family.told("booking.rescheduled")
    assert (told["total"], told["paid"]) == (FOUR, FOUR - THREE)
    family.served()
    assert family.state() == "completed"


def test_a_difference_that_is_not_paid_leaves_the_old_time(family: Mover, sweep: Sweep) -> None:
    family.confirmed()
    old = family.start
    moved = family.move(old + 48 * HOUR, 240)
    assert len(family.engaged()) == 2
    with clock.frozen(clock.now() + 10 * MINUTE):
        sweep("lapse_changes")
        family.run_jobs()
        assert family.supplement().json["code"] == "NothingToSupplement"
    assert family.start == old and family.engaged() == [with_way(old, old + 3 * HOUR)]
    assert family.notices()[-1] == "change_lapsed" and moved.status_code == 201
    assert family.move(old + 48 * HOUR).json["state"] == "done", "and it can be moved again"


def test_a_payment_that_was_begun_is_first_made_unpayable_at_stripe(family: Mover, sweep: Sweep) -> None:
    family.confirmed()
    old = family.start
    family.move(old + 48 * HOUR, 240)
    assert family.supplement().status_code == 201
    with clock.frozen(clock.now() + 11 * MINUTE):
        sweep("lapse_changes")
        assert len(family.engaged()) == 2, "Stripe was not asked yet"
        sweep("close_overdue_changes")
        family.run_jobs()
        assert family.engaged() == [with_way(old, old + 3 * HOUR)]
    assert not family.stripe.act(family.intent()).ok, "it can't be paid any more"


def test_money_that_comes_when_the_change_is_off_goes_back(family: Mover) -> None:
    family.confirmed()
    old, change = family.start, family.move(family.start + 48 * HOUR, 240)
    assert family.supplement().status_code == 201
    family.press()
    assert family.say(change, "withdrawals", family.headers).json["state"] == "withdrawn"
    family.hear()
    assert family.start == old and family.money() == (THREE, THREE, 0, 0)
    family.hear()
    assert [(each["amount"]["amount"], each["because"]) for each in family.refunds()] == [
        (FOUR - THREE, "payment.overtaken")]


def test_a_booking_that_is_cancelled_drops_its_change(family: Mover) -> None:
    family.confirmed()
    family.move(family.start + 48 * HOUR, 240)
    family.cancel(THREE)
    family.run_jobs()
    family.hear()
    assert family.engaged() == [] and family.told("change.lapsed")
    assert [each["amount"]["amount"] for each in family.refunds()] == [THREE]


def test_after_a_rise_and_a_fall_cancelling_gives_back_what_is_quoted(family: Mover) -> None:
    family.confirmed()
    family.move(tomorrow(10, days=4), 240)
    family.pay_difference()
    assert family.move(tomorrow(10, days=4), 120).json["state"] == "done"
    family.run_jobs()
    family.hear()
    assert family.money() == (TWO, TWO, 0, FOUR - TWO)
    with clock.frozen(tomorrow(10, days=3) - 3 * HOUR):
        quoted = family.send("cancellation-quotes").json
        assert quoted["fee"]["amount"] == TWO * 3 // 10 and quoted["refund"]["amount"] == TWO - TWO * 3 // 10
        family.cancel(quoted["refund"]["amount"])
        family.run_jobs()
    family.hear()
    assert sum(each["amount"]["amount"] for each in family.refunds()) == FOUR - TWO * 3 // 10


def test_rescheduling_never_resets_the_fee_clock(family: Mover) -> None:
    family.confirmed()
    first = family.start
    with clock.frozen(first - 25 * HOUR):
        quoted = family.send("reschedule-quotes", start=(first + 72 * HOUR).isoformat()).json
        assert quoted["fee_clock"] == clock.local(first).isoformat(timespec="seconds")
        assert family.move(first + 72 * HOUR).json["state"] == "done"
        assert family.send("cancellation-quotes").json["fee"]["amount"] == 0, "still free: a day and more was left"
    with clock.frozen(first - 23 * HOUR):
        told = family.send("cancellation-quotes").json
        assert told["fee"]["amount"] == round(THREE * 0.3) and "最早约定" in told["words"]
    for moment in (first - HOUR, first + HOUR, first + 72 * HOUR):
        with clock.frozen(moment):
            assert family.send("cancellation-quotes").json["fee"]["amount"] == THREE // 2
    with clock.frozen(first + 72 * HOUR + MINUTE):
        assert family.send("cancellation-quotes").json["fee"]["amount"] == THREE, "nobody cancels what has begun"
    ends = (first - 24 * HOUR, first - 2 * HOUR, first + 72 * HOUR)
    assert [tier["until"] for tier in quoted["tiers"]] == [clock.local(at).isoformat(timespec="seconds") for at in ends]
    with clock.frozen(first - 23 * HOUR):
        assert family.move(first + 48 * HOUR).status_code == 201
        assert family.booking.fee_clock == first


def test_moving_it_to_an_earlier_time_moves_the_fee_clock_too(family: Mover) -> None:
    family.confirmed()
    first = family.start
    assert family.move(first - 24 * HOUR).status_code == 201
    assert family.move(first + 24 * HOUR).status_code == 201
    with clock.frozen(first - 47 * HOUR):
        assert family.send("cancellation-quotes").json["fee"]["amount"] == round(THREE * 0.3)


def test_a_coupon_takes_off_what_it_took_and_never_more(family: Mover) -> None:
    used = scene.coupon(amount_fen=9000)
    family.confirmed(used.code)
    assert family.money()[0] == THREE - 9000
    assert family.move(tomorrow(10, days=4), 240).json["difference"]["amount"] == FOUR - THREE
    family.pay_difference()
    assert family.money()[0] == FOUR - 9000
    assert family.move(tomorrow(10, days=4), 120).json["total"]["amount"] == TWO - 9000
    family.run_jobs()
    assert scene.counts(used) == (1, 9000)


def test_a_visit_too_cheap_for_its_coupon_lowers_what_the_coupon_takes(family: Mover) -> None:
    used = scene.coupon(amount_fen=9500)
    family.confirmed(used.code)
    moved = family.move(tomorrow(10, days=4), 120)
    assert moved.json["total"]["amount"] == 100 and family.money()[0] == 100
    family.run_jobs()
    assert scene.counts(used) == (1, TWO - 100)
    family.hear()
    family.served()


@pytest.mark.parametrize("change, code", [
    ({"start": tomorrow(10, 15, days=4)}, "StartNotOnHalfHour"), ({"start": tomorrow(6, days=4)}, "OutsideHours"),
    ({"start": tomorrow(10, days=3)}, "NothingChanges"), ({"start": tomorrow(10, days=70)}, "BeyondHorizon"),
    ({"start": tomorrow(10, days=4), "minutes": 30}, "LengthNotPossible"),
    ({"start": tomorrow(10, days=4), "minutes": 45}, "LengthNotPossible")])
def test_a_time_that_can_not_be_is_refused_for_its_reason(family: Mover, change: dict[str, Any], code: str) -> None:
    family.confirmed()
    answer = family.send("reschedule-quotes", **{**change, "start": change["start"].isoformat()})
    assert (answer.status_code, answer.json["code"]) == (409, code)


def test_what_she_is_engaged_for_otherwise_is_taken(family: Mover) -> None:
    family.confirmed()
    start = family.start
    calendars.add_leave(worker_no=family.worker.no, start=start + 4 * HOUR, end=start + 6 * HOUR)
    assert family.move(start + HOUR / 2).status_code == 201, "up to the leave, the way included"
    assert family.move(start + HOUR).json["code"] == "SlotTaken"
    assert family.move(start, 240).json["code"] == "SlotTaken"


def test_two_hours_before_it_begins_it_is_moved_for_the_last_time(family: Mover) -> None:
    family.confirmed()
    first = family.start
    with clock.frozen(first - 2 * HOUR + timedelta(seconds=1)):
        assert family.move(first + 24 * HOUR).json["code"] == "TooLateToMove"
    with clock.frozen(first - 2 * HOUR):
        assert family.move(first + 24 * HOUR).status_code == 201


def test_another_difference_than_was_quoted_moves_nothing(family: Mover) -> None:
    family.confirmed()
    answer = family.send("reschedules", start=tomorrow(10, days=4).isoformat(), minutes=240, expected_difference=0)
    assert (answer.status_code, answer.json["code"], answer.json["params"]["difference"]) == (
        409, "ChangeQuoteChanged", FOUR - THREE)
    assert family.engaged() == [with_way(family.start, family.start + 3 * HOUR)]


def test_one_change_at_a_time(family: Mover) -> None:
    family.confirmed()
    change = family.move(tomorrow(10, days=4), 240)
    assert family.move(tomorrow(10, days=5)).json["code"] == "ChangeOpen"
    assert family.say(change, "withdrawals", family.manager).json["code"] == "NotYourStep"
    assert family.say(change, "withdrawals", family.headers).status_code == 200
    assert family.move(tomorrow(10, days=5)).status_code == 201
    listed = family.client.get(f"/api/v1/bookings/{family.booking.id}/changes?limit=1", headers=family.nurse).json
    assert [each["state"] for each in listed["items"]] == ["done"] and listed["next_cursor"]


def test_a_firm_proposes_another_time_and_the_family_decides(family: Mover, sweep: Sweep) -> None:
    family.confirmed()
    first = family.start
    assert family.send("reschedule-quotes", family.manager, start=(first + 24 * HOUR).isoformat(),
                       minutes=240).json["code"] == "OtherLengthByFirm"
    asked = family.move(first + 24 * HOUR, who=family.manager)
    family.run_jobs()
    assert asked.json["state"] == "asked" and family.notices()[-1] == "change_asked" and len(family.engaged()) == 2
    assert family.say(asked, "refusals", family.nurse).json["code"] == "NotYourStep"
    assert family.say(asked, "refusals", family.headers).json["state"] == "refused"
    assert family.start == first and len(family.engaged()) == 1
    asked = family.move(first + 24 * HOUR, who=family.manager)
    answer = family.say(asked, "agreements", family.headers, expected_difference=0)
    assert answer.json["state"] == "done" and family.start == first + 24 * HOUR
    with clock.frozen(first - HOUR):
        assert family.send("cancellation-quotes").json["fee"]["amount"] == 0, "it was the firm's wish"
        asked = family.move(first + 72 * HOUR, who=family.manager)
    with clock.frozen(first + 22 * HOUR):
        assert family.say(asked, "agreements", family.headers, expected_difference=0).json["code"] == "ChangeExpired"
        sweep("lapse_changes")
    assert len(family.engaged()) == 1


def test_a_proposal_ends_with_the_notice_she_needs(family: Mover) -> None:
    calendars.set_terms(worker_no=family.worker.no, terms=Terms(notice_minutes=24 * 60))
    first = family.confirmed().start
    with clock.frozen(first - 40 * HOUR):
        asked = family.move(first - 2 * HOUR, who=family.manager)
        assert asked.json["expires_at"] == clock.local(first - 26 * HOUR).isoformat(), asked.json
        assert family.say(asked, "withdrawals", family.manager).status_code == 200
    with clock.frozen(first - 24 * HOUR):
        assert family.move(first - 2 * HOUR).json["code"] == "TooLittleNotice"


def test_strangers_learn_nothing_of_a_change(family: Mover) -> None:
    family.confirmed()
    change = family.move(tomorrow(10, days=4), 240)
    other = factories.headers(factories.member(factories.Role.HOUSEHOLD))
    for what in ("agreements", "refusals", "withdrawals"):
        body = {"expected_difference": 0} if what == "agreements" else {}
        assert family.say(change, what, other, **body).json["code"] == "ChangeNotFound"
    assert family.send("reschedule-quotes", other, start=tomorrow(10, days=4).isoformat()).status_code == 404
