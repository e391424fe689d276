"""Read events, standings and calibrations; hold workers and households still while they are computed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import FEDERATION, FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.core.secrets import blind
from qiaojiejie.credit import rules
from qiaojiejie.credit.errors import CalibrationNotFound, RuleNotFound
from qiaojiejie.credit.facts import READINGS, day_number, day_of
from qiaojiejie.credit.models import Calibration, CreditEvent, Rater, Standing
from qiaojiejie.households import queries as household_queries
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.workers import queries as worker_queries

_HOLD = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_COLUMNS = (CreditEvent.entry_id, CreditEvent.day, CreditEvent.type, CreditEvent.worker_id, CreditEvent.firm_id,
            CreditEvent.household_id, CreditEvent.category, CreditEvent.order_ref, CreditEvent.data)
NAMES = tuple(column.key for column in _COLUMNS)
_IN_COLUMNS = {"seq", "t", "type", "worker", "firm", "household", "category", "order"}
_IN_CONTEXT = ("order_completed", "rating")


def hold(name: str) -> None:
    """Wait for, and keep until the transaction ends, what ``name`` stands for (a household, a worker, a month)."""
    db.session.execute(_HOLD, {"name": f"credit:{name}"})


def hold_events() -> None:
    """Until the transaction ends, let nobody else learn anything."""
    db.session.execute(sa.text("LOCK TABLE credit_event IN SHARE ROW EXCLUSIVE MODE"))


def event(row: Sequence[Any]) -> dict[str, Any]:
    """An event as ``rules`` reads it."""
    entry_id, day, type_, worker, firm, household, category, order, data = row
    return {"seq": entry_id, "t": day_number(day), "type": type_, "worker": str(worker), "firm": firm and str(firm),
            "household": household and str(household), "category": category, "order": order, **data}


def row(event: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an event, of what ``event`` makes of them."""
    return {"entry_id": event["seq"], "type": event["type"], "day": day_of(event["t"]), "worker_id": event["worker"],
            "firm_id": event["firm"], "household_id": event["household"], "category": event["category"],
            "order_ref": event["order"], "data": {name: event[name] for name in event.keys() - _IN_COLUMNS}}


def events_of(worker_id: UUID) -> list[dict[str, Any]]:
    """A worker's events in the order of the ledger."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.worker_id == worker_id).order_by(CreditEvent.entry_id)
    return [event(row) for row in db.session.execute(stmt)]


def events_of_all(before: date | None = None) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
    """(worker id, events) of every worker who has any (before a day), in id order; streamed."""
    stmt = sa.select(*_COLUMNS).order_by(CreditEvent.worker_id, CreditEvent.entry_id)
    if before is not None:
        stmt = stmt.where(CreditEvent.day < before)
    found = db.session.execute(stmt.execution_options(yield_per=5_000))
    for worker_id, rows in groupby(found, key=lambda row: row.worker_id):
        yield worker_id, [event(row) for row in rows]


def in_context(household_id: UUID | None = None) -> dict[str, list[dict[str, Any]]]:
    """Orders and ratings by household, in the order of the ledger: of one, or of all."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.type.in_(_IN_CONTEXT), CreditEvent.household_id.is_not(None))
    if household_id is not None:
        stmt = stmt.where(CreditEvent.household_id == household_id)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in db.session.execute(stmt.order_by(CreditEvent.entry_id)):
        found[str(row.household_id)].append(event(row))
    return found


def underived() -> Iterator[tuple[int, datetime, str, str, dict[str, Any]]]:
    """(id, at, fact, subject, data) of ledger entries the rule may read and no event was made from, in order."""
    stmt = (sa.select(LedgerEntry.id, LedgerEntry.at, LedgerEntry.fact, LedgerEntry.subject, LedgerEntry.data)
            .where(LedgerEntry.fact.in_(READINGS), ~sa.exists().where(CreditEvent.entry_id == LedgerEntry.id)))
    for row in db.session.execute(stmt.order_by(LedgerEntry.id)):
        yield row.id, row.at, row.fact, row.subject, row.data


def find_standing(worker_id: UUID) -> Standing | None:
    """A worker's published standing, if anything was ever known of her."""
    return db.session.get(Standing, worker_id, populate_existing=True)


def standings() -> dict[UUID, tuple[int, str]]:
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


def months() -> list[date]:
    """Months with a calibration, oldest first."""
    return list(db.session.scalars(sa.select(Calibration.month).order_by(Calibration.month)))


def means() -> dict[int, dict[str, int]]:
    """The mean of each category's marks by day number of the month it was published for."""
    found = db.session.execute(sa.select(Calibration.month, Calibration.data["tables"]).order_by(Calibration.month))
    return {day_number(month): {name: table["mean"] for name, table in tables.items()} for month, tables in found}


