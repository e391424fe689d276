"""Three hundred ask for thirty seats at once, over real HTTP against the real server; ten leave at once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.app import create_app
from qiaojiejie.certificates.service import bodies
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.courses.models import CoursePlace, CourseSession
from qiaojiejie.courses.rules import eligibility
from qiaojiejie.courses.service import sessions
from tests import factories
from tests.conftest import config_for
from tests.journeys.conftest import Live

SEATS, ASKING, LEAVING = 30, 300, 10


@pytest.fixture(scope="module")
def beside(live: Live) -> Iterator[Flask]:
    """An app of our own on the live service's database."""
    app = create_app(config_for(live.database_url))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["db_reader"].dispose()


def opened() -> UUID:
    """A session of a course with thirty seats."""
    first, second, trainer = (Actor(factories.member(role).id, uuid4(), role, None)
                              for role in (Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR, Role.TRAINER))
    body = bodies.propose(actor=first, slug=f"school-{uuid4().hex[:8]}", name="培训中心", name_en="School",
                          occupations=["storage"], basis="备案")
    bodies.decide(actor=second, body_id=body["id"], step="accredit", reason=None)
    course = sessions.draft(
        actor=first, title="整理收纳", title_en="Storage", occupation="storage", level=None, edition="2026", syllabus=[
            {"topic": "衣橱", "kind": "practice", "minutes": 60}], conditions=eligibility.NONE, body_id=body["id"],
        valid_years=None, theory_pass=60, practice_pass=60, least_attendance=800, attempts=3, resit_days=1,
        programmes=[])
    sessions.decide(actor=first, course_id=course.id, step="publish")
    start = clock.midnight(clock.today() + timedelta(days=9))
    made = sessions.plan(actor=trainer, course_id=course.id, region_code="321302", station_id=None, place="站",
                         seats=SEATS, offer_hours=24, trainer_id=None, meetings=[
                             {"kind": "practice", "starts": start, "ends": start + timedelta(hours=1)}])
    sessions.take_step(actor=trainer, session_id=made.id, step="open", reason=None)
    return made.id


def people(count: int) -> list[tuple[str, dict[str, str]]]:
    """Workers of one firm who sign in: (id, headers)."""
    firm, found = factories.firm(), []
    for _ in range(count):
        account = factories.member(Role.WORKER)
        worker = factories.worker(of=firm, account_id=account.id)
        found.append((str(worker.id), factories.headers(account)))
    return found


def states(session_id: UUID) -> list[tuple[int, str, UUID]]:
    """(position, state, place) of everybody, in order."""
    return [(row.position, row.state, row.id) for row in db.session.execute(
        sa.select(CoursePlace.position, CoursePlace.state, CoursePlace.id)
        .where(CoursePlace.session_id == session_id).order_by(CoursePlace.position))]


def test_thirty_are_in_the_rest_wait_in_one_order_and_who_leaves_makes_room_for_exactly_the_first(
        live: Live, beside: Flask) -> None:
    with beside.app_context():
        session_id, asking = opened(), people(ASKING)
        db.session.commit()
    path = f"/api/v1/course-sessions/{session_id}/places"

    def ask(one: tuple[str, dict[str, str]]) -> tuple[int, Any]:
        return live.call("POST", path, {}, one[1])

    with ThreadPoolExecutor(ASKING) as pool:
        answers = list(pool.map(ask, asking))
    assert Counter(status for status, _ in answers) == {201: ASKING}, answers[:3]
    assert Counter(place["state"] for _, place in answers) == {"enrolled": SEATS, "waiting": ASKING - SEATS}
    assert sorted(place["position"] for _, place in answers) == list(range(1, ASKING + 1)), "one order, no hole"
    assert max(place["position"] for _, place in answers if place["state"] == "enrolled") == SEATS

    leaving = [(place["id"], who) for (_, who), (_, place) in zip(asking, answers, strict=True)
               if place["state"] == "enrolled"][:LEAVING]

    def leave(one: tuple[str, dict[str, str]]) -> int:
        return live.call("POST", f"/api/v1/course-places/{one[0]}/answers", {"answer": "leave"}, one[1])[0]

    with ThreadPoolExecutor(LEAVING) as pool:
        assert list(pool.map(leave, leaving)) == [200] * LEAVING
    with beside.app_context():
        now = states(session_id)
        offered = [position for position, state, _ in now if state == "offered"]
        assert offered == list(range(SEATS + 1, SEATS + LEAVING + 1)), "exactly the first ten, in order"
        assert Counter(state for _, state, _ in now) == {
            "enrolled": SEATS - LEAVING, "left": LEAVING, "offered": LEAVING, "waiting": ASKING - SEATS - LEAVING}
        session = db.session.get_one(CourseSession, session_id)
        assert (session.taken, session.free) == (SEATS, 0)
