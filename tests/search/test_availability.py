"""When visits can begin with many workers at once: the same as with each of them alone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import rules, service as calendars
from qiaojiejie.calendars.models import WorkerDay
from qiaojiejie.calendars.rules import LOCAL, Terms
from qiaojiejie.calendars.rules.city import rows
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.search.schemas import CalendarDaysOut, WorkerCalendarPageOut
from qiaojiejie.workers.models import Worker
from tests import factories

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)
TOMORROW = date(2026, 12, 1)
LAST_BOOKABLE = date(2027, 1, 28)
Listed = Callable[..., Worker]
Find = Callable[..., list[str]]
ASKED: dict[str, Any] = {"from": TOMORROW, "until": TOMORROW, "minutes": 120}


@pytest.fixture(autouse=True)
def time_stands() -> Any:
    with clock.frozen(NOON):
        yield


@pytest.fixture()
def open_day_and_night(listed: Listed) -> Worker:
    """A worker who takes work at any time."""
    return factories.working(listed(), 0, 1440)


def ask(client: FlaskClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/availability", query_string={**ASKED, **asked})
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def count(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/availability/days", query_string={**ASKED, **asked})
    assert answer.status_code == 200, answer.json
    return answer.json


def days_of(client: FlaskClient, **asked: Any) -> dict[str, list[str]]:
    """The runs of the only worker there is, by day."""
    (item,) = ask(client, **asked)
    return {day["day"]: [f"{run['first']}-{run['last']}" for run in day["starts"]] for day in item["days"]}


def moments(item: dict[str, Any]) -> list[datetime]:
    """Every half hour of a worker's answer."""
    found = []
    for day in item["days"]:
        for run in day["starts"]:
            moment, last = (datetime.fromisoformat(f"{day['day']}T{run[end]}:00+08:00") for end in ("first", "last"))
            while moment <= last:
                found.append(moment)
                moment += timedelta(minutes=30)
    return found


def alone(client: FlaskClient, worker: Worker, first: date, last: date, minutes: int) -> list[datetime]:
    """What the worker's own address says of visits that begin on these days."""
    until = clock.midnight(last + timedelta(days=1))
    answer = client.get(f"/api/v1/workers/{worker.id}/availability", query_string={
        "from": clock.midnight(first).isoformat(), "until": until.isoformat(), "minutes": minutes})
    return [datetime.fromisoformat(moment) for moment in answer.json["starts"]]


def city(listed: Listed, chance: Random) -> list[Worker]:
    """Workers with all kinds of hours, terms, visits, leave; one without hours, one some of whose days are not kept."""
    made = [listed(score=chance.choice([600, 700, 800])) for _ in range(25)]
    for nth, worker in enumerate(made[:-1]):
        hours = {weekday: chance.choice([(480, 1200), (0, 1440), (1200, 1440), (0, 600), (540, 720)])
                 for weekday in range(1, 8) if chance.random() < 0.9}
        calendars.set_hours(worker_no=worker.no, hours=[(weekday, *each) for weekday, each in hours.items()])
        if chance.random() < 0.5:
            calendars.set_terms(worker_no=worker.no, terms=Terms(
                works_holidays=chance.random() < 0.5, buffer_before=chance.choice([0, 30, 120]),
                buffer_after=chance.choice([0, 30, 90]), notice_minutes=chance.choice([0, 60, 1441, 10080]),
                horizon_days=chance.choice([1, 9, 33, 60])))
            for day in (NOON.date() + timedelta(days=ahead) for ahead in chance.sample(range(60), 5)):
                calendars.set_day(worker_no=worker.no, day=day, hours=chance.choice([[], [(0, 1440)], [(30, 90)]]))
        start = NOON + timedelta(minutes=chance.randrange(0, 600))
        for visit in range(20):
            start += timedelta(minutes=chance.randrange(300, 6000))
            length = timedelta(minutes=chance.choice([30, 95, 180, 480]))
            calendars.engage(worker_no=worker.no, during=Range(start, start + length), ref=f"booking:{nth}:{visit}")
            start += length
        away = start + timedelta(days=chance.randrange(1, 9))
        calendars.add_leave(worker_no=worker.no, start=away, end=away + timedelta(hours=chance.randrange(1, 99)))
    db.session.execute(sa.delete(WorkerDay).where(WorkerDay.worker_no == made[0].no, WorkerDay.day.in_(
        [TOMORROW + timedelta(days=ahead) for ahead in (0, 3, 4, 59)])))
    return made


