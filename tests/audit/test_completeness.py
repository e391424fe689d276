"""What should stand in the log and does not is counted, and named."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.audit.queries import completeness
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.ledger import service as ledger
from qiaojiejie.standings.models import Standing
from tests import factories
from tests.audit.conftest import Office, completed, sequence

NOW = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
LATER = NOW + timedelta(minutes=11)


@pytest.fixture(autouse=True)
def noon(world: sa.Connection) -> Iterator[None]:
    """Noon."""
    with clock.frozen(NOW):
        yield


def told(booking: Any, **more: Any) -> dict[str, Any]:
    """What every fact about a booking says."""
    return {"household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
            "service": "cleaning", "category": "cleaning", "start": booking.start.isoformat(), **more}


def paid(booking: Any) -> None:
    """Its money is in the books."""
    books_service.post(kind="charged", ref=str(booking.id), booking_id=booking.id,
                       lines=books.charged(books.escrow(booking.id), booking.total_fen))


def found(check: str) -> list[str]:
    """Refs of what is missing by a check, read page by page."""
    refs, cursor = [], None
    while True:
        page = completeness.missing(check, cursor=cursor, limit=1)
        refs += [row.ref for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            assert completeness.counts()["checks"][check] == len(refs)
            return refs


def test_a_log_that_has_everything_lacks_nothing() -> None:
    for booking in completed(3):
        paid(booking)
        ledger.append("booking.confirmed", subject=booking.ref, actor="system", data=told(booking, paid=13800))
    sequence()
    with clock.frozen(LATER):
        counts = completeness.counts()
    assert set(counts["checks"].values()) == {0}
    assert (counts["log_size"], counts["waiting"], counts["paid_bookings"]) == (6, 0, 3)


def test_a_paid_booking_without_its_leaf_is_named_after_ten_minutes() -> None:
    whole, missing, late = (factories.booking("confirmed") for _ in range(3))
    for booking in (whole, missing, late):
        paid(booking)
    ledger.append("booking.confirmed", subject=whole.ref, actor="system", data=told(whole, paid=13800))
    ledger.append("payment.overtaken", subject=late.ref, actor="system", data={"payment": "x", "amount": 13800})
    sequence()
    assert found("paid_without_leaf") == []
    with clock.frozen(LATER):
        assert found("paid_without_leaf") == [missing.ref]


def test_a_paid_booking_whose_fact_the_sequencer_passed_over_is_named() -> None:
    booking = factories.booking("confirmed")
    paid(booking)
    ledger.append("booking.confirmed", subject=booking.ref, actor="system", data=told(booking, paid=13800))
    with clock.frozen(LATER):
        assert found("paid_without_leaf") == [booking.ref]
        assert len(found("waiting_long")) == 1


@pytest.mark.parametrize(("age", "missing"), [(timedelta(days=3), 0), (timedelta(days=3, seconds=1), 1)])
def test_a_complaint_must_be_in_the_log_after_three_days(age: timedelta, missing: int) -> None:
    for known in (True, False):
        booking = factories.booking("served")
        made = Complaint(booking_id=booking.id, household_id=booking.household_id, worker_id=booking.worker_id,
                         firm_id=booking.firm_id, state="open", kind="damage", words=Sealed("text", "划伤"),
                         opened_at=NOW - age)
        db.session.add(made)
        db.session.flush()
        if known:
            ledger.append("complaint.opened", subject=booking.ref, actor="system",
                          data=told(booking, complaint=str(made.id), kind="damage"))
    sequence()
    assert len(found("complaint_without_leaf")) == missing


def test_a_leaf_that_was_taken_out_leaves_a_gap_and_a_hole_in_a_counter(world: sa.Connection) -> None:
    completed(8)  # five subjects, three of them twice
    world.execute(sa.text("ALTER TABLE log_leaf DISABLE TRIGGER USER"))
    subject = world.execute(sa.text("DELETE FROM log_leaf WHERE index = 1 RETURNING subject")).scalar_one()
    assert found("log_gaps") == ["leaf:000000000000001"]
    assert found("counter_holes") == [subject]


@pytest.mark.parametrize(("score", "grade", "differs"), [(700, "A", 0), (701, "A", 1), (700, "B", 1)])
def test_a_score_shown_otherwise_than_the_log_was_told_is_named(score: int, grade: str, differs: int) -> None:
    her = factories.worker()
    ledger.append("credit.published", subject=f"worker:{her.id}", actor="system", data={
        "score": 700, "grade": "A", "reasons": [], "neff": 0, "households": 0, "rule": "v1", "as_of": 20781,
        "through": 1})
    db.session.add(Standing(worker_id=her.id, score=score, grade=grade, explanation={}, rule="v1", as_of=clock.today(),
                            through_entry=1, computed_at=NOW, own={}))
    sequence()
    with clock.frozen(LATER):
        assert found("standing_differs") == [f"worker:{her.id}"] * differs


def test_an_unknown_check_is_refused_and_a_known_one_answered(client: FlaskClient, office: Office) -> None:
    who = factories.headers(office.auditor)
    assert client.get("/api/v1/federation/completeness/none", headers=who).status_code == 404
    empty: Any = client.get("/api/v1/federation/completeness/log_gaps", headers=who)
    assert empty.json == {"items": [], "next_cursor": None}
    answer: Any = client.get("/api/v1/federation/completeness", headers=who)
    assert set(answer.json["checks"]) == set(completeness.NAMES)
