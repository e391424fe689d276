"""Two at once, on a database that really commits."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.audit import service as audits
from qiaojiejie.audit.models import AuditFinding, AuditTask
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.audit.conftest import DRAW, NONCE, NOON, Office, completed
from tests.races import at_once

DRAW_DAY = NOON + timedelta(days=7)


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

    assert sorted(at_once(city, [draw, draw], DRAW_DAY)) == ["StepNotPossible", "done"]
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

    assert sorted(at_once(city, [find, find], DRAW_DAY)) == ["StepNotPossible", "done"]
    assert sorted(at_once(city, [accept, give_back], DRAW_DAY)) == ["StepNotPossible", "done"]
    with city.app_context():
        finding = db.session.scalars(sa.select(AuditFinding)).one()
        state = db.session.get_one(AuditTask, task_id).state
        assert (state, finding.accepted) in {("accepted", True), ("returned", False)}
