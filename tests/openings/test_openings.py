"""Openings, who asks for them, and what came of it, over HTTP."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.openings.lifecycle import APPLICATION
from qiaojiejie.openings.models import JobApplication
from tests import factories

Call = Any
PHONE = "13900001234"


class Wall:
    """A firm and a station with their people, and what they do."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.firm, self.station = factories.firm(), factories.station()
        self.manager = factories.headers(factories.manager_of(self.firm))
        self.clerk = self.a_clerk()
        self.officer = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
        self.woman = self.somebody()

    def a_clerk(self, of: Any = None) -> dict[str, str]:
        """A clerk of the station, or of another."""
        return factories.headers(factories.member(Role.STATION_CLERK, (of or self.station).id))

    def somebody(self) -> dict[str, str]:
        """Who looks for work."""
        return factories.headers(factories.member(Role.HOUSEHOLD))

    def ask(self, who: dict[str, str] | None, path: str, status: int = 200, **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        answer = self.client.open(f"/api/v1{path}", method="POST" if body else "GET", headers=who, json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def post(self, who: dict[str, str] | None = None, **changed: Any) -> str:
        """An opening: its id."""
        return str(self.ask(who or self.manager, "/openings", 201, **{
            "title": "住家育儿嫂", "description": "照看宝宝", "region_code": "321302", "places": 2, "wage_low_fen": 600_000,
            "wage_high_fen": 800_000, "wage_unit": "month", "until": (clock.today() + timedelta(days=30)).isoformat(),
            **changed})["id"])

    def apply(self, opening: str, who: dict[str, str] | None = None, status: int = 201, **given: Any) -> Any:
        """An application."""
        return self.ask(who or self.woman, f"/openings/{opening}/applications", status, name="王秀英", **given)

    def introduce(self, opening: str, status: int = 201, **given: Any) -> Any:
        """An application by the clerk."""
        return self.apply(opening, self.clerk, status, **{"phone": PHONE, "consent": "本人到站口头同意", **given})

    def answer(self, who: dict[str, str], application: Any, answer: str, status: int = 200, **given: Any) -> Any:
        """An answer to an application."""
        return self.ask(who, f"/job-applications/{application['id']}/answers", status, answer=answer, **given)


@pytest.fixture()
def wall(client: FlaskClient) -> Wall:
    """A jobs wall."""
    return Wall(client)


def test_a_firm_posts_somebody_applies_is_placed_and_says_so_herself(wall: Wall) -> None:
    opening = wall.post()
    shown = wall.ask(None, f"/openings/{opening}")
    assert (shown["employer"], shown["free"], shown["wage_low"]["display"]) == (wall.firm.name, 2, "¥6,000.00")
    made = wall.apply(opening, words="带过两个宝宝")
    assert (made["state"], made["via"], made["name"]) == ("applied", "self", "王**")
    assert [each["id"] for each in wall.ask(wall.manager, f"/openings/{opening}/applications")["items"]] == [made["id"]]
    placed = wall.answer(wall.manager, made, "place")
    assert (placed["state"], placed["placed_on"]) == ("placed", clock.today().isoformat())
    assert wall.answer(wall.woman, made, "confirm")["state"] == "confirmed"
    assert wall.ask(wall.woman, "/me/job-applications")["items"][0]["state"] == "confirmed"
    assert wall.ask(None, f"/openings/{opening}")["free"] == 1


def test_a_station_posts_for_a_base_and_introduces_who_asked_with_her_consent(wall: Wall) -> None:
    opening = wall.post(wall.clerk, employer="绢花加工基地")
    wall.introduce(opening, 422, consent=None)
    made = wall.introduce(opening)
    assert (made["via"], made["station_id"], made["phone"]) == ("station", str(wall.station.id), "139****1234")
    assert [each["id"] for each in wall.ask(wall.clerk, "/referrals")["items"]] == [made["id"]]
    assert wall.ask(wall.a_clerk(factories.station("别的站")), "/referrals")["items"] == []
    assert [each["id"] for each in wall.ask(wall.officer, "/referrals")["items"]] == [made["id"]]
    assert wall.answer(wall.clerk, made, "place")["state"] == "placed", "the clerk answers for the base"
    wall.answer(wall.clerk, made, "confirm", 403)
    her = factories.headers(factories.member(Role.HOUSEHOLD, who=_account(made)))
    assert wall.answer(her, made, "confirm")["state"] == "confirmed", "only she says that she began"


def test_who_was_introduced_finds_it_when_she_signs_in(wall: Wall) -> None:
    made = wall.introduce(wall.post())
    her = factories.headers(factories.member(Role.HOUSEHOLD, who=_account(made)))
    assert [each["id"] for each in wall.ask(her, "/me/job-applications")["items"]] == [made["id"]]
    assert wall.answer(her, made, "withdraw")["state"] == "withdrawn"


def _account(application: dict[str, Any]) -> Any:
    return factories.db.session.get_one(JobApplication, application["id"]).account


def test_she_confirms_from_her_first_day_on_and_denies_at_any_time(wall: Wall) -> None:
    made, tomorrow = wall.apply(wall.post()), clock.today() + timedelta(days=1)
    wall.answer(wall.manager, made, "place", on=tomorrow.isoformat())
    assert wall.answer(wall.woman, made, "confirm", 409)["code"] == "WorkNotBegun"
    with clock.frozen(clock.midnight(tomorrow)):
        her = factories.headers(_account(made))
        assert wall.answer(her, made, "confirm")["state"] == "confirmed"


def test_two_applications_for_the_same_are_one(wall: Wall) -> None:
    opening = wall.post()
    first = wall.apply(opening)
    assert wall.apply(opening, status=409)["code"] == "AlreadyApplied"
    wall.answer(wall.woman, first, "withdraw")
    assert wall.apply(opening)["state"] == "applied", "who withdrew may ask again"


def test_never_more_are_placed_than_there_are_places(wall: Wall) -> None:
    opening = wall.post(places=1)
    first, second = (wall.apply(opening, wall.somebody()) for _ in range(2))
    wall.answer(wall.manager, first, "place")
    assert wall.answer(wall.manager, second, "place", 409)["code"] == "OpeningFull"
    assert wall.answer(wall.manager, second, "refuse", reason="名额已满")["reason"] == "名额已满"


def test_a_place_she_denies_is_free_again_and_not_counted(wall: Wall) -> None:
    opening = wall.post(places=1)
    made = wall.apply(opening)
    wall.answer(wall.manager, made, "place")
    assert wall.ask(None, "/openings/statistics")["placed"] == 1
    assert wall.answer(wall.woman, made, "deny")["state"] == "denied"
    assert (wall.ask(None, "/openings/statistics")["placed"], wall.ask(None, f"/openings/{opening}")["free"]) == (0, 1)


@pytest.mark.parametrize("state", APPLICATION.states)
def test_each_step_is_one_partys_from_one_state(wall: Wall, state: str) -> None:
    made = wall.apply(wall.post())
    row = factories.db.session.get_one(JobApplication, made["id"])
    other = factories.headers(factories.manager_of(factories.firm()))
    people = [("employer", wall.manager), ("applicant", wall.woman), (None, wall.clerk), (None, wall.somebody()),
              (None, other)]
    for step, (party, who) in product(APPLICATION.steps, people):
        factories.db.session.refresh(row)
        factories.db.session.refresh(row.opening)
        row.state, row.placed_on = state, clock.today() if state in ("placed", "confirmed", "denied") else None
        row.opening.filled = 1 if state in ("placed", "confirmed") else 0
        factories.db.session.flush()
        hers = party in APPLICATION.steps[step].parties
        possible = hers and state in APPLICATION.steps[step].sources
        wall.answer(who, made, step, 404 if party is None else 200 if possible else 409 if hers else 403)


@pytest.mark.parametrize("changed, code", [
    ({"wage_low_fen": 900_000}, "WageDoesNotFit"), ({"region_code": "110101"}, "UnknownRegion"),
    ({"until": "2020-01-01"}, "OpeningDaysDoNotFit")])
def test_what_an_opening_may_not_say(wall: Wall, changed: dict[str, Any], code: str) -> None:
    body = {"title": "保洁", "description": "保洁", "region_code": "321302", "places": 1, "wage_low_fen": 1,
            "wage_high_fen": 2, "wage_unit": "hour", "until": clock.today().isoformat(), **changed}
    assert wall.ask(wall.manager, "/openings", 422, **body)["code"] == code


def test_an_opening_is_open_on_its_last_day_and_over_the_next(wall: Wall, sweep: Any) -> None:
    today = clock.today()
    opening = wall.post(until=today.isoformat())
    waits = wall.apply(opening)
    with clock.frozen(clock.midnight(today + timedelta(days=1)) - timedelta(seconds=1)):
        wall.apply(opening, factories.headers(factories.member(Role.HOUSEHOLD)))
    with clock.frozen(clock.midnight(today + timedelta(days=1)) + timedelta(seconds=1)):
        late = factories.headers(factories.member(Role.HOUSEHOLD))
        assert wall.apply(opening, late, 409)["code"] == "OpeningOver"
        assert wall.ask(None, "/openings")["items"] == [], "over before any job ran"
        sweep("qiaojiejie.openings.tasks.close")
        assert wall.ask(None, f"/openings/{opening}")["state"] == "closed"
        manager = factories.headers(factories.manager_of(wall.firm))
        assert wall.answer(manager, waits, "place")["state"] == "placed", "who asked in time is answered"


def test_who_was_placed_is_counted_by_her_first_day_and_region(wall: Wall) -> None:
    here, there = wall.post(), wall.post(region_code="321311")
    for opening, on in ((here, 0), (here, 1), (there, 0)):
        made = wall.apply(opening, wall.somebody())
        wall.answer(wall.manager, made, "place", on=(clock.today() + timedelta(days=on)).isoformat())
    counted = wall.ask(None, "/openings/statistics")
    assert (counted["placed"], counted["confirmed"], counted["introduced"]) == (2, 0, 0), "not who begins tomorrow"
    assert [(each["region_code"], each["placed"]) for each in counted["regions"]] == [("321302", 1), ("321311", 1)]
    assert wall.ask(None, f"/openings/statistics?year={date.today().year - 3}")["placed"] == 0
    first_day = (clock.today() + timedelta(days=61)).isoformat()
    made = wall.apply(there, wall.somebody())
    assert wall.answer(wall.manager, made, "place", 422, on=first_day)["code"] == "PlacedOnDoesNotFit"


def test_who_sees_a_phone_leaves_a_look(wall: Wall) -> None:
    made = wall.introduce(wall.post())
    path = f"/job-applications/{made['id']}/looks"
    seen = wall.ask(wall.manager, path, reason="约面试")
    assert seen == {"name": "王秀英", "phone": PHONE}
    wall.ask(factories.headers(factories.manager_of(factories.firm())), path, 404, reason="好奇")
    her = factories.headers(factories.member(Role.HOUSEHOLD, who=_account(made)))
    looks = wall.ask(her, "/me/looks")["items"]
    assert sorted(each["field"] for each in looks) == ["name", "phone"]


def test_the_firm_hears_of_who_asks_and_she_of_the_answer(wall: Wall, run_jobs: Any) -> None:
    opening = wall.post()
    made = wall.apply(opening)
    run_jobs()
    assert wall.ask(wall.manager, "/me/notifications")["items"][0]["kind"] == "job_applied"
    wall.answer(wall.manager, made, "place")
    run_jobs()
    assert wall.ask(wall.woman, "/me/notifications")["items"][0]["kind"] == "job_placed"
