"""Engagements of some hours a day: by day, by night, by her hours or those asked for; trials; what may overlap."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import rules as calendar_rules
from qiaojiejie.calendars import service as calendars_service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers.models import WorkerService
from tests import factories
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, Engagement

Sweep = Callable[[str], None]
HOUR = timedelta(hours=1)
MONTH = 520_000


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")


def by_night(engage: Engage, days: int = 3, starts: int = 10) -> Engagement:
    """Somebody sits with a patient at night, from eight to eight."""
    it = engage(service="patient_care_shift", price=20_000, days=days, starts=starts)
    it.start += 11 * HOUR
    return it


def by_month(engage: Engage, days: int = 26) -> Engagement:
    """She comes by the day, eight to eight on every weekday unless it is said."""
    return engage(service="elder_care", price=MONTH, days=days)


def work(it: Engagement) -> list[tuple[datetime, datetime]]:
    """What is engaged for it, the ways there and back left out."""
    return [(row.during.lower + calendar_rules.BUFFER, row.during.upper - calendar_rules.BUFFER)
            for row in calendars.intervals_of(it.booking.ref) if row.during.lower and row.during.upper]


def bits_are_true(it: Engagement) -> bool:
    """Whether those of her days that are kept, from today on, are as her hours and intervals say."""
    days = calendar_rules.bookable(clock.today())
    kept, drawn = calendars.bits([it.worker.no], days), calendars.drawn([it.worker.no], days)
    return bool(kept) and kept == {key: drawn[key] for key in kept}


def nights(it: Engagement, count: int) -> list[tuple[datetime, datetime]]:
    """So many nights from its start."""
    return [(it.start + n * DAY, it.start + n * DAY + 12 * HOUR) for n in range(count)]


def test_a_night_takes_its_nights_and_nothing_of_the_days_between(engage: Engage) -> None:
    it = by_night(engage)
    quoted = it.quote(shift="night").json
    assert quoted["engagement"]["words"] == "夜班 20:00 至次日 08:00"
    assert quoted["engagement"]["half_minutes"] == 360, "half a day is said before it is booked"
    assert [(each["hours"][0]["start"], each["hours"][0]["end"]) for each in quoted["schedule"]] == [
        (clock.local(start).isoformat(), clock.local(end).isoformat()) for start, end in nights(it, 3)]
    assert book(it, shift="night")["end"] == clock.local(it.start + 2 * DAY + 12 * HOUR).isoformat()
    assert work(it) == nights(it, 3) and bits_are_true(it)


def book(it: Engagement, **asked: Any) -> Any:
    """Quote and hold what is asked for."""
    quoted = it.quote(**asked)
    assert quoted.status_code == 201, quoted.json
    held = it.post("/bookings", it.family, {"quote_id": quoted.json["id"]})
    assert held.status_code == 201, held.json
    it.id = held.json["id"]
    return held.json


@pytest.mark.parametrize("shift, hour, wage", [("day", 8, 60_000), ("night", 20, 66_000), ("whole", 8, 96_000)])
def test_each_shift_has_its_price_and_the_days_add_up(engage: Engage, shift: str, hour: int, wage: int) -> None:
    it = by_night(engage)
    quote = it.quote(shift=shift, start=factories.tomorrow(hour, days=10).isoformat()).json
    assert quote["lines"][0]["amount"]["amount"] == wage
    assert quote["total"]["amount"] == round(wage * 1.17) + 200
    assert sum(each["amount"]["amount"] for each in quote["schedule"]) == quote["total"]["amount"]


def test_whole_days_end_to_end_are_one_interval(engage: Engage) -> None:
    it = by_night(engage)
    it.start = factories.tomorrow(8, days=10)
    book(it, shift="whole")
    assert work(it) == [(it.start, it.start + 3 * DAY)] and bits_are_true(it)


def test_a_shift_is_chosen_and_begun_with_and_only_where_there_are_shifts(engage: Engage) -> None:
    it = by_night(engage)
    none = it.quote()
    assert refused(none) == (409, "ShiftNotOffered") and none.json["params"]["choices"] == "day, night, whole"
    assert refused(it.quote(shift="day")) == (409, "ShiftBegins")
    assert refused(it.quote(shift="night", daily={"from": "09:00", "until": "12:00"})) == (409, "NotOfThisService")
    nurse = engage()
    assert refused(nurse.quote(shift="night")) == (409, "ShiftNotOffered")
    assert it.quote(days=None, minutes=240, shift="night").status_code == 422


def test_two_families_have_the_same_worker_by_day_and_by_night(engage: Engage) -> None:
    night = by_night(engage, days=26)
    db.session.add(WorkerService(worker_id=night.worker.id, service_code="elder_care", price_fen=MONTH))
    db.session.flush()
    day = by_month(engage)
    day.worker, day.start = night.worker, factories.tomorrow(9, days=10)
    book(night, shift="night")
    assert refused(day.quote(start=factories.tomorrow(8, days=10).isoformat())) == (409, "SlotTaken")  # no way between
    book(day, daily={"from": "09:00", "until": "18:00"})
    assert len(work(day)) == len(work(night)) == 26 and bits_are_true(day)
    assert work(day)[1] == (day.start + DAY, day.start + DAY + 9 * HOUR)
    assert refused(day.quote(daily={"from": "09:00", "until": "12:00"})) == (409, "SlotTaken")


def test_who_comes_by_the_day_is_engaged_at_her_hours_on_her_days(engage: Engage) -> None:
    it = by_month(engage, days=6)
    first = clock.local(it.start).isoweekday()
    off = first % 7 + 1
    calendars_service.set_hours(worker_no=it.worker.no, hours=[
        hours for weekday in range(1, 8) if weekday != off for hours in ((weekday, 480, 720), (weekday, 840, 1080))])
    book(it)
    taken = work(it)
    assert taken[0] == (it.start, it.start + 3 * HOUR)  # of the first day what is left of it
    assert taken[1] == (it.start + 5 * HOUR, it.start + 9 * HOUR)
    assert taken[2] == (it.start + 2 * DAY - HOUR, it.start + 2 * DAY + 3 * HOUR)
    assert len(taken) == 12 and bits_are_true(it)
    hours = [[(row["start"], row["end"]) for row in each["hours"]] for each in it.booking.schedule]
    assert hours[1] == taken[2:4]


def test_hours_that_touch_with_the_way_between_them_are_one_interval(engage: Engage) -> None:
    it = by_month(engage, days=2)
    calendars_service.set_hours(worker_no=it.worker.no, hours=[
        hours for weekday in range(1, 8) for hours in ((weekday, 480, 720), (weekday, 750, 1080))])
    book(it)
    assert work(it) == [(it.start, it.start + 9 * HOUR), (it.start + DAY - HOUR, it.start + DAY + 9 * HOUR)]


@pytest.mark.parametrize("daily", [("07:00", "12:00"), ("09:00", "20:30")])
def test_hours_asked_for_lie_within_hers(engage: Engage, daily: tuple[str, str]) -> None:
    it = by_month(engage)
    assert refused(it.quote(daily=dict(zip(("from", "until"), daily, strict=True)))) == (409, "OutsideHours")
    assert it.quote(daily={"from": "12:00", "until": "09:00"}).status_code == 422
    assert refused(it.quote(daily={"from": "10:00", "until": "12:00"})) == (409, "OutsideHours")  # it starts at nine


def test_a_live_in_contract_takes_all_of_it(engage: Engage) -> None:
    it = engage(service="live_in_help", price=MONTH, days=26)
    book(it)
    assert work(it) == [(it.start, clock.midnight(clock.local(it.start).date() + 26 * DAY))]
    assert it.booking.schedule[3]["hours"] == []


@pytest.mark.parametrize("days, wage", [(26, MONTH), (13, MONTH // 2), (10, 200_000), (27, 540_000), (1, 20_000)])
def test_part_of_a_month_costs_a_26th_a_day(engage: Engage, days: int, wage: int) -> None:
    quote = by_month(engage).quote(days=days).json
    assert quote["lines"][0]["amount"]["amount"] == wage
    assert sum(each["amount"]["amount"] for each in quote["schedule"]) == quote["total"]["amount"]


def test_a_night_at_the_end_of_a_month_belongs_to_the_day_it_begins_on(engage: Engage) -> None:
    it = by_night(engage, days=2)
    ends = next(day for ahead in range(10, 50) for day in [clock.today() + ahead * DAY] if (day + DAY).day == 1)
    it.start = clock.midnight(ends) + 20 * HOUR
    book(it, shift="night")
    assert work(it)[0] == (it.start, clock.midnight(ends + DAY) + 8 * HOUR)
    assert [each["day"] for each in it.booking.schedule] == [ends, ends + DAY] and bits_are_true(it)


def under_way(it: Engagement, **asked: Any) -> Engagement:
    """Booked, paid, begun."""
    book(it, **asked)
    it.pay()
    answer = it.arrive()
    assert answer.status_code == 200, answer.json
    return it


def test_a_night_is_written_down_from_its_end_until_72_hours_after_it(engage: Engage) -> None:
    it = under_way(by_night(engage), shift="night")
    morning = it.start + 12 * HOUR
    early = it.write_down(1, 720, at=morning - timedelta(seconds=1))
    assert refused(early) == (409, "TooEarly") and early.json["params"]["at"].endswith("T08:00+08:00")
    assert it.write_down(1, 720, at=morning).status_code == 201
    assert it.write_down(2, 720, at=morning + DAY + 72 * HOUR - timedelta(seconds=1)).status_code == 201
    assert refused(it.write_down(3, 720, at=morning + 2 * DAY + 72 * HOUR)) == (409, "TooLate")


def test_nights_ended_early_keep_the_night_that_has_begun_and_free_those_to_come(engage: Engage) -> None:
    it = under_way(by_night(engage), shift="night")
    price = [each["amount"] for each in it.booking.schedule]
    with clock.frozen(it.start + DAY + 5 * HOUR):  # one in the morning of the second night
        written = it.post(f"/bookings/{it.id}/workdays", it.nurse, {"day": it.day(1).isoformat(), "minutes": 720})
        assert written.status_code == 201
        quoted = it.post(f"/bookings/{it.id}/ending-quotes", it.family).json
        assert (quoted["days"], quoted["open_days"], quoted["refund"]["amount"]) == (1, 1, price[2])
        ended = it.post(f"/bookings/{it.id}/endings", it.family, {"expected_refund": price[2], "reason": "other"})
        assert ended.json["state"] == "under_way"
        assert bits_are_true(it)
    assert work(it) == [nights(it, 1)[0], (it.start + DAY, it.start + DAY + 5 * HOUR)]
    assert it.write_down(2, 300, at=it.start + DAY + 12 * HOUR).json["half"] is True
    assert refused(it.write_down(3, 720, at=it.start + 3 * DAY)) == (409, "DayNotPlanned")


def test_nights_come_to_their_end_by_themselves(engage: Engage, sweep: Sweep) -> None:
    it = under_way(by_night(engage), shift="night")
    for number in (1, 2):
        it.write_down(number, 720, at=it.start + (number - 1) * DAY + 12 * HOUR)
    for days in (4, 8, 12):
        with clock.frozen(it.start + days * DAY):
            for name in ("agree_in_silence", "finish_engagements", "complete_served"):
                sweep(name)
            it.run_jobs()
    it.hear()
    booking = it.booking
    assert booking.state == "completed" and booking.refund_fen == booking.schedule[2]["amount"]


@pytest.mark.parametrize("number, fee", [(3, False), (4, True)])
def test_in_the_trial_a_family_ends_for_nothing_but_the_days_worked(
        engage: Engage, world: sa.Connection, number: int, fee: bool) -> None:
    world.execute(sa.text("UPDATE engagement_terms SET early_permille = 100"))
    it = engage(service="live_in_help", price=MONTH, days=10)
    quote = it.quote().json
    assert quote["engagement"]["trial_days"] == 3 and "前 3 天为试用" in quote["engagement"]["words"]
    under_way(it)
    quoted = it.end_quote(number).json
    assert (quoted["fee"]["amount"] > 0) is fee
    assert datetime.fromisoformat(quoted["good_until"]) == clock.midnight(it.day(number + 1))


def intervals(count: int, first: datetime, hours: int = 2) -> Sequence[tuple[datetime, datetime]]:
    """So many times of work, one a day."""
    return [(first + n * DAY, first + n * DAY + hours * HOUR) for n in range(count)]


def test_one_time_that_is_taken_leaves_none_of_the_others_engaged(world: sa.Connection) -> None:
    no, first = factories.working(factories.worker()).no, factories.tomorrow(10)
    calendars_service.engage(worker_no=no, during=Range(*intervals(3, first)[2]), ref="booking:1")
    with pytest.raises(calendars_service.SlotTaken):
        calendars_service.engage_all(worker_no=no, spans=intervals(5, first), ref="booking:2")
    assert calendars.intervals_of("booking:2") == []
    assert calendars.unengaged(no, intervals(2, first)) and not calendars.unengaged(no, intervals(3, first))
    assert calendars.unengaged(no, intervals(3, first), but="booking:1")


def test_the_same_again_keeps_shift_and_hours(engage: Engage) -> None:
    it = under_way(by_night(engage), shift="night")
    again = it.post(f"/bookings/{it.id}/rebookings", it.family, {"start": (it.start + 10 * DAY).isoformat()})
    assert again.status_code == 201 and again.json["engagement"]["shift"] == "night"
    day = by_month(engage, days=3)
    book(day, daily={"from": "09:00", "until": "12:00"})
    again = day.post(f"/bookings/{day.id}/rebookings", day.family, {"start": (day.start + 10 * DAY).isoformat()})
    assert again.status_code == 201, again.json
    hours = db.session.get_one(Quote, again.json["id"]).spans
    assert hours == [(start + 10 * DAY, end + 10 * DAY) for start, end in db.session.get_one(Booking, day.id).spans]
