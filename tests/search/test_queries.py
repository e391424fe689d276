"""Who is found, and who is not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.search import queries, rules
from qiaojiejie.search.schemas import WorkerDetailOut, WorkerFoundPageOut
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker, WorkerService
from qiaojiejie.workers.rules import safety_colour
from qiaojiejie.workers.schemas import WorkerCardOut
from tests import factories

NOON = datetime(2026, 11, 30, 12, tzinfo=LOCAL)
TODAY = NOON.date()
Listed = Callable[..., Worker]
Find = Callable[..., list[str]]
DAYTIME = [(weekday, 480, 1200) for weekday in range(1, 8)]


@pytest.fixture(autouse=True)
def time_stands() -> Any:
    with clock.frozen(NOON):
        yield


def ids(*found: Worker) -> list[str]:
    return [str(worker.id) for worker in found]


def at(hour: int, day: date = date(2026, 12, 1), minute: int = 0) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).isoformat()


def test_the_highest_score_comes_first_and_ties_have_an_order(listed: Listed, find: Find) -> None:
    low, high, tied = listed(score=600), listed(score=800), listed(score=600)
    assert find() == find(service="cleaning") == ids(high, tied, low)


def test_only_listed_workers_are_found(listed: Listed, find: Find) -> None:
    shown = listed()
    listed(identity_verified_on=None)
    listed(of=factories.firm(state="suspended"))
    assert find() == find(service="cleaning") == ids(shown)


def test_filters_narrow(listed: Listed, find: Find) -> None:
    other_firm = factories.firm()
    cook = listed(services={"cooking": 5000}, district="321311", live_in=True, grade="AA", score=900)
    cleaner = listed(services={"cleaning": 3500, "cooking": 6000}, of=other_firm, grade="B", score=700)
    assert find(service="cooking") == ids(cook, cleaner)
    assert find(service="cleaning") == ids(cleaner)
    assert find(region="321311") == find(region="321311", service="cooking") == ids(cook)
    assert find(live_in="true") == find(live_in="true", service="cooking") == ids(cook)
    assert find(live_in="false") == ids(cook, cleaner)
    assert find(firm=str(other_firm.id)) == find(firm=str(other_firm.id), service="cooking") == ids(cleaner)
    assert find(grade_min="AA") == find(grade_min="AA", service="cooking") == ids(cook)
    assert find(grade_min="B") == ids(cook, cleaner)
    assert find(grade_min="AAA") == []


def test_prices_are_bounded_both_ends_included(listed: Listed, find: Find) -> None:
    cheap, dear = listed(services={"cleaning": 3000}), listed(services={"cleaning": 5000})
    for filters in ({}, {"service": "cleaning"}):
        assert find(price_max=3000, **filters) == ids(cheap)
        assert find(price_max=2999, **filters) == []
        assert find(price_min=5000, **filters) == ids(dear)
        assert find(sort="price", **filters) == ids(cheap, dear)


def test_longest_experience_first_and_unknown_last(listed: Listed, find: Find) -> None:
    unknown, long, short = listed(working_since=None), listed(working_since=2001), listed(working_since=2020)
    assert find(sort="experience") == find(sort="experience", service="cleaning") == ids(long, short, unknown)


def test_a_word_in_a_certificate_counts_only_when_verified_and_in_date(listed: Listed, find: Find) -> None:
    def paper(**fields: Any) -> list[dict[str, Any]]:
        return [{"title": "家政服务员四级", "level": 4, "verified": True, "valid_until": None, **fields}]

    good = listed(certificates=paper(), score=800)
    until_today = listed(certificates=paper(valid_until=TODAY.isoformat()), score=700)
    listed(certificates=paper(verified=False))
    listed(certificates=paper(valid_until=(TODAY - timedelta(days=1)).isoformat()))
    listed(certificates=paper(title="育婴员"))
    assert find(certificate="家政服务员") == find(certificate="家政服务员", service="cleaning") == ids(good, until_today)
    assert find(certificate="%") == []


def test_words_and_pinyin_initials_find_her(listed: Listed, find: Find) -> None:
    li = listed(name="李桂芳", called="李阿姨", native_place="江苏泗阳")
    wang = listed(services={"cooking": 4000}, score=800)
    assert find(words="李阿姨") == find(words="laY") == find(words="泗阳") == ids(li)
    assert find(words="日常保洁") == find(words="日常保洁", service="cleaning") == ids(li)
    assert find(words="阿姨") == ids(wang, li)
    assert find(words="'; DROP TABLE worker --") == find(words="！？") == []


def test_near_a_place(client: FlaskClient, listed: Listed, find: Find) -> None:
    here = {"lng": 118.2755, "lat": 33.9631}
    close, far = listed(cell=cell(118.2755, 33.9631), score=600), listed(cell=cell(118.31, 33.9631), score=800)
    listed(cell=cell(118.9, 33.9))
    for filters in ({}, {"service": "cleaning"}):
        assert find(**here, radius=1000, **filters) == ids(close)
        assert find(**here, **filters) == ids(far, close)
        assert find(**here, sort="distance", **filters) == ids(close, far)
    distances = [item["distance_m"] for item in client.get("/api/v1/workers", query_string=here).json["items"]]
    assert 2500 < distances[0] < 4000 and distances[1] < 700


def test_her_own_cell_is_near_however_small_the_circle(listed: Listed, find: Find) -> None:
    close = listed(cell=cell(118.2755, 33.9631))
    assert find(lng=118.2755, lat=33.9631, radius=1) == ids(close)


def test_every_cell_within_the_farthest_circle_is_looked_at() -> None:
    cells, metres = rules.near(118.2755, 33.9631, rules.FARTHEST)
    assert len(set(cells)) == len(cells) == len(metres)
    assert max(metres) <= rules.FARTHEST
    assert len(cells) > 3.14 * 20 ** 2 / 0.9


def test_free_within_her_hours_and_away_from_other_visits(listed: Listed, find: Find) -> None:
    busy, free, never = listed(score=800), listed(score=700), listed(score=900)
    calendars.set_hours(worker_no=busy.no, hours=DAYTIME)
    calendars.set_hours(worker_no=free.no, hours=DAYTIME)
    start = datetime(2026, 12, 1, 10, tzinfo=LOCAL)
    calendars.engage(worker_no=busy.no, during=Range(start, start + timedelta(hours=2), bounds="[)"), ref="booking:1")
    assert find() == ids(never, busy, free)
    for filters in ({}, {"service": "cleaning"}):
        def free_at(start: int, end: int) -> list[str]:
            return find(free_from=at(start), free_until=at(end), **filters)
        assert free_at(8, 9) == ids(busy, free), "an hour before the visit: the way fits"
        assert find(free_from=at(8), free_until=at(9, minute=30), **filters) == ids(free)
        assert free_at(10, 12) == ids(free)
        assert free_at(12, 14) == ids(free)
        assert free_at(13, 15) == ids(busy, free)
        assert free_at(19, 20) == ids(busy, free)
        assert free_at(19, 21) == free_at(7, 9) == []


def test_who_may_not_do_the_work_then_is_not_free_for_it(client: FlaskClient, listed: Listed, find: Find) -> None:
    until = date(2026, 12, 1)
    ends, low, holds = listed(score=900, insured_until=until), listed(score=850, insured_class=0), listed(score=800)
    for each in (ends, low, holds):
        calendars.set_hours(worker_no=each.no, hours=DAYTIME)
    assert find(service="cleaning") == ids(ends, low, holds), "they are all found where no time is asked for"
    for day, may in ((until, ids(ends, holds)), (until + timedelta(days=1), ids(holds))):
        assert find(service="cleaning", free_from=at(9, day), free_until=at(11, day)) == may
        asked = {"service": "cleaning", "minutes": 120, "from": day, "until": day}
        told = client.get("/api/v1/availability", query_string=asked).json
        assert told is not None and [item["worker_id"] for item in told["items"] if item["days"]] == may
        counted = client.get("/api/v1/availability/days", query_string=asked).json
        assert counted is not None and [each["workers"] for each in counted["days"]] == [len(may)]
    ends.insured_until = until + timedelta(days=1)
    workers.refresh(worker=ends)
    assert find(service="cleaning", free_from=at(9, until + timedelta(days=1)),
                free_until=at(11, until + timedelta(days=1))) == ids(ends, holds)


def test_free_over_midnight_at_the_end_of_a_month(listed: Listed, find: Find) -> None:
    night, evening = listed(), listed()
    calendars.set_hours(worker_no=night.no, hours=[(4, 1200, 1440), (5, 0, 360)])
    calendars.set_hours(worker_no=evening.no, hours=[(4, 1200, 1440)])
    last = date(2026, 12, 31)
    assert find(free_from=at(22, last), free_until=at(2, date(2027, 1, 1))) == ids(night)
    assert find(free_from=at(22, last), free_until=at(0, date(2027, 1, 1))) == ids(evening, night)


@pytest.mark.parametrize(("filters", "pointer"), [
    ({"free_from": at(9)}, "/free_until"),
    ({"free_from": at(9), "free_until": at(9)}, "/free_until"),
    ({"free_from": at(9), "free_until": at(10, date(2026, 12, 2))}, "/free_until"),
    ({"free_from": at(9, TODAY), "free_until": at(13, TODAY)}, "/free_from"),
    ({"free_from": at(23, date(2027, 1, 28)), "free_until": at(1, date(2027, 1, 29))}, "/free_until"),
    ({"lng": 118.2}, "/lat"),
    ({"lng": 118.2, "lat": 33.9, "radius": 20001}, "/radius"),
    ({"sort": "distance"}, "/sort"),
    ({"sort": "name"}, "/sort"),
    ({"limit": 101}, "/limit"),
    ({"lng": "nan", "lat": 33.9}, "/lng"),
    ({"nonsense": 1}, "/nonsense"),
])
def test_a_question_that_makes_no_sense_is_refused_by_field(client: FlaskClient, filters: dict[str, Any],
                                                            pointer: str) -> None:
    answer = client.get("/api/v1/workers", query_string=filters)
    assert answer.status_code == 422, answer.json
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_last_bookable_moment_may_be_asked_for(find: Find) -> None:
    assert find(free_from=at(23, date(2027, 1, 28)), free_until=at(0, date(2027, 1, 29))) == []


def test_an_unknown_service_or_region_is_said(client: FlaskClient) -> None:
    assert client.get("/api/v1/workers?service=juggling").json["code"] == "UnknownService"
    assert client.get("/api/v1/workers?region=999999").json["code"] == "UnknownRegion"


def test_every_card_and_page_has_its_described_shape(client: FlaskClient, listed: Listed) -> None:
    calendars.set_hours(worker_no=listed(working_since=None, native_place="").no, hours=DAYTIME)
    listed(certificates=[{"title": "育婴员", "level": None, "verified": True, "valid_until": None}])
    answer = client.get("/api/v1/workers", query_string={"lng": 118.2755, "lat": 33.9631, "limit": 1})
    assert WorkerFoundPageOut().validate(answer.json) == {}
    for worker in db.session.query(Worker):
        assert WorkerCardOut().validate(worker.card) == {}
        detail = client.get(f"/api/v1/workers/{worker.id}")
        assert WorkerDetailOut().validate(detail.json) == {}, detail.json


PAPERS: list[tuple[date | None, date | None, date | None]] = [
    (identity, health, insured) for identity in (None, TODAY)
    for health in (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
    for insured in (None, TODAY - timedelta(days=1), TODAY)]


def test_the_colour_of_the_list_is_the_colour_of_the_rule(client: FlaskClient, listed: Listed) -> None:
    expected = {}
    for identity, health, insured in PAPERS:
        worker = listed()
        worker.identity_verified_on, worker.health_until, worker.insured_until = identity, health, insured
        expected[str(worker.id)] = safety_colour(identity_verified_on=identity, health_until=health,
                                                 insured_until=insured, on=TODAY)
    db.session.flush()
    answer = client.get("/api/v1/workers?limit=100").json["items"]
    assert {item["id"]: item["safety_colour"] for item in answer} == expected
    assert set(expected.values()) == {"red", "yellow", "green"}


def test_a_workers_open_file(client: FlaskClient, listed: Listed) -> None:
    worker = listed(bio="会做淮扬菜", health_until=TODAY - timedelta(days=1), insured_until=TODAY)
    calendars.set_hours(worker_no=worker.no, hours=[(1, 480, 1200), (2, 570, 1440)])
    found = client.get(f"/api/v1/workers/{worker.id}").json
    assert found["name"] == "王阿姨" and found["bio"] == "会做淮扬菜"
    assert found["hours"] == [{"weekday": 1, "starts": "08:00", "ends": "20:00"},
                              {"weekday": 2, "starts": "09:30", "ends": "24:00"}]
    assert found["next_free_at"] == "2026-11-30T13:00:00+08:00"  # an hour's notice from noon
    assert found["safety_colour"] == "yellow"
    assert found["safety"] == {"colour": "yellow", "reasons": ["health_lapsed"], "changes_on": None}
    assert "distance_m" not in found


def test_a_green_colour_says_until_when(client: FlaskClient, listed: Listed) -> None:
    worker = listed(health_until=TODAY + timedelta(days=9), insured_until=TODAY + timedelta(days=5))
    safety = client.get(f"/api/v1/workers/{worker.id}").json["safety"]
    assert safety == {"colour": "green", "reasons": [], "changes_on": (TODAY + timedelta(days=6)).isoformat()}


def test_who_is_on_no_list_has_no_open_file(client: FlaskClient, listed: Listed) -> None:
    worker = listed()
    worker.firm_id = None
    workers.refresh(worker=worker)
    answer = client.get(f"/api/v1/workers/{worker.id}")
    assert (answer.status_code, answer.json["code"]) == (404, "WorkerNotFound")


def test_no_personal_value_is_in_an_answer(client: FlaskClient, listed: Listed) -> None:
    worker = listed()
    for path in ("/api/v1/workers", f"/api/v1/workers/{worker.id}"):
        text = client.get(path).text
        assert not any(value.reveal() in text for value in (worker.name, worker.phone, worker.id_number))


@pytest.fixture()
def short_scans(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three candidates are looked at, no more."""
    monkeypatch.setattr(rules, "SCAN", 3)
    queries.statement.cache_clear()
    yield
    queries.statement.cache_clear()


