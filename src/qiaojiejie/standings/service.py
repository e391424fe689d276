"""Compute standings, publish what changed, give notice of a fall before it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, limits
from qiaojiejie.core.access import FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.credit import (
    facts as credit_facts, queries as credit_queries, replay as credit_replay, rules, service as credit)
from qiaojiejie.firms import service as firms
from qiaojiejie.identity import queries as identity_queries
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.standings import facts, queries
from qiaojiejie.standings.errors import LineNotReadable, TooManyReplays
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers import queries as worker_queries, service as workers

AT_ONCE = 2_000
REPLAYS, REPLAYS_A_MINUTE = b"credit replay:", 20
Events = list[dict[str, Any]]
Row = dict[str, Any]

_OWN = ("neff", "mu_own", "insured_until", "papers_until")
_OF_FIRM = ("score", "grade", "explanation", "rule", "as_of", "through_entry", "due_on", "computed_at")
_KEPT = (*_OF_FIRM, "firm_id", "own", "pending", "notice", "held_until", "alarm")


def learn(*, entry_id: int) -> None:
    """Take in one ledger entry, and score again whom it concerns."""
    concerned = credit.take_in(entry_id=entry_id)
    _rescore_many(concerned.workers, concerned.firms)


def rescore(*, worker_id: UUID) -> None:
    """Compute a worker's standing and, when score or grade changed, publish it: card, ledger and her inbox.

    A fall to C or D is announced to her first and shown 15 days later, unless it is for families' safety.
    """
    _rescore_many([worker_id], [])


def _rescore_many(worker_ids: Iterable[UUID], firm_ids: Iterable[UUID]) -> None:
    """Workers in id order, then the firms it bears on in theirs: who writes both waits for nobody who waits for him."""
    touched = set(firm_ids)
    for worker_id in sorted(worker_ids):
        touched |= _rescore(worker_id, clock.today())
    _make_due(touched)


def _rescore(worker_id: UUID, day: date) -> set[UUID]:
    """Compute one standing; the firms it bears on, when what they take of her changed."""
    credit_queries.hold(f"worker:{worker_id}")
    events, turn = credit_queries.events_of(worker_id), Turn.of(day)
    inputs = credit_queries.inputs(day, {event["household"] for event in events if event["household"]})
    before = queries.row(worker_id)
    row = _row(worker_id, events, inputs, turn)
    if before and before["held_until"] is None and rules.is_fall(before, row["explanation"], turn.rule):
        events = _give_notice(before, row, turn)
    row = _held(before, row, events, inputs, turn)
    _upsert(Standing, [row], _KEPT)
    if before is None or (before["score"], before["grade"]) != (row["score"], row["grade"]):
        _publish(before, row, turn.rule)
    if row["alarm"] and not (before and before["alarm"]):
        _raise_alarm(worker_id, row["alarm"])
    told = [(each["firm_id"], each["own"]) for each in (before, row) if each]
    return {firm_id for firm_id, _ in told if firm_id} if len(told) == 1 or told[0] != told[1] else set()


class Turn(NamedTuple):
    """A day, the rule in force on it, and the day on which another one will be, if that is known."""

    day: date
    number: int
    rule: rules.RuleSet
    next_rule: date | None

    @classmethod
    def of(cls, day: date) -> Self:
        """What a day's computation goes by."""
        return cls(day, credit_facts.day_number(day), credit_queries.rule_on(day), credit_queries.next_activation(day))


def _row(worker_id: UUID, events: Events, inputs: Mapping[str, Any], turn: Turn) -> Row:
    found = rules.score(events, as_of=turn.number, inputs=inputs, rule=turn.rule)
    own = {name: found.pop(name) for name in _OWN[1:]} | {"neff": found["neff"]}
    firm = rules.firm_of(event for event in rules.without_void(events) if event["t"] <= turn.number)
    due = found["due"] and credit_facts.day_of(found["due"])
    return {"worker_id": worker_id, "score": found["score"], "grade": found["grade"], "explanation": found,
            "rule": found["rule"], "as_of": turn.day,
            "through_entry": max((event["seq"] for event in events), default=0),
            "due_on": min(filter(None, (due, turn.next_rule)), default=None), "computed_at": clock.now(),
            "firm_id": UUID(firm) if firm else None, "own": own, "pending": None, "notice": None, "held_until": None,
            "alarm": rules.alarm(events, turn.number, turn.rule)}


