"""A jury judges blind: each her own, by number, none of her own firm; once sealed nothing changes."""

import io
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from qiaojiejie.competitions.models import CompetitionSheet
from qiaojiejie.core import sheets
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.competitions.scene import Scene


def test_a_judge_reads_her_own_sheets_and_numbers_and_nobodys_name(scene: Scene) -> None:
    made, workers = scene.judging(2)
    scene.sheet(made, scene.judges[0], 1, 8000)
    scene.sheet(made, scene.judges[1], 1, 3333)
    seen = scene.ask("GET", f"/competitions/{made}/sheets?event=baby", scene.chief)
    assert [(each["number"], each["marks"]) for each in seen.json["items"]] == [
        (1, {"skill": 6000, "care": 2000}), (2, None)]
    text = seen.get_data(as_text=True)
    assert "3333" not in text and all(str(each.id) not in text and each.called not in text for each in workers)
    for who in (scene.first, scene.as_worker(workers[0]), factories.headers(factories.member(Role.TRAINER))):
        assert scene.ask("GET", f"/competitions/{made}/sheets?event=baby", who).json["code"] == "JudgeNotFound"
        assert scene.ask("GET", f"/competitions/{made}/results", who).json["code"] == "ResultsNotFound"
    seats = scene.ask("GET", "/me/juries", scene.chief).json["items"]
    assert [(each["competition_id"], each["kind"]) for each in seats] == [(made, "chief")]


@pytest.mark.parametrize(("body", "code"), [
    ({"marks": {"skill": 1}}, "SheetDoesNotFit"), ({"marks": {"skill": 1, "care": 1, "luck": 1}}, "SheetDoesNotFit"),
    ({"marks": {"skill": 6001, "care": 0}}, "SheetDoesNotFit"), ({"marks": {"skill": -1, "care": 0}}, "Invalid"),
    ({"number": 9}, "EntrantNotFound"), ({"event": "chess"}, "EventUnknown"), ({"marks": {}}, "Invalid")])
def test_a_sheet_that_does_not_fit_is_refused(scene: Scene, body: dict[str, Any], code: str) -> None:
    made, _ = scene.judging(1)
    fine = {"event": "baby", "number": 1, "marks": {"skill": 6000, "care": 4000}}
    scene.refused(code, f"/competitions/{made}/sheets", scene.chief, {**fine, **body})
    scene.ok(f"/competitions/{made}/sheets", scene.chief, fine)


def test_practice_is_the_judges_and_theory_the_examiners(scene: Scene) -> None:
    made, _ = scene.judging(1)
    examiner = scene.seats[scene.examiner.id]
    scene.refused("NotYourStep", f"/competitions/{made}/sheets", examiner, {
        "event": "baby", "number": 1, "marks": {"skill": 1, "care": 1}})
    body = {"marks": [{"event": "baby", "number": 1, "points": 8000}]}
    scene.refused("NotYourStep", f"/competitions/{made}/theory-marks", scene.chief, body)
    assert scene.ok(f"/competitions/{made}/theory-marks", examiner, body) == {"marks": 1}
    for wrong, code in (({"points": 10_001}, "SheetDoesNotFit"), ({"number": 2}, "EntrantNotFound")):
        scene.refused(code, f"/competitions/{made}/theory-marks", examiner, {"marks": [{**body["marks"][0], **wrong}]})


def upload(scene: Scene, of: str, *rows: list[str]) -> Any:
    """The examiner's spreadsheet; the answer."""
    content = sheets.write("理论", [["工种", "号码", "成绩"], *rows])
    return scene.client.post(f"/api/v1/competitions/{of}/theory-imports", headers=scene.seats[scene.examiner.id],
                             data={"file": (io.BytesIO(content), "理论.xlsx")})


def test_theory_comes_in_by_a_spreadsheet_whole_or_not_at_all(scene: Scene) -> None:
    made, _ = scene.judging(2)
    wrong = upload(scene, made, ["母婴护理", "1", "87.5"], ["母婴护理", "1", "80"], ["插花", "2", "80"], ["baby", "x", "80"],
                   ["baby", "2", "八十"], ["baby", "2", "100.01"], ["baby", "3", "=1"])
    assert (wrong.status_code, wrong.json["code"]) == (422, "ImportRowsDoNotFit")
    assert sorted((each["pointer"].split("/")[1], each["code"]) for each in wrong.json["errors"]) == [
        ("3", "number_unknown"), ("4", "event_unknown"), ("5", "number_invalid"), ("6", "points_invalid"),
        ("7", "points_too_many"), ("8", "points_invalid")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionSheet)) == 0
    assert upload(scene, made).json["code"] == "ImportRowsDoNotFit"
    assert upload(scene, made, ["母婴护理", "1", "87.5"], ["baby", "2", "90"]).json == {"marks": 2}
    given = db.session.scalars(sa.select(CompetitionSheet.marks)).all()
    assert sorted(each["paper"] for each in given) == [8750, 9000]


def test_nobody_judges_an_entrant_of_a_firm_she_belongs_to(scene: Scene) -> None:
    made, firm = scene.open(), factories.firm()
    entrant = factories.worker_with_account(of=firm)
    scene.enter(made, entrant)
    colleague = factories.worker_with_account(of=firm)
    for account_id in (factories.manager_of(firm).id, entrant.account_id, colleague.account_id):
        scene.refused("JudgeHasConflict", f"/competitions/{made}/jury", scene.first, {
            "judge_account_id": str(account_id), "kind": "judge"})
    scene.appoint(made)
    factories.member(Role.BROKER, firm.id, who=scene.judges[1])  # after she was appointed
    scene.close(made)
    scene.refused("JudgeHasConflict", f"/competitions/{made}/steps", scene.first, {"step": "begin_judging"})


