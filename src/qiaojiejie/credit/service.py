"""Learn from the ledger, have events of the rule recorded, publish the rule's monthly inputs and its versions."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import bulk, clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, queries, rules
from qiaojiejie.credit.errors import VersionTaken
from qiaojiejie.credit.models import AdoptedRule, Calibration, CreditEvent, Rater, RuleActivation
from qiaojiejie.credit.rules import calibrating
from qiaojiejie.ledger import queries as ledger_queries, service as ledger

AT_ONCE = 2_000
#: a month is not calibrated in its first minute: what was recorded in the last moments before may not be visible yet
SETTLED = timedelta(minutes=1)
Months = Mapping[int, calibrating.Tables]
Events = list[dict[str, Any]]

_CONTEXT = sa.text("""
    UPDATE credit_event event SET data = event.data || d.context
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d(entry bigint, context jsonb)
    WHERE event.entry_id = d.entry AND event.type IN ('order_completed', 'rating')""")


class Concerned(NamedTuple):
    """Whose standing an event bears on."""

    workers: set[UUID]
    firms: set[UUID]


def record(*, type: str, by: str, worker_id: UUID | None = None, firm_id: UUID | None = None,
           household_id: UUID | None = None, key: str | None = None, **data: Any) -> int | None:
    """Have an event of the rule recorded about a worker, a firm or a household; the ledger entry's id.

    ``type``: one of ``facts.RECORDED``; ``data``: what the rule reads of it. ``key``: as ``ledger.append``'s.
    """
    kind, about = next((kind, about) for kind, about in (
        ("worker", worker_id), ("firm", firm_id), ("household", household_id)) if about is not None)
    known = {"worker": worker_id, "firm": firm_id, "household": household_id}
    return ledger.append(facts.RECORDED[type], subject=f"{kind}:{about}", actor=by, key=key, data={
        **{name: str(value) for name, value in known.items() if value is not None}, **data})


def take_in(*, entry_id: int) -> Concerned:
    """Take in one ledger entry: its event and the neutral facts it changes; whose standings follow from them."""
    entry = ledger_queries.get(entry_id)
    made = facts.made_of(entry.id, entry.at, entry.fact, entry.subject, entry.data)
    if made is None:
        return Concerned(set(), set())
    voided = queries.of_entries([made["data"]["ref"]]) if made["type"] == "appeal_upheld" else []
    households = {each for each in (made["household_id"], *(event.household_id for event in voided)) if each}
    for household_id in sorted(households):
        queries.hold(f"household:{household_id}")
    stmt = insert(CreditEvent).on_conflict_do_nothing(index_elements=["entry_id", "type"])
    db.session.execute(stmt, [made])
    workers = {made["worker_id"], *(event.worker_id for event in voided)} - {None}
    firms = {made["firm_id"], *(event.firm_id for event in voided)} - {None}
    changed = _set_contexts(queries.in_context(households), queries.tables_by_month()) if households else []
    return Concerned(workers | {UUID(event["worker"]) for event in changed}, firms)


def _set_contexts(by_household: Mapping[str, Events], months: Months) -> Events:
    """Bring the neutral facts of households' events up to date, whatever order they came in; those that changed."""
    changed = _renew(by_household.values(), months)
    _store(changed)
    return changed


def _renew(by_household: Iterable[Events], months: Months) -> Events:
    """Work out the neutral facts of households' events and put them into the events; those that changed."""
    mean, changed = calibrating.mean_of(months), []
    for events in by_household:
        found = rules.contexts(events, mean)
        for event in events:
            context = found[event["seq"]]
            if any(event.get(name) != value for name, value in context.items()):
                event.update(context)
                changed.append({"entry": event["seq"], "context": context, "worker": event["worker"]})
    return changed


def _store(changed: Events) -> None:
    for start in range(0, len(changed), AT_ONCE):
        db.session.execute(_CONTEXT, {"rows": json.dumps(changed[start:start + AT_ONCE])})


def derive_events_all() -> int:
    """Make the events of everything in the ledger that none was made from, and publish the months' calibrations
    that are missing; how many events. In bulk, everything held in memory; nothing is learned meanwhile.

    Nobody was ever scored by a month published only after it ended: it carries what marks were worth, and no more.
    """
    queries.hold_events()
    made = _underived()
    people = _people(made)
    months = _missing_months(min((event["t"] for event in made), default=None))
    counts = {month: _counts(people, month) for month in months}
    worth = {month: rules.tables(counts[month]) for month in months}
    published = {facts.day_number(month): tables for month, tables in worth.items()}
    _derive(made, people, {**queries.tables_by_month(), **published})
    for month in months[:-1]:
        _write_calibration(month, rules.V1, {"counts": counts[month], "tables": worth[month], "firms": {}, "market": 0},
                           {})
    if months:
        _publish_calibration(months[-1], people, newest=True)
    return len(made)


def _underived(before: date | None = None) -> Events:
    entries = queries.underived(None if before is None else clock.midnight(before))
    return [queries.event([row[name] for name in queries.NAMES]) for each in entries
            if (row := facts.made_of(*each)) is not None]


