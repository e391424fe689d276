"""Attendance, assessment, certificate, subsidy."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.courses.rules import marks
from qiaojiejie.courses.service.marks import years_on
from qiaojiejie.media.models import Media
from tests import factories
from tests.courses.scene import School, after, before


def at(meeting: dict[str, Any], seconds: int = 0) -> datetime:
    """A moment counted from a meeting's beginning."""
    return datetime.fromisoformat(meeting["starts"]) + timedelta(seconds=seconds)


@pytest.fixture()
def running(school: School) -> tuple[School, dict[str, Any], dict[str, Any], dict[str, str]]:
    """A session that runs, a place in it, and whose it is."""
    session, (_, who) = school.opened(), school.learner()
    place = school.enrol(session, who)
    with clock.frozen(before(session)):
        school.step(session, "begin")
    return school, session, place, who


Running = tuple[School, dict[str, Any], dict[str, Any], dict[str, str]]


def test_the_code_at_the_door_changes_and_an_old_one_does_not_count(running: Running) -> None:
    school, session, place, who = running
    [first, second, _] = session["meetings"]
    path = f"/course-meetings/{first['id']}/attendances"
    with clock.frozen(at(first, -1801)):
        shown = school.ask("GET", f"/course-meetings/{first['id']}/door-code", school.teaches)
        assert shown.json["code"] == "NotMeetingTime"
    with clock.frozen(at(first, 0)):
        shown = school.ask("GET", f"/course-meetings/{first['id']}/door-code", school.teaches).json
        school.refused("NotMeetingTime", f"/course-meetings/{second['id']}/attendances", who, {"code": shown["code"]})
    for seconds, counts in ((90, False), (60, False), (59, True), (29, True)):
        with clock.frozen(at(first, seconds)):
            answer = school.ask("POST", path, who, {"code": shown["code"]})
            assert (answer.status_code == 201) == counts, (seconds, answer.json)
    assert [(each["number"], each["via"]) for each in school.place(place)["attendances"]] == [(1, "code")]
    with clock.frozen(at(first, 10)):
        school.refused("DoorCodeWrong", path, who, {"code": "0" * 20})
        _, stranger = school.learner()
        school.refused("NotEnrolledHere", path, stranger, {"code": shown["code"]})
        refused = school.ask("GET", f"/course-meetings/{first['id']}/door-code", school.assesses)
        assert refused.json["code"] == "NotYourSession"


def test_a_missed_meeting_is_made_up_in_another_session_of_the_course(running: Running) -> None:
    school, session, place, who = running
    other = school.opened(meetings=school.meetings(before(session) + timedelta(days=7)))
    with clock.frozen(before(other) + timedelta(hours=1)):
        school.step(other, "begin")
        path = f"/course-meetings/{other['meetings'][0]['id']}"
        code = school.ask("GET", path + "/door-code", school.teaches).json["code"]
        school.ok(path + "/attendances", who, {"code": code})
    with clock.frozen(after(other)):
        school.ok(f"/course-meetings/{other['meetings'][1]['id']}/roll", school.teaches, {"place_ids": [place["id"]]})
        now = school.place(place)
        assert [(each["number"], each["via"]) for each in now["attendances"]] == [(1, "make_up"), (2, "make_up")]
        assert now["attended"] == 666
        foreign = school.course
        school.course = school.published(title="收纳", title_en="Storage", occupation="storage", level=None)
        third = school.opened(meetings=school.meetings(after(other) + timedelta(days=1)))
        school.course = foreign
    with clock.frozen(before(third)):
        school.step(third, "begin")
        school.refused("NotEnrolledHere", f"/course-meetings/{third['meetings'][0]['id']}/roll", school.teaches,
                       {"place_ids": [place["id"]]})


def test_who_attended_too_little_is_not_assessed(running: Running) -> None:
    school, session, place, _ = running
    with clock.frozen(after(session)):
        school.ok(f"/course-meetings/{session['meetings'][0]['id']}/roll", school.teaches, {"place_ids": [place["id"]]})
        school.refused("AttendanceTooLow", f"/course-places/{place['id']}/marks", school.assesses,
                       {"part": "theory", "points": 90})


