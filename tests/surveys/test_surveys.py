"""A survey from its draft to its results, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.identity import gateway
from qiaojiejie.surveys import service, tasks
from qiaojiejie.surveys.models import SurveyAnswer, SurveyInvitation
from qiaojiejie.surveys.rules import draw
from tests import factories

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
OPTIONS = [{"code": code, "name": name, "name_en": code} for code, name in (
    ("very", "非常满意"), ("rather", "满意"), ("not", "不满意"))]
QUESTION = {"code": "overall", "text": "总体满意吗？", "text_en": "Satisfied?", "options": OPTIONS,
            "good": ["very", "rather"]}
BODY: dict[str, Any] = {"code": "satisfaction", "year": 2026, "title": "满意度", "title_en": "Satisfaction",
                        "audience": "handed", "questions": [QUESTION], "closes_on": "2026-11-30",
                        "strata": [{"code": "a", "name": "东区", "frame": 900, "drawn": 4},
                                   {"code": "b", "name": "西区", "frame": 100, "drawn": 4}]}


class Office:
    """An officer and what she does with surveys."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers = factories.headers(factories.member(Role.FEDERATION_ADMIN))

    def call(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """One request by the officer."""
        answer = self.client.open(f"/api/v1{path}", method=method, headers=self.headers,
                                  json=body if method == "POST" else None)
        assert answer.status_code == status, answer.json
        return answer.json

    def opened(self, **changed: Any) -> str:
        """A survey that is open: its id."""
        made: str = self.call("POST", "/surveys", 201, **{**BODY, **changed})["id"]
        self.call("POST", f"/surveys/{made}/steps", step="open")
        return made

    def links(self, survey: str) -> list[tuple[str, str]]:
        """(stratum, token) of every questionnaire, fetched to be handed over."""
        found = self.call("GET", f"/surveys/{survey}/invitations?limit=100")["items"]
        links = [self.call("POST", f"/survey-invitations/{each['id']}/links")["link"] for each in found]
        return [(each["stratum"], link.rsplit("/", 1)[1]) for each, link in zip(found, links, strict=True)]

    def answer(self, token: str, option: str, status: int = 204, words: str | None = None) -> Any:
        """Somebody with the link answers; nobody signs in."""
        answer = self.client.post(f"/api/v1/survey-forms/{token}/answers",
                                  json={"answers": {"overall": option}, "words": words})
        assert answer.status_code == status, answer.json
        return answer.json if answer.data else None


@pytest.fixture()
def office(client: FlaskClient) -> Iterator[Office]:
    """An officer on a Monday at noon."""
    with clock.frozen(NOW):
        yield Office(client)


def test_results_weigh_each_stratum_by_its_frame_and_say_n_response_and_interval(office: Office) -> None:
    survey = office.opened()
    tokens = office.links(survey)
    assert [stratum for stratum, _ in tokens] == ["a"] * 4 + ["b"] * 4
    for (_, token), option in zip(tokens, ["very", "rather", "not", None, "not", "not", None, None], strict=True):
        if option:
            office.answer(token, option, words="周末约不到" if option == "not" else None)
    assert office.call("GET", f"/surveys/{survey}/results", 404)["code"] == "ResultsNotReady"
    office.call("POST", f"/surveys/{survey}/steps", step="close")
    told = office.call("GET", f"/surveys/{survey}/results")
    assert (told["frame"], told["invited"], told["n"], told["response"]) == (1000, 8, 5, 6250)
    # 900 people of whom 2 in 3, 100 of whom 0 in 2: 60 %; Kish: 1000² ÷ (900²/3 + 100²/2)
    good = told["questions"][0]["good"]
    assert (good["n"], good["permyriad"]) == (2, 6000)
    assert told["effective_n"] == "3.6" and good["low_permyriad"] < 3000 < 8000 < good["high_permyriad"]
    assert sum(each["permyriad"] for each in told["questions"][0]["options"]) == 10_000
    assert {each["words"] for each in office.call("GET", f"/surveys/{survey}/words")["items"]} == {"周末约不到"}
    book = openpyxl.load_workbook(BytesIO(office.client.get(f"/api/v1/surveys/{survey}/results.xlsx").data))
    assert ["总体满意吗？", "合计：满意", "2", "6000"] in [[str(cell) for cell in row[:4]] for row in book.active.values]


def test_a_questionnaire_is_answered_once_whole_and_until_midnight_of_its_last_day(office: Office) -> None:
    survey = office.opened()
    (_, first), (_, second), (_, third), *_ = office.links(survey)
    assert office.answer(first, "delighted", 422)["code"] == "AnswersDoNotFit"
    assert office.client.get(f"/api/v1/survey-forms/{first}").json["can_answer"] is True  # type: ignore[index]
    office.answer(first, "very")
    assert office.answer(first, "not", 409)["code"] == "AlreadyAnswered"
    assert office.client.get(f"/api/v1/survey-forms/{first}").json["answered"] is True  # type: ignore[index]
    with clock.frozen(clock.midnight(date(2026, 12, 1)) - timedelta(seconds=1)):
        office.answer(second, "rather")
    with clock.frozen(clock.midnight(date(2026, 12, 1))):
        assert office.answer(third, "not", 409)["code"] == "SurveyNotOpen"
        tasks.close()
    assert office.call("GET", f"/surveys/{survey}")["state"] == "closed"
    assert office.answer("no-such-token", "very", 404)["code"] == "InvitationNotFound"


def test_nothing_joins_an_answer_to_who_gave_it(office: Office) -> None:
    survey = office.opened()
    office.answer(office.links(survey)[0][1], "very")
    assert {column.key for column in SurveyAnswer.__table__.columns} == {
        "id", "survey_id", "stratum", "answers", "words"}
    [answer] = db.session.scalars(sa.select(SurveyAnswer))
    assert answer.id.version == 4  # an id of version 7 would say when
    assert "answered_at" not in SurveyInvitation.__table__.columns


def test_families_are_drawn_by_a_seed_that_was_committed_to_and_invited_on_their_own_phones(
        office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, str]]] = []
    worker = factories.worker()
    for hours in range(6):
        done = factories.booking("completed", None, worker, start=NOW - timedelta(days=20 + hours))
        done.closed_at = NOW - timedelta(days=10)
    db.session.flush()
    deferred: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs, "defer_many", lambda name, those: deferred.extend(those))
    drafted = office.call("POST", "/surveys", 201, **{
        **BODY, "audience": "families", "strata": [], "frame_from": "2026-10-01", "frame_until": "2026-11-23",
        "sample": 4})
    assert drafted["seed"] is None
    opened = office.call("POST", f"/surveys/{drafted['id']}/steps", step="open")
    assert [(each["frame"], each["drawn"]) for each in opened["strata"]] == [(6, 4)]
    invited = db.session.scalars(sa.select(SurveyInvitation).order_by(SurveyInvitation.number)).all()
    monkeypatch.setattr(gateway.terms().sms, "send", lambda phone, kind, params, key: sent.append((phone, params)))
    for each in deferred:
        tasks.invite(**each)
    assert len({phone for phone, _ in sent}) == 4 and all("/s/" in params["link"] for _, params in sent)
    assert office.call("POST", f"/survey-invitations/{invited[0].id}/links", 409)["code"] == "NotHandedOut"
    assert office.call("POST", f"/surveys/{drafted['id']}/reminders", 409)["code"] == "RemindedAlready"
    office.answer(service.token_of(invited[0].id), "very")
    with clock.frozen(NOW + timedelta(days=1)):
        assert office.call("POST", f"/surveys/{drafted['id']}/reminders")["reminders"] == 1
    assert [each["wave"] for each in deferred].count(1) == 3
    closed = office.call("POST", f"/surveys/{drafted['id']}/steps", step="close")
    seed = bytes.fromhex(closed["seed"])
    assert draw.sha256(seed).hexdigest() == drafted["commitment"]
    frame = [(each, stratum) for each, stratum in db.session.execute(sa.text(
        "SELECT b.household_id, a.region_code FROM booking b JOIN address a ON a.id = b.address_id"))]
    assert [each for each, _ in draw.sample(frame, 4, seed)] == [each.household_id for each in invited]