@pytest.mark.parametrize(("first", "last", "minutes"), [
    (NOON.date(), date(2026, 12, 28), 180), (NOON.date(), NOON.date(), 30),
    (date(2026, 12, 31), date(2026, 12, 31), 600), (TOMORROW, date(2026, 12, 29), 1440),
    (date(2026, 11, 28), date(2026, 12, 6), 75), (date(2027, 1, 20), date(2027, 2, 14), 240)])
def test_all_at_once_say_of_each_what_she_says_alone(client: FlaskClient, listed: Listed, first: date, last: date,
                                                     minutes: int) -> None:
    everybody = city(listed, Random(minutes))
    items = {item["worker_id"]: moments(item) for item in ask(
        client, **{"from": first, "until": last, "minutes": minutes, "limit": 100})}
    assert items == {str(worker.id): alone(client, worker, first, last, minutes) for worker in everybody}
    assert any(items.values())
    counted = count(client, **{"from": first, "until": last, "minutes": minutes})
    free = [{moment.date().isoformat() for moment in found} for found in items.values()]
    assert counted["workers"] == len(everybody)
    assert {day["day"]: day["workers"] for day in counted["days"]} == {
        day: sum(day in days for days in free) for day in (
            (first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days + 1))}


def test_the_last_start_of_a_day_leaves_room_for_the_visit(client: FlaskClient, listed: Listed) -> None:
    factories.working(listed())
    assert days_of(client, minutes=120) == {"2026-12-01": ["08:00-18:00"]}
    assert days_of(client, minutes=121) == {"2026-12-01": ["08:00-17:30"]}
    assert days_of(client, minutes=720) == {"2026-12-01": ["08:00-08:00"]}
    assert days_of(client, minutes=721) == {}


def test_a_held_slot_takes_the_way_there_and_back_with_it_until_it_is_given_back(client: FlaskClient,
                                                                                 listed: Listed) -> None:
    worker = factories.working(listed())
    calendars.engage(worker_no=worker.no, ref="booking:1",
                     during=Range(factories.tomorrow(12), factories.tomorrow(14)))
    assert days_of(client, minutes=120) == {"2026-12-01": ["08:00-09:00", "15:00-18:00"]}
    calendars.release(ref="booking:1")
    assert days_of(client, minutes=120) == {"2026-12-01": ["08:00-18:00"]}


def test_leave_and_other_hours_count(client: FlaskClient, listed: Listed) -> None:
    worker = factories.working(listed())
    leave = calendars.add_leave(worker_no=worker.no, start=factories.tomorrow(0), end=factories.tomorrow(0, days=2))
    two = {"until": TOMORROW + timedelta(days=1)}
    assert days_of(client, **two) == {"2026-12-02": ["08:00-18:00"]}
    calendars.remove_leave(worker_no=worker.no, leave_id=leave.id)
    calendars.set_hours(worker_no=worker.no, hours=[(2, 480, 720), (2, 840, 960)])
    assert days_of(client, **two) == {"2026-12-01": ["08:00-10:00", "14:00-14:00"]}


def test_nothing_begins_within_the_notice(client: FlaskClient, open_day_and_night: Worker) -> None:
    today = {"from": NOON.date(), "until": NOON.date()}
    assert days_of(client, **today) == {"2026-11-30": ["13:00-23:30"]}
    with clock.frozen(NOON + timedelta(seconds=1)):
        assert days_of(client, **today) == {"2026-11-30": ["13:30-23:30"]}
    with clock.frozen(NOON + timedelta(hours=11, minutes=45)):
        assert days_of(client, **{**today, "until": TOMORROW}) == {"2026-12-01": ["01:00-23:30"]}