def inputs(as_of: date, households: Iterable[str] | None = None) -> dict[str, Any]:
    """What the rule takes as calibration on a day: {"tables", "raters" of these households or of all, "firms"}."""
    stmt = sa.select(Calibration.data).where(Calibration.month <= as_of).order_by(Calibration.month.desc()).limit(1)
    data = db.session.scalar(stmt) or {"tables": rules.tables({}), "firms": {}}
    weights = sa.select(Rater.household_id, Rater.weight)
    if households is not None:
        weights = weights.where(Rater.household_id.in_([UUID(each) for each in households]))
    return {"tables": data["tables"], "firms": data["firms"],
            "raters": {str(row.household_id): row.weight for row in db.session.execute(weights)}}


def first_day() -> date | None:
    """The day of the earliest event."""
    return db.session.scalar(sa.select(sa.func.min(CreditEvent.day)))


def explain(worker_id: UUID) -> dict[str, Any]:
    """A worker's standing as ``CreditOut`` shows it. Raises WorkerNotFound."""
    worker, standing = worker_queries.get(worker_id), find_standing(worker_id)
    found = standing.explanation if standing else rules.score([], as_of=day_number(clock.today()),
                                                              inputs=inputs(clock.today(), []))
    words = rules.RULE["words"]
    return {**found, "person": opaque("person", worker.id_index.hex()), "as_of": day_of(found["as_of"]),
            "grade_name": rules.RULE["grade_names"][found["grade"]], "appeal": rules.RULE["appeal"],
            "neff": f"{found['neff'] // 1000}.{found['neff'] % 1000 // 100}", "rule_hash": rules.RULE_HASH,
            "ledger": {"size": standing.through_entry if standing else 0},
            "reasons": [{**each, "name": _name(words[each["code"]]), "words": _why(words[each["code"]], each["points"])}
                        for each in rules.view(found)],
            "factors": [{"code": code, "points": points, "name": _name(words[code])}
                        for code, points in sorted(found["factors"].items())],
            "gates": [{**gate, "words": _why(words[gate["code"]], -1)} for gate in found["gates"]],
            "latest": _latest(worker_id, found)}


def opaque(kind: str, value: str) -> str:
    """A reference by which the same person, household or order is known again, but not found."""
    return f"{kind[0]}_{blind(f'credit-{kind}', value).hex()[:24]}"


def _name(words: dict[str, str]) -> dict[str, str]:
    return {tongue: words[tongue] for tongue in ("zh", "en")}


def _why(words: dict[str, str], points: int) -> dict[str, str]:
    side = "helps" if points > 0 else "hurts"
    return {tongue: words[f"{side}_{tongue}"] or words[tongue] for tongue in ("zh", "en")}


def _latest(worker_id: UUID, found: dict[str, Any]) -> list[dict[str, Any]]:
    newest = sorted({seq for seq, _, _ in found["events"] if seq}, reverse=True)[:5]
    stmt = sa.select(CreditEvent).where(CreditEvent.worker_id == worker_id, CreditEvent.entry_id.in_(newest))
    rows = db.session.scalars(stmt.order_by(CreditEvent.entry_id.desc()))
    return [_told(row, found["events"], named=False) for row in rows]


def _told(row: CreditEvent, points: list[list[Any]], *, named: bool) -> dict[str, Any]:
    parts = {code: milli for seq, code, milli in points if seq == row.entry_id}
    order = row.order_ref if named or row.order_ref is None else opaque("order", row.order_ref)
    return {"day": row.day, "kind": row.type, "order": order, "parts": parts, "milli_points": sum(parts.values())}


def told(worker_id: UUID, *, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page:
    """A worker's events as ``actor`` may see them, newest first, one page. Raises WorkerNotFound."""
    worker, standing = worker_queries.get(worker_id), find_standing(worker_id)
    household = household_queries.find_of_account(actor.account_id)
    everything = actor.role in FEDERATION or worker.account_id == actor.account_id
    stmt = sa.select(CreditEvent).where(CreditEvent.worker_id == worker_id)
    found = keyset(stmt, (CreditEvent.entry_id, CreditEvent.id), scope=scope_of("credit_events", str(worker_id)),
                   cursor=cursor, limit=limit)
    points = standing.explanation["events"] if standing else []
    return Page([_told(row, points, named=everything or (household is not None and row.household_id == household.id)
                       or (actor.role in FIRM and row.firm_id == actor.org_id)) for row in found.items],
                found.next_cursor)


def rule_set(version: str = rules.VERSION) -> dict[str, Any]:
    """A version of the rule and its constants. Raises RuleNotFound."""
    if version != rules.VERSION:
        raise RuleNotFound()
    return {"version": rules.VERSION, "active_from": date.fromisoformat(rules.RULE["active_from"]),
            "origin": rules.RULE["origin"], "hash": rules.RULE_HASH, "constants": rules.RULE}


def published(month: str) -> dict[str, Any]:
    """What was published for a month such as 2026-11, households opaque. Raises CalibrationNotFound."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as unknown:
        raise CalibrationNotFound() from unknown
    found = db.session.get(Calibration, first)
    if found is None:
        raise CalibrationNotFound()
    raters = {opaque("household", household): weight for household, weight in found.raters.items()}
    return {**found.data, "month": first, "rule": found.rule, "published_at": found.published_at, "raters": raters}
