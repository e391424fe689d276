"""Results anybody computes again; objections and what they put right; medals, titles and their end in credit."""

import io
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from qiaojiejie.competitions.models import CompetitionCorrection, CompetitionHonour, CompetitionSheet
from qiaojiejie.competitions.rules import ranking
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit
from qiaojiejie.identity.models import Look
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.models import LogLeaf, LogOpening
from qiaojiejie.transparency.rules import canonical
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.competitions.scene import NOW, Scene, evidence

LATER = NOW + timedelta(days=31)
WORDS = "第二位评委的安全分登记成了 10 分"


def of_number(scene: Scene, made: str, workers: list[Worker], number: int) -> Worker:
    """Who drew a number."""
    numbers = scene.numbers(made)
    return next(worker for worker in workers if numbers[worker.id] == number)


def leaves() -> list[tuple[str, Any]]:
    """(type, payload) of every leaf of the public log."""
    while transparency.sequence():
        continue
    stmt = sa.select(LogLeaf.body, LogOpening.payload).join(LogOpening, LogOpening.index == LogLeaf.index)
    return [(body.split('"type":"')[1].split('"')[0], payload) for body, payload in db.session.execute(
        stmt.order_by(LogLeaf.index))]


def test_whoever_has_the_published_marks_finds_the_same_ranks_and_what_was_sealed(scene: Scene) -> None:
    made, workers = scene.published(4, {2: [8900, 8900, 8900], 3: [8800, 8900, 9000]})
    answer = scene.ask("GET", f"/competitions/{made}/results", None)
    said = answer.json
    assert ranking.results(said["rule"], said["raw"], said["corrections"]) == said["ranks"]
    assert sha256(canonical(said["raw"])).hexdigest() == said["raw_sha256"]
    in_log = {type_: payload for type_, payload in leaves() if type_.startswith("competition")}
    assert in_log["competition_sealed"]["raw_sha256"] == said["raw_sha256"]
    assert in_log["competition_results"]["sha256"] == sha256(answer.get_data()).hexdigest()
    assert in_log["competition_opened"]["draw_commitment"] == sha256(bytes.fromhex(said["draw"]["seed"])).hexdigest()
    text = answer.get_data(as_text=True)
    for person in [*workers, *scene.judges, scene.examiner]:
        assert str(person.id) not in text and person.phone.reveal() not in text
    assert all(worker.name.reveal() not in text for worker in workers) and set(said["judges"]) == {"J1", "J2", "J3"}
    shown = scene.ask("GET", f"/competitions/{made}/ranking?event=baby&limit=2", None).json
    assert [(each["rank"], each["name"]) for each in shown["items"]] == [(1, "王**"), (1, "王**")]  # 89.00 each
    rest = scene.ask("GET", f"/competitions/{made}/ranking?event=baby&cursor={shown['next_cursor']}", None).json
    assert [each["rank"] for each in rest["items"]] == [1, 4]


def test_the_spreadsheet_says_what_the_json_says(scene: Scene) -> None:
    made, _ = scene.published(2)
    content = scene.ask("GET", f"/competitions/{made}/results.xlsx", None).get_data()
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert [row[:5] for row in rows[2:4]] == [("母婴护理", "1", "1", "金牌", "86.30"), ("母婴护理", "2", "2", "银牌", "85.60")]
    assert len([row for row in rows if row[3] == "skill"]) == 6
    assert scene.ask("GET", f"/competitions/{scene.open()}/results.xlsx", None).json["code"] == "ResultsNotFound"


def test_nobody_of_the_jury_publishes(scene: Scene) -> None:
    scene.judges[0] = scene.officers[0]
    scene.seats[scene.officers[0].id] = scene.chief = scene.first
    made, _ = scene.judged(1)
    scene.ok(f"/competitions/{made}/seals", scene.first, {})
    scene.refused("SecondOfficerNeeded", f"/competitions/{made}/steps", scene.first, {"step": "publish"})
    scene.step(made, "publish", scene.second)


def objected(scene: Scene, made: str, worker: Worker) -> str:
    """An objection; its id."""
    return str(scene.ok(f"/competitions/{made}/objections", scene.as_worker(worker), {
        "ground": "mark_wrong", "words": WORDS})["id"])


def mend(label: str = "J2", points: int = 4000, criterion: str = "care") -> dict[str, Any]:
    """A decision that puts one mark right."""
    return {"upheld": True, "note": "登记有误", "corrections": [
        {"part": "practice", "judge": label, "criterion": criterion, "points": points}]}


