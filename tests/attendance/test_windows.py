"""A nurse engaged for a due date: held for a window, moved to the birth, priced to the fen, nothing lost."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import rules as calendar_rules
from qiaojiejie.calendars import service as calendars_service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, PRICE, Engagement
from tests.attendance.test_parts import DEPOSIT, TOTAL

Sweep = Callable[[str], None]
HOUR = timedelta(hours=1)


def due(it: Engagement) -> date:
    """The day on which it is due."""
    return clock.local(it.start).date()


def awaiting(engage: Engage, holidays: tuple[int, ...] = (), paid: bool = True, **changes: Any) -> Engagement:
    """A package held for a birth, thirty days ahead; statutory holidays so many days from the due date."""
    it = engage(starts=30)
    for ahead in holidays:
        db.session.execute(sa.text("INSERT INTO statutory_holiday (day, name) VALUES (:day, '节日')"),
                           {"day": due(it) + ahead * DAY})
    quoted = it.quote(start=None, due_on=due(it).isoformat(), **changes)
    assert quoted.status_code == 201, quoted.json
    held = it.post("/bookings", it.family, {"quote_id": quoted.json["id"]})
    assert held.status_code == 201, held.json
    it.id = held.json["id"]
    if paid:
        it.pay()
    return it


def say(it: Engagement, ahead: int, who: dict[str, str] | None = None, at: datetime | None = None) -> Any:
    """Somebody says, the evening before unless it is said, that it begins so many days from the due date."""
    day = it.start + ahead * DAY
    with clock.frozen(at or day - 12 * HOUR):
        return it.post(f"/bookings/{it.id}/beginnings", who or it.family,
                       {"starts_on": clock.local(day).date().isoformat()})


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")


def engaged(it: Engagement) -> list[tuple[datetime, datetime]]:
    """What is engaged for it, the ways there and back left out."""
    return [(row.during.lower + calendar_rules.BUFFER, row.during.upper - calendar_rules.BUFFER)
            for row in calendars.intervals_of(f"booking:{it.id}") if row.during.lower and row.during.upper]


def bits_are_true(it: Engagement) -> bool:
    """Whether those of her days that are kept, from today on, are as her hours and intervals say."""
    days = calendar_rules.bookable(clock.today())
    kept, drawn = calendars.bits([it.worker.no], days), calendars.drawn([it.worker.no], days)
    return bool(kept) and kept == {key: drawn[key] for key in kept}


def test_a_due_date_holds_three_days_on_either_side_and_says_so(engage: Engage) -> None:
    it = awaiting(engage, paid=False)
    shown = it.client.get(f"/api/v1/bookings/{it.id}", headers=it.family).json
    assert shown is not None
    window = shown["engagement"]["window"]
    assert window == {"due_on": due(it).isoformat(), "earliest": (due(it) - 3 * DAY).isoformat(),
                      "latest": (due(it) + 3 * DAY).isoformat()}
    assert "请说明开始日期" in shown["engagement"]["words"] and shown["total"]["amount"] == TOTAL
    assert engaged(it) == [(it.start - 3 * DAY, clock.midnight(due(it) + 29 * DAY))] and bits_are_true(it)


def test_a_due_date_that_is_near_is_held_from_tomorrow_and_one_that_is_past_is_refused(engage: Engage) -> None:
    it = engage()
    tomorrow = clock.today() + DAY
    near = it.quote(start=None, due_on=(tomorrow + DAY).isoformat()).json
    assert near["engagement"]["window"]["earliest"] >= clock.today().isoformat()
    assert refused(it.quote(start=None, due_on=(clock.today() - DAY).isoformat())) == (409, "TooLittleNotice")
    far = (clock.today() + 190 * DAY).isoformat()
    assert refused(it.quote(start=None, due_on=far)) == (409, "BeyondHorizon")


@pytest.mark.parametrize("ahead", [-3, -1, 0, 3])
def test_the_days_move_to_the_birth_and_the_rest_of_the_window_is_free(engage: Engage, ahead: int) -> None:
    it = awaiting(engage)
    said = say(it, ahead)
    assert said.status_code == 200, said.json
    begins = due(it) + ahead * DAY
    assert said.json["start"] == clock.local(it.start + ahead * DAY).isoformat()
    assert [each["day"] for each in it.booking.plan["days"]] == [(begins + n * DAY).isoformat() for n in range(26)]
    assert engaged(it) == [(it.start + ahead * DAY, clock.midnight(begins + 26 * DAY))]
    with clock.frozen(it.start + ahead * DAY - 12 * HOUR):
        assert bits_are_true(it)
    assert said.json["total"]["amount"] == TOTAL and "say_beginning" not in said.json["steps"]
    assert f"定于 {begins} 开始" in said.json["engagement"]["words"]
    assert "请说明开始日期" not in said.json["engagement"]["words"]
    it.run_jobs()
    assert "booking_beginning_said" in set(it.notices()) & set(it.notices(it.worker.account_id))
    assert refused(say(it, ahead)) == (409, "NothingToBegin")


def test_a_baby_five_days_early_begins_where_she_is_free(engage: Engage) -> None:
    it = awaiting(engage)
    assert say(it, -5, it.firm).json["start"] == clock.local(it.start - 5 * DAY).isoformat()
    assert engaged(it) == [(it.start - 5 * DAY, clock.midnight(due(it) + 21 * DAY))] and bits_are_true(it)


def test_a_baby_five_days_early_while_she_is_at_another_familys_loses_nothing(engage: Engage) -> None:
    it = awaiting(engage)
    calendars_service.add_leave(worker_no=it.worker.no, start=it.start - 5 * DAY, end=it.start - 4 * DAY)
    before = engaged(it)
    answer = say(it, -5)
    assert refused(answer) == (409, "NotFreeToBegin") and "不变" in answer.json["title"]
    assert engaged(it) == before and it.booking.window_ends == due(it) + 3 * DAY and it.booking.paid_fen == DEPOSIT
    assert say(it, -3, at=it.start - 4 * DAY).status_code == 200


def test_a_beginning_is_said_twelve_hours_ahead_and_not_weeks_after_the_window(engage: Engage) -> None:
    it = awaiting(engage)
    assert refused(say(it, 0, at=it.start - 12 * HOUR + timedelta(seconds=1))) == (409, "TooLittleNotice")
    assert refused(say(it, 18)) == (409, "BeginningTooLate")
    assert say(it, 0, it.nurse).status_code == 403
    assert say(it, 17).status_code == 200


def test_nobody_begins_or_misses_what_has_not_been_said_to_begin(engage: Engage) -> None:
    it = awaiting(engage)
    with clock.frozen(it.start):
        code = {"door_code": it.booking.door_code.reveal()}
        assert refused(it.post(f"/bookings/{it.id}/check-ins", it.nurse, code)) == (409, "BeginningNotSaid")
        for who in (it.nurse, it.firm, it.family):
            assert refused(it.post(f"/bookings/{it.id}/absences", who)) == (409, "BeginningNotSaid")


def test_of_whom_nobody_says_anything_it_begins_on_the_last_day_held(engage: Engage, sweep: Sweep) -> None:
    it = awaiting(engage)
    cut = it.start + 3 * DAY - 12 * HOUR
    with clock.frozen(cut - timedelta(seconds=1)):
        sweep("begin_in_silence")
        assert it.booking.window_ends is not None
    with clock.frozen(cut):
        sweep("begin_in_silence")
    assert it.booking.window_ends is None and it.booking.start == it.start + 3 * DAY
    assert engaged(it)[0][0] == it.start + 3 * DAY


def test_holidays_that_fall_away_lower_the_balance_and_those_that_come_cost_nothing(engage: Engage) -> None:
    it = awaiting(engage, holidays=(0, 27))
    quoted = it.booking.total_fen
    assert quoted == round(PRICE * 28 * 1.17) + 200  # 26 days, one of them a holiday: three times
    deposit = it.booking.paid_fen
    assert say(it, 1).json["total"]["amount"] == TOTAL
    shown = it.booking
    assert sum(line["amount"] for line in shown.lines) == shown.total_fen == TOTAL and shown.paid_fen == deposit
    assert shown.due is not None and shown.due["amount"] == TOTAL - deposit
    assert sum(each["amount"] for each in shown.schedule) == TOTAL
    with clock.frozen(it.start):
        it.pay()
        assert it.booking.paid_fen == TOTAL and it.booking.due is None
    more = awaiting(engage, holidays=(27,))
    assert say(more, 3).json["total"]["amount"] == TOTAL and more.booking.plan["days"][-2]["times"] == 3
    assert sum(each["amount"] for each in more.booking.schedule) == TOTAL


@pytest.mark.parametrize("begun", ["paid", "begun"])
def test_once_a_balance_was_begun_what_fell_away_goes_back_when_the_days_are_settled(
        engage: Engage, sweep: Sweep, begun: str) -> None:
    it = awaiting(engage, holidays=(0,))
    quoted = it.booking.total_fen
    with clock.frozen(it.start - 8 * DAY):
        assert it.begin().status_code == 201
        if begun == "paid":
            assert it.stripe.act(it.intent()).ok
            it.hear()
    say(it, 1)
    it.start += DAY
    if begun == "begun":
        assert it.stripe.act(it.intent()).ok
        it.hear()
    assert it.booking.total_fen == it.booking.paid_fen == quoted
    assert sum(each["amount"] for each in it.booking.schedule) == TOTAL
    assert it.arrive().status_code == 200
    it.work(1)
    refund = it.end_quote(1).json["refund"]["amount"]
    assert refund == quoted - it.booking.schedule[0]["amount"]
    assert it.end(1, refund).status_code == 200
    it.run_jobs()
    it.hear()
    assert sum(fen for _, _, fen in it.given_back()) == refund


@pytest.mark.parametrize("count", [13, 26, 42])
def test_a_package_is_of_thirteen_twenty_six_or_forty_two_days_to_the_fen(engage: Engage, count: int) -> None:
    quote = engage().quote(days=count).json
    assert quote["total"]["amount"] == round(PRICE * count * 1.17) + 200
    assert sum(each["amount"]["amount"] for each in quote["schedule"]) == quote["total"]["amount"]


def test_other_packages_are_refused_with_the_choices(engage: Engage) -> None:
    answer = engage().quote(days=20)
    assert refused(answer) == (409, "DaysNotOffered") and answer.json["params"] == {"choices": "13、26、42"}


def test_twins_cost_half_as_much_again_and_the_quote_says_so(engage: Engage) -> None:
    it = awaiting(engage, babies=2)
    wage = PRICE * 26 * 3 // 2
    total = wage * 117 // 100 + 200
    booking = it.booking
    assert booking.lines[0]["amount"] == wage and booking.total_fen == total
    assert "双胞胎" in (booking.engagement or {})["words"]
    assert sum(each["amount"] for each in booking.schedule) == total
    assert awaiting(engage, babies=1).booking.total_fen == TOTAL
    assert say(it, 2).json["total"]["amount"] == total


def test_twins_and_holidays_that_fall_away_go_together(engage: Engage) -> None:
    it = awaiting(engage, holidays=(0,), babies=2)
    assert it.booking.lines[0]["amount"] == PRICE * 28 * 3 // 2
    say(it, 1)
    assert it.booking.lines[0]["amount"] == PRICE * 26 * 3 // 2


def test_the_fee_for_cancelling_is_counted_from_the_earliest_start(engage: Engage) -> None:
    it = awaiting(engage)
    free_until = it.start - 4 * DAY
    assert datetime.fromisoformat(it.client.get(f"/api/v1/bookings/{it.id}", headers=it.family).json[  # type: ignore
        "policy"]["tiers"][0]["until"]) == free_until
    assert say(it, 2, at=it.start - 10 * DAY).status_code == 200
    for moment, fee in ((free_until, 0), (free_until + timedelta(seconds=1), round(TOTAL * 0.3))):
        with clock.frozen(moment):
            assert it.post(f"/bookings/{it.id}/cancellation-quotes", it.family).json["fee"]["amount"] == min(
                fee, DEPOSIT)


def test_a_window_cancelled_is_free_for_another_family(engage: Engage) -> None:
    it = awaiting(engage)
    with clock.frozen(it.start - 20 * DAY):
        assert it.post(f"/bookings/{it.id}/cancellations", it.family, {"expected_refund": DEPOSIT}).status_code == 200
    it.run_jobs()
    it.hear()
    assert engaged(it) == [] and it.quote(start=None, due_on=due(it).isoformat()).status_code == 201


def test_a_due_date_is_of_a_package_alone_and_takes_no_start_beside(engage: Engage) -> None:
    it = engage()
    assert it.quote(due_on=due(it).isoformat()).status_code == 422
    assert it.quote(start=None).status_code == 422
    live_in = engage(service="live_in_help", price=520_000)
    for field, value in (("due_on", due(it).isoformat()), ("babies", 2)):
        answer = live_in.quote(**{"start": None if field == "due_on" else live_in.start.isoformat(), field: value})
        assert refused(answer) == (409, "NotOfThisService") and answer.json["params"]["field"] == field
