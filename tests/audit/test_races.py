"""Two at once, on a database that really commits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.audit import service as audits
from qiaojiejie.audit.models import AuditFinding, AuditTask
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from tests import factories
from tests.audit.conftest import DRAW, NONCE, NOON, Office, completed
from tests.conftest import config_for

DRAW_DAY = NOON + timedelta(days=7)


@pytest.fixture()
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """The whole app on a database of its own."""
    made = create_app(config_for(new_database()))
    with made.app_context():
        upgrade()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    made.extensions["db_reader"].dispose()


def at_once(city: Flask, *steps: Callable[[], Any]) -> list[str]:
    """Each step in a transaction of its own, begun together: how each ended."""
    ready = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> str:
        with city.app_context(), clock.frozen(DRAW_DAY):
            ready.wait(timeout=20)
            try:
                step()
                db.session.commit()
                return "done"
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(run, steps))


def test_two_draws_at_once_are_one_draw_and_two_findings_one_finding(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOON):
        office = Office(factories.member(Role.FEDERATION_AUDITOR), factories.member(Role.FEDERATION_ADMIN))
        one, other = office.one, office.other
        completed(3)
        audit_id = office.plan().id
        db.session.commit()
    with city.app_context(), clock.frozen(DRAW_DAY):
        completed(1)
        db.session.commit()

    def draw() -> None:
        audits.draw(actor=one, audit_id=audit_id, nonce=NONCE, public_draw=DRAW)

    assert at_once(city, draw, draw) == ["StepNotPossible", "done"]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditTask)) == 3
        audits.assign(actor=other, audit_id=audit_id, account_ids=[one.account_id], due_on=None)
        task_id = db.session.scalars(sa.select(AuditTask.id).limit(1)).one()
        db.session.commit()

    def find() -> None:
        audits.find(actor=one, task_id=task_id, verdict="sound", defect=None, words="一致")

    def accept() -> None:
        audits.review(actor=other, task_id=task_id, accepted=True, reason=None)

    def give_back() -> None:
        audits.review(actor=other, task_id=task_id, accepted=False, reason="再核")

    assert at_once(city, find, find) == ["StepNotPossible", "done"]
    assert at_once(city, accept, give_back) == ["StepNotPossible", "done"]
    with city.app_context():
        finding = db.session.scalars(sa.select(AuditFinding)).one()
        state = db.session.get_one(AuditTask, task_id).state
        assert (state, finding.accepted) in {("accepted", True), ("returned", False)}
