"""Two families want one colleague, two clicks take one, a stranger engages her meanwhile; all really commits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core.db import db
from qiaojiejie.workers import service as workers
from tests import races
from tests.substitutions.scene import Scene

ROUNDS = 5


def posted(city: Flask, path: str, headers: dict[str, str], **body: Any) -> Callable[[], str]:
    """A request to be made; the code of its refusal, or ``done``."""
    def step() -> str:
        answer = city.test_client().post(f"/api/v1{path}", headers=headers, json=body)
        return "done" if answer.status_code in (200, 201) else str(answer.json["code"])  # type: ignore[index]
    return step


def seats(city: Flask) -> list[tuple[UUID, int]]:
    """(booking's worker, how many intervals) of each booking that stands."""
    with city.app_context():
        return [tuple(row) for row in db.session.execute(sa.text("""
            SELECT worker_id, (SELECT count(*) FROM worker_interval held JOIN worker ON worker.no = held.worker_no
                               WHERE held.ref = 'booking:' || booking.id AND worker.id = worker_id)
            FROM booking WHERE state = 'confirmed'"""))]


def test_two_families_of_one_firm_take_the_same_colleague_one_gets_her(city: Flask) -> None:
    with city.app_context():
        one = Scene(city.test_client(), lambda: 0)
        two = Scene(city.test_client(), lambda: 0)
        two.firm_row, two.firm = one.firm_row, one.firm
        for table in ("booking", "quote", "worker"):
            db.session.execute(sa.text(f"UPDATE {table} SET firm_id = :firm WHERE firm_id <> :firm"),
                               {"firm": one.firm_row.id})
        db.session.flush()
        offers, spare = [], []
        wanted = one.colleague()
        for each in (one, two):
            spare.append(one.colleague())
        db.session.commit()
        for each, other in zip((one, two), spare, strict=True):
            made = each.offer(wanted, other)
            assert made.status_code == 201, made.json
            offers.append(made.json["id"])
        wanted_id, families = str(wanted.id), [one.family, two.family]
    take = [posted(city, f"/substitutions/{offer}/answers", family, worker_id=wanted_id)
            for offer, family in zip(offers, families, strict=True)]
    assert sorted(races.at_once(city, take)) == ["SubstituteGone", "done"]
    assert sorted(count for _, count in seats(city)) == [1, 1]
    with city.app_context():
        assert db.session.execute(sa.text(
            "SELECT count(*) FROM substitution_candidate WHERE dropped_at IS NOT NULL")).scalar_one() == 1


def test_taken_refused_withdrawn_and_cancelled_at_once_it_ends_once(city: Flask) -> None:
    for _ in range(ROUNDS):
        with city.app_context():
            it = Scene(city.test_client(), lambda: 0)
            second = it.colleague()
            db.session.commit()
            offer = it.offer(second).json["id"]
            second_id, total, of, family, firm = str(second.id), it.booking.total_fen, it.id, it.family, it.firm
        told = races.at_once(city, [
            posted(city, f"/substitutions/{offer}/answers", family, worker_id=second_id),
            posted(city, f"/substitutions/{offer}/answers", family, worker_id=None),
            posted(city, f"/substitutions/{offer}/withdrawals", firm),
            posted(city, f"/bookings/{of}/cancellations", family, expected_refund=total)])
        assert told[:3].count("done") <= 1 and set(told[:3]) <= {"done", "StepNotPossible", "SubstituteGone"}
        # once somebody else comes, or nobody is offered any more, cancelling costs what it did
        dearer = told[3] == "CancellationQuoteChanged"
        assert dearer or told[3] in ("done", "StepNotPossible")
        races.work(city)
        with city.app_context():
            state, refund, held = db.session.execute(sa.text(
                "SELECT state, refund_fen, (SELECT count(*) FROM worker_interval WHERE ref = 'booking:' || booking.id)"
                " FROM booking WHERE id = :id"), {"id": of}).one()
            assert (refund, held) == ((0, 1) if state == "confirmed" else (total, 0))
            assert state == "confirmed" or not dearer
            assert db.session.execute(sa.text(
                "SELECT count(*) FROM substitution WHERE state = 'offered'")).scalar_one() == 0


def test_another_engages_her_at_the_moment_she_is_taken_one_of_them_has_her(city: Flask) -> None:
    for _ in range(ROUNDS):
        with city.app_context():
            it = Scene(city.test_client(), lambda: 0)
            second = it.colleague()
            workers.refresh(worker=second)
            db.session.commit()
            offer, no, start, family = it.offer(second).json["id"], second.no, it.start, it.family
            second_id = str(second.id)

        def engage(no: int = no, start: Any = start) -> None:
            calendars.engage(worker_no=no, during=Range(start, start + timedelta(hours=1)), ref=f"test:{no}")

        take = posted(city, f"/substitutions/{offer}/answers", family, worker_id=second_id)
        told = races.at_once(city, [take, engage])
        assert told in (["done", "SlotTaken"], ["SubstituteGone", "done"])
        assert all(count == 1 for _, count in seats(city))
