"""Families and workers meet at a station, over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.interviews import service as interviews
from qiaojiejie.interviews.lifecycle import INTERVIEW
from qiaojiejie.interviews.models import Interview
from qiaojiejie.messages.models import TextMessage
from tests import factories
from tests.interviews import scene
from tests.interviews.scene import WISH, Meeting

HALF = timedelta(minutes=30)


@pytest.fixture()
def meeting(client: FlaskClient) -> Meeting:
    """Two days before."""
    return Meeting(client)


def test_it_takes_her_time_and_a_room_and_everybody_is_told(meeting: Meeting, run_jobs: Callable[[], int]) -> None:
    assert "10:00" in meeting.slots()
    made = meeting.book()
    assert (made["state"], made["room"], made["service_name"][0:2]) == ("booked", "洽谈室", "住家")
    run_jobs()
    for party in ("household", "worker", "firm", "station"):
        assert meeting.kinds(party) == ["interview_booked"], party
        assert meeting.ask(meeting.who[party], f"/interviews/{made['id']}")["id"] == made["id"]
    assert db.session.scalars(sa.select(TextMessage.kind)).all().count("interview_booked") == 4
    slots = meeting.slots()
    assert not {"09:30", "10:00", "10:30"} & set(slots), "the way there and back is kept free"
    assert "11:30" in slots


def test_it_is_nobody_elses(meeting: Meeting) -> None:
    made = meeting.book()
    other = Meeting(meeting.client)
    for party, headers in (("stranger", meeting.who["stranger"]), *other.who.items()):
        assert meeting.ask(headers, f"/interviews/{made['id']}", 404)["code"] == "InterviewNotFound", party
    day = clock.local(meeting.at).date().isoformat()
    path = f"/stations/{meeting.station.id}/interviews?day={day}"
    assert [each["id"] for each in meeting.ask(meeting.who["station"], path)["items"]] == [made["id"]]
    assert meeting.ask(other.who["station"], path, 404)["code"] == "StationNotFound"
    for party, expected in (("household", 1), ("worker", 1), ("firm", 1), ("stranger", 0)):
        assert len(meeting.ask(meeting.who[party], "/interviews")["items"]) == expected, party


def test_a_day_at_a_station_is_paged_in_its_order(meeting: Meeting) -> None:
    for hour in (6, 2, 4):
        meeting.book(who=meeting.family(), at=meeting.at + timedelta(hours=hour), worker=scene.nurse())
    path = f"/stations/{meeting.station.id}/interviews?limit=1&day={clock.local(meeting.at).date().isoformat()}"
    seen, cursor = [], ""
    while cursor is not None:
        page = meeting.ask(meeting.who["station"], path + (f"&cursor={cursor}" if cursor else ""))
        seen += [each["starts"][11:16] for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["12:00", "14:00", "16:00"]


@pytest.mark.parametrize(("minutes", "code"), [
    (15, "StartNotOnHalfHour"), (-120, "NotAtStationHours"), (450, "NotAtStationHours"),
    (-60 * 24 * 3, "TooLittleNotice"), (60 * 24 * 70, "BeyondHorizon")])
def test_it_is_on_the_half_hour_while_stations_are_open_and_not_too_far_ahead(
        meeting: Meeting, minutes: int, code: str) -> None:
    status = 422 if code == "NotAtStationHours" else 409
    assert meeting.book(status, at=meeting.at + timedelta(minutes=minutes))["code"] == code


def test_the_first_and_the_last_half_hour_of_a_day_can_be_had(meeting: Meeting) -> None:
    for minutes in (-90, 420):
        meeting.book(who=meeting.family(), at=meeting.at + timedelta(minutes=minutes))


def test_only_who_works_by_days_and_does_this_work_is_met(meeting: Meeting) -> None:
    assert meeting.book(409, service_code="cleaning")["code"] == "NotInterviewed"
    assert meeting.book(409, service_code="live_in_help", worker=factories.worker_with_account())[
        "code"] == "ServiceNotOffered"
    meeting.worker.barred = True
    db.session.flush()
    assert meeting.book(409)["code"] == "OnBlockList"
    meeting.worker.barred, meeting.worker.listed = False, False
    db.session.flush()
    assert meeting.book(409)["code"] == "WorkerNotBookable"


def test_who_is_engaged_or_not_at_work_cannot_be_met(meeting: Meeting) -> None:
    factories.booking("confirmed", by=meeting.worker, start=meeting.at + HALF, minutes=180)
    assert meeting.book(409)["code"] == "SlotTaken"
    off = factories.working(scene.nurse(), 13 * 60, 18 * 60)
    assert meeting.book(409, worker=off)["code"] == "OutsideHours"


def test_a_station_whose_rooms_are_taken_has_none_and_gives_another_that_is_free(meeting: Meeting) -> None:
    meeting.book()
    other = meeting.family()
    assert meeting.book(409, who=other, worker=scene.nurse())["code"] == "NoRoomFree"
    assert db.session.scalar(sa.text("SELECT count(*) FROM worker_interval")) == 1, "nothing half done"
    scene.room(meeting.station.id, "二楼", 40)
    assert meeting.book(who=other, worker=scene.nurse())["room"] == "二楼"


def test_a_family_has_one_ahead_with_a_worker_and_three_in_all(meeting: Meeting) -> None:
    first = meeting.book()
    assert meeting.book(409, at=meeting.at + timedelta(hours=3))["code"] == "InterviewStands"
    for hours in (1, 2):
        meeting.book(at=meeting.at + timedelta(hours=hours), worker=scene.nurse())
    assert meeting.book(409, at=meeting.at + timedelta(hours=5), worker=scene.nurse())["code"] == "InterviewsFull"
    meeting.step("household", first, "cancellations", reason="found_other")
    meeting.book(at=meeting.at + timedelta(hours=5))


@pytest.mark.parametrize("party", ["household", "worker", "firm"])
def test_each_side_calls_it_off_and_time_and_room_are_free(
        meeting: Meeting, party: str, run_jobs: Callable[[], int]) -> None:
    made = meeting.book()
    gone = meeting.step(party, made, "cancellations", reason="ill")
    assert (gone["state"], gone["closed_by"], gone["reason"], gone["room"]) == ("cancelled", party, "ill", None)
    run_jobs()
    assert meeting.kinds("station")[0] == meeting.kinds("worker")[0] == "interview_cancelled"
    meeting.book(who=meeting.family())


def test_once_it_has_begun_it_is_not_called_off(meeting: Meeting) -> None:
    made = meeting.book()
    with clock.frozen(meeting.at):
        assert meeting.step("household", made, "cancellations", 409, reason="ill")["code"] == "InterviewBegun"
    with clock.frozen(meeting.at - timedelta(seconds=1)):
        meeting.step("household", made, "cancellations", reason="ill")


def test_the_family_says_what_came_of_it_and_may_think_again_for_a_week(
        meeting: Meeting, run_jobs: Callable[[], int]) -> None:
    made = meeting.book()
    with clock.frozen(meeting.at - timedelta(seconds=1)):
        assert meeting.step("household", made, "outcomes", 409, outcome="suitable")["code"] == "InterviewNotYet"
    with clock.frozen(meeting.at):
        held = meeting.step("household", made, "outcomes", outcome="suitable", words=WISH)
        assert (held["state"], held["outcome"], held["words"], held["room"]) == ("held", "suitable", WISH, "洽谈室")
        assert meeting.step("worker", made, "outcomes", 403, outcome="suitable")["code"] == "NotYourStep"
    with clock.frozen(meeting.at + timedelta(days=7)):
        again = meeting.step("household", made, "outcomes", outcome="unsuitable")
        assert (again["outcome"], again["words"]) == ("unsuitable", None)
    with clock.frozen(meeting.at + timedelta(days=7, seconds=1)):
        assert meeting.step("household", made, "outcomes", 409, outcome="suitable")["code"] == "InterviewTooLate"
    run_jobs()
    assert meeting.kinds("worker") == ["interview_judged", "interview_held", "interview_booked"]
    assert "interview_judged" not in meeting.kinds("household")


def test_a_clerk_says_that_it_took_place_and_the_family_what_came_of_it(meeting: Meeting) -> None:
    made = meeting.book()
    with clock.frozen(meeting.later):
        held = meeting.step("station", made, "outcomes", outcome="suitable", words="我觉得合适")
        assert (held["state"], held["outcome"], held["closed_by"]) == ("held", "undecided", "station")
        assert meeting.step("station", made, "outcomes", 409, outcome="suitable")["code"] == "StepNotPossible"
        shown = meeting.step("household", made, "outcomes", outcome="suitable")
        assert (shown["outcome"], shown["words"]) == ("suitable", None)


def test_what_the_family_wrote_is_the_firms_after_a_look_and_nobody_elses(
        meeting: Meeting, world: sa.Connection) -> None:
    made = meeting.book()
    before = meeting.look("station", made)
    assert before["household_phone"] and before["worker_phone"] == meeting.worker.phone.reveal()
    with clock.frozen(meeting.later):
        meeting.step("household", made, "outcomes", outcome="suitable", words=WISH)
        for party in ("worker", "firm", "station"):
            assert meeting.ask(meeting.who[party], f"/interviews/{made['id']}")["words"] is None, party
        seen = {party: meeting.look(party, made) for party in ("firm", "station")}
    assert seen["firm"] == {"household_phone": None, "worker_phone": None, "words": WISH}
    assert seen["station"]["words"] is None
    looks = world.execute(sa.text("SELECT count(*) FROM look WHERE field = 'interview'")).scalar_one()
    assert looks == 6
    for table in ("ledger_entry", "notification", "interview"):
        assert world.execute(sa.text(
            f"SELECT count(*) FROM {table} t WHERE strpos(t::text, :it) > 0"), {"it": WISH}).scalar_one() == 0


@pytest.mark.parametrize(("missing", "may"), [("family", {"worker", "firm", "station"}),
                                              ("worker", {"household", "station"})])
@pytest.mark.parametrize("party", ["household", "worker", "firm", "station"])
def test_the_other_side_or_the_clerk_says_who_did_not_come(
        meeting: Meeting, missing: str, may: set[str], party: str) -> None:
    made = meeting.book()
    with clock.frozen(meeting.later - timedelta(seconds=1)):
        code = meeting.step(party, made, "absences", 409 if party in may else 403, missing=missing)["code"]
        assert code == ("InterviewNotYet" if party in may else "NotYourStep")
    with clock.frozen(meeting.later):
        said = meeting.step(party, made, "absences", 200 if party in may else 403, missing=missing)
    if party in may:
        assert (said["state"], said["closed_by"], said["room"]) == (f"missed_by_{missing}", party, None)


def test_one_nobody_spoke_of_lapses_the_day_after_and_can_still_be_said_to_have_been(
        meeting: Meeting, run_jobs: Callable[[], int]) -> None:
    made = meeting.book()
    midnight = clock.midnight(clock.local(meeting.at).date() + timedelta(days=1))
    for moment, state in ((midnight - timedelta(seconds=1), "booked"), (midnight, "lapsed")):
        with clock.frozen(moment):
            interviews.lapse_due()
            db.session.flush()
            assert db.session.get_one(Interview, made["id"], populate_existing=True).state == state
    run_jobs()
    assert meeting.kinds("household")[0] == "interview_lapsed"
    assert db.session.scalar(sa.text("SELECT count(*) FROM worker_interval")) == 0
    with clock.frozen(midnight):
        assert meeting.step("household", made, "absences", 409, missing="worker")["code"] == "StepNotPossible"
        assert meeting.step("household", made, "outcomes", outcome="suitable")["state"] == "held"


PATHS = {"hold": ("outcomes", {"outcome": "suitable"}), "cancel": ("cancellations", {"reason": "ill"}),
         "miss_family": ("absences", {"missing": "family"}), "miss_worker": ("absences", {"missing": "worker"})}


@pytest.mark.parametrize("state", list(INTERVIEW.states))
@pytest.mark.parametrize("party", ["household", "worker", "firm", "station"])
def test_all_that_is_not_in_the_table_is_refused(
        meeting: Meeting, world: sa.Connection, state: str, party: str) -> None:
    made = meeting.book()
    db.session.execute(sa.update(Interview).values(
        state=state, outcome="undecided" if state == "held" else None,
        reason="ill" if state == "cancelled" else None))
    db.session.commit()
    for name, (path, body) in PATHS.items():
        row = INTERVIEW.steps[name]
        thinks_again = name == "hold" and state == "held" and party == "household"
        allowed = party in row.parties and (state in row.sources or thinks_again)
        undo = world.begin_nested()
        with clock.frozen(meeting.at - HALF if name == "cancel" else meeting.later):
            answer: Any = meeting.client.post(f"/api/v1/interviews/{made['id']}/{path}", headers=meeting.who[party],
                                              json=body)
        undo.rollback()
        expected = 200 if allowed else 403 if party not in row.parties else 409
        assert answer.status_code == expected, f"{name} of {state} by {party}: {answer.json}"