def test_firms_of_the_register_are_asked_in_person_where_they_are_not_on_the_platform(office: Office) -> None:
    by = factories.member(Role.FEDERATION_AUDITOR)
    for number in range(3):
        db.session.add(RegisterEntry(
            name=f"家政{number}", uscc=factories.firm_code(), region_code="321302", kind="company",
            surveyed_on=NOW.date(), source="调查", entered_by=by.id, entered_at=NOW))
    db.session.flush()
    survey = office.opened(audience="firms", strata=[], sample=10)
    found = office.call("GET", f"/surveys/{survey}/invitations")["items"]
    assert {each["firm_name"] for each in found} >= {"家政0", "家政1", "家政2"}
    for _, token in office.links(survey):
        office.answer(token, "rather")


def test_a_series_shows_every_closed_year_with_its_interval_and_as_a_chart(office: Office) -> None:
    for year, options in ((2025, ["very", "not", "not"]), (2026, ["very", "rather", "not"])):
        survey = office.opened(year=year, strata=[{"code": "a", "name": "东区", "frame": 9, "drawn": 3}])
        for (_, token), option in zip(office.links(survey), options, strict=True):
            office.answer(token, option)
        office.call("POST", f"/surveys/{survey}/steps", step="close")
    points = office.call("GET", "/surveys/series/satisfaction")["points"]
    assert [(each["year"], each["n"], each["permyriad"], each["response"]) for each in points] == [
        (2025, 3, 3333, 10_000), (2026, 3, 6667, 10_000)]
    chart = office.client.get("/api/v1/surveys/series/satisfaction.svg")
    assert chart.mimetype == "image/svg+xml" and "66.7%" in chart.text and "n=3" in chart.text
    assert office.call("GET", "/surveys/series/other", 404)["code"] == "SeriesNotFound"


