"""A firm is graded: its self-score, the reviews by different eyes, the grade its points are worth."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError, IntegrityError

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.enrolment.models import Grading
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.transparency.service import READERS
from tests import factories
from tests.enrolment.scene import API, STANDARD, Scene, evidence, points_of

STATES = ("draft", "returned", "city_review", "third_party", "second_review", "published", "withdrawn", "revoked")
#: step → (how it is asked for, from where it is possible)
STEPS: dict[str, tuple[Callable[[Scene, str], Any], tuple[str, ...]]] = {
    "score": (lambda s, g: s.fill(g), ("draft", "returned")),
    "submit": (lambda s, g: s.submit(g), ("draft", "returned")),
    "withdraw": (lambda s, g: s.post(f"{s.at}/gradings/{g}/withdrawals", s.boss), ("draft", "returned", "city_review")),
    "pass": (lambda s, g: s.review(g), ("city_review",)),
    "return": (lambda s, g: s.review(g, outcome="return"), ("city_review",)),
    "assess": (lambda s, g: s.assess(g), ("third_party",)),
    "publish": (lambda s, g: s.again(g), ("second_review",)),
    "send_back": (lambda s, g: s.again(g, outcome="send_back"), ("second_review",)),
    "keep": (lambda s, g: s.check(g), ("published",)),
    "revoke": (lambda s, g: s.check(g, "revoke"), ("published",)),
}


@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(scene: Scene, world: sa.Connection, state: str) -> None:
    grading = scene.upto(state)
    for name, (ask, sources) in STEPS.items():
        undo = world.begin_nested()
        answer = ask(scene, grading)
        code = answer.json.get("code")
        undo.rollback()
        if state not in sources:
            assert (answer.status_code, code) == (409, "StepNotPossible"), f"{name} from {state}"
        elif name == "submit" and state == "draft":
            assert code == "ScoresMissing"
        elif name == "keep":
            assert code == "CheckNotOpen"
        else:
            assert answer.status_code in (200, 201), f"{name} from {state}: {answer.json}"


def test_a_firm_is_graded_from_its_self_score_to_the_published_stars(scene: Scene, run_jobs: Callable[[], int]) -> None:
    grading = scene.upto("city_review")
    passed = scene.review(grading, corrections=[
        {"indicator": "written_contracts", "points": 6, "reason": "overclaimed", "note": "3 份未签字"}])
    by_code = {score["indicator"]: score for score in passed.json["scores"]}
    assert passed.json["points"] == 84 - (points_of(84)["written_contracts"] - 6)
    assert by_code["written_contracts"]["city_reason"] == "自评分高于材料所能证明"
    assert by_code["office"]["city_points"] == by_code["office"]["self_points"]
    assert (scene.public()["current"], scene.public()["history"]) == (None, [])
    assert scene.assess(grading, total=91).json["points"] == 91
    done = scene.again(grading)
    assert (done.status_code, done.json["state"], done.json["grade"]) == (201, "published", 5)
    current = scene.public()["current"]
    assert (current["grade"], current["grade_name"], current["points"]) == (5, "五星", 91)
    facts = [entry.fact for entry in ledger.about(f"firm:{scene.firm.id}")]
    assert facts == ["grading.opened", "grading.submitted", "grading.reviewed", "grading.assessed", "firm.graded"]
    run_jobs()
    told = db.session.scalars(sa.select(Notification.kind).where(
        Notification.account_id == scene.manager.id).order_by(Notification.id)).all()
    assert told == ["grading_step", "grading_step", "firm_graded"]
    inbox = scene.client.get(f"{API}/me/notifications", headers=scene.boss).json["items"]
    assert "五星" in inbox[0]["body"] and "信用分" in inbox[0]["body"]


@pytest.mark.parametrize(("points", "grade"), [
    (100, 5), (90, 5), (89, 4), (80, 4), (79, 3), (70, 3), (69, 2), (60, 2), (59, 1), (50, 1), (49, None), (0, None)])
def test_a_grade_changes_at_its_threshold_to_the_point(scene: Scene, points: int, grade: int | None) -> None:
    assert standards.CURRENT.stars(points) == grade
    if points not in (90, 89, 50, 49):
        return
    done = scene.again(scene.upto("second_review", total=points)).json
    assert (done["grade"], done["state"]) == (grade, "published" if grade else "fell_short")
    assert (scene.public()["current"] or {}).get("grade") == grade


def test_the_standard_is_published_and_adds_up(client: FlaskClient) -> None:
    shown: Any = client.get(f"{API}/grading-standards/current").json
    assert client.get(f"{API}/grading-standards/{shown['version']}").json == shown
    assert sum(each["max"] for group in shown["groups"] for each in group["indicators"]) == 100
    assert "不是官方" in shown["notice"]["zh"] and "信用分" in shown["notice"]["zh"]
    assert client.get(f"{API}/grading-standards/v0").json["code"] == "StandardNotFound"  # type: ignore[index]


def test_nobody_takes_two_of_the_steps_that_need_different_eyes(scene: Scene) -> None:
    grading = scene.upto("third_party")
    assert scene.assess(grading, who=scene.first).json["code"] == "FourEyes"
    assert scene.assess(grading).status_code == 201
    assert scene.again(grading, who=scene.first).json["code"] == "FourEyes"
    assert scene.again(grading, who=scene.first, outcome="send_back").json["code"] == "FourEyes"
    assert scene.state(grading) == "second_review"
    assert scene.again(grading, who=scene.third).status_code == 201


def test_after_it_was_sent_back_eyes_are_counted_anew(scene: Scene) -> None:
    grading = scene.upto("second_review")
    assert scene.again(grading, outcome="send_back").json["state"] == "city_review"
    assert scene.review(grading, who=scene.second).status_code == 201
    assert scene.assess(grading, who=scene.second).json["code"] == "FourEyes"
    assert scene.assess(grading, who=scene.first).status_code == 201
    assert scene.again(grading, who=scene.second).json["code"] == "FourEyes"
    assert scene.again(grading, who=scene.first).json["state"] == "published"


@pytest.mark.parametrize("column", ["assessed_by", "confirmed_by"])
def test_the_database_is_the_last_of_the_four_eyes(scene: Scene, column: str) -> None:
    grading = db.session.get_one(Grading, UUID(scene.upto("second_review")))
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(sa.update(Grading).where(Grading.id == grading.id).values({column: grading.reviewed_by}))
    assert violated(refused.value) == "ck_grading_four_eyes"


def test_a_member_of_the_firm_grades_it_in_no_role(scene: Scene) -> None:
    grading = scene.upto("city_review")
    factories.member(Role.FEDERATION_AUDITOR, who=scene.manager)
    both = factories.headers(scene.manager, Role.FEDERATION_AUDITOR)
    assert scene.review(grading, who=both).json["code"] == "OwnFirm"


def test_points_that_need_evidence_are_not_taken_without(scene: Scene) -> None:
    grading = scene.begin()
    assert scene.fill(grading, bare=True).status_code == 200
    refused = scene.submit(grading).json
    assert refused["code"] == "EvidenceMissing"
    needing = {code for code, one in STANDARD.indicators.items() if one.evidence and points_of(84)[code]}
    assert set(refused["params"]["indicators"].split(", ")) == needing
    scene.fill(grading, {code: 0 for code in needing}, bare=True)
    assert scene.submit(grading).status_code == 201


def test_a_self_score_is_complete_before_it_is_sent_in(scene: Scene) -> None:
    grading = scene.begin()
    scene.fill(grading, {"office": 5})
    assert scene.submit(grading).json["code"] == "ScoresMissing"


@pytest.mark.parametrize(("scores", "code"), [
    ({"none": 1}, "UnknownIndicator"), ({"office": 6}, "PointsTooMany")])
def test_a_score_fits_its_indicator(scene: Scene, scores: dict[str, int], code: str) -> None:
    assert scene.fill(scene.begin(), scores).json["code"] == code


def test_evidence_is_the_firms_own(scene: Scene) -> None:
    grading, other = scene.begin(), factories.firm()
    for media in (evidence(factories.manager_of(other), other.id), evidence(scene.manager, scene.firm.id, "photo"),
                  evidence(scene.manager), str(scene.firm.id)):
        answer = scene.client.patch(f"{scene.at}/gradings/{grading}", headers=scene.boss, json={
            "scores": [{"indicator": "office", "points": 5, "evidence": [media]}]})
        assert answer.json["code"] == "EvidenceNotYours"


def test_the_assessors_report_is_a_file_of_who_enters_it(scene: Scene) -> None:
    grading = scene.upto("third_party")
    stranger = evidence(factories.member(Role.HOUSEHOLD))
    assert scene.assess(grading, report_media_id=stranger).json["code"] == "EvidenceNotYours"
    scores = [{"indicator": "office", "points": 5}]
    assert scene.assess(grading, scores=scores).json["code"] == "ScoresMissing"
    assert scene.assess(grading, scores=scores * 2).json["code"] == "UnknownIndicator"


def test_reasons_are_typed_and_fit_what_is_done(scene: Scene) -> None:
    grading = scene.upto("city_review")
    assert scene.review(grading, outcome="return", reasons=[]).json["code"] == "WhyRequired"
    unfit = scene.review(grading, outcome="return", reasons=[{"code": "report_unsigned"}])
    assert unfit.json["code"] == "WhyDoesNotFit"
    assert scene.review(grading, reasons=[{"code": "illegible"}]).json["code"] == "WhyDoesNotFit"
    assert scene.review(grading, outcome="return", reasons=[{"code": "illegible", "indicator": "x"}]).json[
        "code"] == "UnknownIndicator"
    same = {"indicator": "office", "points": points_of(84)["office"], "reason": "overclaimed"}
    assert scene.review(grading, corrections=[same]).json["code"] == "NothingCorrected"
    returned = scene.review(grading, outcome="return").json
    assert (returned["state"], returned["decisions"][0]["reasons"][0]["message"]) == ("returned", "材料未盖章")
    assert scene.fill(grading, {"office": 3}).status_code == 200
    assert scene.submit(grading).json["points"] == 84 - 2


def test_a_firm_has_one_grading_under_way_and_must_be_on_the_platform(client: FlaskClient, scene: Scene) -> None:
    grading = scene.begin()
    assert scene.post(f"{scene.at}/gradings", scene.boss).json["code"] == "GradingUnderWay"
    assert scene.post(f"{scene.at}/gradings/{grading}/withdrawals", scene.boss).status_code == 201
    assert scene.post(f"{scene.at}/gradings", scene.boss).status_code == 201
    for state in ("applied", "suspended"):
        other = Scene(client, state)
        assert other.post(f"{other.at}/gradings", other.boss).json["code"] == "FirmNotGradable"


def test_a_firm_suspended_meanwhile_is_not_graded(scene: Scene) -> None:
    grading = scene.upto("second_review")
    scene.firm.state = "suspended"
    db.session.flush()
    assert scene.again(grading).json["code"] == "FirmNotGradable"
    assert scene.again(grading, outcome="send_back").status_code == 201


def test_the_same_request_twice_opens_one_grading(scene: Scene) -> None:
    headers = {**scene.boss, "Idempotency-Key": "one"}
    answers = [scene.client.post(f"{scene.at}/gradings", headers=headers) for _ in range(2)]
    assert answers[0].json == answers[1].json and answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_firm_sees_its_own_grading_and_the_public_only_what_is_published(client: FlaskClient, scene: Scene) -> None:
    grading, stranger = scene.upto("second_review"), Scene(client)
    for path in (f"{scene.at}/gradings", f"{scene.at}/gradings/{grading}"):
        assert scene.client.get(path, headers=scene.boss).status_code == 200
        assert scene.client.get(path, headers=scene.first).status_code == 200
        assert scene.client.get(path, headers=stranger.boss).status_code == 404
        assert scene.client.get(path).status_code == 401
    mixed = scene.client.get(f"{stranger.at}/gradings/{grading}", headers=stranger.boss)
    assert mixed.json["code"] == "GradingNotFound"
    assert (scene.public()["current"], scene.public()["history"]) == (None, [])
    scene.again(grading)
    shown = scene.public()["current"]
    assert shown["grade"] == 4 and not {"scores", "decisions", "assessor", "reviewed_by"} & shown.keys()
    assert scene.client.get(f"{API}/firms/{factories.firm('applied').id}/grading").status_code == 404


def test_what_was_decided_is_never_changed(scene: Scene) -> None:
    scene.upto("published")
    for what in ("UPDATE grading_decision SET note = 'x'", "DELETE FROM grading_decision", "TRUNCATE grading_decision"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(sa.text(what))


def test_the_public_log_says_a_grade_and_its_end_of_an_opaque_firm(scene: Scene) -> None:
    scene.check(scene.upto("published"), "revoke")
    entries = db.session.scalars(sa.select(LedgerEntry).where(
        LedgerEntry.fact.in_(("firm.graded", "firm.grade_revoked"))).order_by(LedgerEntry.id)).all()
    graded, ended = (READERS[entry.fact]([entry])[entry.id] for entry in entries)
    days = (clock.today().replace(year=clock.today().year + 2) - clock.today()).days - 1
    today = (clock.today() - clock.today().replace(1970, 1, 1)).days
    assert graded.payload == {"grade": 4, "points": 84, "standard": STANDARD.version, "valid_until": today + days}
    assert (graded.type, ended.type, ended.payload) == ("firm_graded", "firm_grade_lapsed",
                                                        {"grade": 4, "because": "revoked"})
    assert graded.subject == ended.subject and str(graded.subject).startswith("f_")
    assert str(scene.firm.id) not in repr((graded, ended)) and scene.firm.uscc not in repr((graded, ended))
