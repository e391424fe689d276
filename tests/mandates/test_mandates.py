"""Mandates over HTTP: who may book for whom, and what a clerk never sees."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories

PHONE = "13700001234"
GIVEN = {"phone": PHONE, "name": "王桂兰", "how": "phone", "consenter": "relative", "note": "女儿来电同意"}
HOME = {"label": "家", "region_code": "321302", "detail": "幸福路 3 号 101", "contact_name": "王桂兰",
        "contact_phone": PHONE}


class Town:
    """A station, a firm with a broker and a worker, another firm's worker."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.station, self.firm = client, factories.station(), factories.firm()
        self.clerk = factories.headers(factories.member(Role.STATION_CLERK, self.station.id))
        self.other_clerk = factories.headers(factories.member(Role.STATION_CLERK, factories.station("别站").id))
        self.broker = factories.headers(factories.member(Role.BROKER, self.firm.id))
        self.worker = factories.working(factories.worker(self.firm))
        self.foreign = factories.working(factories.worker())

    def ask(self, who: dict[str, str] | None, path: str, status: int = 200, /, *, post: bool | None = None,
            **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        method = "POST" if post or body else "GET"
        answer = self.client.open(f"/api/v1{path}", method=method, headers=who, json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def quote(self, who: dict[str, str], mandate: Any, worker: Any, address: str, status: int = 201) -> Any:
        """Three hours of cleaning the day after tomorrow."""
        return self.ask(who, f"/mandates/{mandate['id']}/quotes", status, worker_id=str(worker.id), minutes=180,
                        service_code="cleaning", address_id=address, start=factories.tomorrow(10, days=2).isoformat())


@pytest.fixture()
def town(client: FlaskClient, world: sa.Connection) -> Town:
    """A town."""
    return Town(client)


def family_of(phone: str = PHONE) -> dict[str, str]:
    """Who signs in with the phone."""
    found = db.session.scalars(sa.select(Account)).all()
    return factories.headers(next(each for each in found if each.phone and each.phone.reveal() == phone))


def test_a_clerk_books_only_for_what_came_in_by_the_mandate(town: Town) -> None:
    known = factories.member(Role.HOUSEHOLD, who=factories.account(PHONE))
    theirs = town.ask(factories.headers(known), "/me/addresses", 201, **HOME)
    mandate = town.ask(town.clerk, "/mandates", 201, **GIVEN)
    assert theirs["id"] not in str(mandate)
    assert town.quote(town.clerk, mandate, town.worker, theirs["id"], 409)["code"] == "NotUnderMandate"
    own = town.ask(town.clerk, f"/mandates/{mandate['id']}/addresses", 201, **HOME)
    assert town.quote(town.clerk, mandate, town.worker, own["id"])["total"]["amount"] > 0


def test_a_broker_books_the_own_firms_workers_only_and_a_clerk_any(town: Town) -> None:
    for who, worker, status in ((town.broker, town.worker, 201), (town.broker, town.foreign, 403),
                                (town.clerk, town.foreign, 201)):
        mandate = town.ask(who, "/mandates", 201, **GIVEN)
        home = town.ask(who, f"/mandates/{mandate['id']}/addresses", 201, **HOME)
        answer = town.quote(who, mandate, worker, home["id"], status)
        assert status == 201 or answer["code"] == "OwnWorkersOnly"


def test_nobody_else_uses_or_sees_a_mandate(town: Town) -> None:
    mandate = town.ask(town.clerk, "/mandates", 201, **GIVEN)
    path = f"/mandates/{mandate['id']}"
    stranger = factories.headers(factories.member(Role.HOUSEHOLD))
    for who in (town.other_clerk, town.broker, stranger):
        assert town.ask(who, path, 404)["code"] == "MandateNotFound"
        assert town.ask(who, "/mandates")["items"] == []
    assert town.ask(town.other_clerk, f"{path}/addresses", 404, **HOME)["code"] == "MandateNotFound"
    assert [each["id"] for each in town.ask(family_of(), "/mandates")["items"]] == [mandate["id"]]
    assert town.ask(family_of(), f"{path}/addresses", 403, **HOME)["code"] == "RoleRequired"


def test_who_gave_a_mandate_ends_it_at_once(town: Town) -> None:
    mandate = town.ask(town.clerk, "/mandates", 201, **GIVEN)
    path = f"/mandates/{mandate['id']}"
    assert town.ask(family_of(), f"{path}/endings", 200, post=True)["state"] == "ended"
    assert town.ask(town.clerk, f"{path}/addresses", 409, **HOME)["code"] == "MandateEnded"
    assert town.ask(town.clerk, f"{path}/endings", 409, post=True)["code"] == "StepNotPossible"


def test_consent_given_again_renews_the_mandate(town: Town) -> None:
    first, second = (town.ask(town.clerk, "/mandates", 201, **GIVEN) for _ in range(2))
    states = {each["id"]: each["state"] for each in town.ask(town.clerk, "/mandates")["items"]}
    assert states == {first["id"]: "ended", second["id"]: "given"}


def test_the_family_finds_in_its_inbox_what_was_booked_for_it(town: Town, run_jobs: Callable[[], int]) -> None:
    mandate = town.ask(town.clerk, "/mandates", 201, **GIVEN)
    home = town.ask(town.clerk, f"/mandates/{mandate['id']}/addresses", 201, **HOME)
    quoted = town.quote(town.clerk, mandate, town.worker, home["id"])
    town.ask(town.clerk, f"/mandates/{mandate['id']}/bookings", 201, quote_id=quoted["id"])
    run_jobs()
    kinds = [each["kind"] for each in town.ask(family_of(), "/me/notifications")["items"]]
    assert kinds.count("mandate_booked") == 1


def test_a_mandate_ends_after_ninety_days(town: Town, sweep: Any) -> None:
    with clock.frozen(clock.now()) as now:
        mandate = town.ask(town.clerk, "/mandates", 201, **GIVEN)
    path = f"/mandates/{mandate['id']}"
    with clock.frozen(now + timedelta(days=90) - timedelta(seconds=1)):
        sweep("qiaojiejie.mandates.tasks.end_due")
        clerk = factories.headers(factories.member(Role.STATION_CLERK, town.station.id))
        assert town.ask(clerk, path)["state"] == "given"
    with clock.frozen(now + timedelta(days=90)):
        assert town.ask(clerk, f"{path}/addresses", 409, **HOME)["code"] == "MandateEnded", "before the sweep, too"
        sweep("qiaojiejie.mandates.tasks.end_due")
        assert town.ask(clerk, path)["state"] == "ended"


def test_consent_is_of_the_past(town: Town) -> None:
    for days, status in ((-1, 201), (1, 422), (-91, 422)):
        town.ask(town.clerk, "/mandates", status, **GIVEN,
                 given_at=(clock.now() + timedelta(days=days)).isoformat())


def test_an_unknown_token_undoes_nothing(town: Town) -> None:
    assert town.ask(None, "/mandate-undos", 404, token="q7mXn1b3TzS4uVw9yB2cDg")["code"] == "UndoUnknown"