def _give_notice(before: Row, row: Row, turn: Turn) -> Events:
    """Announce a fall to her with its reasons; what is shown until then is what stood before."""
    worker_id, until = before["worker_id"], turn.number + turn.rule.data["notice_days"]
    entry_id = credit.record(type="fall_noticed", by=ledger.SYSTEM, worker_id=worker_id, until=until,
                             as_of=credit_facts.day_number(before["as_of"]), through=before["through_entry"],
                             **queries.line(before["explanation"], before["notice"], turn.rule))
    assert entry_id is not None
    credit.take_in(entry_id=entry_id)
    account_id = worker_queries.get(worker_id).account_id
    if account_id is not None:
        messages.notify(account_id=account_id, kind="credit_fall", key=f"credit-fall:{entry_id}",
                        data=queries.fall_in_words(before["grade"], row["explanation"], until, turn.rule))
    return credit_queries.events_of(worker_id)


def _held(before: Row | None, row: Row, events: Events, inputs: Mapping[str, Any], turn: Turn) -> Row:
    """The row as it is shown: while a notice runs, what stood before, and what the rule gives beside it."""
    notices = [event for event in rules.without_void(events) if event["type"] == "fall_noticed"]
    notice = rules.notice_in_force(row["explanation"], notices, turn.number, turn.rule)
    if notice is None:
        return row
    told, until = {name: notice[name] for name in queries.LINE}, credit_facts.day_of(notice["until"])
    if before and told == queries.line(before["explanation"], before["notice"], turn.rule):
        explanation = before["explanation"]
    else:  # it was not what stood a moment ago: work out again what did when notice was given
        then = next(event for event in reversed(notices) if "through" in event and event["score"] == notice["score"])
        known = [event for event in events if event["seq"] <= then["through"]]
        explanation = rules.score(known, as_of=then["as_of"], inputs=inputs, rule=turn.rule)
    return {**row, "score": notice["score"], "grade": notice["grade"], "explanation": explanation,
            "pending": row["explanation"], "notice": told, "held_until": until,
            "due_on": min(filter(None, (row["due_on"], until)))}


def _upsert(model: type[Standing] | type[FirmStanding], rows: Sequence[Row], kept: Sequence[str]) -> None:
    stmt = insert(model)
    key = Standing.worker_id if model is Standing else FirmStanding.firm_id
    stmt = stmt.on_conflict_do_update(index_elements=[key], set_={
        name: stmt.excluded[name] for name in kept})
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(stmt, rows[start:start + AT_ONCE])


def _publish(before: Row | None, row: Row, rule: rules.RuleSet) -> None:
    worker_id = row["worker_id"]
    workers.grade(worker_id=worker_id, score=row["score"], grade=row["grade"])
    entry_id = ledger.append(facts.PUBLISHED, subject=f"worker:{worker_id}", actor=ledger.SYSTEM,
                             data=_published(row, rule))
    account_id = worker_queries.get(worker_id).account_id
    if before and before["grade"] != row["grade"] and account_id is not None:
        messages.notify(account_id=account_id, kind="credit_changed", key=f"credit:{entry_id}",
                        data={"before": before["score"], "after": row["score"], "grade": row["grade"]})


def _published(row: Row, rule: rules.RuleSet) -> dict[str, Any]:
    return {**queries.line(row["explanation"], row.get("notice"), rule), "rule": row["rule"],
            "as_of": credit_facts.day_number(row["as_of"]), "through": row["through_entry"]}


def _raise_alarm(worker_id: UUID, alarm: Mapping[str, Any]) -> None:
    """Tell her firm of a sudden collapse, which the score shows only later."""
    worker = worker_queries.get(worker_id)
    if worker.firm_id is None:
        return
    for account_id in identity_queries.accounts_in(worker.firm_id, *FIRM):
        messages.notify(account_id=account_id, kind="credit_alarm", key=f"alarm:{worker_id}:{alarm['since']}",
                        data={"called": worker.called, "bad": alarm["bad"], "of": alarm["of"]})