def test_an_upheld_objection_puts_a_mark_right_beside_what_was_given_and_ranks_anew(
        scene: Scene, run_jobs: Callable[[], int]) -> None:
    made, workers = scene.published(3)
    second = of_number(scene, made, workers, 2)
    path = f"/competitions/{made}/objections/{objected(scene, made, second)}/decisions"
    assert scene.ok(path, scene.second, mend())["state"] == "upheld"
    first, now = scene.results(made, 1), scene.results(made)
    assert (first["edition"], now["edition"]) == (1, 2)
    assert [[row["number"] for row in said["ranks"]] for said in (first, now)] == [[1, 2, 3], [2, 1, 3]]
    assert first["raw"] == now["raw"] and now["raw_sha256"] == first["raw_sha256"]
    [fixed] = now["corrections"]
    assert (fixed["number"], fixed["judge"], fixed["before"], fixed["points"]) == (2, "J2", 2800, 4000)
    assert ranking.results(now["rule"], now["raw"], now["corrections"]) == now["ranks"]
    scene.refused("StepNotPossible", path, scene.second, mend())
    run_jobs()
    kinds = {worker.id: [row.kind for row in db.session.scalars(sa.select(Notification).where(
        Notification.account_id == worker.account_id).order_by(Notification.id))][2:] for worker in workers}
    assert kinds[second.id] == ["competition_placed", "competition_placed", "competition_objection_upheld"]
    assert kinds[of_number(scene, made, workers, 3).id] == ["competition_placed"]
    with clock.frozen(LATER):
        scene.step(made, "finalise")
    honours = scene.ask("GET", f"/competitions/{made}/honours", None).json["items"]
    assert {each["code"]: each["worker_id"] for each in honours}["gold"] == str(second.id)


def test_a_second_correction_stands_on_the_first(scene: Scene) -> None:
    made, workers = scene.published(3)
    for number, (points, before) in enumerate(((4000, 2800), (3000, 4000)), 1):
        objection = objected(scene, made, of_number(scene, made, workers, 2))
        decision = f"/competitions/{made}/objections/{objection}/decisions"
        if number == 2:
            scene.refused("NothingToCorrect", decision, scene.second, mend(points=4000))
        scene.ok(decision, scene.second, mend(points=points))
        assert scene.results(made)["corrections"][-1]["before"] == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionCorrection)) == 2
    assert scene.results(made)["ranks"] == ranking.results(*(scene.results(made)[name] for name in (
        "rule", "raw", "corrections")))


@pytest.mark.parametrize(("body", "code"), [
    (mend("J9"), "SheetDoesNotFit"), (mend(criterion="luck"), "SheetDoesNotFit"),
    (mend(points=4001), "SheetDoesNotFit"), (mend(points=2800), "NothingToCorrect"),
    ({"upheld": True, "note": "x"}, "NothingToCorrect"), ({**mend(), "upheld": False}, "NothingToCorrect"),
    ({"upheld": True, "note": "x", "corrections": [{"part": "theory", "points": 10_001}]}, "SheetDoesNotFit")])
def test_a_correction_that_does_not_fit_is_refused_and_changes_nothing(
        scene: Scene, body: dict[str, Any], code: str) -> None:
    made, workers = scene.published(3)
    path = f"/competitions/{made}/objections/{objected(scene, made, of_number(scene, made, workers, 2))}"
    scene.refused(code, f"{path}/decisions", scene.second, body)
    assert scene.ask("GET", path, scene.second).json["state"] == "submitted"
    assert scene.results(made)["edition"] == 1


def test_an_objection_is_decided_by_who_neither_published_nor_judged_nor_belongs_to_the_firm(scene: Scene) -> None:
    scene.judges[1] = factories.member(Role.FEDERATION_AUDITOR)
    scene.seats[scene.judges[1].id] = factories.headers(scene.judges[1])
    made, workers = scene.published(2)
    worker = of_number(scene, made, workers, 1)
    path = f"/competitions/{made}/objections/{objected(scene, made, worker)}/decisions"
    no = {"upheld": False, "note": "核对无误"}
    scene.refused("SecondOfficerNeeded", path, scene.first, no)
    scene.refused("SecondOfficerNeeded", path, scene.seats[scene.judges[1].id], no)
    insider = factories.member(Role.FEDERATION_ADMIN)
    factories.member(Role.BROKER, worker.firm_id, who=insider)
    scene.refused("OwnFirmConcerned", path, factories.headers(insider, Role.FEDERATION_ADMIN), no)
    assert scene.ok(path, scene.second, no)["state"] == "dismissed"
    assert scene.results(made)["edition"] == 1