def test_who_needs_more_notice_is_asked_earlier(client: FlaskClient, open_day_and_night: Worker) -> None:
    today = {"from": NOON.date(), "until": TOMORROW}
    calendars.set_terms(worker_no=open_day_and_night.no, terms=Terms(notice_minutes=26 * 60))
    assert days_of(client, **today) == {"2026-12-01": ["14:00-23:30"]}
    calendars.set_terms(worker_no=open_day_and_night.no, terms=Terms(notice_minutes=0))
    assert days_of(client, **today) == {"2026-11-30": ["12:00-23:30"], "2026-12-01": ["00:00-23:30"]}


def test_what_is_past_and_what_is_beyond_the_bookable_days_has_no_start(client: FlaskClient,
                                                                        open_day_and_night: Worker) -> None:
    calendars.add_leave(worker_no=open_day_and_night.no, start=clock.midnight(date(2027, 2, 3)),
                        end=clock.midnight(date(2027, 2, 4)))  # days beyond come to be kept by this
    for first, last in ((date(2026, 11, 1), date(2026, 11, 29)), (date(2027, 1, 29), date(2027, 2, 10))):
        assert days_of(client, **{"from": first, "until": last}) == {}
        counted = count(client, **{"from": first, "until": last})
        assert {day["workers"] for day in counted["days"]} == {0}
        assert len(counted["days"]) == (last - first).days + 1
    end = {"from": LAST_BOOKABLE, "until": LAST_BOOKABLE + timedelta(days=2)}
    assert days_of(client, **end, minutes=120) == {"2027-01-28": ["00:00-22:00"]}


def test_a_visit_may_run_over_midnight_and_over_the_end_of_a_month(client: FlaskClient,
                                                                   open_day_and_night: Worker) -> None:
    new_year = {"from": date(2026, 12, 31), "until": date(2026, 12, 31)}
    assert days_of(client, **new_year, minutes=1440) == {"2026-12-31": ["00:00-23:30"]}
    calendars.engage(worker_no=open_day_and_night.no, ref="booking:1",
                     during=Range(factories.tomorrow(2, days=32), factories.tomorrow(4, days=32)))  # on 1 January
    assert days_of(client, **new_year, minutes=120) == {"2026-12-31": ["00:00-23:00"]}
    assert days_of(client, **new_year, minutes=60) == {"2026-12-31": ["00:00-23:30"]}


def test_filters_narrow_as_those_of_the_search_do(client: FlaskClient, listed: Listed, find: Find) -> None:
    paper = [{"title": "家政服务员四级", "level": 4, "verified": True, "valid_until": None}]
    cook = factories.working(listed(services={"cooking": 5000}, district="321311", live_in=True, grade="AA", score=900))
    cleaner = factories.working(listed(services={"cleaning": 3500}, certificates=paper, called="李阿姨", score=700))
    listed(identity_verified_on=None)
    for filters, wanted in (
            ({}, [cook, cleaner]), ({"service": "cooking"}, [cook]), ({"region": "321311"}, [cook]),
            ({"grade_min": "AA"}, [cook]), ({"live_in": "true"}, [cook]), ({"certificate": "家政服务员"}, [cleaner]),
            ({"certificate": "家政服务员", "service": "cleaning"}, [cleaner]), ({"price_max": 4000}, [cleaner]),
            ({"firm": str(cook.firm_id), "service": "cleaning"}, [cleaner]), ({"words": "李阿姨"}, [cleaner]),
            ({"service": "cooking", "region": "321302"}, []),
            ({"lng": 118.9, "lat": 33.1, "radius": 500}, [])):
        found = ask(client, **filters)
        assert [item["worker_id"] for item in found] == [str(worker.id) for worker in wanted], filters
        assert find(**filters) == [item["worker_id"] for item in found]
        assert count(client, **filters) == {"workers": len(wanted), "days": [
            {"day": "2026-12-01", "workers": len(wanted)}]}


def test_pages_in_credit_order_repeat_none_and_skip_none(client: FlaskClient, listed: Listed) -> None:
    made = [factories.working(listed(score=score)) for score in (700, 800, 700, 600, 700, 800, 600)]
    whole = ask(client)
    assert [item["worker_id"] for item in whole] == [
        str(worker.id) for worker in sorted(made, key=lambda worker: (-worker.score, -worker.no))]
    for limit in (1, 2, 3, 6, 7, 3000):
        seen: list[Any] = []
        cursor: dict[str, str] = {}
        while cursor is not None:
            page = client.get("/api/v1/availability", query_string={**ASKED, "limit": limit, **cursor}).json
            assert 0 < len(page["items"]) <= limit
            seen += page["items"]
            cursor = page["next_cursor"] and {"cursor": page["next_cursor"]}
        assert seen == whole


