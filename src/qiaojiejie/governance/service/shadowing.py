"""What a draft would give everybody, beside the rule in force, on the same data; nothing of it is published.

The inputs of both rules (worth of marks, weights of raters, means of firms) are worked out anew, each by its own
constants, as a month's calibration is. Workers are scored in the order of their ids, firms after them, a chunk a
transaction: a job that died goes on after the last one scored.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.credit import queries as credit_queries, rules as credit_rules, service as credit
from qiaojiejie.credit.facts import day_number
from qiaojiejie.governance import queries
from qiaojiejie.governance.lifecycle import PROPOSAL
from qiaojiejie.governance.models import RuleProposal, ShadowScore
from qiaojiejie.governance.queries import shadow as data
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.transparency.rules import canonical

AT_ONCE = 500
_OWN = ("neff", "mu_own", "insured_until", "papers_until")
Events = Sequence[Mapping[str, Any]]


class Side(NamedTuple):
    """A rule with its inputs."""

    rule: credit_rules.RuleSet
    inputs: dict[str, Any]


def shadow(*, entry_id: int) -> None:
    """Compute the shadow that a ledger entry asks for, or the rest of it; nothing when it is over."""
    proposal = _wanted(UUID(ledger_queries.get(entry_id).subject.partition(":")[2]))
    if proposal is None:
        return
    proposal_id, day = proposal.id, proposal.as_of
    sides = _sides(proposal)
    proposal.to_score = data.how_many(day)
    checkpoint()
    for kind in ("worker", "firm"):
        while ids := (data.people if kind == "worker" else data.firms)(day, data.last(proposal_id, kind), AT_ONCE):
            rows = _workers(ids, day, sides) if kind == "worker" else _firms(proposal_id, ids, day, sides)
            if not _keep(proposal_id, kind, rows, day):
                return
    _finish(proposal_id, day)


def _wanted(proposal_id: UUID, lock: bool = False) -> RuleProposal | None:
    """The proposal while its shadow is to be computed; what was computed of one that was withdrawn is dropped."""
    proposal = queries.get(proposal_id, lock=lock)
    if proposal.state == "drafted":
        return proposal
    _drop(proposal_id)
    return None


def _drop(proposal_id: UUID) -> None:
    db.session.execute(sa.delete(ShadowScore).where(ShadowScore.proposal_id == proposal_id))


def _sides(proposal: RuleProposal) -> list[Side]:
    """The rule in force and the draft, each with what it makes of everything before the month of that day."""
    month = proposal.as_of.replace(day=1)
    both = [credit_queries.rule_set(proposal.against), credit_rules.load(proposal.data)]
    people = [events for _, events in credit_queries.events_of_all(month)]
    restored = credit_queries.restored(month)
    found = []
    for rule in both:
        inputs, raters = credit.calibrated(people, as_of=day_number(month), rule=rule, restored=restored)
        found.append(Side(rule, {**inputs, "raters": raters}))
    return found


def _workers(ids: Sequence[UUID], day: date, sides: Sequence[Side]) -> list[dict[str, Any]]:
    number = day_number(day)
    known = credit_queries.events_of_many(ids)
    rows = []
    for worker_id in ids:
        events = [event for event in known[worker_id] if event["t"] <= number]
        given = [credit_rules.score(events, as_of=number, inputs=side.inputs, rule=side.rule, detail=False)
                 for side in sides]
        firm = credit_rules.firm_of(credit_rules.without_void(events))
        rows.append({**_given(worker_id, given), "firm_id": firm and UUID(firm),
                     "own": [{name: each[name] for name in _OWN} for each in given]})
    return rows


def _firms(proposal_id: UUID, ids: Sequence[UUID], day: date, sides: Sequence[Side]) -> list[dict[str, Any]]:
    since = day - timedelta(days=sides[0].rule.data["firm"]["within_days"])
    rows = []
    for firm_id, found in data.of_firms(proposal_id, ids, since, day).items():
        given = [credit_rules.score_firm(
            found.events, as_of=day_number(day), staff=[own[place] for own in found.staff], orders=found.orders,
            market=side.inputs["market"], rule=side.rule) for place, side in enumerate(sides)]
        rows.append({**_given(firm_id, given), "firm_id": None, "own": None})
    return rows


def _given(subject_id: UUID, given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before, after = given
    return {"subject_id": subject_id, "before_score": before["score"], "before_grade": before["grade"],
            "after_score": after["score"], "after_grade": after["grade"]}


def _keep(proposal_id: UUID, kind: str, rows: Sequence[Mapping[str, Any]], day: date) -> bool:
    """Keep a chunk and show how far it is; False when the proposal is no longer to be computed."""
    proposal = _wanted(proposal_id, lock=True)
    if proposal is None or proposal.as_of != day:
        return False
    stmt = insert(ShadowScore).on_conflict_do_nothing().returning(ShadowScore.subject_id)
    kept = db.session.execute(stmt, [{"proposal_id": proposal_id, "kind": kind, **row} for row in rows]).all()
    proposal.scored += len(kept)
    checkpoint()
    return True


def _finish(proposal_id: UUID, day: date) -> None:
    """Make the tables, and let go of what each was given."""
    proposal = _wanted(proposal_id, lock=True)
    if proposal is None or proposal.as_of != day:
        return
    grades = credit_rules.load(proposal.data).grades
    proposal.shadow = {"as_of": day.isoformat(), "against": proposal.against, "version": proposal.version,
                       **data.tables(proposal_id, day, grades)}
    proposal.shadow_sha256, proposal.shadowed_at = sha256(canonical(proposal.shadow)).hexdigest(), clock.now()
    row = PROPOSAL.move(proposal, "shadow", party="system")
    _drop(proposal_id)
    db.session.flush()
    ledger.append(row.fact, subject=proposal.ref, actor=ledger.SYSTEM, data={
        "version": proposal.version, "hash": proposal.hash, "as_of": day_number(day), "sha256": proposal.shadow_sha256})
