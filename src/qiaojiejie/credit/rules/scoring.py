"""The score: two means of the evidence, one number, caps, a grade with its gates, and every point's reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cmp_to_key
from math import isqrt
from typing import Any, NamedTuple

from qiaojiejie.credit.rules import evidence, papers
from qiaojiejie.credit.rules.evidence import Key, Row
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, sdiv

#: (share, more weight, key) of what she is blamed for on a row
Blame = tuple[int, int, Key]


class Faded(NamedTuple):
    """Rows as they weigh on a day over one horizon. ``effective``: Σ weight of orders by household, before anything
    she is blamed for; ``blamed``: from the worst."""

    shares: dict[Key, int]
    total: int
    weight: int
    effective: dict[str | None, int]
    blamed: list[Blame]


class Mean(NamedTuple):
    """A weighed mean: μ = Σ shares ÷ bottom, shares by (seq, factor), seq 0 for the prior."""

    shares: dict[Key, int]
    bottom: int
    mu: int


def score(events: Iterable[Event], *, as_of: int, inputs: Mapping[str, Any], rule: RuleSet = V1) -> dict[str, Any]:
    """A worker's standing on a day, of all her events and the calibration {"tables", "raters", "firms"}.

    {score, grade, new, raw, mu, range: [low, high], neff: permille of an order, households, factors: {code: points}
    summing to raw − 800, events: [[seq, code, milli-points]], gates: [{code, grade, bookable}], caps: [{code, limit}],
    as_of, due: the day it next changes by itself or None, rule, mu_own: μ without her firm's part, insured_until and
    papers_until: the last day, None without end, −1 not there}. Days as in events.
    """
    data, live = rule.data, evidence.in_use(events, as_of, rule)
    rows = evidence.rows(live, as_of, inputs, rule)
    start = evidence.prior(live, as_of, inputs["firms"], rule)
    slow, fast = _fade(rows, as_of, "slow", rule), _fade(rows, as_of, "fast", rule)
    slow_mean, fast_mean = _mean(slow, start, data["slow_k"]), _mean(fast, start, data["fast_k"])
    mu = _mu(slow_mean, fast_mean, rule)
    own = mu if not start["F21"] else _own(live, as_of, slow, fast, rule)
    sanction, centre = penalty(live, as_of, rule), data["score"]["centre"]
    raw = (centre * PERMILLE + mu * data["score"]["slope"]) // PERMILLE - sanction
    caps = _caps(live, as_of, raw, rule)
    number = max(0, min([raw, *(cap["limit"] for cap in caps)]))
    effective = [weight for weight in slow.effective.values() if weight > 0]
    neff, households, least = sum(effective), len(effective), data["evidence_gates"]["A"]
    grade, gates = _grade(number, neff, households, papers.gates(live, as_of), rule)
    shares, scale = _blend(slow_mean, fast_mean, rule)
    return {"score": number, "grade": grade, "new": neff < least[0] or households < least[1], "raw": raw, "mu": mu,
            "range": margin(raw, number, slow_mean.bottom, rule), "neff": neff, "households": households,
            "factors": _factors(shares, scale, raw - centre, sanction),
            "events": [[seq, code, sdiv(share * PERMILLE, scale)] for (seq, code), share in sorted(shares.items())],
            "gates": gates, "caps": caps, "as_of": as_of, "due": _due(live, rows, as_of, rule), "rule": rule.version,
            "mu_own": own, "insured_until": papers.until(live, "insurance", as_of),
            "papers_until": papers.papers_until(live, as_of)}


def _fade(rows: list[Row], as_of: int, horizon: str, rule: RuleSet) -> Faded:
    step, least = rule.data["decay"]["step_days"], rule.data["complaint"]["least_weight"]
    left_by_step = rule.fades[rule.data["decay"][f"{horizon}_half_days"]]
    shares: dict[Key, int] = {}
    effective: dict[str | None, int] = defaultdict(int)
    blamed, total, bottom, last = [], 0, 0, len(left_by_step) - 1
    for t, weight, parts, household, blame, blamed_by in rows:
        left = left_by_step[min((as_of - t) // step, last)]
        now = weight * left // PERMILLE
        if now:
            bottom += now
            effective[household] += now
            for key, x in parts.items():
                if x:
                    shares[key] = now * x
                    total += now * x
        if blame and left:
            lifted, x = max(weight, least) * left // PERMILLE, sum(parts.values())
            blamed.append((lifted * (x + blame) - now * x, lifted - now, blamed_by))
    blamed.sort(key=cmp_to_key(_worse))
    return Faded(shares, total, bottom, effective, blamed)


def _worse(one: Blame, other: Blame) -> int:
    """By share ÷ more weight; what takes no more weight is the worst."""
    return one[0] * other[1] - other[0] * one[1]


def _mean(found: Faded, start: Mapping[str, int], k: int) -> Mean:
    """With the prior; what she is blamed for is taken in from the worst, and left out where it would raise the mean."""
    shares: dict[Key, int] = {(0, code): k * x for code, x in start.items() if x}
    total, bottom = sum(shares.values()) + found.total, k + found.weight
    shares.update(found.shares)
    for share, more, key in found.blamed:
        if share * bottom < total * more:
            shares[key] = share
            total, bottom = total + share, bottom + more
    return Mean(shares, bottom, sdiv(total, bottom))


def _mu(slow: Mean, fast: Mean, rule: RuleSet) -> int:
    return slow.mu + sdiv(min(0, fast.mu - slow.mu) * rule.data["fast_share"], PERMILLE)


def _own(events: list[Event], as_of: int, slow: Faded, fast: Faded, rule: RuleSet) -> int:
    start = evidence.prior(events, as_of, {}, rule)
    return _mu(_mean(slow, start, rule.data["slow_k"]), _mean(fast, start, rule.data["fast_k"]), rule)


def _blend(slow: Mean, fast: Mean, rule: RuleSet) -> tuple[dict[Key, int], int]:
    """Exact points by (seq, factor) as numerators over one denominator."""
    slope, quick = rule.data["score"]["slope"], rule.data["fast_share"] if fast.mu < slow.mu else 0
    of_slow, of_fast = slope * (PERMILLE - quick) * fast.bottom, slope * quick * slow.bottom
    shares = {key: of_slow * share for key, share in slow.shares.items()}
    if quick:
        for key, share in fast.shares.items():
            shares[key] = shares.get(key, 0) + of_fast * share
    return shares, PERMILLE * PERMILLE * slow.bottom * fast.bottom


def _factors(shares: Mapping[Key, int], scale: int, target: int, sanction: int) -> dict[str, int]:
    exact: dict[str, int] = defaultdict(int)
    for (_, code), share in shares.items():
        exact[code] += share
    points = whole(exact, scale, target + sanction)
    return dict(sorted({**points, **({"F18": -sanction} if sanction else {})}.items()))


def whole(exact: Mapping[str, int], scale: int, target: int) -> dict[str, int]:
    """Whole points by factor that sum to ``target``, of numerators over ``scale``: floors, and what is left to the
    largest remainders, ties by name."""
    points = {code: share // scale for code, share in exact.items()}
    left = target - sum(points.values())
    order = sorted(exact, key=lambda code: (-(exact[code] % scale), code))
    for turn in range(abs(left)):
        points[order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]] += 1 if left > 0 else -1
    return points


def penalty(events: list[Event], as_of: int, rule: RuleSet) -> int:
    """The points a sanction in force takes."""
    levels = [event["level"] for event in events if event["type"] == "sanction" and event["until"] >= as_of]
    points: int = rule.data["sanction"][max(levels, default=0)]
    return points


def blocked(events: list[Event]) -> bool:
    """Is the subject of these events on the block list?"""
    switches = [event for event in events if event["type"] in ("blacklist_on", "blacklist_off")]
    return bool(switches) and switches[-1]["type"] == "blacklist_on"


def _caps(events: list[Event], as_of: int, raw: int, rule: RuleSet) -> list[dict[str, Any]]:
    data = rule.data
    caps = [{"code": "R05", "limit": data["block_cap"]}] if blocked(events) else []
    upheld = [event for event in events if event["type"] == "complaint_substantiated"]
    caps += [{"code": "F17", "limit": limit, "severity": severity, "days": days}
             for severity, days, limit in data["complaint"]["caps"]
             if any(event["severity"] == severity and as_of - event["t"] <= days for event in upheld)]
    return caps + ([{"code": "scale", "limit": data["score"]["most"]}] if raw > data["score"]["most"] else [])


def _grade(number: int, neff: int, households: int, gates: list[dict[str, Any]],
           rule: RuleSet) -> tuple[str, list[dict[str, Any]]]:
    grade = next(name for name, least in rule.data["grades"] if number >= least)
    while grade in rule.data["evidence_gates"]:
        orders, families = rule.data["evidence_gates"][grade]
        if neff >= orders and households >= families:
            break
        grade = rule.grades[rule.grades.index(grade) + 1]
        gates = [*(gate for gate in gates if gate["code"] != "R04"), {"code": "R04", "grade": grade, "bookable": "all"}]
    lowest = max([grade, *(gate["grade"] for gate in gates)], key=rule.grades.index)
    return lowest, sorted(gates, key=lambda gate: gate["code"])


def margin(raw: int, number: int, bottom: int, rule: RuleSet) -> list[int]:
    """Where the true score lies two times in three: one standard error of the mean either way, within the caps."""
    known = rule.data["score"]
    half = isqrt(known["slope"] ** 2 * PERMILLE // bottom)
    return [max(0, min(number, raw - half)), min(known["most"], number + half) if number == raw else number]


def _due(events: list[Event], rows: list[Row], as_of: int, rule: RuleSet) -> int | None:
    """The next day on which the standing may change although nothing happens."""
    data = rule.data
    step, silent, fault = data["decay"]["step_days"], data["silent"]["days"], data["complaint"]
    days = [row.t + ((as_of - row.t) // step + 1) * step for row in rows if row.weight or row.blame]
    days += [event["t"] + silent for event in events if event["type"] == "order_completed"]
    days += [event[name] + 1 for event in events for name in ("valid_until", "until") if event.get(name) is not None]
    for event in events:
        if event["type"] == "complaint_substantiated":
            days += [event["t"] + after + 1 for severity, after, _ in fault["caps"] if severity == event["severity"]]
            if event["severity"] == 1:
                days.append(event["t"] + fault["minor_out_of_use_days"])
    return min((day for day in days if day > as_of), default=None)


def view(standing: Mapping[str, Any], rule: RuleSet = V1) -> list[dict[str, Any]]:
    """The reasons shown first: at most four that hurt and two that help, the heaviest first: {code, points}."""
    ranked = sorted(standing["factors"].items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    hurt = [pair for pair in ranked if pair[1] < 0][:rule.data["view"]["hurt"]]
    help_ = [pair for pair in ranked if pair[1] > 0][:rule.data["view"]["help"]]
    return [{"code": code, "points": points} for code, points in hurt + help_]