def test_a_scan_that_stops_says_so_and_goes_on(client: FlaskClient, listed: Listed, short_scans: None) -> None:
    made = [listed(score=800 - number) for number in range(8)]
    calendars.set_hours(worker_no=made[6].no, hours=DAYTIME)
    asked = {"free_from": at(9), "free_until": at(11), "limit": 2}
    pages = [client.get("/api/v1/workers", query_string=asked).json]
    while pages[-1]["next_cursor"]:
        pages.append(client.get("/api/v1/workers", query_string={**asked, "cursor": pages[-1]["next_cursor"]}).json)
    assert [page["scanned_all"] for page in pages] == [False, False, True]
    assert [item["id"] for page in pages for item in page["items"]] == ids(made[6])


def test_what_a_family_calls_the_work_finds_who_does_it(client: FlaskClient) -> None:
    cook = factories.worker(services={"cooking": 4000})
    cleaner = factories.worker(services={"cleaning": 4000}, bio="做饭也行")
    workers.refresh_many(worker_ids=[cook.id, cleaner.id])
    for words, found in (("做饭", {cook.id, cleaner.id}), ("烧饭阿姨", {cook.id}), ("打扫卫生", {cleaner.id}),
                         ("王阿姨 烧饭", {cook.id}), ("，", set())):
        answer: Any = client.get("/api/v1/workers", query_string={"words": words})
        assert {item["id"] for item in answer.json["items"]} == {str(each) for each in found}, words


