"""One list of everything that waits for the federation, what is due first at the head; and two who act at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import Grading
from qiaojiejie.enrolment.service import gradings, reviews
from qiaojiejie.firms.models import Firm, FirmRenewal
from qiaojiejie.identity.models import Account
from tests import factories
from tests.enrolment.scene import API, STANDARD, Scene, evidence
from tests.enrolment.test_visits import Visiting
from tests.races import at_once

QUEUE = f"{API}/federation/enrolment-queue"
DAY = date(2026, 11, 24)


def waiting(scene: Scene, query: str = "") -> list[tuple[str, str, str]]:
    """(kind, firm's name, due day) in the list's order, page by page."""
    found: list[tuple[str, str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = scene.client.get(f"{QUEUE}?limit=3&{query}" + (f"&cursor={cursor}" if cursor else ""),
                                headers=scene.first).json
        found += [(each["kind"], each["firm_name"], each["due_on"]) for each in page["items"]]
        cursor = page["next_cursor"]
    return found


@pytest.fixture()
def busy(client: FlaskClient) -> Iterator[Scene]:
    """On 24 November 2026, something of every kind waits, each with a firm of its own."""
    with clock.frozen(clock.midnight(DAY)):
        scene = Scene(client, name="评审")
        scene.upto("city_review")
        for name, state in (("评分", "third_party"), ("复审", "second_review"), ("草稿", "draft")):
            Scene(client, name=name).upto(state)
        for name, state in (("走访", "planned"), ("整改", "objected"), ("未答", "reported")):
            Visiting(Scene(client, name=name)).upto(state)
        factories.firm("applied", name="申请", applied_at=clock.midnight(DAY) - timedelta(days=30))
        renewing = factories.firm(name="换证")
        db.session.add(FirmRenewal(
            firm_id=renewing.id, state="submitted", licence_media_id=UUID(evidence(factories.manager_of(renewing))),
            note="", submitted_by=renewing.applied_by, submitted_at=clock.now()))
        db.session.flush()
    with clock.frozen(clock.midnight(DAY) - timedelta(days=310)):
        Scene(client, name="年检").upto("published")
    with clock.frozen(clock.midnight(DAY)):
        yield scene


def test_everything_that_waits_stands_in_one_list_by_the_day_it_is_due(busy: Scene) -> None:
    days = STANDARD.data["days"]

    def due(count: int) -> str:
        return str(DAY + timedelta(days=count))

    assert set(waiting(busy)) == {
        ("firm_application", "申请", due(days["firm_application"] - 30)), ("visit", "走访", due(0)),
        ("visit_follow_up", "整改", due(0)), ("licence_renewal", "换证", due(days["licence_renewal"])),
        ("second_review", "复审", due(days["second_review"])), ("city_review", "评审", due(days["city_review"])),
        ("third_party", "评分", due(days["third_party"])),
        ("yearly_check", "年检", str((DAY - timedelta(days=310)).replace(year=2027)))}
    dues = [day for _, _, day in waiting(busy)]
    assert dues == sorted(dues) and len(dues) == 8
    assert [kind for kind, _, _ in waiting(busy, "overdue=true")] == ["firm_application"]
    assert waiting(busy, "kind=third_party") == [("third_party", "评分", due(days["third_party"]))]
    counts = busy.client.get(f"{QUEUE}/counts", headers=busy.first).json
    assert (counts["waiting"], counts["overdue"]) == (8, 1)
    assert {each["kind"]: each["waiting"] for each in counts["kinds"]} == dict.fromkeys(
        (each["kind"] for each in counts["kinds"]), 1)


def test_a_visit_waits_again_once_the_firm_let_its_time_run_out(busy: Scene) -> None:
    after = DAY + STANDARD.days("visit_answer")
    with clock.frozen(clock.midnight(after + timedelta(days=1)) - timedelta(seconds=1)):
        assert "未答" not in [name for _, name, _ in waiting(busy)], "its last day is still the firm's"
    with clock.frozen(clock.midnight(after + timedelta(days=1))):
        assert ("visit_follow_up", "未答", str(after)) in waiting(busy, "kind=visit_follow_up")


def test_every_link_leads_to_what_waits(busy: Scene) -> None:
    for each in busy.client.get(f"{QUEUE}?limit=100", headers=busy.first).json["items"]:
        shown = busy.client.get(each["link"], headers=busy.first)
        assert shown.status_code == 200 and each["id"] in shown.get_data(as_text=True), each


def test_the_list_is_the_federations(busy: Scene) -> None:
    assert busy.client.get(QUEUE, headers=busy.boss).status_code == 403


@pytest.fixture()
def city(city: Flask) -> Iterator[Flask]:
    """The app, with its context open for the test too."""
    with city.app_context():
        yield city


def reviewer(who: Account) -> Actor:
    """An auditor, as a service knows her."""
    return Actor(who.id, who.id, Role.FEDERATION_AUDITOR, None)


def submitted(city: Flask, client: Any) -> tuple[Firm, Actor, Grading, list[Actor]]:
    """A grading at its second review, committed."""
    scene = Scene(client)
    actor = Actor(scene.manager.id, scene.manager.id, Role.FIRM_MANAGER, scene.firm.id)
    db.session.commit()
    grading = scene.upto("second_review")
    people = [reviewer(each) for each in scene.people]
    db.session.commit()
    return scene.firm, actor, db.session.get_one(Grading, UUID(grading)), people


def test_of_two_second_reviewers_at_once_one_decides(city: Flask) -> None:
    for _ in range(3):
        _, _, grading, people = submitted(city, city.test_client())
        grading_id = grading.id
        results = at_once(city, [
            lambda by=by, outcome=outcome: reviews.review_again(  # type: ignore[misc]
                actor=by, grading_id=grading_id, outcome=outcome, note="",
                reasons=[] if outcome == "publish" else [{"code": "other", "indicator": None, "note": "再看"}]).state
            for by, outcome in ((people[1], "publish"), (people[2], "send_back"))])
        assert sorted(results) in (["StepNotPossible", "published"], ["StepNotPossible", "city_review"])
        db.session.rollback()
        taken = db.session.scalar(sa.text("SELECT count(*) FROM grading_decision WHERE grading_id = :id AND step IN "
                                          "('publish', 'send_back')").bindparams(id=grading_id))
        assert taken == 1


def test_of_two_gradings_begun_at_once_one_is_under_way(city: Flask) -> None:
    firm = factories.firm()
    bosses = [factories.manager_of(firm) for _ in range(2)]
    actors = [Actor(each.id, each.id, Role.FIRM_MANAGER, firm.id) for each in bosses]
    firm_id = firm.id
    db.session.commit()
    results = at_once(city, [lambda by=by: gradings.open_one(actor=by, firm_id=firm_id).state  # type: ignore[misc]
                             for by in actors])
    assert sorted(results) == ["GradingUnderWay", "draft"]
