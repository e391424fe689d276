"""What the rule publishes every month: worth of marks, weights of raters, means of firms; and the neutral facts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.evidence import without_void
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, marks_of, sdiv

_SEQ = itemgetter("seq")


class Given(NamedTuple):
    """A household's mark of one order."""

    firm: str
    worker: str
    mark: int
    order: str


def tables(counts: Mapping[str, list[int]], rule: RuleSet = V1) -> dict[str, dict[str, Any]]:
    """Per category the worth of each S and the mean: {category: {"n", "mean": milli, "z": [21]}}; "*" is all together.

    ``counts``: ratings by S (21 bins) of each category. Only categories with enough ratings have a table of their own;
    while even "*" has too few, the rule set's starting counts stand beside it.
    """
    marks = rule.data["marks"]
    pooled = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 21
    if sum(pooled) < marks["own_table_from"]:
        pooled = [a + b for a, b in zip(pooled, marks["starting_counts"], strict=True)]
    own = {name: row for name, row in counts.items() if sum(row) >= marks["own_table_from"]}
    return {name: _table(row, rule) for name, row in sorted({**own, "*": pooled}.items())}


def _table(row: list[int], rule: RuleSet) -> dict[str, Any]:
    marks, phi = rule.data["marks"], rule.data["phi"]
    smooth = [count * marks["smooth_times"] + marks["smooth_plus"] for count in row]
    total, below, worth = sum(smooth), 0, []
    for count in smooth:
        low, high = below * PERMILLE // total, (below + count) * PERMILLE // total
        if low == high:  # an empty bin is widened by one
            low, high = (low, high + 1) if high < PERMILLE else (low - 1, high)
        worth.append(max(marks["z_least"], min(marks["z_most"], sdiv(phi[low] - phi[high], high - low))))
        below += count
    summed = sum(count * mark for mark, count in enumerate(row, marks["least"]))
    return {"n": sum(row), "mean": summed * PERMILLE // sum(row), "z": worth}


def raters(events: Iterable[Event], rule: RuleSet = V1) -> dict[str, int]:
    """Permille weight of every household with a completed order, from all workers' events (each with ``worker``).

    One that ``rater_restored`` names weighs in full.
    """
    orders: Counter[str] = Counter()
    marks: dict[str, list[Given]] = defaultdict(list)
    upheld, restored = set(), set()
    for event in without_void(events):
        kind = event["type"]
        if kind == "order_completed":
            orders[event["household"]] += 1
        elif kind == "rating":
            marks[event["household"]].append(Given(event["firm"], event["worker"], marks_of(event), event["order"]))
        elif kind == "complaint_substantiated":
            upheld.add(event["order"])
        elif kind == "rater_restored":
            restored.add(event["household"])
    alone = _alone(marks, upheld, rule)
    return {household: PERMILLE if household in restored else min(
        _rater(count, marks[household], upheld, rule), _contrary(alone[household], len(marks[household]), rule))
            for household, count in sorted(orders.items())}


def _alone(marks: Mapping[str, list[Given]], upheld: set[str], rule: RuleSet) -> dict[str, list[str]]:
    """By household, the worker of each mark of hers that is far below what most other households gave the same worker,
    without an upheld complaint. Nothing in a version that does not look at it."""
    known = rule.data["rater"].get("contrary")
    found: dict[str, list[str]] = defaultdict(list)
    if known is None:
        return found
    given: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for household, some in marks.items():
        for each in some:
            given[each.worker].append((each.mark, household))
    for household, some in marks.items():
        for each in some:
            if each.mark + known["below"] <= rule.data["marks"]["most"] and each.order not in upheld:
                others = sorted(mark for mark, other in given[each.worker] if other != household)
                if len(others) >= known["others"] and each.mark + known["below"] <= others[(len(others) - 1) // 2]:
                    found[household].append(each.worker)
    return found


def _contrary(alone: list[str], marks: int, rule: RuleSet) -> int:
    """The weight of a household that often stands alone against a worker; whole in a version that does not look."""
    known = rule.data["rater"].get("contrary")
    if known is None or len(alone) * PERMILLE < marks * known["share_permille"]:
        return PERMILLE
    weight: int = known["workers"].get(str(min(known["most"], len(set(alone)))), PERMILLE)
    return weight


def _rater(orders: int, marks: list[Given], upheld: set[str], rule: RuleSet) -> int:
    known, best = rule.data["rater"], rule.data["marks"]["most"]
    weights = [PERMILLE] + [known["one_order"]] * (orders == 1)
    by_firm: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for firm, worker, mark, _ in marks:
        by_firm[firm].append((worker, mark))
    for given in by_firm.values():
        if all(mark == best for _, mark in given):
            weights.append(known["perfect"].get(str(min(5, len({worker for worker, _ in given}))), PERMILLE))
    low = {(worker, order) for _, worker, mark, order in marks if mark <= known["low_mark"] and order not in upheld}
    if marks and len(low) * PERMILLE >= len(marks) * known["low_share_permille"]:
        weights.append(known["low"].get(str(min(4, len({worker for worker, _ in low}))), PERMILLE))
    return min(weights)


def firm_means(workers: Iterable[tuple[str, int, int]], rule: RuleSet = V1) -> tuple[dict[str, int], int]:
    """({firm: mean}, market mean) in milli-sigma, of (firm, evidence in permille, μ without the firm's part)."""
    known = rule.data["firm_mean"]
    weighed = [(firm, min(w, known["most_weight"]), mu) for firm, w, mu in workers]
    total = sum(w for _, w, _ in weighed)
    market = sdiv(sum(w * mu for _, w, mu in weighed), total) if total else 0
    sums: dict[str, list[int]] = defaultdict(lambda: [0, known["shrink"]])
    for firm, w, mu in weighed:
        sums[firm][0] += w * (mu - market)
        sums[firm][1] += w
    return {firm: sdiv(top, bottom) for firm, (top, bottom) in sorted(sums.items())}, market


def contexts(events: Iterable[Event], mean: Callable[[int, str], int]) -> dict[int, dict[str, int]]:
    """The neutral facts of one household's orders and ratings, by seq, from what stands earlier in the ledger.

    ``events`` carry ``worker``; ``mean(t, category)``: the category's mean in milli aspect points, as published then.
    """
    found: dict[int, dict[str, int]] = {}
    with_worker: dict[str, int] = {}
    with_firm: dict[str, int] = {}
    hh_n = hh_dev = 0
    for event in sorted(without_void(events), key=_SEQ):
        if event["type"] == "order_completed":
            worker, firm = event["worker"], event["firm"]
            own, firms = with_worker.get(worker, 0), with_firm.get(firm, 0)
            found[event["seq"]] = {"k_worker": own, "k_firm": firms, "hh_n": hh_n}
            with_worker[worker], with_firm[firm] = own + 1, firms + 1
        elif event["type"] == "rating":
            found[event["seq"]] = {"hh_n": hh_n, "hh_dev_milli": hh_dev}
            hh_n, hh_dev = hh_n + 1, hh_dev + marks_of(event) * PERMILLE - mean(event["t"], event["category"])
    return found
