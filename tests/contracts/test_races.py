"""Many at one contract at once: on a database that really commits."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.contracts import service as contracts
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core import ids
from tests import races
from tests.contracts.scene import CODE, Scene


@pytest.fixture()
def it(city: Flask) -> Iterator[Scene]:
    """An engagement whose family said who it is."""
    with city.app_context():
        made = Scene(city.test_client())
        db.session.commit()
        assert made.identify().status_code == 200
        yield made
        db.session.rollback()


def by(who: dict[str, str], scene: Scene, city: Flask, path: str, body: Any = None) -> Callable[[], str]:
    """A request to be made: the code of its refusal, or ``done``."""
    def step() -> str:
        answer = city.test_client().post(f"/api/v1{path}", headers=who, json=body)
        assert answer.status_code in (200, 201, 202, 409, 422), answer.json
        return str((answer.json or {}).get("code", "done") if answer.status_code >= 400 else "done")
    return step


def count(query: str, **values: Any) -> int:
    """A number of the database."""
    db.session.rollback()
    return int(db.session.execute(sa.text(query), values).scalar_one())


def test_of_many_who_draft_at_once_one_does(city: Flask, it: Scene) -> None:
    path = f"/bookings/{it.booking.id}/contracts"
    told = races.at_once(city, [by(who, it, city, path) for who in (it.family, it.manager, it.broker) * 2])
    assert sorted(told) == ["ContractUnchanged"] * 5 + ["done"]
    assert count("SELECT count(*) FROM contract WHERE booking_id = :id", id=it.booking.id) == 1


def test_a_code_given_by_many_at_once_signs_once(city: Flask, it: Scene) -> None:
    made = it.draft().json
    assert it.code(made, it.family).status_code == 202
    body = {"code": CODE, "sha256": made["contract"]["sha256"]}
    path = f"/contracts/{made['contract']['id']}/signatures"
    told = races.at_once(city, [by(it.family, it, city, path, body)] * 6)
    assert sorted(told) == ["ContractSignedAlready"] * 5 + ["done"]


def test_both_sides_who_sign_at_once_make_it_signed(city: Flask, it: Scene) -> None:
    made = it.draft().json
    for who in (it.family, it.manager):
        assert it.code(made, who).status_code == 202
    body = {"code": CODE, "sha256": made["contract"]["sha256"]}
    path = f"/contracts/{made['contract']['id']}/signatures"
    assert races.at_once(city, [by(who, it, city, path, body) for who in (it.family, it.manager)]) == ["done", "done"]
    assert count("SELECT count(*) FROM contract WHERE booking_id = :id AND state = 'signed'", id=it.booking.id) == 1


def test_a_signature_and_a_cancellation_at_once_leave_no_contract_of_a_cancelled_booking(
        city: Flask, it: Scene) -> None:
    made = it.draft().json
    assert it.code(made, it.family).status_code == 202
    quoted = it.call("POST", f"/bookings/{it.booking.id}/cancellation-quotes", it.family).json
    cancel = by(it.family, it, city, f"/bookings/{it.booking.id}/cancellations",
                {"expected_refund": quoted["refund"]["amount"]})
    sign = by(it.family, it, city, f"/contracts/{made['contract']['id']}/signatures",
              {"code": CODE, "sha256": made["contract"]["sha256"]})
    cancelled, signed = races.at_once(city, [cancel, sign])
    assert cancelled == "done" and signed in ("done", "ContractNotNow")
    races.work(city)
    assert count("SELECT count(*) FROM contract WHERE booking_id = :id AND state <> 'void'", id=it.booking.id) == 0


def test_voiding_twice_voids_once(city: Flask, it: Scene) -> None:
    it.draft()
    booking_id: UUID = it.booking.id
    assert races.at_once(city, [lambda: contracts.void(booking_id=booking_id)] * 4) == ["done"] * 4
    assert count("SELECT count(*) FROM ledger_entry WHERE subject = :of AND fact = 'contract.voided'",
                 of=f"booking:{booking_id}") == 1


def test_the_lock_is_what_keeps_two_drafts_apart(city: Flask, it: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without it the constraint alone speaks, and as an error."""
    unlocked = contracts.bookings.of_party
    monkeypatch.setattr(contracts.bookings, "of_party", lambda actor, id, lock=False: unlocked(actor, id))
    household, booking_id = it.household.account_id, it.booking.id

    def step() -> str:
        try:
            contracts.draft(actor=Actor(household, ids.new(), Role.HOUSEHOLD, None), booking_id=booking_id)
        except sa.exc.IntegrityError:
            db.session.rollback()
            return "collided"
        return "drafted"

    told = races.at_once(city, [step] * 4)
    assert "collided" in told
