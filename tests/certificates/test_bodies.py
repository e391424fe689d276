"""Who may certify: four eyes, keys, what a suspended or robbed body can do."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from qiaojiejie.certificates.errors import BodyMayNotIssue
from qiaojiejie.certificates.lifecycle import BODY
from qiaojiejie.certificates.queries import bodies
from qiaojiejie.certificates.rules import offline
from qiaojiejie.core import clock
from tests.certificates.scene import Scene


def test_who_proposed_a_body_does_not_accredit_it(scene: Scene) -> None:
    made = scene.ok("/awarding-bodies", scene.first, scene.proposal("other"))
    for step in ("accredit", "decline"):
        scene.refused("SecondAccountNeeded", f"/awarding-bodies/{made['id']}/steps", scene.first, {"step": step})
    assert made["keys"] == [] and made["state"] == "proposed"
    assert scene.ask("GET", "/bodies/other/did.json").status_code == 404
    scene.ok(f"/awarding-bodies/{made['id']}/steps", scene.second, {"step": "decline", "reason": "材料不全"})
    assert scene.ask("GET", "/bodies/other/did.json").status_code == 404


def test_two_bodies_have_two_names(scene: Scene) -> None:
    scene.refused("SlugTaken", "/awarding-bodies", scene.first, scene.proposal())
    scene.refused("UnknownOccupation", "/awarding-bodies", scene.first,
                  {**scene.proposal("third"), "occupations": ["astronaut"]})


def test_every_step_in_every_state_is_taken_or_refused_as_the_table_says(scene: Scene) -> None:
    reach = {"proposed": [], "declined": ["decline"], "accredited": ["accredit"], "suspended": ["accredit", "suspend"]}
    for number, (state, steps) in enumerate(reach.items()):
        for step in BODY.steps.values():
            made = scene.ok("/awarding-bodies", scene.first, scene.proposal(f"body-{number}-{step.name}"))
            path = f"/awarding-bodies/{made['id']}/steps"
            for each in steps:
                scene.ok(path, scene.second, {"step": each})
            answer = scene.ask("POST", path, scene.second, {"step": step.name})
            assert answer.status_code == (200 if state in step.sources else 409), (state, step.name)


def test_a_body_certifies_only_what_it_is_accredited_for_and_not_while_suspended(scene: Scene) -> None:
    with pytest.raises(BodyMayNotIssue):
        scene.issue(occupation="elder_carer", level=4)
    made = scene.issue()
    scene.ok(f"/awarding-bodies/{scene.body['id']}/steps", scene.first, {"step": "suspend", "reason": "抽查不合格"})
    with pytest.raises(BodyMayNotIssue):
        scene.issue()
    assert scene.verified(made.serial)["standing"] == "valid", "what it issued before still holds"


def test_a_retired_key_still_verifies_and_a_new_one_signs(scene: Scene) -> None:
    old = scene.issue()
    path = f"/awarding-bodies/{scene.body['id']}/keys"
    scene.refused("KeyTooYoung", path, scene.first, {"compromised": False})
    with clock.frozen(clock.now() + timedelta(days=1)):
        rotated = scene.ok(path, scene.first, {"compromised": False})
        new = scene.issue()
        assert [key["retired_at"] is None for key in rotated["keys"]] == [False, True]
        assert old.key_id != new.key_id
        assert {scene.verified(each.serial)["standing"] for each in (old, new)} == {"valid"}
        document = scene.ask("GET", "/bodies/sq-skills/did.json").json
        assert document["verificationMethod"][0]["id"].endswith(rotated["keys"][1]["kid"])


def test_what_a_stolen_key_signed_fails_and_is_signed_again(scene: Scene, run_jobs: Callable[[], int]) -> None:
    made = scene.issue()
    before, serial = made.credential, made.serial
    scene.ok(f"/awarding-bodies/{scene.body['id']}/keys", scene.first, {"compromised": True})
    keys = offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json])
    with pytest.raises(offline.Untrue):
        offline.check(before, keys, [scene.status()], clock.now())
    assert scene.verified(serial)["standing"] == "not_ours", "nothing is called valid before it is signed again"
    run_jobs()
    assert scene.verified(serial)["standing"] == "valid"
    now = scene.ask("GET", f"/me/certificates/{serial}/credential", scene.her).json["credential"]
    assert now != before and offline.check(now, keys, [scene.status()], clock.now()).standing == "valid"


def test_a_seed_is_in_no_answer(scene: Scene) -> None:
    seed = bodies.signer(bodies.by_slug("sq-skills")).seed.hex()
    for path in ("/awarding-bodies", f"/awarding-bodies/{scene.body['id']}", "/awarding-bodies/keys"):
        assert seed not in scene.ask("GET", path, scene.first).get_data(as_text=True)
