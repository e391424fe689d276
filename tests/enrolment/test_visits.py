"""The federation visits firms; the firm acknowledges or objects; faults are followed up; other eyes close disputes."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.enrolment.models import FirmVisit
from qiaojiejie.identity.models import Look
from qiaojiejie.messages.models import Notification
from tests import factories
from tests.enrolment.scene import API, STANDARD, Scene, evidence

STATES = ("planned", "cancelled", "reported", "acknowledged", "objected", "closed")
SOURCES = {"cancel": ("planned",), "report": ("planned",), "acknowledge": ("reported",), "object": ("reported",),
           "close": ("reported", "acknowledged", "objected")}


def findings(*faults: str, photos: list[str] | None = None) -> list[dict[str, Any]]:
    """The whole checklist, good but for the items named."""
    return [{"item": each["code"], "result": "serious" if each["code"] in faults else "good", "note": "",
             "photos": photos or []} for each in STANDARD.data["checklist"]]


class Visiting:
    """Visits to a scene's firm."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.visits = scene, f"{API}/federation/visits"

    def plan(self, kind: str = "announced", days: int = 0, **body: Any) -> Any:
        """Plan one."""
        return self.scene.post(f"{self.scene.at}/visits", self.scene.first, {
            "kind": kind, "planned_on": str(clock.today() + timedelta(days=days)), "purpose": "年度例行走访", **body})

    def cancel(self, visit: str) -> Any:
        """Call it off."""
        return self.scene.post(f"{self.visits}/{visit}/cancellations", self.scene.first, {"reason": "停电"})

    def report(self, visit: str, *faults: str, due: int | None = None, photos: list[str] | None = None) -> Any:
        """Report on it."""
        return self.scene.post(f"{self.visits}/{visit}/reports", self.scene.first, {
            "findings": findings(*faults, photos=photos), "summary": "两人走访",
            "follow_up_on": None if due is None else str(clock.today() + timedelta(days=due))})

    def answer(self, visit: str, answer: str = "acknowledge", words: str | None = None) -> Any:
        """What the firm says."""
        return self.scene.post(f"{self.scene.at}/visits/{visit}/answers", self.scene.boss, {
            "answer": answer, "words": words or ("合同在总部" if answer == "object" else None)})

    def close(self, visit: str, who: dict[str, str] | None = None) -> Any:
        """Close it."""
        return self.scene.post(f"{self.visits}/{visit}/closures", who or self.scene.second, {"outcome": "已整改"})

    def upto(self, state: str, kind: str = "announced") -> str:
        """A visit in a state; its id."""
        visit = str(self.plan(kind).json["id"])
        steps: dict[str, list[Callable[[], Any]]] = {
            "planned": [], "cancelled": [lambda: self.cancel(visit)], "reported": [lambda: self.report(visit)],
            "acknowledged": [lambda: self.report(visit), lambda: self.answer(visit)],
            "objected": [lambda: self.report(visit), lambda: self.answer(visit, "object")],
            "closed": [lambda: self.report(visit), lambda: self.answer(visit), lambda: self.close(visit)]}
        for step in steps[state]:
            assert step().status_code == 201
        return visit


@pytest.fixture()
def visiting(scene: Scene) -> Visiting:
    """Somebody who visits."""
    return Visiting(scene)


@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(visiting: Visiting, world: sa.Connection, state: str) -> None:
    visit = visiting.upto(state)
    asks: dict[str, Callable[[], Any]] = {
        "cancel": lambda: visiting.cancel(visit), "report": lambda: visiting.report(visit),
        "acknowledge": lambda: visiting.answer(visit), "object": lambda: visiting.answer(visit, "object"),
        "close": lambda: visiting.close(visit)}
    for step, ask in asks.items():
        undo = world.begin_nested()
        answer = ask()
        code = answer.json.get("code")
        undo.rollback()
        if (step, state) == ("close", "reported"):
            assert code == "AnswerStillDue"
        elif state in SOURCES[step]:
            assert answer.status_code == 201, f"{step} from {state}: {answer.json}"
        else:
            assert (answer.status_code, code) == (409, "StepNotPossible"), f"{step} from {state}"


def test_faults_are_to_be_mended_by_a_day_and_fine_visits_have_none(visiting: Visiting) -> None:
    visit = str(visiting.plan().json["id"])
    for answer in (visiting.report(visit, "safety"), visiting.report(visit, "safety", due=0),
                   visiting.report(visit, due=5)):
        assert answer.json["code"] == "FollowUpRequired"
    reported = visiting.report(visit, "safety", due=20).json
    assert reported["due_on"] == str(clock.today() + STANDARD.days("visit_answer"))
    assert visiting.answer(visit).json["due_on"] == str(clock.today() + timedelta(days=20))
    due: Any = visiting.scene.client.get(f"{visiting.visits}?due_by={clock.today()}", headers=visiting.scene.first)
    assert due.json["items"] == []
    assert visiting.close(visit).json["state"] == "closed"


@pytest.mark.parametrize("spoil", [lambda all_: all_[1:], lambda all_: all_ + all_[:1],
                                   lambda all_: [{**all_[0], "item": "roof"}, *all_[1:]]])
def test_a_report_gives_each_item_of_the_checklist_once(visiting: Visiting, spoil: Callable[[Any], Any]) -> None:
    visit = visiting.plan().json["id"]
    answer = visiting.scene.post(f"{visiting.visits}/{visit}/reports", visiting.scene.first, {
        "findings": spoil(findings()), "summary": "x"})
    assert answer.json["code"] == "FindingsIncomplete"


