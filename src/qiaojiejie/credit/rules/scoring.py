"""The score: two means of the evidence, one number, caps, a grade with its gates, and every point's reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cmp_to_key
from math import isqrt
from typing import Any, NamedTuple

from qiaojiejie.credit.rules import evidence, papers
from qiaojiejie.credit.rules.evidence import Key, Kinds, Row
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, sdiv

#: (share, more weight, key) of what she is blamed for on a row
Blame = tuple[int, int, Key]


class Faded(NamedTuple):
    """Rows as they weigh on a day over one horizon: each one's weight, their Σ weight · x and Σ weight. ``effective``:
    Σ weight of orders by household, before anything she is blamed for; ``blamed``: from the worst."""

    weights: list[int]
    total: int
    weight: int
    effective: dict[str | None, int]
    blamed: list[Blame]


class Mean(NamedTuple):
    """A weighed mean with its prior, of weight ``k``; ``taken``: what she is blamed for as far as it counts."""

    start: Mapping[str, int]
    k: int
    bottom: int
    mu: int
    taken: list[Blame]


class Shares(NamedTuple):
    """Exact points as numerators over one denominator."""

    of_slow: int
    of_fast: int
    scale: int


def score(events: Iterable[Event], *, as_of: int, inputs: Mapping[str, Any], rule: RuleSet = V1,
          detail: bool = True) -> dict[str, Any]:
    """A worker's standing on a day, of all her events and the calibration {"tables", "raters", "firms"}.

    {score, grade, new, raw, mu, range: [low, high], neff: permille of an order, households, factors: {code: points}
    summing to raw − 800, gates: [{code, grade, bookable}], caps: [{code, limit}], as_of, rule, mu_own: μ without her
    firm's part, insured_until and papers_until: the last day, None without end, −1 not there}; with ``detail`` also
    events: [[seq, code, milli-points]] and due: the day it next changes by itself or None. Days as in events.
    """
    data, live = rule.data, evidence.in_use(events, as_of, rule)
    kinds = evidence.by_type(live)
    rows = evidence.rows(kinds, as_of, inputs, rule)
    start = evidence.prior(kinds, as_of, inputs["firms"], rule)
    slow, fast = _fade(rows, as_of, "slow", rule), _fade(rows, as_of, "fast", rule)
    means = _mean(slow, start, data["slow_k"]), _mean(fast, start, data["fast_k"])
    mu = _mu(*means, rule)
    sanction, centre = penalty(kinds, as_of, rule), data["score"]["centre"]
    raw = (centre * PERMILLE + mu * data["score"]["slope"]) // PERMILLE - sanction
    caps = _caps(kinds, as_of, raw, rule)
    number = max(0, min([raw, *(cap["limit"] for cap in caps)]))
    neff, households, least = sum(slow.effective.values()), len(slow.effective), data["evidence_gates"]["A"]
    grade, gates = _grade(number, neff, households, papers.gates(kinds, as_of), rule)
    shares = _shares(*means, rule)
    found = {"score": number, "grade": grade, "new": neff < least[0] or households < least[1], "raw": raw, "mu": mu,
             "range": margin(raw, number, means[0].bottom, rule), "neff": neff, "households": households,
             "factors": _factors(rows, (slow, fast), means, shares, raw - centre, sanction),
             "gates": gates, "caps": caps, "as_of": as_of, "rule": rule.version,
             "mu_own": mu if not start["F21"] else _own(kinds, as_of, slow, fast, rule),
             "insured_until": papers.until(kinds, "insurance", as_of),
             "papers_until": papers.papers_until(kinds, as_of)}
    if detail:
        found |= {"events": _events(rows, (slow, fast), means, shares), "due": _due(live, rows, as_of, rule)}
    return found


def own_mean(events: Iterable[Event], *, as_of: int, inputs: Mapping[str, Any], rule: RuleSet = V1) -> tuple[int, int]:
    """(neff, mu_own) of a worker, as ``score`` gives them, and nothing else."""
    kinds = evidence.by_type(evidence.in_use(events, as_of, rule))
    rows = evidence.rows(kinds, as_of, inputs, rule)
    slow, fast = _fade(rows, as_of, "slow", rule), _fade(rows, as_of, "fast", rule)
    return sum(slow.effective.values()), _own(kinds, as_of, slow, fast, rule)


def _fade(rows: list[Row], as_of: int, horizon: str, rule: RuleSet) -> Faded:
    step, least = rule.data["decay"]["step_days"], rule.data["complaint"]["least_weight"]
    left_by_step = rule.fades[rule.data["decay"][f"{horizon}_half_days"]]
    weights: list[int] = []
    effective: dict[str | None, int] = {}
    blamed, total, bottom, last = [], 0, 0, len(left_by_step) - 1
    for t, weight, x, _, household, blame, blamed_by in rows:
        steps = (as_of - t) // step
        left = left_by_step[steps] if steps < last else left_by_step[last]
        now = weight * left // PERMILLE
        weights.append(now)
        if now:
            bottom += now
            total += now * x
            effective[household] = effective.get(household, 0) + now
        if blame and left:
            lifted = max(weight, least) * left // PERMILLE
            blamed.append((lifted * (x + blame) - now * x, lifted - now, blamed_by))
    blamed.sort(key=cmp_to_key(_worse))
    return Faded(weights, total, bottom, effective, blamed)


def _worse(one: Blame, other: Blame) -> int:
    """By share ÷ more weight; what takes no more weight is the worst."""
    return one[0] * other[1] - other[0] * one[1]


def _mean(found: Faded, start: Mapping[str, int], k: int) -> Mean:
    """With the prior; what she is blamed for is taken in from the worst, and left out where it would raise the mean."""
    total, bottom, taken = k * sum(start.values()) + found.total, k + found.weight, list[Blame]()
    for each in found.blamed:
        share, more, _ = each
        if share * bottom < total * more:
            total, bottom = total + share, bottom + more
            taken.append(each)
    return Mean(start, k, bottom, sdiv(total, bottom), taken)


def _mu(slow: Mean, fast: Mean, rule: RuleSet) -> int:
    return slow.mu + sdiv(min(0, fast.mu - slow.mu) * rule.data["fast_share"], PERMILLE)


def _own(kinds: Kinds, as_of: int, slow: Faded, fast: Faded, rule: RuleSet) -> int:
    start = evidence.prior(kinds, as_of, {}, rule)
    return _mu(_mean(slow, start, rule.data["slow_k"]), _mean(fast, start, rule.data["fast_k"]), rule)


def _shares(slow: Mean, fast: Mean, rule: RuleSet) -> Shares:
    slope, quick = rule.data["score"]["slope"], rule.data["fast_share"] if fast.mu < slow.mu else 0
    return Shares(slope * (PERMILLE - quick) * fast.bottom, slope * quick * slow.bottom,
                  PERMILLE * PERMILLE * slow.bottom * fast.bottom)


def _factors(rows: list[Row], faded: tuple[Faded, Faded], means: tuple[Mean, Mean], shares: Shares, target: int,
             sanction: int) -> dict[str, int]:
    exact: dict[str, int] = defaultdict(int)
    for found, mean, times in zip(faded, means, shares[:2], strict=True):
        if times:
            for code, share in _by_factor(rows, found, mean).items():
                exact[code] += times * share
    points = whole(exact, shares.scale, target + sanction)
    return dict(sorted({**points, **({"F18": -sanction} if sanction else {})}.items()))


def _by_factor(rows: list[Row], found: Faded, mean: Mean) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row, weight in zip(rows, found.weights, strict=True):
        if weight:
            for (_, code), x in row.parts:
                if x:
                    sums[code] += weight * x
    for share, _, (_, code) in mean.taken:
        sums[code] += share
    for code, x in mean.start.items():
        if x:
            sums[code] += mean.k * x
    return sums


def _events(rows: list[Row], faded: tuple[Faded, Faded], means: tuple[Mean, Mean],
            shares: Shares) -> list[list[Any]]:
    """[[seq, code, milli-points]], seq 0 for the prior."""
    exact: dict[Key, int] = defaultdict(int)
    for found, mean, times in zip(faded, means, shares[:2], strict=True):
        if times:
            for code, x in mean.start.items():
                exact[0, code] += times * mean.k * x
            for row, weight in zip(rows, found.weights, strict=True):
                for key, x in row.parts:
                    exact[key] += times * weight * x
            for share, _, key in mean.taken:
                exact[key] += times * share
    return [[seq, code, sdiv(share * PERMILLE, shares.scale)] for (seq, code), share in sorted(exact.items()) if share]


def whole(exact: Mapping[str, int], scale: int, target: int) -> dict[str, int]:
    """Whole points by factor that sum to ``target``, of numerators over ``scale``: floors, and what is left to the
    largest remainders, ties by name."""
    points = {code: share // scale for code, share in exact.items()}
    left = target - sum(points.values())
    order = sorted(exact, key=lambda code: (-(exact[code] % scale), code))
    for turn in range(abs(left)):
        points[order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]] += 1 if left > 0 else -1
    return points


def penalty(kinds: Kinds, as_of: int, rule: RuleSet) -> int:
    """The points a sanction in force takes."""
    levels = [event["level"] for event in kinds["sanction"] if event["until"] >= as_of]
    points: int = rule.data["sanction"][max(levels, default=0)]
    return points


def blocked(kinds: Kinds) -> bool:
    """Is the subject of these events on the block list?"""
    switches = evidence.in_order([*kinds["blacklist_on"], *kinds["blacklist_off"]])
    return bool(switches) and switches[-1]["type"] == "blacklist_on"


def _caps(kinds: Kinds, as_of: int, raw: int, rule: RuleSet) -> list[dict[str, Any]]:
    data = rule.data
    caps = [{"code": "R05", "limit": data["block_cap"]}] if blocked(kinds) else []
    caps += [{"code": "F17", "limit": limit, "severity": severity, "days": days}
             for severity, days, limit in data["complaint"]["caps"]
             if any(event["severity"] == severity and as_of - event["t"] <= days
                    for event in kinds["complaint_substantiated"])]
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
