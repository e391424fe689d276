"""Standings as they are kept: who has which, who is due, the line that is published of each."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.credit import rules
from qiaojiejie.credit.facts import day_of
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.firms.models import Firm
from qiaojiejie.standings.models import FirmStanding, Standing

#: what is published of a standing beside whose it is, by which rule, and when
LINE = ("score", "grade", "reasons", "neff", "households")


def find(worker_id: UUID) -> Standing | None:
    """A worker's standing, if anything was ever known of her."""
    return db.session.get(Standing, worker_id, populate_existing=True)


def find_firm(firm_id: UUID) -> FirmStanding | None:
    """A firm's standing, if it has one."""
    return db.session.get(FirmStanding, firm_id, populate_existing=True)


def row(worker_id: UUID) -> dict[str, Any] | None:
    """The columns of a worker's standing as they are at this moment."""
    found = db.session.execute(sa.select(*Standing.__table__.columns).where(Standing.worker_id == worker_id)).first()
    return None if found is None else dict(found._mapping)


def firm_row(firm_id: UUID) -> dict[str, Any] | None:
    """The columns of a firm's standing as they are at this moment."""
    stmt = sa.select(*FirmStanding.__table__.columns).where(FirmStanding.firm_id == firm_id)
    found = db.session.execute(stmt).first()
    return None if found is None else dict(found._mapping)


def known() -> dict[UUID, tuple[int, str]]:
    """(score, grade) of everyone."""
    found = db.session.execute(sa.select(Standing.worker_id, Standing.score, Standing.grade))
    return {row.worker_id: (row.score, row.grade) for row in found}


def lock_standings() -> None:
    """Lock everyone's standing, by worker, as all who write many do."""
    db.session.execute(sa.select(Standing.worker_id).order_by(Standing.worker_id).with_for_update())


def lock_firms() -> None:
    """Lock every firm's standing, by firm, as all who write many do."""
    db.session.execute(sa.select(FirmStanding.firm_id).order_by(FirmStanding.firm_id).with_for_update())


def due(day: date, limit: int) -> list[UUID]:
    """Workers whose standing must be computed again by a day, the longest due first."""
    stmt = sa.select(Standing.worker_id).where(Standing.due_on <= day).order_by(Standing.due_on, Standing.worker_id)
    return list(db.session.scalars(stmt.limit(limit)))


def _spoken_of() -> sa.Select[UUID]:
    """Firms of which an event speaks, whoever it is about: these have a standing, as in a replay."""
    return sa.select(Firm.id).where(sa.exists().where(CreditEvent.firm_id == Firm.id)).order_by(Firm.id)


def firms_known() -> list[UUID]:
    """Every firm that has a standing, or should."""
    return list(db.session.scalars(_spoken_of()))


def due_firms(day: date, limit: int) -> list[UUID]:
    """Firms whose standing must be computed again by a day; first those that never had one."""
    new = _spoken_of().where(~sa.exists().where(FirmStanding.firm_id == Firm.id)).limit(limit)
    old = (sa.select(FirmStanding.firm_id).where(FirmStanding.due_on <= day)
           .order_by(FirmStanding.due_on, FirmStanding.firm_id).limit(limit))
    return [*db.session.scalars(new), *db.session.scalars(old)][:limit]


def staff(firm_id: UUID, but: Iterable[UUID] = ()) -> list[dict[str, Any]]:
    """What a firm's standing takes of each worker whose events say she is with it, but these."""
    stmt = sa.select(Standing.own).where(Standing.firm_id == firm_id, Standing.worker_id.not_in(list(but)))
    return list(db.session.scalars(stmt))


def line(explanation: Mapping[str, Any], notice: Mapping[str, Any] | None, rule: rules.RuleSet) -> dict[str, Any]:
    """What is published of a standing, and a replay must give to the byte: while a fall waits, what stood before."""
    source = notice or {**explanation, "reasons": rules.view(explanation, rule)}
    return {name: source[name] for name in LINE}


def fall_in_words(before: str, found: Mapping[str, Any], until: int, rule: rules.RuleSet) -> dict[str, Any]:
    """What a worker is told of a fall that is to be shown on a day: from which grade, to what, and why."""
    worst = [rule.data["words"][each["code"]] for each in rules.view(found, rule) if each["points"] < 0]
    return {"before": before, "after": found["score"], "grade": found["grade"],
            "reasons": "、".join(words["zh"] for words in worst),
            "reasons_en": ", ".join(words["en"] for words in worst), "until": day_of(until).isoformat()}