def test_objections_are_the_entrants_own_one_at_a_time_until_the_last_midnight(scene: Scene) -> None:
    made, workers = scene.published(2)
    path, worker = f"/competitions/{made}/objections", scene.as_worker(workers[0])
    body = {"ground": "mark_wrong", "words": WORDS}
    scene.refused("EntrantNotFound", path, scene.as_worker(factories.worker_with_account()), body)
    mine = scene.ok(path, worker, body)
    scene.refused("AlreadyObjected", path, worker, body)
    scene.refused("ObjectionNotFound", f"{path}/{mine['id']}/withdrawals", scene.as_worker(workers[1]))
    assert scene.ask("GET", f"{path}/{mine['id']}", scene.as_worker(workers[1])).json["code"] == "ObjectionNotFound"
    with clock.frozen(LATER):
        scene.refused("ObjectionsOpen", f"/competitions/{made}/steps", scene.first, {"step": "finalise"})
    assert scene.ok(f"{path}/{mine['id']}/withdrawals", worker)["state"] == "withdrawn"
    last = clock.midnight(clock.local(NOW).date() + timedelta(days=8))
    with clock.frozen(last - timedelta(seconds=1)):
        again = scene.ok(path, worker, body)
        scene.ok(f"{path}/{again['id']}/withdrawals", worker)
    with clock.frozen(last):
        scene.refused("ObjectionPeriodOver", path, worker, body)


def test_what_an_entrant_says_is_sealed_and_an_officers_look_is_on_record(scene: Scene, world: sa.Connection) -> None:
    made, workers = scene.published(1)
    mine = objected(scene, made, workers[0])
    kept = world.execute(sa.text("SELECT words FROM competition_objection")).scalar_one()
    assert WORDS.encode() not in bytes(kept)
    path = f"/competitions/{made}/objections"
    assert "words" not in scene.ask("GET", path, scene.second).json["items"][0]
    assert scene.ask("GET", f"{path}/{mine}", scene.as_worker(workers[0])).json["words"] == WORDS
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Look)) == 0
    assert scene.ask("GET", f"{path}/{mine}", scene.second).json["words"] == WORDS
    assert db.session.scalars(sa.select(Look.subject)).all() == [f"competition_objection:{mine}"]


def card(scene: Scene, worker: Worker) -> Any:
    """A worker's honours as families see them."""
    return scene.ask("GET", f"/workers/{worker.id}", None).json["honours"]


def awards(worker: Worker) -> list[tuple[str, Any]]:
    """What credit knows of a worker's honours, in order."""
    return [(each["type"], each.get("level")) for each in credit.events_of(worker.id)
            if each["type"] in ("award", "appeal_upheld")]


def title(scene: Scene, made: str, code: str = "city_technical_expert", **fields: Any) -> dict[str, Any]:
    """A title as it is recorded."""
    return {"title": code, "named_on": "2026-12-01", "document_no": "宿工发〔2026〕18 号",
            "document_media_id": evidence(scene.officers[0]), **fields}


def entrants(scene: Scene, made: str) -> dict[str, str]:
    """Worker → entrant."""
    items = scene.ask("GET", f"/competitions/{made}/entrants", scene.first).json["items"]
    return {each["worker_id"]: each["id"] for each in items}


def test_medals_and_titles_stand_on_the_card_and_weigh_in_credit_until_they_are_revoked(
        scene: Scene, run_jobs: Callable[[], int]) -> None:
    made, workers = scene.final(4)
    best, last = of_number(scene, made, workers, 1), of_number(scene, made, workers, 4)
    run_jobs()
    assert awards(best) == [("award", 2)] and awards(last) == []
    with clock.frozen(LATER):
        named = scene.ok(f"/competitions/{made}/titles", scene.first, title(
            scene, made, entrant_id=entrants(scene, made)[str(best.id)]))
        run_jobs()
        assert card(scene, best) == [
            {"title": "技能大赛 母婴护理 金牌", "body": "宿迁市妇女联合会", "on": "2026-12-02"},
            {"title": "市技术能手", "body": "宿迁市总工会", "on": "2026-12-01"}]
        assert awards(best) == [("award", 2), ("award", 3)]
        path = f"/competitions/{made}/honours/{named['id']}/revocations"
        scene.refused("SecondOfficerNeeded", path, scene.first, {"reason": "材料不实"})
        assert scene.ok(path, scene.second, {"reason": "材料不实"})["state"] == "revoked"
        scene.refused("StepNotPossible", path, scene.second, {"reason": "材料不实"})
        run_jobs()
    assert [each["title"] for each in card(scene, best)] == ["技能大赛 母婴护理 金牌"]
    given = db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.fact == "competition.title_named")).one()
    assert credit.events_of(best.id)[-1]["ref"] == given
    medal = db.session.scalars(sa.select(CompetitionHonour).where(CompetitionHonour.code == "gold")).one()
    scene.ok(f"/competitions/{made}/honours/{medal.id}/revocations", scene.second, {"reason": "取消成绩"})
    run_jobs()
    assert card(scene, best) == []
    types = [type_ for type_, _ in leaves()]
    assert (types.count("award"), types.count("appeal_upheld")) == (4, 2)
    shown = scene.ask("GET", f"/competitions/{made}/honours", None).json["items"]
    assert {each["revoked_because"] for each in shown if each["state"] == "revoked"} == {"材料不实", "取消成绩"}


