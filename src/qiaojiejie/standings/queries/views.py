"""A standing explained: where every point comes from, what would raise it, and what it would be without something."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.credit import queries as credit, rules
from qiaojiejie.credit.facts import day_number, day_of
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.credit.rules import calibrating
from qiaojiejie.firms import queries as firm_queries
from qiaojiejie.standings.queries.kept import find, find_firm, line, staff
from qiaojiejie.standings.queries.published import last_published, proof_url
from qiaojiejie.standings.queries.told import case_of, latest, within
from qiaojiejie.transparency import queries as log
from qiaojiejie.workers import queries as worker_queries
from qiaojiejie.workers.errors import WorkerNotFound

APPEAL_URL = "/api/v1/credit/appeals"
_WITNESSED = {"zh": "公开日志在最近 48 小时内经见证人联署。", "en": "A witness cosigned the public log within the last 48 hours."}
_UNWITNESSED = {"zh": "最近 48 小时内没有见证人联署公开日志，此分数暂不作为依据。",
                "en": "No witness has cosigned the public log in the last 48 hours: don't rely on this score for now."}
Events = list[dict[str, Any]]


def explain(worker_id: UUID, viewer: Actor | None = None) -> dict[str, Any]:
    """A worker's standing as ``CreditOut`` shows it: while a fall waits, what stood before, and to herself, her firm
    and the federation what is pending. Raises WorkerNotFound."""
    worker, standing, today = worker_queries.get(worker_id), find(worker_id), clock.today()
    inside = within(worker, viewer)
    rule = credit.rule_set(standing.rule) if standing else credit.rule_on(today)
    found = standing.explanation if standing else rules.score(
        [], as_of=day_number(today), inputs=credit.inputs(today, []), rule=rule)
    case = case_of(CreditEvent.worker_id == worker_id, rule)
    return {**_explained("worker", worker_id, found, standing.notice if standing else None, rule),
            "person": log.opaque("person", worker.id_index.hex()),
            "through": standing.through_entry if standing else 0,
            "latest": latest(worker_id, found["events"], case, inside=inside),
            **({"pending": _pending(standing.pending, standing.held_until, rule) if standing else None,
                "alarm": _alarm(standing.alarm) if standing else None} if inside else {})}


def _pending(found: Mapping[str, Any] | None, until: Any, rule: rules.RuleSet) -> dict[str, Any] | None:
    return None if found is None else {"score": found["score"], "grade": found["grade"], "until": until,
                                       "reasons": _reasons(rules.view(found, rule), rule)}


def _alarm(known: Mapping[str, int] | None) -> dict[str, Any] | None:
    return None if known is None else {**known, "since": day_of(known["since"])}


def explain_firm(firm_id: UUID, viewer: Actor | None = None) -> dict[str, Any]:
    """A firm's standing as ``FirmCreditOut`` shows it. Raises FirmNotFound."""
    firm_queries.open_firm(firm_id)
    standing, today = find_firm(firm_id), clock.today()
    rule = credit.rule_set(standing.rule) if standing else credit.rule_on(today)
    found = standing.explanation if standing else rules.score_firm(
        [], as_of=day_number(today), staff=[], orders=0, market=credit.inputs(today, [])["market"], rule=rule)
    return {**_explained("firm", firm_id, found, None, rule), "firm": log.opaque("firm", str(firm_id)),
            "through": standing.through_entry if standing else 0}


def _explained(kind: str, about: UUID, found: Mapping[str, Any], notice: Mapping[str, Any] | None,
               rule: rules.RuleSet) -> dict[str, Any]:
    """What is the same of a worker and a firm."""
    words, published = rule.data["words"], last_published(kind, about)
    shown, here = line(found, notice, rule), f"/api/v1/{kind}s/{about}/credit"
    return {**found, **shown, "as_of": day_of(found["as_of"]), "neff": _orders(shown["neff"]),
            "grade_name": rule.data["grade_names"][shown["grade"]], "rule_hash": rule.hash, "ledger": _ledger(),
            "reasons": _reasons(shown["reasons"], rule),
            "factors": [{"code": code, "points": points, "name": _name(words[code])}
                        for code, points in sorted(found["factors"].items())],
            "gates": [{**gate, "words": _why(words[gate["code"]], -1)} for gate in found["gates"]],
            "appeal": rule.data["appeal"], "proof_url": published and proof_url(published),
            "history_url": f"{here}/history", "events_url": f"{here}/events", "appeal_url": APPEAL_URL}


