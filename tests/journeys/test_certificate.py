"""A worker learns, waits, fails, re-sits and is certified; a family checks it; it is revoked, and fails everywhere."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from qiaojiejie.core import clock
from tests.courses.scene import School, after, before
from tests.courses.test_queue import OFFERS


def offline(folder: Path, serial: str, school: School) -> subprocess.CompletedProcess[str]:
    """What the command says of the credential in ``folder``, with keys and status list saved anew; no database."""
    (folder / "keys.json").write_text(json.dumps(school.ask("GET", "/awarding-bodies/keys").json))
    (folder / "status.jwt").write_text(school.status())
    return subprocess.run(
        [sys.executable, "-m", "qiaojiejie.cli", "verify-credential", str(folder / "held.json"), "--keys",
         str(folder / "keys.json"), "--status", str(folder / "status.jwt"), "--on",
         clock.local(clock.now()).replace(tzinfo=None, microsecond=0).isoformat()],
        capture_output=True, text=True, check=False,
        env={"PATH": "", "DATABASE_URL": "postgresql://nobody@nowhere/none"})


@pytest.fixture()
def school(world: object, client: object) -> School:
    """A school."""
    return School(client)


def test_from_seeing_a_course_to_a_certificate_a_family_checks_and_its_end(
        school: School, sweep: Callable[[str], None], tmp_path: Path) -> None:
    session = school.opened(seats=1)
    _, early = school.learner()
    taken = school.enrol(session, early)
    worker, her = school.learner(name="王秀英")

    # she sees it, finds it full, and waits
    [course] = school.ask("GET", "/courses?occupation=domestic_worker").json["items"]
    [open_one] = school.ask("GET", f"/course-sessions?course_id={course['id']}&state=open").json["items"]
    assert open_one["free"] == 0
    place = school.enrol(open_one, her)
    assert place["state"] == "waiting"

    # a seat becomes free, she takes it in time
    school.ok(f"/course-places/{taken['id']}/answers", early, {"answer": "leave"})
    assert school.place(place)["state"] == "offered"
    school.ok(f"/course-places/{place['id']}/answers", her, {"answer": "accept"})
    sweep(OFFERS)

    # she attends: by the code at the door twice, once by roll
    with clock.frozen(before(session)):
        school.step(session, "begin")
    for meeting in session["meetings"][:2]:
        with clock.frozen(datetime.fromisoformat(meeting["starts"])):
            code = school.ask("GET", f"/course-meetings/{meeting['id']}/door-code", school.teaches).json["code"]
            school.ok(f"/course-meetings/{meeting['id']}/attendances", her, {"code": code})
    with clock.frozen(after(session)):
        school.ok(f"/course-meetings/{session['meetings'][2]['id']}/roll", school.teaches, {"place_ids": [place["id"]]})
        assert school.place(place)["attended"] == 1000

        # she passes theory, fails practice
        school.mark(place, "theory", 85)
        assert school.mark(place, "practice", 40)["state"] == "enrolled"
        assert school.ask("GET", "/workers?certificate=家政服务员五级").json["items"] == []
    with clock.frozen(after(session) + timedelta(days=1)):
        # re-sits, passes, is certified; families find her by it
        passed = school.mark(place, "practice", 75)
        serial = passed["serial"]
        found = school.ask("GET", "/workers?certificate=家政服务员五级").json["items"]
        assert [each["id"] for each in found] == [str(worker.id)]

        # the paper's QR opens the page for a phone; its answer is the API's
        paper = PdfReader(io.BytesIO(school.ask("GET", f"/certificates/{serial}/paper.pdf", her).get_data()))
        [link] = [note.get_object()["/A"]["/URI"] for note in paper.pages[0]["/Annots"]]
        address = str(link)[str(link).index("/verify/"):]
        page = school.client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.status_code == 200 and "verify.js" in page.get_data(as_text=True)
        page.close()
        program = school.client.get(address, headers={"Accept": "application/json"}, follow_redirects=True).json
        assert (program["standing"], program["name"]) == ("valid", "王**")

        # and offline
        (tmp_path / "held.json").write_text(json.dumps(
            school.ask("GET", f"/me/certificates/{serial}/credential", her).json))
        good = offline(tmp_path, serial, school)
        assert good.returncode == 0 and "✓ 有效" in good.stdout and "王秀英" in good.stdout, good.stderr

        # revoked, it fails in both at once
        school.ok(f"/certificates/{serial}/revocations", school.second, {"reason": "fraud", "note": "替考"})
        assert school.verified(serial)["standing"] == "revoked"
        gone = offline(tmp_path, serial, school)
        assert gone.returncode == 1 and "✗ 已吊销" in gone.stdout
        assert school.ask("GET", "/workers?certificate=家政服务员五级").json["items"] == []
