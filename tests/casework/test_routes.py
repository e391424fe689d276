"""Complaints over HTTP: opened by the family, answered by the firm, decided by a mediator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.lifecycle import COMPLAINT
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from tests import factories

WORDS = "台面被划伤"
SUBSTANTIATED = {"outcome": "substantiated", "severity": 2, "finding": "属实"}
DISMISSED = {"outcome": "dismissed", "finding": "不属实"}


def headers_of(booking: Booking, party: str) -> dict[str, str]:
    """Someone of a party to a complaint about the booking, signed in."""
    if party == "household":
        return factories.headers(db.session.get_one(Account, booking.household.account_id))
    if party == "firm":
        return factories.headers(factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id)))
    if party == "worker":
        return factories.headers(db.session.get_one(Account, booking.worker.account_id))
    return factories.headers(factories.member(Role.MEDIATOR))


def complaint(state: str = "open", about: Booking | None = None) -> Complaint:
    """A complaint in a state."""
    about = about or factories.booking("served", complaint_open=state in ("open", "answered"))
    made = Complaint(booking_id=about.id, household_id=about.household_id, worker_id=about.worker_id,
                     firm_id=about.firm_id, state=state, kind="damage", words=Sealed("text", WORDS),
                     severity=2 if state in ("substantiated", "overturned") else None, opened_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture()
def complain(client: FlaskClient, world: sa.Connection) -> Callable[..., Any]:
    """Complains about a booking as its household."""

    def send(booking: Booking, /, **changes: Any) -> Any:
        return client.post(f"/api/v1/bookings/{booking.id}/complaints", headers=headers_of(booking, "household"),
                           json={"kind": "damage", "words": WORDS, **changes})

    return send


def test_an_open_complaint_holds_the_booking_from_completing(complain: Callable[..., Any], client: FlaskClient,
                                                             sweep: Callable[[str], None]) -> None:
    booking = factories.booking("served", start=factories.tomorrow(days=-1))
    opened = complain(booking)
    assert opened.status_code == 201, opened.json
    assert (opened.json["state"], opened.json["words"], opened.json["severity"]) == ("open", WORDS, None)
    with clock.frozen(booking.end + timedelta(hours=49)):
        sweep("complete_served")
        assert db.session.get_one(Booking, booking.id).state == "served"
        decided = client.post(f"/api/v1/complaints/{opened.json['id']}/decisions", json=DISMISSED,
                              headers=headers_of(booking, "mediator"))
        assert decided.status_code == 200, decided.json
        sweep("complete_served")
    assert db.session.get_one(Booking, booking.id, populate_existing=True).state == "completed"


def test_the_family_may_still_confirm_while_its_complaint_is_open(complain: Callable[..., Any],
                                                                  client: FlaskClient) -> None:
    booking = factories.booking("served")
    complain(booking)
    done = client.post(f"/api/v1/bookings/{booking.id}/confirmations", headers=headers_of(booking, "household"))
    assert done.json["state"] == "completed"


def test_a_complaint_from_opening_to_decision_leaves_its_facts(complain: Callable[..., Any],
                                                               client: FlaskClient) -> None:
    booking = factories.booking("completed")
    address = f"/api/v1/complaints/{complain(booking).json['id']}"
    answered = client.post(f"{address}/answers", json={"words": "三日内修复"}, headers=headers_of(booking, "firm"))
    assert answered.json["state"] == "answered"
    decided = client.post(f"{address}/decisions", json=SUBSTANTIATED, headers=headers_of(booking, "mediator"))
    assert (decided.json["state"], decided.json["severity"]) == ("substantiated", 2)
    entries = ledger.about(booking.ref)
    assert [entry.fact for entry in entries] == ["complaint.opened", "complaint.answered", "complaint.substantiated"]
    assert entries[2].data["severity"] == 2 and "severity" not in entries[1].data
    for entry in entries:
        assert entry.data.keys() >= {"complaint", "household", "worker", "firm", "service", "category", "start"}
        assert WORDS not in str(entry.data)
    told = client.get(address, headers=headers_of(booking, "household")).json
    assert (told["words"], told["answer"], told["finding"]) == (WORDS, "三日内修复", "属实")


def test_one_complaint_is_open_at_a_time(complain: Callable[..., Any], client: FlaskClient) -> None:
    booking = factories.booking("served")
    first = complain(booking).json["id"]
    again = complain(booking)
    assert (again.status_code, again.json["code"]) == (409, "ComplaintAlreadyOpen")
    client.post(f"/api/v1/complaints/{first}/decisions", json=DISMISSED, headers=headers_of(booking, "mediator"))
    assert complain(booking).status_code == 201


def test_complaints_are_taken_from_confirmation_to_thirty_days_after_the_end(complain: Callable[..., Any]) -> None:
    unpaid = complain(factories.booking("held"))
    assert (unpaid.status_code, unpaid.json["code"]) == (409, "NothingToComplainOf")
    for state in ("confirmed", "under_way", "worker_absent", "household_absent", "cancelled"):
        assert complain(factories.booking(state)).status_code == 201, state
    start = factories.tomorrow(days=-31)
    with clock.frozen(start + timedelta(hours=3, days=30)):
        assert complain(factories.booking("completed", start=start)).status_code == 201
    with clock.frozen(start + timedelta(hours=3, days=30, seconds=1)):
        late = complain(factories.booking("completed", start=start))
    assert (late.status_code, late.json["code"]) == (409, "ComplaintTooLate")


@pytest.mark.parametrize("outcome", ["settled", "failed", "refused"])
def test_mediation_has_one_outcome(client: FlaskClient, world: sa.Connection, outcome: str) -> None:
    for state in COMPLAINT.states:
        made = complaint(state)
        mediator = headers_of(made.booking, "mediator")
        sent = {"outcome": outcome, "words": "双方同意修复"}
        answers = [client.post(f"/api/v1/complaints/{made.id}/mediations", json=sent, headers=mediator)
                   for _ in range(2)]
        if state in ("dismissed", "overturned"):
            assert [each.json["code"] for each in answers] == ["MediationNotNow"] * 2
            continue
        assert (answers[0].status_code, answers[0].json["mediation"]) == (201, outcome)
        assert (answers[1].status_code, answers[1].json["code"]) == (409, "AlreadyMediated")
        [entry] = ledger.about(made.booking.ref, "complaint.mediated")
        assert (entry.data["outcome"], entry.data["complaint"]) == (outcome, str(made.id))
        assert "修复" not in str(entry.data)
        told = client.get(f"/api/v1/complaints/{made.id}", headers=headers_of(made.booking, "household")).json
        assert told["mediation_words"] == "双方同意修复"


def test_working_days_are_counted_from_the_opening_to_the_answer(complain: Callable[..., Any],
                                                                 client: FlaskClient) -> None:
    answered, silent = factories.booking("completed"), factories.booking("completed")
    friday = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    with clock.frozen(friday):
        ids = [complain(each).json["id"] for each in (answered, silent)]
    with clock.frozen(friday + timedelta(days=3, minutes=1)):  # Tuesday, 00:00
        client.post(f"/api/v1/complaints/{ids[0]}/answers", json={"words": "已修复"},
                    headers=headers_of(answered, "firm"))
        for id in ids:
            client.post(f"/api/v1/complaints/{id}/decisions", json=SUBSTANTIATED,
                        headers=headers_of(answered, "mediator"))
    assert [entry.data.get("working_days") for entry in ledger.about(answered.ref)] == [None, 2, 2]
    assert [entry.data.get("unanswered_days") for entry in ledger.about(silent.ref)] == [None, 2]


STEPS = {"answers": ({"words": "已处理"}, {"firm": "answer"}),
         "decisions": (SUBSTANTIATED, {"mediator": "substantiate"})}


@pytest.mark.parametrize("state", COMPLAINT.states)
def test_what_the_table_allows_is_done_and_all_else_is_refused(client: FlaskClient, world: sa.Connection,
                                                               state: str) -> None:
    for path, party in product(STEPS, ("household", "worker", "firm", "mediator")):
        body, parties = STEPS[path]
        about = factories.booking("served")
        made = complaint(state, about)
        answer = client.post(f"/api/v1/complaints/{made.id}/{path}", json=body, headers=headers_of(about, party))
        step = parties.get(party)
        allowed = step is not None and state in COMPLAINT.steps[step].sources
        assert answer.status_code == (200 if allowed else 409 if step else 403), f"{party} {path}: {answer.json}"
        db.session.refresh(made)
        assert made.state == (COMPLAINT.steps[step].target if allowed and step else state)


@pytest.mark.parametrize("body", [
    {"outcome": "substantiated", "finding": "属实"}, {**DISMISSED, "severity": 1},
    {**SUBSTANTIATED, "severity": 0}, {**SUBSTANTIATED, "severity": 5}, {"outcome": "dismissed"},
    {"outcome": "perhaps", "finding": "?"}])
def test_a_severity_belongs_to_what_was_substantiated(client: FlaskClient, world: sa.Connection,
                                                      body: dict[str, Any]) -> None:
    made = complaint()
    answer = client.post(f"/api/v1/complaints/{made.id}/decisions", json=body,
                         headers=headers_of(made.booking, "mediator"))
    assert answer.status_code == 422
    assert db.session.get_one(Complaint, made.id, populate_existing=True).state == "open"
    assert db.session.get_one(Booking, made.booking_id, populate_existing=True).complaint_open


def test_each_reads_its_own_and_the_mediator_all(client: FlaskClient, world: sa.Connection) -> None:
    one, other = complaint(), complaint("answered")
    for party, expected in (("household", {one.id}), ("firm", {one.id}), ("mediator", {one.id, other.id})):
        me = headers_of(one.booking, party)
        listed = client.get("/api/v1/complaints", headers=me).json["items"]
        assert {row["id"] for row in listed} == {str(id) for id in expected}, party
        assert all("words" not in row for row in listed)
        assert client.get(f"/api/v1/complaints/{one.id}", headers=me).status_code == 200
        assert client.get(f"/api/v1/complaints/{other.id}", headers=me).status_code == (
            200 if party == "mediator" else 404)
    answered = client.get("/api/v1/complaints?state=answered", headers=headers_of(one.booking, "mediator")).json
    assert [row["id"] for row in answered["items"]] == [str(other.id)]
    assert client.get(f"/api/v1/complaints/{one.id}", headers=headers_of(one.booking, "worker")).status_code == 403


def test_a_look_at_anothers_words_is_recorded_and_at_ones_own_not(client: FlaskClient, world: sa.Connection) -> None:
    made = complaint()
    for party in ("household", "firm", "mediator"):
        client.get(f"/api/v1/complaints/{made.id}", headers=headers_of(made.booking, party))
    looks = db.session.execute(sa.select(Look.role, Look.subject, Look.field).order_by(Look.id)).all()
    assert [tuple(look) for look in looks] == [("firm_manager", f"complaint:{made.id}", "words"),
                                               ("mediator", f"complaint:{made.id}", "words")]


def test_the_words_are_sealed_at_rest(complain: Callable[..., Any], world: sa.Connection) -> None:
    complain(factories.booking("served"))
    stored = world.execute(sa.text("SELECT words FROM complaint")).scalar_one()
    assert WORDS.encode() not in bytes(stored)


def test_another_familys_booking_is_not_found(client: FlaskClient, world: sa.Connection) -> None:
    mine, theirs = factories.booking("served"), factories.booking("served")
    answer = client.post(f"/api/v1/bookings/{theirs.id}/complaints", headers=headers_of(mine, "household"),
                         json={"kind": "other", "words": WORDS})
    assert (answer.status_code, answer.json["code"]) == (404, "BookingNotFound")


def test_those_a_complaint_concerns_are_told_once(complain: Callable[..., Any], client: FlaskClient,
                                                  run_jobs: Callable[[], int]) -> None:
    booking = factories.booking("served")
    manager = factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id))
    mediator = factories.member(Role.MEDIATOR)
    opened = complain(booking).json["id"]
    client.post(f"/api/v1/complaints/{opened}/decisions", json=SUBSTANTIATED, headers=factories.headers(mediator))
    run_jobs()

    def told(kind: str) -> list[Any]:
        return sorted(db.session.scalars(sa.select(Notification.account_id).where(Notification.kind == kind)))

    assert told("complaint_opened") == sorted([manager.id, mediator.id])
    assert told("complaint_decided") == sorted([booking.household.account_id, booking.worker.account_id, manager.id])