def rescore_all() -> int:
    """Compute everyone's standing, set by set, then the firms', and publish what changed; how many workers' did.

    Nobody is notified, no notice is given: for a city whose standings were never shown. A notice that runs holds.
    """
    turn, known = Turn.of(clock.today()), queries.known()
    inputs = credit_queries.inputs(turn.day)
    rows = [_held(None, _row(worker_id, events, inputs, turn), events, inputs, turn)
            for worker_id, events in credit_queries.events_of_all()]
    _upsert(Standing, rows, _KEPT)
    changed = [row for row in rows if known.get(row["worker_id"]) != (row["score"], row["grade"])]
    if changed:
        workers.grade_many(standings=[{"id": row["worker_id"], "score": row["score"], "grade": row["grade"]}
                                      for row in changed])
    ledger.append_many(facts.PUBLISHED, actor=ledger.SYSTEM,
                       about=[(f"worker:{row['worker_id']}", _published(row, turn.rule)) for row in changed])
    for firm_id in queries.firms_known():
        rescore_firm(firm_id=firm_id)
    return len(changed)


def rescore_due(*, limit: int = 100) -> int:
    """Compute again the standings that change by the calendar alone (decay, 14 days, a paper's end); how many."""
    ids = queries.due(clock.today(), limit)
    _rescore_many(ids, [])
    return len(ids)


def rescore_due_firms(*, limit: int = 100) -> int:
    """Compute again the firms' standings that something changed, or that were last computed on another day."""
    ids = queries.due_firms(clock.today(), limit)
    for firm_id in sorted(ids):
        rescore_firm(firm_id=firm_id)
    return len(ids)


def rescore_firm(*, firm_id: UUID) -> None:
    """Compute a firm's standing from its own events and its workers' standings, and publish it when it changed."""
    credit_queries.hold(f"firm:{firm_id}")
    before = queries.firm_row(firm_id)
    turn, events = Turn.of(clock.today()), credit_queries.events_of_firm(firm_id)
    since = turn.day - timedelta(days=turn.rule.data["firm"]["within_days"])
    found = rules.score_firm(events, as_of=turn.number, staff=queries.staff(firm_id), rule=turn.rule,
                             orders=credit_queries.orders_of_firm(firm_id, since),
                             market=credit_queries.inputs(turn.day, [])["market"])
    row = {"firm_id": firm_id, "score": found["score"], "grade": found["grade"], "explanation": found,
           "rule": turn.rule.version, "as_of": turn.day, "computed_at": clock.now(),
           "through_entry": max((event["seq"] for event in events), default=0),
           "due_on": turn.day + timedelta(days=1)}
    _upsert(FirmStanding, [row], _OF_FIRM)
    if before is None or (before["score"], before["grade"]) != (row["score"], row["grade"]):
        firms.grade(firm_id=firm_id, score=found["score"], grade=found["grade"])
        ledger.append(facts.FIRM_PUBLISHED, subject=f"firm:{firm_id}", actor=ledger.SYSTEM,
                      data=_published(row, turn.rule))


def _make_due(firm_ids: Iterable[UUID]) -> None:
    """Firms whose standing something bears on are computed again by the next sweep, which sees what is written here."""
    wanted = sorted(firm_ids)
    for firm_id in wanted:
        credit_queries.hold(f"firm:{firm_id}")
    if wanted:
        db.session.execute(sa.update(FirmStanding).where(FirmStanding.firm_id.in_(wanted)).values(due_on=clock.today()))


def everyone_due(*, entry_id: int) -> None:
    """A month's inputs or a version of the rule came into force: everyone is scored again from then on."""
    entry = ledger_queries.get(entry_id)
    first = entry.data.get("from")
    day = clock.today() if first is None else max(clock.today(), credit_facts.day_of(first))
    queries.lock_standings()
    db.session.execute(sa.update(Standing).where(sa.or_(Standing.due_on.is_(None), Standing.due_on > day),
                                                 Standing.computed_at < entry.at).values(due_on=day))
    queries.lock_firms()
    db.session.execute(sa.update(FirmStanding).where(FirmStanding.due_on > day, FirmStanding.computed_at < entry.at)
                       .values(due_on=day))


def replay(*, actor: Actor, as_of: date, lines: Sequence[Mapping[str, Any]], rule: str | None = None) -> list[Row]:
    """What the rule makes of these lines of the exported ledger on a day; nothing is kept.

    Raises TooManyReplays, RuleNotFound, LineNotReadable.
    """
    limits.hit(REPLAYS + actor.account_id.bytes, limit=REPLAYS_A_MINUTE, seconds=60, refusal=TooManyReplays)
    chosen = credit_queries.rule_set(rule) if rule else None
    try:
        return credit_replay.run(lines, as_of=credit_facts.day_number(as_of), rule=chosen)
    except ValueError as bad:
        raise LineNotReadable(reason=str(bad)) from bad
