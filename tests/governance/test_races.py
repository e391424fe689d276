"""Two at once, on a database that really commits."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit.models import RuleActivation
from qiaojiejie.governance import facts, service as governance
from qiaojiejie.governance.models import RuleProposal
from qiaojiejie.ledger.models import LedgerEntry
from tests import factories
from tests.governance.conftest import CHRISTMAS_EVE, NOW, Office, moment, rule
from tests.races import at_once


def told(fact: str) -> int:
    """How often the ledger says it."""
    return db.session.scalar(sa.select(sa.func.count()).where(LedgerEntry.fact == fact)) or 0


def test_a_version_is_proposed_announced_and_put_in_force_once_whoever_does_it_at_once(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOW):
        office = Office(factories.member(Role.FEDERATION_ADMIN), factories.member(Role.FEDERATION_AUDITOR))
        one, other = office.one, office.other
        db.session.commit()

    def draft(slow_k: int) -> Callable[[], Any]:
        return lambda: governance.draft(actor=one, note="试", rule=rule(slow_k=slow_k)).id

    ids = at_once(city, [draft(2000), draft(3000)], NOW)
    assert "VersionProposed" in ids
    with city.app_context(), clock.frozen(NOW):
        proposal_id = db.session.scalars(sa.select(RuleProposal.id)).one()
        entry_id = db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.fact == facts.DRAFTED)).one()
    at_once(city, [lambda: governance.shadow(entry_id=entry_id)] * 2, NOW)
    with city.app_context():
        assert told(facts.SHADOWED) == 1

    def notice() -> str:
        return governance.give_notice(actor=other, proposal_id=proposal_id, from_day=CHRISTMAS_EVE).state

    assert sorted(at_once(city, [notice, notice], NOW)) == ["StepNotPossible", "noticed"]

    def activate() -> int:
        with clock.frozen(moment("2026-12-24T00:00:00")):
            return governance.activate_due()

    assert sorted(at_once(city, [activate, activate], NOW)) == [0, 1]
    with city.app_context():
        assert db.session.scalars(sa.select(RuleActivation.version)).all() == ["v9"]
        assert told("credit.rule_activated") == 1