def test_who_joins_an_entrants_firm_while_it_is_judged_marks_her_no_more(scene: Scene) -> None:
    made, [worker] = scene.judging(1)
    assert scene.sheet(made, scene.judges[1], 1, 8000).status_code == 201
    factories.member(Role.BROKER, worker.firm_id, who=scene.judges[1])
    db.session.expire_all()
    headers = factories.headers(scene.judges[1], Role.TRAINER)
    scene.refused("JudgeHasConflict", f"/competitions/{made}/sheets", headers, {
        "event": "baby", "number": 1, "marks": {"skill": 1, "care": 1}})


def test_a_jury_has_one_chief_one_examiner_and_is_fixed_when_judging_begins(scene: Scene) -> None:
    made = scene.open()
    scene.enter(made)
    scene.appoint(made)
    path, other = f"/competitions/{made}/jury", factories.member(Role.TRAINER)
    scene.refused("AlreadyOnJury", path, scene.first, {"judge_account_id": str(other.id), "kind": "chief"})
    scene.refused("AlreadyOnJury", path, scene.first, {"judge_account_id": str(scene.judges[0].id), "kind": "judge"})
    scene.refused("NotAJudgesAccount", path, scene.first, {"judge_account_id": str(UUID(int=1)), "kind": "judge"})
    sitting = scene.ask("GET", path, scene.first).json["items"]
    assert [each["kind"] for each in sitting] == ["chief", "judge", "judge", "examiner"]
    scene.ok(f"{path}/{sitting[2]['id']}/dismissals", scene.first)
    scene.close(made)
    scene.refused("JuryIncomplete", f"/competitions/{made}/steps", scene.first, {"step": "begin_judging"})
    scene.ok(path, scene.first, {"judge_account_id": str(other.id), "kind": "judge"})
    scene.step(made, "begin_judging")
    scene.refused("JuryFixed", path, scene.first, {"judge_account_id": str(factories.account().id), "kind": "judge"})
    scene.refused("JuryFixed", f"{path}/{sitting[1]['id']}/dismissals", scene.first)


def test_the_chief_seals_once_all_is_there_or_says_why_it_is_not(scene: Scene) -> None:
    made, _ = scene.judging(2)
    for judge in scene.judges:
        scene.sheet(made, judge, 1, 8000)
    scene.sheet(made, scene.judges[1], 2, 7000)
    scene.theory(made, {1: 8000})
    path = f"/competitions/{made}/seals"
    assert scene.refused("MarksMissing", path, scene.chief, {})["params"]["count"] == 3
    scene.refused("NotYourStep", path, scene.seats[scene.judges[1].id], {"missing_because": "x"})
    scene.refused("JudgeNotFound", path, scene.first, {"missing_because": "x"})
    scene.ok(path, scene.chief, {"missing_because": "2 号选手因病离场"})
    scene.step(made, "publish")
    said = scene.results(made)
    assert said["missing_because"] == "2 号选手因病离场"
    assert sorted((each["number"], each["part"]) for each in said["missing"]) == [
        (2, "practice"), (2, "practice"), (2, "theory")]
    assert {each["judge"] for each in said["missing"] if each["part"] == "practice"} < {"J1", "J2", "J3"}
    assert [(row["number"], row["rank"], row["why"]) for row in said["ranks"]] == [
        (1, 1, None), (2, None, "judges_missing")]


def test_a_mark_changes_until_it_is_sealed_and_never_after_not_in_the_database_either(
        scene: Scene, world: sa.Connection) -> None:
    made, _ = scene.judged(1)
    assert scene.sheet(made, scene.judges[1], 1, 5000).status_code == 201
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionSheet)) == 4
    scene.ok(f"/competitions/{made}/seals", scene.chief, {})
    assert scene.sheet(made, scene.judges[1], 1, 9000).json["code"] == "StepNotPossible"
    assert scene.theory(made, {1: 1}).json["code"] == "StepNotPossible"
    db.session.commit()
    for sql in ("UPDATE competition_sheet SET marks = '{}'", "DELETE FROM competition_sheet",
                "INSERT INTO competition_sheet SELECT gen_random_uuid(), competition_id, entrant_id, judge_id, part,"
                " marks, marked_at FROM competition_sheet", "TRUNCATE competition_sheet CASCADE"):
        undo = world.begin_nested()
        with pytest.raises(DBAPIError, match="do not change|append|refuse"):
            world.execute(sa.text(sql))
        undo.rollback()


def test_a_sheet_is_never_handed_on_to_another_judge_or_entrant(scene: Scene, world: sa.Connection) -> None:
    made, _ = scene.judged(2)
    db.session.commit()
    undo = world.begin_nested()
    with pytest.raises(DBAPIError, match="one judge's about one entrant"):
        world.execute(sa.text("UPDATE competition_sheet SET judge_id = (SELECT id FROM competition_judge j"
                              " WHERE j.id <> competition_sheet.judge_id LIMIT 1)"))
    undo.rollback()
