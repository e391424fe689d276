"""The card on her phone, the family's scan, and a deeper look by her grant."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.doorcards import rules
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests import factories

API = "/api/v1"


class Door:
    """A worker, a family that booked her for ten tomorrow, and another family."""

    def __init__(self, client: FlaskClient) -> None:
        self.client: Any = client
        self.worker = factories.worker_with_account(name="王秀英")
        workers.refresh(worker=self.worker)
        self.family, self.other = factories.household(), factories.household()
        self.booking = factories.booking("confirmed", self.family, self.worker, factories.tomorrow(10))
        self.her, self.home, self.next_door = (factories.headers(db.session.get_one(Account, each.account_id))
                                               for each in (self.worker, self.family, self.other))

    def card(self) -> dict[str, Any]:
        """Her card now."""
        return dict(self.client.get(f"{API}/workers/{self.worker.id}/door-card", headers=self.her).json)

    def scan(self, token: str, who: dict[str, str] | None = None) -> Any:
        """What a scan answers."""
        return self.client.post(f"{API}/door-cards/scans", headers=who, json={"token": token}).json

    def post(self, path: str, who: dict[str, str], body: Any = None) -> Any:
        """A POST."""
        return self.client.post(API + path, headers=who, json=body)


@pytest.fixture()
def door(world: sa.Connection, client: FlaskClient) -> Door:
    """The door."""
    return Door(client)


@pytest.mark.parametrize("seconds, code", [(0, None), (59, None), (60, "DoorTokenOver"), (3600, "DoorTokenOver")])
def test_a_token_lives_sixty_seconds(door: Door, seconds: int, code: str | None) -> None:
    moment = clock.now().replace(microsecond=0)
    with clock.frozen(moment):
        token = door.card()["token"]
    with clock.frozen(moment + timedelta(seconds=seconds)):
        assert door.scan(token).get("code") == code


def test_no_changed_token_counts(door: Door) -> None:
    token = door.card()["token"]
    other = factories.worker()
    forged = [other.id.hex + token[32:], token[:-1] + ("0" if token[-1] != "0" else "1"), token.replace(".", ".9", 1),
              token.partition(".")[0], "x", "..", token + "0", token.upper(), "é" * 32 + token[32:]]
    for each in forged:
        assert door.scan(each)["code"] == "DoorTokenInvalid", each


def test_a_scan_says_who_she_is_and_to_the_family_that_it_is_whom_it_booked(door: Door) -> None:
    for hour, minute, match in ((8, 59, "today"), (9, 0, "now"), (10, 30, "now"), (12, 59, "now"), (13, 0, "none")):
        with clock.frozen(factories.tomorrow(hour, minute)):
            token = door.card()["token"]
            found = door.scan(token, door.home)
            assert (found["match"], found["signed_in"]) == (match, True), (hour, minute)
            assert (found["booking_id"] == str(door.booking.id)) == (match != "none")
            assert door.scan(token, door.next_door)["match"] == "none", "it is nobody's business next door"
            stranger = door.scan(token)
            assert (stranger["match"], stranger["signed_in"], stranger["name"]) == ("none", False, "王**")
            assert stranger["firm_name"] == "宿迁测试家政有限公司" and stranger["actions"] == []


@pytest.mark.parametrize("state", list(BOOKING.states))
def test_what_a_family_may_do_follows_from_the_state_of_its_visit(door: Door, state: str) -> None:
    door.booking.state = state
    door.booking.answer_by = clock.now() if state == "asked" else None
    db.session.flush()
    with clock.frozen(factories.tomorrow(10, 30)):
        found = door.scan(door.card()["token"], door.home)
    expected = {"under_way": ["complain"], "served": ["complain"], "worker_absent": ["complain"],
                "completed": ["rate", "complain"]}.get(state, [])
    assert [each["kind"] for each in found["actions"]] == expected
    assert (found["match"] == "now") == (state in rules.EXPECTED)


def test_she_reads_when_her_card_was_scanned_and_shows_nobody_elses(door: Door) -> None:
    door.scan(door.card()["token"], door.home)
    door.scan(door.card()["token"])
    scans = door.client.get(f"{API}/me/door-scans", headers=door.her).json["items"]
    assert [(each["match"], each["colour"]) for each in scans] == [("none", "green")] * 2
    other = factories.worker()
    answer = door.client.get(f"{API}/workers/{other.id}/door-card", headers=door.her)
    assert answer.json["code"] == "WorkerNotFound"


def test_who_is_barred_is_shown_so(door: Door) -> None:
    door.worker.barred = True
    db.session.flush()
    assert door.scan(door.card()["token"])["barred"] is True


def granted(door: Door, **given: Any) -> Any:
    """A grant to the family of the booking."""
    return door.post("/file-grants", door.her, {
        "booking_id": str(door.booking.id), "fields": ["name", "health"],
        "until": (clock.now() + timedelta(days=2)).isoformat(), **given})


def test_a_family_sees_what_she_granted_and_she_reads_every_look(door: Door) -> None:
    factories.document(door.worker, "health", "verified", number="JK-8812")
    factories.document(door.worker, "background", "verified", conclusion="clear")
    factories.document(door.worker, "health", "recorded")
    grant = granted(door).json
    path = f"/file-grants/{grant['id']}/looks"
    seen = door.post(path, door.home).json
    assert seen["name"] == "王秀英" and seen["id_number"] is None
    assert [each["kind"] for each in seen["papers"]] == ["health"] and "JK-8812" not in str(seen)
    assert door.post(path, door.next_door).status_code == 404
    looks = door.client.get(f"{API}/me/file-looks", headers=door.her).json["items"]
    assert sorted(each["field"] for each in looks) == ["health", "name"]
    assert {each["role"] for each in looks} == {"household"}


@pytest.mark.parametrize("days, status", [(0, 200), (1.99, 200), (2, 404), (30, 404)])
def test_a_grant_ends_at_its_moment(door: Door, days: float, status: int) -> None:
    moment = clock.now()
    with clock.frozen(moment):
        grant = granted(door).json
    with clock.frozen(moment + timedelta(days=days)):
        assert door.post(f"/file-grants/{grant['id']}/looks", door.home).status_code == status


def test_taken_back_it_shows_nothing_from_then_on(door: Door) -> None:
    grant = granted(door).json
    assert door.post(f"/file-grants/{grant['id']}/revocations", door.home).status_code == 403
    assert door.post(f"/file-grants/{grant['id']}/revocations", door.her).json["state"] == "revoked"
    assert door.post(f"/file-grants/{grant['id']}/looks", door.home).status_code == 404
    assert door.post(f"/file-grants/{grant['id']}/revocations", door.her).json["code"] == "StepNotPossible"
    for who in (door.her, door.home):
        [listed] = door.client.get(f"{API}/file-grants", headers=who).json["items"]
        assert listed["state"] == "revoked"


def test_a_grant_is_for_a_family_of_hers_and_not_for_ever(door: Door) -> None:
    for until in (clock.now() + timedelta(days=91), clock.now() - timedelta(seconds=1)):
        assert granted(door, until=until.isoformat()).json["code"] == "GrantTooLong"
    stranger = factories.booking("confirmed", start=factories.tomorrow(15))
    assert granted(door, booking_id=str(stranger.id)).json["code"] == "NotYourBooking"
    assert granted(door, fields=["phone"]).status_code == 422
    assert door.post("/file-grants", factories.headers(factories.member(Role.MEDIATOR)), {}).status_code == 403


def test_her_screen_shows_a_code_that_opens_the_page(door: Door) -> None:
    card = door.card()
    assert card["url"].endswith("/door/" + card["token"])
    assert card["svg"].startswith("<svg xmlns="), "an image by itself"
    page = door.client.get("/door/" + card["token"])
    assert page.status_code == 200 and "door.js" in page.get_data(as_text=True)
    page.close()
