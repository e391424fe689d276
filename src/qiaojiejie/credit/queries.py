"""Read events, calibrations and rules; hold workers and households still while they are computed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import rules
from qiaojiejie.credit.errors import CalibrationNotFound, RuleNotFound
from qiaojiejie.credit.facts import OF_FIRM, READINGS, day_number, day_of, made_of
from qiaojiejie.credit.models import AdoptedRule, Calibration, CreditEvent, Rater, RuleActivation
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf
from qiaojiejie.workers import queries as workers

_HOLD = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || :name, 0))")
_COLUMNS = (CreditEvent.entry_id, CreditEvent.day, CreditEvent.type, CreditEvent.worker_id, CreditEvent.firm_id,
            CreditEvent.household_id, CreditEvent.category, CreditEvent.order_ref, CreditEvent.data)
NAMES = tuple(column.key for column in _COLUMNS)
_IN_COLUMNS = {"seq", "t", "type", "worker", "firm", "household", "category", "order"}
_IN_CONTEXT = ("order_completed", "rating")
#: written with the expression of its index
_STANDS = sa.text("NOT EXISTS (SELECT FROM credit_event void WHERE void.type = 'appeal_upheld'"
                  " AND (void.data ->> 'ref')::bigint = credit_event.entry_id)")


def hold(name: str) -> None:
    """Wait for, and keep until the transaction ends, what ``name`` stands for (a household, a worker, a month)."""
    db.session.execute(_HOLD, {"name": f"credit:{name}"})


def hold_events() -> None:
    """Until the transaction ends, let nobody else learn anything."""
    db.session.execute(sa.text("LOCK TABLE credit_event IN SHARE ROW EXCLUSIVE MODE"))


def event(row: Sequence[Any]) -> dict[str, Any]:
    """An event as ``rules`` reads it."""
    entry_id, day, type_, worker, firm, household, category, order, data = row
    return {"seq": entry_id, "t": day_number(day), "type": type_, "worker": worker and str(worker),
            "firm": firm and str(firm), "household": household and str(household), "category": category,
            "order": order, **data}


def row(event: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an event, of what ``event`` makes of them."""
    return {"entry_id": event["seq"], "type": event["type"], "day": day_of(event["t"]), "worker_id": event["worker"],
            "firm_id": event["firm"], "household_id": event["household"], "category": event["category"],
            "order_ref": event["order"], "data": {name: event[name] for name in event.keys() - _IN_COLUMNS}}


def events_of(worker_id: UUID) -> list[dict[str, Any]]:
    """A worker's events in the order of the ledger."""
    return events_of_many([worker_id])[worker_id]


