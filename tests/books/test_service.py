"""The books: written once, balanced, never changed."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from qiaojiejie.books import queries, rules
from qiaojiejie.books import service as books
from qiaojiejie.books.models import PostingTx
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories


@pytest.fixture()
def booking_id(world: sa.Connection) -> UUID:
    """Something to book money for."""
    made = factories.booking("held")
    return made.id


def test_a_cause_is_booked_once(booking_id: UUID) -> None:
    lines = rules.charged(rules.escrow(booking_id), 100)
    assert books.post(kind="charged", ref="pi_1", booking_id=booking_id, lines=lines)
    assert not books.post(kind="charged", ref="pi_1", booking_id=booking_id, lines=lines)
    assert queries.balance(rules.escrow(booking_id)) == -100
    assert queries.balance(rules.STRIPE_CLEARING) == 100


def test_a_movement_that_does_not_balance_is_refused(booking_id: UUID) -> None:
    with pytest.raises(ValueError, match="does not balance"):
        books.post(kind="charged", ref="pi_1", booking_id=booking_id, lines={"a": 1, "b": -2})


def test_the_database_too_refuses_what_does_not_balance(world: sa.Connection, booking_id: UUID) -> None:
    with pytest.raises(DBAPIError, match="does not balance"), world.begin_nested():
        world.execute(sa.text("INSERT INTO posting_tx (kind, ref, at) VALUES ('x', 'x', now())"))
        world.execute(sa.text("INSERT INTO posting (tx_id, account, amount_fen) SELECT id, 'a', 1 FROM posting_tx"))
        world.execute(sa.text("SET CONSTRAINTS balanced IMMEDIATE"))


@pytest.mark.parametrize("change", [
    "UPDATE posting SET amount_fen = 1", "DELETE FROM posting", "DELETE FROM posting_tx",
    "UPDATE posting_tx SET ref = 'y'"])
def test_what_is_booked_is_never_changed(world: sa.Connection, booking_id: UUID, change: str) -> None:
    books.post(kind="charged", ref="pi_1", booking_id=booking_id, lines=rules.charged(rules.escrow(booking_id), 100))
    db.session.flush()
    with pytest.raises(DBAPIError), world.begin_nested():
        world.execute(sa.text(change))


def test_nothing_lines_are_left_out(world: sa.Connection, booking_id: UUID) -> None:
    books.post(kind="released", ref="b", booking_id=booking_id,
               lines=rules.released(booking_id, booking_id, rules.Share(100, 0)))
    assert world.execute(sa.text("SELECT count(*) FROM posting")).scalar_one() == 2


def test_the_federation_sees_what_is_wrong_and_others_may_not_look(client: FlaskClient, booking_id: UUID) -> None:
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    assert client.get("/api/v1/federation/ledger-health", headers=auditor).json == {"healthy": True, "troubles": []}
    books.post(kind="charged", ref="pi_nobody", booking_id=booking_id,
               lines=rules.charged(rules.escrow(booking_id), 100))
    db.session.execute(sa.text("ALTER TABLE posting_tx DISABLE TRIGGER USER"))
    db.session.execute(sa.update(PostingTx).values(at=sa.func.now() - sa.text("interval '2 minutes'")))
    seen = client.get("/api/v1/federation/ledger-health", headers=auditor).json
    assert not seen["healthy"]
    assert [(row["check"], row["detail"]) for row in seen["troubles"]] == [
        ("charge", "charged without a succeeded payment")]
    firm = factories.firm()
    manager = factories.headers(factories.manager_of(firm), Role.FIRM_MANAGER, firm.id)
    assert client.get("/api/v1/federation/ledger-health", headers=manager).status_code == 403


@pytest.mark.parametrize(("state", "check"), [("confirmed", "paid"), ("served", "paid")])
def test_a_booking_that_stands_on_no_payment_is_wrong(world: sa.Connection, state: str, check: str) -> None:
    factories.booking(state)
    assert [row.check for row in world.execute(sa.text("SELECT * FROM ledger_health"))] == [check]
