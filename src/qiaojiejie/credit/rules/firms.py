"""A firm's score: what its workers' evidence says of it, its own points, caps, and a grade with its gates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qiaojiejie.credit.rules.evidence import Kinds, by_type, in_date, in_order, without_void
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, sdiv
from qiaojiejie.credit.rules.scoring import blocked, margin, penalty, whole

Staff = Sequence[Mapping[str, Any]]
_ANSWERS = ("complaint_answered", "complaint_substantiated", "complaint_dismissed", "mediation")


def score_firm(events: Iterable[Event], *, as_of: int, staff: Staff, orders: int, market: int,
               rule: RuleSet = V1) -> dict[str, Any]:
    """A firm's standing on a day.

    ``events``: its own, and ``cancel_firm``, ``complaint_*``, ``mediation`` with it. ``staff``: {neff, mu_own,
    insured_until, papers_until} of each worker now with it, as ``score`` gives them. ``orders``: completed in the last
    365 days. ``market``: the month's market mean.

    {score, grade, new, raw, mu, range, neff, households: None, workers: those with evidence, factors: {code: points}
    summing to raw − 800, gates, caps, as_of, rule}.
    """
    known, scale, live = rule.data["firm"], rule.data["score"], _in_use(events, as_of)
    weights = [min(each["neff"], known["most_weight"]) for each in staff]
    shares = {"G10": sum(w * each["mu_own"] for w, each in zip(weights, staff, strict=True)),
              "G18": known["k"] * market}
    bottom = known["k"] + sum(weights)
    mu = sdiv(sum(shares.values()), bottom)
    of_mean = mu * scale["slope"] // PERMILLE
    factors = whole({code: share * scale["slope"] for code, share in shares.items()}, PERMILLE * bottom, of_mean)
    own = _own_points(live, as_of, staff, orders, rule)
    raw = scale["centre"] + of_mean + sum(own.values())
    caps = _caps(by_type(live), as_of, raw, rule)
    number = max(0, min([raw, *(cap["limit"] for cap in caps)]))
    neff, workers = sum(each["neff"] for each in staff), sum(each["neff"] >= known["active_from"] for each in staff)
    grade, gates = _grade(number, neff, workers, rule)
    least = known["evidence_gates"]["A"]
    return {"score": number, "grade": grade, "new": workers < least[0] or neff < least[1], "raw": raw, "mu": mu,
            "range": margin(raw, number, bottom, rule), "neff": neff, "households": None, "workers": workers,
            "factors": dict(sorted({**factors, **own}.items())), "gates": gates, "caps": caps, "as_of": as_of,
            "rule": rule.version}


def _in_use(events: Iterable[Event], as_of: int) -> list[Event]:
    live = without_void(in_order(event for event in events if event["t"] <= as_of))
    repaired = {event["ref"] for event in live if event["type"] == "credit_repair"}
    return [event for event in live if event["seq"] not in repaired]


def _own_points(live: list[Event], as_of: int, staff: Staff, orders: int, rule: RuleSet) -> dict[str, int]:
    """What the firm itself did, by factor; G19 holds the sum within its bounds."""
    known = rule.data["firm"]
    recent = [event for event in live if as_of - event["t"] <= known["within_days"]]
    cancelled = sum(event["type"] == "cancel_firm" for event in recent)
    late = {event["complaint"] for event in recent if event["type"] in _ANSWERS and _days(event) > known["answer_days"]}
    refused = {event["complaint"] for event in recent if event["type"] == "mediation" and event["outcome"] == "refused"}
    said = [event["contract"] for event in recent if event["type"] == "order_completed" and "contract" in event]
    written = bool(said) and sum(map(bool, said)) * PERMILLE >= len(said) * known["contracts_permille"]
    points = {"G11": -(known["cancelled"] * 100 * cancelled // max(100, orders)),
              "G12": -known["late_answer"] * len(late), "G13": -known["mediation_refused"] * len(refused),
              "G14": known["insured"] * _all_until("insured_until", staff, as_of),
              "G15": known["contracts"] * written, "G16": known["documents"] * _all_until("papers_until", staff, as_of),
              "G17": -penalty(by_type(live), as_of, rule)}
    total = sum(points.values())
    points["G19"] = max(known["own_least"], min(known["own_most"], total)) - total
    return {code: each for code, each in points.items() if each}


def _days(answer: Event) -> int:
    """Working days a complaint waited for its answer, or for none."""
    return max(answer.get("working_days") or 0, answer.get("unanswered_days") or 0)


def _all_until(name: str, staff: Staff, as_of: int) -> bool:
    return bool(staff) and all(each[name] is None or each[name] >= as_of for each in staff)


def _caps(kinds: Kinds, as_of: int, raw: int, rule: RuleSet) -> list[dict[str, Any]]:
    known, licences = rule.data["firm"], kinds["licence"]
    caps = [{"code": "R05", "limit": rule.data["block_cap"]}] if blocked(kinds) else []
    if licences and not in_date(licences[-1], as_of):
        caps.append({"code": "R06", "limit": known["licence_cap"]})
    if any(as_of - event["t"] <= known["sent_days"] for event in kinds["blocked_worker_sent"]):
        caps.append({"code": "R07", "limit": known["sent_cap"], "days": known["sent_days"]})
    most = rule.data["score"]["most"]
    return caps + ([{"code": "scale", "limit": most}] if raw > most else [])


def _grade(number: int, neff: int, workers: int, rule: RuleSet) -> tuple[str, list[dict[str, Any]]]:
    needs = rule.data["firm"]["evidence_gates"]
    grade, gates = next(name for name, least in rule.data["grades"] if number >= least), list[dict[str, Any]]()
    while grade in needs and not (workers >= needs[grade][0] and neff >= needs[grade][1]):
        grade = rule.grades[rule.grades.index(grade) + 1]
        gates = [{"code": "R08", "grade": grade, "bookable": "all"}]
    return grade, gates
