"""What stands in a feed's bytes: RFC 5545 to the letter, nothing twice, the days that are worked and no others."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.core.access import Role
from qiaojiejie.feeds import rules

START = datetime(2026, 12, 1, 1, tzinfo=UTC)
ID = UUID("0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e")


def booked(**fields: Any) -> SimpleNamespace:
    """A confirmed visit of three hours."""
    return SimpleNamespace(**{
        "id": ID, "state": "confirmed", "during": Range(START, START + timedelta(hours=3)), "plan": None,
        "window_ends": None,
        "created_at": START, "changed_at": START, "ended_at": None, "ended_early_at": None, "changes": 2,
        "called": "何阿姨", "service": "日常保洁", "district": "宿城区", **fields})


def plan(*days: str) -> dict[str, Any]:
    """An engagement on these days."""
    return {"days": [{"day": day, "times": 1} for day in days]}


def read(*bookings: Any, role: Role = Role.HOUSEHOLD) -> list[Any]:
    """The events a calendar app finds."""
    return list(Calendar.from_ical(rules.written(bookings, role, "qjj.example")).walk("VEVENT"))


def test_days_in_a_row_are_one_span_and_a_gap_begins_another() -> None:
    one, two, four = date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3)
    assert rules.spans([]) == []
    assert rules.spans([one, two, four]) == [(one, date(2027, 1, 2)), (four, date(2027, 1, 4))]


def test_nights_are_from_moment_to_moment_until_it_was_ended() -> None:
    days = {"days": [{"day": day, "times": 1, "hours": [[1200, 1920]]} for day in ("2026-12-31", "2027-01-01")]}
    evening = datetime(2026, 12, 31, 12, tzinfo=UTC)
    during = Range(evening, evening + timedelta(days=1, hours=12))
    one, other = read(booked(plan=days, during=during))
    assert (one.decoded("dtstart"), one.decoded("dtend")) == (evening, evening + timedelta(hours=12))
    assert b"DTSTART:20261231T120000Z" in one.to_ical() and other["uid"] == f"{ID}-202701011200@qjj.example"
    ended, = read(booked(plan=days, during=during, ended_early_at=evening + timedelta(hours=5)))
    assert ended.decoded("dtend") == evening + timedelta(hours=5)


def test_a_window_is_all_that_is_held_until_it_is_said_when_it_begins() -> None:
    during = Range(START, START + timedelta(days=6, hours=15))
    held, = read(booked(plan=plan("2026-12-04"), during=during, window_ends=date(2026, 12, 7)))
    assert (held.decoded("dtstart"), held.decoded("dtend")) == (date(2026, 12, 1), date(2026, 12, 8))
    said, = read(booked(plan=plan("2026-12-04"), during=during))
    assert said.decoded("dtstart") == date(2026, 12, 4)


def test_a_visit_is_from_moment_to_moment_in_utc() -> None:
    event, = read(booked())
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (START, START + timedelta(hours=3))
    assert b"DTSTART:20261201T010000Z" in event.to_ical()


def test_an_engagement_is_whole_days_of_which_the_last_is_not_over_before_midnight() -> None:
    first, second = read(booked(plan=plan("2026-12-04", "2026-12-05", "2026-12-08")))
    assert b"DTSTART;VALUE=DATE:20261204" in first.to_ical() and b"DTEND;VALUE=DATE:20261206" in first.to_ical()
    assert (second.decoded("dtstart"), second.decoded("dtend")) == (date(2026, 12, 8), date(2026, 12, 9))
    assert [event["uid"] for event in (first, second)] == [f"{ID}@qjj.example", f"{ID}-20261208@qjj.example"]


def test_who_goes_on_with_an_engagement_reads_her_own_days_and_the_family_all() -> None:
    days = plan("2026-12-04", "2026-12-05", "2026-12-08")
    for each in days["days"][:2]:
        each["worker"] = "who worked before"
    assert [event.decoded("dtstart") for event in read(booked(plan=days), role=Role.WORKER)] == [date(2026, 12, 8)]
    assert [event.decoded("dtstart") for event in read(booked(plan=days))] == [date(2026, 12, 4), date(2026, 12, 8)]
    assert read(booked(plan={"days": days["days"][:2]}), role=Role.WORKER) == []


@pytest.mark.parametrize("ended", ["ended_at", "ended_early_at"])
def test_days_after_an_engagement_was_ended_are_free_and_its_day_is_that_of_suqian(ended: str) -> None:
    night = datetime(2026, 12, 4, 16, 30, tzinfo=UTC)  # half past midnight of the 5th in Suqian
    days = plan("2026-12-04", "2026-12-05", "2026-12-06")
    event, = read(booked(plan=days, **{ended: night}))
    assert event.decoded("dtend") == date(2026, 12, 6)


@pytest.mark.parametrize(("state", "status"), [
    ("held", "TENTATIVE"), ("confirmed", "CONFIRMED"), ("under_way", "CONFIRMED"), ("served", "CONFIRMED"),
    ("completed", "CONFIRMED"), ("cancelled", "CANCELLED"), ("expired", "CANCELLED"), ("declined", "CANCELLED"),
    ("worker_absent", "CANCELLED"), ("household_absent", "CANCELLED")])
def test_what_fell_through_is_cancelled_and_takes_no_time(state: str, status: str) -> None:
    event, = read(booked(state=state))
    assert event["status"] == status
    assert event["transp"] == ("TRANSPARENT" if status == "CANCELLED" else "OPAQUE")


def test_a_family_reads_who_comes_and_a_worker_reads_where_to() -> None:
    assert read(booked())[0]["summary"] == "日常保洁 · 何阿姨"
    assert read(booked(), role=Role.WORKER)[0]["summary"] == "日常保洁 · 宿城区"


def test_lines_are_folded_within_75_octets_and_end_as_the_standard_says() -> None:
    content = rules.written([booked(service="日常保洁，含擦玻璃；深度清洁\n两次" * 6)], Role.HOUSEHOLD, "qjj.example")
    assert content.endswith(b"END:VCALENDAR\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert Calendar.from_ical(content).walk("VEVENT")[0]["summary"].startswith("日常保洁，含擦玻璃；深度清洁\n两次")


def test_a_name_cannot_write_lines_of_its_own() -> None:
    event, = read(booked(called="x\r\nATTENDEE:mailto:a@b.example\r\nBEGIN:VALARM"))
    assert "attendee" not in event and event.subcomponents == []


def test_a_feed_is_bounded() -> None:
    days = plan(*(f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 28, 2)))
    assert len(read(*[booked(plan=days)] * 9)) == rules.MOST_EVENTS
