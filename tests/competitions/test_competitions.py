"""A competition from its draft to its final results: every step from every state, by whom, and when."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.competitions.rules import draw, shape
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.transparency import service as transparency
from tests import factories
from tests.competitions.scene import NOW, Scene, event

#: state → how a competition is brought there
STATES: dict[str, Callable[[Scene], str]] = {
    "draft": lambda s: s.draft(), "entries_open": lambda s: s.open(),
    "entries_closed": lambda s: closed(s), "judging": lambda s: s.judging(1)[0],
    "sealed": lambda s: sealed(s), "provisional": lambda s: s.published(1)[0], "final": lambda s: s.final(1)[0],
    "cancelled": lambda s: cancelled(s)}
#: step → states it is possible from, as far as nothing else stands against it
STEPS = {"open_entries": ["draft"], "close_entries": ["entries_open"], "begin_judging": ["entries_closed"],
         "publish": ["sealed"], "finalise": ["provisional"],
         "cancel": ["draft", "entries_open", "entries_closed", "judging", "sealed"]}
#: what stands against a step although the state is right
NOT_YET = {"close_entries": "EntriesStillOpen", "begin_judging": "JuryIncomplete",
           "finalise": "ObjectionPeriodRunning"}


def closed(scene: Scene) -> str:
    """One entrant, no jury."""
    made = scene.open()
    scene.enter(made)
    scene.close(made)
    return made


def sealed(scene: Scene) -> str:
    """Marked and sealed."""
    made, _ = scene.judged(1)
    scene.ok(f"/competitions/{made}/seals", scene.chief, {})
    return made


def cancelled(scene: Scene) -> str:
    """Given up."""
    made = scene.draft()
    scene.step(made, "cancel", reason="场地检修")
    return made


@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(scene: Scene, world: sa.Connection, state: str) -> None:
    made = STATES[state](scene)
    assert scene.state(made) == state
    for step, sources in STEPS.items():
        undo = world.begin_nested()
        answer = scene.ask("POST", f"/competitions/{made}/steps", scene.first, {"step": step, "reason": "停电"})
        undo.rollback()
        db.session.expire_all()
        if state in sources:
            assert answer.json.get("code") == NOT_YET.get(step), f"{step} from {state}: {answer.json}"
        else:
            assert answer.json.get("code") == "StepNotPossible", f"{step} from {state}: {answer.json}"


@pytest.mark.parametrize("state", STATES)
def test_entries_marks_objections_and_titles_each_have_their_time(scene: Scene, world: sa.Connection, state: str
                                                                  ) -> None:
    made = STATES[state](scene)
    worker = factories.worker_with_account()
    for path, who, body, right in (
            ("entrants", scene.as_worker(worker), {"event": "baby"}, "entries_open"),
            ("sheets", scene.chief, {"event": "baby", "number": 1, "marks": {"skill": 1, "care": 1}}, "judging")):
        undo = world.begin_nested()
        answer = scene.ask("POST", f"/competitions/{made}/{path}", who, body)
        undo.rollback()
        db.session.expire_all()
        if state == right:
            assert answer.status_code == 201
        else:
            assert answer.json["code"] in ("StepNotPossible", "JudgeNotFound", "CompetitionNotFound"), answer.json


def test_a_draft_is_the_federations_alone_and_its_rules_are_fixed_once_entries_open(scene: Scene) -> None:
    made = scene.draft()
    worker = scene.as_worker(factories.worker_with_account())
    for who in (None, worker, scene.chief):
        assert scene.ask("GET", f"/competitions/{made}", who).json["code"] == "CompetitionNotFound"
        assert scene.ask("GET", "/competitions", who).json["items"] == []
    assert [each["id"] for each in scene.ask("GET", "/competitions", scene.first).json["items"]] == [made]
    changed = scene.ask("PATCH", f"/competitions/{made}", scene.second, {"events": [event("a"), event("b")]})
    assert [each["code"] for each in changed.json["events"]] == ["a", "b"] and changed.json["name"] == "技能大赛"
    scene.step(made, "open_entries")
    answer = scene.ask("PATCH", f"/competitions/{made}", scene.first, {"name": "另一场"})
    assert answer.json["code"] == "StepNotPossible"
    shown = scene.ask("GET", f"/competitions/{made}", None).json
    assert shown["state_name"] == "报名中" and shown["draw"]["seed"] is None and len(shown["draw"]["commitment"]) == 64


@pytest.mark.parametrize(("change", "code"), [
    ({"events": [event("a"), event("a")]}, "RulesDoNotFit"),
    ({"held_on": str(clock.local(NOW).date())}, "RulesDoNotFit"),
    ({"scoring": {**shape.SCORING, "practice_permille": 600}}, "RulesDoNotFit"),
    ({"level": "county"}, "ParentDoesNotFit"), ({"region_code": "321302"}, "ParentDoesNotFit"),
    ({"level": "county", "region_code": "999999"}, "UnknownRegion"),
    ({"parent_id": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"}, "ParentDoesNotFit"),
    ({"events": []}, "Invalid"), ({"scoring": {"tie": ["luck"]}}, "Invalid"),
    ({"admission": {"age": {"least": 18, "most": 60, "on": "soon"}}}, "Invalid")])
def test_rules_that_do_not_fit_are_refused(scene: Scene, change: dict[str, Any], code: str) -> None:
    scene.refused(code, "/competitions", scene.first, scene.plan(**change))


def test_a_parent_is_of_the_next_level_of_the_same_year_and_not_over(scene: Scene) -> None:
    city, county = scene.draft(), {"level": "county", "region_code": "321302"}
    below = scene.draft(**county, parent_id=city)
    assert scene.ask("GET", f"/competitions?parent_id={city}", scene.first).json["items"][0]["id"] == below
    scene.refused("ParentDoesNotFit", "/competitions", scene.first, scene.plan(**county, parent_id=below))
    scene.refused("ParentDoesNotFit", "/competitions", scene.first, scene.plan(**county, parent_id=city, year=2027))
    scene.step(city, "cancel", reason="停办")
    scene.refused("ParentDoesNotFit", "/competitions", scene.first, scene.plan(**county, parent_id=city))


def test_the_draw_is_committed_to_before_and_can_be_drawn_again_after(scene: Scene) -> None:
    made = scene.open()
    committed = scene.ask("GET", f"/competitions/{made}", None).json["draw"]["commitment"]
    workers = [factories.worker_with_account() for _ in range(5)]
    entries = {each.id: scene.enter(made, each)["id"] for each in workers}
    scene.appoint(made)
    scene.close(made)
    drawn = {entries[worker]: number for worker, number in scene.numbers(made).items()}
    scene.step(made, "begin_judging")
    assert scene.ask("GET", f"/competitions/{made}", None).json["draw"]["seed"] is None
    scene.ok(f"/competitions/{made}/seals", scene.chief, {"missing_because": "无人到场"})
    scene.step(made, "publish")
    seed = bytes.fromhex(scene.results(made)["draw"]["seed"])
    assert sha256(seed).hexdigest() == committed
    assert draw.numbers(seed, "baby", entries.values()) == drawn and sorted(drawn.values()) == [1, 2, 3, 4, 5]


def test_entries_close_and_results_become_final_by_themselves_at_midnight(
        scene: Scene, sweep: Callable[[str], None]) -> None:
    made = scene.open()
    scene.enter(made)
    last = clock.midnight(clock.local(NOW).date() + timedelta(days=7))
    empty = scene.open()
    with clock.frozen(last - timedelta(seconds=1)):
        sweep("competitions.tasks.close_entries")
        assert scene.state(made) == "entries_open"
    with clock.frozen(last):
        sweep("competitions.tasks.close_entries")
        assert (scene.state(made), scene.state(empty)) == ("entries_closed", "entries_open")
        scene.refused("NobodyEntered", f"/competitions/{empty}/steps", scene.first, {"step": "close_entries"})
    shown, _ = scene.published(1)
    over = clock.midnight(clock.local(NOW).date() + timedelta(days=8))  # five working days from Monday: next Monday
    with clock.frozen(over - timedelta(seconds=1)):
        sweep("competitions.tasks.finish")
        assert scene.state(shown) == "provisional"
        scene.refused("ObjectionPeriodRunning", f"/competitions/{shown}/steps", scene.first, {"step": "finalise"})
    with clock.frozen(over):
        sweep("competitions.tasks.finish")
        assert scene.state(shown) == "final"


def test_entrants_learn_that_a_competition_is_cancelled(scene: Scene, run_jobs: Callable[[], int]) -> None:
    made = scene.open()
    worker = factories.worker_with_account()
    scene.enter(made, worker)
    scene.step(made, "cancel", reason="场地检修")
    run_jobs()
    told = db.session.scalars(sa.select(Notification.kind).where(
        Notification.account_id == worker.account_id).order_by(Notification.id)).all()
    assert told == ["competition_entered", "competition_cancelled"]
    assert scene.ask("GET", f"/competitions/{made}", None).json["cancelled_because"] == "场地检修"


def test_what_the_public_log_takes_up_names_nobody(scene: Scene) -> None:
    made, workers = scene.final(2)
    facts = [row.fact for row in db.session.execute(sa.select(LedgerEntry.fact).where(
        LedgerEntry.subject == f"competition:{made}").order_by(LedgerEntry.id))]
    assert [each for each in facts if "judge_appointed" not in each] == [
        "competition.drafted", "competition.entries_opened", "competition.entries_closed", "competition.judging_begun",
        "competition.sealed", "competition.results_published", "competition.finalised"]
    told = str(db.session.execute(sa.select(LedgerEntry.data)).scalars().all())
    assert workers[0].name.reveal() not in told and workers[0].phone.reveal() not in told
    db.session.flush()
    while transparency.sequence():
        continue
    lines = scene.ask("GET", "/log/openings?limit=1000", None).json["items"]
    assert [line["type"] for line in lines if line["type"].startswith("competition_")] == [
        "competition_opened", "competition_entries_closed", "competition_sealed", "competition_results",
        "competition_final"]


def test_statistics_count_what_there_is(scene: Scene) -> None:
    before = scene.ask("GET", "/competitions/statistics?year=2026", None).json
    assert before["total"]["entrants"] == 0 and before["levels"] == []
    scene.final(4)
    scene.open(level="county", region_code="321302")
    found = scene.ask("GET", "/competitions/statistics?year=2026", None).json
    assert {each["level"]: each["competitions"] for each in found["levels"]} == {"city": 1, "county": 1}
    assert (found["total"]["entrants"], found["total"]["judges"], found["total"]["medals"]) == (4, 3, 3)
    assert (found["people"], found["titles"]) == (4, [])
    assert scene.ask("GET", "/competitions/statistics?year=2025", None).json["total"]["entrants"] == 0
