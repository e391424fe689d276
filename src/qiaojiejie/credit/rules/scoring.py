"""The score: two means of the evidence, one number, caps, a grade with its gates, and every point's reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

from qiaojiejie.credit.rules import evidence
from qiaojiejie.credit.rules.evidence import Key, Row
from qiaojiejie.credit.rules.ruleset import FAST, GRADES, PERMILLE, RULE, SLOW, VERSION, Event, fade, sdiv

_SCORE = RULE["score"]


class Mean(NamedTuple):
    """A weighed mean: μ = Σ shares ÷ bottom, shares by (seq, factor), seq 0 for the prior. ``effective``: Σ weight of
    orders by household, before anything she is blamed for."""

    shares: dict[Key, int]
    bottom: int
    effective: dict[str | None, int]

    @property
    def mu(self) -> int:
        """In milli-sigma."""
        return sdiv(sum(self.shares.values()), self.bottom)


def score(events: Iterable[Event], *, as_of: int, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A worker's standing on a day, of all her events and the calibration {"tables", "raters", "firms"}.

    {score, grade, new, raw, mu, range: [low, high], neff: permille of an order, households, factors: {code: points}
    summing to raw − 800, events: [[seq, code, milli-points]], gates: [{code, grade, bookable}], caps: [{code, limit}],
    as_of, due: the day it next changes by itself or None, rule}. Days as in events.
    """
    live = evidence.in_use(events, as_of)
    rows = evidence.rows(live, as_of, inputs)
    start = evidence.prior(live, as_of, inputs["firms"])
    slow, fast = _mean(rows, start, as_of, SLOW, RULE["slow_k"]), _mean(rows, start, as_of, FAST, RULE["fast_k"])
    mu = slow.mu + sdiv(min(0, fast.mu - slow.mu) * RULE["fast_share"], PERMILLE)
    sanction = _sanction(live, as_of)
    raw = (_SCORE["centre"] * PERMILLE + mu * _SCORE["slope"]) // PERMILLE - sanction
    caps = _caps(live, as_of, raw)
    number = max(0, min([raw, *(cap["limit"] for cap in caps)]))
    effective = {household: weight for household, weight in slow.effective.items() if weight > 0}
    neff, households = sum(effective.values()), len(effective)
    grade, gates = _grade(number, neff, households, live, as_of)
    shares, scale = _blend(slow, fast)
    least = RULE["evidence_gates"]["A"]
    return {"score": number, "grade": grade, "new": neff < least[0] or households < least[1], "raw": raw, "mu": mu,
            "range": _range(raw, number, slow.bottom), "neff": neff, "households": households,
            "factors": _factors(shares, scale, raw - _SCORE["centre"], sanction),
            "events": [[seq, code, sdiv(share * PERMILLE, scale)] for (seq, code), share in sorted(shares.items())],
            "gates": gates, "caps": caps, "as_of": as_of, "due": _due(live, rows, as_of), "rule": VERSION}


def _mean(rows: list[Row], start: Mapping[str, int], as_of: int, half: int, k: int) -> Mean:
    shares: dict[Key, int] = {(0, code): k * x for code, x in start.items() if x}
    total, bottom = sum(shares.values()), k
    effective: dict[str | None, int] = defaultdict(int)
    blamed = []
    for row in rows:
        left = fade(as_of - row.t, half)
        weight = row.weight * left // PERMILLE
        bottom += weight
        effective[row.household] += weight
        for key, x in row.parts.items():
            if weight and x:
                shares[key] = weight * x
                total += weight * x
        if row.blame:
            blamed.append(_blame(row, weight, left))
    # What she is blamed for is taken in from the worst, and left out where it would raise the mean.
    for ratio, more, key, share in sorted(blamed):
        if share * bottom < total * more:
            shares[key] = share
            total, bottom = total + share, bottom + more
    return Mean(shares, bottom, effective)


def _blame(row: Row, weight: int, left: int) -> tuple[Fraction, int, Key, int]:
    lifted = max(row.weight, RULE["complaint"]["least_weight"]) * left // PERMILLE
    x = sum(row.parts.values())
    share, more = lifted * (x + row.blame) - weight * x, lifted - weight
    return Fraction(share, more) if more else Fraction(share * PERMILLE ** 3), more, row.blamed_by, share


def _blend(slow: Mean, fast: Mean) -> tuple[dict[Key, int], int]:
    """Exact points by (seq, factor) as numerators over one denominator."""
    quick = RULE["fast_share"] if fast.mu < slow.mu else 0
    keys = slow.shares.keys() | (fast.shares.keys() if quick else set())
    shares = {key: _SCORE["slope"] * ((PERMILLE - quick) * slow.shares.get(key, 0) * fast.bottom
                                      + quick * fast.shares.get(key, 0) * slow.bottom) for key in keys}
    return shares, PERMILLE * PERMILLE * slow.bottom * fast.bottom


