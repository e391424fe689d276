"""Read standings: who is due, what stands, and what is made of it for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.credit import rules
from qiaojiejie.firms.models import Firm
from qiaojiejie.firms.rules import PUBLIC
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers.models import Worker

#: one that was never scored: no evidence, no papers
NOTHING = {"neff": 0, "mu_own": 0, "insured_until": -1, "papers_until": -1}


def find(worker_id: UUID) -> Standing | None:
    """A worker's standing, if anything was ever known of her."""
    return db.session.get(Standing, worker_id, populate_existing=True)


def find_firm(firm_id: UUID) -> FirmStanding | None:
    """A firm's standing, if it has one."""
    return db.session.get(FirmStanding, firm_id, populate_existing=True)


def known() -> dict[UUID, tuple[int, str]]:
    """(score, grade) of everyone."""
    found = db.session.execute(sa.select(Standing.worker_id, Standing.score, Standing.grade))
    return {row.worker_id: (row.score, row.grade) for row in found}


def lock_standings() -> None:
    """Lock everyone's standing, by worker, as all who write many do."""
    db.session.execute(sa.select(Standing.worker_id).order_by(Standing.worker_id).with_for_update())


def due(day: date, limit: int) -> list[UUID]:
    """Workers whose standing must be computed again by a day, the longest due first."""
    stmt = sa.select(Standing.worker_id).where(Standing.due_on <= day).order_by(Standing.due_on, Standing.worker_id)
    return list(db.session.scalars(stmt.limit(limit)))


def firms_on_platform() -> list[UUID]:
    """Firms with a public file, which therefore have a standing."""
    return list(db.session.scalars(sa.select(Firm.id).where(Firm.state.in_(PUBLIC)).order_by(Firm.id)))


def due_firms(day: date, limit: int) -> list[UUID]:
    """Firms whose standing must be computed again by a day; first those that never had one."""
    new = (sa.select(Firm.id).where(Firm.state.in_(PUBLIC), ~sa.exists().where(FirmStanding.firm_id == Firm.id))
           .order_by(Firm.id).limit(limit))
    old = (sa.select(FirmStanding.firm_id).where(FirmStanding.due_on <= day)
           .order_by(FirmStanding.due_on, FirmStanding.firm_id).limit(limit))
    return [*db.session.scalars(new), *db.session.scalars(old)][:limit]


def staff(firm_id: UUID) -> list[dict[str, Any]]:
    """What a firm's standing takes of each worker who is with it now."""
    stmt = (sa.select(Standing.own).select_from(Worker).outerjoin(Standing, Standing.worker_id == Worker.id)
            .where(Worker.firm_id == firm_id).order_by(Worker.no))
    return [own or NOTHING for own in db.session.scalars(stmt)]


def line(explanation: Mapping[str, Any], rule: rules.RuleSet) -> dict[str, Any]:
    """What is published of a standing, and what a replay must give to the byte."""
    return {**{name: explanation[name] for name in ("score", "grade", "neff", "households")},
            "reasons": rules.view(explanation, rule)}
