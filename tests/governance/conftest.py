"""A small town with scores, and the federation's officers."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock, jobs, worker
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.ids import new
from qiaojiejie.credit import rules as credit_rules, service as credit
from qiaojiejie.governance import service as governance
from qiaojiejie.governance.models import RuleProposal
from qiaojiejie.identity.models import Account
from qiaojiejie.standings import service as standings
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings import scene

TAKE = sa.text("DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING id, task_name, args")


def moment(text: str) -> datetime:
    """A moment in Suqian."""
    return datetime.fromisoformat(f"{text}+08:00")


NOW = moment("2026-11-24T12:00:00")
CHRISTMAS_EVE = date(2026, 12, 24)
#: twelve workers of one firm, two of another; (home, born, sex, orders)
PEOPLE = [("江苏沭阳", 1985, "female", 6)] * 10 + [("安徽泗县", 1968, "female", 2), ("四川成都", 1999, "male", 0)]


def rule(version: str = "v9", **changes: Any) -> dict[str, Any]:
    """A draft: the first rule under another name, with changes by dotted path."""
    made = deepcopy(credit_rules.V1.data)
    made["version"] = version
    for path, value in changes.items():
        *above, name = path.split("__")
        node = made
        for part in above:
            node = node[part]
        node[name] = value
    return made


@dataclass
class Office:
    """The federation's administrator and auditor."""

    administrator: Account
    auditor: Account

    @property
    def one(self) -> Actor:
        """Who drafts."""
        return Actor(self.administrator.id, new(), Role.FEDERATION_ADMIN, None)

    @property
    def other(self) -> Actor:
        """Who looks over it."""
        return Actor(self.auditor.id, new(), Role.FEDERATION_AUDITOR, None)

    def draft(self, version: str = "v9", **changes: Any) -> RuleProposal:
        """A proposal by the administrator."""
        return governance.draft(actor=self.one, note="更稳健", rule=rule(version, **changes))


@pytest.fixture()
def office(world: sa.Connection) -> Office:
    """Two officers."""
    return Office(factories.member(Role.FEDERATION_ADMIN), factories.member(Role.FEDERATION_AUDITOR))


@pytest.fixture()
def town(world: sa.Connection) -> list[Worker]:
    """Everybody was scored by the first rule today."""
    firms, found = [factories.firm(), factories.firm()], list[Worker]()
    begun = moment("2026-09-01T10:00:00")
    for no, (home, born, sex, orders) in enumerate(PEOPLE + PEOPLE[:2]):
        found.append(factories.worker(firms[no >= len(PEOPLE)], native_place=home, birth_year=born, sex=sex))
        scene.tell("worker.joined", f"worker:{found[-1].id}", begun, firm=str(found[-1].firm_id),
                   worker=str(found[-1].id))
        scene.verify(found[-1], begun)
        for order in range(orders):
            family, day = factories.household().id, moment(f"2026-10-{3 * order + 2:02}T10:00:00")
            booking = scene.complete(found[-1], family, day)
            if order != 1:
                scene.review(found[-1], family, booking, 5 - (no + order) % 3, day)
    scene.tell("complaint.substantiated", f"booking:{uuid4()}", moment("2026-11-02T10:00:00"), complaint=str(uuid4()),
               severity=3, **scene.parties(found[0], factories.household().id))
    with clock.frozen(NOW):
        credit.derive_events_all()
        standings.rescore_all()
    db.session.commit()
    return found


@pytest.fixture()
def run_jobs(app: Flask, world: sa.Connection) -> Callable[[], int]:
    """Runs governance's deferred jobs as the job worker would; how many. Others' are dropped."""

    def run() -> int:
        db.session.flush()
        taken = sorted(world.execute(TAKE).all(), key=lambda row: row.id)
        mine = [row for row in taken if row.task_name.startswith("governance.")]
        for row in mine:
            worker.run_framed(app, jobs.TASKS[row.task_name], **row.args)
        db.session.expire_all()
        return len(mine)

    return run