def _derive(made: Events, people: list[Events], months: Months) -> None:
    """Keep events just made, and the neutral facts of the households they concern."""
    voided = {event["ref"] for events in people for event in events if event["type"] == "appeal_upheld"}
    households: dict[str, Events] = defaultdict(list)
    for event in (event for events in people for event in events):
        if event["type"] in ("order_completed", "rating") and event["seq"] not in voided:
            households[event["household"]].append(event)
    changed, new = _renew(households.values(), months), {event["seq"] for event in made}
    for start in range(0, len(made), AT_ONCE):
        bulk.insert(CreditEvent, [queries.row(event) for event in made[start:start + AT_ONCE]])
    _store([each for each in changed if each["entry"] not in new])


def _people(made: Events, before: date | None = None) -> list[Events]:
    """Everyone's events, those kept and those just made, in the order of the ledger."""
    people: dict[str, Events] = {str(worker_id): events for worker_id, events in queries.events_of_all(before)}
    for event in made:
        if event["worker"]:
            people.setdefault(event["worker"], []).append(event)
    for events in people.values():
        events.sort(key=itemgetter("seq"))
    return list(people.values())


def _missing_months(made_from: int | None) -> list[date]:
    """Months up to this one without a calibration, from the earliest event's: kept, or made of day ``made_from``."""
    last = clock.today().replace(day=1)
    days = [queries.first_day(), None if made_from is None else facts.day_of(made_from)]
    month, known, missing = min(filter(None, days), default=last).replace(day=1), set(queries.months()), []
    while month <= last:
        if month not in known:
            missing.append(month)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return missing


def calibrate_for(*, entry_id: int) -> bool:
    """Publish the calibration of an entry's month unless it stands; True when it was published now."""
    month = clock.local(ledger_queries.get(entry_id).at).date().replace(day=1)
    return calibrate(month=month)


def calibrate(*, month: date) -> bool:
    """Publish a month's calibration from all that was recorded before its first day, once; False when it stands
    already, or the month is not a minute old."""
    known = queries.months()
    if month in known or clock.now() < clock.midnight(month) + SETTLED:
        return False
    queries.hold(f"month:{month}")
    known = queries.months()
    if month in known:
        return False
    queries.hold_events()
    made = _underived(month)  # what no job has come to yet
    people = _people(made, month)
    _derive(made, people, queries.tables_by_month())
    _publish_calibration(month, people, newest=not known or month > known[-1])
    return True


def _counts(people: Iterable[Iterable[rules.Event]], month: date) -> dict[str, list[int]]:
    until = facts.day_number(month)
    seen = Counter((event["category"], rules.marks_of(event)) for events in people
                   for event in rules.without_void(event for event in events if event["t"] < until)
                   if event["type"] == "rating")
    return {name: [seen[name, mark] for mark in range(5, 26)] for name in sorted({name for name, _ in seen})}


def _publish_calibration(month: date, people: Iterable[Events], *, newest: bool) -> None:
    until, rule = facts.day_number(month), queries.rule_on(month)
    past = [found for events in people if (found := [event for event in events if event["t"] < until])]
    data, raters = calibrated(past, as_of=until, rule=rule, restored=queries.restored(month))
    _write_calibration(month, rule, data, raters)
    if newest:
        _weigh(raters)


def calibrated(people: Iterable[Events], *, as_of: int, rule: rules.RuleSet,
               restored: Events) -> tuple[dict[str, Any], dict[str, int]]:
    """A month's inputs of a rule from everyone's events before its first day: (``Calibration.data``, all raters)."""
    standing = [rules.without_void(events) for events in people]
    counts = _counts(standing, facts.day_of(as_of))
    inputs = calibrating.calibrate(standing, restored, as_of=as_of, worth=rules.tables(counts, rule), rule=rule)
    raters = inputs.pop("raters")
    return {"counts": counts, **inputs}, raters


def _write_calibration(month: date, rule: rules.RuleSet, data: dict[str, Any], raters: Mapping[str, int]) -> None:
    db.session.execute(insert(Calibration).values(
        month=month, rule=rule.version, published_at=clock.now(), data=data,
        raters={household: weight for household, weight in raters.items() if weight != rules.PERMILLE}))
    ledger.append(facts.CALIBRATED, subject=f"month:{month}", actor=ledger.SYSTEM, key=f"calibrated:{month}",
                  data={"month": month.isoformat()})


def _weigh(raters: Mapping[str, int]) -> None:
    db.session.execute(sa.delete(Rater))
    rows = [{"household_id": UUID(household), "weight": weight} for household, weight in raters.items()]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(Rater), rows[start:start + AT_ONCE])


def adopt(*, data: Mapping[str, Any]) -> rules.RuleSet:
    """Keep a version of the rule for ever, so that it may be activated; its constants are ``data``.

    Raises VersionTaken when another one has its name.
    """
    rule = rules.load(data)
    stmt = insert(AdoptedRule).values(version=rule.version, hash=rule.hash, data=rule.data, adopted_at=clock.now())
    db.session.execute(stmt.on_conflict_do_nothing())
    if queries.rule_set(rule.version).hash != rule.hash:
        raise VersionTaken(version=rule.version)
    return rule


def activate(*, version: str, from_day: date, by: str) -> int | None:
    """Put a version of the rule in force from a day; the ledger entry's id. Raises RuleNotFound."""
    rule = queries.rule_set(version)
    db.session.add(RuleActivation(version=version, from_day=from_day, activated_at=clock.now()))
    db.session.flush()
    return ledger.append(facts.ACTIVATED, subject=f"rule:{version}", actor=by, data={
        "version": version, "hash": rule.hash, "from": facts.day_number(from_day)})
