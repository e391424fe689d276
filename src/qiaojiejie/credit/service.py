"""Learn from the ledger, compute standings, publish them and the rule's monthly inputs."""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import bulk, clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, queries, rules
from qiaojiejie.credit.models import Calibration, CreditEvent, Rater, Standing
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as worker_queries, service as workers

AT_ONCE = 2_000
Means = Mapping[int, Mapping[str, int]]
Events = list[dict[str, Any]]

_CONTEXT = sa.text("""
    UPDATE credit_event event SET data = event.data || d.context
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d(entry bigint, context jsonb)
    WHERE event.entry_id = d.entry AND event.type IN ('order_completed', 'rating')""")


def calibrate_for(*, entry_id: int) -> bool:
    """Publish the calibration of an entry's month unless it stands; True when it was published now."""
    return calibrate(month=clock.local(ledger_queries.get(entry_id).at).date().replace(day=1))


def learn(*, entry_id: int) -> None:
    """Take in one ledger entry: its event, the neutral facts it changes, and the standings that follow from them."""
    entry = ledger_queries.get(entry_id)
    made = _event(entry.id, entry.at, entry.fact, entry.subject, entry.data)
    if made is None:
        return
    calibrate(month=made["day"].replace(day=1))
    concerned = {made["worker_id"]}
    if made["household_id"] is not None:
        queries.hold(f"household:{made['household_id']}")
    _insert([made])
    if made["household_id"] is not None:
        changed = _set_contexts(queries.in_context(made["household_id"]), queries.means())
        concerned |= {UUID(event["worker"]) for event in changed}
    for worker_id in sorted(concerned):
        rescore(worker_id=worker_id)


