"""The lists over HTTP, and what they do to bookings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit_facts
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.lists import service as lists
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker, WorkerSkill
from tests import factories
from tests.lists.parties import block, entry, officer

pytestmark = pytest.mark.usefixtures("world")


def listed_worker() -> Worker:
    """A worker families find."""
    made = factories.worker_with_account()
    workers.refresh(worker=made)
    db.session.flush()
    return made


def family_of(booking: Booking) -> dict[str, str]:
    """The family, signed in."""
    return factories.headers(db.session.get_one(Account, booking.household.account_id))


def found(client: FlaskClient, worker: Worker) -> tuple[int, bool, int]:
    """How a family finds her: her page, the search without and with a service."""
    page = client.get(f"/api/v1/workers/{worker.id}").status_code
    items = client.get(f"/api/v1/workers?firm={worker.firm_id}").json["items"]
    skills = db.session.scalar(sa.select(sa.func.count()).select_from(WorkerSkill).where(
        WorkerSkill.worker_no == worker.no))
    return page, any(item["id"] == str(worker.id) for item in items), skills or 0


def ask(client: FlaskClient, worker: Worker) -> Any:
    """A family asks what a visit would cost."""
    family = factories.household()
    return client.post("/api/v1/quotes", headers=factories.headers(db.session.get_one(Account, family.account_id)),
                       json={"worker_id": str(worker.id), "service_code": "cleaning",
                             "address_id": str(factories.address(family).id),
                             "start": clock.local(factories.tomorrow(days=9)).isoformat(), "minutes": 180})


@pytest.mark.parametrize("whom", ["worker", "firm"])
def test_who_is_blocked_is_neither_found_nor_booked_until_she_is_off_the_list(
        client: FlaskClient, run_jobs: Callable[[], int], whom: str) -> None:
    worker = listed_worker()
    assert found(client, worker) == (200, True, 1)
    stood = block(worker_id=worker.id) if whom == "worker" else block(firm_id=worker.firm_id, reason="false_identity")
    refused = ask(client, worker)
    assert (refused.status_code, refused.json["code"]) == (409, "OnBlockList")
    run_jobs()
    assert found(client, worker) == (404, False, 0)
    lists.leave(entry_id=stood.id, because="objection", actor=officer())
    run_jobs()
    assert found(client, worker) == (200, True, 1)
    assert ask(client, worker).status_code == 201


def test_a_quote_made_before_the_block_holds_nothing(client: FlaskClient) -> None:
    quote = factories.quote(start=factories.tomorrow(days=9))
    block(worker_id=quote.worker_id)
    family = db.session.get_one(factories.Household, quote.household_id)
    answer = client.post("/api/v1/bookings", json={"quote_id": str(quote.id)},
                         headers=factories.headers(db.session.get_one(Account, family.account_id)))
    assert (answer.status_code, answer.json["code"]) == (409, "OnBlockList")


def test_a_hold_made_before_the_block_is_not_paid_and_money_that_comes_goes_back(client: FlaskClient) -> None:
    held = factories.booking("held")
    block(worker_id=held.worker_id)
    answer = client.post(f"/api/v1/bookings/{held.id}/payment", json={"method": "alipay"}, headers=family_of(held))
    assert (answer.status_code, answer.json["code"]) == (409, "OnBlockList")
    assert booking_service.confirm_payment(booking_id=held.id) is False
    assert db.session.get_one(Booking, held.id, populate_existing=True).state == "expired"


@pytest.mark.parametrize("whom", ["worker", "firm"])
def test_a_family_that_has_paid_cancels_for_nothing_even_at_the_last_minute(client: FlaskClient, whom: str) -> None:
    paid = factories.booking("confirmed")
    who, address = family_of(paid), f"/api/v1/bookings/{paid.id}"
    with clock.frozen(paid.start):
        assert client.post(f"{address}/cancellation-quotes", headers=who).json["fee"]["amount"] > 0
        if whom == "worker":
            block(worker_id=paid.worker_id)
        else:
            block(firm_id=paid.firm_id, reason="false_identity")
        quoted = client.post(f"{address}/cancellation-quotes", headers=who).json
        assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (0, paid.total_fen)
        done = client.post(f"{address}/cancellations", json={"expected_refund": paid.total_fen}, headers=who)
    assert done.json["state"] == "cancelled"
    assert db.session.get_one(Booking, paid.id, populate_existing=True).refund_fen == paid.total_fen


def test_a_blocked_firm_takes_nobody_on(client: FlaskClient) -> None:
    firm = factories.firm()
    block(firm_id=firm.id, reason="false_identity")
    answer = client.post(f"/api/v1/firms/{firm.id}/staff", headers=factories.headers(factories.manager_of(firm)), json={
        "name": "李秀兰", "id_number": factories.id_number(), "phone": factories.phone()})
    assert (answer.status_code, answer.json["code"]) == (409, "FirmNotOpen")


def test_everybody_reads_the_lists_and_sees_no_workers_name(client: FlaskClient) -> None:
    worker, firm = factories.worker_with_account(), factories.firm()
    entry("in_force", worker_id=worker.id)
    entry("in_force", firm_id=firm.id)
    entry("proposed")
    entry("left", left_because="expiry", left_at=clock.now())
    first = client.get("/api/v1/lists/block?limit=1").json
    second = client.get(f"/api/v1/lists/block?limit=1&cursor={first['next_cursor']}").json
    [of_firm], [of_worker] = first["items"], second["items"]
    assert second["next_cursor"] is None
    assert (of_firm["name"], of_firm["firm_id"], of_firm["person"]) == (firm.name, str(firm.id), None)
    assert of_worker["name"] == "王**" and of_worker["person"].startswith("p_")
    assert "秀英" not in str(second) and str(worker.id) not in str(second)
    assert client.get("/api/v1/lists/grey").json["code"] == "ListNotFound"


def test_each_sees_every_entry_about_itself_and_no_other(client: FlaskClient) -> None:
    worker = factories.worker_with_account()
    own, others = entry("left", worker_id=worker.id, left_because="expiry"), entry("in_force")
    of_firm = entry("proposed", firm_id=worker.firm_id)
    for who, expected in (
            (factories.headers(db.session.get_one(Account, worker.account_id)), [own]),
            (factories.headers(factories.member(Role.BROKER, worker.firm_id)), [of_firm, own])):
        told = client.get("/api/v1/me/list-entries", headers=who).json["items"]
        assert [each["id"] for each in told] == [str(each.id) for each in expected]
        assert client.get(f"/api/v1/lists/entries/{own.id}", headers=who).status_code == 200
        assert client.get(f"/api/v1/lists/entries/{others.id}", headers=who).status_code == 404


def test_the_same_proposal_sent_twice_is_one(client: FlaskClient) -> None:
    who = factories.headers(factories.member(Role.FEDERATION_AUDITOR), key="once")
    body = {"kind": "honour", "worker_id": str(factories.worker_with_account().id), "reason": "public_good",
            "note": "义工"}
    first, again = (client.post("/api/v1/lists/entries", headers=who, json=body) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json == again.json
    waiting = client.get("/api/v1/lists/entries?kind=honour", headers=who).json["items"]
    assert [each["id"] for each in waiting] == [first.json["id"]]


def test_giving_back_what_a_blocked_worker_may_not_do_costs_nobody_credit(client: FlaskClient) -> None:
    before, after = factories.booking("confirmed"), factories.booking("confirmed")
    block(worker_id=after.worker_id)
    for booking, read in ((before, ("cancel_firm", {})), (after, None)):
        manager = factories.headers(factories.member(Role.BROKER, booking.firm_id))
        done = client.post(f"/api/v1/bookings/{booking.id}/declines", json={"reason": "other"}, headers=manager)
        assert done.json["state"] == "declined", done.json
        [entry_of] = ledger.about(booking.ref, booking_facts.DECLINED)
        assert credit_facts.READINGS[booking_facts.DECLINED](entry_of.data) == read


def test_a_family_that_shuts_its_door_on_a_blocked_worker_pays_nothing() -> None:
    paid = factories.booking("confirmed")
    worker = db.session.get_one(Worker, paid.worker_id)
    assert worker.account_id is not None
    block(worker_id=paid.worker_id)
    with clock.frozen(paid.start + timedelta(minutes=20)):
        booking_service.report_absence(actor=Actor(worker.account_id, ids.new(), Role.WORKER, None), booking_id=paid.id)
    assert db.session.get_one(Booking, paid.id, populate_existing=True).refund_fen == paid.total_fen