def test_a_cursor_belongs_to_its_question(client: FlaskClient, listed: Listed) -> None:
    listed(), listed()
    cursor = client.get("/api/v1/availability", query_string={**ASKED, "limit": 1}).json["next_cursor"]
    for other in ({"minutes": 90}, {"service": "cleaning"}, {"until": "2026-12-02"}):
        answer = client.get("/api/v1/availability", query_string={**ASKED, **other, "cursor": cursor})
        assert (answer.status_code, answer.json["code"]) == (400, "BadCursor")


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"until": "2026-11-30"}, "/until"), ({"until": "2027-01-01"}, "/until"), ({"from": "2026-13-01"}, "/from"),
    ({"from": "2026-12-01T08:00:00+08:00"}, "/from"), ({"minutes": 29}, "/minutes"), ({"minutes": 1441}, "/minutes"),
    ({"minutes": ""}, "/minutes"), ({"lng": 118.2}, "/lat"), ({"grade_min": "Z"}, "/grade_min"),
    ({"sort": "price"}, "/sort"), ({"free_from": "2026-12-01T08:00:00+08:00"}, "/free_from")])
def test_what_makes_no_sense_is_refused_by_field(client: FlaskClient, wrong: dict[str, Any], pointer: str) -> None:
    for path in ("availability", "availability/days"):
        answer = client.get(f"/api/v1/{path}", query_string={**ASKED, **wrong})
        assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer])


def test_the_days_and_the_length_must_be_said_and_a_city_is_the_most(client: FlaskClient, listed: Listed) -> None:
    listed()
    answer = client.get("/api/v1/availability")
    assert sorted(error["pointer"] for error in answer.json["errors"]) == ["/from", "/minutes", "/until"]
    assert client.get("/api/v1/availability", query_string={**ASKED, "limit": 3001}).status_code == 422
    assert len(count(client, until="2026-12-31")["days"]) == 31


def test_an_unknown_service_or_region_is_said(client: FlaskClient) -> None:
    for path in ("availability", "availability/days"):
        for wrong, code in (({"service": "juggling"}, "UnknownService"), ({"region": "999999"}, "UnknownRegion")):
            assert client.get(f"/api/v1/{path}", query_string={**ASKED, **wrong}).json["code"] == code


def test_however_many_workers_it_is_one_query(client: FlaskClient, listed: Listed, world: sa.Connection) -> None:
    for nth in range(12):
        factories.working(listed(called='引号"阿姨' if nth == 3 else "王阿姨"))
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if "SAVEPOINT" not in statement and "demo_clock" not in statement:
            statements.append(statement)

    sa.event.listen(world, "before_cursor_execute", note)
    page = client.get("/api/v1/availability", query_string={**ASKED, "service": "cleaning", "until": "2026-12-14"})
    assert len(statements) == 1, statements
    days = client.get("/api/v1/availability/days", query_string={**ASKED, "service": "cleaning"})
    sa.event.remove(world, "before_cursor_execute", note)
    assert len(statements) == 2, statements
    assert WorkerCalendarPageOut().validate(page.json) == {} == CalendarDaysOut().validate(days.json)
    assert [item["name"] for item in page.json["items"]].count('引号"阿姨') == 1


def test_more_workers_than_a_block_holds_keep_their_own_bits() -> None:
    busy, easy = rules.NOT_FREE - 5, rules.NOT_FREE - (1 << 47)
    found = rows(2 ** 15 + 2, 2, [(0, 0, (5 << 48 | busy).to_bytes(8)), (1, 1, (1 << 48 | easy).to_bytes(8))])
    free = {nth: found[nth * 12:nth * 12 + 12] for nth in range(2 ** 15 + 2)}
    assert {nth: row for nth, row in free.items() if any(row)} == {
        5: bytes([0, 0, 0, 0, 0, 5] + [0] * 6), 2 ** 15 + 1: bytes([0] * 6 + [0x80] + [0] * 5)}