def _event(entry_id: int, at: datetime, fact: str, subject: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    read = facts.READINGS[fact](data)
    if read is None:
        return None
    kind, _, about = subject.partition(":")
    household, firm = data.get("household"), data.get("firm")
    return {"entry_id": entry_id, "type": read[0], "day": clock.local(at).date(),
            "worker_id": UUID(about if kind == "worker" else data["worker"]), "firm_id": firm and UUID(firm),
            "household_id": household and UUID(household), "category": data.get("category"),
            "order_ref": about if kind == "booking" else None, "data": read[1]}


def _insert(made: Sequence[dict[str, Any]]) -> None:
    stmt = insert(CreditEvent).on_conflict_do_nothing(index_elements=["entry_id", "type"])
    db.session.execute(stmt, made)


def _set_contexts(by_household: Mapping[str, Events], means: Means) -> Events:
    """Bring the neutral facts of households' events up to date, whatever order they came in; those that changed."""
    changed = _renew(by_household.values(), means)
    _store(changed)
    return changed


def _renew(by_household: Iterable[Events], means: Means) -> Events:
    """Work out the neutral facts of households' events and put them into the events; those that changed."""
    mean, changed = _mean_of(means), []
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


def _mean_of(means: Means) -> Any:
    months, start = sorted(means), {name: table["mean"] for name, table in rules.tables({}).items()}

    def mean(t: int, category: str) -> int:
        place = bisect_right(months, t)
        known = means[months[place - 1]] if place else start
        return known.get(category, known["*"])

    return mean


def rescore(*, worker_id: UUID, as_of: date | None = None) -> Standing:
    """Compute a worker's standing and, when score or grade changed, publish it: card, ledger and her inbox."""
    queries.hold(f"worker:{worker_id}")
    day = as_of or clock.today()
    events = queries.events_of(worker_id)
    inputs = queries.inputs(day, {event["household"] for event in events if event["household"]})
    before = queries.find_standing(worker_id)
    known = (before.score, before.grade) if before else None
    row = _standing(worker_id, events, day, inputs)
    _upsert([row])
    if known != (row["score"], row["grade"]):
        _publish(row, known)
    standing = queries.find_standing(worker_id)
    assert standing is not None
    return standing


def _standing(worker_id: UUID, events: Events, day: date, inputs: Mapping[str, Any]) -> dict[str, Any]:
    found = rules.score(events, as_of=facts.day_number(day), inputs=inputs)
    return {"worker_id": worker_id, "score": found["score"], "grade": found["grade"], "explanation": found,
            "rule": found["rule"], "as_of": day, "through_entry": max((event["seq"] for event in events), default=0),
            "due_on": None if found["due"] is None else facts.day_of(found["due"]), "computed_at": clock.now()}


def _upsert(rows: Sequence[dict[str, Any]]) -> None:
    stmt = insert(Standing)
    stmt = stmt.on_conflict_do_update(index_elements=[Standing.worker_id], set_={
        name: stmt.excluded[name] for name in ("score", "grade", "explanation", "rule", "as_of", "through_entry",
                                               "due_on", "computed_at")})
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(stmt, rows[start:start + AT_ONCE])


def _publish(row: Mapping[str, Any], known: tuple[int, str] | None) -> None:
    worker_id = row["worker_id"]
    workers.grade(worker_id=worker_id, score=row["score"], grade=row["grade"])
    entry_id = ledger.append(facts.PUBLISHED, subject=f"worker:{worker_id}", actor=ledger.SYSTEM, data=_published(row))
    account_id = worker_queries.get(worker_id).account_id
    if known and known[1] != row["grade"] and account_id is not None:
        messages.notify(account_id=account_id, kind="credit_changed", key=f"credit:{entry_id}",
                        data={"before": known[0], "after": row["score"], "grade": row["grade"]})


def _published(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"score": row["score"], "grade": row["grade"], "rule": row["rule"], "through": row["through_entry"]}


def rescore_all(as_of: date | None = None) -> int:
    """Compute everyone's standing, set by set, and publish what changed; how many did. Nobody is notified."""
    day, known = as_of or clock.today(), queries.standings()
    inputs = queries.inputs(day)
    rows = [_standing(worker_id, events, day, inputs) for worker_id, events in queries.events_of_all()]
    _upsert(rows)
    changed = [row for row in rows if known.get(row["worker_id"]) != (row["score"], row["grade"])]
    if changed:
        workers.grade_many(standings=[{"id": row["worker_id"], "score": row["score"], "grade": row["grade"]}
                                      for row in changed])
    ledger.append_many(facts.PUBLISHED, actor=ledger.SYSTEM,
                       about=[(f"worker:{row['worker_id']}", _published(row)) for row in changed])
    return len(changed)


def rescore_due(*, limit: int = 100) -> int:
    """Compute again the standings that change by the calendar alone (decay, 14 days, a paper's end); how many."""
    ids = queries.due(clock.today(), limit)
    for worker_id in sorted(ids):
        rescore(worker_id=worker_id)
    return len(ids)


def derive_events_all() -> int:
    """Make the events of everything in the ledger that none was made from, and publish the months' calibrations
    that are missing; how many events. In bulk, everything held in memory; nothing is learned meanwhile.

    Nobody was ever scored by a month published only after it ended: it carries what marks were worth, and no more.
    """
    queries.hold_events()
    made = [queries.event([row[name] for name in queries.NAMES]) for each in queries.underived()
            if (row := _event(*each)) is not None]
    people = _people(made)
    months = _missing_months(min((event["t"] for event in made), default=None))
    counts = {month: _counts(people, month) for month in months}
    published = {facts.day_number(month): {name: table["mean"] for name, table in rules.tables(counts[month]).items()}
                 for month in months}
    households: dict[str, Events] = defaultdict(list)
    for event in (event for events in people for event in events if event["type"] in ("order_completed", "rating")):
        households[event["household"]].append(event)
    changed, new = _renew(households.values(), {**queries.means(), **published}), {event["seq"] for event in made}
    for start in range(0, len(made), AT_ONCE):
        bulk.insert(CreditEvent, [queries.row(event) for event in made[start:start + AT_ONCE]])
    _store([each for each in changed if each["entry"] not in new])
    for month in months[:-1]:
        _write_calibration(month, counts[month], rules.tables(counts[month]), {}, 0, {})
    if months:
        _publish_calibration(months[-1], people, counts[months[-1]], newest=True)
    return len(made)


def _people(made: Events) -> list[Events]:
    """Everyone's events, those kept and those just made, in the order of the ledger."""
    people: dict[str, Events] = {str(worker_id): events for worker_id, events in queries.events_of_all()}
    for event in made:
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


def calibrate(*, month: date) -> bool:
    """Publish a month's calibration from all events before its first day, once; False when it stands already.

    The newest calibration makes everyone due for a new score.
    """
    known = queries.months()
    if month in known:
        return False
    queries.hold(f"month:{month}")
    known = queries.months()
    if month in known:
        return False
    people = [events for _, events in queries.events_of_all(before=month)]
    _publish_calibration(month, people, _counts(people, month), newest=not known or month > known[-1])
    return True


def _counts(people: Iterable[Events], month: date) -> dict[str, list[int]]:
    until = facts.day_number(month)
    seen = Counter((event["category"], rules.marks_of(event)) for events in people for event in events
                   if event["type"] == "rating" and event["t"] < until)
    return {name: [seen[name, mark] for mark in range(5, 26)] for name in sorted({name for name, _ in seen})}


def _publish_calibration(month: date, people: Iterable[Events], counts: dict[str, list[int]], *, newest: bool) -> None:
    until = facts.day_number(month)
    past = [found for events in people if (found := [event for event in events if event["t"] < until])]
    tables, raters = rules.tables(counts), rules.raters(event for events in past for event in events)
    inputs = {"tables": tables, "raters": raters, "firms": {}}
    scored = [(firm, found["neff"], found["mu"]) for events in past if (firm := rules.firm_of(events))
              for found in [rules.score(events, as_of=until, inputs=inputs)]]
    _write_calibration(month, counts, tables, *rules.firm_means(scored), raters)
    if newest:
        _weigh(raters)
        queries.lock_standings()
        db.session.execute(sa.update(Standing).values(due_on=clock.today()))


def _write_calibration(month: date, counts: dict[str, list[int]], tables: dict[str, Any], firms: dict[str, int],
                       market: int, raters: Mapping[str, int]) -> None:
    db.session.execute(insert(Calibration).values(
        month=month, rule=rules.VERSION, published_at=clock.now(),
        data={"counts": counts, "tables": tables, "firms": firms, "market": market},
        raters={household: weight for household, weight in raters.items() if weight != rules.PERMILLE}))


def _weigh(raters: Mapping[str, int]) -> None:
    db.session.execute(sa.delete(Rater))
    rows = [{"household_id": UUID(household), "weight": weight} for household, weight in raters.items()]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(Rater), rows[start:start + AT_ONCE])
