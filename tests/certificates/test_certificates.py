"""A certificate from its issue to its end, for everybody it concerns."""

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from qiaojiejie.certificates.errors import AssessorIsWorker, ValidityDoesNotFit
from qiaojiejie.certificates.rules import offline, serials
from qiaojiejie.cli import verify_credential
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.transparency import service as transparency
from tests import factories
from tests.certificates.scene import Scene


def test_issued_it_stands_on_her_card_and_in_her_file_and_families_find_her_by_it(scene: Scene) -> None:
    made = scene.issue()
    [shown] = scene.ask("GET", f"/workers/{scene.worker.id}").json["certificates"]
    assert (shown["title"], shown["verified"], shown["level"]) == ("家政服务员四级", True, 4)
    found = scene.ask("GET", "/workers?certificate=家政服务员四级").json["items"]
    assert [each["id"] for each in found] == [str(scene.worker.id)]
    told = scene.verified(made.serial)
    assert (told["standing"], told["name"], told["called"]) == ("valid", "王**", "王阿姨")
    assert told["worker_id"] == str(scene.worker.id) and told["body_did"] == scene.body["did"]
    assert [each["kind"] for each in scene.ask("GET", "/me/notifications", scene.her).json["items"]] == [
        "certificate_issued"]


@pytest.mark.parametrize("days, hour, standing", [
    (0, 0, "valid"), (30, 0, "valid"), (30, 23, "valid"), (31, 0, "expired"), (400, 12, "expired")])
def test_it_is_valid_to_the_last_minute_of_its_last_day_in_suqian(scene: Scene, days: int, hour: int,
                                                                  standing: str) -> None:
    today = date(2026, 12, 1)
    with clock.frozen(clock.midnight(today)):
        made = scene.issue(issued_on=today, valid_until=today + timedelta(days=30))
        keys = offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json])
    with clock.frozen(clock.midnight(today + timedelta(days=days)) + timedelta(hours=hour, minutes=59 * (hour > 0))):
        assert scene.verified(made.serial)["standing"] == standing
        assert offline.check(made.credential, keys, [scene.status()], clock.now()).standing == standing


def test_one_that_never_lapses_never_does(scene: Scene) -> None:
    made = scene.issue(valid_until=None)
    with clock.frozen(clock.now() + timedelta(days=9000)):
        assert scene.verified(made.serial)["standing"] == "valid"


def test_revoked_it_fails_everywhere_at_once(scene: Scene) -> None:
    made, stays = scene.issue(), scene.issue(occupation="maternity_carer", level=5, title="母婴护理员")
    keys = offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json])
    path = f"/certificates/{made.serial}/revocations"
    scene.ok(path, scene.second, {"reason": "fraud", "note": "替考"})
    told = scene.verified(made.serial)
    assert (told["standing"], told["reason"]["zh"]) == ("revoked", "材料或考核不实") and "替考" not in json.dumps(told)
    assert offline.check(made.credential, keys, [scene.status()], clock.now()).standing == "revoked"
    assert [each["title"] for each in scene.ask("GET", f"/workers/{scene.worker.id}").json["certificates"]] == [
        "母婴护理员"]
    assert scene.verified(stays.serial)["standing"] == "valid"
    scene.refused("StepNotPossible", path, scene.second, {"reason": "error", "note": "再次"})
    kinds = [each["kind"] for each in scene.ask("GET", "/me/notifications", scene.her).json["items"]]
    assert kinds.count("certificate_revoked") == 1


def test_a_firm_cannot_withdraw_what_a_body_issued(scene: Scene) -> None:
    made = scene.issue()
    manager = factories.headers(factories.manager_of(scene.firm))
    path = f"/firms/{scene.firm.id}/staff/{scene.worker.id}/documents/{made.document_id}/withdrawals"
    scene.refused("IssuedHere", path, manager, {"reason": "离职"})
    scene.refused("IssuedHere", f"/documents/{made.document_id}/withdrawals", scene.first, {"reason": "错误"})
    assert scene.verified(made.serial)["standing"] == "valid"


def test_one_assessment_makes_one_certificate(scene: Scene) -> None:
    first = scene.issue(ref="assessment:1")
    assert scene.issue(ref="assessment:1").serial == first.serial
    assert len(scene.ask("GET", "/me/certificates", scene.her).json["items"]) == 1


def test_what_does_not_fit_is_refused(scene: Scene) -> None:
    today = clock.today()
    with pytest.raises(ValidityDoesNotFit):
        scene.issue(valid_until=today)
    with pytest.raises(AssessorIsWorker):
        scene.issue(assessed_by=scene.worker.account_id)


@pytest.mark.parametrize("typed", ["QJ26ACDEFGHJKM0", "", "x", "QJ26-ACDEF", "Q" * 300, "QJ26ACDEFGHJKＭ3", "<b>"])
def test_what_is_no_serial_is_not_ours_and_says_it_may_be_mistyped(scene: Scene, typed: str) -> None:
    told = scene.ask("GET", f"/verify/{typed or ' '}").json
    assert (told["standing"], told["mistyped"]) == ("not_ours", True) and "worker_id" not in told


def test_a_serial_nobody_issued_is_not_ours(scene: Scene) -> None:
    told = scene.verified(serials.fresh(2026))
    assert (told["standing"], told["mistyped"]) == ("not_ours", False)


def test_a_serial_is_read_however_it_is_typed_and_one_wrong_sign_is_noticed(scene: Scene) -> None:
    made = scene.issue()
    for typed in (serials.shown(made.serial), made.serial.lower(), f" {serials.shown(made.serial)} "):
        assert scene.verified(typed)["standing"] == "valid"
    for place in range(4, len(made.serial)):
        for other in set(serials.LETTERS) - {made.serial[place]}:
            assert serials.read(made.serial[:place] + other + made.serial[place + 1:]) is None