@pytest.mark.parametrize("changed, code", [
    ({"questions": [QUESTION, QUESTION]}, "QuestionsDoNotFit"),
    ({"questions": [{**QUESTION, "good": ["other"]}]}, "QuestionsDoNotFit"),
    ({"strata": []}, "FrameDoesNotFit"), ({"audience": "families"}, "FrameDoesNotFit"),
    ({"audience": "families", "strata": [], "frame_from": "2026-02-01", "frame_until": "2026-01-01"},
     "FrameDoesNotFit"),
    ({"audience": "firms"}, "FrameDoesNotFit"), ({"closes_on": "2026-11-22"}, "SurveyDaysDoNotFit"),
    ({"closes_on": "2027-11-22"}, "SurveyDaysDoNotFit")])
def test_what_does_not_fit_is_refused(office: Office, changed: dict[str, Any], code: str) -> None:
    assert office.call("POST", "/surveys", 422, **{**BODY, **changed})["code"] == code


def test_one_survey_of_a_series_a_year_unless_it_was_dropped(office: Office) -> None:
    drafted = office.call("POST", "/surveys", 201, **BODY)
    assert office.call("POST", "/surveys", 409, **BODY)["code"] == "AlreadyHeld"
    assert office.client.get(f"/api/v1/surveys/{drafted['id']}").status_code == 404
    office.call("POST", f"/surveys/{drafted['id']}/steps", step="drop")
    office.call("POST", "/surveys", 201, **BODY)
    empty = office.call("POST", "/surveys", 201, **{
        **BODY, "code": "nobody", "audience": "families", "strata": [], "frame_from": "2020-01-01",
        "frame_until": "2020-02-01"})
    assert office.call("POST", f"/surveys/{empty['id']}/steps", 409, step="open")["code"] == "FrameEmpty"
