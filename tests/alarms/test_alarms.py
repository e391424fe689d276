"""Calls for help, over HTTP: who is told, who sees where, and what the other side of the booking never learns."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.alarms.lifecycle import ALARM
from qiaojiejie.alarms.models import Alarm
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger.models import LedgerEntry
from tests import factories
from tests.factories import tomorrow

PLACE = {"lng": 118.2755, "lat": 33.9631}
TEN = tomorrow(10)


class Home:
    """A visit under way, its two sides, her firm and the duty desk."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.booking = factories.booking("under_way", start=TEN)
        self.family = factories.headers(db.session.get_one(Account, self.booking.household.account_id))
        self.worker = factories.headers(db.session.get_one(Account, self.booking.worker.account_id))
        firm = self.booking.firm
        self.firm = factories.headers(factories.manager_of(firm), Role.FIRM_MANAGER, firm.id)
        other = factories.firm()
        self.other_firm = factories.headers(factories.manager_of(other), Role.FIRM_MANAGER, other.id)
        self.duty = factories.headers(factories.member(Role.FEDERATION_ADMIN))

    def ask(self, who: dict[str, str], path: str, status: int = 200, **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        answer = self.client.open(f"/api/v1{path}", method="POST" if body else "GET", headers=who, json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def call(self, who: dict[str, str], status: int = 201, place: dict[str, Any] | None = None) -> Any:
        """Press the button."""
        return self.ask(who, f"/bookings/{self.booking.id}/alarms", status, place=place)

    def kinds(self, who: dict[str, str]) -> list[str]:
        """What is in somebody's inbox, newest first."""
        return [each["kind"] for each in self.ask(who, "/me/notifications")["items"]]


@pytest.fixture()
def home(client: FlaskClient, world: sa.Connection) -> Any:
    """An hour into the visit."""
    with clock.frozen(TEN - timedelta(hours=3)):
        made = Home(client)
    with clock.frozen(TEN + timedelta(hours=1)):
        made.duty = factories.headers(factories.member(Role.FEDERATION_ADMIN))
        yield made


def test_a_call_reaches_firm_and_duty_desk_and_never_the_other_side(home: Home, run_jobs: Callable[[], int]) -> None:
    made = home.call(home.worker, place=PLACE)
    run_jobs()
    assert made["party"] == "worker" and made["state_name"] == "待响应" and "lng" not in made
    assert home.kinds(home.firm) == ["alarm_raised"] and home.kinds(home.duty) == ["alarm_raised"]
    assert home.kinds(home.family) == []
    assert home.ask(home.family, f"/alarms/{made['id']}", 404)["code"] == "AlarmNotFound"
    assert home.ask(home.family, "/alarms")["items"] == []
    assert "alarm" not in str(home.ask(home.family, f"/bookings/{home.booking.id}/history"))
    assert home.ask(home.other_firm, f"/alarms/{made['id']}", 404)["code"] == "AlarmNotFound"
    assert [each["id"] for each in home.ask(home.duty, "/alarms?state=open")["items"]] == [made["id"]]
    assert home.ask(home.firm, "/alarms?state=resolved")["items"] == []


def test_each_side_has_one_active_call_which_a_second_press_joins(home: Home) -> None:
    first, second = home.call(home.worker), home.call(home.worker, place=PLACE)
    assert (second["id"], second["presses"]) == (first["id"], 2)
    assert first["placed_at"] is None and second["placed_at"] is not None
    assert home.call(home.family)["id"] != first["id"], "the family's own call is another"
    home.ask(home.worker, f"/alarms/{first['id']}/answers", answer="withdraw")
    assert home.call(home.worker)["id"] != first["id"], "after it a new one can be made"


def test_firm_and_duty_desk_see_where_and_each_look_is_recorded(home: Home) -> None:
    made = home.call(home.worker, place={**PLACE, "coordinates": "gcj02"})
    home.ask(home.worker, f"/alarms/{made['id']}/places", lng=118.2801, lat=33.9602)
    seen = home.client.post(f"/api/v1/alarms/{made['id']}/looks", headers=home.duty).json
    assert (seen["lng"], seen["lat"]) == (118.2801, 33.9602), "the last place alone"
    assert seen["phone"] == home.booking.worker.phone.reveal() and seen["address"] == "幸福路 1 号 2 单元 301"
    looks = db.session.scalars(sa.select(Look).where(Look.reason == f"alarm:{made['id']}")).all()
    assert [(look.field, look.role) for look in looks] == [("place", Role.FEDERATION_ADMIN)]
    assert home.client.post(f"/api/v1/alarms/{made['id']}/looks", headers=home.worker).status_code == 403


def test_the_place_is_sealed_stands_in_no_ledger_and_is_erased_after_thirty_days(
        home: Home, sweep: Callable[[str], None]) -> None:
    made = home.call(home.worker, place=PLACE)
    row = db.session.get_one(Alarm, made["id"])
    raw = db.session.execute(sa.text("SELECT place FROM alarm")).scalar_one()
    assert b"118.27" not in bytes(raw)
    home.ask(home.duty, f"/alarms/{row.id}/answers", answer="resolve", note="已电话联系，人员安全")
    entries = db.session.scalars(sa.select(LedgerEntry.data).where(LedgerEntry.subject == f"alarm:{row.id}")).all()
    assert len(entries) == 2 and "118.27" not in str(entries)
    ended = clock.now()
    for after, kept in ((timedelta(days=30) - timedelta(seconds=1), True), (timedelta(days=30), False)):
        with clock.frozen(ended + after):
            sweep("qiaojiejie.alarms.tasks.forget_places")
        db.session.refresh(row)
        assert (row.place is not None) is kept
    assert home.ask(home.worker, f"/alarms/{row.id}/places", 409, **PLACE)["code"] == "AlarmOver"


@pytest.mark.parametrize(("minutes", "status"), [(-61, 409), (-60, 201), (300, 201), (301, 409)])
def test_help_is_called_from_an_hour_before_until_two_hours_after(home: Home, minutes: int, status: int) -> None:
    with clock.frozen(TEN + timedelta(minutes=minutes)):
        answer = home.client.post(f"/api/v1/bookings/{home.booking.id}/alarms", json={"place": None}, headers=(
            factories.headers(db.session.get_one(Account, home.booking.household.account_id))))
    assert answer.status_code == status, answer.json
    if status == 409:
        assert answer.json["code"] == "AlarmNotNow" and "110" in answer.json["title"]


def test_who_resolves_says_what_was_done(home: Home) -> None:
    made = home.call(home.family)
    refused = home.ask(home.duty, f"/alarms/{made['id']}/answers", 422, answer="resolve")
    assert refused["errors"][0]["pointer"] == "/note"


@pytest.mark.parametrize("state", ALARM.states)
def test_each_answer_is_one_partys_from_some_states(home: Home, state: str) -> None:
    made = home.call(home.worker)
    row = db.session.get_one(Alarm, made["id"])
    people = [("caller", home.worker), ("firm", home.firm), ("duty", home.duty), (None, home.family),
              (None, home.other_firm)]
    for step, (party, who) in product(ALARM.steps, people):
        over = state in ("withdrawn", "resolved")
        db.session.execute(sa.update(Alarm).where(Alarm.id == row.id).values(
            state=state, ended_at=clock.now() if over else None))
        db.session.expire(row)
        hers = party in ALARM.steps[step].parties
        possible = hers and state in ALARM.steps[step].sources
        home.ask(who, f"/alarms/{row.id}/answers", 404 if party is None else 200 if possible else 409 if hers else 403,
                 answer=step, note="已联系")