def test_a_visit_is_planned_from_today_on_and_reported_from_its_day_on(visiting: Visiting) -> None:
    assert visiting.plan(days=-1).json["code"] == "VisitInThePast"
    visit = visiting.plan(days=1).json["id"]
    assert visiting.report(visit).json["code"] == "VisitYetToCome"
    with clock.frozen(clock.midnight(clock.today() + timedelta(days=1))):
        assert visiting.report(visit).status_code == 201


def test_of_an_unannounced_visit_a_firm_learns_from_its_report(visiting: Visiting, run_jobs: Callable[[], int]) -> None:
    scene = visiting.scene
    hidden, off = visiting.upto("planned", "unannounced"), visiting.upto("cancelled", "unannounced")
    seen = visiting.upto("planned")

    def listed(who: dict[str, str]) -> set[str]:
        return {each["id"] for each in scene.client.get(f"{scene.at}/visits", headers=who).json["items"]}

    assert listed(scene.boss) == {seen} and listed(scene.first) == {hidden, off, seen}
    for visit in (hidden, off):
        assert scene.client.get(f"{scene.at}/visits/{visit}", headers=scene.boss).json["code"] == "VisitNotFound"
        assert visiting.answer(visit).json["code"] == "VisitNotFound"
    run_jobs()
    told = sa.select(Notification.data["visit"].astext).where(Notification.account_id == scene.manager.id)
    assert db.session.scalars(told).all() == [seen]
    visiting.report(hidden)
    run_jobs()
    assert set(db.session.scalars(told)) == {seen, hidden} and hidden in listed(scene.boss)


def test_an_objection_is_closed_by_other_eyes_than_the_visitors(visiting: Visiting, world: sa.Connection) -> None:
    visit = visiting.upto("objected")
    assert visiting.close(visit, visiting.scene.first).json["code"] == "OwnVisit"
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(sa.update(FirmVisit).where(FirmVisit.id == UUID(visit)).values(
            closed_by=FirmVisit.visited_by))
    assert violated(refused.value) == "ck_firm_visit_four_eyes"
    assert visiting.close(visit).json["state"] == "closed"
    agreed = visiting.upto("acknowledged")
    assert visiting.close(agreed, visiting.scene.first).status_code == 201


def test_an_objection_is_sealed_and_a_look_at_it_recorded(visiting: Visiting, world: sa.Connection) -> None:
    scene, visit = visiting.scene, str(visiting.plan().json["id"])
    visiting.report(visit)
    assert visiting.answer(visit, "acknowledge", "好").json["code"] == "WordsRequired"
    said = visiting.answer(visit, "object", "走访人王秀英未出示证件")
    assert said.json["objection"] == "走访人王秀英未出示证件"
    kept = world.execute(sa.text("SELECT objection FROM firm_visit")).scalar_one()
    assert "王秀英".encode() not in bytes(kept)
    shown = scene.client.get(f"{scene.at}/visits/{visit}", headers=scene.first)
    assert shown.json["objection"] == "走访人王秀英未出示证件"
    looks = db.session.scalars(sa.select(Look.subject)).all()
    assert looks == [f"visit:{visit}"], "the firm's own reading is none"


def test_a_visit_nobody_answered_is_closed_after_the_firms_last_day(visiting: Visiting) -> None:
    visit = visiting.upto("reported")
    last = clock.today() + STANDARD.days("visit_answer")
    after = clock.midnight(last + timedelta(days=1))
    with clock.frozen(after - timedelta(seconds=1)):
        assert visiting.close(visit).json["code"] == "AnswerStillDue"
    with clock.frozen(after):
        assert visiting.close(visit).status_code == 201


def test_photos_are_the_visitors_own_and_shown_to_the_firm(client: FlaskClient, visiting: Visiting) -> None:
    scene, visit = visiting.scene, str(visiting.plan().json["id"])
    others = [evidence(factories.member(Role.HOUSEHOLD)), evidence(scene.people[1])]
    for photo in others:
        assert visiting.report(visit, photos=[photo]).json["code"] == "EvidenceNotYours"
    content = BytesIO()
    Image.new("RGB", (4, 4)).save(content, "PNG")
    content.seek(0)
    photo = scene.client.post(f"{API}/media", headers=scene.first, data={
        "kind": "evidence", "file": (content, "a.png")}).json["id"]
    assert scene.client.get(f"{API}/media/{photo}", headers=scene.boss).status_code == 404
    assert visiting.report(visit, photos=[photo]).status_code == 201
    at = f"{scene.at}/visits/{visit}/photos"
    shown = scene.client.get(f"{at}/{photo}", headers=scene.boss)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg") and shown.data.startswith(b"\xff\xd8")
    assert scene.client.get(f"{at}/{others[0]}", headers=scene.boss).status_code == 404
    stranger = Scene(client)
    for path in (at.replace(str(scene.firm.id), str(stranger.firm.id)), at):
        assert scene.client.get(f"{path}/{photo}", headers=stranger.boss).status_code == 404


def test_a_member_of_the_firm_visits_it_in_no_role(visiting: Visiting) -> None:
    scene = visiting.scene
    visit = visiting.upto("acknowledged")
    factories.member(Role.FEDERATION_AUDITOR, who=scene.manager)
    both = factories.headers(scene.manager, Role.FEDERATION_AUDITOR)
    assert visiting.close(visit, both).json["code"] == "OwnFirm"