def test_a_row_that_was_tampered_with_is_not_called_valid(scene: Scene) -> None:
    made = scene.issue()
    made.credential = made.credential[:-4] + ("AAAA" if made.credential[-4:] != "AAAA" else "BBBB")
    factories.db.session.flush()
    assert scene.verified(made.serial)["standing"] == "not_ours"


def test_she_her_firm_and_the_federation_see_it_whole_and_nobody_else(scene: Scene) -> None:
    made = scene.issue()
    path = f"/certificates/{made.serial}"
    manager, stranger = factories.manager_of(scene.firm), factories.manager_of(factories.firm())
    colleague = factories.worker_with_account(of=scene.firm)
    for who, status in ((scene.her, 200), (factories.headers(manager), 200), (scene.first, 200),
                        (factories.headers(stranger), 404),
                        (factories.headers(factories.db.session.get_one(type(manager), colleague.account_id)), 404),
                        (factories.headers(factories.member(Role.MEDIATOR)), 403), (None, 401)):
        for each in (path, path + "/paper.pdf"):
            assert scene.ask("GET", each, who).status_code == status
    answer = scene.ask("GET", f"/me{path}/credential", factories.headers(
        factories.db.session.get_one(type(manager), colleague.account_id)))
    assert answer.status_code == 404


def test_the_paper_says_what_is_certified_and_is_the_same_bytes_again(scene: Scene) -> None:
    made = scene.issue()
    path = f"/certificates/{made.serial}/paper.pdf"
    content = scene.ask("GET", path, scene.her).get_data()
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    for word in ("王秀英", "家政服务员四级", "120 学时", serials.shown(made.serial), made.sha256, scene.body["name"]):
        assert word in text
    assert scene.worker.id_number.reveal() not in text
    assert scene.ask("GET", path, scene.her).get_data() == content


def saved(scene: Scene, folder: Path, serial: str) -> list[str]:
    """What one saves to verify later: the credential with its holder, the keys, the status list."""
    held = scene.ask("GET", f"/me/certificates/{serial}/credential", scene.her).json
    (folder / "held.json").write_text(json.dumps(held))
    (folder / "alone.jwt").write_text(held["credential"])
    (folder / "keys.json").write_text(json.dumps(scene.ask("GET", "/bodies/sq-skills/did.json").json))
    (folder / "status.jwt").write_text(scene.status())
    return ["--keys", str(folder / "keys.json")]


def command(*arguments: str) -> Any:
    """The command with arguments."""
    return CliRunner().invoke(verify_credential, list(arguments))


def test_the_command_verifies_with_saved_files_alone(scene: Scene, tmp_path: Path) -> None:
    made = scene.issue()
    keys, status = saved(scene, tmp_path, made.serial), ["--status", str(tmp_path / "status.jwt")]
    good = command(str(tmp_path / "held.json"), *keys, *status)
    assert good.exit_code == 0 and "✓ 有效" in good.output and "持有人 holder: 王秀英" in good.output
    alone = command(str(tmp_path / "alone.jwt"), *keys, *status)
    assert alone.exit_code == 0 and "王秀英" not in alone.output
    assert command(str(tmp_path / "alone.jwt"), *keys).exit_code == 2, "no list, no word on revocation"
    later = (made.valid_until + timedelta(days=1)).isoformat() if made.valid_until else ""
    assert "expired" in command(str(tmp_path / "alone.jwt"), *keys, *status, "--on", later).output
    scene.ok(f"/certificates/{made.serial}/revocations", scene.first, {"reason": "error", "note": "录入错误"})
    (tmp_path / "status.jwt").write_text(scene.status())
    revoked = command(str(tmp_path / "held.json"), *keys, *status)
    assert revoked.exit_code == 1 and "✗ 已吊销" in revoked.output


def test_a_list_saved_long_ago_says_nothing_of_today(scene: Scene) -> None:
    made = scene.issue()
    keys, old = offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json]), scene.status()
    for days, standing in ((0, "valid"), (6, "valid"), (8, "status_unknown")):
        assert offline.check(made.credential, keys, [old], clock.now() + timedelta(days=days)).standing == standing


def test_the_list_of_another_body_says_nothing(scene: Scene) -> None:
    made = scene.issue()
    scene.accredited("other-body")
    keys = offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json])
    found = offline.check(made.credential, keys, [scene.status("other-body")], clock.now())
    assert found.standing == "status_unknown"
    assert scene.ask("GET", "/bodies/other-body/status/1").json["code"] == "StatusListNotFound"


def test_the_public_log_holds_the_hash_of_every_credential_and_not_its_serial(scene: Scene) -> None:
    made = scene.issue()
    scene.ok(f"/certificates/{made.serial}/revocations", scene.first, {"reason": "error", "note": "录入错误"})
    while transparency.sequence():
        continue
    leaves = scene.ask("GET", "/log/openings?limit=100").json["items"]
    text = json.dumps(leaves, ensure_ascii=False)
    assert text.count(made.sha256) == 2 and made.serial not in text and str(scene.worker.id) not in text


def test_signing_dates_are_those_of_suqian(scene: Scene) -> None:
    with clock.frozen(clock.midnight(date(2026, 12, 31))):
        made = scene.issue(issued_on=date(2026, 12, 31), valid_until=date(2027, 12, 30))
        said = offline.opened(made.credential, offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json]))
    assert said["validFrom"] == "2026-12-31T00:00:00+08:00" and said["validUntil"] == "2027-12-31T00:00:00+08:00"
    assert said["exp"] == int(datetime.fromisoformat("2027-12-31T00:00:00+08:00").timestamp())
    assert made.serial.startswith("QJ26")