def test_she_fails_practice_re_sits_passes_and_is_certified_at_once(running: Running) -> None:
    school, session, place, who = running
    path = f"/course-places/{place['id']}/marks"
    with clock.frozen(after(session)):
        school.attend_all(session, place)
        assert school.mark(place, "theory", 60)["marks"][0]["passed"]
        school.refused("AlreadyPassedPart", path, school.assesses, {"part": "theory", "points": 99})
        failed = school.mark(place, "practice", 59)
        assert failed["state"] == "enrolled" and not failed["marks"][1]["passed"] and failed["serial"] is None
        school.refused("ResitTooSoon", path, school.assesses, {"part": "practice", "points": 80})
    with clock.frozen(clock.midnight(clock.local(after(session)).date() + timedelta(days=1))):
        passed = school.mark(place, "practice", 80)
        assert (passed["state"], passed["marks"][2]["attempt"]) == ("passed", 2)
        [certificate] = school.ask("GET", "/me/certificates", who).json["items"]
        assert certificate["serial"] == passed["serial"] and certificate["hours"] == 12
        day = clock.today()
        assert certificate["valid_until"] == (day.replace(year=day.year + 3) - timedelta(days=1)).isoformat()
        assert school.verified(passed["serial"])["standing"] == "valid"
        school.refused("StepNotPossible", path, school.assesses, {"part": "practice", "points": 90})


def test_attempts_run_out(running: Running) -> None:
    school, session, place, _ = running
    for day in range(4):
        with clock.frozen(after(session) + timedelta(days=day)):
            if day == 0:
                school.attend_all(session, place)
            if day < 3:
                school.mark(place, "theory", 10)
            else:
                school.refused("NoAttemptsLeft", f"/course-places/{place['id']}/marks", school.assesses,
                               {"part": "theory", "points": 90})


def test_who_taught_does_not_mark_practice(running: Running) -> None:
    school, session, place, _ = running
    path = f"/course-places/{place['id']}/marks"
    with clock.frozen(after(session)):
        school.attend_all(session, place)
        school.refused("AssessorNotIndependent", path, school.teaches, {"part": "practice", "points": 90})
        assert school.mark(place, "theory", 90, school.teaches)["marks"][0]["points"] == 90


def test_finishing_counts_who_came_to_the_end_and_who_failed_may_still_re_sit(running: Running) -> None:
    school, session, place, _ = running
    with clock.frozen(after(session)):
        school.attend_all(session, place)
        school.mark(place, "theory", 80)
        school.step(session, "finish")
        now = school.place(place)
        assert (now["state"], now["completed"]) == ("failed", True)
        figures = school.ask("GET", f"/courses/statistics?year={clock.today().year}").json
        assert (figures["sessions"], figures["trained"], figures["passed"]) == (1, 1, 0)
        assert school.mark(place, "practice", 80)["state"] == "passed"
        figures = school.ask("GET", f"/courses/statistics?year={clock.today().year}").json
        assert (figures["trained"], figures["passed"]) == (1, 1) and figures["courses"][0]["passed"] == 1


def test_a_pass_stands_while_its_body_may_not_issue_and_the_certificate_follows(
        running: Running, sweep: Callable[[str], None]) -> None:
    school, session, place, _ = running
    steps = f"/awarding-bodies/{school.body['id']}/steps"
    school.ok(steps, school.first, {"step": "suspend", "reason": "抽查"})
    with clock.frozen(after(session)):
        school.attend_all(session, place)
        school.mark(place, "theory", 80)
        passed = school.mark(place, "practice", 80)
        assert (passed["state"], passed["serial"]) == ("passed", None)
        sweep("qiaojiejie.courses.tasks.certify")
        assert school.place(place)["serial"] is None
        school.ok(steps, school.first, {"step": "resume"})
        sweep("qiaojiejie.courses.tasks.certify")
        assert school.verified(school.place(place)["serial"])["standing"] == "valid"