def test_a_family_sees_which_services_her_papers_do_not_suffice_for(client: FlaskClient) -> None:
    worker = factories.worker(services={"cleaning": 4000, "cooking": 4000, "moving": 20000}, insured_class=2,
                              health_until=TODAY)
    workers.refresh(worker=worker)
    path = f"/api/v1/workers/{worker.id}"
    today: Any = client.get(path)
    assert today.json["obstacles"] == [{"service": "moving", "reasons": ["insurance_class_too_low"]}]
    with clock.frozen(clock.midnight(TODAY + timedelta(days=1))):
        tomorrow: Any = client.get(path)
    assert {"service": "cooking", "reasons": ["health_lapsed"]} in tomorrow.json["obstacles"]


def test_a_wage_the_firm_has_not_confirmed_is_marked(client: FlaskClient) -> None:
    worker = factories.worker(services={"cleaning": 4000, "cooking": 4000})
    offer = db.session.scalars(sa.select(WorkerService).where(WorkerService.worker_id == worker.id,
                                                              WorkerService.service_code == "cooking")).one()
    offer.provisional = True
    workers.refresh(worker=worker)
    shown: Any = client.get(f"/api/v1/workers/{worker.id}")
    assert {each["code"]: each["provisional"] for each in shown.json["services"]} == {
        "cleaning": False, "cooking": True}
