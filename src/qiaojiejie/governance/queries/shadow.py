"""Read what a shadow scores, and make its tables of what it gave."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit
from qiaojiejie.credit.facts import OF_FIRM
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.governance import rules
from qiaojiejie.governance.models import ShadowScore
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.workers.models import Worker

MOVES = 20
_OF_ONE = ShadowScore.after_score - ShadowScore.before_score

_GROUPS = sa.text("""
    SELECT worker.sex, worker.birth_year, left(worker.native_place, 3) AS native_place, before_grade, after_grade,
           count(*) AS n, sum(before_score)::bigint AS before_sum, sum(after_score)::bigint AS after_sum
    FROM shadow_score JOIN worker ON worker.id = subject_id WHERE proposal_id = :proposal_id AND kind = 'worker'
    GROUP BY 1, 2, 3, 4, 5""")
_CATEGORIES = sa.text("""
    SELECT category, before_grade, after_grade, count(*) AS n, sum(before_score)::bigint AS before_sum,
           sum(after_score)::bigint AS after_sum
    FROM shadow_score JOIN (SELECT DISTINCT offered.worker_id, service.category FROM worker_service offered
                            JOIN service ON service.code = offered.service_code) does ON does.worker_id = subject_id
    WHERE proposal_id = :proposal_id AND kind = 'worker' GROUP BY 1, 2, 3""")
_FIRMS = sa.text("""
    SELECT '' AS firm, before_grade, after_grade, count(*) AS n, 0 AS before_sum, 0 AS after_sum FROM shadow_score
    WHERE proposal_id = :proposal_id AND kind = 'firm' GROUP BY 2, 3""")
_ORDERS = sa.text("""
    SELECT firm_id, count(*) AS n FROM credit_event done
    WHERE type = 'order_completed' AND day BETWEEN :since AND :day AND firm_id = ANY (:firm_ids)
    AND NOT EXISTS (SELECT FROM credit_event void WHERE void.type = 'appeal_upheld' AND void.day <= :day
                    AND (void.data ->> 'ref')::bigint = done.entry_id)
    GROUP BY firm_id""")
_VOIDED = sa.text("SELECT (data ->> 'ref')::bigint FROM credit_event WHERE type = 'appeal_upheld' AND day <= :day")
_LAST = sa.text("""
    SELECT subject_id FROM shadow_score WHERE proposal_id = :proposal_id AND kind = :kind
    ORDER BY subject_id DESC LIMIT 1""")


class Firm(NamedTuple):
    """What a firm's score is made of, for the rule in force and for the draft."""

    events: list[dict[str, Any]]
    orders: int
    staff: list[list[dict[str, Any]]]


def last(proposal_id: UUID, kind: str) -> UUID | None:
    """The last of a kind that was scored; they are taken in the order of their ids."""
    found: UUID | None = db.session.scalar(_LAST, {"proposal_id": proposal_id, "kind": kind})
    return found


def people(day: date, after: UUID | None, limit: int) -> list[UUID]:
    """The next workers of whom something was recorded by a day."""
    stmt = sa.select(CreditEvent.worker_id).where(CreditEvent.worker_id.is_not(None), CreditEvent.day <= day)
    if after is not None:
        stmt = stmt.where(CreditEvent.worker_id > after)
    found = db.session.scalars(stmt.distinct().order_by(CreditEvent.worker_id).limit(limit))
    return [each for each in found if each is not None]


def how_many(day: date) -> int:
    """How many workers and firms there are to score."""
    of_people = sa.select(sa.func.count(CreditEvent.worker_id.distinct())).where(CreditEvent.day <= day)
    of_firms = sa.select(sa.func.count(CreditEvent.firm_id.distinct())).where(CreditEvent.day <= day)
    return (db.session.scalar(of_people) or 0) + (db.session.scalar(of_firms) or 0)


def firms(day: date, after: UUID | None, limit: int) -> list[UUID]:
    """The next firms that something recorded by a day speaks of."""
    stmt = sa.select(CreditEvent.firm_id).where(CreditEvent.firm_id.is_not(None), CreditEvent.day <= day)
    if after is not None:
        stmt = stmt.where(CreditEvent.firm_id > after)
    found = db.session.scalars(stmt.distinct().order_by(CreditEvent.firm_id).limit(limit))
    return [each for each in found if each is not None]