def evidence(school: School, by: Any) -> str:
    """A file an account uploaded as evidence."""
    made = Media(account_id=by.id, org_id=None, kind="evidence", content_type="image/jpeg", size=3,
                 sha256=uuid4().bytes, width=1, height=1, key=uuid4().hex, public=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return str(made.id)


def test_a_subsidy_is_claimed_once_a_person_programme_and_year_and_decided_by_another(running: Running) -> None:
    school, session, place, _ = running
    officer, other = school.officers
    body = {"place_id": place["id"], "programme": "sukenhuichuang", "media_ids": [evidence(school, officer)]}
    school.refused("NothingPassed", "/subsidy-claims", school.first, body)
    with clock.frozen(after(session)):
        school.attend_all(session, place)
        school.mark(place, "theory", 80)
        school.mark(place, "practice", 80)
        school.refused("NotFunded", "/subsidy-claims", school.first, {**body, "programme": "labour_transfer"})
        school.refused("ProgrammeNotFound", "/subsidy-claims", school.first, {**body, "programme": "none"})
        school.refused("ClaimEvidenceNotYours", "/subsidy-claims", school.first,
                       {**body, "media_ids": [evidence(school, other)]})
        claim = school.ok("/subsidy-claims", school.first, body)
        assert claim["amount"] == {"amount": 60000, "currency": "CNY", "display": "¥600.00"}
        school.refused("AlreadyClaimed", "/subsidy-claims", school.first, body)
        path = f"/subsidy-claims/{claim['id']}"
        school.refused("ClaimSecondOfficer", path + "/decisions", school.first, {"step": "approve"})
        school.refused("StepNotPossible", path + "/payments", school.second, {"reference": "1"})
        school.ok(path + "/decisions", school.second, {"step": "refuse", "reason": "照片不清"})
        again = school.ok("/subsidy-claims", school.first, body)
        path = f"/subsidy-claims/{again['id']}"
        school.ok(path + "/decisions", school.second, {"step": "approve"})
        paid = school.ok(path + "/payments", school.first, {"reference": "2026112400001"})
        assert (paid["state"], paid["reference"]) == ("paid", "2026112400001")


def roster(rows: list[tuple[str, str]]) -> bytes:
    """A firm's list as CSV."""
    return "\n".join(["姓名,身份证号", *(",".join(row) for row in rows)]).encode()


def test_a_firm_enrols_a_list_and_each_wrong_row_says_why(school: School) -> None:
    session = school.opened(seats=2)
    good = [school.learner()[0] for _ in range(3)]
    stranger = factories.worker()
    rows = [(each.name.reveal(), each.id_number.reveal()) for each in good]
    rows += [rows[0], (stranger.name.reveal(), stranger.id_number.reveal()), ("李四", "123"), ("", rows[1][1])]
    manager = factories.headers(factories.manager_of(school.firm))
    path = f"/api/v1/course-sessions/{session['id']}/place-imports"

    def send(content: bytes) -> Any:
        return school.client.post(path, headers=manager, data={"file": (io.BytesIO(content), "list.csv")}).json

    told = send(roster(rows))
    assert (told["enrolled"], told["waiting"], told["refused"]) == (2, 1, 4)
    assert [[each["code"] for each in row["reasons"]] for row in told["rows"]] == [
        [], [], [], ["twice_in_list"], ["not_on_staff"], ["id_invalid"], ["name_missing"]]
    local = school.learner(id_number=factories.id_number())[0]
    assert send(roster([(local.name.reveal(), local.id_number.reveal().lower())]))["waiting"] == 1, "a young code"
    again = send(roster(rows[:3]))
    assert again["refused"] == 3 and again["rows"][0]["reasons"][0]["code"] == "enrolled_already"
    assert send(b"a,b\n1,2")["code"] == "RosterColumnsMissing"
    assert school.now(session)["taken"] == 2


def test_meetings_must_add_up_and_lie_ahead(school: School) -> None:
    path = f"/courses/{school.course['id']}/sessions"
    body = {"region_code": "321302", "place": "站", "seats": 2}
    fine = school.meetings()
    for wrong in (fine[:2], [fine[1], fine[0], fine[2]], school.meetings(clock.now() - timedelta(hours=1)),
                  [{**fine[0], "ends": fine[1]["ends"]}, *fine[1:]]):
        school.refused("MeetingsDoNotFit", path, school.teaches, {**body, "meetings": wrong})
    school.refused("TrainerUnknown", path, school.first, {**body, "meetings": fine})
    draft = school.ok("/courses", school.first, {
        "title": "x", "title_en": "x", "occupation": "storage", "edition": "1", "syllabus": [
            {"topic": "t", "kind": "theory", "minutes": 60}], "body_id": school.body["id"]})
    school.refused("CourseNotOffered", f"/courses/{draft['id']}/sessions", school.teaches, {**body, "meetings": fine})
    assert school.ask("GET", f"/courses/{draft['id']}").status_code == 404
    assert school.ask("GET", f"/courses/{draft['id']}", school.first).status_code == 200


def test_only_its_trainer_and_the_federation_lead_a_session(school: School) -> None:
    session = school.plan()
    path = f"/course-sessions/{session['id']}/steps"
    school.refused("NotYourSession", path, school.assesses, {"step": "open"})
    school.refused("StepNotPossible", path, school.teaches, {"step": "begin"})
    school.ok(path, school.first, {"step": "open"})
    school.refused("TooEarly", path, school.teaches, {"step": "begin"})
    mediator = factories.headers(factories.member(Role.MEDIATOR))
    assert school.ask("POST", path, mediator, {"step": "cancel"}).status_code == 403


@pytest.mark.parametrize("day, years, until", [
    ("2026-11-24", 3, "2029-11-23"), ("2028-02-29", 1, "2029-02-28"), ("2028-02-29", 4, "2032-02-28"),
    ("2026-03-01", 2, "2028-02-29"), ("2026-01-01", 1, "2026-12-31")])
def test_a_certificate_of_n_years_is_valid_to_the_day_before_the_same_day(day: str, years: int, until: str) -> None:
    assert years_on(datetime.fromisoformat(day).date(), years).isoformat() == until


def test_a_part_without_hours_is_not_assessed() -> None:
    assert marks.parts_of(60, 0) == ["theory"] and marks.parts_of(0, 60) == ["practice"]
    assert not marks.passed([]) and marks.passed([], [])
