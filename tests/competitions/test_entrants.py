"""Who enters, how, and what stands against it; who sees whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from qiaojiejie.competitions.rules import shape
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.competitions.scene import NOW, Scene, evidence


def rules(**given: Any) -> dict[str, Any]:
    """Entry rules with these."""
    return {"admission": {**shape.ADMISSION, **given}}


def why(scene: Scene, of: str, worker: Any) -> list[str]:
    """The codes by which a worker is refused."""
    answer = scene.refused("NotAdmitted", f"/competitions/{of}/entrants", scene.as_worker(worker), {"event": "baby"})
    return [each["code"] for each in answer["errors"]]


def test_a_worker_her_firm_or_a_station_enters_her(scene: Scene) -> None:
    made = scene.open()
    first, second, third = (factories.worker_with_account() for _ in range(3))
    assert first.firm_id and second.firm_id and second.firm_id != first.firm_id
    boss = factories.headers(factories.member(Role.FIRM_MANAGER, second.firm_id))
    clerk = factories.headers(factories.member(Role.STATION_CLERK, factories.firm().id))
    path = f"/competitions/{made}/entrants"
    assert scene.enter(made, first)["via"] == "worker"
    assert scene.ok(path, boss, {"event": "baby", "worker_id": str(second.id)})["via"] == "firm"
    assert scene.ok(path, clerk, {"event": "baby", "worker_id": str(third.id)})["via"] == "station"
    scene.refused("WorkerNotFound", path, boss, {"event": "baby", "worker_id": str(third.id)})
    scene.refused("WorkerNotFound", path, boss, {"event": "baby"})
    scene.refused("WorkerNotFound", path, scene.as_worker(first), {"event": "baby", "worker_id": str(third.id)})
    scene.refused("AlreadyEntered", path, scene.as_worker(third), {"event": "baby"})
    scene.refused("EventUnknown", path, scene.as_worker(factories.worker_with_account()), {"event": "chess"})
    for who, mine in ((scene.as_worker(first), first), (boss, second), (clerk, third)):
        items = scene.ask("GET", "/me/competition-entrants", who).json["items"]
        assert [each["worker_id"] for each in items] == [str(mine.id)]
    every = scene.ask("GET", path, scene.first).json["items"]
    assert [each["name"] for each in every] == ["王**"] * 3


@pytest.mark.parametrize(("after", "granted"), [
    (timedelta(days=-1), False), (timedelta(0), True), (timedelta(days=6), True), (timedelta(days=7), False)])
def test_entries_are_taken_from_the_first_day_to_the_last_midnight_to_midnight(
        scene: Scene, after: timedelta, granted: bool) -> None:
    made, worker = scene.open(), factories.worker_with_account()
    day = clock.midnight(clock.local(NOW).date() + after)
    for moment in (day, day + timedelta(days=1, seconds=-1)):
        with clock.frozen(moment):
            answer = scene.ask("POST", f"/competitions/{made}/entrants", scene.as_worker(worker), {"event": "baby"})
            assert answer.json.get("code") == (None if granted else "EntryWindowClosed")
            if granted:
                scene.ok(f"/competitions/{made}/entrants/{answer.json['id']}/withdrawals", scene.as_worker(worker))


def test_her_own_file_is_held_against_the_rules_of_entry(scene: Scene) -> None:
    held = "2026-11-09"
    made = scene.open(**rules(age={"least": 18, "most": 60, "on": held}, years=3, certificate={
        "occupation": "4-10-01-06", "least_level": 4}, titles_barred=["city_technical_expert"]))
    paper = {"title": "四级", "occupation": "4-10-01-06", "level": 4, "verified": True, "valid_until": held}
    fine = factories.worker_with_account(certificates=[paper])
    assert scene.enter(made, fine)["state_name"] == "已报名"
    old = factories.worker_with_account(born=date(1965, 11, 9), certificates=[paper])
    new = factories.worker_with_account(certificates=[paper], working_since=2025)
    assert (why(scene, made, old), why(scene, made, new)) == (["too_old"], ["too_few_years"])
    for change in ({"verified": False}, {"valid_until": "2026-11-08"}, {"occupation": "4-10-01-05"}, {"level": 5}):
        assert why(scene, made, factories.worker_with_account(certificates=[{**paper, **change}])) == [
            "certificate_missing"], change
    assert why(scene, made, factories.worker_with_account(barred=True, certificates=[paper])) == ["on_block_list"]


def test_who_was_named_a_technical_expert_does_not_enter_again(scene: Scene) -> None:
    made, workers = scene.final(3)
    best = next(worker for worker in workers if scene.numbers(made)[worker.id] == 1)
    entries = {each["worker_id"]: each["id"] for each in scene.ask(
        "GET", f"/competitions/{made}/entrants", scene.first).json["items"]}
    with clock.frozen(NOW + timedelta(days=31)):
        scene.ok(f"/competitions/{made}/titles", scene.first, {
            "title": "city_technical_expert", "entrant_id": entries[str(best.id)], "named_on": "2026-12-01",
            "document_no": "宿工发 18 号", "document_media_id": evidence(scene.officers[0])})
        following = scene.open(**rules(titles_barred=["city_technical_expert"]))
        assert why(scene, following, best) == ["title_held"]
        scene.enter(following, next(worker for worker in workers if worker is not best))


def test_a_firm_enters_no_more_than_its_quota_and_a_withdrawal_gives_the_place_back(scene: Scene) -> None:
    made, firm = scene.open(**rules(per_firm=2)), factories.firm()
    staff = [factories.worker_with_account(of=firm) for _ in range(3)]
    entries = [scene.enter(made, worker) for worker in staff[:2]]
    path = f"/competitions/{made}/entrants"
    scene.refused("FirmQuotaFull", path, scene.as_worker(staff[2]), {"event": "baby"})
    scene.enter(made)
    boss = scene.boss_of(firm)
    scene.refused("EntrantNotFound", f"{path}/{entries[0]['id']}/withdrawals", scene.boss_of(factories.firm()))
    assert scene.ok(f"{path}/{entries[0]['id']}/withdrawals", boss)["state"] == "withdrawn"
    scene.refused("StepNotPossible", f"{path}/{entries[0]['id']}/withdrawals", boss)
    scene.enter(made, staff[2])
    scene.close(made)
    assert sorted(scene.numbers(made).values()) == [1, 2, 3]
    scene.refused("StepNotPossible", f"{path}/{entries[1]['id']}/withdrawals", boss)


def test_only_the_best_of_a_countys_final_go_on_to_the_city_in_their_own_event(scene: Scene) -> None:
    city = scene.draft(**rules(qualify={"best": 2}), entries_until="2027-01-31", held_on="2027-02-28")
    county, workers = scene.published(3, level="county", region_code="321302", parent_id=city, titles=[])
    scene.step(city, "open_entries")
    by_number = {scene.numbers(county)[worker.id]: worker for worker in workers}
    assert why(scene, city, by_number[1]) == ["not_qualified"]  # not final yet
    with clock.frozen(NOW + timedelta(days=30)):
        scene.step(county, "finalise")
        scene.enter(city, by_number[1])
        scene.enter(city, by_number[2])
        assert why(scene, city, by_number[3]) == ["not_qualified"]
        assert why(scene, city, factories.worker_with_account()) == ["not_qualified"]


def test_an_entrant_is_told_her_number_and_her_rank(scene: Scene, run_jobs: Callable[[], int]) -> None:
    made, workers = scene.published(2)
    run_jobs()
    worker = next(each for each in workers if scene.numbers(made)[each.id] == 1)
    account = db.session.get_one(Account, worker.account_id)
    told = scene.ask("GET", "/me/notifications", factories.headers(account)).json["items"]
    assert [each["kind"] for each in told] == ["competition_placed", "competition_number", "competition_entered"]
    assert "第 1 名" in told[0]["body"] and "2026-11-09" in told[0]["body"] and "号码 1" in told[1]["body"]
