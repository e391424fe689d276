"""Compute standings, publish what changed, give notice of a fall before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock
from qiaojiejie.core.access import FIRM
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit_facts, queries as credit_queries, rules, service as credit
from qiaojiejie.firms import service as firms
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.standings import facts, queries
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers import queries as worker_queries, service as workers

AT_ONCE = 2_000
ORDERS_WITHIN = timedelta(days=365)
Events = list[dict[str, Any]]
Row = dict[str, Any]

_OWN = ("neff", "mu_own", "insured_until", "papers_until")
_KEPT = ("score", "grade", "explanation", "rule", "as_of", "through_entry", "due_on", "computed_at", "own", "pending",
         "held_until", "alarm")
_OF_FIRM = _KEPT[:8]


def learn(*, entry_id: int) -> None:
    """Take in one ledger entry, and score again whom it concerns."""
    concerned = credit.take_in(entry_id=entry_id)
    for worker_id in sorted(concerned.workers):
        rescore(worker_id=worker_id)
    _make_due(sorted(concerned.firms))


def rescore(*, worker_id: UUID, as_of: date | None = None) -> Standing:
    """Compute a worker's standing and, when score or grade changed, publish it: card, ledger and her inbox.

    A fall to C or D is announced to her first and shown 15 days later, unless it is for families' safety.
    """
    credit_queries.hold(f"worker:{worker_id}")
    day = as_of or clock.today()
    events, rule = credit_queries.events_of(worker_id), credit_queries.rule_on(day)
    inputs = credit_queries.inputs(day, {event["household"] for event in events if event["household"]})
    before = queries.find(worker_id)
    row = _row(worker_id, events, day, inputs, rule)
    if before is not None and before.held_until is None and rules.is_fall(_shown(before), row["explanation"], rule):
        events = _give_notice(before, row, events, day, rule)
    row = _held(before, row, events, day, rule)
    known = (before.score, before.grade) if before else None
    own = before.own if before else None
    _upsert(Standing, [row], _KEPT)
    if known != (row["score"], row["grade"]):
        _publish(row, known, rule)
    if row["alarm"] and not (before and before.alarm):
        _raise_alarm(worker_id, row["alarm"])
    if own != row["own"]:
        _make_due([firm_id for firm_id in [worker_queries.get(worker_id).firm_id] if firm_id])
    standing = queries.find(worker_id)
    assert standing is not None
    return standing


def _row(worker_id: UUID, events: Events, day: date, inputs: Mapping[str, Any], rule: rules.RuleSet) -> Row:
    found = rules.score(events, as_of=credit_facts.day_number(day), inputs=inputs, rule=rule)
    own = {name: found.pop(name) for name in ("mu_own", "insured_until", "papers_until")} | {"neff": found["neff"]}
    return {"worker_id": worker_id, "score": found["score"], "grade": found["grade"], "explanation": found,
            "rule": found["rule"], "as_of": day, "through_entry": max((event["seq"] for event in events), default=0),
            "due_on": None if found["due"] is None else credit_facts.day_of(found["due"]), "computed_at": clock.now(),
            "own": own, "pending": None, "held_until": None,
            "alarm": rules.alarm(events, credit_facts.day_number(day), rule)}


def _shown(standing: Standing) -> dict[str, Any]:
    return {**standing.explanation, "score": standing.score, "grade": standing.grade}


def _give_notice(before: Standing, row: Row, events: Events, day: date, rule: rules.RuleSet) -> Events:
    """Announce a fall to her with its reasons; what is shown until then is what stood before."""
    until = credit_facts.day_number(day) + rule.data["notice_days"]
    entry_id = credit.record(type="fall_noticed", by=ledger.SYSTEM, worker_id=before.worker_id,
                             **queries.line(_shown(before), rule), until=until)
    assert entry_id is not None
    credit.take_in(entry_id=entry_id)
    account_id = worker_queries.get(before.worker_id).account_id
    if account_id is not None:
        worst = [each for each in rules.view(row["explanation"], rule) if each["points"] < 0]
        messages.notify(account_id=account_id, kind="credit_fall", key=f"credit-fall:{entry_id}", data={
            "before": before.grade, "after": row["score"], "grade": row["grade"],
            "reasons": "、".join(rule.data["words"][each["code"]]["zh"] for each in worst),
            "reasons_en": ", ".join(rule.data["words"][each["code"]]["en"] for each in worst),
            "until": credit_facts.day_of(until).isoformat()})
    return credit_queries.events_of(before.worker_id)


def _held(before: Standing | None, row: Row, events: Events, day: date, rule: rules.RuleSet) -> Row:
    """The row as it is shown: while a notice runs, what stood before, and what the rule gives beside it."""
    notices = [event for event in rules.without_void(events) if event["type"] == "fall_noticed"]
    number = credit_facts.day_number(day)
    notice = rules.notice_in_force(row["explanation"], notices, number, rule)
    if notice is None or before is None:
        return row
    until = credit_facts.day_of(notice["until"])
    due = min(filter(None, (row["due_on"], until)))
    return {**row, "score": notice["score"], "grade": notice["grade"], "explanation": before.explanation,
            "pending": row["explanation"], "held_until": until, "due_on": due}


def _upsert(model: type[Standing] | type[FirmStanding], rows: Sequence[Row], kept: Sequence[str]) -> None:
    stmt = insert(model)
    stmt = stmt.on_conflict_do_update(index_elements=[model.__table__.primary_key.columns[0]], set_={
        name: stmt.excluded[name] for name in kept})
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(stmt, rows[start:start + AT_ONCE])


def _publish(row: Row, known: tuple[int, str] | None, rule: rules.RuleSet) -> None:
    worker_id = row["worker_id"]
    workers.grade(worker_id=worker_id, score=row["score"], grade=row["grade"])
    entry_id = ledger.append(facts.PUBLISHED, subject=f"worker:{worker_id}", actor=ledger.SYSTEM,
                             data=_published(row, rule))
    account_id = worker_queries.get(worker_id).account_id
    if known and known[1] != row["grade"] and account_id is not None:
        messages.notify(account_id=account_id, kind="credit_changed", key=f"credit:{entry_id}",
                        data={"before": known[0], "after": row["score"], "grade": row["grade"]})


def _published(row: Row, rule: rules.RuleSet) -> dict[str, Any]:
    return {**queries.line(row["explanation"], rule), "score": row["score"], "grade": row["grade"],
            "rule": row["rule"], "as_of": credit_facts.day_number(row["as_of"]), "through": row["through_entry"]}


def _raise_alarm(worker_id: UUID, alarm: Mapping[str, Any]) -> None:
    """Tell her firm of a sudden collapse, which the score shows only later."""
    worker = worker_queries.get(worker_id)
    if worker.firm_id is None:
        return
    for account_id in identity.accounts_in(worker.firm_id, *FIRM):
        messages.notify(account_id=account_id, kind="credit_alarm", key=f"alarm:{worker_id}:{alarm['since']}:{account_id}",
                        data={"worker": str(worker_id), "called": worker.called, "bad": alarm["bad"], "of": alarm["of"]})


def rescore_all(as_of: date | None = None) -> int:
    """Compute everyone's standing, set by set, then the firms', and publish what changed; how many workers' did.

    Nobody is notified, no notice is given: for a city whose standings were never shown.
    """
    day, known = as_of or clock.today(), queries.known()
    inputs, rule = credit_queries.inputs(day), credit_queries.rule_on(day)
    rows = [_row(worker_id, events, day, inputs, rule) for worker_id, events in credit_queries.events_of_all()]
    _upsert(Standing, rows, _KEPT)
    changed = [row for row in rows if known.get(row["worker_id"]) != (row["score"], row["grade"])]
    if changed:
        workers.grade_many(standings=[{"id": row["worker_id"], "score": row["score"], "grade": row["grade"]}
                                      for row in changed])
    ledger.append_many(facts.PUBLISHED, actor=ledger.SYSTEM,
                       about=[(f"worker:{row['worker_id']}", _published(row, rule)) for row in changed])
    for firm_id in queries.firms_on_platform():
        rescore_firm(firm_id=firm_id, as_of=day)
    return len(changed)


def rescore_due(*, limit: int = 100) -> int:
    """Compute again the standings that change by the calendar alone (decay, 14 days, a paper's end); how many."""
    ids = queries.due(clock.today(), limit)
    for worker_id in sorted(ids):
        rescore(worker_id=worker_id)
    return len(ids)


def rescore_due_firms(*, limit: int = 100) -> int:
    """Compute again the firms' standings that something changed, or that were last computed on another day."""
    ids = queries.due_firms(clock.today(), limit)
    for firm_id in sorted(ids):
        rescore_firm(firm_id=firm_id)
    return len(ids)


def rescore_firm(*, firm_id: UUID, as_of: date | None = None) -> FirmStanding:
    """Compute a firm's standing from its own events and its workers' standings, and publish it when it changed."""
    credit_queries.hold(f"firm:{firm_id}")
    day = as_of or clock.today()
    rule, events = credit_queries.rule_on(day), credit_queries.events_of_firm(firm_id)
    found = rules.score_firm(events, as_of=credit_facts.day_number(day), staff=queries.staff(firm_id),
                             orders=credit_queries.orders_of_firm(firm_id, day - ORDERS_WITHIN),
                             market=credit_queries.inputs(day, [])["market"], rule=rule)
    before = queries.find_firm(firm_id)
    known = (before.score, before.grade) if before else None
    row = {"firm_id": firm_id, "score": found["score"], "grade": found["grade"], "explanation": found,
           "rule": rule.version, "as_of": day, "through_entry": max((event["seq"] for event in events), default=0),
           "due_on": day + timedelta(days=1), "computed_at": clock.now()}
    _upsert(FirmStanding, [row], _OF_FIRM)
    if known != (row["score"], row["grade"]):
        firms.grade(firm_id=firm_id, score=found["score"], grade=found["grade"])
        ledger.append(facts.FIRM_PUBLISHED, subject=f"firm:{firm_id}", actor=ledger.SYSTEM, data=_published(row, rule))
    standing = queries.find_firm(firm_id)
    assert standing is not None
    return standing


def _make_due(firm_ids: Sequence[UUID]) -> None:
    """Firms whose standing something bears on are computed again by the next sweep."""
    if firm_ids:
        db.session.execute(sa.update(FirmStanding).where(FirmStanding.firm_id.in_(firm_ids))
                           .values(due_on=clock.today()))


def everyone_due(*, entry_id: int) -> None:
    """A month's inputs or a version of the rule came into force: everyone is scored again from then on."""
    entry = ledger_queries.get(entry_id)
    first = entry.data.get("from")
    day = clock.today() if first is None else max(clock.today(), credit_facts.day_of(first))
    queries.lock_standings()
    db.session.execute(sa.update(Standing).where(Standing.computed_at < entry.at, sa.or_(
        Standing.due_on.is_(None), Standing.due_on > day)).values(due_on=day))
    db.session.execute(sa.update(FirmStanding).where(FirmStanding.computed_at < entry.at, FirmStanding.due_on > day)
                       .values(due_on=day))