def _ledger() -> dict[str, Any]:
    now = log.head()
    return {"size": now["size"], "root": now["root"], "cosigned_at": now["cosigned_at"], "fresh": now["fresh"],
            "words": _WITNESSED if now["fresh"] else _UNWITNESSED}


def _orders(neff: int) -> str:
    return f"{neff // 1000}.{neff % 1000 // 100}"


def _reasons(view: Sequence[Mapping[str, Any]], rule: rules.RuleSet) -> list[dict[str, Any]]:
    words = rule.data["words"]
    return [{**each, "name": _name(words[each["code"]]), "words": _why(words[each["code"]], each["points"])}
            for each in view]


def _name(words: dict[str, str]) -> dict[str, str]:
    return {tongue: words[tongue] for tongue in ("zh", "en")}


def _why(words: dict[str, str], points: int) -> dict[str, str]:
    side = "helps" if points > 0 else "hurts"
    return {tongue: words[f"{side}_{tongue}"] or words[tongue] for tongue in ("zh", "en")}


def what_if(worker_id: UUID, *, actor: Actor) -> dict[str, Any]:
    """What would raise a worker's score or grade, for herself, her firm and the federation. Raises WorkerNotFound."""
    worker, today = worker_queries.get(worker_id), clock.today()
    if not within(worker, actor):
        raise WorkerNotFound()
    events, rule = credit.events_of(worker_id), credit.rule_on(today)
    inputs, day = credit.inputs(today, _households(events)), day_number(today)
    now = rules.score(events, as_of=day, inputs=inputs, rule=rule)
    return {"score": now["score"], "grade": now["grade"], "as_of": today, "rule": rule.version,
            "items": rules.what_if(events, as_of=day, inputs=inputs, rule=rule)}


def _households(events: Events) -> set[str]:
    return {event["household"] for event in events if event["household"]}


def without(*, worker_id: UUID | None = None, firm_id: UUID | None = None,
            entry_ids: Collection[int]) -> dict[str, Any]:
    """{score, grade} that would be shown of a worker or firm if these entries had never happened."""
    today = clock.today()
    rule, never, day = credit.rule_on(today), _never(entry_ids, worker_id), day_number(today)
    inputs = credit.inputs(today, {each for told in never.values() for each in _households(told)})
    scores = {each: rules.score(told, as_of=day, inputs=inputs, rule=rule) for each, told in never.items()}
    if worker_id is not None:
        return _number(rules.shown(scores[worker_id], rules.without_void(never[worker_id]), day, rule))
    assert firm_id is not None
    events = [event for event in credit.events_of_firm(firm_id) if event["seq"] not in entry_ids]
    since = today - timedelta(days=rule.data["firm"]["within_days"])
    here = [scores[each] for each, told in never.items() if rules.firm_of(rules.without_void(told)) == str(firm_id)]
    return _number(rules.score_firm(
        events, as_of=day, staff=staff(firm_id, but=never) + here, market=inputs["market"], rule=rule,
        orders=credit.orders_of_firm(firm_id, since, but=entry_ids)))


def _number(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("score", "grade")}


def _never(entry_ids: Collection[int], worker_id: UUID | None) -> dict[UUID, Events]:
    """The events of all whom it changes, and one more's: without these entries', with the neutral facts then."""
    gone, events = set(entry_ids), credit.of_entries(entry_ids)
    households = credit.in_context({event.household_id for event in events if event.household_id})
    mean, contexts = calibrating.mean_of(credit.tables_by_month()), dict[int, dict[str, int]]()
    for told in households.values():
        contexts |= rules.contexts([event for event in told if event["seq"] not in gone], mean)
    people = {UUID(event["worker"]) for told in households.values() for event in told}
    people |= {event.worker_id for event in events if event.worker_id} | ({worker_id} if worker_id else set())
    return {each: [{**event, **contexts.get(event["seq"], {})} for event in told if event["seq"] not in gone]
            for each, told in credit.events_of_many(people).items()}