def _factors(shares: Mapping[Key, int], scale: int, target: int, sanction: int) -> dict[str, int]:
    """Whole points by factor that sum to ``target``: floors, and what is left to the largest remainders."""
    exact: dict[str, int] = defaultdict(int)
    for (_, code), share in shares.items():
        exact[code] += share
    points = {code: share // scale for code, share in exact.items()}
    left = target + sanction - sum(points.values())
    order = sorted(exact, key=lambda code: (-(exact[code] % scale), code))
    for turn in range(abs(left)):
        points[order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]] += 1 if left > 0 else -1
    return dict(sorted({**points, **({"F18": -sanction} if sanction else {})}.items()))


def _sanction(events: list[Event], as_of: int) -> int:
    levels = [event["level"] for event in events if event["type"] == "sanction" and event["until"] >= as_of]
    points: int = RULE["sanction"][max(levels, default=0)]
    return points


def _blocked(events: list[Event]) -> bool:
    switches = [event for event in events if event["type"] in ("blacklist_on", "blacklist_off")]
    return bool(switches) and switches[-1]["type"] == "blacklist_on"


def _caps(events: list[Event], as_of: int, raw: int) -> list[dict[str, Any]]:
    caps = [{"code": "R05", "limit": RULE["block_cap"]}] if _blocked(events) else []
    upheld = [event for event in events if event["type"] == "complaint_substantiated"]
    caps += [{"code": "F17", "limit": limit, "severity": severity, "days": days}
             for severity, days, limit in RULE["complaint"]["caps"]
             if any(event["severity"] == severity and as_of - event["t"] <= days for event in upheld)]
    return caps + ([{"code": "scale", "limit": _SCORE["most"]}] if raw > _SCORE["most"] else [])


def _grade(number: int, neff: int, households: int, events: list[Event],
           as_of: int) -> tuple[str, list[dict[str, Any]]]:
    grade = next(name for name, least in RULE["grades"] if number >= least)
    gates = []
    while grade in RULE["evidence_gates"]:
        orders, families = RULE["evidence_gates"][grade]
        if neff >= orders and households >= families:
            break
        grade = GRADES[GRADES.index(grade) + 1]
        gates = [{"code": "R04", "grade": grade, "bookable": "all"}]
    if not any(event["type"] == "identity_verified" for event in events):
        gates.append({"code": "R01", "grade": "C", "bookable": "none"})
    if not _background(events, as_of):
        gates.append({"code": "R02", "grade": "B", "bookable": "no_care"})
    if not any(event["type"] == "health_cert" and evidence.in_date(event, as_of) for event in events):
        gates.append({"code": "R03", "grade": "B", "bookable": "no_care"})
    lowest = max([grade, *(gate["grade"] for gate in gates)], key=GRADES.index)
    return lowest, sorted(gates, key=lambda gate: gate["code"])


def _background(events: list[Event], as_of: int) -> bool:
    checks = [event for event in events if event["type"] == "background_check"]
    return bool(checks) and checks[-1]["result"] == "clear" and evidence.in_date(checks[-1], as_of)


def _range(raw: int, number: int, bottom: int) -> list[int]:
    """Where her true score lies two times in three: one standard error of the mean either way, within the caps."""
    half = isqrt(_SCORE["slope"] ** 2 * RULE["slow_k"] // bottom)
    return [max(0, min(number, raw - half)), min(_SCORE["most"], number + half) if number == raw else number]


def _due(events: list[Event], rows: list[Row], as_of: int) -> int | None:
    """The next day on which the standing may change although nothing happens."""
    step = RULE["decay"]["step_days"]
    days = [row.t + ((as_of - row.t) // step + 1) * step for row in rows if row.weight or row.blame]
    days += [event["t"] + RULE["silent"]["days"] for event in events if event["type"] == "order_completed"]
    days += [event[name] + 1 for event in events for name in ("valid_until", "until") if event.get(name) is not None]
    for event in events:
        if event["type"] == "complaint_substantiated":
            days += [event["t"] + after + 1 for severity, after, _ in RULE["complaint"]["caps"]
                     if severity == event["severity"]]
            if event["severity"] == 1:
                days.append(event["t"] + RULE["complaint"]["minor_out_of_use_days"])
    return min((day for day in days if day > as_of), default=None)


def view(standing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reasons shown first: at most four that hurt and two that help, the heaviest first: {code, points}."""
    ranked = sorted(standing["factors"].items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    hurt = [pair for pair in ranked if pair[1] < 0][:RULE["view"]["hurt"]]
    help_ = [pair for pair in ranked if pair[1] > 0][:RULE["view"]["help"]]
    return [{"code": code, "points": points} for code, points in hurt + help_]
