"""What the rule publishes every month: worth of marks, weights of raters, means of firms; and the neutral facts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qiaojiejie.credit.rules.ruleset import PERMILLE, RULE, Event, marks_of, sdiv

_PHI, _MARKS = RULE["phi"], RULE["marks"]


def tables(counts: Mapping[str, list[int]]) -> dict[str, dict[str, Any]]:
    """Per category the worth of each S and the mean: {category: {"n", "mean": milli, "z": [21]}}; "*" is all together.

    ``counts``: ratings by S (21 bins) of each category. Only categories with enough ratings have a table of their own;
    while even "*" has too few, the rule set's starting counts stand beside it.
    """
    pooled = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 21
    if sum(pooled) < _MARKS["own_table_from"]:
        pooled = [a + b for a, b in zip(pooled, _MARKS["starting_counts"], strict=True)]
    own = {name: row for name, row in counts.items() if sum(row) >= _MARKS["own_table_from"]}
    return {name: _table(row) for name, row in sorted({**own, "*": pooled}.items())}


def _table(row: list[int]) -> dict[str, Any]:
    smooth = [count * _MARKS["smooth_times"] + _MARKS["smooth_plus"] for count in row]
    total, below, worth = sum(smooth), 0, []
    for count in smooth:
        low, high = below * PERMILLE // total, (below + count) * PERMILLE // total
        if low == high:  # an empty bin is widened by one
            low, high = (low, high + 1) if high < PERMILLE else (low - 1, high)
        worth.append(max(_MARKS["z_least"], min(_MARKS["z_most"], sdiv(_PHI[low] - _PHI[high], high - low))))
        below += count
    summed = sum(count * mark for mark, count in enumerate(row, _MARKS["least"]))
    return {"n": sum(row), "mean": summed * PERMILLE // sum(row), "z": worth}


def raters(events: Iterable[Event]) -> dict[str, int]:
    """Permille weight of every household with a completed order, from all workers' events (each with ``worker``)."""
    orders: Counter[str] = Counter()
    marks: dict[str, list[tuple[str, str, int, str]]] = defaultdict(list)
    upheld = set()
    for event in events:
        if event["type"] == "order_completed":
            orders[event["household"]] += 1
        elif event["type"] == "rating":
            marks[event["household"]].append((event["firm"], event["worker"], marks_of(event), event["order"]))
        elif event["type"] == "complaint_substantiated":
            upheld.add(event["order"])
    return {household: _rater(count, marks[household], upheld) for household, count in sorted(orders.items())}


def _rater(orders: int, marks: list[tuple[str, str, int, str]], upheld: set[str]) -> int:
    rule = RULE["rater"]
    weights = [PERMILLE] + [rule["one_order"]] * (orders == 1)
    by_firm: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for firm, worker, mark, _ in marks:
        by_firm[firm].append((worker, mark))
    for given in by_firm.values():
        if all(mark == _MARKS["most"] for _, mark in given):
            weights.append(rule["perfect"].get(str(min(5, len({worker for worker, _ in given}))), PERMILLE))
    low = {(worker, order) for _, worker, mark, order in marks if mark <= rule["low_mark"] and order not in upheld}
    if marks and len(low) * PERMILLE >= len(marks) * rule["low_share_permille"]:
        weights.append(rule["low"].get(str(min(4, len({worker for worker, _ in low}))), PERMILLE))
    return min(weights)


def firm_means(workers: Iterable[tuple[str, int, int]]) -> tuple[dict[str, int], int]:
    """({firm: mean}, market mean) in milli-sigma, of (firm, evidence in permille, μ without the firm's part)."""
    rule, weighed = RULE["firm_mean"], [(firm, min(w, RULE["firm_mean"]["most_weight"]), mu) for firm, w, mu in workers]
    total = sum(w for _, w, _ in weighed)
    market = sdiv(sum(w * mu for _, w, mu in weighed), total) if total else 0
    sums: dict[str, list[int]] = defaultdict(lambda: [0, rule["shrink"]])
    for firm, w, mu in weighed:
        sums[firm][0] += w * (mu - market)
        sums[firm][1] += w
    return {firm: sdiv(top, bottom) for firm, (top, bottom) in sorted(sums.items())}, market


def contexts(events: Iterable[Event], mean: Callable[[int, str], int]) -> dict[int, dict[str, int]]:
    """The neutral facts of one household's orders and ratings, by seq, from what stands earlier in the ledger.

    ``events`` carry ``worker``; ``mean(t, category)``: the category's mean in milli aspect points, as published then.
    """
    found: dict[int, dict[str, int]] = {}
    with_worker, with_firm, hh_n, hh_dev = Counter[str](), Counter[str](), 0, 0
    for event in sorted(events, key=lambda event: event["seq"]):
        if event["type"] == "order_completed":
            worker, firm = event["worker"], event["firm"]
            found[event["seq"]] = {"k_worker": with_worker[worker], "k_firm": with_firm[firm], "hh_n": hh_n}
            with_worker[worker] += 1
            with_firm[firm] += 1
        elif event["type"] == "rating":
            found[event["seq"]] = {"hh_n": hh_n, "hh_dev_milli": hh_dev}
            hh_n, hh_dev = hh_n + 1, hh_dev + marks_of(event) * PERMILLE - mean(event["t"], event["category"])
    return found