def of_firms(proposal_id: UUID, firm_ids: Sequence[UUID], since: date, day: date) -> dict[UUID, Firm]:
    """What each of these firms' scores is made of; its workers as the shadow scored them."""
    found: dict[UUID, Firm] = {firm_id: Firm([], 0, []) for firm_id in firm_ids}
    voided = set(db.session.scalars(_VOIDED, {"day": day}))
    stmt = sa.select(*(getattr(CreditEvent, name) for name in credit.NAMES)).where(
        CreditEvent.firm_id.in_(firm_ids), CreditEvent.day <= day,
        sa.or_(CreditEvent.worker_id.is_(None), CreditEvent.type.in_(OF_FIRM)))
    for row in db.session.execute(stmt.order_by(CreditEvent.entry_id)):
        if row.entry_id not in voided:
            found[row.firm_id].events.append(credit.event(row))
    staff = sa.select(ShadowScore.firm_id, ShadowScore.own).where(
        ShadowScore.proposal_id == proposal_id, ShadowScore.kind == "worker", ShadowScore.firm_id.in_(firm_ids))
    for row in db.session.execute(staff):
        found[row.firm_id].staff.append(row.own)
    orders = db.session.execute(_ORDERS, {"since": since, "day": day, "firm_ids": list(firm_ids)})
    return found | {row.firm_id: found[row.firm_id]._replace(orders=row.n) for row in orders}


def tables(proposal_id: UUID, day: date, grades: Sequence[str]) -> dict[str, Any]:
    """Who would move from which grade to which, the largest moves, and how groups of workers would fare."""
    told = db.session.execute(_GROUPS, {"proposal_id": proposal_id}).all()
    kinds = {"sex": _moved(told, lambda row: row.sex),
             "age_band": _moved(told, lambda row: rules.age_band(row.birth_year, day)),
             "home_province": _moved(told, lambda row: rules.province(row.native_place)),
             "category": _moved(db.session.execute(_CATEGORIES, {"proposal_id": proposal_id}).all(),
                                lambda row: row.category)}
    of_firms = _moved(db.session.execute(_FIRMS, {"proposal_id": proposal_id}).all(), lambda row: row.firm)
    return {"workers": _effect(proposal_id, "worker", kinds["sex"], grades),
            "firms": _effect(proposal_id, "firm", of_firms, grades),
            "fairness": {name: rules.fairness(rows, grades) for name, rows in kinds.items()}}


def _moved(rows: Iterable[Any], group: Any) -> list[rules.Moved]:
    return [rules.Moved(group(row), row.before_grade, row.after_grade, row.n, row.before_sum, row.after_sum)
            for row in rows]


def _effect(proposal_id: UUID, kind: str, rows: Sequence[rules.Moved], grades: Sequence[str]) -> dict[str, Any]:
    return {"scored": sum(row.n for row in rows), "displacement": rules.moved(rows, grades),
            "up": _moves(proposal_id, kind, _OF_ONE.desc(), _OF_ONE > 0),
            "down": _moves(proposal_id, kind, _OF_ONE.asc(), _OF_ONE < 0)}


def _moves(proposal_id: UUID, kind: str, order: sa.UnaryExpression[int],
           which: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """The largest moves one way, by opaque keys."""
    named, about = ("person", Worker.id_index) if kind == "worker" else ("firm", ShadowScore.subject_id)
    stmt = sa.select(about.label("about"), ShadowScore.before_score, ShadowScore.before_grade, ShadowScore.after_score,
                     ShadowScore.after_grade).where(ShadowScore.proposal_id == proposal_id, ShadowScore.kind == kind,
                                                    which)
    if kind == "worker":
        stmt = stmt.join_from(ShadowScore, Worker, Worker.id == ShadowScore.subject_id)
    return [{"key": opaque(named, row.about.hex() if kind == "worker" else str(row.about)),
             "before": [row.before_score, row.before_grade], "after": [row.after_score, row.after_grade]}
            for row in db.session.execute(stmt.order_by(order, about).limit(MOVES))]
