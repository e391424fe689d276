"""A series is previewed and made: all of it or nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests.series.scene import DAY, HOUR, PRICE, SECOND, WEEK, Weekly

Family = Callable[..., Weekly]


def test_a_preview_says_of_every_visit_that_she_is_free_and_holds_nothing(family: Family) -> None:
    it = family(count=12)
    seen = it.preview()
    assert seen.status_code == 200, seen.json
    assert [each["day"] for each in seen.json["visits"]] == [it.said(number) for number in range(1, 13)]
    assert {each["state"] for each in seen.json["visits"]} == {"free"}
    assert seen.json["price"]["amount"] == PRICE and seen.json["total"]["amount"] == 12 * PRICE
    assert sum(line["amount"]["amount"] for line in seen.json["lines"]) == PRICE
    assert it.engaged() == [] and db.session.execute(sa.text("SELECT count(*) FROM booking")).scalar_one() == 0


def test_every_visit_is_held_a_booking_of_its_own(family: Family) -> None:
    it = family(count=12).make()
    assert it.engaged() == [it.at(number) for number in range(1, 13)]
    assert it.states() == ["held"] * 12
    first, second, last = it.booking(1), it.booking(2), it.booking(12)
    assert first.payable_from is None and abs(first.expires_at - first.created_at - HOUR / 6) < SECOND
    assert second.payable_from == it.at(2) - 3 * DAY and second.expires_at == it.at(2) - DAY
    assert last.expires_at == it.at(12) - DAY and last.total_fen == PRICE and last.quote_id != second.quote_id
    it.run_jobs()
    assert it.notices() == ["booking_held"]


def test_visits_already_taken_are_named_with_other_starts_and_nothing_is_booked(family: Family) -> None:
    it = family(count=6)
    for number in (2, 5):
        calendars.add_leave(worker_no=it.worker.no, start=it.at(number) - HOUR, end=it.at(number) + HOUR)
    refused = it.ask()
    assert (refused.status_code, refused.json["code"]) == (409, "OccurrencesTaken")
    assert [each["day"] for each in refused.json["errors"]] == [it.said(2), it.said(5)]
    for each, number in zip(refused.json["errors"], (2, 5), strict=True):
        assert each["state"] == "taken" and clock.local(it.at(number) + 90 * HOUR / 60).isoformat(
            timespec="minutes") in each["others"]
    assert it.engaged() == [] and db.session.execute(sa.text("SELECT count(*) FROM series")).scalar_one() == 0


def test_what_is_offered_can_be_booked(family: Family) -> None:
    it = family(count=4)
    calendars.add_leave(worker_no=it.worker.no, start=it.at(2) - HOUR, end=it.at(2) + HOUR)
    others = it.preview().json["visits"][1]["others"]
    for start in others:
        assert it.preview(moved=[{"day": it.said(2), "start": start}]).json["troubled"] == 0
    it.make(moved=[{"day": it.said(2), "start": others[0]}])
    assert it.states() == ["held"] * 4
    assert [each["moved"] for each in it.occurrences()] == [False, True, False, False]
    assert clock.local(it.booking(2).start).isoformat(timespec="seconds") == others[0]


def test_taken_visits_are_left_out_when_the_family_says_so(family: Family) -> None:
    it = family(count=4)
    calendars.add_leave(worker_no=it.worker.no, start=it.at(1) - HOUR, end=it.at(1) + HOUR)
    it.make(if_taken="leave_out")
    assert it.states() == ["skipped", "held", "held", "held"]
    assert it.occurrences()[0]["because"] == "taken"
    assert it.series.first_id == it.booking(2).id and it.booking(2).payable_from is None


def test_when_nothing_can_be_had_nothing_is_booked(family: Family) -> None:
    it = family(count=3)
    calendars.add_leave(worker_no=it.worker.no, start=it.at(1) - HOUR, end=it.at(3) + HOUR)
    refused = it.ask(if_taken="leave_out")
    assert (refused.status_code, refused.json["code"]) == (409, "NothingToBook")


def test_a_price_that_is_not_the_one_shown_books_nothing(family: Family) -> None:
    it = family(count=3)
    refused = it.ask(expected_price=PRICE - 1)
    assert (refused.status_code, refused.json["code"]) == (409, "SeriesPriceChanged")
    assert refused.json["params"]["price"] == PRICE and it.engaged() == []


def test_papers_that_lapse_by_then_are_said_of_the_visits_they_concern(family: Family) -> None:
    it = family(count=4)
    it.worker.insured_until = it.day(2)
    db.session.flush()
    seen = it.preview().json["visits"]
    assert [each["state"] for each in seen] == ["free", "free", "papers", "papers"]
    assert seen[2]["others"] == []


def test_a_visit_outside_her_hours_is_said_to_be(family: Family) -> None:
    it = family(count=3)
    seen = it.preview(moved=[{"day": it.said(2), "start": (it.at(2) + 9 * HOUR).isoformat()}]).json["visits"]
    assert [each["state"] for each in seen] == ["free", "outside_hours", "free"]


def test_beyond_the_bookable_days_hours_and_other_bookings_are_looked_at_all_the_same(family: Family) -> None:
    it = family(count=24)
    calendars.add_leave(worker_no=it.worker.no, start=it.at(20), end=it.at(20) + HOUR)
    seen = it.preview().json["visits"]
    assert [each["day"] for each in seen if each["state"] != "free"] == [it.said(20)] and seen[19]["others"]
    it.make(if_taken="leave_out")
    assert len(it.engaged()) == 23


def test_holidays_are_kept_skipped_or_asked_about(family: Family, holiday: Callable[[date], None]) -> None:
    it = family(count=4)
    holiday(it.day(3))
    kept = it.preview(holidays="keep").json["visits"]
    assert [(each["plan"], each["holiday"]) for each in kept][2] == ("book", "元旦")
    assert it.preview(holidays="skip").json["total"]["amount"] == 3 * PRICE
    it.make(holidays="ask")
    assert it.states() == ["held", "held", "asked", "held"]
    assert it.booking(3).expires_at == it.at(3) - WEEK and it.at(3) in it.engaged()


def test_a_holiday_is_skipped_and_its_time_is_free(family: Family, holiday: Callable[[date], None]) -> None:
    it = family(count=4)
    holiday(it.day(3))
    it.make(holidays="skip")
    assert it.states() == ["held", "held", "skipped", "held"]
    assert it.occurrences()[2]["because"] == "holiday" and it.at(3) not in it.engaged()


def test_only_holds_that_are_paid_now_count_among_those_a_family_may_have(family: Family) -> None:
    it = family(count=12).make()
    quoted = it.post("/quotes", {"worker_id": str(it.other.id), "service_code": "cleaning", "minutes": 120,
                                 "address_id": str(it.address.id), "start": (it.start + DAY).isoformat()})
    assert it.post("/bookings", {"quote_id": quoted.json["id"]}).status_code == 201


def rule(it: Weekly, **parts: Any) -> str:
    """A rule in words."""
    words = {"FREQ": "WEEKLY", "BYDAY": it.asked()["rrule"].split("BYDAY=")[1][:2], **parts}
    return ";".join(f"{name}={value}" for name, value in words.items())


def test_rules_that_are_not_understood_or_too_long_are_refused(family: Family) -> None:
    it = family()
    for wrong, code in (
            ({"FREQ": "DAILY", "COUNT": 3}, "RuleNotUnderstood"), ({"INTERVAL": 5, "COUNT": 3}, "RuleNotUnderstood"),
            ({}, "RuleNotUnderstood"), ({"COUNT": 3, "UNTIL": "20991231"}, "RuleNotUnderstood"),
            ({"UNTIL": "20990231"}, "RuleNotUnderstood"), ({"COUNT": 1}, "SeriesTooShort"),
            ({"COUNT": 61, "BYDAY": "MO,TU,WE,TH,FR,SA,SU"}, "SeriesTooLong"), ({"COUNT": 40}, "SeriesTooLong")):
        refused = it.preview(rrule=rule(it, **wrong))
        assert refused.json["code"] == code, (wrong, refused.json)
    off = "MO" if not it.asked()["rrule"].endswith(f"BYDAY=MO;COUNT={it.count}") else "TU"
    assert it.preview(rrule=rule(it, BYDAY=off, COUNT=3)).json["code"] == "StartNotInRule"
