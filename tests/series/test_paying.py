"""Visits of a series are paid one by one: the first at once, each other shortly before it."""

from collections.abc import Callable

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.core import clock
from tests.series.scene import DAY, HOUR, PRICE, SECOND, Weekly

Family = Callable[..., Weekly]
Sweep = Callable[[str], None]


def test_the_series_stands_once_its_first_visit_is_paid(family: Family) -> None:
    it = family(count=3).standing()
    assert it.states() == ["confirmed", "held", "held"]
    assert it.notices().count("series_confirmed") == 1
    assert it.notices(it.worker.account_id).count("series_confirmed") == 1


def test_unless_the_first_is_paid_in_ten_minutes_all_are_let_go(family: Family, sweep: Sweep) -> None:
    it = family(count=4).make()
    with clock.frozen(clock.now() + HOUR / 6 + SECOND):
        sweep("expire_holds")
        it.run_jobs()
        assert it.states() == ["expired"] * 4 and it.engaged() == [] and it.series.state == "let_go"
        it.run_jobs()
    assert it.notices().count("series_let_go") == 1
    assert "series_visit_expired" not in it.notices()


def test_what_no_job_settled_a_sweep_does(family: Family, sweep: Sweep, world: object) -> None:
    it = family(count=3).make()
    assert it.post(f"/bookings/{it.series.first_id}/cancellations", {"expected_refund": 0}).status_code == 200
    sweep("settle_series")
    assert it.states() == ["cancelled", "expired", "expired"] and it.series.state == "let_go" and it.engaged() == []
    it.run_jobs()


def test_a_visit_is_paid_from_72_hours_before_it(family: Family) -> None:
    it = family(count=3).standing()
    booking = it.booking(2)
    early = it.post(f"/bookings/{booking.id}/payment", {"method": "alipay"})
    assert (early.status_code, early.json["code"]) == (409, "TooEarly")
    assert it.get(f"/bookings/{booking.id}").json["due"]["payable_from"] == clock.local(
        it.at(2) - 3 * DAY).isoformat(timespec="seconds")
    with clock.frozen(it.at(2) - 3 * DAY):
        it.pay(booking.id)
    assert it.states() == ["confirmed", "confirmed", "held"] and it.booking(2).paid_fen == PRICE


def test_the_family_is_reminded_72_and_36_hours_before_and_not_of_what_is_paid(family: Family, sweep: Sweep) -> None:
    it = family(count=3).standing()
    for hours, told in ((80, 0), (71, 1), (70, 1), (35, 2), (30, 2)):
        with clock.frozen(it.at(2) - hours * HOUR):
            sweep("remind_of_visits")
        assert it.notices().count("series_visit_due") == told, hours
    with clock.frozen(it.at(3) - 3 * DAY):
        it.pay(it.booking(3).id)
    with clock.frozen(it.at(3) - 71 * HOUR):
        sweep("remind_of_visits")
    assert it.notices().count("series_visit_due") == 2


def test_where_the_firm_is_asked_the_series_stands_once_it_accepts(family: Family, sweep: Sweep) -> None:
    it = family(count=3)
    it.window(120)
    first = it.make().series.first_id
    it.pay(first)
    sweep("settle_series")
    assert it.series.state == "held" and it.states() == ["asked", "held", "held"], "nothing is let go"
    assert it.post(f"/bookings/{first}/acceptances", who=it.firm).status_code == 200
    it.run_jobs()
    assert it.series.state == "confirmed" and it.states() == ["confirmed", "held", "held"]


def test_where_the_firm_does_not_answer_all_are_let_go(family: Family, sweep: Sweep) -> None:
    it = family(count=3)
    it.window(120)
    it.pay(it.make().series.first_id)
    with clock.frozen(clock.now() + 2 * HOUR + SECOND):
        sweep("booking.tasks.lapse_unanswered")
        it.run_jobs()
    assert it.series.state == "let_go" and it.states() == ["declined", "expired", "expired"] and it.engaged() == []


def test_a_firm_that_is_asked_has_its_time_for_each_visit_though_she_needs_more_notice(family: Family) -> None:
    it = family(count=3)
    calendars.set_terms(worker_no=it.worker.no, terms=Terms(notice_minutes=2 * 24 * 60))
    it.window(120)
    with clock.frozen(it.start - 2 * DAY - HOUR / 3):
        late = it.ask()
        assert (late.json["code"], late.json["params"]["minutes"]) == ("TooLittleNotice", 2 * 24 * 60 + 30)
    first = it.make().series.first_id
    it.pay(first)
    assert it.post(f"/bookings/{first}/acceptances", who=it.firm).status_code == 200
    it.run_jobs()
    with clock.frozen(it.at(2) - 30 * HOUR):
        it.pay(it.booking(2).id)
        assert it.booking(2).answer_by == clock.now() + 2 * HOUR
        assert it.post(f"/bookings/{it.booking(2).id}/acceptances", who=it.firm).status_code == 200


def test_what_is_not_paid_a_day_before_is_let_go_alone(family: Family, sweep: Sweep) -> None:
    it = family(count=4).standing()
    with clock.frozen(it.at(2) - DAY + SECOND):
        sweep("expire_holds")
        it.run_jobs()
        late = it.post(f"/bookings/{it.booking(2).id}/payment", {"method": "alipay"})
        assert late.json["code"] == "StepNotPossible"
    assert it.states() == ["confirmed", "expired", "held", "held"] and len(it.engaged()) == 3
    assert it.notices().count("series_visit_expired") == 1 and "booking_expired" not in it.notices()
    with clock.frozen(it.at(2) - 20 * HOUR):
        assert it.edit("restorations", day=it.said(2)).status_code == 201
        it.pay(it.booking(2).id)
    assert it.states() == ["confirmed", "confirmed", "held", "held"]


def test_a_payment_begun_in_time_and_never_finished_lets_the_visit_go(family: Family, sweep: Sweep) -> None:
    it = family(count=3).standing()
    booking = it.booking(2).id
    with clock.frozen(it.at(2) - 2 * DAY):
        assert it.post(f"/bookings/{booking}/payment", {"method": "alipay"}).status_code == 201
    with clock.frozen(it.at(2) - DAY + SECOND):
        sweep("expire_holds")
        assert it.states()[1] == "held"  # only payments may
        sweep("close_overdue")
        it.run_jobs()
    assert it.states() == ["confirmed", "expired", "held"] and it.at(2) not in it.engaged()
