"""An audit in any of its states, made through the service, on a log that holds completed orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.audit import service as audits
from qiaojiejie.audit.models import Audit, AuditTask
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.ids import new
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import service as ledger
from qiaojiejie.transparency import service as transparency
from tests import factories

NONCE = bytes(range(32))
DRAW = "03 07 12 19 25 31 08"
#: noon in Suqian
NOON = datetime.fromisoformat("2026-11-24T12:00:00+08:00")


def acting(who: Account, role: Role = Role.FEDERATION_AUDITOR) -> Actor:
    """Somebody as the service sees her."""
    return Actor(who.id, new(), role, None)


def _told(booking: Any) -> tuple[str, dict[str, Any]]:
    return booking.ref, {
        "household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
        "service": "cleaning", "category": "cleaning", "start": booking.start.isoformat(), "by": "household",
        "late_minutes": 0, "total": booking.total_fen}


def completed(number: int) -> Sequence[Any]:
    """So many completed orders in the ledger and in the log, beyond five all the same one; their bookings."""
    made = [factories.booking("completed") for _ in range(min(number, 5))]
    ledger.append_many("booking.completed", actor="system", about=[_told(made[each % 5]) for each in range(number)])
    sequence()
    return made


def sequence() -> None:
    """Everything in the ledger is taken up by the log."""
    db.session.flush()
    while transparency.sequence():
        continue


@dataclass
class Office:
    """The federation: an auditor and an administrator."""

    auditor: Account
    administrator: Account

    @property
    def one(self) -> Actor:
        """The auditor acting."""
        return acting(self.auditor)

    @property
    def other(self) -> Actor:
        """The administrator acting."""
        return acting(self.administrator, Role.FEDERATION_ADMIN)

    def plan(self, **changes: Any) -> Audit:
        """An audit of yesterday's and today's completed orders, to be drawn in a week."""
        today = clock.today()
        return audits.plan(**{
            "actor": self.one, "population": "order_completed", "from_day": today - timedelta(days=1), "to_day": today,
            "rate": 500, "commitment": sha256(NONCE).digest(), "source": "双色球 2026-12-01",
            "draw_on": today + timedelta(days=7), **changes})

    def draw(self, audit: Audit) -> Audit:
        """It is drawn, on the day itself."""
        return audits.draw(actor=self.one, audit_id=audit.id, nonce=NONCE, public_draw=DRAW)

    def drawn(self, orders: int = 3) -> Audit:
        """An audit that was planned at noon and drawn a week later; the clock is not moved for what follows."""
        with clock.frozen(NOON):
            completed(orders)
            audit = self.plan()
        with clock.frozen(NOON + timedelta(days=7)):
            completed(1)  # the log moves on, so there is a checkpoint of the day of the draw
            return self.draw(audit)

    def tasks(self, audit: Audit) -> Sequence[AuditTask]:
        """Its tasks in the order of the log."""
        return db.session.scalars(sa.select(AuditTask).where(AuditTask.audit_id == audit.id)
                                  .order_by(AuditTask.leaf_index)).all()

    def work(self, audit: Audit, verdicts: Sequence[str] = ()) -> None:
        """Everything is shared out to the auditor, found (sound unless said otherwise) and accepted."""
        audits.assign(actor=self.other, audit_id=audit.id, account_ids=[self.auditor.id], due_on=None)
        for number, task in enumerate(self.tasks(audit)):
            verdict = verdicts[number] if number < len(verdicts) else "sound"
            audits.find(actor=self.one, task_id=task.id, verdict=verdict, words="已核对",
                        defect="amount_differs" if verdict == "defect" else None)
            audits.review(actor=self.other, task_id=task.id, accepted=True, reason=None)


@pytest.fixture()
def office(app: Flask, world: sa.Connection) -> Office:
    """The federation's two accounts."""
    return Office(factories.member(Role.FEDERATION_AUDITOR), factories.member(Role.FEDERATION_ADMIN))
