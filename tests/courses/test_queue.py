"""Seats and who waits for them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.courses.lifecycle import PLACE
from qiaojiejie.courses.models import CoursePlace
from tests import factories
from tests.courses.scene import School, before

Sweep = Callable[[str], None]
OFFERS, BEGIN = "qiaojiejie.courses.tasks.end_offers", "qiaojiejie.courses.tasks.begin_sessions"


def states(school: School, session: dict[str, object]) -> list[str]:
    """The states of everybody in a session, in the order they came."""
    listed = school.ask("GET", f"/course-sessions/{session['id']}/places?limit=100", school.teaches).json["items"]
    return [each["state"] for each in listed]


def test_who_comes_first_has_a_seat_and_the_rest_wait_in_order(school: School) -> None:
    session = school.opened(seats=2)
    places = [school.enrol(session, school.learner()[1]) for _ in range(4)]
    assert [each["state"] for each in places] == ["enrolled", "enrolled", "waiting", "waiting"]
    assert [each["position"] for each in places] == [1, 2, 3, 4]
    now = school.now(session)
    assert (now["taken"], now["free"]) == (2, 0)


def test_a_seat_that_becomes_free_is_offered_to_who_is_next_and_to_nobody_else(school: School) -> None:
    session = school.opened(seats=1)
    people = [school.learner()[1] for _ in range(4)]
    first, second, third, _ = [school.enrol(session, who) for who in people]
    left = school.ok(f"/course-places/{first['id']}/answers", people[0], {"answer": "leave"})
    assert left["state"] == "left" and states(school, session) == ["left", "offered", "waiting", "waiting"]
    assert school.now(session)["free"] == 0, "an offered seat is taken"
    late = school.enrol(session, school.learner()[1])
    assert late["state"] == "waiting", "nobody jumps the queue"
    school.refused("StepNotPossible", f"/course-places/{third['id']}/answers", people[2], {"answer": "accept"})
    school.ok(f"/course-places/{second['id']}/answers", people[1], {"answer": "decline"})
    assert states(school, session) == ["left", "declined", "offered", "waiting", "waiting"]
    assert school.ok(f"/course-places/{third['id']}/answers", people[2], {"answer": "accept"})["state"] == "enrolled"


@pytest.mark.parametrize("seconds, state", [(-1, "offered"), (0, "lapsed"), (1, "lapsed")])
def test_an_offer_ends_at_its_moment_and_the_next_is_offered(school: School, sweep: Sweep, seconds: int,
                                                             state: str) -> None:
    session = school.opened(seats=1, offer_hours=24)
    people = [school.learner()[1] for _ in range(3)]
    places = [school.enrol(session, who) for who in people]
    school.ok(f"/course-places/{places[0]['id']}/answers", people[0], {"answer": "leave"})
    until = clock.now() + timedelta(hours=24)
    offered = school.place(places[1])
    with clock.frozen(datetime.fromisoformat(offered["offer_until"]) + timedelta(seconds=seconds)):
        if seconds >= 0:
            school.refused("OfferOver", f"/course-places/{places[1]['id']}/answers", people[1], {"answer": "accept"})
        sweep(OFFERS)
        assert school.place(places[1])["state"] == state
        assert school.place(places[2])["state"] == ("offered" if state == "lapsed" else "waiting")
    assert abs(datetime.fromisoformat(offered["offer_until"]) - until) < timedelta(minutes=1)


def test_more_seats_are_offered_at_once_and_taken_ones_cannot_be_taken_away(school: School) -> None:
    session = school.opened(seats=2)
    for _ in range(5):
        school.enrol(session, school.learner()[1])
    path = f"/course-sessions/{session['id']}/seats"
    school.refused("SeatsTooFew", path, school.teaches, {"seats": 1})
    school.ok(path, school.teaches, {"seats": 4})
    assert states(school, session) == ["enrolled", "enrolled", "offered", "offered", "waiting"]


def test_an_offer_never_outlasts_the_beginning_and_then_nobody_waits(school: School, sweep: Sweep) -> None:
    session = school.opened(seats=1, offer_hours=168)
    people = [school.learner()[1] for _ in range(3)]
    places = [school.enrol(session, who) for who in people]
    with clock.frozen(before(session) - timedelta(minutes=5)):
        school.ok(f"/course-places/{places[0]['id']}/answers", people[0], {"answer": "leave"})
        assert school.place(places[1])["offer_until"] == session["starts_at"]
    with clock.frozen(before(session)):
        school.refused("EnrolmentClosed", f"/course-sessions/{session['id']}/places", school.learner()[1], {})
        sweep(BEGIN)
        assert states(school, session) == ["left", "called_off", "called_off"]
        now = school.now(session)
        assert (now["state"], now["taken"]) == ("running", 0)


def test_a_cancelled_session_lets_everybody_go_and_tells_them(school: School, run_jobs: Callable[[], int]) -> None:
    session = school.opened(seats=1)
    _, first = school.learner()
    _, second = school.learner()
    school.enrol(session, first)
    school.enrol(session, second)
    school.step(session, "cancel", reason="老师生病")
    run_jobs()
    assert states(school, session) == ["called_off", "called_off"] and school.now(session)["taken"] == 0
    for who in (first, second):
        kinds = [each["kind"] for each in school.ask("GET", "/me/notifications", who).json["items"]]
        assert kinds[0] == "course_called_off"


def test_nobody_has_two_places_in_one_session_but_may_come_again_after_leaving(school: School) -> None:
    session, (_, who) = school.opened(), school.learner()
    place = school.enrol(session, who)
    path = f"/course-sessions/{session['id']}/places"
    school.refused("AlreadyEnrolled", path, who, {})
    school.ok(f"/course-places/{place['id']}/answers", who, {"answer": "leave"})
    again = school.enrol(session, who)
    assert again["position"] == 2 and again["id"] != place["id"]


def test_who_is_too_young_or_lacks_the_certificate_is_told_why(school: School) -> None:
    school.course = school.published(conditions={
        "age": {"least": 18, "most": 55}, "certificate": {"occupation": "maternity_carer", "least_level": 5}})
    session = school.opened()
    day = clock.local(before(session)).date()
    _, young = school.learner(born=day.replace(year=day.year - 18) + timedelta(days=1))
    answer = school.ask("POST", f"/course-sessions/{session['id']}/places", young, {})
    assert answer.json["code"] == "NotEligible"
    assert [each["code"] for each in answer.json["errors"]] == ["too_young", "certificate_missing"]
    just, hers = school.learner(born=day.replace(year=day.year - 18))
    school.issue(worker_id=just.id, occupation="maternity_carer", level=5, valid_until=day)
    assert school.enrol(session, hers)["state"] == "enrolled", "eighteen on the day, certificate valid to that day"


def test_a_firm_enrols_its_own_and_a_clerk_with_consent(school: School) -> None:
    session = school.opened(seats=3)
    hers, _ = school.learner()
    manager = factories.headers(factories.manager_of(school.firm))
    path = f"/course-sessions/{session['id']}/places"
    assert school.enrol(session, manager, worker_id=str(hers.id))["via"] == "firm"
    stranger = factories.worker_with_account()
    school.refused("WorkerNotFound", path, manager, {"worker_id": str(stranger.id)})
    clerk = factories.headers(factories.member(Role.STATION_CLERK, uuid4()))
    school.refused("ConsentRequired", path, clerk, {"worker_id": str(stranger.id)})
    place = school.enrol(session, clerk, worker_id=str(stranger.id), consent="本人到站同意")
    assert place["via"] == "clerk"
    other = factories.headers(factories.member(Role.STATION_CLERK, uuid4()))
    assert school.ask("GET", f"/course-places/{place['id']}", other).status_code == 404
    school.refused("PlaceNotFound", f"/course-places/{place['id']}/answers", other, {"answer": "leave"})


def test_every_step_of_a_place_in_every_state_is_as_the_table_says(school: School) -> None:
    for state in PLACE.states:
        for step in ("accept", "decline", "leave"):
            session = school.opened(seats=2)
            _, who = school.learner()
            place = school.enrol(session, who)
            row = db.session.get_one(CoursePlace, UUID(place["id"]))
            row.state = state
            row.offer_until = before(session)
            db.session.flush()
            answer = school.ask("POST", f"/course-places/{place['id']}/answers", who, {"answer": step})
            assert answer.status_code == (200 if state in PLACE.steps[step].sources else 409), (state, step)
