"""The rule of a series is what RFC 5545 says; what is offered is free; times and reminders are in order."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.calendars.rules import LOCAL, NOT_FREE, Worktime, free_spans
from qiaojiejie.core.errors import Refusal
from qiaojiejie.series import rules
from qiaojiejie.series.errors import RuleNotUnderstood, SeriesTooLong, SeriesTooShort
from qiaojiejie.series.rules import prospects, recurrence

NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 12, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(minute=30, second=0, microsecond=0))


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, datetime]:
    """A rule in words and a first time that is in it."""
    first = draw(moments)
    weekdays = draw(st.sets(st.integers(0, 6), max_size=6)) | {first.weekday()}
    words = ["FREQ=WEEKLY", "BYDAY=" + ",".join(recurrence.WEEKDAYS[each] for each in draw(
        st.permutations(sorted(weekdays))))]
    if draw(st.booleans()):
        words.append(f"INTERVAL={draw(st.integers(1, 4))}")
    words.append(draw(st.one_of(
        st.integers(1, 80).map(lambda count: f"COUNT={count}"),
        st.integers(0, 250).map(lambda ahead: f"UNTIL={first + timedelta(days=ahead):%Y%m%d}"))))
    return ";".join(draw(st.permutations(words))), first


@given(asked())
def test_a_rule_comes_to_what_dateutil_reads_in_it(said: tuple[str, datetime]) -> None:
    words, first = said
    rule = recurrence.parse(words)
    whole_day = words if rule.until is None else words.replace(f"{rule.until:%Y%m%d}", f"{rule.until:%Y%m%dT%H%M%S}")
    theirs = list(rrulestr(whole_day, dtstart=first))
    try:
        ours = recurrence.expand(rule, first)
    except SeriesTooShort:
        assert len(theirs) < 2
    except SeriesTooLong:
        assert len(theirs) > rules.MOST_VISITS or theirs[-1] > first + timedelta(days=181)
    else:
        assert ours == theirs and len({each.date() for each in ours}) == len(ours)
        assert ours[0] == first and recurrence.parse(str(rule)) == rule


@given(st.text(max_size=60) | st.lists(st.sampled_from(
    ["FREQ=WEEKLY", "FREQ=DAILY", "BYDAY=MO", "BYDAY=1MO", "COUNT=3", "COUNT=0", "UNTIL=20270101", "UNTIL=20270230",
     "UNTIL=99991231T235959Z", "UNTIL=00010101T000000Z", "INTERVAL=2", "INTERVAL=０", "WKST=MO", "BYHOUR=3"]
), max_size=6).map(";".join))
def test_words_that_are_no_rule_are_refused_and_nothing_else_happens(words: str) -> None:
    try:
        recurrence.expand(recurrence.parse(words), datetime(2026, 12, 7, 9))
    except Refusal as refusal:
        assert refusal.status in (409, 422)


def test_until_is_a_local_day_that_is_included_or_a_moment() -> None:
    tuesday = datetime(2026, 12, 1, 23)
    for until in ("20261208", "20261208T150000Z"):
        found = recurrence.expand(recurrence.parse(f"FREQ=WEEKLY;BYDAY=TU;UNTIL={until}"), tuesday)
        assert found == [tuesday, tuesday + timedelta(days=7)]
    with pytest.raises(SeriesTooShort):
        recurrence.expand(recurrence.parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261208T145959Z"), tuesday)
    with pytest.raises(RuleNotUnderstood):
        recurrence.parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261232")


@given(st.integers(1, 400), st.booleans())
def test_a_visit_is_held_long_enough_to_be_paid_and_never_past_a_day_before_unless_it_is_near(
        hours: int, asked_about: bool) -> None:
    start = NOW + timedelta(hours=hours)
    until, payable = rules.expires_at(start, NOW, asked_about), rules.payable_from(start, NOW, stands=True)
    assert until >= NOW + timedelta(minutes=10)
    if until > NOW + timedelta(minutes=10):
        assert start - until == (rules.ANSWER_BEFORE if asked_about else rules.EXPIRES_BEFORE)
    assert payable == start - rules.PAYABLE_BEFORE
    remind, told = rules.reminder(start, NOW), 0
    while remind is not None:
        assert NOW < remind < start
        remind, told = rules.reminder(start, remind), told + 1
    assert told == (2 if hours > 72 else 1 if hours > 36 else 0)


@given(st.lists(st.integers(0, NOT_FREE), min_size=15, max_size=15), st.integers(1, 8), st.integers(0, 47))
def test_every_start_offered_is_free_that_day_or_that_week_and_in_time(
        bits: list[int], half_hours: int, slot: int) -> None:
    monday = date(2026, 11, 30)
    days = {monday + timedelta(days=ahead): each for ahead, each in enumerate(bits)}
    start = rules.at(date(2026, 12, 3), slot * 30)
    of = prospects.Calendar(Worktime({weekday: [(0, 1440)] for weekday in range(1, 8)}), days, lambda day: True, NOW)
    visits = prospects.asked_for(days=[date(2026, 12, 3)], starts_at=start, minutes=half_hours * 30, holidays={},
                                 rule="keep", moved={}, now=NOW)
    [judged] = prospects.judge(visits, of)
    if judged.state == "free":
        assert judged.others == ()
    for other in judged.others:
        until = other + timedelta(minutes=half_hours * 30)
        assert free_spans(days, other, until) == [(other, until)] and other - NOW >= timedelta(hours=1)
        assert other.astimezone(LOCAL).isocalendar()[:2] == start.astimezone(LOCAL).isocalendar()[:2]
    assert len(judged.others) <= 2 * prospects.OFFERS


def test_days_are_named_ten_at_most() -> None:
    days = [date(2026, 12, day) for day in range(1, 13)]
    assert rules.in_words(days[:2]) == "12月1日、12月2日" and rules.in_words(days).endswith("等 12 天")