def events_of_many(worker_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The events of each of these workers, in the order of the ledger."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.worker_id.in_(worker_ids)).order_by(CreditEvent.entry_id)
    found: dict[UUID, list[dict[str, Any]]] = {worker_id: [] for worker_id in worker_ids}
    for row in db.session.execute(stmt):
        found[row.worker_id].append(event(row))
    return found


def events_of_firm(firm_id: UUID) -> list[dict[str, Any]]:
    """What bears on a firm's own points, in the order of the ledger; nothing that an upheld appeal voids."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.firm_id == firm_id, _STANDS, sa.or_(
        CreditEvent.worker_id.is_(None), CreditEvent.type.in_(OF_FIRM)))
    return [event(row) for row in db.session.execute(stmt.order_by(CreditEvent.entry_id))]


def orders_of_firm(firm_id: UUID, since: date, but: Iterable[int] = ()) -> int:
    """How many orders a firm's workers have completed since a day, none that is voided, nor of these entries."""
    stmt = sa.select(sa.func.count()).where(
        CreditEvent.firm_id == firm_id, CreditEvent.type == "order_completed", CreditEvent.day >= since, _STANDS,
        CreditEvent.entry_id.not_in(list(but)))
    return db.session.scalar(stmt) or 0


def events_of_all(before: date | None = None) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
    """(worker id, events) of every worker who has any (before a day), in id order; streamed."""
    stmt = (sa.select(*_COLUMNS).where(CreditEvent.worker_id.is_not(None))
            .order_by(CreditEvent.worker_id, CreditEvent.entry_id))
    if before is not None:
        stmt = stmt.where(CreditEvent.day < before)
    found = db.session.execute(stmt.execution_options(yield_per=5_000))
    for worker_id, rows in groupby(found, key=lambda row: row.worker_id):
        yield worker_id, [event(row) for row in rows]


def restored(before: date) -> list[dict[str, Any]]:
    """Households whose marks weigh in full again, by events before a day."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.type == "rater_restored", CreditEvent.household_id.is_not(None),
                                      CreditEvent.day < before)
    return [event(row) for row in db.session.execute(stmt.order_by(CreditEvent.entry_id))]


def in_context(household_ids: Iterable[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Orders and ratings of these households that stand, by household, in the order of the ledger."""
    stmt = sa.select(*_COLUMNS).where(CreditEvent.type.in_(_IN_CONTEXT), _STANDS,
                                      CreditEvent.household_id.in_(list(household_ids)))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in db.session.execute(stmt.order_by(CreditEvent.entry_id)):
        found[str(row.household_id)].append(event(row))
    return found


def of_entries(entry_ids: Iterable[int]) -> list[CreditEvent]:
    """The events made from ledger entries."""
    stmt = sa.select(CreditEvent).where(CreditEvent.entry_id.in_(list(entry_ids)))
    return list(db.session.scalars(stmt.order_by(CreditEvent.entry_id)))


def underived(before: datetime | None = None) -> Iterator[tuple[int, datetime, str, str, dict[str, Any]]]:
    """(id, at, fact, subject, data) of ledger entries the rule may read and no event was made from, in order."""
    stmt = (sa.select(LedgerEntry.id, LedgerEntry.at, LedgerEntry.fact, LedgerEntry.subject, LedgerEntry.data)
            .where(LedgerEntry.fact.in_(READINGS), ~sa.exists().where(CreditEvent.entry_id == LedgerEntry.id)))
    if before is not None:
        stmt = stmt.where(LedgerEntry.at < before)
    for row in db.session.execute(stmt.order_by(LedgerEntry.id)):
        yield row.id, row.at, row.fact, row.subject, row.data


def months() -> list[date]:
    """Months with a calibration, oldest first."""
    return list(db.session.scalars(sa.select(Calibration.month).order_by(Calibration.month)))


def tables_by_month() -> dict[int, dict[str, dict[str, Any]]]:
    """What marks are worth, by the day number of the month it was published for."""
    found = db.session.execute(sa.select(Calibration.month, Calibration.data["tables"]).order_by(Calibration.month))
    return {day_number(month): tables for month, tables in found}


def inputs(as_of: date, households: Iterable[str] | None = None) -> dict[str, Any]:
    """What the rule takes as calibration on a day: all that was published, "raters" of these households or of all."""
    stmt = sa.select(Calibration.data).where(Calibration.month <= as_of).order_by(Calibration.month.desc()).limit(1)
    data = db.session.scalar(stmt) or {"tables": rules.tables({}), "firms": {}, "market": 0}
    weights = sa.select(Rater.household_id, Rater.weight)
    if households is not None:
        weights = weights.where(Rater.household_id.in_([UUID(each) for each in households]))
    return {**data, "raters": {str(row.household_id): row.weight for row in db.session.execute(weights)}}


def first_day() -> date | None:
    """The day of the earliest event."""
    return db.session.scalar(sa.select(sa.func.min(CreditEvent.day)))


@lru_cache(maxsize=32)
def _loaded(version: str, hash: str) -> rules.RuleSet:
    return rules.load(db.session.scalars(sa.select(AdoptedRule.data).where(AdoptedRule.version == version)).one())


def rule_set(version: str) -> rules.RuleSet:
    """A version of the rule, one that comes with the product or one that was adopted. Raises RuleNotFound."""
    packaged = rules.packaged()
    if version in packaged:
        return packaged[version]
    hash = db.session.scalar(sa.select(AdoptedRule.hash).where(AdoptedRule.version == version))
    if hash is None:
        raise RuleNotFound()
    return _loaded(version, hash)


def version_on(day: date) -> str:
    """The version in force on a day."""
    stmt = sa.select(RuleActivation.version).where(RuleActivation.from_day <= day).order_by(
        RuleActivation.from_day.desc(), RuleActivation.id.desc())
    return db.session.scalar(stmt.limit(1)) or rules.V1.version


def rule_on(day: date) -> rules.RuleSet:
    """The rule in force on a day."""
    return rule_set(version_on(day))


def next_activation(day: date) -> date | None:
    """The first day after ``day`` on which another version comes into force."""
    return db.session.scalar(sa.select(sa.func.min(RuleActivation.from_day)).where(RuleActivation.from_day > day))


def versions() -> list[dict[str, Any]]:
    """Every version there is as ``CreditRuleOut`` shows it, newest first: what it is and since when it is in force."""
    active = version_on(clock.today())
    since = {rules.V1.version: date.fromisoformat(rules.V1.data["active_from"])}
    since |= {row.version: row.from_day for row in db.session.execute(
        sa.select(RuleActivation.version, sa.func.max(RuleActivation.from_day).label("from_day"))
        .group_by(RuleActivation.version))}
    adopted = db.session.execute(sa.select(AdoptedRule.version, AdoptedRule.hash).order_by(AdoptedRule.adopted_at))
    known = rules.packaged() | {version: _loaded(version, hash) for version, hash in adopted}
    return [{**described(rule), "active": name == active, "active_from": since.get(name)}
            for name, rule in reversed(known.items())]


def described(rule: rules.RuleSet) -> dict[str, Any]:
    """A version of the rule with its constants."""
    return {"version": rule.version, "hash": rule.hash, "origin": rule.data["origin"], "constants": rule.data}


def rule_shown(version: str) -> dict[str, Any]:
    """A version as ``CreditRuleSetOut`` shows it. Raises RuleNotFound."""
    found = {each["version"]: each for each in versions()}.get(version)
    if found is None:
        raise RuleNotFound()
    return found


def calibration_of(month: date) -> Calibration | None:
    """A month's calibration, if it was published."""
    return db.session.get(Calibration, month)


def opened(found: Calibration) -> dict[str, Any]:
    """A calibration as everybody may see it: firms and households by their opaque keys."""
    return {**found.data, "rule": found.rule,
            "firms": {opaque("firm", firm): mean for firm, mean in sorted(found.data["firms"].items())},
            "raters": {opaque("household", household): weight for household, weight in found.raters.items()}}


def published(month: str) -> dict[str, Any]:
    """What was published for a month such as 2026-11. Raises CalibrationNotFound."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as unknown:
        raise CalibrationNotFound() from unknown
    found = calibration_of(first)
    if found is None:
        raise CalibrationNotFound()
    return {**opened(found), "month": first, "published_at": found.published_at}


def event_leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """How entries the rule reads, and paid bookings, stand in the public log: no name, no id of ours."""
    made = {entry.id: _paid(entry) if entry.fact in booking.PAID else made_of(
        entry.id, entry.at, entry.fact, entry.subject, entry.data) for entry in entries}
    found = {entry_id: each for entry_id, each in made.items() if each is not None}
    people = workers.persons({each["worker_id"] for each in found.values() if each["worker_id"]})
    return {entry_id: _leaf(each, people) for entry_id, each in found.items()}


def _paid(entry: LedgerEntry) -> dict[str, Any]:
    data = entry.data
    return {"type": "order_paid", "worker_id": UUID(data["worker"]), "firm_id": UUID(data["firm"]),
            "household_id": UUID(data["household"]), "category": data["category"],
            "order_ref": entry.subject.partition(":")[2], "data": {}}


def _leaf(made: Mapping[str, Any], people: Mapping[UUID, bytes]) -> Leaf:
    worker, firm, household = made["worker_id"], made["firm_id"], made["household_id"]
    keys = {"firm": firm and opaque("firm", str(firm)), "household": household and opaque("household", str(household))}
    subject = opaque("person", people[worker].hex()) if worker else keys["firm"] or keys["household"]
    said = {name: opaque(name, value) if name in ("complaint", "document") else value
            for name, value in made["data"].items()}
    return Leaf(made["type"], {**said, **({"household": keys["household"]} if household else {})}, subject=subject,
                firm=keys["firm"], category=made["category"],
                order=made["order_ref"] and opaque("order", made["order_ref"]))


def calibration_leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """How published calibrations stand in the public log."""
    months = {entry.id: date.fromisoformat(entry.data["month"]) for entry in entries}
    found = {each.month: each for each in db.session.scalars(
        sa.select(Calibration).where(Calibration.month.in_(months.values())))}
    return {entry_id: Leaf("calibration", {"month": month.isoformat(), **opened(found[month])})
            for entry_id, month in months.items()}