def test_a_title_is_given_by_its_rule_once_with_its_document(scene: Scene) -> None:
    made, workers = scene.final(4)
    ids = entrants(scene, made)
    best, last = (ids[str(of_number(scene, made, workers, number).id)] for number in (1, 4))
    path, firm = f"/competitions/{made}/titles", factories.firm()
    with clock.frozen(LATER):
        for wrong, code in (
                (title(scene, made, entrant_id=last), "TitleDoesNotFit"), (title(scene, made), "TitleDoesNotFit"),
                (title(scene, made, entrant_id=best, head_of=str(firm.id)), "TitleDoesNotFit"),
                (title(scene, made, head_of=str(firm.id)), "TitleDoesNotFit"),
                (title(scene, made, "queen", entrant_id=best), "TitleDoesNotFit"),
                (title(scene, made, entrant_id=best, named_on="2026-12-30"), "TitleDoesNotFit"),
                (title(scene, made, entrant_id=best, named_on="2026-11-08"), "TitleDoesNotFit"),
                (title(scene, made, entrant_id=str(UUID(int=1))), "EntrantNotFound"),
                (title(scene, made, "women_pacesetter", head_of=str(UUID(int=1))), "FirmNotFound"),
                (title(scene, made, entrant_id=best, document_media_id=evidence(scene.officers[1])),
                 "DecisionDocumentRequired")):
            scene.refused(code, path, scene.first, wrong)
        scene.ok(path, scene.first, title(scene, made, entrant_id=best))
        scene.refused("AlreadyHonoured", path, scene.first, title(scene, made, entrant_id=best))


def test_a_title_goes_to_who_heads_a_firm_masked_told_and_no_more_than_there_are(
        scene: Scene, run_jobs: Callable[[], int]) -> None:
    made, _ = scene.final(1)
    path, firms = f"/competitions/{made}/titles", [factories.firm() for _ in range(6)]
    manager = factories.manager_of(firms[0])
    with clock.frozen(LATER):
        for firm in firms[:5]:
            body = title(scene, made, "women_pacesetter", head_of=str(firm.id))
            named = scene.ok(path, scene.first, body)
            assert (named["to"], named["holder"], named["body"]) == ("firm_head", "李**", "宿迁市妇女联合会")
        scene.refused("AlreadyHonoured", path, scene.first, title(scene, made, "women_pacesetter",
                                                                  head_of=str(firms[5].id)))
    run_jobs()
    assert db.session.scalars(sa.select(Notification.kind).where(Notification.account_id == manager.id)).all() == [
        "competition_honour"]
    assert [payload for type_, payload in leaves() if type_ == "firm_head_named"] == [
        {"title": "women_pacesetter", "competition": made}] * 5
    assert scene.ask("GET", "/competitions/statistics", None).json["titles"] == [
        {"code": "women_pacesetter", "name": "巾帼建功标兵", "body": "宿迁市妇女联合会", "named": 5}]


def test_editions_and_corrections_are_never_changed(scene: Scene, world: sa.Connection) -> None:
    made, workers = scene.published(2)
    scene.ok(f"/competitions/{made}/objections/{objected(scene, made, of_number(scene, made, workers, 2))}/decisions",
             scene.second, mend())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionSheet)) == 8
    db.session.commit()
    for table in ("competition_result", "competition_correction"):
        undo = world.begin_nested()
        with pytest.raises(DBAPIError):
            world.execute(sa.text(f"DELETE FROM {table}"))
        undo.rollback()
